"""Verbs about what is written down in an incident, and about what belongs to it."""

import re
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import UsageError
from bot.domain.incidents.incident import TaskKind
from bot.domain.incidents.naming import parse_reference
from bot.domain.worded import worded
from commands.incidents.heard import (
    ADDRESS,
    EXAMPLE,
    TOO_MANY,
    Heard,
    leading_reference,
    person_of,
)
from commands.incidents.wishes import (
    ChecklistWish,
    FreezeWish,
    LinkKind,
    LinkWish,
    MergeWish,
    NoteWish,
    RelateWish,
    RollbackWish,
    RunbookWish,
    TaskVerb,
    TaskWish,
)
from commands.moments import BEHIND_TIMES, like_past, parse_duration, parse_past
from commands.words import Word

# As ids of deploys are made: Crockford's base 32, without I, L, O and U.
DEPLOY_ID = re.compile(r"D-[0-9A-HJKMNP-TV-Z]{5}", re.IGNORECASE | re.ASCII)
_TASK_ID = re.compile(r"[TF][0-9]{1,4}", re.IGNORECASE | re.ASCII)
_KINDS = {"task": TaskKind.TASK, "followup": TaskKind.FOLLOW_UP}
_WHICH = {
    "deploy": worded("Which deploy?"),
    "incident": worded("Which incident?"),
    "alert": worded("Which alert?"),
}
_AT = "at"
_SEARCH = "search"


def note(said: Heard) -> NoteWish:
    """`TEXT [at TIME] [--at TIME]`."""
    flag = said.asked.flags.get("at")
    if flag is not None:
        return NoteWish(ref=said.ref, text=said.text(), at=parse_past(flag, said.source.now))
    words, time = _timed(said.words)
    return NoteWish(ref=said.ref, text=said.text(words), at=_past(time, said) if time else None)


def _timed(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], Word | None]:
    """The words without an `at 14:05`, `at 14:05 UTC` or `at 10m ago` at their end, and that time,
    whether it can be one or not.
    """
    if any(word.quoted for word in words[-3:]):
        return words, None
    match words:
        case (_, *_, at, time) if at.text.lower() == _AT and like_past(time.text):
            return words[:-2], time
        case (_, *_, at, time, more) if at.text.lower() == _AT and like_past(time.text):
            if more.text.lower() in BEHIND_TIMES:
                return words[:-3], replace(time, text=f"{time.text} {more.text}")
        case _:
            pass
    return words, None


def _past(time: Word, said: Heard) -> datetime:
    """When it was. Raises `UsageError`, for a note with another time than the one that was meant
    misleads whoever reads it later.
    """
    try:
        return parse_past(time, said.source.now)
    except UsageError as error:
        hint = worded(
            "{hint} Where it is a part of the text, put that in quotes.", hint=error.advice
        )
        raise UsageError(error.said, hint=hint) from error


def task(said: Heard) -> TaskWish:
    """`TEXT`, `add TEXT`, `list`, `done ID`, `own ID [@USER]`; without anything, all of them."""
    kind = _KINDS[said.asked.verb.name]
    if not said.words:
        return TaskWish(ref=said.ref, kind=kind, do=TaskVerb.LIST)
    first, rest = said.words[0], said.words[1:]
    word = "" if first.quoted else first.text.lower()
    if word == TaskVerb.LIST and not rest:
        return TaskWish(ref=said.ref, kind=kind, do=TaskVerb.LIST)
    if word in {TaskVerb.DONE, TaskVerb.OWN}:
        return _about_one(said, kind, TaskVerb(word))
    added = rest if word == TaskVerb.ADD else said.words
    if not added:
        raise said.missing(worded("What is to be done?"))
    return TaskWish(ref=said.ref, kind=kind, do=TaskVerb.ADD, text=said.text(added))


def _about_one(said: Heard, kind: TaskKind, do: TaskVerb) -> TaskWish:
    verb, command = said.asked.verb.name, said.source.command
    rest = said.words[1:]
    example = "F1" if kind is TaskKind.FOLLOW_UP else "T1"
    if not rest:
        hint = worded(
            "For example: {example}. {command} list shows all.",
            example=f"{command} {verb} {do} {example}",
            command=f"{command} {verb}",
        )
        raise said.missing(worded("Which one?"), hint)
    if not _TASK_ID.fullmatch(rest[0].text):
        hint = worded(
            "To add that text, type: {command}", command=f"{command} {verb} add {said.text()}"
        )
        what = worded("not the id of one, such as {example}", example=example)
        raise said.wrong(rest[0], what, hint)
    owner = person_of(rest[1], said) if do is TaskVerb.OWN and len(rest) > 1 else None
    said.at_most(3 if owner else 2)
    return TaskWish(ref=said.ref, kind=kind, do=do, text=rest[0].text.upper(), owner=owner)


