"""Bringing people into a channel: one of whom Slack lets nobody in keeps no other out."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from adapters.slack.channels import MAX_PAGES, PAGE, next_cursor
from adapters.slack.client import SlackClient
from adapters.slack.wording import Names, nobody
from bot.domain.errors import SlackRefused, SlackUnavailable

# https://docs.slack.dev/reference/methods/conversations.invite
MAX_INVITED = 100
# They are where they are wanted.
_INSIDE = frozenset({"already_in_channel", "cant_invite_self"})
# They are not in the workspace (any more).
_GONE: Mapping[str, str] = {
    "user_not_found": "not in the workspace",
    "user_not_visible": "not in the workspace",
    "user_disabled": "deactivated",
}
_KEPT_OUT: Mapping[str, str] = {
    "app_cannot_join_channel": "an app",
    "cant_invite": "Slack does not say why",
    "invitee_cant_see_channel": "a guest",
    "no_external_invite_permission": "of another workspace",
    "org_user_not_in_team": "of another workspace",
    "ura_max_channels": "a guest of one channel",
    "user_is_restricted": "a guest",
}
_REASONS: Mapping[str, str] = {**_GONE, **_KEPT_OUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """How it went: who is in the channel, who cannot be (with Slack's word), and what went wrong
    with the rest, of whom nothing is known.
    """

    inside: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    trouble: SlackUnavailable | None = None

    def kept_out(self, names: Names = nobody, *, gone: bool = True) -> str:
        """Who cannot be in the channel and why, in words; empty when nobody is kept out.

        Without `gone`, those who are not in the workspace any more are left aside.
        """
        return ", ".join(
            f"{names(user) or user} ({_REASONS[code]})"
            for user, code in sorted(self.refused.items())
            if gone or code not in _GONE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """Invites over the connection pool of one client."""

    client: SlackClient

    async def invite(self, channel: str, people: frozenset[str]) -> Invited:
        """Bring people into a channel, a hundred at a time. Never raises `SlackUnavailable`."""
        everybody = sorted(people)
        chunks = [
            everybody[start : start + MAX_INVITED]
            for start in range(0, len(everybody), MAX_INVITED)
        ]
        return await self._side_by_side(channel, chunks)

    async def _side_by_side(self, channel: str, chunks: Sequence[Sequence[str]]) -> Invited:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._chunk(channel, chunk)) for chunk in chunks]
        results = [each.result() for each in asked]
        return Invited(
            inside=frozenset().union(*(each.inside for each in results)),
            refused={user: code for each in results for user, code in each.refused.items()},
            trouble=next((each.trouble for each in results if each.trouble), None),
        )

    async def _chunk(self, channel: str, people: Sequence[str]) -> Invited:
        """Invite several. When Slack refuses one, and so all of them, those who are in the channel
        already are left out; if that helps nothing, each is invited alone.
        """
        try:
            await self.client.call("conversations.invite", channel=channel, users=",".join(people))
        except SlackRefused as refusal:
            if refusal.code not in _INSIDE and refusal.code not in _REASONS:
                return Invited(trouble=refusal)
            if len(people) > 1:
                return await self._apart(channel, people, inside=refusal.code in _INSIDE)
            if refusal.code not in _INSIDE:
                return Invited(refused={people[0]: refusal.code})
        except SlackUnavailable as trouble:
            return Invited(trouble=trouble)
        return Invited(inside=frozenset(people))

    async def _apart(self, channel: str, people: Sequence[str], *, inside: bool) -> Invited:
        members = frozenset(people) & await self._members(channel) if inside else frozenset()
        left = [user for user in people if user not in members]
        chunks = [left] if members and left else [[user] for user in left]
        rest = await self._side_by_side(channel, chunks)
        return Invited(inside=members | rest.inside, refused=rest.refused, trouble=rest.trouble)

    async def _members(self, channel: str) -> frozenset[str]:
        """Who is in the channel; nobody when that cannot be found out."""
        found: set[str] = set()
        cursor = ""
        with suppress(SlackUnavailable):
            for _ in range(MAX_PAGES):
                answer = await self.client.call(
                    "conversations.members",
                    channel=channel,
                    limit=PAGE,
                    **({"cursor": cursor} if cursor else {}),
                )
                found.update(map(str, answer.get("members") or ()))
                cursor = next_cursor(answer)
                if not cursor:
                    break
        return frozenset(found)
