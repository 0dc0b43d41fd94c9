"""What a notifier promises: on Slack as the local workspace plays it, and on the tests' board."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from fakes import Noticeboard, VirtualClock
from samples import DANA, SAM, deploy

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.seed import DEPLOYS, olympus
from adapters.local.workspace.server import Workspace
from adapters.slack.channels import SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.manifest import build_manifest
from adapters.slack.notifier import SlackNotifier
from adapters.system import RandomIds
from bot.domain.deploy import State
from bot.domain.errors import Outcome, SlackUnavailable
from bot.domain.message import DeployCard, DeployNote, Entry, Said
from bot.ports import Notifier

D = deploy()


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
    manifest = build_manifest(
        socket=False, url="https://bot.example.com", deploy="/deploy", status="/svc-status"
    )
    workspace = Workspace(olympus(clock.now()), manifest, clock, RandomIds())
    seeded = len(workspace.model.channels[DEPLOYS].messages)
    async with (
        workspace,
        SlackClient(token=workspace.bot_token, api_url=workspace.api_url, clock=clock) as client,
    ):
        yield Board(
            notifier=SlackNotifier(
                client=client, channels=SlackChannels(client=client, clock=clock)
            ),
            clock=clock,
            posted=lambda: len(workspace.model.channels[DEPLOYS].messages) - seeded,
            lose_next_answer=lambda: workspace.faults.add(
                "chat.postMessage", Fault(kind=Kind.LOST_ANSWER)
            ),
            fail_next=lambda: workspace.faults.add("chat.postMessage", Fault(kind=Kind.DROP)),
        )


def card(number: int = 1) -> Entry:
    """An entry that shows the deploy's card."""
    return Entry(id=f"card-{number}", channel="#deploys", message=DeployCard(deploy=D.id))


def note(number: int = 1, said: Said = Said.APPROVED) -> Entry:
    """An entry that says something below it."""
    message = DeployNote(deploy=D.id, said=said, by=SAM)
    return Entry(id=f"note-{number}", channel="#deploys", message=message)


async def test_a_card_is_posted_once_and_then_edited_where_it_stands(board: Board) -> None:
    place = await board.notifier.show(card(1), D, None)

    for number, state in enumerate((State.AWAITING_APPROVAL, State.COMPLETED), start=2):
        assert await board.notifier.show(card(number), deploy(state), place) == place

    assert board.posted() == 1


async def test_a_note_is_a_message_of_its_own(board: Board) -> None:
    place = await board.notifier.show(card(), D, None)

    said = await board.notifier.show(note(), D, place)

    assert said.channel == place.channel
    assert said.ts != place.ts
    assert board.posted() == 2


async def test_what_was_never_sent_is_not_found(board: Board) -> None:
    since = board.clock.now()
    place = await board.notifier.show(card(), D, None)

    assert await board.notifier.find(card(2), None, since) is None
    assert await board.notifier.find(note(), place, since) is None


async def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(board: Board) -> None:
    since = board.clock.now()
    board.lose_next_answer()
    with pytest.raises(SlackUnavailable) as caught:
        await board.notifier.show(card(), D, None)
    assert caught.value.outcome is Outcome.UNKNOWN

    found = await board.notifier.find(card(), None, since)

    assert found is not None
    assert await board.notifier.show(card(2), deploy(State.COMPLETED), found) == found
    assert board.posted() == 1


async def test_a_note_whose_answer_was_lost_is_found_and_not_said_again(board: Board) -> None:
    place = await board.notifier.show(card(), D, None)
    since = board.clock.now()
    board.lose_next_answer()
    with pytest.raises(SlackUnavailable):
        await board.notifier.show(note(), D, place)

    found = await board.notifier.find(note(), place, since)

    assert found is not None
    assert found.ts != place.ts
    assert board.posted() == 2


async def test_a_post_that_did_not_arrive_is_not_found_and_can_be_sent(board: Board) -> None:
    since = board.clock.now()
    board.fail_next()
    with pytest.raises(SlackUnavailable):
        await board.notifier.show(card(), D, None)

    assert await board.notifier.find(card(), None, since) is None
    await board.notifier.show(card(), D, None)
    assert board.posted() == 1


@pytest.mark.parametrize("state", State)
async def test_a_card_can_be_shown_in_every_state(board: Board, state: State) -> None:
    subject = deploy(state)
    place = await board.notifier.show(card(1), subject, None)

    assert await board.notifier.show(card(2), subject, place) == place


@pytest.mark.parametrize("said", Said)
async def test_every_note_can_be_said(board: Board, said: Said) -> None:
    place = await board.notifier.show(card(), D, None)

    await board.notifier.show(note(said=said), deploy(requested_by=DANA), place)

    assert board.posted() == 2
