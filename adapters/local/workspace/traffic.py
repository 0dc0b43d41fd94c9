"""The traffic inspector's memory: the last exchanges of workspace and bot, without secrets."""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.local.workspace.model import Json

_KEPT = 200
_HIDDEN = "(hidden)"
_SECRET_KEYS = frozenset({"token", "signature", "authorization", "x-slack-signature"})
# Our own tokens, the secret part of response and upload addresses, and a Socket Mode ticket.
_SECRET_TEXT = re.compile(
    r"\b(?:xox[a-z]|xapp)-[\w-]+|(?<=/response/)[\w-]+|(?<=/upload/)[\w-]+|(?<=ticket=)[\w-]+"
)


def redact(value: Any) -> Any:
    """The value without tokens, signatures and secret addresses."""
    match value:
        case dict():
            return {
                key: _HIDDEN if str(key).lower() in _SECRET_KEYS else redact(entry)
                for key, entry in value.items()
            }
        case list():
            return [redact(entry) for entry in value]
        case str():
            return _SECRET_TEXT.sub(_HIDDEN, value)
        case _:
            return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; `direction` is to_bot or from_bot, `status` a word or number."""

    direction: str
    kind: str
    name: str
    status: str
    began: datetime
    ended: datetime
    request: Any
    response: Any


class Traffic:
    """The last 200 exchanges, newest first, and how often each method was called."""

    def __init__(self, publish: Callable[[Json], None]) -> None:
        self._entries: deque[Json] = deque(maxlen=_KEPT)
        self._publish = publish
        self._count = 0
        self.calls: Counter[str] = Counter()

    def entries(self) -> list[Json]:
        """What happened, newest first."""
        return list(self._entries)

    def record(self, exchange: Exchange) -> None:
        """Remember one exchange; secrets are taken out here."""
        self._count += 1
        if exchange.direction == "from_bot":
            self.calls[exchange.name] += 1
        entry = {
            "id": self._count,
            "at": exchange.began.isoformat(),
            "direction": exchange.direction,
            "kind": exchange.kind,
            "name": exchange.name,
            "status": exchange.status,
            "ms": round((exchange.ended - exchange.began).total_seconds() * 1000, 1),
            "request": redact(exchange.request),
            "response": redact(exchange.response),
        }
        self._entries.appendleft(entry)
        self._publish({"type": "traffic", "entry": entry})
