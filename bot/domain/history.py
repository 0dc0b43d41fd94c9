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


class Record(Model):
    """One line of the ledger. `ended` is when it landed, or when it was over.

    `built` is when the image was made, where that is known; `replaced` is what served everything
    before. `moved` says whether the new version had any traffic. `automatic` is set when it was rolled back by a gate rather than by a person.
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


Ledger = Sequence[Record]
