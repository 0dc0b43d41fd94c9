"""How far back people may look: one rule for deploys and incidents. Pure."""

from bot.domain.errors import UsageError

# Ten years (a decision of this project): more than that is a slip of the finger.
MOST_DAYS = 3650


def require_days(days: int) -> None:
    """Raise `UsageError` for a number of days that makes no sense."""
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(
            "{days} is not a number of days from 1 to {most}.", days=days, most=MOST_DAYS
        )
