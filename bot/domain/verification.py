"""Whether a digest has proved itself in the environment that it has to come from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.base import Model
from bot.domain.history import Ending, Kind, Ledger, Record, Version

OFFERED = 3


class Verified(Model):
    """It has served there for long enough; `since` is when it landed."""

    since: datetime


class Soaking(Model):
    """It serves there, and has served for long enough at `until`."""

    until: datetime


class NotVerified(Model):
    """It has to prove itself first; `acceptable` are the newest that have done so."""

    why: str
    acceptable: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    """A version that served everything, from its landing to the next one (None: until now)."""

    version: Version
    since: datetime
    until: datetime | None = None

    def lasted(self, now: datetime) -> timedelta:
        return (self.until or now) - self.since


def verified(
    ledger: Ledger,
    digest: str,
    soak: timedelta,
    now: datetime,
    denied: frozenset[str] = frozenset(),
) -> Verified | Soaking | NotVerified:
    """Judge a digest by the ledger of the target that comes before.

    It landed there, served everything for `soak` without a break, and was not rolled back since.
    Time in which another version served does not count: it says nothing about this one. `denied`
    digests are not offered as acceptable.
    """
    stays = tuple(_stays(ledger))
    own = [stay for stay in stays if stay.version.digest == digest]
    for stay in own:
        if stay.lasted(now) >= soak:
            return Verified(since=stay.since)
    if own and own[-1].until is None:
        return Soaking(until=own[-1].since + soak)
    proved: dict[str, Version] = {}
    for stay in reversed(stays):
        known = stay.version.digest
        if known and known not in denied and stay.lasted(now) >= soak:
            proved.setdefault(known, stay.version)
    why = _why(ledger, digest, own, soak, now)
    return NotVerified(why=why, acceptable=tuple(proved.values())[:OFFERED])


def _why(ledger: Ledger, digest: str, own: list[_Stay], soak: timedelta, now: datetime) -> str:
    """Why it is not verified, as the end of a sentence about it."""
    if own:
        longest = max(stay.lasted(now) for stay in own)
        return f"served there for {_minutes(longest)} only, of {_minutes(soak)}"
    if any(each.landed and each.digest == digest for each in ledger):
        return "was rolled back there"
    return "has not landed there"


def _stays(ledger: Ledger) -> Iterator[_Stay]:
    """What served everything and when, oldest first, without what was rolled back afterwards."""
    stays: list[_Stay] = []
    for each in reversed(ledger):
        current = stays[-1] if stays and stays[-1].until is None else None
        undone = _undone(each, current)
        stays = [stay for stay in stays if undone is None or not stay.version.same(undone)]
        leaves = _leaves(each)
        stayed = each.landed and current is not None and current.version.same(each.ran)
        if leaves is None or stayed:
            continue
        if stays and stays[-1].until is None:
            stays[-1] = replace(stays[-1], until=leaves)
        if each.landed:
            stays.append(_Stay(version=each.ran, since=each.ended))
    yield from stays


def _undone(each: Record, current: _Stay | None) -> Version | None:
    """The version that a record shows to be rolled back."""
    if each.ending is Ending.ROLLED_BACK:
        return each.ran
    if each.landed and each.kind is Kind.ROLLBACK:
        left = each.replaced or (current.version if current else None)
        return None if left is None or left.same(each.ran) else left
    return None


def _leaves(each: Record) -> datetime | None:
    """When what served before cannot be said to serve everything any more; None when it still can.

    After an unknown end, and where a person ended it half way, nobody knows what serves.
    """
    if each.landed:
        return each.ended
    doubtful = each.ending is Ending.UNKNOWN or (each.ending is Ending.CANCELLED and each.moved)
    return (each.started or each.ended) if doubtful else None


def _minutes(duration: timedelta) -> str:
    return f"{duration // timedelta(minutes=1)} min"
