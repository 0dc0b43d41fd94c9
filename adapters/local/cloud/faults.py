"""What can be made to go wrong in the simulated cloud."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

# How long the quota error asks a caller to wait, in seconds.
QUOTA_REST = 30


class Fault(StrEnum):
    """What happens to the next call about a service; the last two only make sense for a write."""

    PERMISSION_DENIED = "permission denied"
    QUOTA = "quota used up"
    UNAVAILABLE_BEFORE = "unavailable, nothing done"
    UNAVAILABLE_AFTER = "unavailable, but done"
    STALE = "somebody else was faster"
    HANGS = "no answer"
    UNHEALTHY = "the new revision fails its health check"
    STUCK = "the operation never ends"


@dataclass(slots=True, kw_only=True)
class Faults:
    """Knobs, turned while it runs.

    `away` makes every call fail; `delay` is that of operations; `accepted` is called when a write
    has taken effect and nobody has been told yet. `registry` answers for the image registry with
    this HTTP status; `digest_header` says whether it names the digest in a header. `blind` takes
    Monitoring alone away.
    """

    delay: timedelta = timedelta(seconds=2)
    away: bool = False
    accepted: Callable[[], None] | None = None
    registry: int | None = None
    digest_header: bool = True
    blind: bool = False
    writes: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    reads: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    checks: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    metrics: deque[Fault] = field(default_factory=deque)

    def plan(self, service: str, *faults: Fault) -> None:
        """Let the next writes to a service (its short name) go wrong, in this order."""
        self.writes[service].extend(faults)

    def plan_reads(self, service: str, *faults: Fault) -> None:
        """Let the next reads of a service or its revisions go wrong, in this order."""
        self.reads[service].extend(faults)

    def plan_checks(self, service: str, *faults: Fault) -> None:
        """Let the next changes of a service that are only validated go wrong, in this order."""
        self.checks[service].extend(faults)

    def plan_metrics(self, *faults: Fault) -> None:
        """Let the next questions to Monitoring go wrong, in this order."""
        self.metrics.extend(faults)

    def next_write(self, service: str) -> Fault | None:
        """The fault of this write, used up."""
        return self.writes[service].popleft() if self.writes[service] else None

    def next_read(self, service: str) -> Fault | None:
        """The fault of this read, used up."""
        return self.reads[service].popleft() if self.reads[service] else None

    def next_check(self, service: str) -> Fault | None:
        """The fault of this validation, used up."""
        return self.checks[service].popleft() if self.checks[service] else None

    def next_metric(self) -> Fault | None:
        """The fault of this question to Monitoring, used up."""
        return self.metrics.popleft() if self.metrics else None
