"""The HTTP API of incidents: by token only, once only, and with errors that say what to send."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import samples
from api_caller import TOKEN, WISH, Caller, calling
from incident_engine import LEAK, OUTAGE

from adapters.redis.connection import Connections
from bot.domain.incidents.incident import IncidentKind, Source
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind


@pytest.fixture
async def caller(memory: Connections) -> AsyncIterator[Caller]:
    """A server with the API on real use cases."""
    async with calling(memory) as built:
        yield built


async def test_declaring_is_as_good_as_by_command(caller: Caller) -> None:
    status, said = await caller.post("", WISH)
    assert status == 201
    incident = await caller.bench.now(said["ref"])
    assert (incident.source, incident.declared_by) == (Source.API, "api:token")
    assert incident.state is State.INVESTIGATING
    assert said["severity"] == "P1"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN.upper(), f"{TOKEN}x", "é" * 32])
async def test_nothing_is_done_without_the_token(caller: Caller, token: str) -> None:
    assert (await caller.get("", token=token.encode().decode("latin-1")))[0] == 401
    assert (await caller.bench.incidents.open()) == ()


async def test_the_same_key_is_one_incident(caller: Caller) -> None:
    first = await caller.post("", WISH, key="alert-7")
    again = await caller.post("", WISH, key="alert-7")
    assert first[1]["ref"] == again[1]["ref"]
    assert len(await caller.bench.incidents.open()) == 1


async def test_an_alert_that_comes_again_joins_what_is_open(caller: Caller) -> None:
    wish = {**WISH, "dedup_key": "api-errors"}
    _, first = await caller.post("", wish)
    status, again = await caller.post("", wish)
    assert (status, again["ref"]) == (200, first["ref"])
    kinds = [line.kind for line in await caller.bench.lines(await caller.bench.now(first["ref"]))]
    assert kinds.count(LineKind.ALERT) == 1


async def test_it_can_be_acknowledged_noted_and_resolved(caller: Caller) -> None:
    _, said = await caller.post("", WISH)
    ref = said["ref"]
    acked = (await caller.post(f"/{ref.lower()}/ack"))[1]
    assert acked["times"]["acked"]
    assert acked["lead"] is None  # whom nobody can reach leads nothing
    assert (await caller.post(f"/{ref}/notes", {"text": "The pool is full."}))[0] == 201
    wrong = await caller.post(f"/{ref}/resolve", {"root_cause": "", "resolution": "x"})
    assert wrong[0] in {400, 409}
    done = await caller.post(f"/{ref}/resolve", {"root_cause": "Pool", "resolution": "Larger"})
    assert (done[0], done[1]["state"]) == (200, "resolved")
    _, whole = await caller.get(f"/{ref}")
    assert "The pool is full." in [line["text"] for line in whole["timeline"]]


async def test_what_is_no_false_alarm_needs_no_triage(caller: Caller) -> None:
    wish = {"title": "Login is slow", "severity": "P3"}
    assert (await caller.post("", wish))[1]["state"] == "triage"
    assert (await caller.post("", {**wish, "accepted": True}))[1]["state"] == "investigating"


async def test_a_drill_is_one(caller: Caller) -> None:
    _, said = await caller.post("", {**WISH, "drill": True})
    assert (await caller.bench.now(said["ref"])).kind is IncidentKind.DRILL


async def test_what_was_over_is_written_down(caller: Caller) -> None:
    """With the time at which it began; the end of the impact is the end of it."""
    began = caller.bench.clock.now() - timedelta(hours=3)
    wish = {**WISH, "backfill": True, "occurred": began.isoformat()}
    status, said = await caller.post("", wish)
    assert (status, said["kind"], said["state"]) == (201, "backfilled", "investigating")
    assert said["times"]["declared"] == said["times"]["occurred"] == began.isoformat()
    assert (await caller.bench.now(said["ref"])).pages == ()
    ended = (began + timedelta(hours=1)).isoformat()
    end = {"root_cause": "Pool", "resolution": "Larger", "ended": ended}
    _, done = await caller.post(f"/{said['ref']}/resolve", end)
    assert done["times"]["resolved"] == ended
    assert await caller.bench.waiting() == {}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "began"),
        ({"occurred": "2026-03-14T11:00:00Z", "drill": True}, "A drill is not"),
        ({"occurred": "2026-03-14T11:00:00Z", "dedup_key": "alert-1"}, "key"),
        ({"occurred": "2026-03-14T12:00:01Z"}, "future"),
    ],
    ids=str,
)
async def test_what_cannot_be_written_down_is_refused(
    caller: Caller, more: dict[str, object], says: str
) -> None:
    status, said = await caller.post("", {**WISH, "backfill": True, **more})
    assert status == 400
    assert says in said["error"]
    assert said["hint"]
    assert await caller.bench.incidents.open() == ()


async def test_what_is_private_is_not_there(caller: Caller) -> None:
    secret = await caller.bench.declare(LEAK, who=samples.SAM)
    public = await caller.bench.declare(OUTAGE)
    _, found = await caller.get("?open=true")
    assert [each["ref"] for each in found["incidents"]] == [public.ref]
    assert (await caller.get(f"/{secret.ref}"))[0] == 404
    assert (await caller.post(f"/{secret.ref}/ack"))[0] == 404


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"title": "x"}, "title"),
        ({"title": "Checkout", "severity": "P9"}, "severity"),
        ({"title": "Checkout", "colour": "red"}, "colour"),
        ({"title": "Checkout", "service": "apo"}, "apo"),
        ({"title": "Checkout", "occurred": "2026-03-14T11:00:00"}, "occurred"),
        ([], "body"),
    ],
)
async def test_what_is_wrong_is_named(caller: Caller, body: object, names: str) -> None:
    status, said = await caller.post("", body)
    assert status == 400
    assert names in f"{said['error']} {said['hint']}".lower()
    assert (await caller.bench.incidents.open()) == ()


async def test_lists_are_by_severity_and_service(caller: Caller) -> None:
    await caller.post("", WISH)
    _, other = await caller.post("", {"title": "Login is slow", "severity": "P3"})
    assert [x["ref"] for x in (await caller.get("?severity=p3"))[1]["incidents"]] == [other["ref"]]
    assert (await caller.get("?severity=bad"))[0] == 400
    assert (await caller.get("?open=maybe"))[0] == 400
    assert (await caller.get("/INC-2026-999"))[0] == 404
    assert (await caller.get("/nonsense"))[0] == 404
