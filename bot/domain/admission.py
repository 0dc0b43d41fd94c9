"""Whether a deploy may happen at all: one decision for everybody who asks.

The request, the plan, the button, the queue and the status all call `obstacles`. Where two places
decide, one of them is right: an approval that the other does not honour, or a freeze that only one
of them knows.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.freezes import Frozen, frozen
from bot.domain.history import Kind, Ledger, Version
from bot.domain.policy import PromoteFrom
from bot.domain.restrictions import Lock, Restrictions, without_incident
from bot.domain.verification import NotVerified, Soaking, Verified, verified


class Rule(StrEnum):
    """Which rule stands in the way."""

    DENIED = "denied"
    LOCK = "lock"
    FREEZE = "freeze"
    NOT_VERIFIED = "not verified"
    SOAKING = "soaking"


class Obstacle(Model):
    """One rule that forbids a deploy now. `says` is a sentence.

    `until` is when it passes by itself (None: it does not, or that is not known). `way_out` is a
    command without the name of the slash command ("" when there is none). `waivable` says that
    asking for the deploy as an exception gets past it. `holder` is the person, or the deploy, by
    whom it stands there. `incident` is the one that freezes it: what ends that one passes.
    `incidents` are all whose freezes stand in the way; each is thawed by its own name.
    """

    rule: Rule
    says: str
    until: datetime | None = None
    way_out: str = ""
    waivable: bool = False
    holder: str | None = None
    incident: str | None = None
    incidents: tuple[str, ...] = ()

    @property
    def final(self) -> bool:
        """Whether it ends a deploy that waits for its turn, rather than keeping it waiting."""
        return self.rule in _FINAL


# No time that passes mends these: the version itself is at fault.
_FINAL = frozenset({Rule.DENIED, Rule.NOT_VERIFIED})


def in_words(found: Iterable[Obstacle]) -> str:
    """Several obstacles as one text."""
    return " ".join(each.says for each in found)


def obstacles(  # noqa: PLR0913 - one decision takes everything that it is made from
    target: Target,
    restrictions: Restrictions,
    now: datetime,
    *,
    kind: Kind = Kind.DEPLOY,
    digest: str | None = None,
    ledger_before: Ledger | None = None,
    exception: bool = False,
    break_glass: bool = False,
    incident: str | None = None,
) -> tuple[Obstacle, ...]:
    """Everything that forbids a deploy to a target at a moment; empty: it may go ahead.

    `digest` and `ledger_before`, the ledger of the target that the digest has to come from, are
    None where they are not looked up yet. What they are needed for is then left out: whoever has
    them asks again, and nothing is written before that.

    A rollback passes freezes, locks and the order of environments: the way back has to be open
    always. So does whoever breaks the glass, where the policy knows of that, with one difference: a
    lock that a person set stays. Somebody may be working on that very target, and to remove the
    lock is one command that names both. An exception passes freezes alone, where the policy has a
    group that grants them; its approval is asked for elsewhere. What is to end an `incident` passes
    the freeze that this very incident has set, and no other.

    Nothing passes a denied digest. It was rolled back because it did harm; an emergency is no
    reason to run it again, and haste is how that happens. Whoever means it allows it first.

    Raises `UsageError` for a freeze window that cannot be read."""
    policy = target.policy
    glass = break_glass and policy.break_glass is not None
    found = list(_denied(restrictions, digest))
    if kind is Kind.ROLLBACK:
        return tuple(found)
    found += (
        _locked(target, lock)
        for lock in restrictions.locks_on(target.key, now)
        if not (glass and lock.by_deploy)
    )
    if glass:
        return tuple(found)
    freezes = without_incident(restrictions, incident)
    closed = frozen(policy.freeze, freezes, target.environment, now, service=target.service)
    if closed is not None and not (exception and policy.freeze_exception):
        found.append(_frozen(target, closed))
    # To follow the newest revision brings nothing new into service.
    if kind is Kind.DEPLOY and policy.promote_from and digest and ledger_before is not None:
        denied = restrictions.denied
        found += _unverified(target, policy.promote_from, digest, ledger_before, now, denied)
    return tuple(found)


def _denied(restrictions: Restrictions, digest: str | None) -> Iterator[Obstacle]:
    denial = restrictions.denial(digest) if digest else None
    if denial is not None:
        yield Obstacle(
            rule=Rule.DENIED,
            says=f"{denial.version} is denied since {denial.deploy}: {denial.reason}.",
            way_out=f"allow {denial.service} {denial.version}",
            holder=denial.deploy,
        )


def _locked(target: Target, lock: Lock) -> Obstacle:
    how = f"is held after {lock.owner}" if lock.by_deploy else "is locked"
    return Obstacle(
        rule=Rule.LOCK,
        says=f"{target.key} {how}: {lock.reason}.",
        until=lock.until,
        way_out=f"unlock {target.service} {target.environment}",
        holder=lock.owner,
    )


def _frozen(target: Target, closed: Frozen) -> Obstacle:
    """What people and incidents froze can be thawed; where a window of the policy is open as well,
    to no avail.
    """
    people = [freeze for freeze in closed.by_hand if freeze.incident is None]
    everywhere = any(freeze.environment is None for freeze in people)
    thaw = "thaw --all" if everywhere else f"thaw {target.environment}"
    incidents = dict.fromkeys(freeze.incident for freeze in closed.by_hand if freeze.incident)
    holders = {freeze.by for freeze in closed.by_hand}
    what = target.key if closed.service else target.environment
    return Obstacle(
        rule=Rule.FREEZE,
        says=f"{what} is frozen: {closed.reason}.",
        until=closed.until,
        way_out=thaw if people and not closed.windows else "",
        waivable=target.policy.freeze_exception is not None,
        holder=holders.pop() if len(holders) == 1 else None,
        incident=closed.incident,
        incidents=() if closed.windows else tuple(incidents),
    )


def _unverified(
    target: Target,
    source: PromoteFrom,
    digest: str,
    ledger: Ledger,
    now: datetime,
    denied: frozenset[str],
) -> Iterator[Obstacle]:
    match verified(ledger, digest, source.soak, now, denied):
        case Verified():
            return
        case Soaking(until=until):
            yield Obstacle(
                rule=Rule.SOAKING,
                says=f"This version has not served in {source.environment} for long enough.",
                until=until,
            )
        case NotVerified(why=why, acceptable=acceptable):
            yield Obstacle(
                rule=Rule.NOT_VERIFIED,
                says=f"This version {why} ({source.environment}). {_offer(acceptable)}",
                way_out=f"{target.service} {digest} {source.environment}",
            )


def _offer(acceptable: tuple[Version, ...]) -> str:
    if not acceptable:
        return "No version may be promoted from there at the moment."
    return f"What may be promoted: {', '.join(each.version for each in acceptable)}."
