"""The people of an incident: how they come in, lead, are called, and hear of it."""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.actor import Identity
from bot.domain.errors import NotFound, UsageError
from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Incident, Interest
from bot.domain.incidents.states import State
from bot.domain.worded import worded
from bot.usecases.incidents.crew import Crew
from bot.usecases.incidents.responding import Responding
from bot.views.incidents import answers
from bot.views.incidents.decided import offer_gone
from bot.views.incidents.names import IncidentAction, IncidentField
from bot.views.languages.deeds import Deed
from bot.views.languages.saying import reworded
from bot.views.modals import window
from commands.incidents.desk import Desk, about, choice, subject
from commands.incidents.filled import text_of, whole
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
        await self.crew.entered(event.identity, event.channel, event.inviter)
        return Nothing()

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    async def take_role(self, click: Click) -> Reply:
        """Take a role that nobody has."""
        ref, role = about(click.value, 1)
        incident = await self.crew.give(click.identity, ref, choice(Role, role))
        return self.desk.pressed(click, incident, Deed.ROLE_TAKEN, role=choice(Role, role))

    async def confirm(self, click: Click) -> Reply:
        """It is no false alarm."""
        ref = subject(click.value)
        incident = await self.responding.move(click.identity, ref, State.INVESTIGATING)
        if click.view and not click.home:
            return UpdateModal(view=window(self.desk.told(click.identity, incident, Deed.ACCEPTED)))
        return self.desk.pressed(click, incident, Deed.ACCEPTED)

    async def accept(self, click: Click) -> Reply:
        """Take the lead that was offered; who comes too late hears who leads."""
        ref, who = subject(click.value), click.identity
        try:
            incident = await self.crew.accept(who, ref)
        except UsageError:
            incident = await self.desk.sight.which(who, ref, "")
            if _offered(incident, who):
                raise
            seen = incident.model_copy(update={"language": self.desk.language(who)})
            return Say(
                rendered=answers.done(seen, offer_gone(seen, who.user)), channel=click.channel
            )
        return self.desk.pressed(click, incident, Deed.OFFER_TAKEN)

    async def escalate(self, click: Click) -> Reply:
        """Call the next rung."""
        incident = await self.crew.escalate(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.PAGED)

    async def answer(self, click: Click) -> Reply:
        """Somebody who was called is there; the message that called them shows it."""
        ref, page = about(click.value, 1)
        await self.crew.answer(click.identity, ref, page)
        return Nothing()

    async def join(self, click: Click) -> Reply:
        """Come into the room. In the form for a declaration, this is done instead of one."""
        incident = await self.crew.join(click.identity, subject(click.value))
        if click.view and not click.home:
            said = self.desk.told(click.identity, incident, Deed.TAKES_PART)
            return UpdateModal(view=window(said))
        return self.desk.pressed(click, incident, Deed.TAKES_PART)

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
        said = self.desk.told(click.identity, incident, Deed.CALLED_IN, who=person)
        return Say(rendered=said, channel=click.channel)

    # ── Forms, filled in ─────────────────────────────────────────────────────────────────────────

    async def role_given(self, submission: Submission) -> Reply:
        """A role, and who has it (nobody: whoever filled it in)."""
        ref, channel = about(submission.private, 1)
        empty = self.desk.missing(submission, {F.ROLE: worded("Choose a role.")})
        if empty:
            return empty
        role, person = choice(Role, text_of(submission, F.ROLE)), text_of(submission, F.PERSON)
        work = self.crew.give(submission.identity, ref, role, person or None)
        deed, who = _given(submission.identity, person)
        return await self.desk.taken(submission, work, channel, F.PERSON, deed, role=role, who=who)

    async def offered(self, submission: Submission) -> Reply:
        """Whom the lead is offered to."""
        ref, channel = about(submission.private, 1)
        empty = self.desk.missing(submission, {F.PERSON: worded("Choose who takes over.")})
        if empty:
            return empty
        person = text_of(submission, F.PERSON)
        work = self.crew.hand_off(submission.identity, ref, person)
        return await self.desk.taken(submission, work, channel, F.PERSON, Deed.OFFERED, who=person)

    async def paged(self, submission: Submission) -> Reply:
        """Who is called: a rung of the ladder, or a person."""
        ref, channel = about(submission.private, 1)
        rung, person = text_of(submission, F.RUNG), text_of(submission, F.PERSON)
        if bool(rung) is bool(person):
            says = worded("Choose one of them.") if rung else worded("Choose whom to call.")
            language = self.desk.language(submission.identity)
            return FieldErrors(errors={F.PERSON.value: reworded(language, says)})
        whom = person or self._rung(rung)
        work = self.crew.page(submission.identity, ref, whom)
        field = F.PERSON if person else F.RUNG
        return await self.desk.taken(submission, work, channel, field, Deed.PAGED)

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
            case HandoffWish(to=None):
                return await self._handoff(command, wish)
            case RoleWish() | HandoffWish() | PageWish() | CallWish():
                incident = await self.desk.which(command, wish.ref)
                return await self._carried(command, incident.ref, wish)
            case _:
                assert_never(wish)

    async def plain(self, command: Command, what: Plain, ref: str) -> Reply:
        """`escalate`, `join` and `unsubscribe`."""
        identity = command.identity
        found = (await self.desk.which(command, ref)).ref
        if what is Plain.UNSUBSCRIBE:
            after = await self.crew.subscribe(identity, found, None)
            return Say(rendered=answers.unsubscribed(after, self.desk.language(identity)))
        if what is Plain.ESCALATE:
            after = await self.crew.escalate(identity, found)
            return self.desk.typed(command, after, Deed.PAGED)
        after = await self.crew.join(identity, found)
        return self.desk.typed(command, after, Deed.TAKES_PART)

    async def accepted(self, command: Command, ref: str) -> Reply:
        """`accept`: the lead that is offered to whoever types it; else, that it is an incident."""
        incident = await self.desk.which(command, ref)
        identity = command.identity
        if _offered(incident, identity):
            after = await self.crew.accept(identity, incident.ref)
            return self.desk.typed(command, after, Deed.OFFER_TAKEN)
        after = await self.responding.move(identity, incident.ref, State.INVESTIGATING)
        return self.desk.typed(command, after, Deed.ACCEPTED)

    async def _handoff(self, command: Command, wish: HandoffWish) -> Reply:
        """`handoff` alone: takes what was offered; else a form asks to whom it is to be offered."""
        incident = await self.desk.which(command, wish.ref)
        if not _offered(incident, command.identity):
            return self.forms.ask(A.HANDOFF, command.identity, incident.ref, command.channel)
        after = await self.crew.accept(command.identity, incident.ref)
        return self.desk.typed(command, after, Deed.OFFER_TAKEN)

    async def _carried(
        self, command: Command, ref: str, wish: RoleWish | HandoffWish | PageWish | CallWish
    ) -> Reply:
        identity = command.identity
        match wish:
            case RoleWish(role=role, to=to):
                role = role or Role.LEAD
                after = await self.crew.give(identity, ref, role, to)
                deed, who = _given(identity, to or "")
                return self.desk.typed(command, after, deed, role=role, who=who)
            case HandoffWish(to=to):
                after = await self.crew.hand_off(identity, ref, to or identity.user)
                return self.desk.typed(command, after, Deed.OFFERED, who=to or identity.user)
            case PageWish(whom=whom):
                after = await self.crew.page(identity, ref, whom)
                return self.desk.typed(command, after, Deed.PAGED)
            case CallWish(people=people):
                after = await self.crew.call_in(identity, ref, people)
                who = " ".join(sorted(people))
                return self.desk.typed(command, after, Deed.CALLED_IN, who=who)
            case _:
                assert_never(wish)


def _offered(incident: Incident, identity: Identity) -> bool:
    """Whether the lead was offered to somebody."""
    return incident.handoff is not None and incident.handoff.to == identity.user


def _given(identity: Identity, person: str) -> tuple[Deed, str]:
    """How to say whose a role is; "" is whoever asked for it."""
    own = person in {"", identity.user}
    return (Deed.ROLE_TAKEN if own else Deed.ROLE_GIVEN), person or identity.user
