"""Whether a room is closed to others right now: somebody may have opened it in the chat system."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ports import Clock, RoomLooks

# A decision of this project: for so long an answer is believed, so that a burst of messages asks
# once. It is also how long a room that was opened may still be told something.
BELIEVED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRooms:
    """Asks the chat system, and remembers the answer for a moment. What is not known is never taken
    for closed: whoever asks hears of the failure instead.
    """

    looks: RoomLooks
    clock: Clock
    _seen: dict[str, tuple[datetime, bool]] = field(default_factory=dict)

    def made(self, channel: str) -> None:
        """A channel was made in this moment, for those only who are let in."""
        self._seen[channel] = self.clock.now(), True

    async def closed(self, channel: str) -> bool:
        """Whether only those who were let in can read a channel.

        Raises `SlackRefused`, also for a channel that the bot is not in, and `SlackUnavailable`.
        """
        now = self.clock.now()
        for name in [name for name, (at, _) in self._seen.items() if now - at >= BELIEVED]:
            del self._seen[name]
        if channel not in self._seen:
            _, closed = await self.looks.name_of(channel)
            self._seen[channel] = now, closed
        return self._seen[channel][1]
