"""Pages through PagerDuty, against a server that speaks its Events API."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import incident_samples as samples
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from samples import NOW, SAM

from adapters.pagerduty.pager import MAX_SUMMARY, PagerDuty
from bot.domain.errors import Outcome, PagerRefused, PagerUnavailable
from bot.domain.incident_policy import Severity
from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.states import State

KEY = "0123456789abcdef0123456789abcdef"
ADDRESS = "/v2/enqueue"
Alerts = dict[str, list[dict[str, Any]]]


class PagerDutyServer:
    """Keeps alerts as PagerDuty does: one for each open key. `answers` come before that, in order:
    a status with headers, or None for an answer that never comes.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.open: Alerts = {}
        self.answers: list[tuple[int, dict[str, str]] | None] = []
        self._hold = asyncio.Event()

    def app(self) -> web.Application:
        """What is served."""
        app = web.Application()
        app.router.add_post(ADDRESS, self._enqueue)
        app.on_shutdown.append(self._release)
        return app

    async def _release(self, _: web.Application) -> None:
        self._hold.set()

    async def _enqueue(self, request: web.Request) -> web.Response:
        answer = self.answers.pop(0) if self.answers else (202, {})
        if answer is None:
            await self._hold.wait()
            return web.Response(status=500)
        status, headers = answer
        if status != 202:
            return web.json_response({"status": "invalid event"}, status=status, headers=headers)
        event = await request.json()
        self.events.append(event)
        key = event["dedup_key"]
        match event["event_action"]:
            case "trigger":
                self.open.setdefault(key, []).append(event)
            case "acknowledge" if key in self.open:
                self.open[key].append(event)
            case "resolve":
                self.open.pop(key, None)
        return web.json_response({"status": "success", "dedup_key": key}, status=202)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def service() -> AsyncIterator[tuple[PagerDutyServer, str]]:
    neighbour = PagerDutyServer()
    async with TestServer(neighbour.app()) as server:
        yield neighbour, str(server.make_url("/"))


@pytest.fixture
def neighbour(service: tuple[PagerDutyServer, str]) -> PagerDutyServer:
    return service[0]


@pytest.fixture
def pager(service: tuple[PagerDutyServer, str], http: aiohttp.ClientSession) -> PagerDuty:
    return PagerDuty(http, routing_key=KEY, api_url=service[1])


def open_page(name: str = "P1", **changes: object) -> Page:
    """A page that nobody has answered."""
    return samples.page(id=name, acked_by=None, acked_at=None, **changes)


def incident(state: State = State.INVESTIGATING, **changes: object) -> Incident:
    """A P1 that nobody has acknowledged, with one open page."""
    return samples.incident(state, **{"times": {}, "pages": (open_page(),), **changes})


# ── Calling ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_page_says_what_it_is_about(pager: PagerDuty, neighbour: PagerDutyServer) -> None:
    await pager.page(incident(), open_page())
    (event,) = neighbour.events
    assert event == {
        "routing_key": KEY,
        "event_action": "trigger",
        "dedup_key": "INC-2026-001/P1",
        "client": "Signalbox",
        "payload": {
            "summary": "P1 INC-2026-001: Checkout answers 500s (api production)",
            "severity": "critical",
            "source": "api production",
            "timestamp": NOW.isoformat(),
            "custom_details": {
                "incident": "INC-2026-001",
                "severity": "P1",
                "state": "investigating",
                "called": "Primary",
                "service": "api",
                "environment": "production",
                "impact": "One in five customers cannot pay.",
            },
        },
    }


async def test_the_same_page_twice_is_one(pager: PagerDuty, neighbour: PagerDutyServer) -> None:
    await pager.page(incident(), open_page())
    await pager.page(incident(), open_page())
    assert list(neighbour.open) == ["INC-2026-001/P1"]


async def test_the_next_rung_is_an_alert_of_its_own(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    """An acknowledged alert would notify nobody of it."""
    await pager.page(incident(), open_page("P1"))
    await pager.page(incident(), open_page("P2", rung=1))
    assert list(neighbour.open) == ["INC-2026-001/P1", "INC-2026-001/P2"]


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.P1, "critical"),
        (Severity.P2, "error"),
        (Severity.P3, "warning"),
        (Severity.P4, "info"),
    ],
)
async def test_a_severity_has_a_word_of_theirs(
    pager: PagerDuty, neighbour: PagerDutyServer, severity: Severity, word: str
) -> None:
    await pager.page(incident(severity=severity), open_page())
    assert neighbour.events[0]["payload"]["severity"] == word


