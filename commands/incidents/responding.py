"""The course of an incident: buttons and forms that move it, and updates about it."""

from dataclasses import dataclass

from bot.domain.incident_policy import Severity
from bot.domain.incidents.events import Settled
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.states import State
from bot.domain.worded import worded
from bot.usecases.incidents.responding import Draft, Responding
from bot.views.incidents.names import IncidentAction, IncidentField
from bot.views.languages.deeds import Deed
from commands.incidents.course_answers import NEED_REASON, first, missing
from commands.incidents.desk import Desk, about, choice, minutes, subject
from commands.incidents.filled import (
    described,
    moment_of,
    text_of,
    text_problems,
    unchanged,
)
from commands.incidents.forms import Forms
from commands.incoming import Click, Submission
from commands.replies import Reply, Say, UpdateModal

A = IncidentAction
F = IncidentField
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
        said = first(self.desk, click.identity, incident)
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
        lacks = missing(self.desk, click.identity, incident, State.CLOSED)
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
        asks = to in NEED_REASON or to is State.INVESTIGATING
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
        if empty and state in NEED_REASON:
            return empty
        reason = text_of(submission, F.REASON)
        work = self.responding.move(submission.identity, ref, state, reason)
        return await self.desk.taken(submission, work, channel, F.REASON, Deed.MOVED)
