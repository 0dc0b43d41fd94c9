"""Backups of databases: what there is, and whether it is good and fresh."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.base import Model
from bot.domain.errors import UsageError


class DatabaseInstance(Model):
    """A Cloud SQL instance of a project."""

    project: str
    instance: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `project/instance`. Raises `UsageError`."""
        project, slash, instance = text.partition("/")
        if not slash or not project or not instance or "/" in instance:
            raise UsageError(
                f"“{text}” is not a database instance.", hint="Write it as project/instance."
            )
        return cls(project=project, instance=instance)


class BackupStatus(StrEnum):
    """How far a backup is. A skipped one is not there."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Backup(Model):
    """One backup of an instance."""

    id: str
    instance: DatabaseInstance
    status: BackupStatus
    started: datetime | None = None
    ended: datetime | None = None
    description: str = ""
    problem: str | None = None


def newest_good(backups: Sequence[Backup]) -> Backup | None:
    """The newest backup that succeeded; None when there is none."""
    good = [
        each for each in backups if each.status is BackupStatus.SUCCEEDED and each.ended is not None
    ]
    return max(good, key=lambda each: (each.ended is not None, each.ended), default=None)


def is_fresh(backups: Sequence[Backup], now: datetime, max_age: timedelta) -> bool:
    """Whether a good backup is no older than that."""
    newest = newest_good(backups)
    return newest is not None and newest.ended is not None and now - newest.ended <= max_age


def mark_of(deploy_id: str) -> str:
    """What is written into the description of a backup, by which a deploy's own is found again."""
    return f"signalbox {deploy_id}"
