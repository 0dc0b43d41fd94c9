"""Shortcuts, events, forms and home tabs, from the local workspace to the desk and back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from fakes import CountingIds, Recorded
from installed import installed
from samples import DANA, SAM
from workspaces import DEADLINE, ManualClock, Page

from adapters.local.workspace import changes
from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.model import View
from adapters.local.workspace.seed import BOT, INCIDENTS, TEAM
from adapters.local.workspace.server import Workspace
from adapters.slack.responder import SlackResponder
from bot.background import BackgroundTasks
from bot.domain.errors import NotPermitted, StoreUnavailable
from bot.domain.placement import MessageRef
from bot.inbound import Inbound
from bot.views.blocks import actions, button, option, plain, section, sentence
from bot.views.incidents.names import IncidentShortcut
from bot.web import Web
from commands.incoming import (
    Click,
    Event,
    HomeOpened,
    Incoming,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Shortcut,
    Submission,
)
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
from commands.router import Listeners, Router

FORM = "form"
JsonView = dict[str, Any]


def form(title: str = "Form", *, submit: bool = True) -> JsonView:
    """A form with a field, a button and a menu."""
    menu = {
        "type": "static_select",
        "action_id": "choose",
        "options": [option("One", "1"), option("Two", "2")],
    }
    field = {
        "type": "input",
        "block_id": "field",
        "label": plain("Field", 100),
        "element": {"type": "plain_text_input", "action_id": "typed"},
    }
    view: JsonView = {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(title, 24),
        "blocks": [
            actions("row", button("Press", action="press", value="pressed"), menu),
            *([field] if submit else []),
        ],
    }
    return view | ({"submit": plain("Send", 24)} if submit else {})


def home(text: str = "Hello") -> JsonView:
    """A home tab with a button."""
    row = actions("row", button("Press", action="press", value="pressed"))
    return {"type": "home", "blocks": [section(text), row]}


async def gives(view: Any) -> Any:
    """Find something out."""
    return view


async def fails() -> Any:
    """Find out that it does not work."""
    raise ValueError("secret detail")


class Desk:
    """Controllers that note what reaches them, and reply or fail as told."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[Incoming] = asyncio.Queue()
        self.replies: list[Reply | Exception] = []

    async def take(self, incoming: Incoming) -> Reply:
        """Note it, and answer with what is next in line."""
        self.came.put_nowait(incoming)
        reply = self.replies.pop(0) if self.replies else Nothing()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def next(self) -> Any:
        """What comes next."""
        async with asyncio.timeout(DEADLINE):
            return await self.came.get()


class Office:
    """The workspace with people in it, and the bot with a desk behind it."""

    def __init__(self, workspace: Workspace, clock: ManualClock, desk: Desk, seen: Recorded):
        self.workspace = workspace
        self.clock = clock
        self.desk = desk
        self.seen = seen
        self.session: aiohttp.ClientSession
        self.settle: Callable[[], Awaitable[None]]

    @property
    def dana(self) -> Page:
        """What Dana does."""
        return Page(self.session, self.workspace.url, DANA)

    async def message(self, text: str = "It is slow.") -> MessageRef:
        """Dana says something in the channel for incidents."""
        await self.dana.do("send", channel=INCIDENTS, text=text)
        messages = self.workspace.model.channels[INCIDENTS].messages
        return MessageRef(channel=INCIDENTS, ts=list(messages)[-1])

    async def shortcut(self, reply: Reply | Exception) -> None:
        """Dana uses the shortcut that is everywhere, which has this reply."""
        self.desk.replies.append(reply)
        await self.dana.do("shortcut", callback_id=IncidentShortcut.DECLARE.value)
        await self.desk.next()
        await self.settle()

    @property
    def open(self) -> list[View]:
        """The forms that Dana has open, the lowest first."""
        return self.workspace.model.stacks.get(DANA, [])

    def titles(self) -> list[str]:
        """Their titles."""
        return [view.body["title"]["text"] for view in self.open]

    @property
    def shown(self) -> str:
        """What the topmost form shows."""
        return str(self.open[-1].body["blocks"])

    async def press(
        self, view: View, reply: Reply | Exception, action: str = "press", **given: Any
    ) -> Click:
        """Dana presses the button of a view, or uses its menu."""
        self.desk.replies.append(reply)
        given = given or {"value": "pressed"}
        await self.dana.do("click", view_id=view.id, block_id="row", action_id=action, **given)
        click = await self.desk.next()
        await self.settle()
        assert isinstance(click, Click)
        return click

    async def submit(self, reply: Reply | Exception) -> Any:
        """Dana sends the topmost form."""
        self.desk.replies.append(reply)
        values = {"field": {"typed": {"value": "text"}}}
        answer = await self.dana.do("submit", view_id=self.open[-1].id, values=values)
        assert isinstance(await self.desk.next(), Submission)
        await self.settle()
        return answer


