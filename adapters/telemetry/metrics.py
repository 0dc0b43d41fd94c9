"""Figures for Prometheus, in a registry of their own."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    generate_latest,
)


class Metrics:
    """Counters of what came in, what was worked on, and how it ended."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "signalbox_requests",
            "Requests from Slack by kind and outcome",
            ["kind", "outcome"],
            registry=self._registry,
        )
        self._work = Counter(
            "signalbox_work",
            "Things that fell due, by round and outcome",
            ["round", "outcome"],
            registry=self._registry,
        )
        build = Gauge(
            "signalbox_build", "The running release", ["version"], registry=self._registry
        )
        build.labels(version).set(1)

    def request(self, kind: str, outcome: str) -> None:
        """Count a request."""
        self._requests.labels(kind, outcome).inc()

    def work(self, name: str, outcome: str) -> None:
        """Count a thing that was worked on."""
        self._work.labels(name, outcome).inc()

    def render(self) -> tuple[bytes, str]:
        """All figures, and their content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
