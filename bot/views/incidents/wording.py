"""The small words of incidents: names of values, lengths of time, people, marks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import ACTIVE, State
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, user, when

SEVERITY_MARKS: Mapping[Severity, str] = MappingProxyType(
    {Severity.P1: "🔴", Severity.P2: "🟠", Severity.P3: "🟡", Severity.P4: "🔵"}
)
_STATE_MARKS: Mapping[State, str] = MappingProxyType(
    {
        State.RESOLVED: "✅",
        State.POST_MORTEM: "📝",
        State.CLOSED: "☑️",
        State.DECLINED: "🚫",
        State.CANCELLED: "🚫",
        State.MERGED: "🔗",
    }
)
_MINUTE = 60
_UNITS = ((Phrase.DAYS, 86_400), (Phrase.HOURS, 3600), (Phrase.MINUTES, _MINUTE))
_SHOWN_PEOPLE = 8


def mark(incident: Incident) -> str:
    """How bad it is while it lasts, and how it ended."""
    return _STATE_MARKS.get(incident.state) or SEVERITY_MARKS[incident.severity]


def badges(incident: Incident) -> str:
    """What nobody may overlook; "" for an ordinary incident. Plain text."""
    lang = incident.language
    shown = [say(lang, Phrase.DRILL)] if incident.drill else []
    if incident.afterwards:
        shown.append(say(lang, Phrase.BACKFILLED))
    if incident.private:
        shown.append(say(lang, Phrase.PRIVATE))
    return "".join(f"{each} · " for each in shown)


def state_name(language: str, state: State) -> str:
    """What a state is called."""
    return say(language, Term(f"state.{state.value}"))


def assessed(state: State, language: str) -> str:
    """What stands where nobody has said anything: nobody assesses what is over."""
    return say(language, Phrase.ASSESSING) if state in ACTIVE else "–"


def severity_name(language: str, severity: Severity) -> str:
    """What a severity is called, with its mark."""
    return f"{SEVERITY_MARKS[severity]} {say(language, Term(f'severity.{severity.value}'))}"


def role_name(language: str, role: Role) -> str:
    """What a role is called."""
    return say(language, Term(f"role.{role.value}"))


def named(language: str, family: str, value: str) -> str:
    """What a value of the domain is called; a value without a name stays as it is, escaped."""
    try:
        return say(language, Term(f"{family}.{value}"))
    except ValueError:
        return escape(value)


def length(language: str, duration: timedelta) -> str:
    """A length of time to the minute, days included: `2 d 3 h 5 min`; below a minute, seconds."""
    seconds = max(round(duration.total_seconds()), 0)
    if seconds < _MINUTE:
        return say(language, Phrase.SECONDS, count=seconds)
    parts = []
    for phrase, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(say(language, phrase, count=count))
    return " ".join(parts)


def people(language: str, ids: Sequence[str]) -> str:
    """Mentions of people; of very many, the first ones."""
    shown = say(language, Phrase.LIST_COMMA).join(user(each) for each in ids[:_SHOWN_PEOPLE])
    more = len(ids) - _SHOWN_PEOPLE
    return say(language, Phrase.AND_MORE, shown=shown, count=more) if more > 0 else shown


def short(text: str, limit: int) -> str:
    """What somebody wrote: on one line, harmless, and with its escapes at most `limit` long."""
    flat = " ".join(text.split())
    shown = escape(flat)
    if len(shown) <= limit:
        return shown
    parts, room = [], limit - 1
    for letter in flat:
        part = escape(letter)
        room -= len(part)
        if room < 0:
            break
        parts.append(part)
    return f"{''.join(parts)}…"


def prose(text: str, limit: int) -> str:
    """What somebody wrote, with its lines, harmless, and with its escapes at most `limit` long."""
    lines: list[str] = []
    room = limit
    for line in text.strip().splitlines():
        if room <= 1:
            break
        lines.append(short(line, room - 1) if line.strip() else "")
        room -= len(lines[-1]) + 1
    return "\n".join(lines)


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone, with its day unless that is today."""
    return when(at)


def labelled(language: str, term: Term, value: str) -> str:
    """A name in bold, and what it is, on one line."""
    return f"*{say(language, term)}* {value}"


def field(language: str, term: Term, value: str) -> str:
    """A field of a template: its name in bold, and below it what it is."""
    return f"*{say(language, term)}*\n{value}"


def where(incident: Incident) -> str:
    """What is affected, and in which environment; "" when nobody knows."""
    place = short(incident.environment, 60) if incident.environment else ""
    if not incident.service:
        return place
    return f"{short(incident.service, 80)} ({place})" if place else short(incident.service, 80)


def room_link(incident: Incident) -> str:
    """The channel of its own, if it has one, as a link; "" while there is none."""
    channel = incident.room.channel
    if incident.room.kind is not RoomKind.CHANNEL or not channel or not channel.isalnum():
        return ""
    return f"<#{channel}>"


def shown_ref(incident: Incident) -> str:
    """Its reference and its title, plain, for a line in a list."""
    return f"{incident.ref} · {incident.title}"