class Drained:
    """Background work that a test can wait for."""

    def __init__(self, inner: BackgroundTasks) -> None:
        self._inner = inner
        self._running: set[asyncio.Future[None]] = set()

    def start(self, work: Awaitable[None]) -> None:
        """Run it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running.add(done)

        async def noted() -> None:
            try:
                await work
            finally:
                self._running.discard(done)
                done.set_result(None)

        self._inner.start(noted())

    def watch(self, begin: Callable[[], Awaitable[None]]) -> None:
        """Run it; a test ends when nobody waits for anything."""
        self.start(begin())

    async def settle(self) -> None:
        """Return when nothing runs any more."""
        async with asyncio.timeout(DEADLINE):
            while self._running:
                await asyncio.wait(self._running)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """The bot as its manifest describes it, at a running workspace."""
    clock, desk, seen = ManualClock(), Desk(), Recorded()
    router = Router(
        commands={"/incident": desk.take},
        clicks={"press": desk.take, "choose": desk.take},
        submissions={FORM: desk.take},
        lookups={},
        mention=desk.take,
        shortcuts={IncidentShortcut.DECLARE: desk.take},
        message_shortcuts={IncidentShortcut.NOTE_FROM: desk.take},
        listeners=Listeners(reaction=desk.take, pin=desk.take, changed=desk.take, home=desk.take),
    )
    async with (
        installed(clock) as (workspace, client),
        aiohttp.ClientSession() as session,
        BackgroundTasks() as tasks,
    ):
        background = Drained(tasks)
        inbound = Inbound(
            router=router,
            responder=SlackResponder(client=client),
            background=background,
            ids=CountingIds(),
            team=TEAM,
            observe=seen,
            names={SAM: "sam"}.get,
        )

        async def fine() -> str | None:
            return None

        site = Web(
            clock=clock, checks={"all": fine}, metrics=lambda: (b"", "text/plain"), observe=seen
        )
        bolt = inbound.bolt(workspace.bot_token, workspace.model.bot_id, BOT)
        application = site.application(bolt, workspace.signing_secret)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        workspace.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        running = Office(workspace, clock, desk, seen)
        running.session, running.settle = session, background.settle
        try:
            yield running
        finally:
            await runner.cleanup()


# ── Shortcuts ────────────────────────────────────────────────────────────────────────────────────


async def test_a_shortcut_opens_a_form_before_anything_is_found_out(office: Office) -> None:
    order: list[str] = []

    async def fill() -> JsonView:
        order.append(office.titles()[-1])
        return form("Filled")

    await office.shortcut(OpenModal(view=form("Loading"), fill=fill))

    assert order == ["Loading"]
    assert office.titles() == ["Filled"]


async def test_what_was_typed_meanwhile_stays_in_the_form(office: Office) -> None:
    async def fill() -> JsonView:
        office.open[-1].values["field"]["typed"]["value"] = "typed meanwhile"
        return form("Filled")

    await office.shortcut(OpenModal(view=form("Loading"), fill=fill))

    assert office.open[-1].values["field"]["typed"]["value"] == "typed meanwhile"


async def test_a_form_that_cannot_be_filled_says_so_without_details(office: Office) -> None:
    await office.shortcut(OpenModal(view=form("Loading"), fill=fails))

    assert "Something broke" in office.shown
    assert "Reference" in office.shown
    assert "secret" not in office.shown


async def test_a_form_that_was_closed_meanwhile_stays_closed(office: Office) -> None:
    async def fill() -> JsonView:
        office.workspace.model.stacks.clear()
        return form("Filled")

    await office.shortcut(OpenModal(view=form("Loading"), fill=fill))

    assert office.open == []


async def test_whoever_used_a_shortcut_reads_a_refusal_in_a_window(office: Office) -> None:
    await office.shortcut(NotPermitted("Guests may not do this."))

    assert "Guests may not do this." in office.shown


async def test_a_shortcut_from_anywhere_says_who(office: Office) -> None:
    await office.dana.do("shortcut", callback_id=IncidentShortcut.DECLARE.value)
    came = await office.desk.next()
    assert isinstance(came, Shortcut)
    assert (came.identity.user, came.identity.team) == (DANA, TEAM)


async def test_a_shortcut_on_a_message_says_which_and_is_answered_there(office: Office) -> None:
    place = await office.message("@sam it is slow & bad")
    office.desk.replies.append(Say(rendered=sentence("Noted.")))

    await office.dana.do(
        "shortcut",
        callback_id=IncidentShortcut.NOTE_FROM.value,
        channel=INCIDENTS,
        ts=place.ts,
    )

    came = await office.desk.next()
    assert isinstance(came, MessageShortcut)
    assert came.place == place
    assert came.text == "@sam it is slow & bad"
    await office.settle()
    assert (await office.dana.last(INCIDENTS))["text"] == "Noted."


async def test_a_shortcut_of_another_release_is_answered(office: Office) -> None:
    place = await office.message()
    await office.dana.do(
        "shortcut",
        callback_id=IncidentShortcut.TASK_FROM.value,
        channel=INCIDENTS,
        ts=place.ts,
    )
    await office.settle()
    assert "does not know" in (await office.dana.last(INCIDENTS))["text"]


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_click_in_a_form_puts_another_on_top_and_fills_it(office: Office) -> None:
    await office.shortcut(OpenModal(view=form("First")))
    reply = PushModal(view=form("Loading"), fill=lambda: gives(form("Second")))

    click = await office.press(office.open[0], reply)

    assert (click.view, click.home, click.channel) == (office.open[0].id, False, "")
    assert office.titles() == ["First", "Second"]


async def test_a_click_in_a_form_shows_something_else_in_it(office: Office) -> None:
    await office.shortcut(OpenModal(view=form("First")))
    reply = UpdateModal(view=form("Loading"), fill=lambda: gives(form("Second")))

    await office.press(office.open[0], reply)

    assert office.titles() == ["Second"]


async def test_a_choice_in_a_menu_is_the_value_of_the_click(office: Office) -> None:
    await office.shortcut(OpenModal(view=form("First", submit=False)))
    chosen = {"selected_option": {"value": "2"}}

    click = await office.press(office.open[0], Nothing(), "choose", **chosen)

    assert (click.action, click.value) == ("choose", "2")


@pytest.mark.parametrize(
    "reply", [Say(rendered=sentence("No.")), NotPermitted("No.")], ids=["reply", "refusal"]
)
async def test_a_click_in_a_form_is_answered_in_a_window_on_top(
    office: Office, reply: Reply | Exception
) -> None:
    await office.shortcut(OpenModal(view=form("First")))

    await office.press(office.open[0], reply)

    assert office.titles() == ["First", "Signalbox"]
    assert "No." in office.shown


async def test_what_takes_longer_is_found_out_in_a_window(office: Office) -> None:
    await office.shortcut(OpenModal(view=form("First")))
    found = sentence("Found.")
    later = Later(first=sentence("Looking …"), job=lambda: gives(found))

    await office.press(office.open[0], later)

    assert "Found." in office.shown


async def test_a_form_that_was_sent_closes(office: Office) -> None:
    await office.shortcut(OpenModal(view=form()))
    assert (await office.submit(Nothing()))["ok"]
    assert office.open == []


async def test_a_form_that_was_sent_is_answered_in_its_channel(office: Office) -> None:
    await office.shortcut(OpenModal(view=form()))
    await office.submit(Say(rendered=sentence("Declared."), channel=INCIDENTS))
    assert office.open == []
    assert (await office.dana.last(INCIDENTS))["text"] == "Declared."


async def test_a_form_that_belongs_to_no_channel_is_answered_in_its_window(office: Office) -> None:
    await office.shortcut(OpenModal(view=form()))
    await office.submit(Say(rendered=sentence("Declared.")))
    assert "Declared." in office.shown


async def test_a_form_that_was_sent_can_show_what_is_wrong(office: Office) -> None:
    await office.shortcut(OpenModal(view=form()))
    answer = await office.submit(FieldErrors(errors={"field": "Too short."}))
    assert answer["errors"] == {"field": "Too short."}


@pytest.mark.parametrize(
    ("reply", "titles"),
    [
        (UpdateModal(view=form("Next")), ["Next"]),
        (UpdateModal(view=form("Load"), fill=lambda: gives(form("Next"))), ["Next"]),
        (PushModal(view=form("Next")), ["First", "Next"]),
        (PushModal(view=form("Load"), fill=lambda: gives(form("Next"))), ["First", "Next"]),
        (OpenModal(view=form("Next")), ["Next"]),
    ],
    ids=["update", "update and fill", "push", "push and fill", "open"],
)
async def test_a_form_that_was_sent_can_lead_to_another(
    office: Office, reply: Reply, titles: list[str]
) -> None:
    await office.shortcut(OpenModal(view=form("First")))
    await office.submit(reply)
    assert office.titles() == titles


@pytest.mark.parametrize(
    "trouble",
    [ValueError("secret detail"), UpdateModal(view=form(), fill=fails)],
    ids=["it", "fill"],
)
async def test_a_form_that_fails_keeps_what_was_typed(
    office: Office, trouble: Reply | Exception
) -> None:
    await office.shortcut(OpenModal(view=form()))
    answer = await office.submit(trouble)
    assert "Something broke" in answer["errors"]["field"]
    assert len(office.open) == 1


async def test_a_form_for_a_trigger_that_slack_does_not_take_is_no_crash(office: Office) -> None:
    office.workspace.faults.add("views.open", Fault(kind=Kind.REFUSED, word="expired_trigger_id"))
    await office.shortcut(OpenModal(view=form()))
    assert office.open == []
    await office.shortcut(OpenModal(view=form()))
    assert len(office.open) == 1


@pytest.mark.parametrize(
    "reply", [PushModal(view=form()), UpdateModal(view=form())], ids=["push", "update"]
)
async def test_where_no_form_is_open_one_is_opened(office: Office, reply: Reply) -> None:
    await office.shortcut(reply)
    assert office.titles() == ["Form"]


# ── The home tab ─────────────────────────────────────────────────────────────────────────────────


async def open_home(office: Office, reply: Reply | Exception) -> None:
    """Dana looks at the bot's home tab."""
    office.desk.replies.append(reply)
    await office.dana.do("open_home")
    came = await office.desk.next()
    assert isinstance(came, HomeOpened)
    assert came.identity.user == DANA
    await office.workspace.settled()
    await office.settle()


