"""What incidents say, as it arrives in the local workspace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from fakes import VirtualClock
from incident_samples import (
    checklist_procedure,
    incident,
    incident_policy,
    new_room,
    page,
    status_update,
)
from installed import installed
from samples import DANA, NOW, SAM

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.model import Channel, Message
from adapters.local.workspace.seed import BOT, INCIDENTS
from adapters.local.workspace.server import Workspace
from adapters.slack.channels import SlackChannels
from adapters.slack.notifier import SlackNotifier
from bot.domain.errors import NotFound, SlackRefused, SlackUnavailable
from bot.domain.incidents.messages import (
    DirectWord,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentResolved,
    IncidentSaid,
    IncidentUpdate,
    MaintenanceCard,
    MaintenanceOverdue,
    OutsidePage,
    PostMortemFile,
    ProcedureCard,
    Word,
)
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.maintenance import MaintenanceRun
from bot.domain.message import Entry, entry_of
from bot.domain.placement import MessageRef
from bot.ports import Scene

POLICY = incident_policy(channel="#incidents")
OPEN = incident(updates=(status_update(),))
REF = OPEN.ref
RUN = MaintenanceRun(
    id="M-daily-20261121T0900",
    rule="daily",
    channel="#incidents",
    procedure=checklist_procedure(id="daily", title="Daily checks"),
    posted=NOW,
    due=NOW + timedelta(hours=8),
)
IN_A_ROOM: tuple[IncidentMessage, ...] = (
    IncidentCard(incident=REF),
    IncidentBroadcast(incident=REF),
    IncidentNote(incident=REF, said=IncidentSaid.ACKED, by=SAM),
    IncidentUpdate(incident=REF, number=1),
    ProcedureCard(incident=REF, procedure="checklist"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A notifier and the workspace that it writes into."""

    workspace: Workspace
    notifier: SlackNotifier

    def said(self, channel: Channel) -> list[Message]:
        """The bot's own messages."""
        return [each for each in channel.messages.values() if each.user == BOT]

    @property
    def incidents(self) -> Channel:
        """The channel for all incidents."""
        return self.workspace.model.channels[INCIDENTS]

    def direct(self, user: str) -> Channel:
        """What the bot has written to somebody."""
        channels = self.workspace.model.channels.values()
        return next(each for each in channels if each.im_user == user)


