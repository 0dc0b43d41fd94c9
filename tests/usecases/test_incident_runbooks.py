"""Runbooks in incidents: suggested when they fit, brought in once, and gone from the card then."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import OUTAGE, IncidentBench, incident_bench
from incident_samples import CHANNEL
from samples import DANA, MAX
from screens import buttons, screen

from adapters.redis.connection import Connections
from bot.domain.errors import IllegalTransition, NotFound
from bot.domain.incident_policy import ProcedureItem
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.messages import IncidentCard, ProcedureCard
from bot.domain.incidents.room import Status, Step
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.domain.runbooks import Runbook
from bot.views.incidents.card import incident_card

STEPS = (ProcedureItem(id="s1", text="Look at the graph."), ProcedureItem(id="s2", text="Undo it."))
WIKI = "https://wiki.example/500s"
ERRORS = Runbook(slug="errors", title="High error rate", symptoms=("500s",), steps=STEPS, url=WIKI)
DISK = Runbook(slug="disk-full", title="Disk full", steps=STEPS, url="https://wiki.example/disk")
AUTH = Runbook(slug="login", title="Nobody can log in", steps=STEPS, services=frozenset({"auth"}))


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """A world with three runbooks."""
    async with incident_bench(memory) as built:
        built.runbooks = (AUTH, DISK, ERRORS)
        built.again()
        yield built


def fitting(incident: Incident) -> list[str]:
    """The names of what is suggested and not in use."""
    return [each.slug for each in incident.unused_runbooks]


async def test_what_fits_is_kept_from_the_declaration_on(bench: IncidentBench) -> None:
    incident = await bench.declare()
    assert fitting(await bench.now(incident)) == ["errors"]
    assert incident.runbooks == (ERRORS.suggestion,)


async def test_drills_have_suggestions_and_what_is_written_down_later_has_none(
    bench: IncidentBench,
) -> None:
    drill = await bench.declare(OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}), once="d")
    assert fitting(drill) == ["errors"]
    late = await bench.declare(
        OUTAGE.model_copy(update={"kind": IncidentKind.BACKFILLED, "occurred": bench.clock.now()}),
        once="l",
    )
    assert fitting(late) == []
    described = await bench.cases.responding.describe(
        identity(DANA), late.ref, Described(title="Disk full")
    )
    assert fitting(described) == []


async def test_another_title_or_service_asks_for_other_runbooks(bench: IncidentBench) -> None:
    incident = await bench.declare()
    describe = bench.cases.responding.describe
    same = await describe(identity(DANA), incident.ref, Described(summary="Since the release."))
    assert fitting(same) == ["errors"]
    full = await describe(identity(DANA), incident.ref, Described(title="Disk full on db-1"))
    assert fitting(full) == ["disk-full"]
    apart = await describe(identity(DANA), incident.ref, Described(title="Nobody can log in"))
    assert fitting(apart) == []
    login = await describe(identity(DANA), incident.ref, Described(service="auth"))
    assert fitting(login) == ["login"]
    unknown = await describe(identity(DANA), incident.ref, Described(service=""))
    assert fitting(unknown) == ["login"]


async def test_a_runbook_that_is_read_elsewhere_is_a_bookmark_of_the_room(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    room = bench.premises.channels[incident.room.channel or ""]
    assert [title for title, _ in room.bookmarks] == ["Grafana", "API", "High error rate"]
    assert room.bookmarks[-1] == ("High error rate", WIKI)
    described = await bench.cases.responding.describe(
        identity(DANA), incident.ref, Described(title="Disk full on db-1")
    )
    assert described.room.steps[Step.BOOKMARKS].status is Status.PENDING
    after = await bench.furnish(described)
    assert after.room.steps[Step.BOOKMARKS].status is Status.DONE
    assert ("Disk full", "https://wiki.example/disk") in room.bookmarks


async def test_bookmarks_stay_as_they_are_when_nothing_new_is_to_be_read(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    described = await bench.cases.responding.describe(
        identity(DANA), incident.ref, Described(title="Checkout answers 500s, all of them")
    )
    assert described.room.steps[Step.BOOKMARKS].status is Status.DONE


async def test_a_runbook_is_brought_in_once_and_ticked_on_the_timeline(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.deliver()
    policy = bench.cases.transitions.policy
    before = incident_card(await bench.now(incident), policy)
    assert buttons(before)["Use runbook"]["value"] == f"{incident.ref}:errors"
    assert f"*Runbook* 📖 <{WIKI}|High error rate>" in screen(before)
    used = await bench.cases.records.runbook(identity(MAX), incident.ref, "errors")
    assert await bench.cases.records.runbook(identity(DANA), incident.ref, "errors") == used
    assert fitting(used) == []
    after = incident_card(await bench.now(incident), policy)
    assert "Use runbook" not in buttons(after)
    assert "*Runbook*" not in screen(after)
    told = [entry.message for entry in (await bench.waiting())[incident.room.channel or ""]]
    lists = [each for each in told if isinstance(each, ProcedureCard)]
    assert [each.procedure for each in lists] == ["runbook-errors"]
    assert any(isinstance(each, IncidentCard) for each in told)
    assert CHANNEL not in await bench.waiting()
    await bench.cases.records.tick(identity(MAX), incident.ref, "runbook-errors", "s1")
    ticked = [line for line in await bench.lines(incident) if line.kind is LineKind.CHECK]
    assert "Look at the graph." in ticked[-1].text


async def test_only_a_runbook_that_there_is_comes_into_an_incident_that_is_open(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare(Wish(title="Nobody can log in", service="api"))
    with pytest.raises(NotFound, match="There is no runbook “error”"):
        await bench.cases.records.runbook(identity(DANA), incident.ref, "error")
    await bench.cases.responding.move(identity(DANA), incident.ref, State.DECLINED, "no")
    with pytest.raises(IllegalTransition):
        await bench.cases.records.runbook(identity(DANA), incident.ref, "errors")
