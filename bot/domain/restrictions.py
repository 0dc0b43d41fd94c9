"""What forbids deploys at the moment by somebody's word: locks, freezes and denied versions.

Windows of the policy file are not kept here: they follow from the time. Everything is one document,
so that one decision sees all of it as it was at one moment. What each restriction means for a
deploy is decided in `admission`; how locks are set and removed is in `locks`.

Each transition returns the document as it is afterwards, without what has ended by then.
"""

from datetime import datetime

from bot.domain.actor import Actor
from bot.domain.base import Model
from bot.domain.catalog import Catalog, Target
from bot.domain.errors import NotFound, UsageError
from bot.domain.guardians import guarding, require_member

# A decision of this project: the document stays small; what was denied so long ago is history.
MAX_DENIALS = 1000


class Lock(Model):
    """One target is held. `owner` is a person's id, or the id of the deploy that set it.

    `by_deploy` says which of the two. A lock always ends by itself at `until`. It is for everybody:
    what its owner wants to deploy waits as well, or has the lock removed first.
    """

    target: str
    owner: str
    reason: str
    since: datetime
    until: datetime
    by_deploy: bool = False


class Freeze(Model):
    """Nothing is deployed to an environment (None: to any). `until` None: until it is thawed.

    With a `service` it holds for that one only. `incident` is the reference of the incident that
    set it: what is deployed to end that incident passes.
    """

    environment: str | None
    by: str
    reason: str
    since: datetime
    until: datetime | None
    service: str | None = None
    incident: str | None = None


class Denial(Model):
    """A digest that was rolled back; it is not deployed again anywhere until it is allowed."""

    digest: str
    version: str
    service: str
    deploy: str
    reason: str
    since: datetime


