"""How fast a command is acknowledged, as ratios against servers that do less, in the same run.

Rounds of all servers are interleaved, so that a machine whose speed drifts slows all of them. The
figures are medians over the rounds; CPU is the server's own, from /proc.
"""

import asyncio
import hashlib
import hmac
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from bot.local import LocalStack, free_port, local_stack

ROOT = Path(__file__).parents[1]
KINDS = ("bare", "bolt", "default", "signalbox")
ROUNDS, ALONE, TOGETHER, AT_ONCE = 7, 60, 320, 16


def request(secret: str, number: int) -> tuple[bytes, dict[str, str]]:
    """A signed /deploy that nobody typed before."""
    body = urlencode(
        {
            "command": "/deploy",
            "text": "api v1.2.0 production",
            "user_id": "U0DANA001",
            "team_id": "T0SIGNAL",
            "channel_id": "C0DEPLOYS",
            "trigger_id": f"{time.time_ns()}.{number}",
            "response_url": "https://hooks.slack.com/commands/x",
        }
    ).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def cpu_seconds(pid: int) -> float:
    """The processor time that all threads of a process have used so far, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


class Server:
    """One server under load."""

    def __init__(self, kind: str, process: Process, port: int, secret: str) -> None:
        self.kind = kind
        self.process = process
        self.url = f"http://127.0.0.1:{port}/slack/events"
        self.secret = secret
        self.count = 0

    async def ack(self, http: aiohttp.ClientSession) -> float:
        """Send one command; returns seconds."""
        self.count += 1
        body, headers = request(self.secret, self.count)
        began = time.perf_counter()
        async with http.post(self.url, data=body, headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self.kind} answered {answer.status}")
        return time.perf_counter() - began


async def measure(server: Server, http: aiohttp.ClientSession) -> dict[str, float]:
    """One round: alone, then sixteen at a time."""
    alone = [await server.ack(http) for _ in range(ALONE)]
    places = asyncio.Semaphore(AT_ONCE)
    cpu, began = cpu_seconds(server.process.pid), time.perf_counter()

    async def one() -> None:
        async with places:
            await server.ack(http)

    await asyncio.gather(*(one() for _ in range(TOGETHER)))
    took = time.perf_counter() - began
    return {
        "p50 alone": statistics.median(alone),
        "seconds per request, 16 at once": took / TOGETHER,
        "CPU per request": (cpu_seconds(server.process.pid) - cpu) / TOGETHER,
    }


async def start(stack: LocalStack, kind: str) -> Server:
    """A server in a process of its own."""
    port = free_port()
    environment = {**stack.environment(port), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "bench/serve.py"), kind, str(port), env=environment, stdout=PIPE
    )
    if process.stdout is None or not (await process.stdout.readline()).startswith(b"ready"):
        await process.wait()  # it has closed its output: it is ending, and has said why
        raise RuntimeError(f"{kind} did not start")
    return Server(kind, process, port, stack.workspace.signing_secret)


async def compare(
    servers: list[Server], http: aiohttp.ClientSession, rounds: dict[tuple[str, str], list[float]]
) -> None:
    """Measure all of them in turn, after one round that warms them up."""
    for server in servers:
        await measure(server, http)
    for _ in range(ROUNDS):
        for server in servers:
            for name, value in (await measure(server, http)).items():
                rounds[server.kind, name].append(value)


async def main() -> None:
    """Measure and print."""
    rounds: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            local_stack(ROOT / "signalbox.yaml", Path(folder)) as stack,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as http,
        ):
            servers: list[Server] = []
            try:
                for kind in KINDS:
                    servers += [await start(stack, kind)]
                await compare(servers, http, rounds)
            finally:
                for server in servers:
                    server.process.kill()
                    await server.process.wait()
    names = list(dict.fromkeys(name for _, name in rounds))
    print(f"medians of {ROUNDS} interleaved rounds; ratio to a bare aiohttp server in brackets")
    for name in names:
        base = statistics.median(rounds["bare", name])
        shown = [
            f"{kind} {statistics.median(rounds[kind, name]) * 1000:.2f} ms"
            f" ({statistics.median(rounds[kind, name]) / max(base, 1e-9):.2f}x)"
            for kind in KINDS
        ]
        print(f"{name}: {', '.join(shown)}")
    for name in names:
        ours = statistics.median(rounds["signalbox", name])
        theirs = statistics.median(rounds["bolt", name])
        print(f"signalbox / bolt, {name}: {ours / max(theirs, 1e-9):.2f}x")


if __name__ == "__main__":
    asyncio.run(main())
