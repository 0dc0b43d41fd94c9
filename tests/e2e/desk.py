"""A local stack with real bot processes, and people who use the workspace as its page does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.local import LocalStack, local_stack
from bot.settings import SlackMode

CONFIG = Path(__file__).parents[2] / "signalbox.yaml"
# Generous: no test depends on speed, only on things happening at all.
PATIENCE = 60.0
DANA, SAM, OLIVIA, MAX = "U0DANA001", "U0SAM0001", "U0OLIVIA1", "U0MAX0001"
Json = dict[str, Any]


class Desk:
    """People at the workspace."""

    def __init__(self, stack: LocalStack, http: aiohttp.ClientSession) -> None:
        self.stack = stack
        self._http = http

    async def post(self, path: str, **body: Any) -> Json:
        """What the page sends."""
        async with self._http.post(
            f"{self.stack.workspace.url}{path}", json=body, headers={"X-Workspace": "1"}
        ) as answer:
            return await answer.json()

    async def get(self, path: str, **query: str) -> Json:
        """What the page asks for."""
        async with self._http.get(f"{self.stack.workspace.url}{path}", params=query) as answer:
            return await answer.json()

    def channel(self, name: str) -> str:
        """The id of a channel."""
        channels = self.stack.workspace.model.channels.values()
        return next(channel.id for channel in channels if channel.name == name)

    async def say(self, who: str, text: str, channel: str = "general") -> None:
        """Type something."""
        await self.post("/ui/send", **{"as": who, "channel": self.channel(channel), "text": text})

    async def messages(self, who: str, channel: str = "deploys", thread: str = "") -> list[Json]:
        """What somebody sees in a channel, or in a thread."""
        query = {"as": who, "channel": self.channel(channel)}
        if thread:
            query["thread_ts"] = thread
        return (await self.get("/ui/messages", **query))["messages"]

    async def until(self, look: Callable[[], Any]) -> Any:
        """Look again and again until there is something to see."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = await look()
            if found:
                return found
            assert time.monotonic() < deadline, "it never happened"
            await asyncio.sleep(0.05)

    async def card(self, text: str, who: str = SAM) -> Json:
        """Wait for a message in #deploys that contains a text."""

        async def look() -> Json | None:
            found = [m for m in await self.messages(who) if text in str(m)]
            return found[-1] if found else None

        return await self.until(look)

    async def private(self, who: str, text: str, channel: str = "deploys") -> Json:
        """Wait for a message that only this person sees."""

        async def look() -> Json | None:
            seen = await self.messages(who, channel)
            found = [m for m in seen if (m["ephemeral"] or m["failure"]) and text in str(m)]
            return found[-1] if found else None

        return await self.until(look)

    async def click(self, who: str, card: Json, action: str) -> Json:
        """Press a button of a message."""
        block, element = next(
            (block, element)
            for block in card["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == action
        )
        return await self.post(
            "/ui/click",
            **{
                "as": who,
                "channel": card["channel"],
                "ts": card["ts"],
                "block_id": block["block_id"],
                "action_id": action,
                "value": element["value"],
            },
        )

    def writes(self, project: str = "olympus-prod") -> list[tuple[str, ...]]:
        """The update masks of accepted writes, in order."""
        return [write.paths for write in self.stack.cloud.model.journal if project in write.project]


@asynccontextmanager
async def desk(
    folder: Path, *, mode: SlackMode = SlackMode.HTTP, config: Path = CONFIG
) -> AsyncIterator[Desk]:
    """A stack without a bot yet."""
    async with local_stack(config, folder, mode=mode) as stack, aiohttp.ClientSession() as http:
        yield Desk(stack, http)


async def ready(bench: Desk) -> None:
    """Wait until the newest bot serves."""
    stack = bench.stack

    async def look() -> bool:
        if stack.mode is SlackMode.SOCKET:
            return stack.workspace.connections > 0
        url = (stack.workspace.bot_url or "").replace("/slack/events", "/readyz")
        try:
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    await bench.until(look)
