"""The audit log: who did what to what, when, and whether it was allowed."""

from datetime import datetime

from bot.domain.base import Model

# Who acts where no person does.
ENGINE = "signalbox"


def is_person(name: str) -> bool:
    """Whether a name is that of a person of the chat system: not Signalbox's, nor of an API key."""
    return bool(name) and name != ENGINE and ":" not in name


class AuditEntry(Model):
    """One line of the audit log. `actor` is `ENGINE` for what Signalbox did by itself."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str = ""
