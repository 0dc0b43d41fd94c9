"""How long Google is waited for; its own defaults differ by method, and some have none at all."""

from dataclasses import dataclass
from datetime import timedelta

from google.api_core.exceptions import ServiceUnavailable
from google.api_core.retry import AsyncRetry, if_exception_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one call may take, and how long a read is repeated while the API is unavailable."""

    call: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=15)

    @property
    def seconds(self) -> float:
        """The limit of one call, as Google's clients take it."""
        return self.call.total_seconds()

    @property
    def retry(self) -> AsyncRetry:
        """How a read is repeated. A write is not: whether the first one was done is unknown."""
        return AsyncRetry(
            predicate=if_exception_type(ServiceUnavailable),
            initial=0.2,
            maximum=2.0,
            timeout=self.read.total_seconds(),
        )
