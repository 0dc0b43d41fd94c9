"""What incidents are to each other, who may see them, and where their rooms are."""

from dataclasses import dataclass
from typing import Literal, assert_never

from bot.domain.incidents.incident import Relation
from bot.usecases.incidents.relations import Relations
from bot.usecases.incidents.rooms import Rooming
from bot.views.incidents import answers
from bot.views.languages.deeds import Deed
from commands.incidents.declaring import wish_of
from commands.incidents.desk import Desk, subject
from commands.incidents.opening import declared_answer
from commands.incidents.wishes import (
    LinkWish,
    MergeWish,
    Plain,
    RelateWish,
    RelationWish,
    SubWish,
)
from commands.incoming import Click, Command
from commands.replies import Reply, Say

RoomVerb = Literal[Plain.REPAIR, Plain.ROOM, Plain.CONVERT]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsController:
    """Joins incidents, and hides them. Whether somebody may is decided by the use case."""

    desk: Desk
    relations: Relations

    async def make_private(self, click: Click) -> Reply:
        """Hide it; the button has asked whether that is meant."""
        incident = await self.relations.make_private(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.HIDDEN)

    async def hide(self, command: Command, ref: str) -> Reply:
        """`private`: asks first, as the button does, because there is no way back."""
        incident = await self.desk.which(command, ref)
        if incident.private:
            return self.desk.typed(command, incident, Deed.HIDDEN)
        return Say(rendered=answers.asks_private(incident, self.desk.language(command.identity)))

    async def order(self, command: Command, wish: RelationWish) -> Reply:
        """Carry out what was typed."""
        incident = await self.desk.which(command, wish.ref)
        who, ref = command.identity, incident.ref
        match wish:
            case MergeWish(into=into):
                after = await self.relations.merge(who, ref, into)
                return self.desk.typed(command, after, Deed.MERGED, what=into)
            case RelateWish(other=other):
                after = await self.relations.relate(who, ref, other, Relation.RELATED)
                return self.desk.typed(command, after, Deed.RELATED, what=other)
            case SubWish(declaration=declaration):
                part = wish_of(declaration, like=incident)
                made = await self.relations.sub(who, ref, part, once=command.trigger)
                return declared_answer(self.desk, who, made)
            case _:
                assert_never(wish)

    async def link(self, command: Command, wish: LinkWish) -> Reply:
        """`link incident INC`."""
        return await self.order(command, RelateWish(ref=wish.ref, other=wish.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomController:
    """The rooms of incidents, by buttons and verbs."""

    desk: Desk
    rooming: Rooming

    async def repair(self, click: Click) -> Reply:
        """Make again what is missing; all of it, whichever step was pressed on."""
        incident = await self.rooming.repair(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.REPAIRED)

    async def open_channel(self, click: Click) -> Reply:
        """Give it a channel, where it has been a thread."""
        incident = await self.rooming.open_channel(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.ROOM_OPENED)

    async def order(self, command: Command, what: RoomVerb, ref: str) -> Reply:
        """`repair`, `room` and `convert`."""
        incident = await self.desk.which(command, ref)
        who, found = command.identity, incident.ref
        match what:
            case Plain.REPAIR:
                after, deed = await self.rooming.repair(who, found), Deed.REPAIRED
            case Plain.ROOM:
                after, deed = await self.rooming.open_channel(who, found), Deed.ROOM_OPENED
            case Plain.CONVERT:
                after, deed = await self.rooming.adopt(who, found, command.channel), Deed.ROOM_HERE
            case _:
                assert_never(what)
        return self.desk.typed(command, after, deed)
