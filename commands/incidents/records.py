"""What is written down in an incident: notes, tasks, lists, links, and messages of its room."""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.errors import NotFound, UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.noticed import CHECKLIST
from bot.domain.incidents.procedures import RUNBOOK
from bot.domain.worded import worded
from bot.usecases.incidents.records import Records, What
from bot.views.incidents import answers, lists
from bot.views.incidents.decided import task_decided
from bot.views.incidents.names import IncidentAction, IncidentField, IncidentShortcut
from bot.views.incidents.procedures import procedure_card
from bot.views.languages.deeds import Deed
from commands.incidents.desk import Desk, about, choice, paged
from commands.incidents.filled import moment_of, text_of
from commands.incidents.forms import Forms
from commands.incidents.runbooks import RunbooksController
from commands.incidents.wishes import (
    ChecklistWish,
    LinkWish,
    NoteWish,
    RecordWish,
    RunbookWish,
    TaskVerb,
    TaskWish,
)
from commands.incoming import (
    Click,
    Command,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Submission,
)
from commands.replies import Nothing, Reply, Say

A = IncidentAction
F = IncidentField
_NOTE: What = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsController:
    """Takes down what people say and tick. Whether somebody may is decided by the use case."""

    desk: Desk
    forms: Forms
    records: Records
    runbooks: RunbooksController

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    async def tasks(self, click: Click) -> Reply:
        """A page of the tasks; one that is turned to in place of the last."""
        ref, page = paged(click.value)
        incident = await self.desk.sight.which(click.identity, ref, "")
        said = lists.task_list(incident, self.desk.language(click.identity), page or 1)
        return Say(rendered=said, channel=click.channel, instead=page is not None)

    async def task_taken(self, click: Click) -> Reply:
        """Whoever presses does it; who comes too late hears who does."""
        ref, task = about(click.value, 1)
        who = click.identity
        incident = await self.records.own(who, ref, task, who.user, free=True)
        return self._decided(click, incident, task) or self._listed(click, incident)

    async def task_done(self, click: Click) -> Reply:
        """It is done; who comes too late hears who did it."""
        ref, task = about(click.value, 1)
        incident = await self.records.done(click.identity, ref, task)
        return self._decided(click, incident, task) or self._listed(click, incident)

    async def tick(self, click: Click) -> Reply:
        """A line of a list is done; the list itself then shows who did it."""
        ref, procedure, item = about(click.value, 2)
        await self.records.tick(click.identity, ref, procedure, item)
        return Nothing()

    async def untick(self, click: Click) -> Reply:
        """A line of a list is not done after all."""
        ref, procedure, item = about(click.value, 2)
        await self.records.tick(click.identity, ref, procedure, item, undone=True)
        return Nothing()

    # ── Forms, filled in ─────────────────────────────────────────────────────────────────────────

    async def noted(self, submission: Submission) -> Reply:
        """A line for the timeline."""
        ref, channel = about(submission.private, 1)
        empty = self.desk.missing(submission, {F.TEXT: worded("Say what happened.")})
        if empty:
            return empty
        at = moment_of(submission, F.AT)
        work = self.records.note(
            submission.identity, ref, text_of(submission, F.TEXT), at, once=submission.view
        )
        field = F.AT if at else F.TEXT
        was = at or self.desk.clock.now()
        return await self.desk.taken(submission, work, channel, field, Deed.NOTED, at=was)

    async def task_added(self, submission: Submission) -> Reply:
        """Something to do."""
        ref, kind, channel = about(submission.private, 2)
        empty = self.desk.missing(submission, {F.TEXT: worded("Say what is to be done.")})
        if empty:
            return empty
        text, person = text_of(submission, F.TEXT), text_of(submission, F.PERSON)
        work = self.records.task(
            submission.identity,
            ref,
            choice(TaskKind, kind),
            text,
            person or None,
            once=submission.view,
        )
        return await self.desk.taken(
            submission, work, channel, F.TEXT, _added(person), what=text, who=person
        )

    # ── Verbs ────────────────────────────────────────────────────────────────────────────────────

    async def order(self, command: Command, wish: RecordWish) -> Reply:
        """Carry out what was typed; where something is missing a form asks for it."""
        match wish:
            case NoteWish(text=""):
                return self.forms.ask(A.NOTE, command.identity, wish.ref, command.channel)
            case NoteWish():
                ref = (await self.desk.which(command, wish.ref)).ref
                after = await self.records.note(
                    command.identity, ref, wish.text, wish.at, once=command.trigger
                )
                was = wish.at or self.desk.clock.now()
                return self.desk.typed(command, after, Deed.NOTED, at=was)
            case TaskWish():
                return await self._task(command, wish)
            case ChecklistWish():
                return await self._checklist(command, wish)
            case RunbookWish():
                return await self.runbooks.order(command, wish)
            case _:
                assert_never(wish)

    async def link(self, command: Command, wish: LinkWish) -> Reply:
        """`link URL`."""
        ref = (await self.desk.which(command, wish.ref)).ref
        after = await self.records.link(
            command.identity, ref, wish.title, wish.target, once=command.trigger
        )
        return self.desk.typed(command, after, Deed.LINKED, what=wish.title or wish.target)

    async def _task(self, command: Command, wish: TaskWish) -> Reply:
        incident = await self.desk.which(command, wish.ref)
        identity, ref = command.identity, incident.ref
        match wish.do:
            case TaskVerb.LIST:
                return Say(rendered=lists.task_list(incident, self.desk.language(identity)))
            case TaskVerb.ADD:
                after = await self.records.task(
                    identity, ref, wish.kind, wish.text, wish.owner, once=command.trigger
                )
                who, deed = wish.owner or "", _added(wish.owner or "")
                return self.desk.typed(command, after, deed, what=wish.text, who=who)
            case TaskVerb.DONE:
                after = await self.records.done(identity, ref, wish.text)
                deed, who = Deed.TASK_DONE, identity.user
            case TaskVerb.OWN:
                who = wish.owner or identity.user
                after = await self.records.own(identity, ref, wish.text, who)
                deed = Deed.TASK_OWNED
            case _:
                assert_never(wish.do)
        task = after.task(wish.text)
        what = task.text if task else ""
        return self.desk.typed(command, after, deed, task=wish.text, what=what, who=who)

    async def _checklist(self, command: Command, wish: ChecklistWish) -> Reply:
        """Show a list that is there: the checklist, duties of a role, a runbook."""
        incident = await self.desk.which(command, wish.ref)
        there = [each.id for each in incident.procedures]
        meant = {wish.name or CHECKLIST, f"{RUNBOOK}{wish.name}"}
        shown = next((each for each in there if each in meant), None)
        if shown is not None:
            return Say(rendered=procedure_card(incident, shown))
        if wish.name and there:
            raise NotFound(
                "{ref} has no list “{name}”. It has: {known}. "
                "To bring a runbook in, type {command} runbook {name}",
                ref=incident.ref,
                name=wish.name,
                known=tuple(there),
                command=self.desk.name,
            )
        raise UsageError(
            "{ref} has no checklist.",
            hint="Bring in a runbook by its name: {command} runbook NAME",
            ref=incident.ref,
            command=self.desk.name,
        )

    def _decided(self, click: Click, incident: Incident, name: str) -> Reply | None:
        """What became of a task that somebody else was quicker with; None when nobody was."""
        task, own = incident.task(name), click.identity.user
        if task is None or own == (task.done_by or task.owner):
            return None
        seen = incident.model_copy(update={"language": self.desk.language(click.identity)})
        said = answers.done(incident, task_decided(seen, name))
        return Say(rendered=said, channel=click.channel)

    def _listed(self, click: Click, incident: Incident) -> Reply:
        said = lists.task_list(incident, self.desk.language(click.identity))
        return Say(rendered=said, channel=click.channel)