async def test_the_home_tab_is_filled_when_somebody_looks(office: Office) -> None:
    await open_home(office, PublishHome(job=lambda: gives(home())))
    assert "Hello" in str(office.workspace.model.homes[DANA].body)


async def test_a_home_tab_that_cannot_be_filled_says_so(office: Office) -> None:
    await open_home(office, PublishHome(job=fails))
    shown = str(office.workspace.model.homes[DANA].body)
    assert "Something broke" in shown
    assert "secret" not in shown


async def test_a_click_in_the_home_tab_fills_it_anew(office: Office) -> None:
    await open_home(office, PublishHome(job=lambda: gives(home())))
    reply = PublishHome(job=lambda: gives(home("Again")))

    click = await office.press(office.workspace.model.homes[DANA], reply)

    assert (click.home, click.channel, click.place) == (True, "", None)
    assert "Again" in str(office.workspace.model.homes[DANA].body)


async def test_a_click_in_the_home_tab_can_open_a_form(office: Office) -> None:
    await open_home(office, PublishHome(job=lambda: gives(home())))
    view = office.workspace.model.homes[DANA]
    await office.press(view, PushModal(view=form("First")))
    assert office.titles() == ["First"]


async def test_a_click_in_the_home_tab_is_answered_in_a_window(office: Office) -> None:
    await open_home(office, PublishHome(job=lambda: gives(home())))
    await office.press(office.workspace.model.homes[DANA], NotPermitted("No."))
    assert "No." in office.shown


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


