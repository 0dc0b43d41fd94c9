"""How bad an incident is, and what is told of it: severity, updates, and when the next one comes.
Pure.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents import deadlines
from bot.domain.incidents.calls import Clocks
from bot.domain.incidents.course import entered, require_arrow, require_own_way
from bot.domain.incidents.declaring import clean_text
from bot.domain.incidents.events import SAME_CLICK, Informed, SeverityChanged, Snoozed
from bot.domain.incidents.gates import require_downgrade_reason
from bot.domain.incidents.incident import Incident, Moment, Update
from bot.domain.incidents.states import ACTIVE, State

Report = SeverityChanged | Informed | Snoozed
Fields = dict[str, object]
# Two who put an update off within this time mean the same (a decision of this project); whoever
# means more can soon say so again.
_SAME_SNOOZE = timedelta(seconds=10)


def fields_of(
    before: Incident, event: Report, by: str, now: datetime, policy: IncidentPolicy
) -> Mapping[str, object]:
    """What a report changes. Raises as `transition.advance`."""
    match event:
        case SeverityChanged():
            return _severity(before, event, by, now, policy)
        case Informed():
            return _informed(before, event, by, now, policy)
        case Snoozed(until=until):
            return _snoozed(before, until, now)
        case _:
            assert_never(event)


def _severity(
    before: Incident, event: SeverityChanged, by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    """Targets and ladder follow the severity; what turns out to be grave is no longer doubted."""
    to = event.to
    if to is before.severity:
        return {}
    require_downgrade_reason(before, to, event.reason)
    fields: Fields = {"severity": to, "clocks": _clocks_for(before, to, now, policy)}
    if before.severity.worse_than(to):
        fields["reason"] = clean_text("reason", event.reason)
    if before.state is State.TRIAGE and to.grave:
        changed = before.model_copy(update=fields)
        fields |= entered(changed, State.INVESTIGATING, by, now, policy)
    return fields


def _clocks_for(before: Incident, to: Severity, now: datetime, policy: IncidentPolicy) -> Clocks:
    if before.active:
        return deadlines.changed_severity(before, to, now, policy)
    resolved = before.times[Moment.RESOLVED].recorded
    return deadlines.settled(before.clocks, to, before.kind, resolved, policy)


def _informed(
    before: Incident, event: Informed, by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    progress, eta = clean_text("progress", event.progress), clean_text("ETA", event.eta)
    if not progress:
        raise UsageError("An update says how it goes.", hint="/incident update <progress>")
    to = event.to or before.state
    if _repeats(before, by, now, (progress, eta)) and to is before.state:
        return {}
    fields: Fields = {}
    if to is not before.state:
        _require_update_state(before, to)
        fields = entered(before, to, by, now, policy)
    promised = _promised(before, event.next_update, now, policy)
    update = Update(
        number=len(before.updates) + 1,
        at=now,
        by=by,
        state=to,
        progress=progress,
        eta=eta,
        next_update=promised,
    )
    fields["updates"] = (*before.updates, update)
    if promised is not None:
        clocks = before.model_copy(update=fields).clocks
        fields["clocks"] = deadlines.informed(clocks, promised)
    return fields


def _repeats(before: Incident, by: str, now: datetime, said: tuple[str, str]) -> bool:
    last = before.last_update
    if last is None or last.by != by or (last.progress, last.eta) != said:
        return False
    return abs(now - last.at) < SAME_CLICK


def _require_update_state(before: Incident, to: State) -> None:
    """An update may bring a state of the work with it; beginnings and ends stand by themselves."""
    working = ACTIVE - {State.TRIAGE}
    if before.state not in working or to not in working:
        require_own_way(before, to)
        require_arrow(before, to)
        raise UsageError(
            "An update does not move {ref} to {state}.",
            hint="/incident status {typed} <reason>",
            ref=before.ref,
            state=to,
            typed=to.said,
        )
    require_arrow(before, to)


def _promised(
    before: Incident, next_update: datetime | None, now: datetime, policy: IncidentPolicy
) -> datetime | None:
    """When the next update comes: always, while customers may be hurt; afterwards only if said.
    Of what was over when it was written down none is due.
    """
    if next_update is not None and next_update <= now:
        raise UsageError(
            "The next update is promised for the past.", hint="Say in how long it comes."
        )
    if not before.active or before.afterwards:
        return None
    if next_update is None:
        return now + policy.rule(before.severity).update_every
    return next_update


def _snoozed(before: Incident, until: datetime, now: datetime) -> Fields:
    promised = before.clocks.update_by
    if before.afterwards:
        raise UsageError(
            "{ref} was written down afterwards: no update is due.",
            hint="Write a note.",
            ref=before.ref,
        )
    put_off = before.clocks.snoozed
    if until == promised or (put_off is not None and abs(now - put_off) < _SAME_SNOOZE):
        return {}
    if until <= now or (promised is not None and until < promised):
        raise UsageError(
            "The next update is due later than that.", hint="Say by how much to put it off."
        )
    return {"clocks": deadlines.snoozed(before.clocks, until, now)}
