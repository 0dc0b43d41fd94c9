"""The people of the workspace, from Slack: who somebody is, and in which of our groups.

Deny by default: whoever Slack does not plainly show as a full member of our own workspace is
refused. What Slack said is believed for a short time only, and nothing is guessed when it is away.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.slack.client import SlackClient
from adapters.slack.fresh import Fresh, Latest
from bot.domain.actor import Actor
from bot.domain.catalog import Group
from bot.domain.errors import NotPermitted, SlackRefused, SlackUnavailable
from bot.domain.worded import Worded, worded
from bot.ports import Clock

# Decisions of this project. A person who leaves a user group keeps its authority for a minute at
# most. usergroups.users.list may be called 20 times a minute: that is how many user groups fit.
MEMBERS_TTL = timedelta(seconds=60)
PERSON_TTL = timedelta(minutes=5)
MAX_PEOPLE = 5000
MAX_USERGROUPS = 100
# That of people of whom Slack does not say it.
DEFAULT_LANGUAGE = "en"
# Look-ups at once while warming up, so that a click meanwhile does not queue behind all of them.
WARM_CONCURRENCY = 4

_SLACKBOT = "USLACKBOT"
_REFUSED_FLAGS = (
    ("deleted", worded("Your Slack account is deactivated.")),
    ("is_bot", worded("Bots may not do this; a person has to.")),
    ("is_ultra_restricted", worded("Guests of the workspace may not use Signalbox.")),
    ("is_restricted", worded("Guests of the workspace may not use Signalbox.")),
)
_FOREIGN = worded("Signalbox serves its own workspace; people of other workspaces may not use it.")
_UNKNOWN = worded(
    "Slack does not show you as a member of this workspace, so Signalbox does nothing for you."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Person:
    """What is kept of a profile: a name to display, the language, and the sentence that refuses, if
    any.
    """

    name: str
    refusal: Worded | None
    language: str = DEFAULT_LANGUAGE


class SlackDirectory:
    """Implements `bot.ports.Directory` for one workspace (`team`) and the catalog's groups."""

    def __init__(
        self, *, client: SlackClient, groups: Mapping[str, Group], team: str, clock: Clock
    ) -> None:
        """No request is made before the first question."""
        self._client = client
        self._groups = groups
        self._team = team
        self._people = Fresh(self._load_person, clock=clock, ttl=PERSON_TTL, size=MAX_PEOPLE)
        self._members = Fresh(self._load_members, clock=clock, ttl=MEMBERS_TTL, size=MAX_USERGROUPS)
        # Names and languages decide nothing, so that the last known ones do for ever.
        self._last_seen: Latest[str, _Person] = Latest(MAX_PEOPLE)

    async def actor(self, user: str, team: str) -> Actor:
        """Who this is, with the groups of this moment.

        Raises `NotPermitted` with the reason for everybody but full members of our workspace, and
        `SlackUnavailable` when Slack has to be asked and does not answer.
        """
        if team != self._team:
            raise NotPermitted(_FOREIGN)
        person = await self._people.get(user)
        if person.refusal is not None:
            raise NotPermitted(person.refusal)
        members = await self._all_members()
        groups = (
            name
            for name, group in self._groups.items()
            if user in group.members or user in members.get(group.usergroup or "", ())
        )
        return Actor(id=user, name=person.name, groups=frozenset(groups), language=person.language)

    def language_of(self, user: str) -> str | None:
        """The language that somebody has set (BCP 47, such as zh-TW), as far as it is known.

        Asks nobody: it is for what has to be shown before there is time to ask.
        """
        person = self._last_seen.get(user)
        return person.language if person else None

    def name_of(self, user: str) -> str | None:
        """The name that somebody goes by, as far as it is known; asks nobody."""
        person = self._last_seen.get(user)
        return person.name or None if person else None

    async def members(self, groups: Sequence[str]) -> frozenset[str]:
        """The ids of everybody who is in one of these groups at the moment.

        A group that the catalog does not have is empty. Whether somebody is a full member of the
        workspace is decided when they act: see `actor`. Raises `SlackUnavailable`.
        """
        wanted = [self._groups[name] for name in groups if name in self._groups]
        listed = frozenset(user for group in wanted for user in group.members)
        joined = await self._members_of({group.usergroup for group in wanted if group.usergroup})
        return listed.union(*joined.values())

    async def warm(self, users: Iterable[str]) -> None:
        """Ask for these people and all user groups ahead of the first click.

        Never fails: what could not be had is logged and asked for again when it is needed.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._all_members())
                tasks.create_task(self.meet(users))
        except* SlackUnavailable as problems:
            _log.warning("groups could not all be looked up ahead: %s", problems.exceptions[0])

    async def meet(self, users: Iterable[str]) -> None:
        """Ask for these people, so that their names are known. Never fails, as `warm`."""
        places = asyncio.Semaphore(WARM_CONCURRENCY)

        async def person(user: str) -> None:
            async with places:
                await self._people.get(user)

        try:
            async with asyncio.TaskGroup() as tasks:
                for user in users:
                    tasks.create_task(person(user))
        except* SlackUnavailable as problems:
            _log.warning("people could not all be looked up ahead: %s", problems.exceptions[0])

    async def _all_members(self) -> Mapping[str, frozenset[str]]:
        """The members of every user group that the catalog names, by user group id."""
        return await self._members_of(
            {group.usergroup for group in self._groups.values() if group.usergroup}
        )

    async def _members_of(self, usergroups: set[str]) -> Mapping[str, frozenset[str]]:
        """The members of these user groups, asked for side by side, by user group id."""
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = {
                    one: tasks.create_task(self._members.get(one)) for one in sorted(usergroups)
                }
        except* SlackUnavailable as problems:
            first = problems.exceptions[0]
        else:
            return {one: task.result() for one, task in asked.items()}
        raise first

    async def _load_members(self, usergroup: str) -> frozenset[str]:
        try:
            answer = await self._client.call("usergroups.users.list", usergroup=usergroup)
        except SlackRefused as refusal:
            if refusal.code != "no_such_subteam":
                raise
            # A group that is gone has no members; it must not take the other groups along.
            _log.warning("the user group %s of the configuration is not in Slack", usergroup)
            return frozenset()
        users = answer.get("users")
        if not isinstance(users, list):
            # No list is not an empty one: somebody may have to be called.
            raise SlackUnavailable("Slack did not say who is in a user group.")
        return frozenset(map(str, users))

    async def _load_person(self, user: str) -> _Person:
        try:
            answer = await self._client.call("users.info", user=user, include_locale=True)
        except SlackRefused as refusal:
            if refusal.code not in {"user_not_found", "user_not_visible"}:
                raise
            return _Person("", _UNKNOWN)
        profile = answer.get("user")
        if not isinstance(profile, Mapping):
            return _Person("", _UNKNOWN)
        language = str(profile.get("locale") or DEFAULT_LANGUAGE)
        person = _Person(_display_name(profile), self._refusal(user, profile), language)
        self._last_seen.note(user, person)
        return person

    def _refusal(self, user: str, profile: Mapping[str, Any]) -> Worded | None:
        """Why this person is refused; None for a full member of our workspace."""
        if user == _SLACKBOT or profile.get("id") != user:
            return _UNKNOWN
        if profile.get("is_stranger") or profile.get("team_id") != self._team:
            return _FOREIGN
        for flag, sentence in _REFUSED_FLAGS:
            # Slack says all of these of every full member, so whoever lacks one is none.
            if profile.get(flag) is not False:
                return sentence if profile.get(flag) else _UNKNOWN
        return None


def _display_name(profile: Mapping[str, Any]) -> str:
    details = profile.get("profile")
    chosen = details.get("display_name") if isinstance(details, Mapping) else None
    return str(chosen or profile.get("real_name") or profile.get("name") or "")[:80]
