"""Looking at what people say in Slack, and marking it."""

from dataclasses import dataclass

from adapters.slack.client import SlackClient
from adapters.slack.invitations import Invitations
from adapters.slack.wording import Meet, Names, as_read, meet_nobody, mentioned, nobody
from bot.domain.errors import SlackRefused
from bot.domain.placement import MessageRef

# How a message that was taken note of is marked.
TAKEN = "white_check_mark"
_NOT_THERE = frozenset({"message_not_found", "thread_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRoomLooks:
    """Implements `bot.ports.RoomLooks`. `names` knows people by id, once `meet` has met them."""

    client: SlackClient
    names: Names = nobody
    meet: Meet = meet_nobody

    async def name_of(self, channel: str) -> tuple[str, bool]:
        """The name of a channel that the bot is in, and whether it is private.

        Raises `SlackRefused` when the bot is not in it, or nobody is any more because it was
        archived, and as `SlackClient.call`.
        """
        found = (await self.client.call("conversations.info", channel=channel))["channel"]
        if found.get("is_archived"):
            raise SlackRefused("#{name} is archived.", code="is_archived", name=found.get("name"))
        if not found.get("is_member"):
            raise SlackRefused(
                "The bot is not in #{name}; invite it there first.",
                code="not_in_channel",
                name=found.get("name"),
            )
        return str(found["name"]), bool(found.get("is_private"))

    async def permalink(self, place: MessageRef) -> str | None:
        """The address of a message; None when it, or its channel, is not there for the bot.

        Raises `SlackUnavailable`.
        """
        try:
            answer = await self.client.call(
                "chat.getPermalink", channel=place.channel, message_ts=place.ts
            )
        except SlackRefused:
            return None
        return str(answer["permalink"])

    async def text_of(self, place: MessageRef) -> tuple[str, str] | None:
        """What a message says, as people read it, and who wrote it; None when it is not there.

        Raises as `SlackClient.call`.
        """
        try:
            # Unlike a channel's history, this knows replies in threads as well.
            answer = await self.client.call(
                "conversations.replies",
                channel=place.channel,
                ts=place.ts,
                oldest=place.ts,
                latest=place.ts,
                inclusive=True,
                limit=1,
            )
        except SlackRefused as refusal:
            if refusal.code not in _NOT_THERE:
                raise
            return None
        for message in answer.get("messages") or ():
            if message.get("ts") == place.ts:
                text = str(message.get("text") or "")
                await self.meet(mentioned(text))
                author = str(message.get("user") or message.get("bot_id") or "")
                return as_read(text, self.names), author
        return None

    async def confirm(self, place: MessageRef) -> None:
        """Mark a message as taken note of. Raises as `SlackClient.call`."""
        try:
            await self.client.call(
                "reactions.add", channel=place.channel, timestamp=place.ts, name=TAKEN
            )
        except SlackRefused as refusal:
            if refusal.code != "already_reacted":
                raise

    async def invite(self, channel: str, people: frozenset[str]) -> None:
        """Bring people into a channel; those who are there, or gone, are no problem.

        Raises `SlackRefused` naming who is not let in, and as `SlackClient.call`.
        """
        invited = await Invitations(client=self.client).invite(channel, people)
        if invited.trouble is not None:
            raise invited.trouble
        kept_out = invited.kept_out(self.names, gone=False)
        if kept_out:
            raise SlackRefused(
                "Slack does not let these people in: {people}.",
                code="cant_invite",
                people=kept_out,
            )
