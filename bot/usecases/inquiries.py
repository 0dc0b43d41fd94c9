"""Finding the deploy that somebody speaks of."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.catalog import Catalog
from bot.domain.deploy import Deploy
from bot.domain.errors import NotFound
from bot.ports import Directory, Store


@dataclass(frozen=True, slots=True)
class Place:
    """A service in an environment."""

    service: str
    environment: str


# A deploy by its id, or the one in a place.
Subject = str | Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiries:
    """Looks deploys up for people of the workspace; what they may do with them is not said here.

    Every question raises `NotPermitted` for outsiders and guests, `NotFound`, and `UnknownName` for
    a place that does not exist.
    """

    catalog: Catalog
    store: Store
    directory: Directory

    async def find(self, identity: Identity, subject: Subject) -> Deploy:
        """A deploy by its id, or the one whose turn it is in a place."""
        await self.directory.actor(identity.user, identity.team)
        if isinstance(subject, str):
            return (await self.store.deploy(subject)).value
        found = await self._under_way(subject)
        if found is None:
            raise NotFound(
                f"Nothing is under way in {subject.service}/{subject.environment}. A deploy that "
                "waits for approval, or has landed, is named by its id, which its card shows."
            )
        return found

    async def newest(self, identity: Identity, subject: Subject) -> Deploy:
        """As `find`; where nothing is under way in a place, the last deploy that landed there."""
        await self.directory.actor(identity.user, identity.team)
        if isinstance(subject, str):
            return (await self.store.deploy(subject)).value
        found = await self._under_way(subject)
        if found is not None:
            return found
        key = f"{subject.service}/{subject.environment}"
        landed = (await self.store.last_completed([key])).get(key)
        if landed is None:
            raise NotFound(f"Signalbox has not deployed anything to {key} yet.")
        return landed

    async def _under_way(self, place: Place) -> Deploy | None:
        target = self.catalog.target(place.service, place.environment)
        lane = (await self.store.lane(target.key)).value
        return (await self.store.deploy(lane.head)).value if lane.head else None
