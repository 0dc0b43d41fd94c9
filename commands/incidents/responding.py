"""The course of an incident: buttons, forms and verbs that move it, and updates about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, assert_never

from bot.domain.actor import Identity
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import clean_text, clean_title
from bot.domain.incidents.events import Described, Settled
from bot.domain.incidents.gates import lacking
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.states import TABLE, State
from bot.domain.worded import worded
from bot.usecases.incidents.responding import Draft, Responding
from bot.views.blocks import Rendered
from bot.views.incidents import answers
from bot.views.incidents.names import IncidentAction, IncidentField
from bot.views.incidents.told import acknowledged
from bot.views.languages.deeds import Deed
from commands.incidents.desk import Desk, about, choice, minutes, subject
from commands.incidents.filled import (
    described,
    moment_of,
    text_of,
    text_problems,
    unchanged,
)
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
from commands.incoming import Click, Command, Submission
from commands.replies import Reply, Say, UpdateModal

P = ParamSpec("P")
A = IncidentAction
F = IncidentField
_NEED_REASON = {State.DECLINED: A.DECLINE, State.CANCELLED: A.CANCEL}
_WHY = worded("Say why, in a few words.")
_SETTLED = {
    F.ROOT_CAUSE: worded("Say what it was, or “not known”."),
    F.RESOLUTION: worded("Say what helped."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondingController:
    """Moves incidents along. Whether somebody may is decided by the use case."""

    desk: Desk
    forms: Forms
    responding: Responding

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    async def ack(self, click: Click) -> Reply:
        """Somebody is on it."""
        incident = await self.responding.ack(click.identity, subject(click.value))
        said = self._acked(click.identity, incident)
        if incident.times[Moment.ACKED].by != click.identity.user:
            return Say(rendered=said, channel=click.channel)
        return self.desk.heard(incident, click.channel, said)

    async def no_change(self, click: Click) -> Reply:
        """The last update still holds."""
        incident = await self.responding.no_change(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.SAME_AGAIN)

    async def snooze(self, click: Click) -> Reply:
        """A choice of minutes."""
        ref, chosen = about(click.value, 1)
        incident = await self.responding.snooze(
            click.identity, ref, minutes(chosen), once=click.trigger
        )
        return self.desk.pressed(click, incident, Deed.SNOOZED)

    async def close(self, click: Click) -> Reply:
        """Close it; or say what is missing, with the buttons that add it."""
        incident = await self.desk.sight.which(click.identity, subject(click.value), "")
        lacks = self._lacks(click.identity, incident, State.CLOSED)
        if lacks is not None:
            return lacks
        moved = await self.responding.move(click.identity, incident.ref, State.CLOSED)
        return self.desk.pressed(click, moved, Deed.MOVED)

    async def undo(self, click: Click) -> Reply:
        """It was something after all."""
        incident = await self.responding.reopen(click.identity, subject(click.value), "")
        return self.desk.pressed(click, incident, Deed.OPEN_AGAIN)

    # ── Forms, filled in ─────────────────────────────────────────────────────────────────────────

    async def updated(self, submission: Submission) -> Reply:
        """An update; the state that the form began with may have changed since, and is no wish."""
        ref, began, channel = about(submission.private, 2)
        empty = self.desk.missing(submission, {F.PROGRESS: worded("Say what is being done.")})
        if empty:
            return empty
        later, state = text_of(submission, F.NEXT_UPDATE), text_of(submission, F.STATE)
        draft = Draft(
            progress=text_of(submission, F.PROGRESS),
            eta=text_of(submission, F.ETA),
            next_update=minutes(later) if later else None,
            to=choice(State, state) if state not in {"", began} else None,
        )
        work = self.responding.update(submission.identity, ref, draft)
        return await self.desk.taken(submission, work, channel, F.PROGRESS, Deed.UPDATED)

    async def status_set(self, submission: Submission) -> Reply:
        """Another state; a form of its own asks for what an end needs."""
        ref, channel = about(submission.private, 1)
        empty = self.desk.missing(submission, {F.STATE: worded("Choose a state.")})
        if empty:
            return empty
        to = choice(State, text_of(submission, F.STATE))
        reason = text_of(submission, F.REASON)
        if to is State.RESOLVED:
            incident = await self.desk.sight.which(submission.identity, ref, channel)
            return UpdateModal(
                view=self.forms.made(A.RESOLVE, submission.identity, incident, channel)
            )
        work = self.responding.move(submission.identity, ref, to, reason)
        asks = to in _NEED_REASON or to is State.INVESTIGATING
        return await self.desk.taken(
            submission, work, channel, F.REASON if asks else F.STATE, Deed.MOVED
        )

    async def severity_set(self, submission: Submission) -> Reply:
        """Another severity than the form showed; what it is by now may be another one again."""
        ref, began, channel = about(submission.private, 2)
        problems = self.desk.missing(submission, {F.SEVERITY: worded("Choose a severity.")})
        language = self.desk.language(submission.identity)
        problems = problems or unchanged(submission, F.SEVERITY, began, language)
        if problems:
            return problems
        to = choice(Severity, text_of(submission, F.SEVERITY))
        reason = text_of(submission, F.REASON)
        work = self.responding.severity(submission.identity, ref, to, reason)
        return await self.desk.taken(submission, work, channel, F.REASON, Deed.RATED)

    async def edited(self, submission: Submission) -> Reply:
        """What it is about, corrected; a field that nobody touched stays as it is by now."""
        ref, began, channel = about(submission.private, 2)
        language = self.desk.language(submission.identity)
        problems = text_problems(submission, language, F.TITLE, F.SUMMARY, F.IMPACT)
        if problems:
            return problems
        work = self.responding.describe(submission.identity, ref, described(submission, began))
        return await self.desk.taken(submission, work, channel, F.TITLE, Deed.DESCRIBED)

    async def resolved(self, submission: Submission) -> Reply:
        """Customers are fine again."""
        ref, channel = about(submission.private, 1)
        empty = self.desk.missing(submission, _SETTLED)
        if empty:
            return empty
        ended = moment_of(submission, F.ENDED)
        event = Settled(
            root_cause=text_of(submission, F.ROOT_CAUSE),
            resolution=text_of(submission, F.RESOLUTION),
            ended=ended,
            override=text_of(submission, F.OVERRIDE),
        )
        impact = text_of(submission, F.IMPACT)
        work = self.responding.settle(submission.identity, ref, event, impact)
        return await self.desk.taken(
            submission, work, channel, F.ENDED if ended else F.RESOLUTION, Deed.SETTLED
        )

    async def reopened(self, submission: Submission) -> Reply:
        """It is taken up again."""
        ref, channel = about(submission.private, 1)
        reason = text_of(submission, F.REASON)
        work = self.responding.reopen(submission.identity, ref, reason)
        return await self.desk.taken(submission, work, channel, F.REASON, Deed.OPEN_AGAIN)

    async def ended(self, submission: Submission) -> Reply:
        """It is declined, or called off."""
        ref, named, channel = about(submission.private, 2)
        state = choice(State, named)
        empty = self.desk.missing(submission, {F.REASON: _WHY})
        if empty and state in _NEED_REASON:
            return empty
        reason = text_of(submission, F.REASON)
        work = self.responding.move(submission.identity, ref, state, reason)
        return await self.desk.taken(submission, work, channel, F.REASON, Deed.MOVED)

    # ── Verbs ────────────────────────────────────────────────────────────────────────────────────

    async def acked(self, command: Command, ref: str) -> Reply:
        """`ack`."""
        after = await self._after(command, ref, self.responding.ack)
        return Say(rendered=self._acked(command.identity, after))

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

    def _acked(self, identity: Identity, incident: Incident) -> Rendered:
        """Who was first."""
        now, language = self.desk.clock.now(), self.desk.language(identity)
        return acknowledged(incident, identity.user, now, language)

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
        if wish.to in _NEED_REASON and not wish.reason:
            return self._ask(_NEED_REASON[wish.to], command, wish.ref)
        incident = await self.desk.which(command, wish.ref)
        lacks = self._lacks(command.identity, incident, wish.to)
        if lacks is not None:
            return lacks
        moved = await self.responding.move(command.identity, incident.ref, wish.to, wish.reason)
        return self.desk.typed(command, moved, Deed.MOVED)

    def _lacks(self, identity: Identity, incident: Incident, to: State) -> Say | None:
        """What is missing before it may have a state, each with its button; None: nothing is."""
        if to not in TABLE[incident.state]:
            return None
        found = lacking(incident, to, self.desk.policy)
        if not found:
            return None
        return Say(rendered=answers.lacking(incident, to, found, self.desk.language(identity)))

    def _ask(self, action: IncidentAction, command: Command, ref: str) -> Reply:
        return self.forms.ask(action, command.identity, ref, command.channel)
