"""Verbs about the course of an incident, and about its people."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.domain.incident_policy import Role
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Interest, Moment
from bot.domain.incidents.states import State
from bot.domain.worded import Worded, worded
from commands.flags import nearest
from commands.incidents.heard import TOO_MANY, Heard, known_name, person_of, severity_of, there_are
from commands.incidents.wishes import (
    CallWish,
    DateWish,
    EditWish,
    HandoffWish,
    PageWish,
    Plain,
    PlainWish,
    ReopenWish,
    RoleWish,
    SeverityWish,
    SnoozeWish,
    StatusWish,
    SubscribeWish,
    UpdateWish,
)
from commands.moments import BEHIND_TIMES, parse_duration, parse_past
from commands.words import Word

_USUAL_SNOOZE = timedelta(minutes=15)
_SIGNS = re.compile(r"[-_\s]+")
_INTERESTS = {"resolve": Interest.RESOLVED, **{each.value: each for each in Interest}}
_ENDS = {"close": State.CLOSED, "cancel": State.CANCELLED, "decline": State.DECLINED}


def plain(said: Heard) -> PlainWish:
    """A verb that needs nothing else."""
    said.at_most(0)
    return PlainWish(ref=said.ref, what=Plain(said.asked.verb.name))


def update(said: Heard) -> UpdateWish:
    """`[TEXT] [--eta TEXT] [--next DURATION]`."""
    later = said.asked.flags.get("next")
    return UpdateWish(
        ref=said.ref,
        text=said.text(),
        eta=said.asked.value("eta"),
        next_update=parse_duration(later) if later else None,
    )


def snooze(said: Heard) -> SnoozeWish:
    """`[DURATION]`."""
    if not said.words:
        return SnoozeWish(ref=said.ref, lasts=_USUAL_SNOOZE)
    said.at_most(1)
    return SnoozeWish(ref=said.ref, lasts=parse_duration(said.words[0]))


def status(said: Heard) -> StatusWish:
    """`[STATE] [REASON]`."""
    if not said.words:
        return StatusWish(ref=said.ref, reason=said.asked.value("reason"))
    to = _state(said.words[0], said)
    return StatusWish(ref=said.ref, to=to, reason=said.reason(said.words[1:]))


def end(said: Heard) -> StatusWish:
    """`close`, `cancel` and `decline`, each with a reason."""
    return StatusWish(ref=said.ref, to=_ENDS[said.asked.verb.name], reason=said.reason(said.words))


def severity(said: Heard) -> SeverityWish:
    """`P1..P4 [REASON]`."""
    if not said.words:
        return SeverityWish(ref=said.ref, reason=said.asked.value("reason"))
    return SeverityWish(
        ref=said.ref, to=severity_of(said.words[0], said), reason=said.reason(said.words[1:])
    )


def edit(said: Heard) -> EditWish:
    """Nothing but flags."""
    if said.words:
        raise said.wrong(said.words[0], worded("not a field"), _fields(said))
    asked, catalog = said.asked, said.source.catalog
    described = Described(
        title=asked.value("title") or None,
        summary=asked.value("summary") or None,
        impact=asked.value("impact") or None,
        service=_named(said, "service", tuple(catalog.services)),
        environment=_named(said, "environment", tuple(catalog.environments)),
    )
    return EditWish(ref=said.ref, described=described)


def date(said: Heard) -> DateWish:
    """`MOMENT TIME [--reason TEXT]`."""
    moments = [each.value for each in Moment]
    if not said.words:
        raise said.missing(worded("Which moment, and when was it?"))
    name = said.words[0]
    if name.text.lower() not in moments:
        raise said.wrong(name, worded("not a moment of an incident"), there_are(moments))
    rest = [word for word in said.words[1:] if word.text.lower() != "at"]
    if not rest:
        command = f"{said.source.command} date {name.text.lower()} 14:05"
        raise said.missing(
            worded("When was it {moment}?", moment=Moment(name.text.lower())),
            worded("For example: {example}", example=command),
        )
    words = 2 if len(rest) > 1 and rest[1].text.lower() in BEHIND_TIMES else 1
    if len(rest) > words:
        raise said.wrong(rest[words], TOO_MANY)
    time = replace(rest[0], text=" ".join(word.text for word in rest))
    return DateWish(
        ref=said.ref,
        moment=Moment(name.text.lower()),
        at=parse_past(time, said.source.now),
        reason=said.asked.value("reason"),
    )


def reopen(said: Heard) -> ReopenWish:
    """`[REASON]`."""
    return ReopenWish(ref=said.ref, reason=said.reason(said.words))


def lead(said: Heard) -> RoleWish:
    """`[@USER]`."""
    return RoleWish(ref=said.ref, role=Role.LEAD, to=_one_person(said, said.words))


def role(said: Heard) -> RoleWish:
    """`[ROLE [@USER]]`."""
    if not said.words:
        return RoleWish(ref=said.ref)
    name, roles = said.words[0], [each.value for each in Role]
    if name.text.lower() not in roles:
        hint = nearest(name.text, roles) or there_are(roles)
        raise said.wrong(name, worded("no role"), hint)
    to = _one_person(said, said.words[1:])
    return RoleWish(ref=said.ref, role=Role(name.text.lower()), to=to)


def handoff(said: Heard) -> HandoffWish:
    """`[@USER]`."""
    return HandoffWish(ref=said.ref, to=_one_person(said, said.words))


def page(said: Heard) -> PageWish:
    """`[RUNG|GROUP|@USER]`; a rung's name may have several words."""
    if not said.words:
        return PageWish(ref=said.ref)
    first = said.words[0]
    if first.goal:
        said.at_most(1)
        groups = said.source.catalog.groups.values()
        known = next((each.name for each in groups if each.usergroup == first.goal), first.goal)
        return PageWish(ref=said.ref, whom=known)
    return PageWish(ref=said.ref, whom=said.text().removeprefix("@"))


