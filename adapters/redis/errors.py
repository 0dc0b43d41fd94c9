"""Redis' failures in Signalbox' words; the one place that knows redis-py's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from bot.domain.errors import Outcome, StoreUnavailable
from bot.domain.worded import worded

_AWAY = worded("The bot's memory (Redis) cannot be reached.")
_CREDENTIALS = worded(
    "The bot's memory (Redis) refused the bot's credentials: check those in REDIS_URL."
)
# redis-py's texts for failures before a command was sent, or of a command that was turned away.
_NOT_DONE = (
    "connecting to",  # refused, unknown host, no route
    "Timeout connecting",
    "No connection available",  # all of the pool's are busy
    "max number of clients",
    "previous master is now a slave",
)
_NOT_SENT = (MasterNotFoundError, exceptions.MaxConnectionsError)


@contextmanager
def translated(*, write: bool) -> Iterator[None]:
    """Turn a failure into `StoreUnavailable`; that of a write says whether it may have happened."""
    try:
        yield
    except (exceptions.AuthenticationError, exceptions.AuthorizationError) as error:
        raise StoreUnavailable(_CREDENTIALS) from error
    except exceptions.BusyLoadingError as error:
        raise StoreUnavailable(
            "The bot's memory (Redis) has just started and still loads what it holds."
        ) from error
    except (exceptions.ConnectionError, exceptions.TimeoutError, OSError) as error:
        refused = isinstance(error, _NOT_SENT) or any(text in str(error) for text in _NOT_DONE)
        outcome = Outcome.UNKNOWN if write and not refused else Outcome.NOT_DONE
        raise StoreUnavailable(_AWAY, outcome=outcome) from error
    except exceptions.RedisClusterException as error:
        # The client could not place the command on any node of the cluster, so none has it.
        raise StoreUnavailable(
            "The bot's memory (Redis) cannot be reached. {error}.", error=_words(error)
        ) from error
    except exceptions.RedisError as error:
        if "unauthenticated" in str(error):  # a long command, to a server that wants a password
            raise StoreUnavailable(_CREDENTIALS) from error
        # The server understood and refused: out of memory, read-only, no permission.
        raise StoreUnavailable(
            "The bot's memory (Redis) refused: {error}.", error=_words(error)
        ) from error


def _words(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200].rstrip(".")
