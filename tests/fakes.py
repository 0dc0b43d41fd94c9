"""Neighbours that tests steer: real classes on the ports' Protocols."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import samples

from bot.domain.actor import Actor
from bot.domain.deploy import Deploy
from bot.domain.errors import NotPermitted
from bot.domain.message import DeployCard, DeployNote, Entry, Notice, Said
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef
from bot.ports import Scene


class VirtualClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    def __init__(self, start: datetime = samples.NOW) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment that it was set to."""
        return self._now

    async def sleep(self, duration: timedelta) -> None:
        """Move on at once, and let others run."""
        self.move(duration)
        await asyncio.sleep(0)

    def move(self, duration: timedelta) -> None:
        """Let time pass."""
        self._now += duration


class CountingIds:
    """Identifiers in order: D-00001, D-00002, …"""

    def __init__(self) -> None:
        self._deploys = 0
        self._tokens = 0

    def deploy(self) -> str:
        """The next deploy id."""
        self._deploys += 1
        return f"D-{self._deploys:05d}"

    def token(self) -> str:
        """The next token."""
        self._tokens += 1
        return f"{self._tokens:026d}"


class ListedPeople:
    """A directory of the sample people."""

    def __init__(self) -> None:
        people = (samples.DEVELOPER, samples.ENGINEER, samples.OWNER, samples.OUTSIDER)
        self.people = {actor.id: actor for actor in people}

    async def actor(self, user: str, team: str) -> Actor:
        """Who this is; everybody else is refused."""
        if team != samples.TEAM or user not in self.people:
            raise NotPermitted("You are not known here.")
        return self.people[user]

    def language_of(self, user: str) -> str | None:
        """The language that somebody has set."""
        actor = self.people.get(user)
        return actor.language if actor else None

    def name_of(self, user: str) -> str | None:
        """The name that somebody goes by."""
        actor = self.people.get(user)
        return actor.name if actor else None

    async def members(self, groups: Sequence[str]) -> frozenset[str]:
        """Everybody who is in one of these groups."""
        return frozenset(
            actor.id for actor in self.people.values() if actor.groups.intersection(groups)
        )


class Noticeboard:
    """A notifier that keeps what it was told to show, and fails as it is told to.

    `cards` has the deploy that each card shows, `scenes` all that was known of it when a message
    was put up last. `failures` are raised one by one: before the message is up, or after it
    ("after").
    """

    def __init__(self) -> None:
        self.cards: dict[MessageRef, Deploy] = {}
        self.scenes: dict[MessageRef, tuple[Entry, Scene]] = {}
        self.threads: dict[MessageRef, MessageRef | None] = {}
        self.pictures: dict[MessageRef, Picture] = {}
        self.history: list[tuple[str, str]] = []
        self.tokens: dict[str, MessageRef] = {}
        self.failures: deque[tuple[str, Exception]] = deque()

    async def show(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        """Put a message up, or edit a card in place."""
        error = self._fails_now()
        if entry.card is None or place is None:
            place = self._put_up(entry, below)
        self.scenes[place] = (entry, scene)
        if isinstance(entry.message, DeployCard) and scene.deploy is not None:
            self.cards[place] = scene.deploy
        self.history.append((_said(entry), scene.deploy.state.value if scene.deploy else ""))
        if error is not None:
            raise error
        return place

    async def attach(self, entry: Entry, picture: Picture, below: MessageRef | None) -> MessageRef:
        """Put a picture up."""
        error = self._fails_now()
        number = len(self.pictures) + 1
        place = self._put_up(entry, below).model_copy(update={"file": f"F{number:09d}"})
        self.tokens[entry.id] = place
        self.pictures[place] = picture
        self.history.append(("picture", picture.name))
        if error is not None:
            raise error
        return place

    async def find(
        self, entry: Entry, below: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        """The message that an earlier attempt put up."""
        return self.tokens.get(entry.id)

    @property
    def notes(self) -> list[str]:
        """What was said in threads, in order."""
        known = {said.value for said in Said}
        return [said for said, _ in self.history if said in known]

    def _fails_now(self) -> Exception | None:
        """Raise what has to go wrong before; return what goes wrong afterwards."""
        when, error = self.failures.popleft() if self.failures else ("", None)
        if error is not None and when == "before":
            raise error
        return error

    def _put_up(self, entry: Entry, below: MessageRef | None) -> MessageRef:
        channel = below.channel if below is not None else entry.channel
        place = MessageRef(channel=channel, ts=f"{len(self.tokens) + 1}.1")
        self.tokens[entry.id] = place
        self.threads[place] = below
        return place


def _said(entry: Entry) -> str:
    """A message in one word: what it says, or what kind of card it is."""
    if isinstance(entry.message, DeployNote | Notice):
        return entry.message.said.value
    return entry.message.kind.removeprefix("deploy_").removesuffix("_card")


class Recorded:
    """Counts what a worker or the web reports."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, name: str, outcome: str) -> None:
        """Note one."""
        self.seen.append((name, outcome))

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often each was noted."""
        return {pair: self.seen.count(pair) for pair in self.seen}
