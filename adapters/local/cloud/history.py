"""What was so, and since when: the splits, loads and behaviours that metrics are computed from."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from adapters.local.cloud.behaviour import DEFAULT_LOAD, KNOWN, Behaviour

T = TypeVar("T")
# Before anything happened.
EVER = datetime.min.replace(tzinfo=UTC)
_MILLI = 1000


class Timeline(Generic[T]):
    """A value over time: each one holds from its moment until the next."""

    def __init__(self, first: T) -> None:
        self._moments = [EVER]
        self._values = [first]

    def set(self, value: T, at: datetime) -> None:
        """Let a value hold from a moment on; the last of several at one moment counts."""
        place = bisect_left(self._moments, at)
        if place < len(self._moments) and self._moments[place] == at:
            self._values[place] = value
        else:
            self._moments.insert(place, at)
            self._values.insert(place, value)

    def at(self, moment: datetime) -> T:
        """The value that holds at a moment."""
        return self.since(moment)[1]

    def since(self, moment: datetime) -> tuple[datetime, T]:
        """The value that holds at a moment, and since when."""
        place = bisect_right(self._moments, moment) - 1
        return self._moments[place], self._values[place]

    def __iter__(self) -> Iterator[datetime]:
        """The moments of change."""
        return iter(self._moments)


def _no_traffic() -> "Timeline[Mapping[str, int]]":
    return Timeline({})


def _usual_load() -> Timeline[int]:
    return Timeline(round(DEFAULT_LOAD * _MILLI))


def _nothing_said() -> "Timeline[Behaviour | None]":
    return Timeline(None)


@dataclass(slots=True, kw_only=True)
class History:
    """The changes so far. Services and revisions are full resource names; loads are thousandths of
    a request per second; splits are percent by a revision's short name.
    """

    splits: dict[str, Timeline[Mapping[str, int]]] = field(
        default_factory=lambda: defaultdict(_no_traffic)
    )
    loads: dict[str, Timeline[int]] = field(default_factory=lambda: defaultdict(_usual_load))
    revisions: dict[str, Timeline[Behaviour | None]] = field(
        default_factory=lambda: defaultdict(_nothing_said)
    )
    digests: dict[str, Timeline[Behaviour | None]] = field(
        default_factory=lambda: defaultdict(_nothing_said)
    )

    def published(self, version: str, digest: str) -> None:
        """An image was published; some versions are known to be bad."""
        self.digests[digest].set(KNOWN.get(version, Behaviour.HEALTHY), EVER)

    def behaviour(
        self, revision: str, digest: str | None, at: datetime
    ) -> tuple[datetime, Behaviour]:
        """How a revision behaves at a moment, and since when that has been said.

        The last word counts, whether it was about the revision or about the image that it runs.
        """
        said = self.revisions[revision].since(at)
        of_image = self.digests[digest].since(at) if digest else (EVER, None)
        since, found = of_image if of_image[0] > said[0] or said[1] is None else said
        return since, found or Behaviour.HEALTHY