async def heard(office: Office, kind: type[Event]) -> Any:
    """What the desk hears next, once it is dealt with."""
    came = await office.desk.next()
    await office.workspace.settled()
    await office.settle()
    assert isinstance(came, kind)
    return came


async def test_reactions_are_heard_and_taken_back(office: Office) -> None:
    place = await office.message()
    for added in (True, False):
        await office.dana.do("react", channel=INCIDENTS, ts=place.ts, name="pushpin")
        came = await heard(office, Reaction)
        assert (came.place, came.emoji, came.added) == (place, "pushpin", added)
        assert came.identity.user == DANA


async def test_pins_are_heard_and_taken_away(office: Office) -> None:
    place = await office.message("Look at this")
    for added in (True, False):
        await office.dana.do("pin", channel=INCIDENTS, ts=place.ts)
        came = await heard(office, Pin)
        assert (came.place, came.added) == (place, added)


async def test_edits_and_deletions_are_heard(office: Office) -> None:
    place = await office.message()
    site = office.workspace._site
    channel = office.workspace.model.channels[INCIDENTS]
    message = channel.messages[place.ts]

    changes.edit(site, channel, message, changes.Content(text="It is fast."))
    edited = await heard(office, MessageEdited)
    assert (edited.place, edited.text) == (place, "It is fast.")

    changes.delete(site, channel, message)
    deleted = await heard(office, MessageDeleted)
    assert deleted.place == place


