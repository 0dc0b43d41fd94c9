"""Who acts, and with what authority. Deny by default: what no rule grants is refused."""

from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.errors import NotPermitted


class Identity(Model):
    """Who a request says it comes from; an `Actor` once the directory has looked the person up."""

    user: str
    team: str


class Actor(Model):
    """A person of our own workspace, with the groups they are in at this moment.

    `id` is an opaque identifier of the chat system; `name` is only ever displayed, never compared.
    `language` is the one that they have set there (BCP 47, such as zh-TW).
    """

    id: str
    name: str
    groups: frozenset[str] = frozenset()
    language: str = "en"


def require_deployer(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless the actor is in a group that may deploy to the target."""
    if not actor.groups.intersection(target.deployers):
        allowed = " or ".join(target.deployers) or "nobody"
        raise NotPermitted(
            f"You may not deploy {target.service} to {target.environment}: "
            f"that takes a member of {allowed}."
        )
