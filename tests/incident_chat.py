"""People of an incident who type, press and fill in, and what they read."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import samples
from engine import Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA
from screens import accepted, accepted_view, screen

from adapters.redis.connection import Connections
from bot.domain.incidents.incident import Incident
from bot.routes import CommandNames, build_router
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField
from bot.views.names import Action
from commands.incoming import Click, Command, Incoming, Submission
from commands.replies import Later, OpenModal, Reply, Say, UpdateModal
from commands.router import Router

NAMES = CommandNames(deploy="/deploy", rollback="/rollback", status="/status", incident="/incident")
ROOM = "C0ROOM0001"
REF = "INC-2026-001"
OUTAGE = "/incident P1 service:api checkout returns 500s"


@asynccontextmanager
async def chatting(memory: Connections) -> AsyncIterator["Chat"]:
    """The sample catalog, with a ladder."""
    catalog = samples.catalog().model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, catalog) as bench:
        router = build_router(catalog, NAMES, bench.use_cases, bench.people)
        yield Chat(bench=bench, router=router)


@dataclass(kw_only=True)
class Chat:
    """People who type, press and fill in; `channel` is where they are."""

    bench: Bench
    router: Router
    channel: str = "C1"
    count: int = 0

    async def say(self, incoming: Incoming) -> Reply:
        """Anything."""
        return await self.router.answer(incoming)

    async def type(self, text: str, who: str = DANA) -> Reply:
        """A command and what follows it."""
        name, _, rest = text.partition(" ")
        return await self.say(
            Command(
                identity=identity(who),
                channel=self.channel,
                name=name,
                text=rest,
                trigger=self.trigger(),
            )
        )

    async def read(self, text: str, who: str = DANA) -> str:
        """The same, as the person sees the answer in the end."""
        return await shown(await self.type(text, who))

    async def press(
        self, action: IncidentAction | Action, value: str = REF, who: str = DANA, **more: Any
    ) -> Reply:
        """A button."""
        click = Click(
            identity=identity(who),
            channel=self.channel,
            action=action,
            value=value,
            trigger=self.trigger(),
        )
        return await self.say(click_with(click, more))

    async def fill(
        self,
        callback: IncidentCallback,
        values: Mapping[IncidentField, str],
        *more: str,
        who: str = DANA,
    ) -> Reply:
        """A form, which was opened here."""
        parts = () if callback is IncidentCallback.DECLARE else (REF, *more)
        private = ":".join((*parts, self.channel))
        return await self.say(
            Submission(
                identity=identity(who),
                callback=callback,
                private=private,
                values={field.value: value for field, value in values.items()},
                view=f"V{self.trigger()}",
            )
        )

    async def now(self, ref: str = REF) -> Incident:
        """An incident as it is stored."""
        return (await self.bench.use_cases.incidents.sight.incidents.incident(ref)).value

    async def declared(self, text: str = OUTAGE, who: str = DANA) -> Incident:
        """An incident with its room, in which everybody is from then on."""
        await self.type(text, who)
        while await self.bench.use_cases.incidents.rooming.tick(REF):
            pass
        self.channel = ROOM
        return await self.now()

    def trigger(self) -> str:
        """Another moment at which something was typed or pressed."""
        self.count += 1
        return f"{self.count}.1.x"


def click_with(click: Click, more: Mapping[str, Any]) -> Click:
    """A click with other circumstances."""
    known = {name: getattr(click, name) for name in Click.__dataclass_fields__}
    return Click(**{**known, **more})


async def shown(reply: Reply) -> str:
    """An answer as lines of text."""
    if isinstance(reply, Later):
        accepted(reply.first)
        return screen(accepted(await reply.job()))
    assert isinstance(reply, Say), reply
    return screen(accepted(reply.rendered))


async def form(reply: Reply) -> dict[str, Any]:
    """The form that came up in the end."""
    assert isinstance(reply, OpenModal | UpdateModal)
    accepted_view(reply.view)
    return accepted_view(await reply.fill()) if reply.fill else reply.view


def beginning(view: Mapping[str, Any]) -> dict[str, str]:
    """What is filled into a form before anybody has touched it."""
    found = {}
    for block in view["blocks"]:
        element = block.get("element", {})
        chosen = element.get("initial_option", {}).get("value")
        ticked = ",".join(each["value"] for each in element.get("initial_options", ()))
        value = chosen or element.get("initial_value") or ticked
        if value:
            found[block["block_id"]] = value
    return found