def checklist(said: Heard) -> ChecklistWish:
    """`[NAME]`."""
    said.at_most(1)
    return ChecklistWish(ref=said.ref, name=said.words[0].text.lower() if said.words else "")


def runbook(said: Heard) -> RunbookWish:
    """`[NAME|WORDS]`, `search WORDS`, `list`."""
    if not said.words:
        return RunbookWish(ref=said.ref)
    first, rest = said.words[0], said.words[1:]
    word = "" if first.quoted else first.text.lower()
    if word == _SEARCH:
        if not rest:
            raise said.missing(worded("Which words should it have?"))
        return RunbookWish(ref=said.ref, text=said.text(rest), search=True)
    if word == TaskVerb.LIST and not rest:
        return RunbookWish(ref=said.ref)
    return RunbookWish(ref=said.ref, text=said.text())


def link(said: Heard) -> LinkWish:
    """`deploy ID`, `incident INC`, `[alert] URL [TITLE]`."""
    if not said.words:
        raise said.missing(worded("What belongs to it?"))
    first, rest = said.words[0], said.words[1:]
    kind = first.text.lower()
    if kind in _WHICH and not rest:
        raise said.missing(_WHICH[kind])
    if kind == "deploy":
        said.at_most(2)
        return LinkWish(ref=said.ref, kind=LinkKind.DEPLOY, target=_deploy(rest[0], said))
    if kind == "incident":
        said.at_most(2)
        return LinkWish(ref=said.ref, kind=LinkKind.INCIDENT, target=_reference(rest[0], said))
    about = said.words if kind != "alert" else rest
    if DEPLOY_ID.fullmatch(about[0].text) and kind != "alert":
        said.at_most(1)
        return LinkWish(ref=said.ref, kind=LinkKind.DEPLOY, target=about[0].text.upper())
    address = about[0].goal or about[0].text
    if not ADDRESS.fullmatch(address):
        raise said.wrong(about[0], worded("neither an address nor a deploy"))
    title = said.text(about[1:]) or ("Alert" if kind == "alert" else "")
    return LinkWish(ref=said.ref, kind=LinkKind.URL, target=address, title=title)


def rollback(said: Heard) -> RollbackWish:
    """`[ID]`."""
    said.at_most(1)
    if not said.words:
        return RollbackWish(ref=said.ref)
    return RollbackWish(ref=said.ref, deploy=_deploy(said.words[0], said))


def freeze(said: Heard) -> FreezeWish:
    """`[--for DURATION]`."""
    said.at_most(0)
    lasts = said.asked.flags.get("for")
    return FreezeWish(ref=said.ref, lasts=parse_duration(lasts) if lasts else None)


def merge(said: Heard) -> MergeWish:
    """`[INC] INTO`: the last reference is the one that goes on."""
    ref, other = _two(said)
    return MergeWish(ref=ref, into=other)


def relate(said: Heard) -> RelateWish:
    """`[INC] OTHER`."""
    ref, other = _two(said)
    return RelateWish(ref=ref, other=other)


def _two(said: Heard) -> tuple[str, str]:
    """The incident that is meant ("": that of the channel), and the other one."""
    rest = tuple(word for word in said.words if word.text.lower() not in {"into", "to", "with"})
    if not rest:
        hint = worded("Name it by its reference, such as {example}.", example=EXAMPLE)
        raise said.missing(worded("With which incident?"), hint)
    first, rest = _reference(rest[0], said), rest[1:]
    if not rest:
        return said.ref, first
    second, left = leading_reference(rest)
    if said.ref or not second or left:
        extra = rest[0] if said.ref or not second else left[0]
        raise said.wrong(extra, TOO_MANY)
    return first, second


def _reference(word: Word, said: Heard) -> str:
    found = parse_reference(word.text)
    if found is None:
        hint = worded("References look like {example}.", example=EXAMPLE)
        hint = worded("{one} {other}", one=hint, other=said.usage)
        raise said.wrong(word, worded("not the reference of an incident"), hint)
    return found


def _deploy(word: Word, said: Heard) -> str:
    if not DEPLOY_ID.fullmatch(word.text):
        hint = worded("Ids of deploys look like D-7F3K2; their cards show them.")
        raise said.wrong(word, worded("not the id of a deploy"), hint)
    return word.text.upper()
