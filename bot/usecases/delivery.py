"""Emptying the outbox of one channel, in order, each message once."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.errors import (
    CloudUnavailable,
    NotFound,
    SlackRefused,
    UnknownName,
)
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployNote,
    Entry,
    Notice,
    ReviewCard,
)
from bot.domain.placement import MessageRef
from bot.ports import Clock, Mail, Notifier, Outbox, Scene, Store
from bot.usecases.pictures import Pictures

log = logging.getLogger(__name__)

_BATCH = 50
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Brings messages from the outbox to people."""

    store: Store
    outbox: Outbox
    notifier: Notifier
    clock: Clock
    pictures: Pictures

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
        except (SlackRefused, NotFound) as refusal:
            if isinstance(refusal, SlackRefused) and _waits(first, refusal.code):
                raise
            return 1, await self.outbox.bury(first, str(refusal))
        name = first.card or first.picture
        card = (name, place) if name is not None and place is not None else None
        return len(together), await self.outbox.settle(channel, together, card=card)

    async def _deliver(self, entry: Entry, mail: Mail) -> MessageRef | None:
        """Show one entry; one whose posting was begun before is looked for first."""
        below = mail.cards.get(entry.thread) if entry.thread else None
        place = mail.cards.get(entry.card) if entry.card else None
        begun = mail.intents.get(entry.id)
        if place is None and begun:
            place = await self.notifier.find(entry, below, begun)
            if place is not None and entry.card is None:
                return place
        # The first attempt is what counts: from then on the message may be there.
        if place is None and begun is None:
            await self.outbox.intend(entry, self.clock.now())
        # A card that was found shows what was true then; it is brought up to date.
        return await self._show(entry, mail, place, below)

    async def _show(
        self, entry: Entry, mail: Mail, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef | None:
        scene = await self._scene(entry, mail)
        if isinstance(entry.message, DeployChart):
            return await self._draw(entry, scene, below)
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

    async def _scene(self, entry: Entry, mail: Mail) -> Scene:
        """What the message is about. Raises `NotFound`."""
        match entry.message:
            case Notice():
                return Scene()
            case ReviewCard(deploy=deploy):
                review = (await self.store.review(deploy)).value
                return Scene(deploy=(await self.store.deploy(deploy)).value, review=review)
            case ChecklistCard(deploy=deploy, edition=edition):
                checklist = (await self.store.checklist(deploy, edition)).value
                return Scene(deploy=(await self.store.deploy(deploy)).value, checklist=checklist)
            case DeployCard(deploy=deploy, edition=edition):
                return await self._card(deploy, edition, mail.cards.get(entry.picture or ""))
            case DeployNote(deploy=deploy) | DeployChart(deploy=deploy):
                return Scene(deploy=(await self.store.deploy(deploy)).value)

    async def _card(self, deploy: str, edition: int, chart: MessageRef | None) -> Scene:
        found = (await self.store.deploy(deploy)).value
        rule = found.plan.checklist if found.plan else None
        listed = found.edition == edition and rule is not None and (rule.pre or rule.during)
        checklist = None
        if listed:
            with suppress(NotFound):  # a way back has none
                checklist = (await self.store.checklist(deploy, edition)).value
        return Scene(deploy=found, checklist=checklist, picture=chart.file if chart else None)


def _waits(entry: Entry, code: str) -> bool:
    """Whether a refused message waits until a person has mended that. A picture is an extra: a bot
    that may not upload any goes on without.
    """
    extra = isinstance(entry.message, DeployChart) and code == "missing_scope"
    return code in _MENDABLE and not extra
