"""The end of `make run`: Ctrl+C in its terminal, which interrupts all of its processes at once."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from desk import CONFIG, DANA, until

from adapters.local.ports import own_port
from adapters.local.workspace.seed import GENERAL


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[tuple[Process, str]]:
    """What `make run` starts, in a terminal of its own, and the address of its workspace."""
    with own_port() as port:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "local", "--port", str(port), "--config", str(CONFIG)),
            cwd=folder,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            await process.stdout.readuntil(b"Ctrl+C ends it.\n\n")
            yield process, f"http://127.0.0.1:{port}"
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()


async def answered(workspace: str) -> None:
    """Wait until the bot has answered a command."""
    place = {"as": DANA, "channel": GENERAL}
    async with aiohttp.ClientSession(workspace, headers={"X-Workspace": "1"}) as http:

        async def look() -> bool:
            async with http.post("/ui/send", json={**place, "text": "/status api"}):
                pass
            async with http.get("/ui/messages", params=place) as answer:
                seen = (await answer.json())["messages"]
            return any(each["ephemeral"] and not each["failure"] for each in seen)

        await until(look)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_everything_ends_without_a_complaint(tmp_path: Path, number: int) -> None:
    """Nobody misses a neighbour that has ended before them."""
    async with started(tmp_path) as (process, workspace):
        await answered(workspace)
        os.killpg(process.pid, number)
        said, _ = await process.communicate()
        assert (process.returncode, said.decode()) == (0, "")
    assert not (tmp_path / ".signalbox" / "valkey").exists()
