"""Bringing messages to people: a real outbox, a notice board, and every kind of message."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import policies
import pytest
import samples
from engine import Bench, bench_of
from samples import SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from bot.domain.checklist import Part
from bot.domain.errors import Outcome, SlackRefused, SlackUnavailable
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployNote,
    Entry,
    Message,
    Notice,
    Posted,
    ReviewCard,
    Said,
    entry_of,
)
from bot.domain.placement import MessageRef
from bot.domain.states import State
from bot.ports import Change, Document, Scene, Stored

CHANNEL = "#deploys"
LEASE = timedelta(seconds=30)
D = "D-7F3K2"
CARD = DeployCard(deploy=D)
NOTE = DeployNote(deploy=D, said=Said.STAGED)
PRE = ChecklistCard(deploy=D, part=Part.PRE)
REVIEW = ReviewCard(deploy=D)
CHART = DeployChart(deploy=D, number=1)
NOTICE = Notice(said=Posted.LOCKED, subject="api/production", by=SAM, reason="A look.")
LOST = SlackUnavailable("No answer.", outcome=Outcome.UNKNOWN)
AWAY = SlackUnavailable("Slack is away.")
UNFINISHED = SlackRefused("Slack refused the blocks.", code="invalid_blocks")


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """A canary that was measured for a while, with its checklist and its review."""
    async with bench_of(memory, policies.catalog()) as built:
        await keep(built, samples.canary(State.OBSERVING, 1), samples.checklist(), samples.review())
        built.clock.move(timedelta(hours=1))
        yield built


async def keep(bench: Bench, *documents: Document, version: int = 0) -> None:
    """Write documents that have a version."""
    writes = tuple(Stored(value=each, version=version) for each in documents)
    await bench.store.commit(Change(writes=writes))


async def say(bench: Bench, *messages: Message) -> tuple[Entry, ...]:
    """Put messages into the outbox, as a transition does."""
    entries = tuple(bench.transitions.entry(message) for message in messages)
    await bench.store.commit(Change(writes=(), entries=entries))
    return entries


def shown(bench: Bench) -> list[str]:
    """What was put up or edited, in order."""
    return [said for said, _ in bench.board.history]


def place_of(bench: Bench, entry: Entry) -> MessageRef:
    """Where an entry was put up."""
    return bench.board.tokens[entry.id]


def scene_of(bench: Bench, entry: Entry) -> Scene:
    """What was known when the message at the place of an entry was put up last."""
    return bench.board.scenes[place_of(bench, entry)][1]


async def dead(bench: Bench) -> list[str]:
    """Why messages were put aside."""
    outbox = bench.delivery.outbox
    assert isinstance(outbox, RedisOutbox)
    return await outbox.dead()


async def intents(bench: Bench) -> int:
    """Of how many entries it is noted that their posting was begun."""
    outbox = bench.delivery.outbox
    assert isinstance(outbox, RedisOutbox)
    return int(await outbox._connections.commands.hlen(keys.begun(CHANNEL)))


# ── Every kind ───────────────────────────────────────────────────────────────────────────────────


async def test_every_kind_of_message_arrives_in_order_below_its_card(bench: Bench) -> None:
    """Cards know what they show; only the card and the notice stand in the channel itself."""
    card, note, pre, review, chart, notice = await say(
        bench, CARD, NOTE, PRE, REVIEW, CHART, NOTICE
    )
    assert await bench.delivery.empty(CHANNEL) == 6
    assert shown(bench) == ["card", "staged", "checklist", "review", "picture", "locked"]
    threads = bench.board.threads
    below = place_of(bench, card)
    for each in (note, pre, review, chart):
        assert threads[place_of(bench, each).model_copy(update={"file": None})] == below
    assert threads[below] is None
    assert threads[place_of(bench, notice)] is None
    assert scene_of(bench, note).deploy == (await bench.store.deploy(D)).value
    assert scene_of(bench, pre).checklist == samples.checklist()
    assert scene_of(bench, review).review == samples.review()
    assert scene_of(bench, notice) == Scene()
    assert await bench.delivery.empty(CHANNEL) == 0
    assert await intents(bench) == 0


async def test_cards_are_edited_and_what_is_said_once_is_said_once_each(bench: Bench) -> None:
    """The second of each: a card stays where it is, a note stands below the first one."""
    first = await say(bench, CARD, PRE, REVIEW, NOTE, NOTICE)
    await bench.delivery.empty(CHANNEL)
    await say(bench, CARD, PRE, REVIEW, NOTE, NOTICE)
    assert await bench.delivery.empty(CHANNEL) == 5
    assert len(bench.board.tokens) == len(first) + 2
    assert shown(bench) == [
        *("card", "checklist", "review", "staged", "locked"),
        *("card", "checklist", "review", "staged", "locked"),
    ]


async def test_a_card_shows_what_is_so_when_it_is_delivered(bench: Bench) -> None:
    """Not what was so when it was written."""
    card, pre = await say(bench, CARD, PRE)
    ticked = samples.checklist(ticked=("plan",))
    await keep(bench, samples.canary(State.HELD, 1), ticked, version=1)
    await bench.delivery.empty(CHANNEL)
    assert [deploy.state for deploy in bench.board.cards.values()] == [State.HELD]
    assert scene_of(bench, pre).checklist == ticked
    assert scene_of(bench, card).checklist == ticked


async def test_many_refreshes_of_each_card_are_one(bench: Bench) -> None:
    """Together with the first of them; what stands between keeps its order."""
    await say(bench, CARD, PRE, NOTE, CARD, REVIEW, PRE, NOTE, CARD, REVIEW)
    assert await bench.delivery.empty(CHANNEL) == 9
    assert shown(bench) == ["card", "checklist", "staged", "review", "staged"]


async def test_cards_of_other_deploys_and_parts_are_not_taken_for_one(bench: Bench) -> None:
    """Each has a place of its own."""
    await keep(bench, samples.deploy(id="D-OTHER"), samples.checklist(edition=1))
    during = ChecklistCard(deploy=D, part=Part.DURING)
    other = DeployCard(deploy="D-OTHER")
    entries = await say(
        bench, CARD, other, PRE, during, ChecklistCard(deploy=D, edition=1, part=Part.PRE)
    )
    await bench.delivery.empty(CHANNEL)
    assert len({place_of(bench, each).ts for each in entries}) == 5


async def test_two_channels_do_not_wait_for_each_other(bench: Bench) -> None:
    """One is out of order; the other gets its messages."""
    elsewhere = entry_of("elsewhere", "#incidents", NOTICE)
    await say(bench, CARD)
    await bench.store.commit(Change(writes=(), entries=(elsewhere,)))
    bench.board.failures.append(("before", AWAY))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)
    assert await bench.delivery.empty("#incidents") == 1
    assert await bench.delivery.empty(CHANNEL) == 1


# ── Editions ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_plan_has_a_new_card_and_the_old_one_is_shown_once_more(bench: Bench) -> None:
    """What is said of the old plan stays below its card, and what comes below the new one."""
    (old,) = await say(bench, CARD)
    await bench.delivery.empty(CHANNEL)
    later = samples.deploy(State.AWAITING_APPROVAL, edition=1)
    await keep(bench, later, version=1)
    replanned = DeployNote(deploy=D, said=Said.REPLANNED)
    card = DeployCard(deploy=D, edition=1)
    approved = DeployNote(deploy=D, edition=1, said=Said.APPROVED)
    _, told, new, next_told = await say(bench, CARD, replanned, card, approved)
    await bench.delivery.empty(CHANNEL)
    assert shown(bench) == ["card", "card", "replanned", "card", "approved"]
    board = bench.board
    assert board.threads[place_of(bench, told)] == place_of(bench, old)
    assert board.threads[place_of(bench, next_told)] == place_of(bench, new)
    assert board.threads[place_of(bench, new)] is None
    struck, _ = board.scenes[place_of(bench, old)]
    assert struck.message == CARD
    assert scene_of(bench, old).checklist is None


async def test_a_card_of_an_old_plan_that_was_never_posted_is_posted_before_the_new_one(
    bench: Bench,
) -> None:
    """Slack was away all the time; the notes have a card to stand below."""
    await keep(bench, samples.deploy(State.AWAITING_APPROVAL, edition=1), version=1)
    replanned = DeployNote(deploy=D, said=Said.REPLANNED)
    old, told, new = await say(bench, CARD, replanned, DeployCard(deploy=D, edition=1))
    await bench.delivery.empty(CHANNEL)
    assert bench.board.threads[place_of(bench, told)] == place_of(bench, old)
    assert place_of(bench, old).ts < place_of(bench, new).ts


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_picture_is_posted_once_and_then_the_card_shows_it(bench: Bench) -> None:
    """Until there is a newer one."""
    card, _, _ = await say(bench, CARD, CHART, CARD)
    await bench.delivery.empty(CHANNEL)
    # The second refresh was written after the chart, and shown together with the first.
    assert shown(bench) == ["card", "picture"]
    await say(bench, CARD)
    await bench.delivery.empty(CHANNEL)
    assert scene_of(bench, card).picture == "F000000001"
    await say(bench, DeployChart(deploy=D, number=2), CARD)
    await bench.delivery.empty(CHANNEL)
    assert scene_of(bench, card).picture == "F000000002"
    assert len(bench.board.pictures) == 2
    names = [picture.name for picture in bench.board.pictures.values()]
    assert len(set(names)) == 2


async def has_to_wait(bench: Bench) -> bool:
    """Deliver; says whether Slack makes us wait, and if so waits."""
    try:
        await bench.delivery.empty(CHANNEL)
    except SlackUnavailable as busy:
        bench.clock.move(busy.retry_after or timedelta(seconds=5))
        return True
    return False


async def with_picture(bench: Bench) -> Entry:
    """A card that stands, a picture below it, and a refresh of the card that waits."""
    card, _ = await say(bench, CARD, CHART)
    await bench.delivery.empty(CHANNEL)
    await say(bench, CARD, NOTE)
    return card


async def test_a_card_that_slack_refuses_is_put_aside_and_what_follows_is_said(
    bench: Bench,
) -> None:
    """It would be refused the next time as well."""
    await with_picture(bench)
    bench.board.failures.append(("before", UNFINISHED))
    await bench.delivery.empty(CHANNEL)
    assert await dead(bench) == ["Slack refused the blocks."]
    assert shown(bench)[-1] == "staged"


async def test_without_anything_measured_there_is_no_picture(bench: Bench) -> None:
    """And nothing waits for one."""
    await keep(bench, samples.deploy(State.STAGING), version=1)
    await say(bench, CARD, CHART, NOTE)
    assert await bench.delivery.empty(CHANNEL) == 3
    assert shown(bench) == ["card", "staged"]
    assert await dead(bench) == []


async def test_a_cloud_that_cannot_be_asked_for_a_picture_holds_nobody_up(bench: Bench) -> None:
    """The rollout goes on without it."""
    bench.cloud.model.faults.blind = True
    await say(bench, CARD, CHART, NOTE)
    assert await bench.delivery.empty(CHANNEL) == 3
    assert shown(bench) == ["card", "staged"]


@pytest.mark.parametrize("code", ["missing_scope", "file_uploads_disabled"])
async def test_a_workspace_that_takes_no_pictures_holds_nobody_up(bench: Bench, code: str) -> None:
    """The picture is put aside, and the rest is said."""
    await say(bench, CARD)
    await bench.delivery.empty(CHANNEL)
    await say(bench, CHART, NOTE)
    bench.board.failures.append(("before", SlackRefused("No pictures.", code=code)))
    assert await bench.delivery.empty(CHANNEL) == 2
    assert shown(bench) == ["card", "staged"]
    assert await dead(bench) == ["No pictures."]


# ── Lost answers ─────────────────────────────────────────────────────────────────────────────────

KINDS: Sequence[Message] = (CARD, NOTE, PRE, REVIEW, CHART, NOTICE)


@pytest.mark.parametrize("message", KINDS, ids=lambda each: each.kind)
async def test_a_message_whose_answer_was_lost_is_found_and_not_repeated(
    bench: Bench, message: Message
) -> None:
    """A card is brought up to date, and what comes after it stands where it should."""
    (entry, after) = await say(bench, message, NOTE)
    bench.board.failures.append(("after", LOST))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)
    await bench.delivery.empty(CHANNEL)
    assert set(bench.board.tokens) == {entry.id, after.id}
    edited = entry.card is not None
    assert shown(bench)[1:] == [*(shown(bench)[:1] if edited else ()), "staged"]
    assert await dead(bench) == []
    assert await intents(bench) == 0


@pytest.mark.parametrize("message", KINDS, ids=lambda each: each.kind)
async def test_a_message_that_did_not_arrive_is_sent_again(bench: Bench, message: Message) -> None:
    """Nothing of it is found."""
    (entry,) = await say(bench, message)
    bench.board.failures.append(("before", AWAY))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)
    assert bench.board.tokens == {}
    await bench.delivery.empty(CHANNEL)
    assert set(bench.board.tokens) == {entry.id}


@pytest.mark.parametrize("message", [CARD, PRE, REVIEW], ids=lambda each: each.kind)
async def test_an_edit_whose_answer_was_lost_is_made_again(bench: Bench, message: Message) -> None:
    """An edit may be repeated; nothing new is posted."""
    await say(bench, message)
    await bench.delivery.empty(CHANNEL)
    await say(bench, message)
    bench.board.failures.append(("after", LOST))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)
    await bench.delivery.empty(CHANNEL)
    assert len(bench.board.tokens) == 1
    assert len(shown(bench)) == 3


async def test_a_picture_whose_answer_was_lost_is_shown_by_the_card(bench: Bench) -> None:
    """It is found with its file."""
    card, _ = await say(bench, CARD, CHART)
    bench.board.failures.extend([("", None), ("after", LOST)])
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)
    await bench.delivery.empty(CHANNEL)
    await say(bench, CARD)
    await bench.delivery.empty(CHANNEL)
    assert scene_of(bench, card).picture == "F000000001"
    assert len(bench.board.pictures) == 1


# ── What is not there any more ───────────────────────────────────────────────────────────────────


async def test_messages_about_what_is_gone_are_put_aside_and_hold_nobody_up(
    bench: Bench, memory: Connections
) -> None:
    """Of deploys that are not kept any more, and lists and reviews that never were."""
    gone = "D-GONE0"
    await say(
        bench,
        DeployCard(deploy=gone),
        DeployNote(deploy=gone, said=Said.STAGED),
        ChecklistCard(deploy=gone, part=Part.PRE),
        ReviewCard(deploy=gone),
        DeployChart(deploy=gone, number=1),
        ChecklistCard(deploy=D, edition=7, part=Part.PRE),
        NOTICE,
    )
    assert await bench.delivery.empty(CHANNEL) == 7
    assert shown(bench) == ["locked"]
    assert await dead(bench) == [
        "There is no deploy D-GONE0.",
        "There is no deploy D-GONE0.",
        "D-GONE0 has no checklist.",
        "D-GONE0 has nothing to review.",
        "There is no deploy D-GONE0.",
        "D-7F3K2 has no checklist.",
    ]
    assert await intents(bench) == 0
    assert not [key for key in await memory.commands.keys("*") if gone in key]


async def test_a_card_without_its_checklist_is_shown_without_it(bench: Bench) -> None:
    """A way back has none, though the policy has one."""
    made = samples.plan(checklist=samples.CHECKS)
    await keep(bench, samples.deploy(State.STAGING, id="D-BACK0", plan=made))
    (card,) = await say(bench, DeployCard(deploy="D-BACK0"))
    await bench.delivery.empty(CHANNEL)
    assert scene_of(bench, card).checklist is None
    assert await dead(bench) == []


async def test_two_workers_with_one_channel_say_everything_once(
    bench: Bench, memory: Connections
) -> None:
    """The second one has nothing to do while the first has the lease."""
    await say(bench, CARD, NOTE, NOTICE)
    workers = [replace(bench.delivery, outbox=RedisOutbox(memory)) for _ in range(2)]
    claims = [(await worker.outbox.claim(9, LEASE)).ids for worker in workers]
    assert claims == [(CHANNEL,), ()]
    assert await workers[0].empty(CHANNEL) == 3
    assert await workers[1].empty(CHANNEL) == 0
    assert shown(bench) == ["card", "staged", "locked"]
