"""Backups of databases: what there is, and whether it is good and fresh."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Self

from pydantic import model_validator

from bot.domain.base import Model
from bot.domain.errors import UsageError

# Google Cloud, “Creating and managing projects”: the form of a project's id. Cloud SQL, “Instance
# settings”: that of an instance's; both ids together have up to 98 characters.
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_INSTANCE = re.compile(r"[a-z][a-z0-9-]{0,91}")


class DatabaseInstance(Model):
    """A Cloud SQL instance of a project; both by their ids, which are fit for an address."""

    project: str
    instance: str

    @model_validator(mode="after")
    def _must_be_ids(self) -> Self:
        if not _PROJECT.fullmatch(self.project) or not _INSTANCE.fullmatch(self.instance):
            raise ValueError("an instance is named by the ids of its project and of itself")
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `project/instance`. Raises `UsageError`."""
        project, _, instance = text.partition("/")
        if not _PROJECT.fullmatch(project) or not _INSTANCE.fullmatch(instance):
            raise UsageError(
                f"“{text}” is not a Cloud SQL instance.",
                hint="Write project/instance: acme-prod/main",
            )
        return cls(project=project, instance=instance)

    def __str__(self) -> str:
        """As it is written in a policy: `project/instance`."""
        return f"{self.project}/{self.instance}"


class BackupStatus(StrEnum):
    """How far a backup is. A skipped one was not made, an unknown one proves nothing."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Backup(Model):
    """One backup of an instance.

    `started` is when it was ordered, as long as it has not begun; `description` is what was
    written on it; `problem` says why there is no backup to be had from it, in the cloud's words.
    """

    id: str
    instance: DatabaseInstance
    status: BackupStatus
    started: datetime | None = None
    ended: datetime | None = None
    description: str = ""
    problem: str | None = None

    @property
    def as_of(self) -> datetime | None:
        """The moment up to which the data are surely in it: its beginning, where that is known.

        What was written while the backup ran may be missing from it.
        """
        return self.started or self.ended


def newest_good(backups: Iterable[Backup]) -> Backup | None:
    """The backup with the newest data among those that succeeded; None when there is none."""
    dated = [
        (each.as_of, each)
        for each in backups
        if each.status is BackupStatus.SUCCEEDED and each.ended is not None
    ]
    return max(dated, key=itemgetter(0), default=(None, None))[1]


def is_fresh(backups: Iterable[Backup], now: datetime, max_age: timedelta) -> bool:
    """Whether the data of a good backup are not older than that."""
    newest = newest_good(backups)
    return newest is not None and newest.as_of is not None and now - newest.as_of <= max_age


def mark_of(deploy_id: str) -> str:
    """What is written into the description of a backup, by which a deploy's own is found again."""
    return f"signalbox {deploy_id}"


def own_backup(backups: Iterable[Backup], deploy_id: str) -> Backup | None:
    """The backup that a deploy has: one that succeeded, or else one on its way.

    None when there is none yet, or only such as came to nothing.
    """
    mark = mark_of(deploy_id)
    ours = {each.status: each for each in backups if each.description == mark}
    return ours.get(BackupStatus.SUCCEEDED) or ours.get(BackupStatus.RUNNING)