def _added(owner: str) -> Deed:
    """How to say that there is a task, and whose it is."""
    return Deed.TASK_OWNED if owner else Deed.TASK_ADDED


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesController:
    """Takes messages down: by shortcuts, emoji and pins. What was taken is answered by a mark on
    the message. Elsewhere than in the room of an incident emoji and pins are left alone; whoever
    chose a shortcut there is told where to do it, as if they had typed a verb.
    """

    desk: Desk
    records: Records

    async def shortcut(self, shortcut: MessageShortcut) -> Reply:
        """“Add to the timeline” and “Make it a task”. Raises as `Sight.which` elsewhere than in a
        room, and `NotFound` for a message without a text.
        """
        what: What = "task" if shortcut.callback == IncidentShortcut.TASK_FROM else "note"
        incident = await self.records.from_message(
            shortcut.identity, shortcut.place, what, once=shortcut.trigger
        )
        if incident is None:
            await self.desk.sight.which(shortcut.identity, "", shortcut.place.channel)
            raise NotFound("This message has no text that can be taken down.")
        return Nothing()

    async def reaction(self, reaction: Reaction) -> Reply:
        """An emoji that the policy names; taking the one for notes back takes the line back."""
        what = _meaning(reaction.emoji, self.desk.policy)
        if what is not None and reaction.added:
            await self.records.from_message(
                reaction.identity, reaction.place, what, once=reaction.event
            )
        elif what == _NOTE:
            who = reaction.identity.user
            await self.records.taken_back(reaction.place, by=who, once=reaction.event)
        return Nothing()

    async def pin(self, pin: Pin) -> Reply:
        """A pin, or one that was taken away by whoever put it there."""
        if pin.added:
            await self.records.from_message(pin.identity, pin.place, "note", once=pin.event)
        else:
            await self.records.taken_back(pin.place, by=pin.identity.user, once=pin.event)
        return Nothing()

    async def changed(self, event: MessageEdited | MessageDeleted) -> Reply:
        """A message that may be on a timeline says something else, or is gone."""
        if isinstance(event, MessageEdited):
            await self.records.edited(event.place, event.text, once=event.event)
        else:
            await self.records.taken_back(event.place, once=event.event)
        return Nothing()


def _meaning(emoji: str, policy: IncidentPolicy) -> What | None:
    meanings: dict[str, What] = {
        policy.followup_emoji: "follow-up",
        policy.task_emoji: "task",
        policy.pin_emoji: "note",
    }
    return meanings.get(emoji)