class Restrictions(Model):
    """All of them, in the order in which they were set; those that ended may still be in it."""

    locks: tuple[Lock, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    denials: tuple[Denial, ...] = ()

    def at(self, now: datetime) -> "Restrictions":
        """Those that have not ended."""
        return Restrictions(
            locks=tuple(lock for lock in self.locks if now < lock.until),
            freezes=tuple(
                freeze for freeze in self.freezes if freeze.until is None or now < freeze.until
            ),
            denials=self.denials,
        )

    def locks_on(self, target: str, now: datetime) -> tuple[Lock, ...]:
        """The locks that hold a target at a moment."""
        return tuple(lock for lock in self.at(now).locks if lock.target == target)

    def denial(self, digest: str) -> Denial | None:
        """Why a digest is denied; None when it is not."""
        return next((denial for denial in self.denials if denial.digest == digest), None)

    @property
    def denied(self) -> frozenset[str]:
        """The digests that are denied."""
        return frozenset(denial.digest for denial in self.denials)


def require_reason(reason: str, what: str) -> None:
    """Raise `UsageError` for an empty reason; `what` begins the sentence."""
    if not reason.strip():
        raise UsageError(f"{what} needs a reason.", hint='Add --reason "…".')


def moment_in_words(moment: datetime) -> str:
    """A moment as a text that no view has formatted."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


# ── Freezes ──────────────────────────────────────────────────────────────────────────────────────


def require_freezer(actor: Actor, catalog: Catalog, environment: str | None) -> None:
    """Raise `NotPermitted` unless the actor guards the environment.

    To freeze all of them (None) it takes an approver of any: stopping is the safe direction.
    """
    require_member(actor, guarding(_in(catalog, environment)), f"freeze {_name(environment)}")


def freeze(held: Restrictions, asked: Freeze) -> Restrictions:
    """Freeze an environment, or a service in it; a freeze that the same person, or the same
    incident, set there before is replaced.

    Raises `UsageError` without a reason, and for an end that is over already.
    """
    require_reason(asked.reason, "A freeze")
    if asked.until is not None and asked.until <= asked.since:
        raise UsageError(
            f"{moment_in_words(asked.until)} is over already.",
            hint="Give an end that is still to come.",
        )
    left = held.at(asked.since)
    others = tuple(each for each in left.freezes if _whose(each) != _whose(asked))
    return left.model_copy(update={"freezes": (*others, asked)})


def _whose(freeze: Freeze) -> tuple[str | None, str | None, str]:
    """What a freeze is about, and whose it is: that of an incident is nobody's own."""
    return freeze.environment, freeze.service, freeze.incident or freeze.by


def without_incident(held: Restrictions, incident: str | None) -> tuple[Freeze, ...]:
    """The freezes that hold for what is deployed to end an incident (None: for everything else)."""
    return tuple(
        each for each in held.freezes if each.incident is None or each.incident != incident
    )


def thaw(
    held: Restrictions,
    catalog: Catalog,
    environment: str | None,
    actor: Actor,
    now: datetime,
    *,
    incident: str | None = None,
) -> Restrictions:
    """End the freezes that people have set for an environment, or (None) for all of them together;
    or the one that an `incident` has set there.

    What an incident has frozen ends when that incident is named, and with no other: whoever lets
    one service go on may know nothing of what is broken in the next. Those who guard the
    environment end all of them, and everybody their own, but not the one of an incident that they
    have declared: that is lifted through the incident. To end a freeze of everything it takes
    somebody who guards every environment. Raises `NotFound` when nothing of that is frozen, and
    `NotPermitted` when none of it is the actor's to end.
    """
    left = held.at(now)
    here = [each for each in left.freezes if each.environment == environment]
    found = [each for each in here if each.incident == incident]
    if not found:
        raise NotFound(_nothing_to_thaw(left, environment, incident))
    guards = [
        (f"end this freeze of {_name(environment)}", guarding(_in(catalog, place)))
        for place in ((environment,) if environment else catalog.environments)
    ]
    if all(actor.groups.intersection(groups) for _, groups in guards):
        ended = found
    else:
        ended = [each for each in found if each.by == actor.id and each.incident is None]
    if not ended:
        for what, groups in guards:
            require_member(actor, groups, what)
    kept = tuple(each for each in left.freezes if each not in ended)
    return left.model_copy(update={"freezes": kept})


def _nothing_to_thaw(left: Restrictions, environment: str | None, incident: str | None) -> str:
    if incident is not None:
        return f"{incident} has not frozen anything in {_name(environment)}."
    says = f"Nobody has frozen {_name(environment)} by hand."
    others = [each for each in left.freezes if each.environment == environment and each.incident]
    if others:
        named = "; ".join(
            f"{each.service or environment}, by {' or '.join(thaws(each))}" for each in others
        )
        return f"{says} What an incident has frozen ends by the name of the incident: {named}."
    if any(each.environment is None for each in left.freezes):
        return f"{says} It is frozen with all environments; those are thawed together."
    return f"{says} A freeze window of the policy ends by itself."


def thaws(freeze: Freeze) -> tuple[str, ...]:
    """What ends a freeze that an incident has set, and no other: what those type who lead it, and
    what those add who guard the environment. Nothing for one by hand.
    """
    if freeze.incident is None:
        return ()
    return f"/incident thaw {freeze.incident}", f"--incident {freeze.incident}"


def _in(catalog: Catalog, environment: str | None) -> tuple[Target, ...]:
    return tuple(
        target for target in catalog.targets() if environment in {None, target.environment}
    )


def _name(environment: str | None) -> str:
    return environment or "all environments"


# ── Denied versions ──────────────────────────────────────────────────────────────────────────────


def deny(held: Restrictions, asked: Denial) -> Restrictions:
    """Keep a digest from being deployed; one that is denied already stays so for its reason.

    The newest `MAX_DENIALS` are kept."""
    left = held.at(asked.since)
    if left.denial(asked.digest):
        return left
    kept = left.denials[-(MAX_DENIALS - 1) :]
    return left.model_copy(update={"denials": (*kept, asked)})


def allow(
    held: Restrictions, targets: tuple[Target, ...], version: str, actor: Actor, now: datetime
) -> Restrictions:
    """Let a version (by its name or digest) of the service of these targets be deployed again.

    Raises `NotFound` when it is not denied, and `NotPermitted` unless the actor guards one of the
    service's targets.
    """
    left = held.at(now)
    services = {target.service for target in targets}
    of_service = [denial for denial in left.denials if denial.service in services]
    found = [denial for denial in of_service if version in {denial.version, denial.digest}]
    if not found:
        known = ", ".join(denial.version for denial in of_service) or "nothing"
        raise NotFound(f"{version} is not denied; of {' and '.join(sorted(services))}, {known} is.")
    require_member(actor, guarding(targets), f"allow {version} again")
    kept = tuple(denial for denial in left.denials if denial not in found)
    return left.model_copy(update={"denials": kept})
