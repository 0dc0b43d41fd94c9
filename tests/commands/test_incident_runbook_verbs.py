"""What people are answered who ask for runbooks, in an incident and elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import samples
from engine import Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA, MAX, SAM
from screens import accepted, buttons, screen

from adapters.redis.connection import Connections
from bot.domain.errors import NotFound, UsageError
from bot.domain.incident_policy import ProcedureItem
from bot.domain.incidents.incident import Incident
from bot.domain.runbooks import Runbook
from bot.routes import CommandNames, build_router
from bot.views.incidents.names import IncidentAction
from commands.incoming import Click, Command
from commands.replies import Nothing, Reply, Say

NAMES = CommandNames(deploy="/deploy", rollback="/rollback", status="/status", incident="/incident")
REF, ROOM, ELSEWHERE = "INC-2026-001", "C0ROOM0001", "C0OTHER001"
STEPS = (ProcedureItem(id="s1", text="Look at the graph."), ProcedureItem(id="s2", text="Undo it."))
ERRORS = Runbook(slug="errors", title="High error rate", symptoms=("500s",), steps=STEPS)
DISK = Runbook(slug="disk-full", title="Disk full", steps=STEPS)
CPU = Runbook(slug="high-cpu", title="High CPU usage", steps=STEPS)
API = Runbook(slug="warm-up", title="Cold starts", steps=STEPS, services=frozenset({"api"}))
SHOP = Runbook(slug="a-shop", title="Shop is closed", steps=STEPS, services=frozenset({"shop"}))


class Asking:
    """People who ask for runbooks, wherever they are."""

    def __init__(self, bench: Bench, runbooks: tuple[Runbook, ...]) -> None:
        cases = bench.use_cases.incidents
        cases.records = replace(cases.records, runbooks=runbooks)
        cases.declaring = replace(cases.declaring, runbooks=runbooks)
        self.bench = bench
        self.router = build_router(bench.catalog, NAMES, bench.use_cases, bench.people)
        self.count = 0

    async def type(self, text: str, channel: str = ROOM, who: str = DANA) -> Reply:
        """A command."""
        self.count += 1
        return await self.router.answer(
            Command(
                identity=identity(who),
                channel=channel,
                name="/incident",
                text=text,
                trigger=f"{self.count}.1.x",
            )
        )

    async def say(self, text: str, channel: str = ROOM, who: str = DANA) -> Say:
        """The same; returns an answer that can be shown."""
        reply = await self.type(text, channel, who)
        assert isinstance(reply, Say)
        accepted(reply.rendered)
        return reply

    async def read(self, text: str, channel: str = ROOM, who: str = DANA) -> str:
        """The same, as the person sees it."""
        return screen((await self.say(text, channel, who)).rendered)

    async def press(self, value: str, channel: str = ROOM, who: str = SAM) -> Reply:
        """“Use runbook”."""
        self.count += 1
        click = Click(
            identity=identity(who),
            channel=channel,
            action=IncidentAction.RUNBOOK,
            value=value,
            trigger=f"{self.count}.1.x",
        )
        return await self.router.answer(click)

    async def declared(self) -> Incident:
        """An incident with its room."""
        await self.type("P1 service:api checkout returns 500s", ELSEWHERE)
        while await self.bench.use_cases.incidents.rooming.tick(REF):
            pass
        return await self.now()

    async def now(self) -> Incident:
        """The incident as it is stored."""
        return (await self.bench.use_cases.incidents.sight.incidents.incident(REF)).value

    async def used(self) -> list[str]:
        """The runbooks that are in use."""
        names = [each.id for each in (await self.now()).procedures]
        return [each for each in names if each.startswith("runbook-")]


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """The sample catalog, with a ladder."""
    catalog = samples.catalog().model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, catalog) as built:
        yield built


@pytest.fixture
def asking(bench: Bench) -> Asking:
    """Five runbooks, by name."""
    return Asking(bench, (SHOP, DISK, ERRORS, CPU, API))


def order(shown: str) -> list[str]:
    """The runbooks of a list, as they stand in it."""
    known = (SHOP, DISK, ERRORS, CPU, API)
    there = [each for each in known if f"`{each.slug}`" in shown]
    return [each.slug for each in sorted(there, key=lambda each: shown.index(f"`{each.slug}`"))]


# ── In an incident ───────────────────────────────────────────────────────────────────────────────


async def test_all_are_listed_the_fitting_ones_first_with_buttons(asking: Asking) -> None:
    """Then those of its service, those of any, and at last those of others."""
    await asking.declared()
    shown = await asking.read("runbook")
    assert shown.startswith(f"*Runbooks for {REF}*")
    assert order(shown) == ["errors", "warm-up", "disk-full", "high-cpu", "a-shop"]
    assert "⭐ *High error rate* `errors`\nfits this incident · 2 steps · 500s" in shown
    assert shown.count("[Use runbook]") == 5


async def test_words_bring_the_one_that_fits_them_in(asking: Asking) -> None:
    await asking.declared()
    assert "“Disk full” to tick off" in await asking.read("runbook disk is full", who=MAX)
    assert await asking.used() == ["runbook-disk-full"]
    assert "✅ *Disk full*" in await asking.read("runbook")
    assert (await asking.read("runbook")).count("[Use runbook]") == 4
    assert "Look at the graph." in await asking.read("checklist disk-full")


async def test_one_that_is_named_by_reference_is_brought_in_from_anywhere(asking: Asking) -> None:
    await asking.declared()
    assert REF in await asking.read(f"runbook {REF} high-cpu", ELSEWHERE)
    assert await asking.used() == ["runbook-high-cpu"]


async def test_several_that_fit_equally_well_are_a_question(asking: Asking) -> None:
    """Nothing is posted into a room by guessing."""
    await asking.declared()
    shown = await asking.read("runbook high")
    assert "Several runbooks have “high”. Which one?" in shown
    assert order(shown) == ["errors", "high-cpu"]
    assert await asking.used() == []


async def test_a_search_only_looks(asking: Asking) -> None:
    await asking.declared()
    shown = await asking.read("runbook search disk")
    assert "Runbooks with “disk”" in shown
    assert order(shown) == ["disk-full"]
    assert "No runbook has these words." in await asking.read("runbook search xyzzy")
    assert await asking.used() == []
    with pytest.raises(UsageError, match="Which words"):
        await asking.type("runbook search")


async def test_the_button_brings_exactly_that_one_in(asking: Asking) -> None:
    await asking.declared()
    listed = await asking.say("runbook")
    values = [
        block["accessory"]["value"]
        for block in listed.rendered.blocks
        if block.get("accessory", {}).get("action_id") == IncidentAction.RUNBOOK
    ]
    assert values[0] == f"{REF}:errors"
    assert await asking.press(values[0]) == Nothing()
    assert await asking.used() == ["runbook-errors"]
    with pytest.raises(NotFound, match="There is no runbook “error-rate”"):
        await asking.press(f"{REF}:error-rate")


async def test_a_button_that_is_pressed_elsewhere_is_answered_there(asking: Asking) -> None:
    await asking.declared()
    reply = await asking.press(f"{REF}:disk-full", ELSEWHERE)
    assert isinstance(reply, Say)
    assert "The room has “Disk full” to tick off." in screen(reply.rendered)


async def test_of_an_incident_that_is_over_runbooks_are_read(asking: Asking) -> None:
    await asking.declared()
    await asking.type("cancel it was a test")
    shown = await asking.read("runbook disk full")
    assert "1. Look at the graph." in shown
    assert "Use runbook" not in buttons((await asking.say("runbook")).rendered)


# ── Elsewhere ────────────────────────────────────────────────────────────────────────────────────


async def test_elsewhere_a_runbook_shows_its_steps(asking: Asking) -> None:
    shown = await asking.read("runbook errors", ELSEWHERE)
    assert shown.splitlines()[0] == "📖 *High error rate*"
    assert "1. Look at the graph.\n2. Undo it." in shown


async def test_elsewhere_all_are_listed_by_name_without_buttons(asking: Asking) -> None:
    shown = await asking.read("runbook", ELSEWHERE)
    assert order(shown) == ["a-shop", "disk-full", "errors", "high-cpu", "warm-up"]
    assert "[Use runbook]" not in shown
    assert "`/incident runbook`" in shown


async def test_what_fits_nothing_is_answered_with_what_there_is(asking: Asking) -> None:
    with pytest.raises(NotFound, match="No runbook fits “xyzzy”"):
        await asking.type("runbook xyzzy", ELSEWHERE)


async def test_a_private_incident_stays_unknown_to_who_asks_for_its_runbooks(
    asking: Asking,
) -> None:
    await asking.type("P1 service:api private a key was leaked", ELSEWHERE)
    with pytest.raises(NotFound):
        await asking.type(f"runbook {REF} errors", ELSEWHERE, who=MAX)
    with pytest.raises(NotFound):
        await asking.press(f"{REF}:errors", who=MAX)


async def test_without_a_folder_it_is_said_that_there_are_none(bench: Bench) -> None:
    nothing = Asking(bench, ())
    assert "There are no runbooks" in await nothing.read("runbook", ELSEWHERE)
    assert "There are no runbooks" in await nothing.read("runbook cpu", ELSEWHERE)
