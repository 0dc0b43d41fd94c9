"""Looking at incidents: lists, searches, the whole record of one, and figures. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actor import Actor, Identity
from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.figures import (
    IncidentFigures,
    by_service,
    by_severity,
    incident_figures,
    weekly_figures,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import words
from bot.domain.incidents.timeline import TimelineLine, folded
from bot.domain.period import require_days
from bot.ports import Clock, Incidents, Search
from bot.usecases.incidents.sight import Sight

PAGE = 10
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some incidents, the newest first; `after` is where the next page begins (None: no more)."""

    incidents: tuple[Incident, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All of an incident: the document, and its timeline as it is to be read."""

    incident: Incident
    lines: tuple[TimelineLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Figures of a period. `weeks` has those of what began in each week, by its beginning.

    `cut` says that there were more incidents than are looked at.
    """

    since: datetime
    until: datetime
    service: str | None
    whole: IncidentFigures
    severities: Mapping[Severity, IncidentFigures]
    services: Mapping[str, IncidentFigures]
    weeks: tuple[tuple[datetime, IncidentFigures], ...]
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Reads incidents with somebody's eyes: what they may not see is not there.

    Somebody waits for figures: they look at so many incidents at most (`counted`), and say so when
    there were more. An export leaves nothing out.
    """

    incidents: Incidents
    sight: Sight
    clock: Clock
    counted: int = 5000

    async def browse(
        self, identity: Identity, search: Search, *, before: str | None = None, limit: int = PAGE
    ) -> Page:
        """A page of the incidents that fit; `before` is the reference where the last one ended.

        Raises `NotPermitted` for outsiders, and `NotFound` for a place to begin at that is not
        there, or not for this person to see.
        """
        actor = await self.sight.actor(identity)
        if before:
            await self.sight.see(identity, before)
        return await self._page(actor, search, before, limit)

    async def search(self, identity: Identity, text: str, *, before: str | None = None) -> Page:
        """A page of those that have all of these words in title, summary or service.

        Raises `UsageError` when there is no word to look for.
        """
        wanted = words(text)
        if not wanted:
            raise UsageError("There is no word to look for.", hint="Type a word of the title.")
        return await self.browse(identity, Search(words=wanted), before=before)

    async def show(self, identity: Identity, ref: str) -> Record:
        """All of one incident. Raises `NotFound`, also for what this person may not see."""
        _, incident = await self.sight.see(identity, ref)
        return await self._record(incident)

    async def export(self, identity: Identity, search: Search) -> tuple[Record, ...]:
        """Everything of all incidents that fit, however many, the newest first."""
        found, _ = await self._all(await self.sight.actor(identity), search)
        return tuple([await self._record(each) for each in found])

    async def metrics(self, identity: Identity, service: str | None, days: int) -> Report:
        """The figures of those that were declared in the last days.

        Raises `UsageError` for a number of days that makes no sense.
        """
        require_days(days)
        until = self.clock.now()
        since = until - timedelta(days=days)
        actor = await self.sight.actor(identity)
        wanted = Search(service=service, since=since, until=until)
        found, cut = await self._all(actor, wanted, most=self.counted)
        policy = self.sight.policy
        return Report(
            since=since,
            until=until,
            service=service,
            whole=incident_figures(found, policy, until),
            severities=by_severity(found, policy, until),
            services=by_service(found, policy, until),
            weeks=weekly_figures(found, policy, since, until),
            cut=cut,
        )

    async def _record(self, incident: Incident) -> Record:
        return Record(incident=incident, lines=folded(await self.incidents.timeline(incident.ref)))

    async def _page(self, actor: Actor, search: Search, before: str | None, limit: int) -> Page:
        """Pages of the store until as many as are wanted may be seen, and one more."""
        found: list[Incident] = []
        while len(found) <= limit:
            batch = await self.incidents.find(search, before=before, limit=limit + 1)
            found += self.sight.seen(actor, batch)
            if len(batch) <= limit:
                break
            before = batch[-1].ref
        more = len(found) > limit
        shown = tuple(found[:limit])
        return Page(incidents=shown, after=shown[-1].ref if more else None)

    async def _all(
        self, actor: Actor, search: Search, *, most: int | None = None
    ) -> tuple[list[Incident], bool]:
        """All that fit, page by page, and whether there are more than the most that are wanted."""
        found: list[Incident] = []
        before: str | None = None
        while most is None or len(found) < most:
            limit = _BATCH if most is None else min(_BATCH, most - len(found))
            page = await self._page(actor, search, before, limit)
            found += page.incidents
            before = page.after
            if before is None:
                return found, False
        return found, True
