"""Which deploys may have caused an incident: those that took traffic shortly before it began."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.incidents.linked import Suspect

# Decisions of this project: what went well for a day is rarely to blame, and a card has room for a
# few. Whoever looks further back has the history of the service.
WITHIN = timedelta(hours=24)
MOST = 5


def nearest(found: Iterable[Suspect], onset: datetime) -> tuple[Suspect, ...]:
    """Those that took traffic within `WITHIN` before the onset, the nearest first, at most `MOST`.

    What came later cannot have caused it. A deploy that is found twice is one.
    """
    by_deploy = {each.deploy: each for each in found}
    near = [each for each in by_deploy.values() if timedelta(0) <= onset - each.at <= WITHIN]
    return tuple(sorted(near, key=lambda each: (each.at, each.deploy), reverse=True)[:MOST])
