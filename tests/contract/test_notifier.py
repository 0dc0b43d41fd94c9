"""What a notifier promises: on Slack as the local workspace plays it, and on the tests' board."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from fakes import Noticeboard, VirtualClock
from installed import installed
from pictures import png
from samples import DANA, SAM, checklist, deploy, review

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.seed import DEPLOYS
from adapters.slack.channels import SlackChannels
from adapters.slack.notifier import SlackNotifier
from bot.domain.checklist import Part
from bot.domain.errors import Outcome, SlackUnavailable
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
from bot.domain.picture import Picture
from bot.domain.states import State
from bot.ports import Notifier, Scene

D = deploy()
SCENE = Scene(deploy=D, checklist=checklist(), review=review())
IN_THREAD: tuple[Message, ...] = (
    ChecklistCard(deploy=D.id, part=Part.PRE),
    ReviewCard(deploy=D.id),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A notifier, the number of messages that it has put up, and ways to make it fail."""

    notifier: Notifier
    clock: VirtualClock
    posted: Callable[[], int]
    lose_next_answer: Callable[[], None]
    fail_next: Callable[[], None]


@pytest.fixture(params=["slack", "noticeboard"])
async def board(request: pytest.FixtureRequest) -> AsyncIterator[Board]:
    """Each implementation in turn."""
    clock = VirtualClock()
    if request.param == "noticeboard":
        fake = Noticeboard()

        def fail(when: str, outcome: Outcome) -> None:
            fake.failures.append((when, SlackUnavailable("Slack is away.", outcome=outcome)))

        yield Board(
            notifier=fake,
            clock=clock,
            posted=lambda: len(fake.tokens),
            lose_next_answer=lambda: fail("after", Outcome.UNKNOWN),
            fail_next=lambda: fail("before", Outcome.UNKNOWN),
        )
        return
    async with installed(clock) as (workspace, client):
        seeded = len(workspace.model.channels[DEPLOYS].messages)
        yield Board(
            notifier=SlackNotifier(
                client=client, channels=SlackChannels(client=client, clock=clock), clock=clock
            ),
            clock=clock,
            posted=lambda: len(workspace.model.channels[DEPLOYS].messages) - seeded,
            lose_next_answer=lambda: workspace.faults.add(
                "chat.postMessage", Fault(kind=Kind.LOST_ANSWER)
            ),
            fail_next=lambda: workspace.faults.add("chat.postMessage", Fault(kind=Kind.DROP)),
        )


def scene(state: State) -> Scene:
    """The deploy in a state."""
    return Scene(deploy=deploy(state))


def entry(number: int, message: Message) -> Entry:
    """A message on its way to the channel for deploys."""
    return entry_of(f"entry-{number}-{message.kind}", "#deploys", message)


def card(number: int = 1) -> Entry:
    """An entry that shows the deploy's card."""
    return entry(number, DeployCard(deploy=D.id))


def note(number: int = 1, said: Said = Said.APPROVED) -> Entry:
    """An entry that says something below it."""
    return entry(number, DeployNote(deploy=D.id, said=said, by=SAM))


def chart(number: int = 1) -> Entry:
    """An entry that is a picture below it."""
    return entry(number, DeployChart(deploy=D.id, number=number))


def picture(of: Entry) -> Picture:
    """The picture of an entry, under the name by which it is found again."""
    return Picture(name=f"{D.id}-{of.id}.png", title="Canary of api", alt="All well.", png=png())


async def test_a_card_is_posted_once_and_then_edited_where_it_stands(board: Board) -> None:
    place = await board.notifier.show(card(1), SCENE, None, None)

    for number, state in enumerate((State.AWAITING_APPROVAL, State.COMPLETED), start=2):
        assert await board.notifier.show(card(number), scene(state), place, None) == place

    assert board.posted() == 1


