"""Who stands on the rungs of the ladder at the moment, and which pages are due."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.audit import ENGINE
from bot.domain.catalog import Catalog
from bot.domain.errors import NotPermitted, SlackUnavailable, UsageError
from bot.domain.incidents.escalation import due_page, next_rung, on_duty
from bot.domain.incidents.events import Event
from bot.domain.incidents.incident import Incident
from bot.ports import Directory
from bot.usecases.incidents.transitions import IncidentTransitions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Finds whom to call. `team` is the workspace that people are looked up in.

    A page must not wait for the chat system: while a group cannot be read there, its members are
    those who are listed in the configuration, and those whom it had when it was read last. Where it
    never can be read (`leaves`), the ladder is left to a process that can: a rung would count as
    called although nobody was.
    """

    catalog: Catalog
    directory: Directory
    transitions: IncidentTransitions
    team: str
    leaves: bool = False
    _last: dict[str, frozenset[str]] = field(default_factory=dict)

    async def due(self, incident: Incident) -> tuple[Event, ...]:
        """The pages that are due now, rung by rung until one has people. A drill pages nobody."""
        found: list[Event] = []
        if incident.drill or self.leaves:
            return ()
        policy, now = self.transitions.policy, self.transitions.clock.now()
        present = incident
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

    async def next_rung(self, incident: Incident) -> Mapping[int, frozenset[str]]:
        """The members of the next rung, by its place; nothing when it is no group."""
        place = next_rung(incident, self.transitions.policy)
        group = self.transitions.policy.ladder[place].group if place is not None else None
        return {place: await self.members(group)} if place is not None and group else {}

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a group of the catalog, as far as can be known now."""
        try:
            found = await self.directory.members([group])
        except SlackUnavailable as trouble:
            listed = self.catalog.groups[group].members if group in self.catalog.groups else set()
            known = self._last.get(group, frozenset()).union(listed)
            log.warning("paging %d people of %s from memory: %s", len(known), group, trouble)
            return known
        self._last[group] = found
        return found

    async def named(self, name: str) -> frozenset[str]:
        """Whom somebody means: a rung of the ladder, a group of the catalog, or a person by id.

        Raises `UsageError` naming what could be meant.
        """
        policy = self.transitions.policy
        for rung in policy.ladder:
            if rung.name.casefold() == name.casefold():
                turn = on_duty(rung, self.transitions.clock.now())
                if turn is not None:
                    return turn
                return await self.members(rung.group) if rung.group else frozenset()
        if name in self.catalog.groups:
            return await self.members(name)
        try:
            return frozenset({(await self.directory.actor(name, self.team)).id})
        except NotPermitted as unknown:
            rungs = ", ".join(rung.name for rung in policy.ladder)
            groups = ", ".join(sorted(self.catalog.groups))
            known = "; ".join(filter(None, (rungs, groups)))
            raise UsageError(
                f"Nobody here is called “{name}”.",
                hint=f"Name a person (@name){f', or one of: {known}' if known else ''}.",
            ) from unknown
