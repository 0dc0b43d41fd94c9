"""What the browser page asks for and does (`/ui/…`), as the person that it acts for."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from adapters.local.security import Handler, refusal
from adapters.local.workspace import changes, page_shapes
from adapters.local.workspace.courier import Courier
from adapters.local.workspace.errors import Refused
from adapters.local.workspace.hub import Subscription
from adapters.local.workspace.interactions import Interactions
from adapters.local.workspace.model import Channel, Json, Message, User, View
from adapters.local.workspace.site import Site
from adapters.local.workspace.typed import compose

_PING_SECONDS = 15


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a refusal into a sentence with status 400."""
    try:
        return await handler(request)
    except Refused as refused:
        return refusal(400, str(refused))


async def _body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise Refused("The request is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused("The request is not a JSON object.")
    return body


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"“{name}” is missing.")
    return value


def _ok(answer: Json | None = None) -> web.Response:
    return web.json_response(answer or {"ok": True})


class UiApi:
    """Serves the page's requests."""

    def __init__(self, site: Site, courier: Courier, interactions: Interactions) -> None:
        self._site = site
        self._courier = courier
        self._interactions = interactions

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
            web.post("/ui/react", self.react),
            web.post("/ui/pin", self.pin),
            web.post("/ui/join", self.join),
            web.post("/ui/open_home", self.open_home),
            web.post("/ui/read", self.read),
        ]

    def _person(self, user_id: str) -> User:
        person = self._site.model.users.get(user_id)
        if person is None or person.is_bot or person.deleted:
            raise Refused("There is no such person here.")
        return person

    def _channel(self, person: User, channel_id: str) -> Channel:
        channel = self._site.model.channels.get(channel_id)
        if channel is None or not self._site.model.sees(person.id, channel):
            raise Refused("There is no such channel.")
        return channel

    def _message(self, person: User, channel: Channel, ts: str) -> Message:
        message = channel.find(ts)
        if message is None or message.ephemeral_to not in (None, person.id):
            raise Refused("There is no such message (any more).")
        return message

    def _view(self, person: User, view_id: str) -> View:
        view = self._site.model.view(view_id)
        if view is None or view.user != person.id:
            raise Refused("This view is not open (any more).")
        return view

    def _place(self, person: User, body: Json) -> tuple[Channel, Message]:
        channel = self._channel(person, _text(body, "channel"))
        return channel, self._message(person, channel, _text(body, "ts"))

    def _member(self, person: User, channel: Channel) -> None:
        if channel.is_archived:
            raise Refused("This channel is archived.")
        if person.id not in channel.members:
            raise Refused("Join the channel first.")

    async def state(self, request: web.Request) -> web.Response:
        """Everything but messages; a page that acts for nobody yet gets the first person."""
        person = self._person(request.query.get("as") or next(iter(self._site.model.users)))
        site, connected = self._site, self._courier.connected
        state = page_shapes.state(site.model, site.app, person.id, connected=connected)
        return _ok(state | {"cloud_url": site.cloud_url})

    async def messages(self, request: web.Request) -> web.Response:
        """A channel, or one thread in it."""
        person = self._person(request.query.get("as", ""))
        channel = self._channel(person, request.query.get("channel", ""))
        thread = request.query.get("thread_ts") or None
        found = page_shapes.messages(self._site.model, channel, person.id, thread)
        return _ok({"messages": found})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What changes, for as long as the page listens."""
        person = self._person(request.query.get("as", ""))
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
        return _ok({"entries": self._site.traffic.entries()})

    async def send(self, request: web.Request) -> web.Response:
        """Say something, or give a command."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        channel = self._channel(person, _text(body, "channel"))
        self._member(person, channel)
        text, thread = _text(body, "text").strip(), body.get("thread_ts")
        if text.startswith("/"):
            self._command(person, channel, text, thread)
            return _ok()
        if not text:
            raise Refused("There is nothing to send.")
        if thread is not None and thread not in channel.messages:
            raise Refused("There is no such thread.")
        content = changes.Content(text=compose(self._site.model, text))
        placement = changes.Placement(thread_ts=thread)
        changes.post(self._site, channel, person.id, content, placement)
        return _ok()

    def _command(self, person: User, channel: Channel, text: str, thread: Any) -> None:
        name, _, rest = text.partition(" ")
        if thread is not None:
            raise Refused(f"{name} is not supported in threads. Sorry!")
        if name not in self._site.app.commands:
            raise Refused(f"{name} is not a valid command.")
        self._own_people_only(person)
        self._site.spawn(self._interactions.command(person, channel, name, rest.strip()))

    def _own_people_only(self, person: User) -> None:
        if person.team_id != self._site.model.team.id:
            raise Refused("People of other organisations cannot use this workspace's apps.")

    async def click(self, request: web.Request) -> web.Response:
        """Use an element of a message, a modal or the home tab."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        _text(body, "block_id")
        _text(body, "action_id")
        if body.get("view_id"):
            view = self._view(person, _text(body, "view_id"))
            return _ok(await self._interactions.click_view(person, view, body))
        await self._interactions.click_message(person, self._place(person, body), body)
        return _ok()

    async def options(self, request: web.Request) -> web.Response:
        """Ask for the options of a select that the bot fills."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        _text(body, "block_id")
        _text(body, "action_id")
        where: View | tuple[Channel, Message]
        if body.get("view_id"):
            where = self._view(person, _text(body, "view_id"))
        else:
            where = self._place(person, body)
        return _ok({"options": await self._interactions.options(person, where, body)})

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        view = self._view(person, _text(body, "view_id"))
        values = body.get("values")
        entered = values if isinstance(values, dict) else {}
        return _ok(await self._interactions.submit(person, view, entered))

    async def close(self, request: web.Request) -> web.Response:
        """Close a modal."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        self._interactions.close(person, self._view(person, _text(body, "view_id")))
        return _ok()

    async def shortcut(self, request: web.Request) -> web.Response:
        """Use a shortcut."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        self._own_people_only(person)
        callback_id = _text(body, "callback_id")
        known = next((s for s in self._site.app.shortcuts if s.callback_id == callback_id), None)
        if known is None:
            raise Refused("There is no such shortcut.")
        place = self._place(person, body) if known.type == "message" else None
        return _ok(await self._interactions.shortcut(person, callback_id, place))

    async def react(self, request: web.Request) -> web.Response:
        """Add a reaction or take it back."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        channel, message = self._place(person, body)
        self._member(person, channel)
        name = _text(body, "name").strip(":")
        act = changes.unreact if person.id in message.reactions.get(name, ()) else changes.react
        act(self._site, channel, message, person.id, name)
        return _ok()

    async def pin(self, request: web.Request) -> web.Response:
        """Pin a message or take the pin away."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        channel, message = self._place(person, body)
        self._member(person, channel)
        if message.ephemeral_to is not None:
            raise Refused("A message that only you see cannot be pinned.")
        act = changes.unpin if message.ts in channel.pins else changes.pin
        act(self._site, channel, message, person.id)
        return _ok()

    async def join(self, request: web.Request) -> web.Response:
        """Join a public channel."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        channel = self._channel(person, _text(body, "channel"))
        if channel.is_archived:
            raise Refused("This channel is archived.")
        if person.id not in channel.members:
            changes.join(self._site, channel, person.id)
        return _ok()

    async def open_home(self, request: web.Request) -> web.Response:
        """Open the bot's home tab."""
        person = self._person(_text(await _body(request), "as"))
        site = self._site
        channel = site.model.im_with(person.id, site.clock.now())
        opened = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": channel.id,
            "tab": "home",
        }
        site.emit("app_home_opened", {**opened, "event_ts": site.next_ts()})
        return _ok()

    async def read(self, request: web.Request) -> web.Response:
        """Note that everything in a channel was seen."""
        body = await _body(request)
        person = self._person(_text(body, "as"))
        channel = self._channel(person, _text(body, "channel"))
        channel.last_read[person.id] = self._site.next_ts()
        return _ok()
