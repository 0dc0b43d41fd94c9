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
MEI_LING = "U0MEILIN1"
Json = dict[str, Any]


async def until(look: Callable[[], Any]) -> Any:
    """Look again and again until there is something to see, and return it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.05)  # what is looked at is in other processes: there is no event


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
        return await until(look)

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

    async def room(self, start: str) -> str:
        """Wait for a channel whose name begins so, and return its name."""
        model = self.stack.workspace.model

        async def look() -> str | None:
            return next((c.name for c in model.channels.values() if c.name.startswith(start)), None)

        return str(await self.until(look))

    async def said(self, who: str, channel: str, text: str) -> Json:
        """Wait for a message of a channel that contains a text, as somebody sees it."""

        async def look() -> Json | None:
            found = [m for m in await self.messages(who, channel) if text in str(m)]
            return found[-1] if found else None

        return await self.until(look)

    async def told(self, who: str, *texts: str) -> Json:
        """Wait for a private word of the bot that contains these texts."""
        model = self.stack.workspace.model

        async def look() -> Json | None:
            talk = next((c.id for c in model.channels.values() if c.im_user == who), None)
            if talk is None:
                return None
            seen = await self.get("/ui/messages", **{"as": who, "channel": talk})
            found = [m for m in seen["messages"] if all(text in str(m) for text in texts)]
            return found[-1] if found else None

        return await self.until(look)

    async def react(self, who: str, message: Json, name: str) -> Json:
        """Add a reaction to a message, or take it back."""
        place = {"channel": message["channel"], "ts": message["ts"]}
        return await self.post("/ui/react", **{"as": who, **place, "name": name})

    async def pin(self, who: str, message: Json) -> Json:
        """Pin a message, or take the pin away."""
        place = {"channel": message["channel"], "ts": message["ts"]}
        return await self.post("/ui/pin", **{"as": who, **place})

    async def edit(self, who: str, message: Json, text: str) -> Json:
        """Say something else."""
        place = {"channel": message["channel"], "ts": message["ts"]}
        return await self.post("/ui/edit", **{"as": who, **place, "text": text})

    async def delete(self, who: str, message: Json) -> Json:
        """Take back what was said."""
        place = {"channel": message["channel"], "ts": message["ts"]}
        return await self.post("/ui/delete", **{"as": who, **place})

    async def shortcut(self, who: str, callback_id: str, message: Json | None = None) -> Json:
        """Use a shortcut, from the menu or on a message."""
        place = {"channel": message["channel"], "ts": message["ts"]} if message else {}
        return await self.post("/ui/shortcut", **{"as": who, "callback_id": callback_id, **place})

    async def home(self, who: str, text: str) -> Json:
        """Open the home tab and wait until it contains a text."""
        await self.post("/ui/open_home", **{"as": who})
        model = self.stack.workspace.model

        async def look() -> Json | None:
            view = model.homes.get(who)
            return view.body if view is not None and text in str(view.body) else None

        return await self.until(look)

    async def form(self, who: str, callback_id: str) -> str:
        """Wait until a form is open, on top; returns the id of the view."""
        model = self.stack.workspace.model

        async def look() -> str | None:
            stack = model.stacks.get(who)
            top = stack[-1] if stack else None
            return top.id if top and top.body.get("callback_id") == callback_id else None

        return str(await self.until(look))

    async def submit(self, who: str, view: str, **values: Json) -> Json:
        """Submit a form; `values` are the states of its blocks, of the kind {action: state}."""
        return await self.post("/ui/submit", **{"as": who, "view_id": view, "values": values})

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
