"""What the browser page asks for and does (`/ui/…`), as the person that it acts for."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from adapters.local.security import Handler, refusal
from adapters.local.workspace import changes, page_shapes, shapes
from adapters.local.workspace.courier import Courier
from adapters.local.workspace.errors import Refused
from adapters.local.workspace.hub import Subscription
from adapters.local.workspace.interactions import Interactions
from adapters.local.workspace.model import Channel, Message, User, View
from adapters.local.workspace.site import Site
from adapters.local.workspace.typed import compose
from adapters.local.workspace.ui_request import Lookup, body_of, done, text_of

_PING_SECONDS = 15


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a refusal into a sentence with status 400."""
    try:
        return await handler(request)
    except Refused as refused:
        return refusal(400, str(refused))


class UiApi:
    """Serves the page's requests."""

    def __init__(self, site: Site, courier: Courier, interactions: Interactions) -> None:
        self._site = site
        self._courier = courier
        self._interactions = interactions
        self._find = Lookup(site)

    def routes(self) -> list[web.AbstractRouteDef]:
        """The addresses of the page's requests."""
        return [
            web.get("/ui/state", self.state),
            web.get("/ui/messages", self.messages),
            web.get("/ui/events", self.events),
            web.get("/ui/traffic", self.traffic),
            web.post("/ui/send", self.send),
            web.post("/ui/click", self.click),
            web.post("/ui/options", self.options),
            web.post("/ui/submit", self.submit),
            web.post("/ui/close", self.close),
            web.post("/ui/shortcut", self.shortcut),
            web.post("/ui/open_home", self.open_home),
            web.post("/ui/read", self.read),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Everything but messages; a page that acts for nobody yet gets the first person."""
        person = self._find.person(request.query.get("as") or next(iter(self._site.model.users)))
        site, connected = self._site, self._courier.connected
        state = page_shapes.state(site.model, site.app, person.id, connected=connected)
        return done(state | {"cloud_url": site.cloud_url})

    async def messages(self, request: web.Request) -> web.Response:
        """A channel, or one thread in it; nothing of one that the person does not see (any more).

        The page that shows it is told in the same moment to read the state anew.
        """
        person = self._find.person(request.query.get("as", ""))
        channel = self._find.seen(person, request.query.get("channel", ""))
        if channel is None:
            return done({"messages": []})
        thread = request.query.get("thread_ts") or None
        found = page_shapes.messages(self._site.model, channel, person.id, thread)
        return done({"messages": found})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What changes, for as long as the page listens."""
        person = self._find.person(request.query.get("as", ""))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with self._site.hub.subscribed(person.id) as subscription:
            await response.prepare(request)
            # Pages come and go: one that is closed is no error.
            with suppress(ConnectionResetError):
                await self._tell(response, subscription)
        return response

    async def _tell(self, response: web.StreamResponse, subscription: Subscription) -> None:
        await response.write(b"retry: 1000\n\n")
        while True:
            try:
                async with asyncio.timeout(_PING_SECONDS):
                    event = await subscription.next()
            except TimeoutError:
                await response.write(b": ping\n\n")
                continue
            if event is None:
                return
            await response.write(f"data: {json.dumps(event)}\n\n".encode())

    async def traffic(self, _: web.Request) -> web.Response:
        """The last exchanges with the bot."""
        return done({"entries": self._site.traffic.entries()})

    async def send(self, request: web.Request) -> web.Response:
        """Say something, or give a command."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel = self._find.channel(person, text_of(body, "channel"))
        self._find.require_member(person, channel)
        text, thread = text_of(body, "text").strip(), body.get("thread_ts")
        if text.startswith("/"):
            self._command(person, channel, text, thread)
            return done()
        if not text:
            raise Refused("There is nothing to send.")
        if channel.is_im and self._site.app.messages_read_only:
            raise Refused("Sending messages to this app has been turned off.")
        if thread is not None and thread not in channel.messages:
            raise Refused("There is no such thread.")
        content = changes.Content(text=compose(self._site.model, text))
        placement = changes.Placement(thread_ts=thread)
        changes.post(self._site, channel, person.id, content, placement)
        return done()

    def _command(self, person: User, channel: Channel, text: str, thread: Any) -> None:
        name, _, rest = text.partition(" ")
        if thread is not None:
            raise Refused(f"{name} is not supported in threads. Sorry!")
        if name not in self._site.app.commands:
            raise Refused(f"{name} is not a valid command.")
        self._find.require_own_people(person)
        self._site.spawn(self._interactions.command(person, channel, name, rest.strip()))

    async def click(self, request: web.Request) -> web.Response:
        """Use an element of a message, a modal or the home tab."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        text_of(body, "block_id")
        text_of(body, "action_id")
        if body.get("view_id"):
            view = self._find.view(person, text_of(body, "view_id"))
            return done(await self._interactions.click_view(person, view, body))
        await self._interactions.click_message(person, self._find.place(person, body), body)
        return done()

    async def options(self, request: web.Request) -> web.Response:
        """Ask for the options of a select that the bot fills; one that is gone has none.

        What is typed is asked about a moment later: by then the bot may have closed the view, or
        shown something else.
        """
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        text_of(body, "block_id")
        text_of(body, "action_id")
        where: View | tuple[Channel, Message] | None
        if body.get("view_id"):
            where = self._find.opened(person, text_of(body, "view_id"))
        else:
            where = self._find.shown(person, body)
        found = await self._interactions.options(person, where, body) if where else []
        return done({"options": found})

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        view = self._find.view(person, text_of(body, "view_id"))
        values = body.get("values")
        entered = values if isinstance(values, dict) else {}
        return done(await self._interactions.submit(person, view, entered))

    async def close(self, request: web.Request) -> web.Response:
        """Close a modal; one that the bot has closed by now is closed."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        view = self._find.opened(person, text_of(body, "view_id"))
        if view is not None:
            self._interactions.close(person, view)
        return done()

    async def shortcut(self, request: web.Request) -> web.Response:
        """Use a shortcut."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        self._find.require_own_people(person)
        callback_id = text_of(body, "callback_id")
        known = next((s for s in self._site.app.shortcuts if s.callback_id == callback_id), None)
        if known is None:
            raise Refused("There is no such shortcut.")
        place = self._find.place(person, body) if known.type == "message" else None
        return done(await self._interactions.shortcut(person, callback_id, place))

    async def open_home(self, request: web.Request) -> web.Response:
        """Open the bot's home tab, or (`tab`) its messages."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        tab = body.get("tab", "home")
        if tab not in ("home", "messages"):
            raise Refused("There is no such tab.")
        site = self._site
        channel = changes.talk_with(site, person.id)
        opened = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": site.next_ts(),
        }
        home = site.model.homes.get(person.id)
        if home is not None and tab == "home":
            opened["view"] = shapes.view(site.model, home)
        site.emit("app_home_opened", opened)
        return done()

    async def read(self, request: web.Request) -> web.Response:
        """Note that everything in a channel was seen.

        The page says so a moment after it showed the channel. Whoever has left it by then, or was
        taken out, made no mistake: there is nothing to note, and no word on whether it exists.
        """
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel = self._find.seen(person, text_of(body, "channel"))
        if channel is not None:
            channel.last_read[person.id] = self._site.next_ts()
        return done()
