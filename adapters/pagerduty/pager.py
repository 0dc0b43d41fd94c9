"""`bot.ports.Pager` over PagerDuty's Events API v2.

Fields, limits and what may be asked again: “Send an Alert Event” and “Events API v2 Overview” in
PagerDuty's developer documentation. An alert that was acknowledged there notifies nobody of further
events with its key. Therefore every page has a key, and so an alert, of its own: otherwise the
second rung would be silent as soon as the first one had answered and then not solved it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Literal

import aiohttp
from yarl import URL

from bot.domain.errors import Outcome, PagerRefused, PagerUnavailable
from bot.domain.incident_policy import Severity
from bot.domain.incidents.calls import Page
from bot.domain.incidents.escalation import answered
from bot.domain.incidents.incident import Incident, IncidentKind

# Accounts in the European region have https://events.eu.pagerduty.com instead.
API = "https://events.pagerduty.com"
ENQUEUE = "v2/enqueue"
# Decisions of this project: a call that takes longer has failed; how long to wait when PagerDuty
# asks for time and does not say how much.
TIMEOUT = timedelta(seconds=10)
CONNECT_TIMEOUT = timedelta(seconds=3)
DEFAULT_RETRY_AFTER = timedelta(minutes=1)
# The longest summary, in characters.
MAX_SUMMARY = 1024
# PagerDuty's words for how bad it is.
SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.P1: "critical",
        Severity.P2: "error",
        Severity.P3: "warning",
        Severity.P4: "info",
    }
)

Action = Literal["trigger", "acknowledge", "resolve"]


class PagerDuty:
    """Sends events about pages. The routing key is in their bodies, and nowhere else.

    `http` is not closed here. Of a private incident only its reference and its severity are sent.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        routing_key: str,
        api_url: str = API,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        self._http = http
        self._routing_key = routing_key
        self._url = URL(api_url) / ENQUEUE
        self._timeout = aiohttp.ClientTimeout(
            total=timeout.total_seconds(),
            connect=min(timeout, CONNECT_TIMEOUT).total_seconds(),
        )

    async def page(self, incident: Incident, page: Page) -> None:
        """Call out; the same page twice is one alert.

        Raises `PagerRefused`, also for what is not real, and `PagerUnavailable`.
        """
        _require_real(incident)
        event = {
            "client": "Signalbox",
            "payload": {
                "summary": _summary(incident),
                "severity": SEVERITIES[incident.severity],
                "source": _source(incident),
                "timestamp": page.at.isoformat(),
                "custom_details": _details(incident, page),
            },
        }
        await self._send("trigger", incident, page, event)

    async def acknowledge(self, incident: Incident) -> None:
        """Say of every page that somebody is on it, or that it is over, so that it calls no more.

        Pages that nobody has answered go on calling while the incident does. Raises as `page`.
        """
        _require_real(incident)
        for page in incident.pages:
            if not incident.active:
                await self._send("resolve", incident, page, {})
            elif answered(incident, page):
                await self._send("acknowledge", incident, page, {})

    async def _send(
        self, action: Action, incident: Incident, page: Page, event: Mapping[str, Any]
    ) -> None:
        body = {
            "routing_key": self._routing_key,
            "event_action": action,
            "dedup_key": f"{incident.ref}/{page.id}",
            **event,
        }
        with _translated():
            async with self._http.post(
                self._url, json=body, timeout=self._timeout, allow_redirects=False
            ) as answer:
                _require_taken(answer.status, answer.headers)


def _require_real(incident: Incident) -> None:
    if incident.kind is not IncidentKind.REAL:
        raise PagerRefused(f"{incident.ref} is a {incident.kind} incident: nobody is paged for it.")


def _summary(incident: Incident) -> str:
    """What is read out on the telephone."""
    if incident.private:
        return f"{incident.severity} {incident.ref} (private)"
    where = f" ({_source(incident)})" if incident.service else ""
    words = f"{incident.severity} {incident.ref}: {incident.title}{where}"
    return words if len(words) <= MAX_SUMMARY else f"{words[: MAX_SUMMARY - 1]}…"


def _source(incident: Incident) -> str:
    """What is affected; PagerDuty wants something here in any case."""
    if incident.private or incident.service is None:
        return "signalbox"
    return " ".join(part for part in (incident.service, incident.environment) if part)


def _details(incident: Incident, page: Page) -> dict[str, str]:
    details = {"incident": incident.ref, "severity": incident.severity.value}
    if incident.private:
        return details
    details |= {"state": incident.state.value}
    fields = {
        "called": page.title,
        "service": incident.service,
        "environment": incident.environment,
        "impact": incident.impact,
    }
    return details | {name: value for name, value in fields.items() if value}


def _require_taken(status: int, headers: Mapping[str, str]) -> None:
    """Raise unless PagerDuty took the event."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        given = headers.get("Retry-After", "")
        wait = timedelta(seconds=int(given)) if given.isdecimal() else DEFAULT_RETRY_AFTER
        raise PagerUnavailable("PagerDuty asks to be left alone for a while.", retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PagerUnavailable(f"PagerDuty failed with status {status}.", outcome=Outcome.UNKNOWN)
    raise PagerRefused(
        f"PagerDuty refused the event with status {status}; check that the routing key is that of "
        "an Events API v2 integration, and the address that of your region."
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what goes wrong on the way into `PagerUnavailable`; not connected means not done."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise PagerUnavailable("PagerDuty cannot be reached.") from None
    except TimeoutError:
        raise PagerUnavailable(
            "PagerDuty did not answer in time.", outcome=Outcome.UNKNOWN
        ) from None
    except aiohttp.ClientError as error:
        raise PagerUnavailable(
            f"The connection to PagerDuty broke ({type(error).__name__}).",
            outcome=Outcome.UNKNOWN,
        ) from None
