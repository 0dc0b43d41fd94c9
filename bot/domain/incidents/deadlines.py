"""What is owed, and by when: the deadlines that transitions make. `clocks` reads them. Pure."""

from datetime import datetime

from bot.domain.incident_policy import IncidentPolicy, Severity, SeverityRule
from bot.domain.incidents.calls import FLOOR, Clocks, Page
from bot.domain.incidents.incident import Incident, IncidentKind


def started(
    severity: Severity,
    kind: IncidentKind,
    now: datetime,
    policy: IncidentPolicy,
    severity_epoch: int = 0,
) -> Clocks:
    """The clocks of an incident that begins now, or begins anew in another severity epoch.

    A drill calls nobody, so nothing is climbed. What is written down afterwards owes nothing.
    """
    if kind is IncidentKind.BACKFILLED:
        return Clocks(
            since=now,
            respond_by=None,
            resolve_by=None,
            update_by=None,
            severity_epoch=severity_epoch,
            first_epoch=severity_epoch,
        )
    rule = policy.rule(severity)
    return Clocks(
        since=now,
        respond_by=now + rule.response,
        resolve_by=now + rule.resolution,
        update_by=now + rule.update_every,
        climb_at=_first_climb(rule, now, now) if kind is IncidentKind.REAL else None,
        severity_epoch=severity_epoch,
        first_epoch=severity_epoch,
    )


def changed_severity(
    incident: Incident, to: Severity, now: datetime, policy: IncidentPolicy
) -> Clocks:
    """The clocks of an active incident that has another severity from now on.

    Targets still count from the beginning. The promised update never comes later than it was
    promised. What is worse climbs the ladder from its foot; what is less bad stays where it is on
    it, or leaves it, when its rule has none.
    """
    clocks, rule = incident.clocks, policy.rule(to)
    if incident.kind is IncidentKind.BACKFILLED:
        return clocks
    promised = clocks.update_by or now + rule.update_every
    update: dict[str, object] = {
        "respond_by": clocks.since + rule.response if clocks.respond_by else None,
        "resolve_by": clocks.since + rule.resolution,
        "update_by": promised,
    }
    real = incident.kind is IncidentKind.REAL
    if to.worse_than(incident.severity):
        update |= {
            "update_by": min(promised, now + rule.update_every),
            "severity_epoch": clocks.severity_epoch + 1,
            "rung": FLOOR,
            "climb_at": _first_climb(rule, clocks.since, now) if real else None,
        }
    elif rule.escalate_after is None:
        update["climb_at"] = None
    return clocks.model_copy(update=update)


def acknowledged(clocks: Clocks) -> Clocks:
    """Somebody is on it: the response is given."""
    return clocks.model_copy(update={"respond_by": None})


def informed(clocks: Clocks, next_update: datetime) -> Clocks:
    """An update was given, and the next one promised."""
    return clocks.model_copy(update={"update_by": next_update, "snoozed": None})


def snoozed(clocks: Clocks, until: datetime, now: datetime) -> Clocks:
    """The promised update comes later."""
    return clocks.model_copy(update={"update_by": until, "snoozed": now})


def watched(clocks: Clocks, now: datetime, policy: IncidentPolicy) -> Clocks:
    """The fix has landed: in a while, somebody is asked whether it has helped."""
    return clocks.model_copy(update={"quiet_until": now + policy.bake})


def unwatched(clocks: Clocks) -> Clocks:
    """It has not helped, or it is over."""
    return clocks.model_copy(update={"quiet_until": None})


def climbed(clocks: Clocks, page: Page, rule: SeverityRule) -> Clocks:
    """A rung was paged: it has some time to answer before the next one is. One with people who are
    in already has answered; where it is nobody else, nobody was called, and the next one follows as
    soon as it takes too long.
    """
    on_it = clocks.model_copy(update={"rung": page.rung, "climb_at": page.at + rule.ack_within})
    if not page.present:
        return on_it
    if not page.silent or rule.escalate_after is None:
        return answered(on_it, page, rule, page.at)
    late = max(page.at, clocks.since + rule.escalate_after)
    return on_it.model_copy(update={"climb_at": late})


def answered(clocks: Clocks, page: Page, rule: SeverityRule, now: datetime) -> Clocks:
    """The present rung has answered: the next one is paged only if it takes too long.

    That is when the incident is as old as its rule says, and then every so often after the last
    page.
    """
    if rule.escalate_after is None:
        return clocks.model_copy(update={"climb_at": None})
    first = clocks.since + rule.escalate_after
    climb_at = first if first > now else page.at + rule.escalate_after
    return clocks.model_copy(update={"climb_at": climb_at})


def settled(
    clocks: Clocks, severity: Severity, kind: IncidentKind, now: datetime, policy: IncidentPolicy
) -> Clocks:
    """Customers are fine again: nothing is due but the post-mortem, where the severity asks for it.

    Drills never need one.
    """
    asked = policy.rule(severity).postmortem and kind is not IncidentKind.DRILL
    by = now + policy.postmortem_within if asked else None
    return over(clocks).model_copy(update={"postmortem_by": by})


def over(clocks: Clocks) -> Clocks:
    """Nothing is due any more."""
    return clocks.model_copy(
        update={
            "respond_by": None,
            "resolve_by": None,
            "update_by": None,
            "climb_at": None,
            "quiet_until": None,
            "postmortem_by": None,
        }
    )


def _first_climb(rule: SeverityRule, since: datetime, now: datetime) -> datetime | None:
    """When the first rung is paged: at once, or when it takes too long, or never."""
    if rule.page:
        return now
    if rule.escalate_after is None:
        return None
    return max(now, since + rule.escalate_after)