async def test_of_a_private_incident_only_the_reference_is_told(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    secret = incident(private=True, title="Leak at Acme", impact="Acme", service="acme")
    await pager.page(secret, open_page(name="P1").model_copy(update={"name": "acme team"}))
    payload = neighbour.events[0]["payload"]
    assert "acme" not in str(payload).casefold()
    assert payload["summary"] == "P1 INC-2026-001 (private)"
    assert payload["custom_details"] == {"incident": "INC-2026-001", "severity": "P1"}


async def test_without_a_service_there_is_a_source_all_the_same(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    await pager.page(incident(service=None, environment=None), open_page())
    payload = neighbour.events[0]["payload"]
    assert payload["source"] == "signalbox"
    assert payload["summary"] == "P1 INC-2026-001: Checkout answers 500s"


async def test_a_long_title_is_cut(pager: PagerDuty, neighbour: PagerDutyServer) -> None:
    await pager.page(incident(title="x" * 3000), open_page())
    summary = neighbour.events[0]["payload"]["summary"]
    assert len(summary) == MAX_SUMMARY
    assert summary.endswith("…")


@pytest.mark.parametrize("kind", [IncidentKind.DRILL, IncidentKind.BACKFILLED])
async def test_what_is_not_real_calls_nobody(
    pager: PagerDuty, neighbour: PagerDutyServer, kind: IncidentKind
) -> None:
    with pytest.raises(PagerRefused, match="nobody is paged"):
        await pager.page(incident(kind=kind), open_page())
    with pytest.raises(PagerRefused, match="nobody is paged"):
        await pager.acknowledge(incident(kind=kind))
    assert neighbour.events == []


# ── Calling no further ───────────────────────────────────────────────────────────────────────────


async def test_an_answered_page_is_acknowledged_and_an_open_one_goes_on(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    pages = (open_page("P1").model_copy(update={"acked_by": SAM}), open_page("P2", rung=1))
    await pager.acknowledge(incident(pages=pages))
    assert [(each["event_action"], each["dedup_key"]) for each in neighbour.events] == [
        ("acknowledge", "INC-2026-001/P1")
    ]


async def test_whoever_takes_the_incident_on_answers_its_pages(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    await pager.acknowledge(samples.incident(pages=(open_page(),)))
    assert [each["event_action"] for each in neighbour.events] == ["acknowledge"]


@pytest.mark.parametrize("state", sorted(set(State) - set(samples.ACTIVE)))
async def test_when_customers_are_fine_every_page_is_resolved(
    pager: PagerDuty, neighbour: PagerDutyServer, state: State
) -> None:
    subject = incident(state, pages=(open_page("P1"), open_page("P2", rung=1)))
    await pager.page(incident(), open_page("P1"))
    await pager.page(incident(), open_page("P2", rung=1))
    await pager.acknowledge(subject)
    assert neighbour.open == {}


async def test_an_incident_without_pages_has_nothing_to_end(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    await pager.acknowledge(incident(State.RESOLVED, pages=()))
    assert neighbour.events == []


# ── What goes wrong ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "7"}, timedelta(seconds=7)), ({}, timedelta(minutes=1))],
    ids=["says how long", "does not"],
)
async def test_when_asked_to_slow_down_nothing_was_done(
    pager: PagerDuty, neighbour: PagerDutyServer, headers: dict[str, str], wait: timedelta
) -> None:
    neighbour.answers.append((429, headers))
    with pytest.raises(PagerUnavailable) as trouble:
        await pager.page(incident(), open_page())
    assert trouble.value.retry_after == wait
    assert trouble.value.outcome is Outcome.NOT_DONE


async def test_their_failure_may_have_had_its_effect(
    pager: PagerDuty, neighbour: PagerDutyServer
) -> None:
    neighbour.answers.append((503, {}))
    with pytest.raises(PagerUnavailable, match="503") as trouble:
        await pager.page(incident(), open_page())
    assert trouble.value.outcome is Outcome.UNKNOWN
    assert not isinstance(trouble.value, PagerRefused)


@pytest.mark.parametrize("status", [302, 400, 403, 404])
async def test_a_refusal_says_what_to_look_at(
    pager: PagerDuty, neighbour: PagerDutyServer, status: int
) -> None:
    neighbour.answers.append((status, {"Location": "https://elsewhere.example"}))
    with pytest.raises(PagerRefused, match=f"{status}; check that the routing key"):
        await pager.page(incident(), open_page())


async def test_an_answer_that_does_not_come_leaves_it_open(
    service: tuple[PagerDutyServer, str], http: aiohttp.ClientSession
) -> None:
    neighbour, url = service
    neighbour.answers.append(None)
    hasty = PagerDuty(http, routing_key=KEY, api_url=url, timeout=timedelta(milliseconds=500))
    with pytest.raises(PagerUnavailable, match="in time") as trouble:
        await hasty.page(incident(), open_page())
    assert trouble.value.outcome is Outcome.UNKNOWN


async def test_what_cannot_be_reached_has_not_been_told(http: aiohttp.ClientSession) -> None:
    nobody = PagerDuty(http, routing_key=KEY, api_url=f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(PagerUnavailable, match="cannot be reached") as trouble:
        await nobody.page(incident(), open_page())
    assert trouble.value.outcome is Outcome.NOT_DONE


async def test_a_broken_connection_leaves_it_open(http: aiohttp.ClientSession) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        broken = PagerDuty(http, routing_key=KEY, api_url=f"http://127.0.0.1:{port}")
        with pytest.raises(PagerUnavailable, match="broke") as trouble:
            await broken.page(incident(), open_page())
    assert trouble.value.outcome is Outcome.UNKNOWN


async def test_the_routing_key_is_never_told(
    pager: PagerDuty, neighbour: PagerDutyServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    neighbour.answers += [(400, {}), (503, {}), (429, {})]
    for _ in range(3):
        with pytest.raises(PagerUnavailable) as trouble:
            await pager.page(incident(), open_page())
        chain = [trouble.value, trouble.value.__cause__, trouble.value.__context__]
        assert all(KEY not in f"{each!r}" for each in chain)
    assert KEY not in repr(pager)
    assert KEY not in caplog.text
