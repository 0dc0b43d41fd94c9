"""Logs on the standard library: one JSON object a line, or readable lines.

What may appear is decided here: the message, a short list of fields, and the ids of what is being
worked on. Message texts, bodies and tokens have no field; a token that slips into a message all the
same is masked. Other libraries are heard only when they warn, and some of them not even then.
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

from bot.domain.errors import SignalboxError

# Fields that callers may pass as `extra`; any other is left out.
FIELDS = ("reference", "path", "kind", "outcome")
# The second line of defence: what must not be in a message, wherever it came from.
_SECRETS = re.compile(
    r"""
      (?:xoxe\.)?xox[a-z]-[\w.-]+ | xapp-[\w-]+       # Slack's tokens
    | (?<=hooks\.slack\.com/)\S+                      # response_url: whoever has it may post
    | (?<=ticket=)[^&\s'"]+                           # the key to a Socket Mode connection
    | (?<=v0=)[0-9a-f]{64}                            # a request's signature
    | ya29\.[\w.-]+ | eyJ[\w-]+\.[\w-]+\.[\w-]*       # Google's access tokens, and JWTs
    | (?<=bearer\ )[^\s'"]+ | (?<=basic\ )[\w+/=]{8,} # a header's credentials
    | (?<=authorization:\ )(?!bearer|basic)[^\s'"]+
    | (?<=://)[^/@\s]*:[^@\s]+(?=@)                   # user:password@ in an address
    """,
    re.VERBOSE | re.IGNORECASE,
)
MASK = "•••"
# The packages whose records follow the chosen level; all others are heard from WARNING on.
_OURS = frozenset({"bot", "commands", "adapters", "__main__"})
# Bolt warns of a request that nobody handles by logging the whole of it, and tells of a bad
# signature with body and signature; the SDK tells of every message. Their errors carry neither.
_LOUD: Mapping[str, int] = MappingProxyType(
    {"slack_bolt": logging.ERROR, "signalbox": logging.ERROR, "slack_sdk": logging.ERROR}
)
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ids: ContextVar[Mapping[str, str]] = ContextVar("ids", default=MappingProxyType({}))


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
    return _SECRETS.sub(MASK, text)


def is_heard(record: logging.LogRecord) -> bool:
    """Whether a record may appear, by who wrote it.

    Asked of each record and not set on loggers, because Bolt gives its loggers the root's level
    and handlers again whenever an app is built.
    """
    package = re.split(r"[.:]", record.name, maxsplit=1)[0]
    return package in _OURS or record.levelno >= _LOUD.get(package, logging.WARNING)


def _fields(record: logging.LogRecord) -> dict[str, str]:
    extra = {name: str(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
    return {name: masked(value) for name, value in {**_ids.get(), **extra}.items()}


def _stack(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    return masked("".join(traceback.format_exception(*record.exc_info)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with Cloud Logging's names for time, severity, message and stack."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry = {
            **_fields(record),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "severity": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        stack = _stack(record)
        if stack:
            entry["stack_trace"] = stack
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """`12:00:01 INFO bot.worker: text  deploy=D-7F3K2`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, followed by the stack of its exception."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        fields = "".join(f"  {name}={value}" for name, value in _fields(record).items())
        said = f"{masked(record.getMessage())}{fields}"
        # Nobody's text may look like a line of its own, or steer a terminal.
        plain = "".join(c if c.isprintable() else repr(c)[1:-1] for c in said)
        stack = _stack(record)
        line = f"{moment} {record.levelname} {record.name}: {plain}"
        return f"{line}\n{stack.rstrip()}" if stack else line


def configure(*, json_lines: bool, level: str, stream: TextIO | None = None) -> None:
    """Send all logs to one stream (standard error). Raises `SignalboxError` for a strange level."""
    if level.upper() not in _LEVELS:
        raise SignalboxError(
            f"SIGNALBOX_LOG_LEVEL is “{level}”, which is no level: write one of "
            f"{', '.join(_LEVELS)}."
        )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json_lines else TextFormatter())
    handler.addFilter(is_heard)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
