"""Somebody spoke to the bot: answer each message once."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.ports import Change, Directory, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Greetings:
    """Decides whether a mention is to be answered."""

    store: Store
    directory: Directory

    async def first(self, identity: Identity, event: str) -> bool:
        """Whether this event came for the first time; Slack repeats those that it thinks lost.

        Raises `NotPermitted` for people of other workspaces, guests and bots.
        """
        await self.directory.actor(identity.user, identity.team)
        return await self.store.commit(Change(writes=(), once=(f"event:{event}", event))) is None
