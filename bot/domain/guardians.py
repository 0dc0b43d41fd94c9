"""Which groups watch over targets: those whose approval a deploy there needs."""

from collections.abc import Iterable

from bot.domain.actor import Actor
from bot.domain.catalog import Target
from bot.domain.errors import NotPermitted


def approving(targets: Iterable[Target]) -> tuple[str, ...]:
    """The groups that approve deploys to one of the targets at least."""
    names = (group.name for target in targets for group in target.approvals.groups)
    return tuple(dict.fromkeys(names))


def guarding(targets: Iterable[Target]) -> tuple[str, ...]:
    """The approving groups, or those who deploy where nobody approves at all."""
    known = tuple(targets)
    deployers = (name for target in known for name in target.deployers)
    return approving(known) or tuple(dict.fromkeys(deployers))


def require_member(actor: Actor, groups: tuple[str, ...], what: str) -> None:
    """Raise `NotPermitted` unless the actor is in one of the groups; `what` says what it is for."""
    if not actor.groups.intersection(groups):
        allowed = " or ".join(groups) or "nobody"
        raise NotPermitted(f"You may not {what}: that takes a member of {allowed}.")
