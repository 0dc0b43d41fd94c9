"""What belongs to an incident: things to do, addresses, and other incidents."""

from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model


class TaskKind(StrEnum):
    """Something to do now, or after the incident."""

    TASK = "task"
    FOLLOW_UP = "follow-up"


class Task(Model):
    """Something to do. `id` is short (`T1`, `F2`) and unique in the incident. `source` is the
    message that it was made from (`channel:ts`), if it was.
    """

    id: str
    kind: TaskKind
    text: str
    by: str
    at: datetime
    owner: str | None = None
    done_by: str | None = None
    done_at: datetime | None = None
    url: str | None = None
    source: str | None = None


class Relation(StrEnum):
    """What another incident is to this one."""

    DUPLICATE_OF = "duplicate of"
    DUPLICATE = "duplicate"
    RELATED = "related"
    PARENT = "parent"
    SUB = "sub"


class Related(Model):
    """Another incident."""

    incident: str
    relation: Relation


class Link(Model):
    """Something elsewhere that belongs to it: an alert, a dashboard, a ticket."""

    title: str
    url: str
    by: str
    at: datetime
