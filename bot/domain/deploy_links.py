"""What deploys mean to incidents: which ones they concern, and what follows from how they go.

This is where the two nouns meet: incidents know nothing of deploys, and deploys only the reference
of the incident that they are to end. Pure.
"""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.compare import compare_link
from bot.domain.deploy import Deploy
from bot.domain.history import Kind, Ledger, Record
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import DeployLinked, Event, Moved
from bot.domain.incidents.incident import Incident, IncidentKind, Source
from bot.domain.incidents.linked import LinkedDeploy, Part, Suspect
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State
from bot.domain.message import DeployFact, Said

_ENDS = frozenset({Part.FIX, Part.ROLLBACK})
_LANDED_ON = frozenset({State.INVESTIGATING, State.IDENTIFIED, State.MITIGATING})


# ── Deploys that belong to an incident ───────────────────────────────────────────────────────────


def linked(deploy: Deploy, part: Part) -> LinkedDeploy:
    """A deploy as an incident remembers it, as it stands."""
    return LinkedDeploy(
        deploy=deploy.id,
        service=deploy.service,
        environment=deploy.environment,
        version=deploy.version,
        part=part,
        running=not deploy.over and not deploy.landed,
        landed=deploy.landed,
    )


def known_part(incident: Incident, deploy: Deploy) -> Part | None:
    """What a deploy is to an incident: as it was linked, or as it says itself; None: nothing."""
    known = incident.deploy(deploy.id)
    if known is not None:
        return known.part
    if deploy.terms.incident != incident.ref:
        return None
    return Part.ROLLBACK if deploy.kind is Kind.ROLLBACK else Part.FIX


def concerns(incident: Incident, deploy: Deploy) -> bool:
    """Whether what happens to a deploy belongs on the timeline of an open incident.

    Those are its own deploys until it is closed, and everything that is deployed to its service
    while people are hurt. A drill has nothing to do with what is really deployed.
    """
    if incident.kind is not IncidentKind.REAL:
        return False
    hurt = incident.hurts(deploy.service, deploy.environment)
    return hurt or known_part(incident, deploy) is not None


# ── What follows from how they go ────────────────────────────────────────────────────────────────


def failed_key(deploy: Deploy) -> str:
    """The key under which failures of one target are one incident."""
    return f"deploy:{deploy.target}"


def failed(deploy: Deploy, said: Said, policy: IncidentPolicy) -> bool:
    """Whether this is a failure that somebody has to look at: one of its own accord, after it was
    begun, in an environment for which the policy asks for that.
    """
    rule = policy.failed_deploys
    if rule is None or deploy.environment not in rule.environments or deploy.started is None:
        return False
    by_itself = said is Said.ROLLED_BACK and deploy.undone_by is None
    return said is Said.FAILED or by_itself


def consequences(
    incident: Incident, deploy: Deploy, said: Said, policy: IncidentPolicy
) -> Iterator[Event]:
    """What happens to an incident that a deploy concerns, when this is said about the deploy.

    A fix that has landed moves the incident on to monitoring. A failed deploy is called a cause
    where it had taken traffic before the incident began, or where the incident is about failures of
    this very target; otherwise only the timeline has it.
    """
    part = known_part(incident, deploy)
    hurt = incident.hurts(deploy.service, deploy.environment)
    if part is None and hurt and failed(deploy, said, policy):
        part = Part.CAUSE if _may_be_cause(incident, deploy) else None
    if part is None:
        return
    now = linked(deploy, part)
    known = incident.deploy(deploy.id)
    landed = now.landed and not (known is not None and known.landed)
    if landed and part in _ENDS and incident.state is State.TRIAGE:
        yield Moved(to=State.INVESTIGATING)
    yield DeployLinked(deploy=now)
    if landed and part in _ENDS and incident.state in _LANDED_ON | {State.TRIAGE}:
        yield Moved(to=State.MONITORING)


def _may_be_cause(incident: Incident, deploy: Deploy) -> bool:
    if incident.dedup_key == failed_key(deploy):
        return True
    took = took_traffic(deploy)
    return took is not None and took <= incident.began


def wish_of(deploy: Deploy, fact: DeployFact, policy: IncidentPolicy) -> Wish:
    """The incident that a failed deploy declares. Only where `failed` says so."""
    rule = policy.failed_deploys
    if rule is None:
        raise AssertionError("failed deploys declare nothing here")
    how = "failed" if fact.said is Said.FAILED else "rolled itself back"
    return Wish(
        title=f"{deploy.service} {deploy.version[:60]} {how} in {deploy.environment}",
        severity=rule.severity,
        service=deploy.service,
        environment=deploy.environment,
        summary=fact.detail or "",
        source=Source.DEPLOY,
        dedup_key=failed_key(deploy),
        occurred=min(took_traffic(deploy) or fact.at, fact.at),
        detected=fact.at,
        room=RoomKind.THREAD,
    )


# ── Suspects ─────────────────────────────────────────────────────────────────────────────────────


def took_traffic(deploy: Deploy) -> datetime | None:
    """When a deploy began to take traffic: confirmed by the cloud, else when it may have; None when
    it never did.
    """
    if deploy.trail:
        return deploy.trail[0].at
    return (deploy.started or deploy.since) if deploy.moved else None


def suspect_running(deploy: Deploy) -> Suspect | None:
    """A deploy that is under way, as a suspect; None while it has had no traffic."""
    at = took_traffic(deploy)
    if at is None or deploy.plan is None:
        return None
    return Suspect(
        deploy=deploy.id,
        service=deploy.service,
        environment=deploy.environment,
        version=deploy.plan.artifact.version,
        revision=deploy.revision,
        previous=deploy.plan.replaced.version if deploy.plan.replaced else None,
        requested_by=deploy.requested_by,
        approved_by=tuple(v.by for v in deploy.approval.votes) if deploy.approval else (),
        at=at,
        running=True,
        compare=deploy.plan.compare,
    )


def suspect_recorded(
    record: Record, since: Ledger, at: datetime | None, repository: str | None
) -> Suspect | None:
    """A deploy that has ended, as a suspect; None when it had no traffic.

    `since` are the newer records of its target. `at` is when it began to take traffic, as far as
    that is known; else it is when it was begun.
    """
    service, _, environment = record.target.partition("/")
    began = at or record.started
    if not record.moved or began is None:
        return None
    previous = record.replaced.version if record.replaced else None
    return Suspect(
        deploy=record.deploy,
        service=service,
        environment=environment,
        version=record.version,
        revision=record.revision,
        previous=previous,
        requested_by=record.requested_by,
        approved_by=record.approved_by,
        at=began,
        undone=not record.landed or any(_undoes(each, record) for each in since),
        compare=compare_link(repository, previous, record.version),
    )


def _undoes(later: Record, record: Record) -> bool:
    back = later.kind is Kind.ROLLBACK and later.landed and later.replaced is not None
    return back and later.replaced is not None and later.replaced.same(record.ran)
