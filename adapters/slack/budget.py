"""How often Slack may be called: budgets per method and, for posts, per channel.

A call that would come too early waits on the Clock when the wait is short, and is refused with the
time to wait when it is long. Slack has the last word: when it answers 429, the budget stays closed
for as long as Slack said.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.slack.methods import METHODS
from bot.domain.errors import SlackUnavailable
from bot.ports import Clock

# https://docs.slack.dev/apis/web-api/rate-limits: one message a second and channel, short bursts
# allowed. How long a burst may be is not published; three (card and two notes) is our decision.
POST_INTERVAL = timedelta(seconds=1)
POST_BURST = 3
# Budgets of channels that are kept; idle ones are dropped beyond this number.
MAX_CHANNELS = 1000

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NOW = timedelta(0)


def busy(retry_after: timedelta) -> SlackUnavailable:
    """The error for a call that was not made, or not accepted, because there are too many."""
    seconds = max(round(retry_after.total_seconds()), 1)
    return SlackUnavailable(
        f"Slack takes no more calls of this kind for {seconds} s.", retry_after=retry_after
    )


@dataclass(slots=True)
class Budget:
    """`burst` calls at once, then one per `interval` (generic cell rate algorithm, ITU-T I.371).

    `_drained` is the moment at which the whole burst will be available again.
    """

    interval: timedelta
    burst: int
    _drained: datetime = _LONG_AGO
    _closed_until: datetime = _LONG_AGO

    def wait(self, now: datetime) -> timedelta:
        """How long the next call has to wait."""
        refilled = self._drained - self.interval * (self.burst - 1) if self._drained > now else now
        return max(refilled - now, self._closed_until - now, _NOW)

    def take(self, at: datetime) -> None:
        """Count a call that is made at this moment."""
        self._drained = max(self._drained, at) + self.interval

    def closed(self, now: datetime) -> timedelta:
        """How long Slack itself wants no call; zero when it does not mind."""
        return max(self._closed_until - now, _NOW)

    def close(self, now: datetime, duration: timedelta) -> None:
        """Let nothing through for a while, and no burst right after it."""
        self._closed_until = max(self._closed_until, now + duration)
        self._drained = max(
            self._drained, self._closed_until + self.interval * max(self.burst - 1, 0)
        )

    def idle(self, now: datetime) -> bool:
        """Whether forgetting this budget would change nothing."""
        return self._drained <= now and self._closed_until <= now


class Budgets:
    """All budgets of one token. `patience` is the longest wait that is waited for."""

    def __init__(self, *, clock: Clock, patience: timedelta) -> None:
        """Start with every budget full."""
        self._clock = clock
        self._patience = patience
        self._methods = {name: _budget_of(method.per_minute) for name, method in METHODS.items()}
        self._channels: dict[str, Budget] = {}
        self._ids: dict[str, str] = {}

    async def admit(self, method: str, channel: str | None) -> None:
        """Return when the call may be made.

        Raises `SlackUnavailable` with the time to wait when that is longer than our patience, or
        when Slack closed the budget while we waited.
        """
        budget = self._budget(method, channel)
        now = self._clock.now()
        wait = budget.wait(now)
        if wait > self._patience:
            raise busy(wait)
        budget.take(now + wait)
        if wait:
            await self._clock.sleep(wait)
            closed = budget.closed(self._clock.now())
            if closed:
                raise busy(closed)

    def close(self, method: str, channel: str | None, duration: timedelta) -> None:
        """Remember that Slack wants no such call for a while."""
        self._budget(method, channel).close(self._clock.now(), duration)

    def same_channel(self, name: str, channel_id: str) -> None:
        """Learn that a channel name and an id mean one channel, which has one budget."""
        if name == channel_id or self._ids.get(name) == channel_id:
            return
        self._ids[name] = channel_id
        if name in self._channels:
            self._channels.setdefault(channel_id, self._channels.pop(name))

    def _budget(self, method: str, channel: str | None) -> Budget:
        if method != "chat.postMessage" or channel is None:
            return self._methods[method]
        key = self._ids.get(channel, channel)
        if key not in self._channels:
            self._drop_idle()
            self._channels[key] = Budget(POST_INTERVAL, POST_BURST)
        return self._channels[key]

    def _drop_idle(self) -> None:
        if len(self._channels) >= MAX_CHANNELS:
            now = self._clock.now()
            self._channels = {
                key: budget for key, budget in self._channels.items() if not budget.idle(now)
            }


def _budget_of(per_minute: int | None) -> Budget:
    """A minute's calls may come at once; without a published number only a 429 holds calls back."""
    if per_minute is None:
        return Budget(_NOW, 1)
    return Budget(timedelta(minutes=1) / per_minute, per_minute)
