"""Brings deliveries to the bot: the three-second rule, the retries of events, the faults."""

import asyncio
from datetime import timedelta

from adapters.local.workspace import payloads
from adapters.local.workspace.model import Json
from adapters.local.workspace.site import Site
from adapters.local.workspace.traffic import Exchange
from adapters.local.workspace.transport import Answer, Delivery, Transport, within

ACK_LIMIT = timedelta(seconds=3)
# The Events API tries again at once, after one minute and after five.
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_OK = 200


class Courier:
    """Everything that the workspace tells the bot goes through here."""

    def __init__(self, site: Site, transport: Transport) -> None:
        self._site = site
        self._transport = transport
        self._held: list[asyncio.Event] = []
        self._was_connected: bool | None = None

    @property
    def connected(self) -> bool:
        """Whether the bot listens."""
        return self._transport.connected

    def note_connection(self) -> None:
        """Tell the pages when the bot came or went since the last time."""
        if self.connected != self._was_connected:
            self._was_connected = self.connected
            self._site.hub.publish({"type": "bot", "connected": self.connected})

    async def interact(self, delivery: Delivery) -> Answer:
        """Deliver a command or an interaction, once; with faults perhaps twice, or late."""
        faults = self._site.faults
        if faults.take_hold():
            overtaken = asyncio.Event()
            self._held.append(overtaken)
            await overtaken.wait()
            return await self._once(delivery)
        if faults.take_duplicate():
            async with asyncio.TaskGroup() as group:
                first = group.create_task(self._once(delivery))
                group.create_task(self._once(delivery))
            answer = first.result()
        else:
            answer = await self._once(delivery)
        while self._held:
            self._held.pop().set()
        return answer

    async def _once(self, delivery: Delivery) -> Answer:
        site = self._site
        began = site.clock.now()
        answer = await within(site.clock, ACK_LIMIT, self._transport.deliver(delivery))
        if answer is None:
            answer = Answer(failure="http_timeout")
        if answer.failure is None and delivery.kind != "event" and answer.status != _OK:
            answer = Answer(status=answer.status, body=answer.body, failure="http_error")
        site.traffic.record(
            Exchange(
                direction="to_bot",
                kind=delivery.kind,
                name=delivery.name,
                status=answer.failure or str(answer.status),
                began=began,
                ended=site.clock.now(),
                request=delivery.body,
                response=answer.body,
            )
        )
        self.note_connection()
        return answer

    async def tell(self, event: Json) -> None:
        """Deliver an event, with up to three retries."""
        body = payloads.event(self._site, self._site.model.new_id("Ev"), event)
        delivery = Delivery(kind="event", name=event["type"], body=body)
        answer = await self._once(delivery)
        for attempt, pause in enumerate(RETRY_AFTER, start=1):
            if answer.failure is None or answer.no_retry:
                return
            await self._site.clock.sleep(pause)
            retry = Delivery(
                kind="event",
                name=delivery.name,
                body=body,
                retry=attempt,
                reason=answer.failure,
            )
            answer = await self._once(retry)
