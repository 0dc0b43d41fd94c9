"""Identities that are not of the chat system: the HTTP API and the command line of this machine.

Whoever has their key may do what commanders may. The way in vouches for the name; no request that
comes from the chat system can claim to be one of these, since its team is checked at the door.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.ports import Directory

LOCAL_TEAM = "local"


def local_identity(way: str, name: str) -> Identity:
    """Who comes by a way of this machine, such as `api` or `cli`."""
    return Identity(user=f"{way}:{name}", team=LOCAL_TEAM)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPeople:
    """A directory in front of the chat system's. `groups` are those of local identities."""

    people: Directory
    groups: frozenset[str] = frozenset()

    async def actor(self, user: str, team: str) -> Actor:
        """Who this is; raises as the chat system's directory for everybody who is of there."""
        if team == LOCAL_TEAM:
            return Actor(id=user, name=user.partition(":")[2] or user, groups=self.groups)
        return await self.people.actor(user, team)

    async def members(self, groups: Sequence[str]) -> frozenset[str]:
        """The people who are in one of these groups; local identities are nobody to call."""
        return await self.people.members(groups)
