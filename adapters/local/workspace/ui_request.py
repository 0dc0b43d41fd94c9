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
    """Finds what ids name, as far as the person may know of it. All methods raise `Refused`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def person(self, user_id: str) -> User:
        """Whom the page acts for."""
        person = self._site.model.users.get(user_id)
        if person is None or person.is_bot or person.deleted:
            raise Refused("There is no such person here.")
        return person

    def channel(self, person: User, channel_id: str) -> Channel:
        """A channel into which the person may look."""
        channel = self._site.model.channels.get(channel_id)
        if channel is None or not self._site.model.sees(person.id, channel):
            raise Refused("There is no such channel.")
        return channel

    def message(self, person: User, channel: Channel, ts: str) -> Message:
        """A message that the person sees."""
        message = channel.find(ts)
        if message is None or message.ephemeral_to not in (None, person.id):
            raise Refused("There is no such message (any more).")
        return message

    def place(self, person: User, body: Json) -> tuple[Channel, Message]:
        """The message that a request is about, with its channel."""
        channel = self.channel(person, text_of(body, "channel"))
        return channel, self.message(person, channel, text_of(body, "ts"))

    def joined_place(self, person: User, body: Json) -> tuple[Channel, Message]:
        """The same, in a channel that the person is in."""
        channel, message = self.place(person, body)
        self.require_member(person, channel)
        return channel, message

    def view(self, person: User, view_id: str) -> View:
        """A modal or home tab that the person has open."""
        view = self._site.model.view(view_id)
        if view is None or view.user != person.id:
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
