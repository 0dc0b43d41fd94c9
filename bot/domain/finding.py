"""What a check of the installation found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a check: `ok` is None when it cannot be known; `fix` says what to do."""

    subject: str
    ok: bool | None
    says: str
    fix: str = ""
