"""The requests that a revision gets, counted exactly. Pure.

Requests are numbered as they arrive, and the number says how each was answered. So adjacent windows
add up, a count never depends on when it is asked for, and nothing is random.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from adapters.local.cloud.behaviour import (
    PER_MILLE,
    QUANTILES,
    WARM_UP,
    Behaviour,
    Profile,
    profile_of,
)
from adapters.local.cloud.history import History

_MICROSECOND = timedelta(microseconds=1)
# A load in thousandths of a request per second, times percent, times microseconds.
_ONE_REQUEST = 1000 * 100 * 1_000_000
# A step without a common factor with 1000: it walks through all thousand ranks of latency, in an
# order that spreads them evenly over time, and over the requests of each status.
_STEP = 311
_OK, _NOT_FOUND = 200, 404


class Outcome(NamedTuple):
    """How a request was answered, and in how many milliseconds."""

    status: int
    latency: int


Tally = Counter[Outcome]


class Phase(NamedTuple):
    """A time in which a revision's rate and behaviour stayed the same.

    `units` is what had come together when it began, in parts of a request; `rate` is in units per
    microsecond.
    """

    since: datetime
    until: datetime
    units: int
    rate: int
    profile: Profile

    def arrived(self, moment: datetime) -> int:
        """How many requests had arrived at a moment of this phase, earlier ones included."""
        passed = (min(max(moment, self.since), self.until) - self.since) // _MICROSECOND
        return (self.units + self.rate * passed) // _ONE_REQUEST


def phases_of(
    history: History, service: str, revision: str, digest: str | None, until: datetime
) -> list[Phase]:
    """The phases of a revision (its short name) with traffic, up to a moment."""
    name = f"{service}/revisions/{revision}"
    changes = {
        *history.splits[service],
        *history.loads[service],
        *history.revisions[name],
        *(history.digests[digest] if digest else ()),
    }
    moments = [*sorted(each for each in changes if each < until), until]
    found: list[Phase] = []
    units = 0
    cold: tuple[datetime, datetime] | None = None
    for since, end in pairwise(moments):
        percent = history.splits[service].at(since).get(revision, 0)
        rate = history.loads[service].at(since) * percent
        said, behaviour = history.behaviour(name, digest, since)
        if rate == 0:
            continue
        if cold is None or cold[0] != said:
            cold = (said, since + WARM_UP)
        for begin, stop, profile in _parts(behaviour, since, end, cold[1]):
            found.append(Phase(begin, stop, units, rate, profile))
            units += rate * ((stop - begin) // _MICROSECOND)
    return found


def _parts(
    behaviour: Behaviour, since: datetime, until: datetime, warm: datetime
) -> Iterator[tuple[datetime, datetime, Profile]]:
    """Cut a time in two where a cold revision has become warm."""
    if behaviour is not Behaviour.COLD:
        warm = since
    if since < warm:
        yield since, min(warm, until), profile_of(behaviour, warm=False)
    if warm < until:
        yield max(since, warm), until, profile_of(behaviour, warm=True)


def counted(phases: Sequence[Phase], after: datetime, until: datetime) -> Tally:
    """What was answered in the half-open time (after, until]."""
    tally = Tally()
    for phase in phases:
        if phase.since < until and phase.until > after:
            tally.update(_answered(phase.profile, phase.arrived(after), phase.arrived(until)))
    return tally


def _answered(profile: Profile, first: int, end: int) -> Tally:
    """The outcomes of the requests with the numbers from `first` to before `end`."""
    outcomes, all_of_them = _cycle(profile)
    rounds, rest = divmod(end - first, PER_MILLE)
    tally = Tally({outcome: each * rounds for outcome, each in all_of_them.items() if rounds})
    tally.update(outcomes[number % PER_MILLE] for number in range(end - rest, end))
    return tally


@cache
def _cycle(profile: Profile) -> tuple[tuple[Outcome, ...], Tally]:
    """The thousand outcomes of a profile in their order, and how often each is among them."""
    outcomes = tuple(
        Outcome(status, _latency(profile, number * _STEP % PER_MILLE))
        for number, status in enumerate(_statuses(profile))
    )
    return outcomes, Tally(outcomes)


def _statuses(profile: Profile) -> Iterator[int]:
    """The statuses of a thousand requests: at any time their number is right to less than one."""
    others = 0
    for number in range(PER_MILLE):
        if _is_due(number, profile.errors, PER_MILLE):
            yield profile.failure
            continue
        refused = _is_due(others, profile.rejections, PER_MILLE - profile.errors)
        others += 1
        yield _NOT_FOUND if refused else _OK


def _is_due(number: int, part: int, whole: int) -> bool:
    """Whether a turn is one of those that spread `part` turns evenly over `whole` of them."""
    return (number + 1) * part // whole > number * part // whole


def _latency(profile: Profile, rank: int) -> int:
    """The latency of the request that is faster than all but `rank` of a thousand."""
    knots = list(pairwise(zip(QUANTILES, profile.latency, strict=True)))
    (low, fast), (high, slow) = next(pair for pair in knots if rank < pair[1][0])
    return fast + (slow - fast) * (rank - low) // (high - low)
