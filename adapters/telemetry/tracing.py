"""Spans through OpenTelemetry's API, which does nothing until the SDK is switched on."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace

from bot.domain.errors import SignalboxError

_SERVICE = "signalbox"
_tracer = trace.get_tracer(_SERVICE)


@contextmanager
def span(name: str, **attributes: str) -> Iterator[None]:
    """A span around a block."""
    with _tracer.start_as_current_span(name, attributes=attributes):
        yield


def enable() -> None:
    """Export spans over OTLP, to where the standard OTEL_* variables say.

    What is not sent yet when the process ends is sent then, by the SDK itself. Raises
    `SignalboxError` when the extra `otel` is not installed.
    """
    try:
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        resources = importlib.import_module("opentelemetry.sdk.resources")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        raise SignalboxError(
            "SIGNALBOX_OTEL is on, but OpenTelemetry's SDK is missing. Install Signalbox with its "
            "extra “otel”, or switch it off."
        ) from error
    # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before our own name.
    named = resources.OTELResourceDetector().detect()
    resource = resources.Resource.create({"service.name": _SERVICE}).merge(named)
    provider = sdk.TracerProvider(resource=resource)
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
