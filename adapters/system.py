"""The clock and the source of identifiers: the only place that reads time and randomness."""

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta

# Crockford's base 32: no I, L, O or U, so that an id can be read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Wait; a negative duration does not."""
        await asyncio.sleep(max(duration.total_seconds(), 0))


class RandomIds:
    """Identifiers from the system's random source."""

    def deploy(self) -> str:
        """`D-` and five characters: one in 33 million, and a collision is refused by the store."""
        number = secrets.randbits(25)
        return "D-" + "".join(_ALPHABET[number >> shift & 31] for shift in range(20, -1, -5))

    def token(self) -> str:
        """A ULID: 48 bits of milliseconds, 80 random bits."""
        number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
        return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
