"""Who is invited into the room of an incident, as far as that is known at the moment."""

from dataclasses import dataclass, replace

from bot.domain.errors import NotPermitted, SlackUnavailable
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.room import Status, Step
from bot.domain.incidents.room_aims import wanted_people
from bot.domain.incidents.room_events import StepResult
from bot.usecases.incidents.paging import Paging

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who is to be invited now; `waits` says whose turn is later, None when nobody's is."""

    people: frozenset[str] = _NOBODY
    waits: str | None = None

    def result(self, result: StepResult) -> StepResult:
        """How the step went: while somebody has yet to be found out, it is not done."""
        if self.waits is None or result.problem is not None:
            return result
        return result.model_copy(update={"problem": self.waits, "final": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """Finds out whom to invite. What cannot be known now keeps nobody else waiting."""

    paging: Paging

    async def now(self, found: Incident, begun: Incident) -> Invited:
        """Everybody; after an invitation that went well, who has come since."""
        owners = await self._owners(begun)
        everybody = wanted_people(begun) | (owners or _NOBODY)
        if found.room.progress(Step.INVITE).status is Status.DONE:
            everybody -= found.room.people
        invited = Invited(people=everybody)
        if begun.private:
            invited = await self._of_the_workspace(everybody)
        if owners is None:
            invited = replace(invited, waits="Slack does not say who owns the service.")
        return invited

    async def _owners(self, incident: Incident) -> frozenset[str] | None:
        """The owners of what is affected, None while nobody can say; a private incident, or a
        drill, is not theirs to know. Nor is anybody called to what was over when it was written
        down.
        """
        service = self.paging.catalog.services.get(incident.service or "")
        real = incident.kind is IncidentKind.REAL and not incident.private
        if service is None or service.owners is None or not real:
            return _NOBODY
        return await self.paging.known(service.owners)

    async def _of_the_workspace(self, people: frozenset[str]) -> Invited:
        """Those who may read what is private: no guests, and nobody of another workspace. Whoever
        cannot be looked up is invited as soon as they can be.
        """
        sure, unknown = set(), False
        for person in sorted(people):
            try:
                await self.paging.directory.actor(person, self.paging.team)
            except NotPermitted:
                continue
            except SlackUnavailable:
                unknown = True
            else:
                sure.add(person)
        waits = "Slack does not say who belongs to the workspace." if unknown else None
        return Invited(people=frozenset(sure), waits=waits)
