"""What people do to messages and channels by hand: react, pin, edit, delete, join, leave."""

from aiohttp import web

from adapters.local.workspace import changes, page_shapes
from adapters.local.workspace.errors import Refused
from adapters.local.workspace.methods.marks import EMOJI, MAX_PINS, MAX_REACTIONS
from adapters.local.workspace.model import Channel, Message, User
from adapters.local.workspace.site import Site
from adapters.local.workspace.typed import compose
from adapters.local.workspace.ui_request import Lookup, body_of, done, text_of


class UiMarks:
    """Serves these requests of the page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._find = Lookup(site)

    def routes(self) -> list[web.AbstractRouteDef]:
        """The addresses of these requests."""
        return [
            web.get("/ui/pins", self.pins),
            web.post("/ui/react", self.react),
            web.post("/ui/pin", self.pin),
            web.post("/ui/edit", self.edit),
            web.post("/ui/delete", self.delete),
            web.post("/ui/join", self.join),
            web.post("/ui/leave", self.leave),
        ]

    async def pins(self, request: web.Request) -> web.Response:
        """The pinned messages of a channel, the newest pin first.

        Of one that the person does not see (any more) there are none.
        """
        person = self._find.person(request.query.get("as", ""))
        channel = self._find.seen(person, request.query.get("channel", ""))
        pinned = [channel.messages[ts] for ts in reversed(channel.pins)] if channel else []
        model = self._site.model
        return done({"messages": [page_shapes.message(model, message) for message in pinned]})

    async def react(self, request: web.Request) -> web.Response:
        """Add a reaction or take it back."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel, message = self._find.joined_place(person, body)
        _require_common(message)
        name = text_of(body, "name").strip(":")
        if person.id in message.reactions.get(name, ()):
            changes.unreact(self._site, channel, message, person.id, name)
            return done()
        if not EMOJI.fullmatch(name):
            raise Refused(f"“{name}” is no emoji.")
        if name not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
            raise Refused("A message has room for so many different reactions, and no more.")
        changes.react(self._site, channel, message, person.id, name)
        return done()

    async def pin(self, request: web.Request) -> web.Response:
        """Pin a message or take the pin away."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel, message = self._find.joined_place(person, body)
        if message.ephemeral_to is not None:
            raise Refused("A message that only you see cannot be pinned.")
        _require_common(message)
        pinned = message.ts in channel.pins
        if not pinned and len(channel.pins) >= MAX_PINS:
            raise Refused("This channel has as many pins as it can.")
        act = changes.unpin if pinned else changes.pin
        act(self._site, channel, message, person.id)
        return done()

    def _own(self, person: User, place: tuple[Channel, Message]) -> tuple[Channel, Message]:
        message = place[1]
        if message.user != person.id or message.subtype is not None:
            raise Refused("You can change only what you said yourself.")
        return place

    async def edit(self, request: web.Request) -> web.Response:
        """Say something else instead of what was said."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel, message = self._own(person, self._find.joined_place(person, body))
        text = text_of(body, "text").strip()
        if not text:
            raise Refused("There is nothing to say; delete the message instead.")
        composed = compose(self._site.model, text)
        if composed != message.text:
            changes.edit(self._site, channel, message, changes.Content(text=composed))
        return done()

    async def delete(self, request: web.Request) -> web.Response:
        """Take back what was said; what only this person sees is dismissed.

        What is gone by now, because the bot has taken it back itself, is as it was to be.
        """
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        shown = self._find.shown(person, body)
        if shown is None:
            return done()
        channel, message = shown
        if message.ephemeral_to is None:
            self._find.require_member(person, channel)
            self._own(person, (channel, message))
        changes.delete(self._site, channel, message)
        return done()

    async def join(self, request: web.Request) -> web.Response:
        """Join a public channel."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel = self._find.channel(person, text_of(body, "channel"))
        if channel.is_archived:
            raise Refused("This channel is archived.")
        if person.id not in channel.members:
            changes.join(self._site, channel, person.id)
        return done()

    async def leave(self, request: web.Request) -> web.Response:
        """Leave a channel; whoever was taken out of it by now has left it."""
        body = await body_of(request)
        person = self._find.person(text_of(body, "as"))
        channel = self._find.seen(person, text_of(body, "channel"))
        if channel is None or person.id not in channel.members:
            return done()
        if channel.is_im or channel.is_general:
            raise Refused("Nobody leaves this one.")
        self._find.require_member(person, channel)
        changes.leave(self._site, channel, person.id)
        return done()


def _require_common(message: Message) -> None:
    """Lines that Slack itself wrote, or that one person sees, carry no marks."""
    if message.ephemeral_to is not None or message.subtype == "tombstone":
        raise Refused("This message cannot be marked.")
