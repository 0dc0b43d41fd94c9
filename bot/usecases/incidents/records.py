"""What is written down in an incident: notes, messages of its room, tasks, lists, links."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.actor import Actor, Identity
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.errors import SlackUnavailable, UsageError
from bot.domain.incidents.addresses import require_address
from bot.domain.incidents.declaring import MAX_NOTE, MAX_TASK
from bot.domain.incidents.events import (
    LineTicked,
    Linked,
    Moved,
    PostMortemDrafted,
    PostMortemPublished,
    ProcedureAdded,
    TaskAdded,
    TaskDone,
)
from bot.domain.incidents.incident import Incident, Link, TaskKind
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import TimelineLine, folded
from bot.domain.incidents.work import owned
from bot.domain.incidents.written import message_of, note_of, shortened, source_of
from bot.domain.placement import MessageRef
from bot.domain.runbooks import Runbook, of_slug
from bot.ports import Change, RoomLooks
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.paging import Paging

What = Literal["note", "task", "follow-up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Writes down what people want to be remembered.

    Every method raises `NotPermitted`, `NotFound`, and `UsageError` for what cannot be taken down.
    """

    acting: Acting
    paging: Paging
    looks: RoomLooks
    runbooks: tuple[Runbook, ...] = ()

    async def note(
        self,
        identity: Identity,
        ref: str,
        text: str,
        at: datetime | None = None,
        *,
        once: str,
        asked: str = "",
    ) -> Incident:
        """Put a line on the timeline, at the time at which it happened (None: now).

        Raises `KeyReused` when something else was `asked` for under that `once`; see `Change`.
        """
        actor, incident = await self.acting.sight.see(identity, ref)
        now = self.acting.transitions.clock.now()
        if not text.strip():
            raise UsageError("A note needs a text.", hint="/incident note <what happened>")
        if at is not None and at > now:
            raise UsageError("A note is about what has happened.", hint="Leave the time away.")
        line = note_of(self._token(), text, actor.id, at or now, now)
        await self._write(incident, line, actor.id, "Noted", f"note:{ref}:{once}", asked)
        return incident

    async def from_message(
        self, identity: Identity, place: MessageRef, what: What, *, once: str | None = None
    ) -> Incident | None:
        """Take a message of a room down, as a note, a task or a follow-up; once. `once` is what
        asked for it: when that comes again, what was taken back meanwhile stays so.

        None when the channel is no room, or not one for this person, or the message is not there.
        Raises `SlackUnavailable` when the message cannot be read.
        """
        sight = self.acting.sight
        incident = await sight.here(place.channel)
        if incident is None:
            return None
        actor = await sight.actor(identity)
        if not sight.seen(actor, (incident,)):
            return None
        said = await self.looks.text_of(place)
        if said is None or not said[0].strip():
            return None
        if what == "note":
            if not await self._noted(incident, place, said, actor, once):
                return incident
        else:
            kind = TaskKind.TASK if what == "task" else TaskKind.FOLLOW_UP
            text, source = shortened(said[0], MAX_TASK), source_of(place)
            event = TaskAdded(kind=kind, text=text, source=source)
            verb = f"add a {what} to"
            incident = await self.acting.act(identity, incident.ref, verb, lambda *_: event)
        with suppress(SlackUnavailable):  # it is written down; the sign of that is an extra
            await self.looks.confirm(place)
        return incident

    async def taken_back(
        self, place: MessageRef, by: str | None = None, *, once: str | None = None
    ) -> Incident | None:
        """Take a message off the timeline: it was deleted, or (`by`) whoever put it there says so.
        `once` is as in `from_message`.

        None when it is on none, or was put there by somebody else.
        """
        found = await self._standing(place)
        if found is None or (by is not None and found[1].by != by):
            return None
        incident, line = found
        gone = self._after(line, gone=True)
        await self._write(incident, gone, by or ENGINE, "Taken back", _asked_by(once))
        return incident

    async def edited(
        self, place: MessageRef, text: str, *, once: str | None = None
    ) -> Incident | None:
        """A message that is on a timeline says something else now; None when it is on none. `once`
        is as in `from_message`.
        """
        found = await self._standing(place)
        if found is None or found[1].text == shortened(text, MAX_NOTE):
            return found[0] if found else None
        incident, line = found
        changed = self._after(line, text=shortened(text, MAX_NOTE))
        await self._write(incident, changed, ENGINE, "Edited", _asked_by(once))
        return incident

    async def task(
        self,
        identity: Identity,
        ref: str,
        kind: TaskKind,
        text: str,
        owner: str | None = None,
        *,
        once: str,
    ) -> Incident:
        """Add something to do, now or afterwards."""
        await self._require_owner(identity, owner)
        event = TaskAdded(kind=kind, text=shortened(text, MAX_TASK), owner=owner)
        verb = f"add a {kind} to"
        return await self.acting.act(identity, ref, verb, lambda *_: event, once=once)

    async def own(
        self, identity: Identity, ref: str, task: str, owner: str, *, free: bool = False
    ) -> Incident:
        """Say who does it; `free`: unless somebody does, or has done it."""
        await self._require_owner(identity, owner)
        return await self.acting.act(
            identity, ref, "give a task of", lambda seen, *_: owned(seen, task, owner, free=free)
        )

    async def done(self, identity: Identity, ref: str, task: str) -> Incident:
        """Say that it is done."""
        return await self.acting.act(identity, ref, "end a task of", lambda *_: TaskDone(task=task))

    async def tick(
        self, identity: Identity, ref: str, procedure: str, item: str, *, undone: bool = False
    ) -> Incident:
        """Tick a line of a list, or (`undone`) take the tick back."""
        event = LineTicked(procedure=procedure, item=item, undone=undone)
        return await self.acting.act(identity, ref, "tick a list of", lambda *_: event)

    async def link(
        self, identity: Identity, ref: str, title: str, url: str, *, once: str
    ) -> Incident:
        """Add something elsewhere that belongs to it."""
        require_address(url)

        def decide(_incident: Incident, actor: Actor, now: datetime) -> Decided:
            link = Link(title=shortened(title or url, MAX_TASK), url=url, by=actor.id, at=now)
            return Linked(link=link)

        return await self.acting.act(identity, ref, "add a link to", decide, once=once)

    async def runbook(self, identity: Identity, ref: str, slug: str) -> Incident:
        """Bring the runbook of this name in, to be ticked off. One that is there stays as it is."""
        event = ProcedureAdded(procedure=of_slug(self.runbooks, slug).procedure)
        return await self.acting.act(identity, ref, "add a runbook to", lambda *_: event)

    async def draft(self, identity: Identity, ref: str) -> Incident:
        """Write the post-mortem from the record; it is posted into the room. With it, looking back
        on what is resolved begins.
        """

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            return [*_looking_back(incident), PostMortemDrafted()]

        return await self.acting.act(identity, ref, "draft the post-mortem of", decide)

    async def publish(self, identity: Identity, ref: str, url: str | None = None) -> Incident:
        """Say that the team has agreed on the post-mortem, and (`url`) where it is to be read."""
        if url is not None:
            require_address(url)

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            return [*_looking_back(incident), PostMortemPublished(url=url)]

        return await self.acting.act(identity, ref, "publish the post-mortem of", decide)

    async def _require_owner(self, identity: Identity, owner: str | None) -> None:
        """Raise `UsageError` for somebody who may not take part: whoever has a task does."""
        if owner and owner != identity.user:
            await self.paging.require_colleagues(owner)

    async def _noted(
        self,
        incident: Incident,
        place: MessageRef,
        said: tuple[str, str],
        actor: Actor,
        once: str | None,
    ) -> bool:
        """A line at the time of the message, with its address; one that is there stays. Returns
        whether there is one now.
        """
        if await self._standing(place) is not None:
            return True
        address = None
        with suppress(SlackUnavailable):  # an address is an extra
            address = await self.looks.permalink(place)
        now = self.acting.transitions.clock.now()
        line = message_of(self._token(), place, said, actor.id, now, address)
        return await self._write(incident, line, actor.id, "Noted", _asked_by(once))

    async def _standing(self, place: MessageRef) -> tuple[Incident, TimelineLine] | None:
        """The line of a message, and its incident, unless it was taken back."""
        incident = await self.acting.sight.here(place.channel)
        if incident is None:
            return None
        lines = folded(await self.acting.sight.incidents.timeline(incident.ref))
        line = next((each for each in lines if each.source == source_of(place)), None)
        return (incident, line) if line else None

    def _after(self, line: TimelineLine, **changed: object) -> TimelineLine:
        """A later line about the same message."""
        now = self.acting.transitions.clock.now()
        return line.model_copy(update={"id": self._token(), "recorded": now, **changed})

    async def _write(
        self,
        incident: Incident,
        line: TimelineLine,
        by: str,
        action: str,
        once: str | None = None,
        asked: str = "",
    ) -> bool:
        """A line alone: the incident itself is as it was. Returns whether it was written now."""
        audit = AuditEntry(at=line.recorded, actor=by, action=action, subject=incident.ref)
        change = Change(writes=(), audit=(audit,), timeline=((incident.ref, line),))
        first = await self.acting.transitions.commit(
            change, once=once, result=incident.ref, asked=asked
        )
        return first is None

    def _token(self) -> str:
        return self.acting.transitions.ids.token()


def _looking_back(incident: Incident) -> tuple[Moved, ...]:
    """The move into the state in which a post-mortem is written, from the one before it."""
    return (Moved(to=State.POST_MORTEM),) if incident.state is State.RESOLVED else ()


def _asked_by(once: str | None) -> str | None:
    """The key of what was asked for by an event, or a click; without one nothing is repeated."""
    return f"message:{once}" if once else None
