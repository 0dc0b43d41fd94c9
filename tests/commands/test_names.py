"""Every name that is rendered has a handler, and every handler has something that renders it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
import samples
from engine import bench_of

from adapters.redis.connection import Connections
from bot.domain.checklist import Part
from bot.domain.events import Cause
from bot.domain.history import Version
from bot.domain.plan import Change, Difference
from bot.domain.states import State
from bot.routes import CommandNames, build_router
from bot.views import modals
from bot.views.checklist import checklist_card
from bot.views.deploy import card
from bot.views.names import Action, Callback
from bot.views.review import review_card
from bot.views.rollback import proposal
from commands.router import Router

# Fields of a form are read when it is sent; only a menu that searches asks while it is open.
SEARCHED = samples.catalog(services=tuple(f"service-{number}" for number in range(101)))
NAMES = CommandNames(deploy="/ship", rollback="/back", status="/svc", incident="/incident")


@pytest.fixture
async def router(memory: Connections) -> AsyncIterator[Router]:
    """The production router."""
    async with bench_of(memory, samples.catalog()) as bench:
        yield build_router(SEARCHED, NAMES, bench.use_cases, bench.people)


def found(rendered: Any, key: str, **having: str) -> Iterator[str]:
    """Every value of a key, wherever it stands in blocks that have certain other values."""
    if isinstance(rendered, dict):
        if key in rendered and having.items() <= rendered.items():
            yield rendered[key]
        for part in rendered.values():
            yield from found(part, key, **having)
    if isinstance(rendered, list):
        for part in rendered:
            yield from found(part, key, **having)


def cards() -> list[Any]:
    """A card of every state and of every reason to wait, and what stands below it."""
    many = tuple(
        Difference(kind="variable", name=f"FLAG_{number}", change=Change.ADDED)
        for number in range(50)
    )
    detailed = samples.deploy(State.AWAITING_APPROVAL, plan=samples.plan(differences=many))
    goal = Version(version="v1.1.0", digest=samples.OLD_DIGEST, revision="api-00001")
    checking = samples.deploy(State.CHECKING)
    rendered = [
        *(card(samples.canary(state)) for state in State),
        *(card(samples.canary(State.HELD, hold=samples.hold(cause))) for cause in Cause),
        card(detailed),
        checklist_card(samples.checklist(), Part.PRE, checking),
        review_card(samples.review()),
        proposal(samples.target(), goal, serving=("v1.2.0 100 %",), notes=(), button_value="x"),
    ]
    return [each.blocks for each in rendered]


FORMS = [
    modals.ask_deploy(SEARCHED, "C1"),
    modals.ask_reason(samples.deploy(), "hash", "C1"),
]


def deploys(names: Iterable[str]) -> set[str]:
    """The names that are about deploys; those about incidents have tests of their own."""
    return {name for name in names if name in {*Action, *Callback}}


async def test_every_button_has_a_handler_and_every_handler_a_button(router: Router) -> None:
    """A button that nobody answers would leave a person waiting."""
    assert deploys(router.clicks) == set(found(cards(), "action_id", type="button"))


async def test_every_form_has_a_handler_and_every_handler_a_form(router: Router) -> None:
    """What was filled in arrives."""
    assert deploys(router.submissions) == set(found(FORMS, "callback_id"))


async def test_every_searching_menu_has_a_handler(router: Router) -> None:
    """Services become a search when there are many; environments could."""
    assert set(found(FORMS, "action_id", type="external_select")) <= set(router.lookups)
    assert deploys(router.lookups) <= set(found(FORMS, "action_id"))


async def test_every_command_has_a_handler(router: Router) -> None:
    """Under the names that the settings give them."""
    assert set(router.commands) == {"/ship", "/back", "/svc", "/incident"}
