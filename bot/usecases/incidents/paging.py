"""Who stands on the rungs of the ladder at the moment, and which pages are due."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import ENGINE, is_person
from bot.domain.catalog import Catalog
from bot.domain.errors import ConcurrentUpdate, NotPermitted, SlackUnavailable, UsageError
from bot.domain.incidents.escalation import (
    Members,
    awaited,
    due_page,
    next_rung,
    on_duty,
    reached,
)
from bot.domain.incidents.events import Event, Paged
from bot.domain.incidents.incident import Incident
from bot.domain.roster import Roster
from bot.ports import Change, Directory, Stored
from bot.usecases.incidents.transitions import IncidentTransitions

log = logging.getLogger(__name__)

# How the chat system writes the id of somebody, whoever that is: nobody types this as a name.
_ID = re.compile(r"[UW][A-Z0-9]{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Finds whom to call. `team` is the workspace that people are looked up in.

    A page must not wait for the chat system: while a group cannot be read there, its members are
    those who are listed in the configuration, and those whom it had when it was read last, by any
    process. When nobody is known that way, its rung is awaited: the paging service is told at once,
    and its people are called as soon as they are known. Where it never can be read (`leaves`), the
    ladder is left to a process that can.
    """

    catalog: Catalog
    directory: Directory
    transitions: IncidentTransitions
    team: str
    leaves: bool = False

    async def due(self, incident: Incident) -> tuple[Event, ...]:
        """The pages that are due now: of rungs whose people are known at last, and then rung by
        rung until one has people. A drill pages nobody.
        """
        if incident.drill or self.leaves:
            return ()
        policy, now = self.transitions.policy, self.transitions.clock.now()
        found: list[Event] = [*await self._reached(incident, now)]
        happened = self.transitions.fold(incident, found, by=ENGINE)
        present = happened[-1].after if happened else incident
        while True:
            people = await self.next_rung(present)
            page = due_page(present, now, policy, people, self.transitions.ids.token())
            if page is None:
                return tuple(found)
            found.append(page)
            happened = self.transitions.fold(present, (page,), by=ENGINE)
            if not happened:
                return tuple(found[:-1])
            present = happened[-1].after

    async def next_rung(self, incident: Incident) -> Members:
        """The members of the next rung, by its place; nothing when it is no group."""
        place = next_rung(incident, self.transitions.policy)
        group = self.transitions.policy.ladder[place].group if place is not None else None
        return {place: await self.known(group)} if place is not None and group else {}

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a group of the catalog, as far as can be known now."""
        return await self.known(group) or frozenset()

    async def known(self, group: str) -> frozenset[str] | None:
        """Who is in a group of the catalog; None when nobody can say, which is not nobody."""
        try:
            found = await self.directory.members([group])
        except SlackUnavailable as trouble:
            return await self._remembered(group, trouble)
        await self._remember(group, found)
        return found

    async def learn(self) -> None:
        """Ask for every group of the ladder, so that it is known while the chat system is away."""
        for group in sorted({rung.group for rung in self.transitions.policy.ladder if rung.group}):
            await self.known(group)

    async def colleague(self, name: str) -> bool:
        """Whether a name is that of a person who may take part: of this workspace, and no guest.

        While the chat system cannot be asked, people are taken as they are named.
        """
        if not is_person(name):
            return False
        try:
            await self.directory.actor(name, self.team)
        except NotPermitted:
            return False
        except SlackUnavailable:
            return True
        return True

    async def require_colleagues(self, *people: str) -> None:
        """Raise `UsageError` for somebody who could not do anything here; see `colleague`."""
        for person in people:
            if not await self.colleague(person):
                raise UsageError(
                    "{person} cannot take part in incidents.",
                    hint="Name a full member of this workspace.",
                    person=person,
                )

    async def named(self, name: str) -> frozenset[str]:
        """Whom somebody means: a rung of the ladder, a group of the catalog, or a person by id.

        Raises `UsageError` naming what could be meant, or saying why somebody cannot be called,
        and `SlackUnavailable` when nobody can say who that is.
        """
        policy = self.transitions.policy
        for rung in policy.ladder:
            if rung.name.casefold() == name.casefold():
                turn = on_duty(rung, self.transitions.clock.now())
                if turn is not None:
                    return turn
                return await self._certain(rung.group) if rung.group else frozenset()
        if name in self.catalog.groups:
            return await self._certain(name)
        try:
            return frozenset({(await self.directory.actor(name, self.team)).id})
        except NotPermitted as unknown:
            if _ID.fullmatch(name):
                raise UsageError(
                    "Whom you chose cannot be paged: guests, bots and people who have left take "
                    "no part in incidents.",
                    hint="Name a full member of this workspace.",
                ) from unknown
            rungs = ", ".join(rung.name for rung in policy.ladder)
            groups = ", ".join(sorted(self.catalog.groups))
            known = "; ".join(filter(None, (rungs, groups)))
            raise UsageError(
                "Nobody here is called “{name}”.",
                hint="Name a person (@name), or one of: {known}."
                if known
                else "Name a person (@name).",
                name=name,
                known=known,
            ) from unknown

    async def _reached(self, incident: Incident, now: datetime) -> list[Paged]:
        """The awaited pages whose people are known by now."""
        found = []
        for page in awaited(incident):
            people = await self._on(page.rung, now)
            if people is not None:
                found.append(reached(incident, page, people, now))
        return found

    async def _on(self, place: int, now: datetime) -> frozenset[str] | None:
        """Who stands on a rung; None when nobody can say, nobody when it is not there any more."""
        ladder = self.transitions.policy.ladder
        if place >= len(ladder):
            return frozenset()
        rung = ladder[place]
        turn = on_duty(rung, now)
        return await self.known(rung.group) if turn is None and rung.group else turn

    async def _certain(self, group: str) -> frozenset[str]:
        found = await self.known(group)
        if found is None:
            raise SlackUnavailable(
                "Slack does not say who is in {group}; name a person instead.", group=group
            )
        return found

    async def _remembered(self, group: str, trouble: SlackUnavailable) -> frozenset[str] | None:
        """Those who are listed, and those who were in the same group of the chat system last."""
        configured = self.catalog.groups.get(group)
        listed = configured.members if configured else frozenset()
        last = (await self.transitions.store.roster(group)).value
        same = last.usergroup == (configured.usergroup if configured else None)
        people = listed | last.people if same else listed
        log.warning("%d people of %s from memory: %s", len(people), group, trouble)
        return people or None

    async def _remember(self, group: str, people: frozenset[str]) -> None:
        """Keep it for when the chat system is away, as far as it is new."""
        store = self.transitions.store
        configured = self.catalog.groups.get(group)
        usergroup = configured.usergroup if configured else None
        stored = await store.roster(group)
        fresh = Roster(group=group, usergroup=usergroup, people=people)
        if stored.value == fresh:
            return
        with suppress(ConcurrentUpdate):  # somebody else has just read it as well
            await store.commit(Change(writes=(Stored(value=fresh, version=stored.version),)))
