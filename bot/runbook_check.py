"""Checks a folder of runbooks against the catalog, and says in words what is wrong."""

from pathlib import Path

from adapters.runbooks.folder import load_runbooks
from adapters.system import SystemClock
from bot.domain.catalog import Catalog
from bot.domain.runbooks import doubts


def check_runbooks(folder: Path, catalog: Catalog) -> tuple[str, tuple[str, ...]]:
    """What there is; and what may be wrong with it, in spite of which the bot starts.

    Raises `SignalboxError` with everything for which the bot would not start.
    """
    runbooks = load_runbooks(folder)
    count = f"{len(runbooks)} runbook{'' if len(runbooks) == 1 else 's'}"
    found = doubts(runbooks, catalog.services, SystemClock().now().date())
    return f"{folder} is fine: {count}.", found
