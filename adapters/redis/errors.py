"""Redis' failures in Signalbox' words; the one place that knows redis-py's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from bot.domain.errors import Outcome, StoreUnavailable

# redis-py's texts for failures before a command was sent.
_NOT_SENT = ("connecting to", "No connection available", "Timeout connecting")


@contextmanager
def translated(*, write: bool) -> Iterator[None]:
    """Turn a failure into `StoreUnavailable`; that of a write says whether it may have happened."""
    try:
        yield
    except (exceptions.ConnectionError, exceptions.TimeoutError, OSError) as error:
        sent = not any(words in str(error) for words in _NOT_SENT)
        outcome = Outcome.UNKNOWN if write and sent else Outcome.NOT_DONE
        raise StoreUnavailable(
            "The bot's memory (Redis) cannot be reached.", outcome=outcome
        ) from error
    except exceptions.RedisError as error:
        # The server understood and refused: out of memory, read-only, still loading, no permission.
        words = str(error).split("\n", 1)[0][:200]
        raise StoreUnavailable(f"The bot's memory (Redis) refused: {words}.") from error
