"""The audit log: who did what to what, when, and whether it was allowed."""

from datetime import datetime

from bot.domain.base import Model


class AuditEntry(Model):
    """One line of the audit log. `actor` is "signalbox" for what the engine did by itself."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str = ""
