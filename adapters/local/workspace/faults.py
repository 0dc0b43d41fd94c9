"""Knobs with which a test makes Slack misbehave; every fault that struck is counted."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong with one call of the Web API."""

    DROP = "drop"  # the connection breaks, nothing happened
    DELAY = "delay"  # the call is served late
    RATE_LIMITED = "ratelimited"
    FATAL_ERROR = "fatal_error"
    SERVER_ERROR = "server_error"  # status 500, no JSON
    LOST_ANSWER = "lost_answer"  # it happened, then the connection breaks
    HANG = "hang"  # it happened, and no answer ever comes
    REFUSED = "refused"  # Slack says no with a word of the method's reference; nothing happened


class Away(StrEnum):
    """How the whole Web API can be gone."""

    UNREACHABLE = "unreachable"  # every connection breaks
    UNAVAILABLE = "unavailable"  # status 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault; `wait` is how late a delayed call is, or the Retry-After of a rate limit, and
    `word` what a refusal says.
    """

    kind: Kind
    wait: timedelta = timedelta(seconds=1)
    word: str = ""


class Faults:
    """The faults that are waiting to strike.

    `away`: the whole Web API is gone until it is set back to None. `duplicate_next`: so many of
    the next interactions reach the bot twice, side by side. `hold_next`: so many of the next
    interactions wait until another one has been delivered, which overtakes them. `slow_files`: so
    late a completed upload is processed; before, nobody sees it and no block may show it. `struck`
    counts.
    """

    def __init__(self) -> None:
        self.away: Away | None = None
        self.duplicate_next = 0
        self.hold_next = 0
        self.slow_files = timedelta(0)
        self.struck: Counter[str] = Counter()
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a method (or of any method: `*`) suffer from a fault."""
        self._waiting[method].extend([fault] * times)

    def clear(self) -> None:
        """Take all faults back; what struck stays counted."""
        self.away = None
        self.duplicate_next = self.hold_next = 0
        self.slow_files = timedelta(0)
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that strikes this call, if any."""
        for name in (method, "*"):
            if self._waiting[name]:
                fault = self._waiting[name].popleft()
                self.struck[f"{method} {fault.kind}"] += 1
                return fault
        return None

    def take_duplicate(self) -> bool:
        """Whether this interaction is delivered twice."""
        if self.duplicate_next == 0:
            return False
        self.duplicate_next -= 1
        self.struck["duplicate"] += 1
        return True

    def take_hold(self) -> bool:
        """Whether this interaction waits for another one to overtake it."""
        if self.hold_next == 0:
            return False
        self.hold_next -= 1
        self.struck["hold"] += 1
        return True