async def test_the_bot_does_not_hear_itself(office: Office) -> None:
    place = await office.message()
    async with office.session.post(
        f"{office.workspace.api_url}reactions.add",
        json={"channel": INCIDENTS, "timestamp": place.ts, "name": "white_check_mark"},
        headers={"Authorization": f"Bearer {office.workspace.bot_token}"},
    ) as answer:
        assert (await answer.json())["ok"]
    await office.workspace.settled()
    assert office.desk.came.empty()


@pytest.mark.parametrize(
    "trouble", [StoreUnavailable("Redis is away."), ValueError("a bug")], ids=["redis", "bug"]
)
async def test_an_event_that_could_not_be_stored_comes_again(
    office: Office, trouble: Exception
) -> None:
    """It is not acknowledged, so that Slack's own retries are the net."""
    place = await office.message()
    office.desk.replies.append(trouble)
    await office.dana.do("react", channel=INCIDENTS, ts=place.ts, name="pushpin")

    first, again = await office.desk.next(), await office.desk.next()
    await office.workspace.settled()

    assert first == again
    assert office.desk.came.empty()


async def test_an_event_that_is_refused_is_done_with_and_says_nothing(office: Office) -> None:
    place = await office.message()
    before = await office.dana.messages(INCIDENTS)
    office.desk.replies.append(NotPermitted("Guests may not do this."))
    await office.dana.do("react", channel=INCIDENTS, ts=place.ts, name="pushpin")

    await heard(office, Reaction)

    assert office.desk.came.empty()
    after = await office.dana.messages(INCIDENTS)
    assert [each["text"] for each in after] == [each["text"] for each in before]
    assert office.open == []


async def test_an_event_can_be_answered_to_whoever_caused_it(office: Office) -> None:
    place = await office.message()
    office.desk.replies.append(Say(rendered=sentence("Noted."), channel=INCIDENTS))
    await office.dana.do("react", channel=INCIDENTS, ts=place.ts, name="pushpin")

    await heard(office, Reaction)

    assert (await office.dana.last(INCIDENTS))["text"] == "Noted."


async def test_a_garbled_event_is_done_with(office: Office) -> None:
    office.workspace._site.emit("reaction_added", {"type": "reaction_added", "user": DANA})
    await office.workspace.settled()
    assert office.desk.came.empty()
    assert office.workspace.traffic.entries()[0]["status"] == "200"
