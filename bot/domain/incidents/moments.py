"""The moments of an incident, and the order in which they come. Pure.

Occurred, detected, declared come in this order; then acknowledged and mitigated, in either one;
then resolved, and closed. What a person dates otherwise takes a reason, which stays with it.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.domain.errors import WrongMoment
from bot.domain.incidents.incident import Moment, Stamp, Times
from bot.domain.worded import Leading

M = Moment
# What comes before a moment.
_EARLIER: Mapping[Moment, frozenset[Moment]] = MappingProxyType(
    {
        M.OCCURRED: frozenset(),
        M.DETECTED: frozenset({M.OCCURRED}),
        M.DECLARED: frozenset({M.OCCURRED, M.DETECTED}),
        M.ACKED: frozenset({M.OCCURRED, M.DETECTED, M.DECLARED}),
        M.MITIGATED: frozenset({M.OCCURRED, M.DETECTED, M.DECLARED}),
        M.RESOLVED: frozenset(M) - {M.RESOLVED, M.CLOSED},
        M.CLOSED: frozenset(M) - {M.CLOSED},
    }
)


def stamped(times: Times, moment: Moment, by: str, now: datetime) -> Times:
    """The moments with one that is now. Clocks of two machines may differ a little: it never comes
    before what is known to come earlier.
    """
    earlier = (times[each].at for each in _EARLIER[moment] if each in times)
    return {**times, moment: Stamp(at=max([now, *earlier]), recorded=now, by=by)}


def dated(times: Times, moment: Moment, stamp: Stamp) -> Times:
    """The moments with one as a person dates it.

    Raises `WrongMoment` when that is in the future, or does not fit the others and the stamp has no
    reason for it.
    """
    if stamp.at > stamp.recorded:
        raise WrongMoment(
            "It cannot have been {moment} in the future.",
            hint="Give the time at which it was.",
            off=stamp.at - stamp.recorded,
            moment=moment,
        )
    misfit = None if stamp.override.strip() else misfit_of(times, moment, stamp.at)
    if misfit is not None:
        raise WrongMoment(
            "{moment} at {time} UTC does not fit: it was {misfit} at {then} UTC.",
            hint="Correct one of the two, or say why it is so all the same.",
            off=stamp.at - times[misfit].at,
            other=misfit.value,
            at=times[misfit].at,
            moment=Leading(moment),
            time=f"{stamp.at:%Y-%m-%d %H:%M}",
            misfit=misfit,
            then=f"{times[misfit].at:%Y-%m-%d %H:%M}",
        )
    return {**times, moment: stamp}


def misfit_of(times: Times, moment: Moment, at: datetime) -> Moment | None:
    """A moment that ought to be on the other side of this one; None when all is in order."""
    for other, stamp in times.items():
        late = other in _EARLIER[moment] and stamp.at > at
        early = moment in _EARLIER[other] and stamp.at < at
        if late or early:
            return other
    return None


def dated_afterwards(times: Times, moment: Moment, stamp: Stamp, written: datetime) -> Times:
    """As `dated`, of an incident that was `written` down afterwards.

    It counts as declared when it was noticed, so that follows, until a person dates it: what nobody
    has dated was recorded when the incident was.
    """
    declared = times.get(M.DECLARED)
    if moment not in {M.OCCURRED, M.DETECTED} or not declared or declared.recorded != written:
        return dated(times, moment, stamp)
    times = dated(without(times, M.DECLARED), moment, stamp)
    noticed = times.get(M.DETECTED) or times[M.OCCURRED]
    return {**times, M.DECLARED: noticed.model_copy(update={"recorded": written})}


def without(times: Times, *moments: Moment) -> Times:
    """The moments without some that turned out not to be so."""
    return {moment: stamp for moment, stamp in times.items() if moment not in moments}
