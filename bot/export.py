"""The history of a service for other programs, read from Redis on the machine itself."""

from adapters.catalog.loading import load_catalog
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from adapters.system import SystemClock
from bot.settings import Settings
from bot.usecases.history import Ledgers
from bot.views.exports import as_csv, as_json


async def export_history(
    settings: Settings, service: str, environment: str | None, *, days: int, form: str
) -> str:
    """The records of the last days as CSV or JSON, newest first. Slack is not asked.

    Raises `UnknownName`, `UsageError` for a number of days that makes no sense, and
    `StoreUnavailable`.
    """
    catalog = load_catalog(settings.config)
    connections = Connections(settings.redis_url.get_secret_value())
    ledgers = Ledgers(catalog=catalog, store=RedisStore(connections), clock=SystemClock())
    try:
        found = await ledgers.read(ledgers.named(service, environment), days)
    finally:
        await connections.aclose()
    return as_csv(found.records) if form == "csv" else as_json(found.records)
