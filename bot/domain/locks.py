"""Locks: who may hold a target for a time, and who may let it go again.

That deploys of a target pass one at a time is no lock, but the target's lane: a deploy that ends
never takes a person's lock with it. Transitions return the whole document of restrictions as it is
afterwards, without what has ended by then.
"""

from datetime import datetime, timedelta

from bot.domain.actor import Actor
from bot.domain.catalog import Target
from bot.domain.errors import NotFound, NotPermitted, UsageError
from bot.domain.guardians import approving, guarding, require_member
from bot.domain.restrictions import Lock, Restrictions, moment_in_words, require_reason

# Decisions of this project: long enough for a look, and an end that nobody has to remember.
USUAL_LOCK = timedelta(hours=2)
LONGEST_LOCK = timedelta(days=30)


class Locked(NotPermitted):
    """Somebody else holds the target; `lock` says who, so that a view can name the person."""

    def __init__(self, lock: Lock, unlockers: tuple[str, ...]) -> None:
        owner = () if lock.by_deploy else ("its owner",)
        takers = " or ".join((*owner, *(f"a member of {name}" for name in unlockers)))
        until = moment_in_words(lock.until)
        first = f"{takers} has to unlock it first" if takers else "wait for its end"
        super().__init__(
            f"{lock.target} is locked by {lock.owner} until {until}: {lock.reason}. "
            f"To take over, {first}."
        )
        self.lock = lock


def require_locker(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless the actor may lock: those who deploy there, or guard it."""
    groups = dict.fromkeys((*target.deployers, *guarding([target])))
    require_member(actor, tuple(groups), f"lock {target.key}")


def lock(held: Restrictions, target: Target, asked: Lock) -> Restrictions:
    """Hold a target for a person; whoever holds it already may give it another reason and end.

    Raises `Locked` when somebody else does, and `UsageError` without a reason or for an end that is
    not within `LONGEST_LOCK`. A hold that a deploy has left does not hinder: both then hold.
    """
    require_reason(asked.reason, "A lock")
    if not timedelta(0) < asked.until - asked.since <= LONGEST_LOCK:
        raise UsageError(
            f"A lock ends after now, and within {LONGEST_LOCK.days} days.",
            hint="Give a time, such as --for 2h; a lock can be renewed.",
        )
    for other in held.locks_on(target.key, asked.since):
        if not other.by_deploy and other.owner != asked.owner:
            raise Locked(other, _unlockers(target, other))
    return _with_lock(held, asked, asked.since)


def hold(
    held: Restrictions, target: Target, deploy: str, now: datetime, *, reason: str
) -> Restrictions:
    """Hold a target after a deploy was rolled back, so that nothing brings it back by itself.

    Lasts as long as the policy says (zero: not at all). Locks of people stay as they are.
    """
    until = now + target.policy.hold_after_rollback
    if until <= now:
        return held.at(now)
    left = Lock(
        target=target.key, owner=deploy, reason=reason, since=now, until=until, by_deploy=True
    )
    return _with_lock(held, left, now)


def require_unlocker(actor: Actor, target: Target, held: Lock) -> None:
    """Raise `Locked` unless the actor may remove a lock.

    A person's lock is removed by its owner or an approver, for lack of whom by nobody: it ends soon
    enough. A hold that a deploy left is removed by an approver, or by a deployer where nobody
    approves. Those who may break the glass may remove either: breaking the glass itself does not
    pass a person's lock.
    """
    if not _may_unlock(actor, target, held):
        raise Locked(held, _unlockers(target, held))


def unlock(held: Restrictions, target: Target, actor: Actor, now: datetime) -> Restrictions:
    """Remove the locks of a target that the actor may remove; others stay.

    Raises `NotFound` when it is not locked, and `Locked` when the actor may remove none of them.
    """
    found = held.locks_on(target.key, now)
    if not found:
        raise NotFound(f"{target.key} is not locked.")
    removed = [each for each in found if _may_unlock(actor, target, each)]
    if not removed:
        require_unlocker(actor, target, found[0])
    left = held.at(now)
    kept = tuple(each for each in left.locks if each not in removed)
    return left.model_copy(update={"locks": kept})


def _may_unlock(actor: Actor, target: Target, held: Lock) -> bool:
    own = not held.by_deploy and held.owner == actor.id
    return own or bool(actor.groups.intersection(_unlockers(target, held)))


def _unlockers(target: Target, held: Lock) -> tuple[str, ...]:
    groups = guarding([target]) if held.by_deploy else approving([target])
    glass = target.policy.break_glass
    return tuple(dict.fromkeys((*groups, glass.group) if glass else groups))


def _with_lock(held: Restrictions, added: Lock, now: datetime) -> Restrictions:
    left = held.at(now)
    others = tuple(
        each for each in left.locks if (each.target, each.owner) != (added.target, added.owner)
    )
    return left.model_copy(update={"locks": (*others, added)})
