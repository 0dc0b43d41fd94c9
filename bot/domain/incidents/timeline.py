"""What happened, in order: a list that is only ever added to, and how it is read.

A line about a message of the chat follows that message: it can be edited and taken back. Both are
lines of their own, so that the list as it is kept has everything, and `folded` what is to be read.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model


class LineKind(StrEnum):
    """What a line is about."""

    DECLARED = "declared"
    ROOM = "room"
    STATE = "state"
    SEVERITY = "severity"
    ROLE = "role"
    UPDATE = "update"
    NOTE = "note"
    TASK = "task"
    CHECK = "check"
    PAGE = "page"
    ACK = "ack"
    CLOCK = "clock"
    DEPLOY = "deploy"
    FREEZE = "freeze"
    LINK = "link"
    ALERT = "alert"
    PRIVACY = "privacy"
    POST_MORTEM = "post-mortem"
    DETAIL = "detail"


class TimelineLine(Model):
    """One line. `at` is when it happened, `recorded` when it was written down.

    `word` says what of its kind happened (“investigating”, “response breached”, a `Said` of a
    deploy…), `text` is free text of people or of another system, `subject` what it is about (a
    deploy's id, a role, a person's id). `source` names the message of the chat it was taken from
    (`channel:ts`), of which there is one line at most. `gone` takes the line of that source back.
    `id` is unique: a line that is written twice is one.
    """

    id: str
    kind: LineKind
    at: datetime
    recorded: datetime
    by: str
    word: str = ""
    text: str = ""
    subject: str = ""
    source: str | None = None
    permalink: str | None = None
    gone: bool = False


def folded(lines: Iterable[TimelineLine]) -> tuple[TimelineLine, ...]:
    """The lines to be read, by the time at which they happened.

    Of one id the first counts; of one source the newest text, at the time of the first, and nothing
    while it is taken back.
    """
    kept: dict[str, TimelineLine] = {}
    seen: set[str] = set()
    for line in lines:
        if line.id in seen:
            continue
        seen.add(line.id)
        key = f"source {line.source}" if line.source else line.id
        if line.gone:
            kept.pop(key, None)
        elif key in kept:
            kept[key] = kept[key].model_copy(update={"text": line.text, "recorded": line.recorded})
        else:
            kept[key] = line
    return tuple(sorted(kept.values(), key=lambda line: (line.at, line.recorded)))