@pytest.mark.parametrize("message", IN_THREAD, ids=lambda message: message.kind)
async def test_a_card_in_a_thread_is_edited_where_it_stands(board: Board, message: Message) -> None:
    below = await board.notifier.show(card(), SCENE, None, None)

    place = await board.notifier.show(entry(1, message), SCENE, None, below)

    assert place != below
    assert await board.notifier.show(entry(2, message), SCENE, place, below) == place
    assert board.posted() == 2


async def test_a_note_is_a_message_of_its_own(board: Board) -> None:
    place = await board.notifier.show(card(), SCENE, None, None)

    said = await board.notifier.show(note(), SCENE, None, place)

    assert said.channel == place.channel
    assert said.ts != place.ts
    assert board.posted() == 2


@pytest.mark.parametrize("said", Posted)
async def test_a_notice_needs_nothing_but_itself(board: Board, said: Posted) -> None:
    message = Notice(said=said, subject="api/production", by=SAM)

    await board.notifier.show(entry(1, message), Scene(), None, None)

    assert board.posted() == 1


async def test_what_was_never_sent_is_not_found(board: Board) -> None:
    since = board.clock.now()
    place = await board.notifier.show(card(), SCENE, None, None)

    assert await board.notifier.find(card(2), None, since) is None
    for one in (note(), chart(), *(entry(1, message) for message in IN_THREAD)):
        assert await board.notifier.find(one, place, since) is None


async def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(board: Board) -> None:
    since = board.clock.now()
    board.lose_next_answer()
    with pytest.raises(SlackUnavailable) as caught:
        await board.notifier.show(card(), SCENE, None, None)
    assert caught.value.outcome is Outcome.UNKNOWN

    found = await board.notifier.find(card(), None, since)

    assert found is not None
    assert await board.notifier.show(card(2), scene(State.COMPLETED), found, None) == found
    assert board.posted() == 1


@pytest.mark.parametrize(
    "message", [*IN_THREAD, DeployNote(deploy=D.id, said=Said.STAGED)], ids=lambda one: one.kind
)
async def test_what_stands_in_a_thread_is_found_there_and_not_posted_again(
    board: Board, message: Message
) -> None:
    place = await board.notifier.show(card(), SCENE, None, None)
    since = board.clock.now()
    board.lose_next_answer()
    with pytest.raises(SlackUnavailable):
        await board.notifier.show(entry(1, message), SCENE, None, place)

    found = await board.notifier.find(entry(1, message), place, since)

    assert found is not None
    assert found.ts != place.ts
    assert board.posted() == 2


async def test_a_post_that_did_not_arrive_is_not_found_and_can_be_sent(board: Board) -> None:
    since = board.clock.now()
    board.fail_next()
    with pytest.raises(SlackUnavailable):
        await board.notifier.show(card(), SCENE, None, None)

    assert await board.notifier.find(card(), None, since) is None
    await board.notifier.show(card(), SCENE, None, None)
    assert board.posted() == 1


async def test_a_picture_is_shown_once_and_then_on_the_card(board: Board) -> None:
    place = await board.notifier.show(card(), SCENE, None, None)
    since = board.clock.now()

    shown = await board.notifier.attach(chart(), picture(chart()), place)

    assert shown.file
    found = await board.notifier.find(chart(), place, since)
    assert found is not None
    assert found.file == shown.file
    with_picture = Scene(deploy=deploy(State.COMPLETED), picture=shown.file)
    assert await board.notifier.show(card(2), with_picture, place, None) == place


@pytest.mark.parametrize("state", State)
async def test_a_card_can_be_shown_in_every_state(board: Board, state: State) -> None:
    place = await board.notifier.show(card(1), scene(state), None, None)

    assert await board.notifier.show(card(2), scene(state), place, None) == place


@pytest.mark.parametrize("said", Said)
async def test_every_note_can_be_said(board: Board, said: Said) -> None:
    place = await board.notifier.show(card(), SCENE, None, None)

    subject = Scene(deploy=deploy(requested_by=DANA))
    await board.notifier.show(note(said=said), subject, None, place)

    assert board.posted() == 2
