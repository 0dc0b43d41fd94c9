"""Surface by surface: whoever is not in a private incident reads no word of what it is about.

Max is the outsider. Dana, Sam and Olivia fill the incident with words that nobody else may see; a
second incident, which everybody sees, shows that a surface was not merely empty.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import samples
from engine import Bench, bench_of, identity
from incident_samples import CHANNEL, incident_policy
from samples import DANA, MAX, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.slack.rendering import rendered
from bot.domain.errors import SignalboxError, UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Incident, Interest, Relation, TaskKind
from bot.domain.incidents.messages import DirectWord, FiguresPicture, PostMortemFile, Word
from bot.domain.message import Entry, Message, Notice
from bot.ports import Search
from bot.routes import CommandNames, build_router
from bot.usecases.incidents.responding import Draft
from bot.usecases.local_people import LocalPeople, local_identity
from bot.views.incidents.exports import as_csv, as_json
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from bot.views.incidents.verbs import INCIDENT_VERBS
from commands.incoming import Click, Command, HomeOpened, Incoming, Submission
from commands.replies import (
    FieldErrors,
    Later,
    Nothing,
    OpenModal,
    PublishHome,
    PushModal,
    Reply,
    Say,
    UpdateModal,
)

# Every text of the private incident has this word, and its channel's name would have it, too.
WORD = "zebrafish"
UNKNOWN = "INC-2026-999"
NAMES = CommandNames(deploy="/deploy", rollback="/rollback", status="/status", incident="/incident")
PUBLIC = Wish(title="Checkout answers 500s", severity=Severity.P1, service="api")
SECRET = Wish(
    title=f"{WORD} keys have leaked",
    severity=Severity.P1,
    service="api",
    summary=f"{WORD} summary",
    impact=f"{WORD} impact",
    dedup_key="the-same-alert",
)


@dataclass(kw_only=True)
class Outside:
    """What an outsider can do, and everything that came back.

    `unheard` is what was typed and not understood: it says nothing about what would be answered.
    """

    bench: Bench
    memory: Connections
    public: Incident
    secret: Incident
    say: Callable[[Incoming], Awaitable[Reply]]
    count: int = 0
    read: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)

    async def ask(self, incoming: Incoming) -> None:
        """Say something, and read all of the answer, or why there is none."""
        try:
            self.read.append(await _whole(await self.say(incoming)))
        except SignalboxError as error:
            self.read.append(f"{error} {getattr(error, 'hint', '')}")
            if isinstance(incoming, Command) and isinstance(error, UsageError):
                self.unheard.append(f"{incoming.name} {incoming.text}: {error}")

    async def type(self, text: str, channel: str = "C1") -> None:
        """A command."""
        name, _, rest = text.partition(" ")
        self.count += 1
        command = Command(
            identity=identity(MAX), channel=channel, name=name, text=rest, trigger=f"{self.count}.x"
        )
        await self.ask(command)

    async def now(self) -> Incident:
        """The private incident as it is stored."""
        incidents = self.bench.use_cases.incidents.sight.incidents
        return (await incidents.incident(self.secret.ref)).value

    async def channels(self) -> list[str]:
        """Where messages wait to be delivered."""
        found = await self.memory.commands.keys(keys.outbox("*"))
        return sorted(key.removeprefix(keys.outbox("")) for key in found)

    async def waiting(self) -> list[Message]:
        """What waits in all of them."""
        rows = [
            row
            for channel in await self.channels()
            for row in await self.memory.commands.lrange(keys.outbox(channel), 0, -1)
        ]
        return [Entry.model_validate_json(row).message for row in rows]

    async def press(self, action: A, value: str) -> None:
        """A button, whose value may be made up."""
        self.count += 1
        click = Click(
            identity=identity(MAX),
            channel="C1",
            action=action,
            value=value,
            trigger=f"{self.count}.x",
        )
        await self.ask(click)


async def _whole(reply: Reply) -> str:
    """All that somebody gets to see by an answer, also what comes later."""
    match reply:
        case Say(rendered=said):
            return _json(said.blocks) + said.text
        case Later(first=first, job=job):
            last = await job()
            return _json(first.blocks) + _json(last.blocks) + last.text
        case OpenModal(view=view, fill=fill) | PushModal(view=view, fill=fill):
            return _json(view) + (_json(await fill()) if fill else "")
        case UpdateModal(view=view, fill=fill):
            return _json(view) + (_json(await fill()) if fill else "")
        case PublishHome(job=job):
            return _json(await job())
        case FieldErrors(errors=errors):
            return _json(dict(errors))
        case Nothing():
            return ""
        case _:
            return repr(reply)


def _json(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False, default=str)


async def _fill_with_words(bench: Bench, secret: Incident) -> None:
    """Everything that has a text gets one."""
    cases, dana, ref = bench.use_cases.incidents, identity(DANA), secret.ref
    await cases.crew.call_in(dana, ref, frozenset({SAM}))
    await cases.responding.ack(identity(SAM), ref)
    await cases.responding.update(dana, ref, Draft(progress=f"{WORD} progress", eta=f"{WORD} eta"))
    await cases.records.note(dana, ref, f"{WORD} note", once="note")
    await cases.records.task(dana, ref, TaskKind.TASK, f"{WORD} task", once="task")
    await cases.records.task(dana, ref, TaskKind.FOLLOW_UP, f"{WORD} later", once="later")
    await cases.records.link(dana, ref, f"{WORD} link", f"https://{WORD}.example/", once="link")
    await cases.responding.severity(identity(SAM), ref, Severity.P2, f"{WORD} reason")


@pytest.fixture(params=["private from the start", "made private later"])
async def outside(request: pytest.FixtureRequest, memory: Connections) -> AsyncIterator[Outside]:
    """A private incident full of words, and a public one."""
    catalog = samples.catalog().model_copy(update={"incidents": incident_policy(ladder=())})
    async with bench_of(memory, catalog) as bench:
        cases = bench.use_cases.incidents
        later = request.param == "made private later"
        wish = SECRET.model_copy(update={"private": not later})
        secret = (await cases.declaring.declare(identity(DANA), wish, once="secret")).incident
        if later:
            while await cases.rooming.tick(secret.ref):
                pass
            await cases.crew.subscribe(identity(MAX), secret.ref, Interest.ALL)
            await cases.relations.make_private(identity(DANA), secret.ref)
            for channel in [CHANNEL, catalog.deploys_channel]:
                await bench.delivery.empty(channel)
            bench.board.scenes.clear()
        while await cases.rooming.tick(secret.ref):
            pass
        await _fill_with_words(bench, secret)
        public = (await cases.declaring.declare(identity(MAX), PUBLIC, once="public")).incident
        relate = cases.relations.relate
        await relate(identity(DANA), secret.ref, public.ref, Relation.RELATED)
        router = build_router(catalog, NAMES, bench.use_cases, bench.people)
        secret = (await cases.sight.incidents.incident(secret.ref)).value
        yield Outside(bench=bench, memory=memory, public=public, secret=secret, say=router.answer)


def clean(outside: Outside, *texts: str) -> bool:
    """Whether no word of it is in what was read."""
    told = "\n".join((*outside.read, *texts)).casefold()
    return WORD not in told


# ── What can be typed ────────────────────────────────────────────────────────────────────────────

LISTS = (
    "/incident",
    "/incident list",
    "/incident list closed",
    "/incident list all",
    "/incident list all --service api",
    "/incident search keys leaked",
    "/incident metrics",
    "/incident metrics api",
    "/incident metrics --chart",
    "/status",
    "/status api",
    "/deploy",
    "/deploy api v1.2.0 production",
    "/deploy plan api v1.2.0 production",
    "/deploy status api production",
    "/deploy history api production",
    "/rollback api production",
    f"/incident P1 service:api {SECRET.title.replace(WORD, 'other')}",
    # Of what everybody sees, and what has to do with it.
    "/incident show {public}",
    "/incident {public}",
    "/incident export {public}",
    "/incident export {public} --format json",
    "/incident export {public} --format csv",
    "/incident deploys {public}",
    "/incident resolve {public}",
    "/incident runbook {public}",
)


async def test_no_list_has_a_word_of_it(outside: Outside) -> None:
    for text in LISTS:
        await outside.type(text.format(public=outside.public.ref))
    found = dict(zip(LISTS, outside.read, strict=True))
    assert [text for text, told in found.items() if WORD in told.casefold() or not told] == []
    assert outside.unheard == []


async def test_a_search_for_its_very_word_finds_as_little_as_any_other(outside: Outside) -> None:
    other = "wildebeest"
    await outside.type(f"/incident search {WORD}")
    await outside.type(f"/incident search {other}")
    assert outside.read[0].replace(WORD, other) == outside.read[1]
    assert outside.unheard == []


# Verbs that are about no incident that there is.
NAMELESS = {"declare", "drill", "list", "search", "metrics"}
# With their forms, which an empty verb opens.
VERBS = (
    "",
    "show",
    "ack",
    "accept",
    "decline It is none",
    "resolve",
    "update",
    "update Something",
    "status",
    "status monitoring",
    "severity",
    "severity P3 because",
    "edit",
    "edit --title Another",
    "date occurred 10m ago",
    "reopen",
    "reopen because it is back",
    "cancel",
    "cancel it was a test",
    "close",
    "close it is done",
    "snooze 15m",
    "note",
    "note Something",
    "task",
    "task Something",
    "task done T1",
    "task own T1",
    "followup",
    "followup Something",
    "followup done F1",
    "checklist",
    "runbook",
    "runbook checkout",
    "runbook search checkout",
    "lead",
    "lead {me}",
    "role",
    "role comms",
    "role scribe {me}",
    "handoff",
    "handoff {me}",
    "page",
    "page Primary",
    "page {me}",
    "escalate",
    "call {me}",
    "join",
    "subscribe",
    "subscribe all",
    "unsubscribe",
    "export",
    "export --format json",
    "export --format csv",
    "postmortem",
    "postmortem draft",
    "postmortem publish https://elsewhere.example/",
    "deploys",
    "freeze",
    "freeze --for 2h",
    "thaw",
    "private",
    "repair",
    "room",
    "convert",
    "merge {public}",
    "relate {public}",
    "sub A part of it",
    "link https://elsewhere.example/",
    "link deploy D-7F3K2",
    "link incident {public}",
    "rollback",
    "rollback D-7F3K2",
)


def test_every_verb_about_an_incident_is_among_them() -> None:
    assert {verb.split(" ")[0] for verb in VERBS} - {""} == set(INCIDENT_VERBS) - NAMELESS


async def test_every_verb_answers_as_for_an_incident_that_there_is_not(outside: Outside) -> None:
    before, different = outside.secret, []
    for verb in VERBS:
        text = verb.format(public=outside.public.ref, me=f"<@{MAX}>")
        first, _, rest = text.partition(" ")
        outside.read.clear()
        await outside.type(f"/incident {first} {before.ref} {rest}".strip())
        await outside.type(f"/incident {first} {UNKNOWN} {rest}".strip())
        hidden, unknown = outside.read
        if hidden.replace(before.ref, UNKNOWN) != unknown or not clean(outside):
            different.append((verb, hidden, unknown))
    assert different == []
    assert outside.unheard == []
    assert await outside.now() == before


async def test_its_very_channel_gives_no_word_of_it_to_who_is_not_in_it(outside: Outside) -> None:
    """As somebody could type there who came in by another way than the bot knows of."""
    room, told = outside.secret.room.channel or "", []
    for verb in VERBS:
        outside.read.clear()
        typed = verb.format(public=outside.public.ref, me=f"<@{MAX}>")
        await outside.type(f"/incident {typed}".strip(), room)
        if not clean(outside) or await outside.now() != outside.secret:
            told.append((verb, outside.read))
    assert told == []


@pytest.mark.parametrize("verb", ["merge", "relate"])
async def test_nothing_is_joined_with_what_is_hidden(outside: Outside, verb: str) -> None:
    await outside.type(f"/incident {verb} {outside.public.ref} {outside.secret.ref}")
    await outside.type(f"/incident {verb} {outside.public.ref} {UNKNOWN}")
    assert outside.read[0].replace(outside.secret.ref, UNKNOWN) == outside.read[1]
    assert clean(outside)


# ── What can be pressed, and made up ─────────────────────────────────────────────────────────────


MADE_UP = ("", ":1", ":lead", ":checklist:created", ":t-1", ":15", f":{MAX}", ":" + "9" * 400)


async def test_no_button_gives_it_away_or_changes_it(outside: Outside) -> None:
    """Whatever its value is made up to be."""
    told = []
    for action in sorted(A):
        for more in MADE_UP:
            outside.read.clear()
            await outside.press(action, f"{outside.secret.ref}{more}")
            if not clean(outside) or await outside.now() != outside.secret:
                told.append((action, more, outside.read))
    assert told == []


async def test_asking_for_access_tells_nobody_which_references_exist(outside: Outside) -> None:
    """Whoever leads is asked; who asked reads the same as for a reference that was made up."""
    for ref in (outside.secret.ref, UNKNOWN):
        await outside.press(A.ASK_ACCESS, ref)
    hidden, unknown = outside.read
    assert hidden == unknown
    words = [message for message in await outside.waiting() if isinstance(message, DirectWord)]
    asked = [(each.incident, each.by) for each in words if each.word is Word.ACCESS]
    assert asked == [(outside.secret.ref, MAX)]


async def test_no_form_gives_it_away_or_changes_it(outside: Outside) -> None:
    values = {
        F.STATE: "monitoring",
        F.SEVERITY: "P3",
        F.ROLE: Role.LEAD.value,
        F.PERSON: MAX,
        F.PROGRESS: "Going on.",
        F.REASON: "It is nothing, is it?",
        F.ROOT_CAUSE: "None.",
        F.RESOLUTION: "None.",
        F.TITLE: "Another title",
        F.TEXT: "A text",
        F.DEPLOY: "D-1",
    }
    told = []
    for callback in sorted(set(C) - {C.DECLARE}):
        for more in ("C1", "task:C1", "cancelled:C1"):
            submission = Submission(
                identity=identity(MAX),
                callback=callback,
                private=f"{outside.secret.ref}:{more}",
                values={name.value: value for name, value in values.items()},
                view="V1",
            )
            outside.read.clear()
            await outside.ask(submission)
            if not clean(outside) or await outside.now() != outside.secret:
                told.append((callback, more, outside.read))
    assert told == []


# ── What is shown without being asked for ────────────────────────────────────────────────────────


async def test_the_home_tab_and_its_pages_have_no_word_of_it(outside: Outside) -> None:
    await outside.ask(HomeOpened(identity=identity(MAX)))
    assert outside.public.title in outside.read[0]
    assert clean(outside)


async def test_everything_that_is_delivered_elsewhere_has_no_word_of_it(outside: Outside) -> None:
    """Channels, direct messages, the paging service: all but its own room and its own people."""
    bench, cases = outside.bench, outside.bench.use_cases.incidents
    await cases.responding.resolve(identity(SAM), outside.secret.ref, f"{WORD} why", f"{WORD} how")
    await cases.records.draft(identity(DANA), outside.secret.ref)
    own = {outside.secret.room.channel, DANA, SAM}
    for channel in await outside.channels():
        if not channel.startswith("@"):
            await bench.delivery.empty(channel)
    texts = []
    for entry, scene in bench.board.scenes.values():
        if entry.channel in own or isinstance(entry.message, PostMortemFile | FiguresPicture):
            continue
        texts.append(_json(rendered(entry, scene, cases.transitions.policy).blocks))
    assert texts
    assert [text for text in texts if WORD in text.casefold()] == []


async def test_what_forbids_deploys_and_what_is_said_of_it_have_no_word(outside: Outside) -> None:
    bench = outside.bench
    freezes = (await bench.store.restrictions()).value.freezes
    assert freezes
    assert clean(outside, *(each.model_dump_json() for each in freezes))
    said = [entry.message for entry, _ in bench.board.scenes.values()]
    assert clean(outside, *(each.model_dump_json() for each in said if isinstance(each, Notice)))


async def test_what_a_deploy_shows_of_its_surroundings_has_no_word(outside: Outside) -> None:
    around = await outside.bench.use_cases.fixes.around(list(outside.bench.catalog.targets()))
    found = {each.ref for some in around.values() for each in some}
    assert found == {outside.public.ref}


# ── Ways that are not Slack ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["api", "cli"])
async def test_neither_the_api_nor_the_command_line_sees_it(outside: Outside, way: str) -> None:
    """To command is not to see."""
    cases = outside.bench.use_cases.incidents
    people = LocalPeople(people=outside.bench.people, groups=frozenset({"sre"}))
    sight = replace(cases.sight, directory=people)
    archive = replace(cases.archive, sight=sight)
    who = local_identity(way, "somebody")
    found = await archive.browse(who, Search())
    assert [each.ref for each in found.incidents] == [outside.public.ref]
    records = await archive.export(who, Search())
    assert clean(outside, as_csv([each.incident for each in records]))
    assert clean(outside, as_json([(each.incident, each.lines) for each in records]))
    report = await archive.metrics(who, None, 30)
    assert report.whole.count == 1
    again = PUBLIC.model_copy(update={"dedup_key": SECRET.dedup_key})
    declaring = replace(cases.declaring, sight=sight)
    known = await declaring.declare(who, again, once="again")
    assert known.known
    assert clean(outside, known.incident.model_dump_json())


async def test_the_audit_log_has_nothing_that_was_said_since_it_is_private(
    outside: Outside,
) -> None:
    entries = await outside.bench.store.audit_of(outside.bench.clock.now().date())
    hidden = next((place for place, each in enumerate(entries) if each.action == "MadePrivate"), -1)
    assert [each for each in entries[hidden + 1 :] if WORD in each.detail.casefold()] == []


async def test_what_was_public_is_described_anew_without_telling(outside: Outside) -> None:
    """A subscriber of the time before hears nothing of it any more."""
    cases = outside.bench.use_cases.incidents
    described = Described(title=f"{WORD} keys are safe", service="auth")
    await cases.responding.describe(identity(DANA), outside.secret.ref, described)
    outside.bench.clock.move(timedelta(minutes=1))
    waiting = await outside.channels()
    assert MAX not in waiting
