"""The course of an incident: verbs that move it, and updates about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, assert_never

from bot.domain.actor import Identity
from bot.domain.incidents.declaring import clean_text, clean_title
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.states import State
from bot.usecases.incidents.responding import Draft, Responding
from bot.views.incidents.names import IncidentAction
from bot.views.languages.deeds import Deed
from commands.incidents.course_answers import NEED_REASON, first, missing
from commands.incidents.desk import Desk
from commands.incidents.forms import Forms
from commands.incidents.wishes import (
    CourseWish,
    DateWish,
    EditWish,
    ReopenWish,
    SeverityWish,
    SnoozeWish,
    StatusWish,
    UpdateWish,
)
from commands.incoming import Command
from commands.replies import Reply, Say

P = ParamSpec("P")
A = IncidentAction


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVerbs:
    """Moves incidents along as it is typed. Whether somebody may is decided by the use case."""

    desk: Desk
    forms: Forms
    responding: Responding

    async def acked(self, command: Command, ref: str) -> Reply:
        """`ack`."""
        after = await self._after(command, ref, self.responding.ack)
        return Say(rendered=first(self.desk, command.identity, after))

    async def resolve(self, command: Command, ref: str) -> Reply:
        """`resolve`: the form that ends it."""
        return self._ask(A.RESOLVE, command, ref)

    async def order(self, command: Command, wish: CourseWish) -> Reply:
        """Carry out what was typed; where something is missing a form asks for it."""
        match wish:
            case UpdateWish():
                return await self._update(command, wish)
            case StatusWish():
                return await self._status(command, wish)
            case SeverityWish():
                return await self._severity(command, wish)
            case EditWish():
                return await self._edit(command, wish)
            case ReopenWish(reason=""):
                return self._ask(A.REOPEN, command, wish.ref)
            case ReopenWish():
                after = await self._after(command, wish.ref, self.responding.reopen, wish.reason)
                return self.desk.typed(command, after, Deed.OPEN_AGAIN)
            case SnoozeWish():
                snooze, once = self.responding.snooze, command.trigger
                after = await self._after(command, wish.ref, snooze, wish.lasts, once=once)
                return self.desk.typed(command, after, Deed.SNOOZED)
            case DateWish(moment=moment, at=at):
                said = moment, at, wish.reason
                after = await self._after(command, wish.ref, self.responding.date, *said)
                return self.desk.typed(command, after, Deed.DATED, moment=moment, at=at)
            case _:
                assert_never(wish)

    async def _after(
        self,
        command: Command,
        ref: str,
        act: Callable[Concatenate[Identity, str, P], Awaitable[Incident]],
        *args: P.args,
        **options: P.kwargs,
    ) -> Incident:
        """Do something to the incident that is meant; what it is afterwards."""
        incident = await self.desk.which(command, ref)
        return await act(command.identity, incident.ref, *args, **options)

    async def _update(self, command: Command, wish: UpdateWish) -> Reply:
        if not wish.text:
            return self._ask(A.UPDATE, command, wish.ref)
        draft = Draft(
            progress=clean_text("update", wish.text), eta=wish.eta, next_update=wish.next_update
        )
        after = await self._after(command, wish.ref, self.responding.update, draft)
        return self.desk.typed(command, after, Deed.UPDATED)

    async def _severity(self, command: Command, wish: SeverityWish) -> Reply:
        if wish.to is None:
            return self._ask(A.SEVERITY, command, wish.ref)
        said = wish.to, wish.reason
        after = await self._after(command, wish.ref, self.responding.severity, *said)
        return self.desk.typed(command, after, Deed.RATED)

    async def _edit(self, command: Command, wish: EditWish) -> Reply:
        said = wish.described
        if said == Described():
            return self._ask(A.EDIT, command, wish.ref)
        if said.title is not None:
            said = said.model_copy(update={"title": clean_title(said.title)})
        after = await self._after(command, wish.ref, self.responding.describe, said)
        return self.desk.typed(command, after, Deed.DESCRIBED)

    async def _status(self, command: Command, wish: StatusWish) -> Reply:
        if wish.to is None:
            return self._ask(A.STATUS, command, wish.ref)
        if wish.to is State.RESOLVED:
            return self._ask(A.RESOLVE, command, wish.ref)
        if wish.to in NEED_REASON and not wish.reason:
            return self._ask(NEED_REASON[wish.to], command, wish.ref)
        incident = await self.desk.which(command, wish.ref)
        lacks = missing(self.desk, command.identity, incident, wish.to)
        if lacks is not None:
            return lacks
        moved = await self.responding.move(command.identity, incident.ref, wish.to, wish.reason)
        return self.desk.typed(command, moved, Deed.MOVED)

    def _ask(self, action: IncidentAction, command: Command, ref: str) -> Reply:
        return self.forms.ask(action, command.identity, ref, command.channel)
