"""What forbids deploys at the moment by somebody's word: locks, freezes and denied versions.

Windows of the policy file are not kept here: they follow from the time. Everything is one document,
so that one decision sees all of it as it was at one moment.
"""

from datetime import datetime

from bot.domain.base import Model


class Lock(Model):
    """One target is held. `owner` is a person's id, or the id of the deploy that set it.

    A lock always ends by itself at `until`.
    """

    target: str
    owner: str
    reason: str
    since: datetime
    until: datetime


class Freeze(Model):
    """Nothing is deployed to an environment (None: to any). `until` None: until it is thawed."""

    environment: str | None
    by: str
    reason: str
    since: datetime
    until: datetime | None


class Denial(Model):
    """A digest that was rolled back; it is not deployed again anywhere until it is allowed."""

    digest: str
    version: str
    service: str
    deploy: str
    reason: str
    since: datetime


class Restrictions(Model):
    """All of them, in the order in which they were set; those that ended may still be in it."""

    locks: tuple[Lock, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    denials: tuple[Denial, ...] = ()
