"""Answers that are remembered: for a short time, with one request under way per question; or as
the last that is known.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.domain.errors import SignalboxError
from bot.ports import Clock

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Flight(Generic[V]):
    """A request under way. Once landed it has a result or an error, or neither if abandoned."""

    landed: asyncio.Event = field(default_factory=asyncio.Event)
    result: tuple[V] | None = None
    error: SignalboxError | None = None


@dataclass(frozen=True, slots=True)
class _Held(Generic[V]):
    value: V
    until: datetime


class Fresh(Generic[K, V]):
    """Values by key, loaded when asked for and forgotten after `ttl`; at most `size` are kept.

    Nothing is ever served after its time: when loading fails, everybody who waits for it gets the
    error. The age of a value counts from when its request was sent.
    """

    def __init__(
        self, load: Callable[[K], Awaitable[V]], *, clock: Clock, ttl: timedelta, size: int
    ) -> None:
        """Start empty."""
        self._load = load
        self._clock = clock
        self._ttl = ttl
        self._size = size
        self._held: dict[K, _Held[V]] = {}
        self._flights: dict[K, _Flight[V]] = {}

    async def get(self, key: K) -> V:
        """The value, from memory or loaded now. Raises what loading raises."""
        while True:
            held = self._held.get(key)
            if held is not None and self._clock.now() < held.until:
                return held.value
            flight = self._flights.get(key)
            if flight is None:
                return await self._fly(key)
            await flight.landed.wait()
            if flight.error is not None:
                raise flight.error
            if flight.result is not None:
                return flight.result[0]
            # Whoever sent the request was cancelled; one of those who waited sends the next.

    async def _fly(self, key: K) -> V:
        flight: _Flight[V] = _Flight()
        self._flights[key] = flight
        until = self._clock.now() + self._ttl
        try:
            value = await self._load(key)
        except SignalboxError as error:
            flight.error = error
            raise
        else:
            flight.result = (value,)
            self._keep(key, _Held(value, until))
            return value
        finally:
            del self._flights[key]
            flight.landed.set()

    def _keep(self, key: K, held: _Held[V]) -> None:
        """Remember; the value loaded longest ago makes room."""
        self._held.pop(key, None)
        while len(self._held) >= self._size:
            del self._held[next(iter(self._held))]
        self._held[key] = held


class Latest(Generic[K, V]):
    """What was last known of things, however old; the ones noted longest ago make room."""

    def __init__(self, size: int) -> None:
        """Know nothing yet, and never more than `size` things."""
        self._size = size
        self._known: dict[K, V] = {}

    def note(self, key: K, value: V) -> None:
        """Know this of a thing from now on."""
        self._known.pop(key, None)
        while len(self._known) >= self._size:
            del self._known[next(iter(self._known))]
        self._known[key] = value

    def get(self, key: K) -> V | None:
        """What is known of a thing; None when nothing is (any more)."""
        return self._known.get(key)
