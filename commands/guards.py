"""Locks, freezes and denied versions, by their verbs."""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.locks import Locked
from bot.usecases.guards import (
    AllowWish,
    FreezeWish,
    Guards,
    LockWish,
    ThawWish,
    UnlockWish,
)
from bot.views import guards as view
from bot.views.blocks import Rendered
from commands.grammar import GuardWish
from commands.incoming import Command
from commands.replies import Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardController:
    """Sets and lifts what forbids deploys. `name` is the deploy command's."""

    guards: Guards
    name: str

    async def order(self, command: Command, wish: GuardWish) -> Reply:
        """Carry out a wish; a target that somebody else holds is said with that person's name."""
        try:
            return Say(rendered=await self._carry_out(command, wish))
        except Locked as held:
            return Say(rendered=view.taken(held.lock, str(held)))

    async def _carry_out(self, command: Command, wish: GuardWish) -> Rendered:
        who, once, guards = command.identity, command.trigger, self.guards
        match wish:
            case LockWish():
                return view.locked(await guards.lock(who, wish, once=once), self.name)
            case UnlockWish():
                removed, left = await guards.unlock(who, wish, once=once)
                return view.unlocked(f"{wish.service}/{wish.environment}", removed, left)
            case FreezeWish():
                return view.frozen(await guards.freeze(who, wish, once=once), self.name)
            case ThawWish():
                ended, left_over = await guards.thaw(who, wish, once=once)
                return view.thawed(wish.environment, ended, left_over)
            case AllowWish():
                return view.allowed(await guards.allow(who, wish, once=once))
            case _:
                assert_never(wish)