def call(said: Heard) -> CallWish:
    """`@USER…`."""
    if not said.words:
        raise said.missing(worded("Who is to be called in?"))
    people = frozenset(person_of(word, said) for word in said.words)
    return CallWish(ref=said.ref, people=people)


def subscribe(said: Heard) -> SubscribeWish:
    """`[updates|all|resolved]`."""
    said.at_most(1)
    if not said.words:
        return SubscribeWish(ref=said.ref, interest=Interest.UPDATES)
    word = said.words[0]
    found = _INTERESTS.get(word.text.lower())
    if found is None:
        known = [each.value for each in Interest]
        hint = nearest(word.text, known) or there_are(known)
        raise said.wrong(word, worded("nothing that can be subscribed to"), hint)
    return SubscribeWish(ref=said.ref, interest=found)


def _one_person(said: Heard, words: tuple[Word, ...]) -> str | None:
    if not words:
        return None
    person = person_of(words[0], said)
    if len(words) > 1:
        raise said.wrong(words[1], TOO_MANY)
    return person


def _state(word: Word, said: Heard) -> State:
    named = _SIGNS.sub("", word.text.lower())
    known = {_SIGNS.sub("", state.value): state for state in State if state is not State.MERGED}
    if named in known:
        return known[named]
    states = [state.said for state in known.values()]
    if named == State.MERGED:
        command = f"{said.source.command} merge"
        hint = worded("Type {command} with the reference of the other one.", command=command)
    else:
        hint = nearest(word.text, states) or there_are(states)
    raise said.wrong(word, worded("not a state"), hint)


def _named(said: Heard, flag: str, known: tuple[str, ...]) -> str | None:
    word = said.asked.flags.get(flag)
    return known_name(flag, word, word.text, known) if word else None


def _fields(said: Heard) -> Worded:
    flags = tuple(f"--{flag.name}" for flag in said.asked.verb.flags)
    return worded("Say which field, by its flag: {flags}.", flags=flags)
