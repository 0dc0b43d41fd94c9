"""Everything that incidents render has a handler, and every handler has something that renders it.

What is rendered is all surfaces that there are, in every state, with everything and with nothing.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import incident_samples as made
import pytest
import samples
from engine import bench_of, identity
from incident_screens import POLICY, messages, views

from adapters.redis.connection import Connections
from adapters.slack.manifest import build_manifest
from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Handoff, Interest, Moment
from bot.domain.incidents.room import Progress, Status, Step
from bot.domain.incidents.states import State
from bot.routes import CommandNames, build_router
from bot.views.incidents import lists
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentShortcut
from bot.views.incidents.panel import control_panel
from bot.views.incidents.show import incident_details
from bot.views.incidents.verbs import INCIDENT_VERBS
from commands.incidents.grammar import VERBS
from commands.incoming import Click
from commands.router import Router

NAMES = CommandNames(deploy="/ship", rollback="/back", status="/svc", incident="/inc")
# Menus that act as soon as something is chosen are buttons in this sense.
PRESSED = ("button", "static_select", "external_select", "overflow")
# What is read when its form is sent.
INPUTS = {IncidentAction.INPUT}


@pytest.fixture
async def router(memory: Connections) -> AsyncIterator[Router]:
    """The production router."""
    async with bench_of(memory, samples.catalog()) as bench:
        yield build_router(samples.catalog(), NAMES, bench.use_cases, bench.people)


def found(rendered: Any, key: str, *types: str) -> Iterator[str]:
    """Every value of a key, wherever it stands; with `types`, in elements of one of them."""
    if isinstance(rendered, dict):
        if key in rendered and (not types or rendered.get("type") in types):
            yield rendered[key]
        for part in rendered.values():
            yield from found(part, key, *types)
    if isinstance(rendered, list):
        for part in rendered:
            yield from found(part, key, *types)


def surfaces() -> list[Any]:
    """Every message and view, of many things and of none; and of incidents with little in them."""
    drawn: list[Any] = []
    for count in (0, 1, 30):
        drawn += [draw().blocks for draw in messages(count, "x", "en").values()]
        drawn += [draw() for draw in views(count, "x", "en").values()]
    drawn.append(views(101, "x", "en")["declare"]())
    drawn.append(views(101, "x", "en")["edit"]())
    for state in State:
        for incident in few_things(state):
            drawn.append(incident_card(incident, POLICY).blocks)
            drawn.append(incident_broadcast(incident, POLICY).blocks)
            drawn.append(control_panel(incident, samples.DANA, POLICY, "en").blocks)
            drawn.append(incident_details(incident, (), POLICY, "en").blocks)
            drawn.append(lists.task_list(incident, "en").blocks)
    return drawn


def few_things(state: State) -> list[Any]:
    """Incidents of a state: led by nobody, in a thread, with a broken room, handed over."""
    unanswered = {Moment.DECLARED: made.incident(state).times[Moment.DECLARED]}
    broken = {Step.CARD: Progress(status=Status.REFUSED, problem="no")}
    apart = {Step.CHANNEL: Progress(status=Status.REFUSED, problem="no")}
    return [
        made.incident(state, roles={}, pages=(), times=unanswered),
        made.incident(state, room=made.thread_room(), tasks=(made.task(),)),
        made.incident(state, room=made.room(steps=broken), suspects=(made.suspect(),)),
        made.incident(state, handoff=Handoff(to=samples.DANA, by=samples.SAM, at=samples.NOW)),
        made.incident(state, subscribers={samples.DANA: Interest.ALL}),
        made.incident(state, private=True),
        made.incident(state, runbooks=(made.fitting_runbook(),)),
        made.incident(state, room=made.thread_room(steps=apart)),
        made.incident(state, postmortem=made.published(published=None)),
    ]


async def test_every_button_has_a_handler_and_every_handler_a_button(router: Router) -> None:
    """A button that nobody answers would leave a person waiting."""
    rendered = set(found(surfaces(), "action_id", *PRESSED)) - INPUTS
    handled = {name for name in router.clicks if name in set(IncidentAction)}
    assert handled == rendered
    assert handled == set(IncidentAction) - INPUTS


async def test_every_value_that_is_rendered_is_understood(router: Router) -> None:
    """What comes back with a click is read as it was written: the incident is just not there."""
    values = {
        (element["action_id"], choice["value"])
        for surface in surfaces()
        for element in elements(surface)
        for choice in element.get("options", [element])
        if element["action_id"] in router.clicks and "value" in choice
    }
    assert len(values) > 100
    # A page of a list is carried as its controller wrote it.
    others = sorted(each for each in values if each[0] != IncidentAction.LIST_PAGE)
    for number, (action, value) in enumerate(others):
        click = Click(
            identity=identity(samples.DANA),
            channel="C1",
            action=action,
            value=value,
            trigger=f"{number}.1",
        )
        says = ""
        try:
            await router.answer(click)
        except NotFound as error:
            says = str(error)
        assert "does not exist any more" not in says, (action, value)


def elements(rendered: Any) -> Iterator[dict[str, Any]]:
    """Everything that can be pressed or chosen."""
    if isinstance(rendered, dict):
        if "action_id" in rendered and rendered.get("type") in PRESSED:
            yield rendered
        for part in rendered.values():
            yield from elements(part)
    if isinstance(rendered, list):
        for part in rendered:
            yield from elements(part)


async def test_every_form_has_a_handler_and_every_handler_a_form(router: Router) -> None:
    """What was filled in arrives."""
    handled = {name for name in router.submissions if name in set(IncidentCallback)}
    assert handled == set(found(surfaces(), "callback_id")) == set(IncidentCallback)


async def test_every_searching_menu_has_a_handler(router: Router) -> None:
    """Services become a search when there are many."""
    searching = set(found(surfaces(), "action_id", "external_select"))
    assert searching == {name for name in router.lookups if name in set(IncidentAction)}


async def test_every_shortcut_of_the_manifest_has_a_handler(router: Router) -> None:
    """And is declared there, on messages or anywhere."""
    manifest = build_manifest(
        socket=True,
        url="",
        deploy="/ship",
        rollback="/back",
        status="/svc",
        incident="/inc",
    )
    declared = manifest["features"]["shortcuts"]
    kinds = {
        kind: {each["callback_id"] for each in declared if each["type"] == kind}
        for kind in ("global", "message")
    }
    assert kinds == {"global": set(router.shortcuts), "message": set(router.message_shortcuts)}
    assert kinds["global"] | kinds["message"] == set(IncidentShortcut)


def test_every_verb_of_the_table_can_be_typed() -> None:
    """And nothing else is understood as one."""
    assert set(VERBS) == set(INCIDENT_VERBS)
