"""How well delivery goes: the four DORA figures, and success against its objective.

The figures are those of the DORA research programme (dora.dev, "DORA's software delivery metrics"):
deployment frequency, lead time for changes, change failure rate, time to restore. None is "not
known" and never stands for 0. Who refuses, rejects or cancels has not deployed: that does not
count.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from bot.domain.base import Model
from bot.domain.evidence import Window
from bot.domain.history import Ending, Kind, Record
from bot.domain.measures import Durations, Share, durations

# The objective of the operations guides: more than 99 % of deploys succeed.
OBJECTIVE_PERCENT = 99
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_ATTEMPTS = frozenset({Ending.COMPLETED, Ending.ROLLED_BACK, Ending.FAILED, Ending.UNKNOWN})


class Success(Share):
    """The share of deploys that landed. `met` None: too few to tell.

    With fewer than 100 deploys a single failure weighs more than the 1 % that the objective leaves,
    so neither a success nor a failure shows anything. `missing` is how many more would have to
    land, without a failure, until the objective can be said to be met.
    """

    @property
    def met(self) -> bool | None:
        """Whether more than the objective landed; None below the number that can tell."""
        if self.total < _tellable(0):
            return None
        return self.count * 100 > self.total * OBJECTIVE_PERCENT

    @property
    def missing(self) -> int:
        """How many more deploys have to land in a row."""
        return max(0, _tellable(self.total - self.count) - self.total)


class Figures(Model):
    """The figures of some targets over a period.

    `landed` are deploys of a version; going back is none. A change has failed when its traffic was
    taken back, when it failed after it had traffic, or when what had landed was rolled back later.
    """

    period: Window
    landed: int
    per_day: float | None
    per_week: float | None
    lead_time: Durations
    change_failures: Share
    time_to_restore: Durations
    success: Success


def figures(records: Iterable[Record], period: Window) -> Figures:
    """Judge what landed or ended in a period; later records tell how it went on.

    Lead time is from the building of the image to its landing. Time to restore runs from the
    landing of a change that failed (or, if it never landed, from the beginning of its rollout, so
    it is rather too long) to the end of the way back. It is unknown while nothing brought it back.
    """
    known = sorted(records, key=lambda record: record.ended)
    undone = _undone(known)
    deploys = [
        each
        for each in known
        if each.kind is Kind.DEPLOY and period.start < each.ended <= period.end
    ]
    landed = [each for each in deploys if each.landed]
    changes = [each for each in deploys if each.landed or _had_traffic(each)]
    failed = [each for each in changes if not each.landed or each.deploy in undone]
    attempts = sum(each.ending in _ATTEMPTS for each in deploys)
    length = period.end - period.start
    return Figures(
        period=period,
        landed=len(landed),
        per_day=len(landed) / (length / _DAY) if length else None,
        per_week=len(landed) / (length / _WEEK) if length else None,
        lead_time=durations([_lead(each) for each in landed]),
        change_failures=Share(count=len(failed), total=len(changes)),
        time_to_restore=durations([_restore(each, undone) for each in failed]),
        success=Success(count=len(landed), total=attempts),
    )


def by_target(records: Iterable[Record], period: Window) -> Mapping[str, Figures]:
    """The figures of each target that has records, by its key."""
    return _grouped(records, period, services=False)


def by_service(records: Iterable[Record], period: Window) -> Mapping[str, Figures]:
    """The figures of each service that has records, over all of its environments."""
    return _grouped(records, period, services=True)


def _grouped(records: Iterable[Record], period: Window, *, services: bool) -> Mapping[str, Figures]:
    groups: dict[str, list[Record]] = {}
    for each in records:
        name = each.target.partition("/")[0] if services else each.target
        groups.setdefault(name, []).append(each)
    return {name: figures(groups[name], period) for name in sorted(groups)}


def _had_traffic(record: Record) -> bool:
    return record.moved and record.ending in _ATTEMPTS


def _undone(known: Sequence[Record]) -> Mapping[str, timedelta]:
    """For how long what had landed served until it was rolled back, by the deploy that made it.

    Where an earlier way back had brought it again, it is the time since then that counts.
    """
    undone: dict[str, timedelta] = {}
    for place, back in enumerate(known):
        if back.kind is not Kind.ROLLBACK or not back.landed:
            continue
        landings = [
            each
            for each in known[:place]
            if each.landed and each.target == back.target
            if back.replaced is not None and each.ran.same(back.replaced)
        ]
        deploys = [each.deploy for each in landings if each.kind is Kind.DEPLOY]
        if deploys:
            undone.setdefault(deploys[-1], back.ended - landings[-1].ended)
    return undone


def _lead(record: Record) -> timedelta | None:
    """From the building to the landing; a clock that is wrong by more than that tells nothing."""
    if record.built is None or record.built > record.ended:
        return None
    return record.ended - record.built


def _restore(failed: Record, undone: Mapping[str, timedelta]) -> timedelta | None:
    if failed.landed:
        return undone[failed.deploy]
    if failed.ending is Ending.UNKNOWN or failed.started is None:
        return None
    return failed.ended - failed.started


def _tellable(failures: int) -> int:
    """The fewest deploys of which so many may fail with the objective still met."""
    return 100 * failures + 1 if failures else 100


# ── Export ───────────────────────────────────────────────────────────────────────────────────────

COLUMNS = (
    "deploy",
    "kind",
    "service",
    "environment",
    "version",
    "digest",
    "revision",
    "ending",
    "requested_by",
    "approved_by",
    "requested",
    "started",
    "ended",
    "built",
    "lead_seconds",
    "migrations",
    "replaced_version",
    "replaced_digest",
    "had_traffic",
    "automatic",
    "break_glass",
    "problem",
)
Cell = str | int | bool | None


def rows(records: Iterable[Record]) -> tuple[dict[str, Cell], ...]:
    """The ledger as a table for JSON or CSV, in the given order, with the keys of `COLUMNS`.

    Times are ISO 8601 with their offset, durations whole seconds, lists joined by a space; None is
    "not known".
    """
    return tuple(_row(record) for record in records)


def _row(record: Record) -> dict[str, Cell]:
    service, _, environment = record.target.partition("/")
    lead = _lead(record) if record.landed and record.kind is Kind.DEPLOY else None
    cells: dict[str, Cell] = {
        "deploy": record.deploy,
        "kind": record.kind.value,
        "service": service,
        "environment": environment,
        "version": record.version,
        "digest": record.digest,
        "revision": record.revision,
        "ending": record.ending.value,
        "requested_by": record.requested_by,
        "approved_by": " ".join(record.approved_by),
        "requested": record.requested.isoformat(),
        "started": record.started.isoformat() if record.started else None,
        "ended": record.ended.isoformat(),
        "built": record.built.isoformat() if record.built else None,
        "lead_seconds": lead // timedelta(seconds=1) if lead is not None else None,
        "migrations": record.migrations.value,
        "replaced_version": record.replaced.version if record.replaced else None,
        "replaced_digest": record.replaced.digest if record.replaced else None,
        "had_traffic": record.moved,
        "automatic": record.automatic,
        "break_glass": record.break_glass,
        "problem": record.problem,
    }
    return {column: cells[column] for column in COLUMNS}
