"""Whether an environment is frozen: windows of the policy and freezes by hand, seen together.

A freeze that an incident has set counts as one by hand: somebody declared the incident.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.domain.base import Model
from bot.domain.cron import parse_cron
from bot.domain.policy import FreezeWindow
from bot.domain.restrictions import Freeze

# How many freezes without a gap are followed to find the end; what goes on for longer has none that
# anybody would wait for.
MAX_CHAIN = 32


class Frozen(Model):
    """An environment in which nothing is deployed. `until` None: no end is in sight.

    `windows` are the reasons given in the policy, `by_hand` the freezes that somebody set. All that
    hold at the moment are in it; `until` is when the last of them, and what follows them without a
    gap, has ended.
    """

    environment: str
    until: datetime | None
    windows: tuple[str, ...] = ()
    by_hand: tuple[Freeze, ...] = ()

    @property
    def reason(self) -> str:
        """All the reasons, in one line."""
        said = (*self.windows, *(freeze.reason for freeze in self.by_hand))
        return "; ".join(dict.fromkeys(said))

    @property
    def service(self) -> str | None:
        """The one service that is frozen, where all that holds is about it; None: everything is."""
        if self.windows:
            return None
        found = {freeze.service for freeze in self.by_hand}
        return found.pop() if len(found) == 1 else None

    @property
    def incident(self) -> str | None:
        """The incident that alone keeps it frozen: what is deployed to end that one passes."""
        if self.windows:
            return None
        found = {freeze.incident for freeze in self.by_hand}
        return found.pop() if len(found) == 1 else None


class NextFreeze(Model):
    """The freeze that begins next, and when it ends (None: no end is in sight)."""

    begins: datetime
    until: datetime | None
    reason: str


def frozen(
    windows: Sequence[FreezeWindow],
    freezes: Iterable[Freeze],
    environment: str,
    now: datetime,
    *,
    service: str | None = None,
) -> Frozen | None:
    """What freezes an environment at a moment; None when nothing does.

    Freezes of one service count for that `service` (None: for none).

    A window or freeze holds from its beginning up to, and not with, its end. Raises `UsageError`
    for a window whose schedule or time zone cannot be read.
    """
    here = _here(freezes, environment, service)
    by_hand = tuple(freeze for freeze in here if _holds(freeze, now))
    open_now = tuple(window for window in windows if _closes(window, now) is not None)
    if not by_hand and not open_now:
        return None
    return Frozen(
        environment=environment,
        until=_end(windows, here, now),
        windows=tuple(window.reason for window in open_now),
        by_hand=by_hand,
    )


def next_freeze(
    windows: Sequence[FreezeWindow],
    freezes: Iterable[Freeze],
    environment: str,
    now: datetime,
    *,
    service: str | None = None,
) -> NextFreeze | None:
    """The first freeze that begins after a moment; of several, all the reasons. `service` as there.

    Raises `UsageError` as `frozen`.
    """
    here = _here(freezes, environment, service)
    begins = min(
        (
            *(at for window in windows if (at := _opens_after(window, now)) is not None),
            *(freeze.since for freeze in here if freeze.since > now),
        ),
        default=None,
    )
    if begins is None:
        return None
    reasons = [
        *(window.reason for window in windows if _opens_after(window, now) == begins),
        *(freeze.reason for freeze in here if freeze.since == begins),
    ]
    return NextFreeze(
        begins=begins, until=_end(windows, here, begins), reason="; ".join(dict.fromkeys(reasons))
    )


def _here(freezes: Iterable[Freeze], environment: str, service: str | None) -> tuple[Freeze, ...]:
    return tuple(
        freeze
        for freeze in freezes
        if freeze.environment in {None, environment} and freeze.service in {None, service}
    )


def _holds(freeze: Freeze, now: datetime) -> bool:
    return freeze.since <= now and (freeze.until is None or now < freeze.until)


def _opens_after(window: FreezeWindow, now: datetime) -> datetime | None:
    return parse_cron(window.cron).next_after(now, window.tz)


def _closes(window: FreezeWindow, now: datetime) -> datetime | None:
    """When a window that is open closes; all its openings last equally long, so the newest does."""
    opened = parse_cron(window.cron).last_before(now, window.tz)
    return opened + window.duration if opened and now < opened + window.duration else None


def _ends(
    windows: Sequence[FreezeWindow], freezes: Sequence[Freeze], now: datetime
) -> Iterator[datetime | None]:
    yield from (closes for window in windows if (closes := _closes(window, now)) is not None)
    yield from (freeze.until for freeze in freezes if _holds(freeze, now))


def _end(
    windows: Sequence[FreezeWindow], freezes: Sequence[Freeze], now: datetime
) -> datetime | None:
    """The first moment at which nothing holds any more, from one at which something does."""
    moment = now
    for _ in range(MAX_CHAIN):
        ends = tuple(_ends(windows, freezes, moment))
        if not ends:
            return moment
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        moment = max(known)
    return None
