"""A real Redis-compatible server on this machine, from a Python package."""

import asyncio
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from adapters.local import store_keeper
from bot.domain.errors import SignalboxError

_HOST = "127.0.0.1"
# Seconds that a server on this machine may take for an answer, or for ending.
_PATIENCE = 5.0


class LocalStore:
    """A Valkey server that forgets nothing while it runs, on a free port of this machine.

    It ends with the process that started it, however that ends, and not before: Ctrl+C in the
    terminal does not reach it. The folder belongs to it: what an earlier run left there is removed,
    and a server that has survived an earlier run and its own keeper is ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._keeper: subprocess.Popen[str] | None = None
        self._port: int | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        if self._port is None:
            raise RuntimeError("the store is not running")
        return f"redis://{_HOST}:{self._port}/0"

    async def start(self) -> None:
        """Start with nothing in it. Raises `SignalboxError` when the server does not come up."""
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Stop, and remove the folder."""
        keeper, self._keeper, self._port = self._keeper, None, None
        if keeper is not None:
            await asyncio.to_thread(keeper.communicate)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        note = self._folder / "port"
        if note.exists():
            _end_left_over(note.read_text("utf-8"), self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._keeper = subprocess.Popen(  # noqa: S603 - our own module, and a path as its argument
            [sys.executable, "-m", store_keeper.__name__, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._port = _port_said_by(self._keeper)
        note.write_text(str(self._port), "utf-8")


def _port_said_by(keeper: subprocess.Popen[str]) -> int:
    said = keeper.stdout.readline().strip() if keeper.stdout else ""
    if said.isdigit():
        return int(said)
    rest, _ = keeper.communicate()
    raise SignalboxError(f"Valkey did not start. {said}\n{rest}".rstrip())


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
    """Whether the answer to CONFIG GET dir, `*2 $3 dir $n path`, names a place in the folder."""
    found = answer.split(b"\r\n")[4:5]
    return found != [] and Path(found[0].decode(errors="replace")).parent == folder
