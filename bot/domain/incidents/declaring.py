"""Declaring an incident: what is asked for, what comes of it, and what it may repeat. Pure."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.audit import ENGINE
from bot.domain.base import Model
from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.deadlines import started
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Source, Stamp
from bot.domain.incidents.linked import Suspect
from bot.domain.incidents.naming import words
from bot.domain.incidents.noticed import CHECKLIST
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Room, RoomKind
from bot.domain.incidents.states import State
from bot.domain.worded import Leading, Worded

# Decisions of this project: a title is read in one line, and a text in one message; so is a line of
# a timeline, and a task as a task.
MIN_TITLE, MAX_TITLE = 3, 200
MAX_TEXT = 3000
MAX_NOTE = 3000
MAX_TASK = 300
# Whoever sees something again this shortly after it was resolved may mean the same thing.
_RECENTLY = timedelta(hours=2)
# Embeddings, overrides and isolates: one that nobody closes goes on to the end of a message.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CREATED = "created"


class Wish(Model):
    """What somebody wants to be declared. Times are None where nobody knows them.

    `accepted`: it is no false alarm, however bad it is. `room` None: a channel.
    """

    title: str
    severity: Severity = Severity.P3
    service: str | None = None
    environment: str | None = None
    summary: str = ""
    impact: str = ""
    private: bool = False
    kind: IncidentKind = IncidentKind.REAL
    source: Source = Source.COMMAND
    dedup_key: str | None = None
    occurred: datetime | None = None
    detected: datetime | None = None
    room: RoomKind | None = None
    accepted: bool = False


def declare(  # noqa: PLR0913, PLR0917 - one value takes everything that it is made from
    ref: str,
    token: str,
    wish: Wish,
    by: str,
    language: str,
    now: datetime,
    policy: IncidentPolicy,
    suspects: tuple[Suspect, ...] = (),
) -> Incident:
    """The incident that is wished for, as it begins.

    `token` is unique; the bot knows its own work again by it. Raises `UsageError` naming the field
    that cannot be taken.
    """
    accepted = wish.accepted or wish.severity.grave or _written_later(wish)
    # A thread hangs below an alert to everybody, which only what is real and public has.
    apart = wish.private or wish.kind is not IncidentKind.REAL
    _require_possible(wish)
    return Incident(
        ref=ref,
        title=clean_title(wish.title),
        severity=wish.severity,
        state=State.INVESTIGATING if accepted else State.TRIAGE,
        declared_by=by,
        kind=wish.kind,
        source=wish.source,
        summary=clean_text("summary", wish.summary),
        impact=clean_text("impact", wish.impact),
        service=wish.service or None,
        environment=wish.environment or policy.environment,
        private=wish.private,
        language=language,
        dedup_key=wish.dedup_key or None,
        times=_times(wish, by, now),
        clocks=started(wish.severity, wish.kind, now, policy),
        responders=frozenset() if by == ENGINE else frozenset({by}),
        room=Room(
            kind=RoomKind.CHANNEL if apart else wish.room or RoomKind.CHANNEL,
            token=token,
        ),
        procedures=_checklist(policy, by, now),
        suspects=suspects,
    )


def likely_duplicates(
    wish: Wish, open_incidents: Iterable[Incident], now: datetime
) -> tuple[Incident, ...]:
    """Those that may be what somebody is about to declare, the likeliest first.

    They are about the same service, or have at least half of the title's words; and they are
    active, or were resolved within the last two hours. Drills are only compared with drills, and
    what happens now not with what was written down afterwards: nobody works on that.
    """
    asked = words(wish.title)
    found = []
    for incident in open_incidents:
        resolved = incident.at(Moment.RESOLVED)
        lately = resolved is not None and now - resolved <= _RECENTLY
        if not (incident.active or lately) or not _comparable(wish, incident):
            continue
        same = wish.service is not None and wish.service == incident.service
        common = len(asked & words(incident.title))
        alike = bool(common) and 2 * common >= len(asked)
        if same or alike:
            found.append((same, common, incident.began, incident))
    found.sort(key=lambda each: each[:3], reverse=True)
    return tuple(incident for *_, incident in found)


def clean_title(text: str) -> str:
    """A title as it is kept: one line, without what cannot be seen. Raises `UsageError`."""
    title = " ".join(_visible(text).split())
    if sum(unicodedata.category(each) != "Cf" for each in title) < MIN_TITLE:
        raise UsageError(
            "A title has {count} characters or more.",
            hint="Say in a few words what is wrong.",
            count=MIN_TITLE,
        )
    if len(title) > MAX_TITLE:
        raise UsageError(
            "This title has {count} characters; {most} is the most.",
            hint="Put the rest into the summary.",
            count=len(title),
            most=MAX_TITLE,
        )
    return title


def clean_text(field: str, text: str) -> str:
    """A longer text as it is kept. Raises `UsageError` naming the field when it is too long."""
    clean = text.strip()
    if len(clean) > MAX_TEXT:
        raise UsageError(
            "The {field} has {count} characters; {most} is the most.",
            hint="Put the rest into notes, or into a document that you link.",
            field=Worded(field),
            count=len(clean),
            most=MAX_TEXT,
        )
    return clean


def _visible(text: str) -> str:
    """Text without control characters, and without those that turn around what stands after it.

    What joins the parts of an emoji stays.
    """
    kept = (each for each in text if each not in _TURNING)
    return "".join(" " if unicodedata.category(each) == "Cc" else each for each in kept)


def _comparable(wish: Wish, incident: Incident) -> bool:
    drill = IncidentKind.DRILL
    if (wish.kind is drill) is not (incident.kind is drill):
        return False
    if incident.afterwards and not _written_later(wish):
        return False
    return None in {wish.environment, incident.environment} or (
        wish.environment == incident.environment
    )


def kind_of(*, drill: bool, afterwards: bool) -> IncidentKind:
    """The kind that is asked for. Raises `UsageError` when it would be both."""
    if drill and afterwards:
        raise UsageError(
            "A drill is not written down afterwards.", hint="Say one of the two, or neither."
        )
    if drill:
        return IncidentKind.DRILL
    return IncidentKind.BACKFILLED if afterwards else IncidentKind.REAL


def _written_later(wish: Wish) -> bool:
    return wish.kind is IncidentKind.BACKFILLED


def _require_possible(wish: Wish) -> None:
    """Raise `UsageError` for what is written down afterwards and lacks its beginning, or would take
    alerts to itself of which nobody would hear then.
    """
    if not _written_later(wish):
        return
    if wish.occurred is None and wish.detected is None:
        raise UsageError(
            "What is written down afterwards needs the time at which it began.",
            hint="Give that time; it can be corrected later.",
        )
    if wish.dedup_key is not None:
        raise UsageError(
            "What is written down afterwards has no key against duplicates: alerts would join it, "
            "and nobody would be paged.",
            hint="Leave the key away.",
        )


def _times(wish: Wish, by: str, now: datetime) -> dict[Moment, Stamp]:
    """Its first moments. What is written down afterwards counts as declared when it was noticed."""
    declared = now
    if _written_later(wish):
        declared = wish.detected or wish.occurred or now
    known = {
        Moment.OCCURRED: wish.occurred,
        Moment.DETECTED: wish.detected,
        Moment.DECLARED: declared,
    }
    before: datetime | None = None
    for moment, at in known.items():
        if at is None:
            continue
        if at > now:
            raise UsageError(
                "{moment} is about what has happened, not about the future.",
                hint="Leave it away when it is not known.",
                moment=Leading(moment),
            )
        if before is not None and at < before:
            raise UsageError(
                "It cannot be {moment} before it has occurred.",
                hint="Look at the two times.",
                moment=moment,
            )
        before = at
    return {
        moment: Stamp(at=at, recorded=now, by=by) for moment, at in known.items() if at is not None
    }


def _checklist(policy: IncidentPolicy, by: str, now: datetime) -> tuple[Procedure, ...]:
    """The incident checklist, of which one thing is done by now: the incident exists."""
    if not policy.checklist:
        return ()
    made = Procedure(id=CHECKLIST, title="Checklist", items=policy.checklist)
    if any(item.id == _CREATED for item in policy.checklist):
        made = made.tick(_CREATED, by, now)
    return (made,)
