"""What people say about the course of an incident: its state, how bad it is, what is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.actor import Actor, Identity
from bot.domain.catalog import Catalog
from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.events import (
    Acked,
    Dated,
    Described,
    Informed,
    Moved,
    Settled,
    SeverityChanged,
    Snoozed,
)
from bot.domain.incidents.gates import downgrades
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.states import VOID, State
from bot.domain.incidents.transition import require_possible
from bot.domain.runbooks import Runbook, suggestions
from bot.domain.worded import Worded, worded
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.places import known_place

# What an end, and what takes one back, asks of whoever says it.
_LED = frozenset({State.DECLINED, State.CANCELLED, State.CLOSED, State.TRIAGE})
# What it is called to bring about each of these, and what is accepted.
_VERBS: Mapping[State, Worded] = MappingProxyType(
    {
        State.INVESTIGATING: worded("accept"),
        State.DECLINED: worded("decline"),
        State.CANCELLED: worded("cancel"),
        State.CLOSED: worded("close"),
        State.TRIAGE: worded("reopen"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A status update as it was written: `next_update` is how long until the next one, and `to` a
    state that comes with it (None: the same).
    """

    progress: str
    eta: str = ""
    next_update: timedelta | None = None
    to: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responding:
    """Moves incidents through their course.

    Every method returns the incident as it is afterwards, and raises `NotPermitted`, `NotFound`,
    `UsageError` for what is missing, and `IllegalTransition` when it does not fit the state.
    """

    catalog: Catalog
    acting: Acting
    runbooks: tuple[Runbook, ...] = ()

    async def ack(self, identity: Identity, ref: str) -> Incident:
        """Somebody is on it; whoever says so leads, if nobody does."""
        return await self.acting.act(identity, ref, "acknowledge", lambda *_: Acked())

    async def move(self, identity: Identity, ref: str, to: State, reason: str = "") -> Incident:
        """Give it another state."""
        event = Moved(to=to, reason=reason)

        def led(incident: Incident) -> bool:
            accepts = incident.state is State.TRIAGE and to is State.INVESTIGATING
            return accepts or to in _LED

        return await self.acting.act(
            identity, ref, _VERBS.get(to, "move"), lambda *_: event, leads=led
        )

    async def severity(
        self, identity: Identity, ref: str, to: Severity, reason: str = ""
    ) -> Incident:
        """Say that it is worse, or less bad, than was thought."""

        def led(incident: Incident) -> bool:
            return downgrades(incident.severity, to)

        event = SeverityChanged(to=to, reason=reason)
        verb = worded("lower the severity of")
        return await self.acting.act(identity, ref, verb, lambda *_: event, leads=led)

    async def update(self, identity: Identity, ref: str, draft: Draft) -> Incident:
        """Tell everybody how it goes; without a promise it is that of the severity."""

        def decide(_incident: Incident, _actor: Actor, now: datetime) -> Decided:
            lasts = draft.next_update
            return Informed(
                progress=draft.progress,
                eta=draft.eta,
                next_update=now + lasts if lasts else None,
                to=draft.to,
            )

        return await self.acting.act(identity, ref, "update", decide)

    async def no_change(self, identity: Identity, ref: str) -> Incident:
        """Say that the last update still holds, and promise the next one."""

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            last = incident.last_update
            if last is None:
                require_possible(incident, Informed)
                raise UsageError(
                    "{ref} has had no update that could still hold.",
                    hint="Write the first one: what do users see, and what is being done?",
                    ref=ref,
                )
            return Informed(progress=last.progress, eta=last.eta, next_update=None)

        return await self.acting.act(identity, ref, "update", decide)

    async def snooze(
        self, identity: Identity, ref: str, lasts: timedelta, *, once: str | None = None
    ) -> Incident:
        """Put the promised update off by that much; only this one, and `once` for a click."""

        def decide(incident: Incident, _actor: Actor, now: datetime) -> Decided:
            promised = incident.clocks.update_by
            return Snoozed(until=max(now, promised or now) + lasts)

        return await self.acting.act(identity, ref, "snooze", decide, once=once)

    async def describe(self, identity: Identity, ref: str, described: Described) -> Incident:
        """Correct its title, summary, impact, service or environment.

        Another title or service may ask for other runbooks.
        """
        known_place(self.catalog, described.service, described.environment)

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            same = described.title is None and described.service is None
            if same or incident.kind is IncidentKind.BACKFILLED:
                return described
            title = incident.title if described.title is None else described.title
            service = incident.service if described.service is None else described.service or None
            fitting = suggestions(self.runbooks, title, service)
            return described.model_copy(update={"runbooks": fitting})

        return await self.acting.act(identity, ref, "describe", decide)

    async def resolve(
        self,
        identity: Identity,
        ref: str,
        root_cause: str,
        resolution: str,
        ended: datetime | None = None,
        override: str = "",
    ) -> Incident:
        """Customers are fine again, since `ended` if that was earlier.

        `override` is a reason to resolve in spite of what is missing.
        """
        event = Settled(
            root_cause=root_cause, resolution=resolution, ended=ended, override=override
        )
        return await self.settle(identity, ref, event)

    async def settle(
        self, identity: Identity, ref: str, event: Settled, impact: str = ""
    ) -> Incident:
        """As `resolve`; `impact` is what customers have noticed, if that is said only now."""
        noticed = (Described(impact=impact),) if impact else ()
        return await self.acting.act(identity, ref, "resolve", lambda *_: (*noticed, event))

    async def reopen(self, identity: Identity, ref: str, reason: str) -> Incident:
        """It is not over after all. One that was declined, cancelled or merged is judged anew."""

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            to = State.TRIAGE if incident.state in VOID else State.INVESTIGATING
            return Moved(to=to, reason=reason)

        def led(incident: Incident) -> bool:
            return incident.state in VOID

        return await self.acting.act(identity, ref, worded("reopen"), decide, leads=led)

    async def date(
        self, identity: Identity, ref: str, moment: Moment, at: datetime, override: str = ""
    ) -> Incident:
        """Correct one of its moments; `override` says why it does not fit the others."""
        event = Dated(moment=moment, at=at, override=override)
        return await self.acting.act(identity, ref, "date", lambda *_: event)
