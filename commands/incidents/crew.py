"""The people of an incident: how they come in, lead, are called, and hear of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from bot.domain.actor import Identity
from bot.domain.errors import NotFound
from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Incident, Interest
from bot.domain.incidents.states import State
from bot.usecases.incidents.crew import Crew
from bot.usecases.incidents.responding import Responding
from bot.views.incidents import answers
from bot.views.incidents.names import IncidentAction, IncidentField
from bot.views.modals import window
from commands.incidents.desk import Desk, about, choice, subject
from commands.incidents.filled import missing, text_of, whole
from commands.incidents.forms import Forms
from commands.incidents.wishes import (
    CallWish,
    CrewWish,
    HandoffWish,
    PageWish,
    Plain,
    RoleWish,
    SubscribeWish,
)
from commands.incoming import Click, Command, Entered, Submission
from commands.replies import FieldErrors, Nothing, Reply, Say, UpdateModal

A = IncidentAction
F = IncidentField
Act = Callable[[str], Awaitable[Incident]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewController:
    """Brings people together. Whether somebody may is decided by the use case."""

    desk: Desk
    forms: Forms
    crew: Crew
    responding: Responding

    # ── What is heard ────────────────────────────────────────────────────────────────────────────

    async def entered(self, event: Entered) -> Reply:
        """Somebody came into a channel; in a room they take part from now on."""
        await self.crew.entered(event.identity, event.channel)
        return Nothing()

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    async def take_role(self, click: Click) -> Reply:
        """Take a role that nobody has."""
        ref, role = about(click.value, 1)
        incident = await self.crew.give(click.identity, ref, choice(Role, role))
        return self.desk.pressed(click, incident)

    async def accept(self, click: Click) -> Reply:
        """Take the lead that was offered."""
        incident = await self.crew.accept(click.identity, subject(click.value))
        return self.desk.pressed(click, incident)

    async def escalate(self, click: Click) -> Reply:
        """Call the next rung."""
        incident = await self.crew.escalate(click.identity, subject(click.value))
        return self.desk.pressed(click, incident)

    async def answer(self, click: Click) -> Reply:
        """Somebody who was called is there; the message that called them shows it."""
        ref, page = about(click.value, 1)
        await self.crew.answer(click.identity, ref, page)
        return Nothing()

    async def join(self, click: Click) -> Reply:
        """Come into the room. In the form for a declaration, this is done instead of one."""
        incident = await self.crew.join(click.identity, subject(click.value))
        if click.view and not click.home:
            said = answers.joined(incident, self.desk.language(click.identity))
            return UpdateModal(view=window(said))
        return self.desk.pressed(click, incident)

    async def subscribe(self, click: Click) -> Reply:
        """Hear of its updates."""
        incident = await self.crew.subscribe(click.identity, subject(click.value), Interest.UPDATES)
        language = self.desk.language(click.identity)
        return Say(rendered=answers.subscribed(incident, language), channel=click.channel)

    async def unsubscribe(self, click: Click) -> Reply:
        """Hear of it no longer."""
        incident = await self.crew.subscribe(click.identity, subject(click.value), None)
        language = self.desk.language(click.identity)
        return Say(rendered=answers.unsubscribed(incident, language), channel=click.channel)

    async def ask_access(self, click: Click) -> Reply:
        """Ask to be let into a private incident; whoever leads it is told."""
        await self.crew.ask_access(click.identity, subject(click.value))
        said = answers.access_asked(self.desk.language(click.identity))
        return Say(rendered=said, channel=click.channel)

    async def let_in(self, click: Click) -> Reply:
        """Let somebody in who asked for it."""
        ref, person = about(click.value, 1)
        incident = await self.crew.call_in(click.identity, ref, frozenset({person}))
        return Say(rendered=self.desk.done(click.identity, incident), channel=click.channel)

    # ── Forms, filled in ─────────────────────────────────────────────────────────────────────────

    async def role_given(self, submission: Submission) -> Reply:
        """A role, and who has it (nobody: whoever filled it in)."""
        ref, channel = about(submission.private, 1)
        empty = missing(submission, {F.ROLE: "Choose a role."})
        if empty:
            return empty
        role, person = choice(Role, text_of(submission, F.ROLE)), text_of(submission, F.PERSON)
        work = self.crew.give(submission.identity, ref, role, person or None)
        return await self.desk.taken(submission, work, channel, F.PERSON)

    async def offered(self, submission: Submission) -> Reply:
        """Whom the lead is offered to."""
        ref, channel = about(submission.private, 1)
        empty = missing(submission, {F.PERSON: "Choose who takes over."})
        if empty:
            return empty
        work = self.crew.hand_off(submission.identity, ref, text_of(submission, F.PERSON))
        return await self.desk.taken(submission, work, channel, F.PERSON)

    async def paged(self, submission: Submission) -> Reply:
        """Who is called: a rung of the ladder, or a person."""
        ref, channel = about(submission.private, 1)
        rung, person = text_of(submission, F.RUNG), text_of(submission, F.PERSON)
        if bool(rung) is bool(person):
            says = "Choose one of them." if rung else "Choose whom to call."
            return FieldErrors(errors={F.PERSON.value: says})
        whom = person or self._rung(rung)
        work = self.crew.page(submission.identity, ref, whom)
        return await self.desk.taken(submission, work, channel, F.PERSON if person else F.RUNG)

    def _rung(self, place: str) -> str:
        ladder = self.desk.policy.ladder
        if not whole(place) or int(place) >= len(ladder):
            raise NotFound("The ladder has changed; please open the form again.")
        return ladder[int(place)].name

    # ── Verbs ────────────────────────────────────────────────────────────────────────────────────

    async def order(self, command: Command, wish: CrewWish) -> Reply:
        """Carry out what was typed; where something is missing a form asks for it."""
        match wish:
            case RoleWish(role=None):
                return self.forms.ask(A.ROLES, command.identity, wish.ref, command.channel)
            case PageWish(whom=""):
                return self.forms.ask(A.PAGE, command.identity, wish.ref, command.channel)
            case SubscribeWish(interest=interest):
                incident = await self.desk.which(command, wish.ref)
                after = await self.crew.subscribe(command.identity, incident.ref, interest)
                language = self.desk.language(command.identity)
                return Say(rendered=answers.subscribed(after, language))
            case RoleWish() | HandoffWish() | PageWish() | CallWish():
                incident = await self.desk.which(command, wish.ref)
                after = await self._carried(command.identity, incident.ref, wish)
                return self.desk.typed(command, after)
            case _:
                assert_never(wish)

    async def plain(self, command: Command, what: Plain, ref: str) -> Reply:
        """`escalate`, `join` and `unsubscribe`."""
        identity = command.identity
        acts: dict[Plain, Act] = {
            Plain.ESCALATE: lambda found: self.crew.escalate(identity, found),
            Plain.JOIN: lambda found: self.crew.join(identity, found),
        }
        incident = await self.desk.which(command, ref)
        if what is Plain.UNSUBSCRIBE:
            after = await self.crew.subscribe(identity, incident.ref, None)
            return Say(rendered=answers.unsubscribed(after, self.desk.language(identity)))
        return self.desk.typed(command, await acts[what](incident.ref))

    async def accepted(self, command: Command, ref: str) -> Reply:
        """`accept`: the lead that is offered to whoever types it; else, that it is an incident."""
        incident = await self.desk.which(command, ref)
        identity = command.identity
        if incident.handoff is not None and incident.handoff.to == identity.user:
            after = await self.crew.accept(identity, incident.ref)
        else:
            after = await self.responding.move(identity, incident.ref, State.INVESTIGATING)
        return self.desk.typed(command, after)

    async def _carried(
        self, identity: Identity, ref: str, wish: RoleWish | HandoffWish | PageWish | CallWish
    ) -> Incident:
        match wish:
            case RoleWish(role=role, to=to):
                return await self.crew.give(identity, ref, role or Role.LEAD, to)
            case HandoffWish(to=to):
                if to is None:
                    return await self.crew.accept(identity, ref)
                return await self.crew.hand_off(identity, ref, to)
            case PageWish(whom=whom):
                return await self.crew.page(identity, ref, whom)
            case CallWish(people=people):
                return await self.crew.call_in(identity, ref, people)
            case _:
                assert_never(wish)
