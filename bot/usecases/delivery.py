"""Emptying the outbox of one channel, in order, each message once."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.errors import (
    CloudUnavailable,
    ConcurrentUpdate,
    NotFound,
    PagerRefused,
    SignalboxError,
    SlackRefused,
    Unavailable,
    UnknownName,
)
from bot.domain.incidents.messages import (
    DirectWord,
    FiguresPicture,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    MaintenanceCard,
    MaintenanceOverdue,
    OutsidePage,
    ProcedureCard,
    Word,
)
from bot.domain.message import DeployChart, DeployFact, Entry, Fact, FreezeEnded
from bot.domain.placement import MessageRef
from bot.ports import Clock, Mail, Notifier, Outbox, Scene
from bot.usecases.incidents.figure_pictures import FigurePictures
from bot.usecases.pictures import Pictures
from bot.usecases.scenes import Scenes

log = logging.getLogger(__name__)

_BATCH = 50
# Takes in what was said about a deploy, with the id of the entry that carries it.
Hear = Callable[[Fact, str], Awaitable[object]]

# Refusals that a person can mend (an invitation, a missing scope) and that then succeed: the
# message waits. Any other refusal will be the same tomorrow.
_MENDABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "missing_scope",
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
    }
)
# Of those, what nobody will mend for a person who is gone, or the room of an incident.
_GONE = frozenset({"channel_not_found", "is_archived"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Brings messages from the outbox to people, and facts about deploys to who listens."""

    outbox: Outbox
    notifier: Notifier
    clock: Clock
    pictures: Pictures
    figures: FigurePictures
    scenes: Scenes
    hear: Hear

    async def empty(self, channel: str) -> int:
        """Deliver what waits for a channel, oldest first; returns how many entries were settled.

        Raises `SlackUnavailable` when Slack does not take them; what was not delivered stays, in
        order.
        """
        settled = 0
        more = True
        while more:
            mail = await self.outbox.read(channel, _BATCH)
            if not mail.entries:
                await self.outbox.settle(channel, ())
                break
            count, more = await self._first(channel, mail)
            settled += count
        return settled

    async def _first(self, channel: str, mail: Mail) -> tuple[int, bool]:
        """Deliver the oldest entry, together with all later ones that would show the same card.

        Returns how many entries that settled, and whether more are waiting.
        """
        first = mail.entries[0]
        together = [first]
        if first.card is not None:
            together += [entry for entry in mail.entries[1:] if entry.card == first.card]
        try:
            place = await self._deliver(first, mail)
        except (SlackRefused, NotFound, PagerRefused) as refusal:
            if isinstance(refusal, SlackRefused) and _waits(first, refusal.code):
                raise
            return 1, await self.outbox.bury(first, str(refusal))
        name = first.card or first.picture
        card = (name, place) if name is not None and place is not None else None
        return len(together), await self.outbox.settle(channel, together, card=card)

    async def _deliver(self, entry: Entry, mail: Mail) -> MessageRef | None:
        """Bring one entry where it belongs; None when it stands nowhere."""
        match entry.message:
            case (DeployFact() | FreezeEnded()) as fact:
                await self._heard(fact, entry.id)
                return None
            case OutsidePage() as page:
                await self.scenes.showing.call_out(page)
                return None
            case message:
                scene = await self.scenes.of(entry, mail)
        if scene is None:
            return None
        below = _below(entry, mail, scene)
        if isinstance(message, IncidentCard) and scene.place is None:
            # It was left behind, to be blotted out where it stands, if it still does.
            left = mail.cards.get(message.card)
            if left is None or left.channel != entry.channel:
                return None
        if _decided(entry) and _stood(entry, mail, below) is None:
            return None
        place = await self._once(entry, mail, scene, below)
        if place is not None and isinstance(message, IncidentMessage):
            await self.scenes.showing.stands(message, scene, place)
        return place

    async def _heard(self, fact: Fact, entry: str) -> None:
        """Let the listener hear a fact. What it can make nothing of must not keep the others."""
        try:
            await self.hear(fact, entry)
        except (Unavailable, ConcurrentUpdate):
            raise
        except SignalboxError as refusal:
            raise NotFound(f"{fact.kind} {entry}: {refusal}") from refusal

    async def _once(
        self, entry: Entry, mail: Mail, scene: Scene, below: MessageRef | None
    ) -> MessageRef | None:
        """Show one entry; one whose posting was begun before is looked for first."""
        place = scene.place or _stood(entry, mail, below)
        begun = mail.intents.get(entry.id)
        if place is None and begun:
            place = await self.notifier.find(entry, below, begun)
            if place is not None and entry.card is None:
                return place
        # The first attempt is what counts: from then on the message may be there.
        if place is None and begun is None:
            await self.outbox.intend(entry, self.clock.now())
        if isinstance(entry.message, DeployChart):
            return await self._draw(entry, scene, below)
        if isinstance(entry.message, FiguresPicture):
            picture = await self.figures.of(entry.message, f"figures-{entry.id}")
            return await self.notifier.attach(entry, picture, None) if picture else None
        # A card that was found shows what was true then; it is brought up to date.
        return await self.notifier.show(entry, scene, place, below)

    async def _draw(
        self, entry: Entry, scene: Scene, below: MessageRef | None
    ) -> MessageRef | None:
        """Draw and post a chart; without anything measured there is none. A picture is an extra:
        a cloud that cannot be asked for it keeps no message waiting.
        """
        if scene.deploy is None:
            return None
        try:
            picture = await self.pictures.of(scene.deploy, f"{scene.deploy.id}-{entry.id}")
        except (CloudUnavailable, UnknownName) as trouble:
            log.warning("no chart of %s: %s", scene.deploy.id, trouble)
            return None
        return await self.notifier.attach(entry, picture, below) if picture else None