@asynccontextmanager
async def desk_without(*scopes: str) -> AsyncIterator[Desk]:
    """A workspace that has not granted these permissions."""
    clock = VirtualClock()
    async with installed(clock, frozenset(scopes)) as (workspace, client):
        notifier = SlackNotifier(
            client=client,
            channels=SlackChannels(client=client, clock=clock),
            clock=clock,
            policy=POLICY,
        )
        yield Desk(workspace=workspace, notifier=notifier)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A workspace that has granted everything."""
    async with desk_without() as opened:
        yield opened


def entry(message: IncidentMessage, channel: str = "#incidents", number: int = 1) -> Entry:
    """A message on its way."""
    return entry_of(f"01ENTRY{number}", channel, message)


ABOUT = {Word.PAGED: "P1", Word.DUTIES: "lead", Word.UPDATE: "1", Word.NO_ROOM: "channel"}


def word(to: str = SAM, what: Word = Word.PAGED) -> Entry:
    """Something that one person is told."""
    about = ABOUT.get(what, "")
    return entry(DirectWord(incident=REF, to=to, word=what, about=about, by=DANA), to)


SCENE = Scene(incident=OPEN)


@pytest.mark.parametrize("message", IN_A_ROOM, ids=lambda message: message.kind)
async def test_every_message_is_posted_with_text_and_blocks(
    desk: Desk, message: IncidentMessage
) -> None:
    place = await desk.notifier.show(entry(message), SCENE, None, None)

    (said,) = desk.said(desk.incidents)
    assert place == MessageRef(channel=INCIDENTS, ts=said.ts)
    assert said.text
    assert said.blocks


async def test_the_resolution_is_posted(desk: Desk) -> None:
    resolved = Scene(incident=incident(State.RESOLVED))
    await desk.notifier.show(entry(IncidentResolved(incident=REF)), resolved, None, None)

    (said,) = desk.said(desk.incidents)
    assert resolved.incident
    assert resolved.incident.root_cause in str(said.blocks)


async def test_maintenance_is_posted_and_its_delay_below_it(desk: Desk) -> None:
    scene = Scene(maintenance=RUN)
    place = await desk.notifier.show(entry(MaintenanceCard(run=RUN.id)), scene, None, None)
    overdue = entry(MaintenanceOverdue(run=RUN.id), number=2)
    await desk.notifier.show(overdue, scene, None, place)

    listed, late = desk.said(desk.incidents)
    assert "Daily checks" in str(listed.blocks)
    assert late.thread_ts == listed.ts


@pytest.mark.parametrize(
    "message",
    [
        *IN_A_ROOM,
        IncidentResolved(incident=REF),
        PostMortemFile(incident=REF, number=1),
        DirectWord(incident=REF, to=SAM, word=Word.PAGED, about="P1"),
        MaintenanceCard(run=RUN.id),
        MaintenanceOverdue(run=RUN.id),
    ],
    ids=lambda message: message.kind,
)
async def test_what_is_gone_cannot_be_shown(desk: Desk, message: IncidentMessage) -> None:
    with pytest.raises(NotFound):
        await desk.notifier.show(entry(message), Scene(), None, None)
    assert desk.said(desk.incidents) == []


async def test_a_page_outside_of_slack_is_not_slack_s(desk: Desk) -> None:
    with pytest.raises(AssertionError):
        await desk.notifier.show(entry(OutsidePage(incident=REF, page="P1")), SCENE, None, None)


async def test_a_card_that_the_room_has_posted_is_edited_there(desk: Desk) -> None:
    card = entry(IncidentCard(incident=REF))
    place = await desk.notifier.show(card, SCENE, None, None)
    known = replace(SCENE, place=place, incident=incident(State.RESOLVED))

    assert await desk.notifier.show(card, known, None, None) == place

    (said,) = desk.said(desk.incidents)
    assert said.edited


async def test_a_note_is_never_put_in_place_of_a_card(desk: Desk) -> None:
    place = await desk.notifier.show(entry(IncidentCard(incident=REF)), SCENE, None, None)
    note = entry(IncidentNote(incident=REF, said=IncidentSaid.ACKED, by=SAM), number=2)
    await desk.notifier.show(note, replace(SCENE, place=place), None, None)
    assert len(desk.said(desk.incidents)) == 2


@pytest.mark.parametrize("message", [IN_A_ROOM[0], IN_A_ROOM[1]], ids=lambda message: message.kind)
async def test_a_card_that_was_deleted_is_posted_anew_once(
    desk: Desk, message: IncidentMessage
) -> None:
    gone = MessageRef(channel=INCIDENTS, ts="1700000000.000100")
    desk.workspace.faults.add("chat.postMessage", Fault(kind=Kind.LOST_ANSWER))
    with pytest.raises(SlackUnavailable):
        await desk.notifier.show(entry(message), SCENE, gone, None)

    place = await desk.notifier.show(entry(message), SCENE, gone, None)

    (said,) = desk.said(desk.incidents)
    assert place.ts == said.ts


# ── What one person is told ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", [each for each in Word if each is not Word.TASK])
async def test_a_word_reaches_one_person_alone(desk: Desk, what: Word) -> None:
    place = await desk.notifier.show(word(what=what), SCENE, None, None)

    (said,) = desk.said(desk.direct(SAM))
    assert (place.channel, place.ts) == (desk.direct(SAM).id, said.ts)
    assert desk.said(desk.incidents) == []


async def test_a_page_shows_who_has_answered_where_it_stands(desk: Desk) -> None:
    waiting = Scene(incident=incident(pages=(page(acked_by=None, acked_at=None),)))
    place = await desk.notifier.show(word(), waiting, None, None)

    assert await desk.notifier.show(word(), SCENE, place, None) == place

    (said,) = desk.said(desk.direct(SAM))
    assert said.edited


async def test_a_word_is_said_in_the_language_of_whoever_reads_it(desk: Desk) -> None:
    await desk.notifier.show(word(SAM), SCENE, None, None)
    await desk.notifier.show(word(DANA), replace(SCENE, language="zh-TW"), None, None)

    (english,), (chinese,) = desk.said(desk.direct(SAM)), desk.said(desk.direct(DANA))
    assert english.text != chinese.text


async def test_a_word_whose_answer_was_lost_is_found(desk: Desk) -> None:
    desk.workspace.faults.add("chat.postMessage", Fault(kind=Kind.LOST_ANSWER))
    with pytest.raises(SlackUnavailable):
        await desk.notifier.show(word(), SCENE, None, None)

    place = await desk.notifier.find(word(), None, NOW)

    (said,) = desk.said(desk.direct(SAM))
    assert place == MessageRef(channel=desk.direct(SAM).id, ts=said.ts)
    assert await desk.notifier.find(word(DANA), None, NOW) is None


@pytest.mark.parametrize("scope", ["im:history", "im:write"])
async def test_where_it_may_not_look_a_word_is_better_said_twice(scope: str) -> None:
    async with desk_without(scope) as desk:
        await desk.notifier.show(word(), SCENE, None, None)
        assert await desk.notifier.find(word(), None, NOW) is None


async def test_in_a_channel_a_missing_permission_is_mended_by_a_person() -> None:
    async with desk_without("channels:history") as desk:
        with pytest.raises(SlackRefused, match="channels:history"):
            await desk.notifier.find(entry(IN_A_ROOM[2]), None, NOW)


# ── The post-mortem ──────────────────────────────────────────────────────────────────────────────

FILE = PostMortemFile(incident=REF, number=1)
LINE = TimelineLine(id="1", kind=LineKind.NOTE, at=NOW, recorded=NOW, by=SAM, text="It began.")


async def test_a_post_mortem_is_a_file(desk: Desk) -> None:
    scene = replace(SCENE, timeline=(LINE,), names={SAM: "Sam"})
    place = await desk.notifier.show(entry(FILE), scene, None, None)

    assert place.file
    stored = desk.workspace.model.files[place.file]
    assert stored["name"] == f"{REF}-postmortem-entry1.md"
    assert "It began. · Sam" in stored["content"].decode()
    assert stored["title"].startswith(REF)
    (said,) = desk.said(desk.incidents)
    assert said.files


async def test_a_post_mortem_goes_into_the_thread_of_a_room_that_is_one(desk: Desk) -> None:
    alert = await desk.notifier.show(entry(IN_A_ROOM[1]), SCENE, None, None)
    await desk.notifier.show(entry(FILE, number=2), SCENE, None, alert)

    *_, said = desk.said(desk.incidents)
    assert (said.thread_ts, bool(said.files)) == (alert.ts, True)


async def test_a_post_mortem_whose_answer_was_lost_is_found(desk: Desk) -> None:
    desk.workspace.faults.add("files.completeUploadExternal", Fault(kind=Kind.LOST_ANSWER))
    with pytest.raises(SlackUnavailable):
        await desk.notifier.show(entry(FILE), SCENE, None, None)

    found = await desk.notifier.find(entry(FILE), None, NOW)

    assert found
    assert found.file
    assert await desk.notifier.find(entry(FILE, number=2), None, NOW) is None


async def test_a_title_of_any_length_and_kind_is_a_file_s(desk: Desk) -> None:
    long = Scene(incident=incident(title="<!channel> " * 18, room=new_room()))
    await desk.notifier.show(entry(FILE), long, None, None)

    (said,) = desk.said(desk.incidents)
    assert "<!" not in said.text
