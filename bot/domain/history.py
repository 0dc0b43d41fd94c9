"""The ledger: how every deploy of a target ended, newest first, and what follows from that."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bot.domain.artifact import Migrations
from bot.domain.base import Model


class Kind(StrEnum):
    """What a deploy is about: a new version, the way back, or following the newest again."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    UNPIN = "unpin"


class Ending(StrEnum):
    """How a deploy ended, as far as the ledger cares."""

    COMPLETED = "completed"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Version(Model):
    """What ran: a version in words, its digest (None: not known) and the revision that ran it."""

    version: str
    digest: str | None
    revision: str

    def same(self, other: "Version") -> bool:
        """Whether both are one image; where a digest is not known, whether they are one revision.

        A name such as "latest" says nothing: it may have moved.
        """
        if self.digest and other.digest:
            return self.digest == other.digest
        return bool(self.revision) and self.revision == other.revision


class Record(Model):
    """One line of the ledger. `ended` is when it landed, or when it was over.

    `built` is when the image was made, where that is known; `replaced` is what served everything
    before. `moved` says whether the new version had any traffic. `automatic` is set when it was
    rolled back by a gate rather than by a person.
    """

    deploy: str
    kind: Kind
    target: str
    ending: Ending
    version: str
    digest: str | None
    revision: str | None
    requested_by: str
    approved_by: tuple[str, ...] = ()
    requested: datetime
    started: datetime | None
    ended: datetime
    built: datetime | None = None
    migrations: Migrations = Migrations.UNKNOWN
    replaced: Version | None = None
    moved: bool = False
    automatic: bool = False
    break_glass: bool = False
    problem: str | None = None

    @property
    def landed(self) -> bool:
        """Whether its version served everything and was found good."""
        return self.ending is Ending.COMPLETED

    @property
    def ran(self) -> Version:
        """The version that it was about."""
        return Version(version=self.version, digest=self.digest, revision=self.revision or "")


Ledger = Sequence[Record]


def last_landed(ledger: Ledger, version: Version | None = None) -> Record | None:
    """The newest record that landed: of one version, or of any."""
    return next(
        (each for each in ledger if each.landed and (version is None or version.same(each.ran))),
        None,
    )


def previous(
    ledger: Ledger, serving: Version | None, denied: frozenset[str] = frozenset()
) -> Version | None:
    """What a rollback goes to when nobody names a version; None when there is nothing.

    It is the last version that landed before the serving one. A second rollback therefore goes one
    further back, and never forth to what was just rolled back.
    """
    return next(iter(ways_back(ledger, serving, denied)), None)


def ways_back(
    ledger: Ledger,
    serving: Version | None,
    denied: frozenset[str] = frozenset(),
    limit: int | None = None,
) -> tuple[Version, ...]:
    """The versions that one can go back to, the nearest first.

    Only what landed counts, without what is denied by its digest and what was rolled back since.
    Where the ledger does not know what is serving (None: several versions are), every such version
    is a goal. What served before our very first deploy is the last of them.
    """
    way = _way(ledger)
    known = [place for place, each in enumerate(way) if serving and each.same(serving)]
    found: list[Version] = []
    for each in reversed(way[: known[-1]] if known else way):
        barred = each.digest in denied or (serving is not None and each.same(serving))
        if not barred and not any(each.same(other) for other in found):
            found.append(each)
    return tuple(found[:limit])


def _way(ledger: Ledger) -> list[Version]:
    """How the target came to where it is, oldest first: a way back takes off what it undid."""
    landed = [each for each in reversed(ledger) if each.landed]
    way = [landed[0].replaced] if landed and landed[0].replaced else []
    for each in landed:
        if each.kind is Kind.ROLLBACK:
            places = [place for place, known in enumerate(way) if known.same(each.ran)]
            # A goal that is not on the way is older than everything the ledger has.
            undone = way[places[-1] + 1 :] if places else way
            way = [known for known in way if not any(known.same(gone) for gone in undone)]
        way.append(each.ran)
    return way


def blocks_return(ledger: Ledger, goal: Version) -> tuple[Record, ...]:
    """The deploys, newest first, whose schema the goal may not know: it takes a person to accept.

    Those are all with irreversible migrations that were begun after the goal landed for the last
    time, also if they were undone: traffic goes back, a schema does not. For a goal that never
    landed here it is all of them.
    """
    landed = last_landed(ledger, goal)
    since = ledger.index(landed) if landed else len(ledger)
    return tuple(
        each
        for each in ledger[:since]
        if each.kind is Kind.DEPLOY and each.started and each.migrations is Migrations.IRREVERSIBLE
    )
