"""From the start of the process to its first acknowledgement, against a minimal Bolt app.

Both are started in turn, so that a machine whose speed drifts slows both. Signalbox is the whole
bot, with worker, Redis and Slack connected; its first acknowledgement stores a deploy.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path

import aiohttp
from ack import ROOT, cpu_seconds, request

from bot.local import LocalStack, free_port, local_stack

STARTS = 7


async def first_ack(stack: LocalStack, arguments: list[str], port: int) -> tuple[float, float]:
    """Seconds until the first command was answered with 200: on the clock, and of the processor."""
    environment = {
        **stack.environment(port),
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": stack.workspace.bot_token,
    }
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as http:
            while True:
                body, headers = request(stack.workspace.signing_secret, 1)
                try:
                    url = f"http://127.0.0.1:{port}/slack/events"
                    async with http.post(url, data=body, headers=headers) as answer:
                        if answer.status == 200:
                            return time.perf_counter() - began, cpu_seconds(process.pid)
                except aiohttp.ClientError:
                    await asyncio.sleep(0.002)
    finally:
        process.kill()
        await process.wait()


async def main() -> None:
    """Measure and print."""
    minimal: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with local_stack(ROOT / "signalbox.yaml", Path(folder)) as stack:
            for _ in range(STARTS + 1):
                port = free_port()
                bolt = [str(ROOT / "bench/minimal_bolt.py"), str(port)]
                minimal.append(await first_ack(stack, bolt, port))
                port = free_port()
                ours.append(await first_ack(stack, ["-m", "bot", "run"], port))
    print(f"start to first acknowledgement, medians of {STARTS} starts in turn")
    for name, index in (("clock", 0), ("processor", 1)):
        # The first start of each only writes the bytecode.
        base = statistics.median(start[index] for start in minimal[1:])
        mine = statistics.median(start[index] for start in ours[1:])
        print(
            f"{name}: minimal Bolt app {base * 1000:.0f} ms, signalbox {mine * 1000:.0f} ms:"
            f" {mine / base:.2f}x"
        )


if __name__ == "__main__":
    asyncio.run(main())
