"""Logs on the standard library: one JSON object a line, or readable lines.

What may appear is decided here: the message, a short list of fields, and the ids of what is being
worked on. Message texts, bodies and tokens have no field; a token that slips into a message all the
same is masked.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO

# Fields that callers may pass as `extra`.
FIELDS = ("reference", "path", "kind", "outcome")
_SECRETS = re.compile(
    r"(xox[a-z]-|xapp-)[A-Za-z0-9-]+|(?<=Bearer )\S+|(?<=://)[^/@\s]*:[^/@\s]+(?=@)"
)
# Libraries that would log payloads, headers or every request.
_QUIET = {
    "slack_bolt": logging.CRITICAL,
    "signalbox": logging.CRITICAL,
    "slack_sdk": logging.ERROR,
    "aiohttp.access": logging.WARNING,
    "google": logging.WARNING,
    "asyncio": logging.WARNING,
}
_ids: ContextVar[Mapping[str, str]] = ContextVar("ids", default=MappingProxyType({}))  # noqa: B039 - read-only


@contextmanager
def bind(**ids: str) -> Iterator[None]:
    """Add ids (of a request, a deploy, …) to everything that is logged inside the block."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


def masked(text: str) -> str:
    """The text with everything that looks like a secret replaced."""
    return _SECRETS.sub("•••", text)


def _fields(record: logging.LogRecord) -> dict[str, str]:
    extra = {name: str(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
    return {**_ids.get(), **extra}


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    return masked("".join(traceback.format_exception(*record.exc_info)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with Cloud Logging's names for time, severity and message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "severity": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            **_fields(record),
        }
        trace = _trace(record)
        if trace:
            entry["trace"] = trace
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """`12:00:01 INFO bot.worker: text  deploy=D-7F3K2`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, followed by its traceback."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        fields = "".join(f"  {name}={value}" for name, value in _fields(record).items())
        line = f"{moment} {record.levelname} {record.name}: {masked(record.getMessage())}{fields}"
        trace = _trace(record)
        return f"{line}\n{trace.rstrip()}" if trace else line


def configure(*, json_lines: bool, level: str, stream: TextIO | None = None) -> None:
    """Send all logs to one stream (standard error), and quieten libraries that say too much."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json_lines else TextFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
