"""Emptying the outbox of one channel, in order, each message once."""

from dataclasses import dataclass

from bot.domain.errors import NotFound, SlackRefused
from bot.domain.message import Entry, MessageRef
from bot.ports import Clock, Mail, Notifier, Outbox, Store

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
            if isinstance(refusal, SlackRefused) and refusal.code in _MENDABLE:
                raise
            return 1, await self.outbox.bury(first, str(refusal))
        card = (first.card, place) if first.card is not None else None
        return len(together), await self.outbox.settle(channel, together, card=card)

    async def _deliver(self, entry: Entry, mail: Mail) -> MessageRef:
        """Show one entry; one whose posting was begun before is looked for first."""
        deploy = (await self.store.deploy(entry.message.deploy)).value
        card = mail.cards.get(entry.message.deploy)
        if entry.card is not None and card is not None:
            return await self.notifier.show(entry, deploy, card)
        begun = mail.intents.get(entry.id)
        found = await self.notifier.find(entry, card, begun) if begun else None
        if found is None:
            await self.outbox.intend(entry, self.clock.now())
            return await self.notifier.show(entry, deploy, card)
        if entry.card is None:
            return found
        # The card that was found shows what was true then; it is brought up to date.
        return await self.notifier.show(entry, deploy, found)