def _below(entry: Entry, mail: Mail, scene: Scene) -> MessageRef | None:
    """The card of its thread. Where card and alert of an incident stand, it knows itself."""
    if entry.thread is None:
        return None
    if scene.incident is None:
        return mail.cards.get(entry.thread)
    room = scene.incident.room
    return room.card if _below_card(entry) else room.broadcast or mail.cards.get(entry.thread)


def _stood(entry: Entry, mail: Mail, below: MessageRef | None) -> MessageRef | None:
    """Where the card stands that an entry refreshes. A list that stands in a channel which its room
    has left is read there by others: it is put up anew where the room is now.
    """
    place = mail.cards.get(entry.card) if entry.card else None
    if _asks(entry) and not _decided(entry):
        return None  # it is asked anew, for the message of an earlier time calls nobody
    if place is not None and isinstance(entry.message, ProcedureCard | IncidentNote):
        here = below.channel if below is not None else entry.channel
        return place if place.channel == here else None
    return place


def _asks(entry: Entry) -> bool:
    """Whether it asks somebody for something, and is edited once that is decided."""
    message = entry.message
    if isinstance(message, DirectWord):
        return message.word in {Word.TASK, Word.HANDOFF, Word.UPDATE_DUE}
    return isinstance(message, IncidentNote)


def _decided(entry: Entry) -> bool:
    """Whether it is only to be shown where it was asked."""
    return isinstance(entry.message, DirectWord | IncidentNote) and entry.message.again


def _below_card(entry: Entry) -> bool:
    """Whether it stands below the card of a room."""
    return isinstance(entry.message, ProcedureCard) and entry.message.below_card


def _waits(entry: Entry, code: str) -> bool:
    """Whether a refused message waits until a person has mended that. A picture is an extra: a bot
    that may not upload any goes on without.
    """
    extra = isinstance(entry.message, DeployChart) and code == "missing_scope"
    gone = _in_a_room(entry) and code in _GONE
    return code in _MENDABLE and not (extra or gone)


def _in_a_room(entry: Entry) -> bool:
    """Whether it goes to one person, or into the room of an incident."""
    return isinstance(entry.message, DirectWord | FiguresPicture) or (
        isinstance(entry.message, IncidentMessage)
        and not isinstance(entry.message, IncidentBroadcast | MaintenanceCard | MaintenanceOverdue)
        and (entry.thread is None or _below_card(entry))
    )
