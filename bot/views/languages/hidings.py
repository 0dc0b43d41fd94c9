"""What is said of an incident that is made private, and where it was before."""

from enum import StrEnum


class Hiding(StrEnum):
    """A sentence, with `{placeholders}`."""

    REDACTED = "hiding.redacted"
    CLOSED = "hiding.closed"
    LEFT = "hiding.left"
    OPENED = "hiding.opened"
    ASK = "hiding.ask"
