"""The Valkey server of local mode: there at once, gone afterwards, and never left behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import servers

from adapters.local.store import LocalStore
from adapters.redis.connection import Connections
from adapters.redis.properties import require_durable
from bot.domain.errors import SignalboxError

# Starts a store, says where it is, and is ended by the signals in its arguments: first its keeper,
# then itself.
ABANDON = """
import asyncio, os, sys
from pathlib import Path
from adapters.local.store import LocalStore

async def main():
    store = LocalStore(Path(sys.argv[1]))
    await store.start()
    print(store.url, flush=True)
    keeper, own = int(sys.argv[2]), int(sys.argv[3])
    os.kill(store._keeper.pid, keeper)
    os.kill(os.getpid(), own)

asyncio.run(main())
"""
PROJECT = Path(__file__).parents[2]


async def abandoned(folder: Path, *, keeper: int, own: int) -> int:
    """Let a process start a store in the folder and end by a signal; returns the store's port."""
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ABANDON, str(folder), str(keeper), str(own)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert ended.returncode == -own
    return port_of(ended.stdout.strip())


async def silent(port: int) -> None:
    """Wait until nobody listens there any more."""
    await asyncio.to_thread(servers.until, lambda: not servers.listens(port), "the server ends")


def port_of(url: str) -> int:
    """The port in an address."""
    return int(url.rsplit(":", 1)[1].removesuffix("/0"))


async def test_it_is_fit_to_keep_deploys_and_leaves_nothing(tmp_path: Path) -> None:
    """The production bot accepts it; afterwards neither server nor folder is there."""
    folder = tmp_path / "valkey"
    store = LocalStore(folder)
    with pytest.raises(RuntimeError):
        _ = store.url
    await store.start()
    port = port_of(store.url)
    connections = Connections(store.url, servers.PATIENCE)
    findings = await require_durable(connections, allow_volatile=False)
    assert [finding.ok for finding in findings] == [True, True, True]
    await connections.aclose()
    await store.stop()
    assert not servers.listens(port)
    assert not folder.exists()
    await store.stop()


async def test_stores_that_start_side_by_side_have_a_server_each(tmp_path: Path) -> None:
    """And not one for two, of whom neither knows that the other writes to it."""
    stores = [LocalStore(tmp_path / str(number)) for number in range(8)]
    await asyncio.gather(*(store.start() for store in stores))
    try:
        assert len({store.url for store in stores}) == len(stores)
    finally:
        await asyncio.gather(*(store.stop() for store in stores))


async def test_it_can_only_be_reached_from_this_machine(tmp_path: Path) -> None:
    """It asks nobody for a password."""
    store = LocalStore(tmp_path / "valkey")
    await store.start()
    try:
        answer = servers.ask(port_of(store.url), "CONFIG", "GET", "bind")
        assert answer.split("\r\n")[4] == "127.0.0.1"
    finally:
        await store.stop()


async def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    """The terminal interrupts everything in its group at once; the bot still needs the store."""
    store = LocalStore(tmp_path / "valkey")
    await store.start()
    try:
        about = servers.ask(port_of(store.url), "INFO", "server").split("\r\n")
        server = int(next(line for line in about if line.startswith("process_id:"))[11:])
        assert os.getsid(server) != os.getsid(0)
        assert os.getpgid(server) != os.getpgid(0)
    finally:
        await store.stop()


@pytest.mark.parametrize("own", [signal.SIGKILL, signal.SIGTERM])
async def test_it_ends_with_the_process_that_started_it(tmp_path: Path, own: int) -> None:
    """Though that one had no chance to say so."""
    await silent(await abandoned(tmp_path / "valkey", keeper=0, own=own))


async def test_it_ends_with_its_keeper_when_that_is_told_to(tmp_path: Path) -> None:
    """As at the end of a machine, where everybody is."""
    store = LocalStore(tmp_path / "valkey")
    await store.start()
    try:
        assert store._keeper is not None
        store._keeper.terminate()
        await silent(port_of(store.url))
    finally:
        await store.stop()


async def test_a_server_that_does_not_start_is_said(tmp_path: Path) -> None:
    """With what it said itself: its own configuration cannot name such a folder."""
    store = LocalStore(tmp_path / 'a " b')
    try:
        with pytest.raises(SignalboxError, match="Valkey did not start"):
            await store.start()
    finally:
        await store.stop()


async def test_what_outlived_everybody_is_ended_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server, and what it had stored; also when the folder is named relative to this one."""
    monkeypatch.chdir(tmp_path)
    left = await abandoned(tmp_path / "valkey", keeper=signal.SIGKILL, own=signal.SIGKILL)
    assert servers.ask(left, "SET", "key", "value") == "+OK\r\n"
    store = LocalStore(Path("valkey"))
    await store.start()
    try:
        assert not servers.listens(left) or port_of(store.url) == left
        assert servers.ask(port_of(store.url), "DBSIZE") == ":0\r\n"
    finally:
        await store.stop()
    assert not servers.listens(left)


async def test_a_server_of_somebody_else_at_a_noted_port_is_left_alone(tmp_path: Path) -> None:
    """Ports are given out again; the note of a killed run may name a stranger's by now."""
    with servers.redis_server(servers.debian_redis(), tmp_path / "stranger") as stranger:
        await start_with_note(tmp_path / "valkey", str(stranger.port))
        assert servers.ask(stranger.port, "PING") == "+PONG\r\n"


async def test_a_stranger_that_speaks_another_language_is_left_alone(tmp_path: Path) -> None:
    """Whatever it answers, it is not told to end."""
    heard: list[bytes] = []
    with stranger_that_hears(heard) as port:
        await start_with_note(tmp_path / "valkey", str(port))
    assert b"SHUTDOWN" not in b"".join(heard)


@pytest.mark.parametrize("note", ["", "no number", "1"])
async def test_a_note_that_leads_nowhere_does_no_harm(tmp_path: Path, note: str) -> None:
    """A torn file, or a server that has ended by itself."""
    await start_with_note(tmp_path / "valkey", note)


async def start_with_note(folder: Path, note: str) -> None:
    """Start and stop a store in a folder where an earlier run left a note."""
    await asyncio.to_thread(folder.mkdir)
    await asyncio.to_thread((folder / "port").write_text, note, "utf-8")
    store = LocalStore(folder)
    await store.start()
    await store.stop()


@contextmanager
def stranger_that_hears(heard: list[bytes]) -> Iterator[int]:
    """Something that answers one connection with a line of HTTP, and its port."""
    with socket.socket() as door:
        door.bind((servers.LOOPBACK, 0))
        door.listen()

        def answer() -> None:
            connection, _ = door.accept()
            with connection:
                heard.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                while more := connection.recv(4096):
                    heard.append(more)

        thread = threading.Thread(target=answer)
        thread.start()
        yield int(door.getsockname()[1])
        thread.join(5)
        assert not thread.is_alive()
