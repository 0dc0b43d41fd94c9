"""What follows the command for incidents: a verb of the table of verbs, or a title to declare.

An incident may be named before the verb or after it; without a name it is that of the channel.
Whoever is in a hurry and just says what is wrong has declared it.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.catalog import Catalog
from bot.domain.errors import UsageError
from bot.domain.worded import Worded, worded
from bot.views.incidents.help import ALL
from bot.views.incidents.verbs import ALIASES, INCIDENT, INCIDENT_VERBS
from bot.views.verbs import HELP_WORDS
from commands.flags import at
from commands.grammar import Help
from commands.incidents import archive_grammar as archive
from commands.incidents import course_grammar as course
from commands.incidents import record_grammar as record
from commands.incidents.declaration import as_drill, declaration_of, declared_of
from commands.incidents.heard import Heard, Source, heard, leading_reference
from commands.incidents.wishes import (
    Declaration,
    DrillWish,
    IncidentWish,
    Plain,
    PlainWish,
    SubWish,
)
from commands.words import Word, split, typed

_DECLARE, _PRIVATE = "declare", "private"
# Verbs that are about no incident that there is.
_NAMELESS = frozenset({_DECLARE, "drill", "list", "search", "metrics"})
# Verbs that take two references, and sort them out themselves.
_TWO = frozenset({"merge", "relate"})
# Verbs that take a text.
_FREE = frozenset(
    {_DECLARE, "drill", "sub", "update", "note", "task", "followup", "reopen", "search", "link"}
    | {"runbook", "status", "severity", "close", "cancel", "decline"}
)
# How near a word must be to a verb to be a slip, and how long: short words are near to anything.
_NEAR, _SHORTEST = 0.8, 4
_HELP, _NEAR_HELP = "help", 0.7
_LONG = 200


def parse_incident(text: str, command: str, catalog: Catalog, now: datetime) -> IncidentWish | Help:
    """Parse everything that may follow the command for incidents.

    Raises `UsageError` for what cannot be understood, with its place and what to type instead.
    """
    source = Source(text=text, command=command, catalog=catalog, now=now)
    ref, words = leading_reference(split(text, strict=False))
    if not words:
        return PlainWish(ref=ref, what=Plain.PANEL)
    if _asks_help(words):
        return Help(_about(words[1]) if len(words) > 1 else "")
    name = _verb_of(words[0])
    rest = words[1:]
    if name and (any(word.flag and word.text == "help" for word in rest) or _only_help(rest)):
        return Help(name)
    if name == _PRIVATE and rest and not ref and not leading_reference(rest)[0]:
        return declared_of(heard(source, INCIDENT, words, "", free=True))
    if not name:
        return _title(source, ref, words)
    if ref and name in _NAMELESS:
        raise UsageError(
            "“{word}” {place} is not about one incident.",
            hint="Leave {ref} away.",
            word=words[0].text,
            place=at(words[0]),
            ref=ref,
        )
    if not ref and name not in _NAMELESS | _TWO:
        ref, rest = leading_reference(rest)
    said = heard(source, INCIDENT_VERBS[name], rest, ref, free=name in _FREE)
    return VERBS[name](said)


def _verb_of(word: Word) -> str:
    """The verb that a word is, by its name in the table; "" when it is none."""
    if word.quoted or word.flag:
        return ""
    name = word.text.lower()
    name = ALIASES.get(name, name)
    return name if name in INCIDENT_VERBS else ""


def _asks_help(words: Sequence[Word]) -> bool:
    """Whether it is asked how the command, or one verb of it, is used; “help desk is down” is not.

    A flag for help that comes later is about the verb in front of it.
    """
    first = words[0]
    if first.flag:
        return first.text == "help"
    if first.quoted or first.text.lower() not in HELP_WORDS:
        return False
    _, *about = words
    return not about or (len(about) == 1 and bool(_about(about[0])))


def _about(word: Word) -> str:
    """What help is asked about: a verb, or all of them; "" when it is neither."""
    return ALL if word.text.lower() == ALL and not word.quoted else _verb_of(word)


def _only_help(words: Sequence[Word]) -> bool:
    return len(words) == 1 and not words[0].quoted and words[0].text.lower() in HELP_WORDS


def _title(source: Source, ref: str, words: tuple[Word, ...]) -> Declaration | DrillWish:
    """A declaration without its verb. Raises `UsageError` for what is more likely a slip."""
    first = words[0]
    near = _near(words)
    if ref:
        known = worded("{command} help shows all.", command=source.command)
        raise _unknown_verb(first, _meant(near) if near else known)
    alone = len(words) == 1 and not first.quoted and ":" not in first.text and not first.flag
    slip = bool(near) and not first.quoted and not first.flag and len(first.text) >= _SHORTEST
    if slip or (alone and not _begins_declaration(first)):
        raise _no_verb(source, first, near)
    return declared_of(heard(source, INCIDENT, words, "", free=True))


def _near(words: Sequence[Word]) -> list[str]:
    """The verb that the first word may be a slip of. One that asks for help may be less like it:
    it stands alone, or before a verb, and nothing that is wrong is called so.
    """
    first, *others = words
    word = first.text.lower()
    near = difflib.get_close_matches(word, (*INCIDENT_VERBS, *ALIASES), n=1, cutoff=_NEAR)
    if near or len(others) > 1 or (others and not _about(others[0])):
        return near
    return difflib.get_close_matches(word, (_HELP,), n=1, cutoff=_NEAR_HELP)


def _begins_declaration(word: Word) -> bool:
    """Whether a word alone is enough to know that something is to be declared."""
    return word.text.upper() in {"P1", "P2", "P3", "P4"} or not word.text.isascii()


def _no_verb(source: Source, first: Word, near: Sequence[str]) -> UsageError:
    title = " ".join(typed(source.text).split())
    command = f"{source.command} declare"
    declares = worded(
        "To declare an incident of this title, type {command}", command=f"{command} {title}"
    )
    if len(title) > _LONG:
        declares = worded("To declare an incident, begin with {command}", command=command)
    if near:
        declares = worded("{one} {other}", one=_meant(near), other=declares)
    return _unknown_verb(first, declares)


def _unknown_verb(word: Word, hint: Worded) -> UsageError:
    return UsageError(
        "There is no verb “{word}” {place}.", hint=hint, word=word.text, place=at(word)
    )


def _meant(near: Sequence[str]) -> Worded:
    return worded("Did you mean {options}?", options=near[0])


def _sub(said: Heard) -> SubWish:
    """`[INC] [P1..P4] TITLE`."""
    declaration = declaration_of(said)
    if not declaration.title:
        raise said.missing(worded("What is the part about?"))
    return SubWish(ref=said.ref, declaration=declaration)


VERBS: Mapping[str, Callable[[Heard], IncidentWish]] = MappingProxyType(
    {
        _DECLARE: declared_of,
        "drill": lambda said: DrillWish(declaration=as_drill(declaration_of(said))),
        "sub": _sub,
        **{each.value: course.plain for each in Plain if each is not Plain.PANEL},
        "update": course.update,
        "snooze": course.snooze,
        "status": course.status,
        **dict.fromkeys(("close", "cancel", "decline"), course.end),
        "severity": course.severity,
        "edit": course.edit,
        "date": course.date,
        "reopen": course.reopen,
        "lead": course.lead,
        "role": course.role,
        "handoff": course.handoff,
        "page": course.page,
        "call": course.call,
        "subscribe": course.subscribe,
        "note": record.note,
        **dict.fromkeys(("task", "followup"), record.task),
        "checklist": record.checklist,
        "runbook": record.runbook,
        "link": record.link,
        "rollback": record.rollback,
        "freeze": record.freeze,
        "merge": record.merge,
        "relate": record.relate,
        "list": archive.listed,
        "search": archive.search,
        "postmortem": archive.postmortem,
        "export": archive.export,
        "metrics": archive.metrics,
    }
)
