"""Shares and durations of many things. None is "not known" and never stands for 0."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from bot.domain.base import Model


class Durations(Model):
    """How long something took: the median and the 90th percentile of what is known.

    The percentile is one of the values (nearest rank). `known` and `unknown` count both kinds.
    """

    median: timedelta | None
    p90: timedelta | None
    known: int
    unknown: int


class Share(Model):
    """How many of how many; the share is None when there are none."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """From 0 to 1."""
        return self.count / self.total if self.total else None


def durations(found: Sequence[timedelta | None]) -> Durations:
    """Sum up how long each took; None where that is not known."""
    known = sorted(each for each in found if each is not None)
    return Durations(
        median=_median(known),
        p90=known[ceil(0.9 * len(known)) - 1] if known else None,
        known=len(known),
        unknown=len(found) - len(known),
    )


def mean(found: Sequence[timedelta | None]) -> timedelta | None:
    """The mean of what is known; None when nothing is."""
    known = [each for each in found if each is not None]
    return sum(known, timedelta()) / len(known) if known else None


def _median(known: Sequence[timedelta]) -> timedelta | None:
    if not known:
        return None
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
