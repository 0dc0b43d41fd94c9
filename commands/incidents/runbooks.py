"""Runbooks: listed, found, read, and brought into an incident."""

from dataclasses import dataclass

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.states import OPEN
from bot.domain.runbooks import Runbook, named, of_slug, search, suggested
from bot.usecases.incidents.records import Records
from bot.views.incidents.runbooks import (
    no_runbooks,
    runbook_heading,
    runbook_here,
    runbook_list,
    runbook_steps,
    which_runbook,
)
from commands.incidents.desk import Desk, about
from commands.incidents.wishes import RunbookWish
from commands.incoming import Click, Command
from commands.replies import Nothing, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbooksController:
    """Shows runbooks to anybody, and brings them into incidents that are open."""

    desk: Desk
    records: Records

    async def use(self, click: Click) -> Reply:
        """“Use runbook”: it comes into the room, as a list to tick off."""
        ref, slug = about(click.value, 1)
        incident = await self.records.runbook(click.identity, ref, slug)
        if click.channel == incident.room.channel:
            return Nothing()
        runbook = of_slug(self.records.runbooks, slug)
        said = runbook_here(incident, runbook, self.desk.language(click.identity))
        return Say(rendered=said, channel=click.channel)

    async def order(self, command: Command, wish: RunbookWish) -> Reply:
        """`runbook`, `runbook WORDS`, `runbook search WORDS`, in an incident or elsewhere."""
        language = self.desk.language(command.identity)
        incident = await self._incident(command, wish.ref)
        runbooks = self.records.runbooks
        if not runbooks:
            return Say(rendered=no_runbooks(language))
        if not wish.text:
            heading = runbook_heading(language, incident)
            return self._listed(_fitting_first(runbooks, incident), heading, language, incident)
        if wish.search:
            found = tuple(each.runbook for each in search(runbooks, wish.text))
            heading = runbook_heading(language, incident, wish.text)
            return self._listed(found, heading, language, incident)
        found = named(runbooks, wish.text)
        if len(found) > 1:
            asked = which_runbook(language, wish.text)
            return self._listed(found, asked, language, incident)
        return await self._meant(command, found[0], incident)

    async def _meant(self, command: Command, runbook: Runbook, incident: Incident | None) -> Reply:
        """Bring it in; where there is nothing to bring it into, show it."""
        language = self.desk.language(command.identity)
        if incident is None or incident.state not in OPEN:
            return Say(rendered=runbook_steps(runbook, language))
        after = await self.records.runbook(command.identity, incident.ref, runbook.slug)
        return Say(rendered=runbook_here(after, runbook, language))

    async def _incident(self, command: Command, ref: str) -> Incident | None:
        """The incident that was typed, or that of the channel; None elsewhere."""
        if not ref and await self.desk.sight.here(command.channel) is None:
            return None
        return await self.desk.which(command, ref)

    def _listed(
        self,
        runbooks: tuple[Runbook, ...],
        heading: str,
        language: str,
        incident: Incident | None,
    ) -> Reply:
        return Say(rendered=runbook_list(runbooks, heading, self.desk.name, language, incident))


def _fitting_first(runbooks: tuple[Runbook, ...], incident: Incident | None) -> tuple[Runbook, ...]:
    """All of them; those that are suggested for an incident, then those of its service, first."""
    if incident is None:
        return runbooks
    first = suggested(runbooks, incident.title, incident.service)
    service = incident.service

    def place(runbook: Runbook) -> tuple[int, str]:
        if runbook in first:
            return first.index(runbook), runbook.slug
        own = service is not None and service in runbook.services
        return len(first) + (0 if own else 2 if runbook.services else 1), runbook.slug

    return tuple(sorted(runbooks, key=place))
