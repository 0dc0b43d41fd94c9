"""Figures for Prometheus, in a registry of their own.

Labels take values from small, fixed sets: never an id, a person, or a text that somebody typed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

# Slack gives up after 3 s, and our own deadline is 2 s; the rest shows how far from that we are.
_ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)


class Metrics:
    """Counters of what came in, what was worked on, and how it ended."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter(
            "signalbox_requests", "Requests from Slack by kind and outcome", "kind", "outcome"
        )
        self._work = self._counter(
            "signalbox_work", "Things that fell due, by round and outcome", "round", "outcome"
        )
        self._steps = self._counter(
            "signalbox_steps", "Steps of deploys that were done, by step", "step"
        )
        self._delivered = self._counter(
            "signalbox_delivered", "Messages that left the outbox for good"
        )
        self._acks = Histogram(
            "signalbox_ack_seconds",
            "Time until a request from Slack over HTTP was answered",
            buckets=_ACK_BUCKETS,
            registry=self._registry,
        )
        self._beats = Gauge(
            "signalbox_round_age_seconds",
            "Time since a round of the worker last went round; NaN before the first time",
            ["round"],
            registry=self._registry,
        )
        build = Gauge(
            "signalbox_build", "The running release", ["version"], registry=self._registry
        )
        build.labels(version).set(1)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self._registry)

    def request(self, kind: str, outcome: str) -> None:
        """Count a request."""
        self._requests.labels(kind, outcome).inc()

    def answered(self, took: timedelta) -> None:
        """Note how long a request waited for its answer."""
        self._acks.observe(took.total_seconds())

    def work(self, name: str, outcome: str) -> None:
        """Count a thing that was worked on."""
        self._work.labels(name, outcome).inc()

    def step(self, name: str) -> None:
        """Count a step of a deploy."""
        self._steps.labels(name).inc()

    def delivered(self, entries: int) -> None:
        """Count messages that people can see, or never will."""
        self._delivered.inc(entries)

    def watch(
        self, name: str, beat: Callable[[], datetime | None], now: Callable[[], datetime]
    ) -> None:
        """Show how long ago a round last went round, whenever the figures are read."""

        def seconds() -> float:
            last = beat()
            return float("nan") if last is None else (now() - last).total_seconds()

        self._beats.labels(name).set_function(seconds)

    def render(self) -> tuple[bytes, str]:
        """All figures, and their content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
