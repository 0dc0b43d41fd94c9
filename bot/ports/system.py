"""Time and identifiers."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time, always in UTC, and the only way to wait."""

    def now(self) -> datetime:
        """The present moment, with time zone UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Wait."""


class Ids(Protocol):
    """New identifiers that do not repeat."""

    def deploy(self) -> str:
        """A short one for people, such as D-7F3K2."""

    def token(self) -> str:
        """A long one for machines: 26 characters, sortable by time of creation."""
