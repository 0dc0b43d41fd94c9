"""Spans go nowhere until they are switched on, and then to the collector that the settings name."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry import trace

from adapters.telemetry import tracing
from bot.domain.errors import SignalboxError

WORK = """
from adapters.telemetry import tracing
tracing.enable()
with tracing.span("tick", deploy="D-7F3K2"):
    pass
"""


class Collector(BaseHTTPRequestHandler):
    """What an OpenTelemetry collector does when spans arrive: note them and say yes."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.received.append((self.path, self.rfile.read(size)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def traced(work: str, **environment: str) -> list[tuple[str, bytes]]:
    """What a process that does this work sends to its collector until it ends."""
    received: list[tuple[str, bytes]] = []
    handler = type("Handler", (Collector,), {"received": received})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            subprocess.run(
                [sys.executable, "-c", work],
                env={"OTEL_EXPORTER_OTLP_ENDPOINT": address, **environment},
                check=True,
                timeout=60,
            )
        finally:
            server.shutdown()
            thread.join()
    return received


def test_a_span_does_nothing_by_itself() -> None:
    with tracing.span("tick", deploy="D-7F3K2"):
        assert not trace.get_current_span().is_recording()


def test_an_error_passes_through_a_span() -> None:
    with pytest.raises(ValueError, match="x"), tracing.span("tick"):
        raise ValueError("x")


def test_spans_are_sent_before_the_process_ends() -> None:
    ((path, body),) = traced(WORK)
    assert path == "/v1/traces"
    assert all(word in body for word in (b"tick", b"deploy", b"D-7F3K2", b"signalbox"))


def test_the_environment_names_the_service_better_than_we_do() -> None:
    ((_, body),) = traced(WORK, OTEL_SERVICE_NAME="signalbox-staging")
    assert b"signalbox-staging" in body


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SignalboxError, match="extra “otel”"):
        tracing.enable()


def test_the_sdk_is_not_loaded_before_it_is_switched_on() -> None:
    """It would cost a tenth of the time to the first answer."""
    loaded = "import sys, adapters.telemetry.tracing; print('opentelemetry.sdk' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
