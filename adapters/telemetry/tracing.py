"""Spans through OpenTelemetry's API, which does nothing until the SDK is switched on."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace

from bot.domain.errors import SignalboxError

_tracer = trace.get_tracer("signalbox")


@contextmanager
def span(name: str, **attributes: str) -> Iterator[None]:
    """A span around a block."""
    with _tracer.start_as_current_span(name, attributes=attributes):
        yield


def enable() -> None:
    """Export spans over OTLP, to where the standard OTEL_* variables say.

    Raises `SignalboxError` when the extra `otel` is not installed.
    """
    try:
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        raise SignalboxError(
            "SIGNALBOX_OTEL is on, but OpenTelemetry's SDK is missing: "
            "install signalbox with the extra “otel”."
        ) from error
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
