"""What a request of the page means: its fields, the person that it acts for, and its places."""

from aiohttp import web

from adapters.local.workspace.errors import Refused
from adapters.local.workspace.model import Channel, Json, Message, User, View
from adapters.local.workspace.site import Site


async def body_of(request: web.Request) -> Json:
    """The JSON object of a request. Raises `Refused`."""
    try:
        body = await request.json()
    except ValueError:
        raise Refused("The request is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused("The request is not a JSON object.")
    return body


def text_of(body: Json, name: str) -> str:
    """A field that has to be there. Raises `Refused`."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"“{name}” is missing.")
    return value


def done(answer: Json | None = None) -> web.Response:
    """The answer to something that went well."""
    return web.json_response(answer or {"ok": True})


class Lookup:
    """Finds what ids name, as far as the person may know of it.

    A page asks a moment late about what it shows: somebody may have been taken out of the channel,
    or a message or a view may be gone. Where that is no mistake it is looked up with `seen`,
    `shown` and `opened`, which give None, be it gone or never there. The others raise `Refused`.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def person(self, user_id: str) -> User:
        """Whom the page acts for."""
        person = self._site.model.users.get(user_id)
        if person is None or person.is_bot or person.deleted:
            raise Refused("There is no such person here.")
        return person

    def seen(self, person: User, channel_id: str) -> Channel | None:
        """A channel into which the person may look, or None."""
        channel = self._site.model.channels.get(channel_id)
        sees = channel is not None and self._site.model.sees(person.id, channel)
        return channel if sees else None

    def channel(self, person: User, channel_id: str) -> Channel:
        """The same, where there has to be one."""
        channel = self.seen(person, channel_id)
        if channel is None:
            raise Refused("There is no such channel.")
        return channel

    def shown(self, person: User, body: Json) -> tuple[Channel, Message] | None:
        """The message that a request is about, with its channel, or None."""
        channel, ts = self.seen(person, text_of(body, "channel")), text_of(body, "ts")
        message = channel.find(ts) if channel is not None else None
        if channel is None or message is None or message.ephemeral_to not in (None, person.id):
            return None
        return channel, message

    def place(self, person: User, body: Json) -> tuple[Channel, Message]:
        """The same, where there has to be one."""
        self.channel(person, text_of(body, "channel"))
        shown = self.shown(person, body)
        if shown is None:
            raise Refused("There is no such message (any more).")
        return shown

    def joined_place(self, person: User, body: Json) -> tuple[Channel, Message]:
        """The same, in a channel that the person is in."""
        channel, message = self.place(person, body)
        self.require_member(person, channel)
        return channel, message

    def opened(self, person: User, view_id: str) -> View | None:
        """A modal or home tab that the person has open, or None."""
        view = self._site.model.view(view_id)
        return view if view is not None and view.user == person.id else None

    def view(self, person: User, view_id: str) -> View:
        """The same, where there has to be one."""
        view = self.opened(person, view_id)
        if view is None:
            raise Refused("This view is not open (any more).")
        return view

    def require_member(self, person: User, channel: Channel) -> None:
        """Let nobody do anything in a channel that they are not in."""
        if channel.is_archived:
            raise Refused("This channel is archived.")
        if person.id not in channel.members:
            raise Refused("Join the channel first.")

    def require_own_people(self, person: User) -> None:
        """Keep strangers off the apps."""
        if person.team_id != self._site.model.team.id:
            raise Refused("People of other organisations cannot use this workspace's apps.")
