"""Looking up the incident that a deploy is to end: when it is asked for, approved and begun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.actor import Actor
from bot.domain.approval import lead_of, rule_for
from bot.domain.catalog import ApprovalRule, Target
from bot.domain.errors import NotFound
from bot.domain.fixes import expedites, hurting, led_by, require_nameable
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.visibility import require_sight
from bot.domain.plan import Terms
from bot.ports import Incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """Says what it means for a deploy that it names an incident.

    An incident that cannot be found gives a deploy nothing, and takes nothing from it.
    """

    policy: IncidentPolicy
    incidents: Incidents

    async def require(self, actor: Actor, ref: str | None) -> None:
        """Raise `NotFound` for an incident that is not there, or not for this person to see, and
        `UsageError` for one that no deploy can be for. None is fine.
        """
        if ref is None:
            return
        incident = (await self.incidents.incident(ref)).value
        require_sight(actor, incident, self.policy)
        require_nameable(incident)

    async def rule(self, target: Target, terms: Terms) -> ApprovalRule:
        """Whose approval a deploy needs, as its incident stands now."""
        incident = await self._named(terms)
        return rule_for(target, terms, urgent=incident is not None and expedites(incident, target))

    async def lent(self, actor: Actor, terms: Terms) -> Actor:
        """The actor, with the authority of whoever leads the deploy's incident now."""
        incident = await self._named(terms)
        return led_by(actor, incident) if incident is not None else actor

    async def hurting(self, target: Target) -> tuple[Incident, ...]:
        """What hurts people at a target now, private incidents included."""
        return hurting(await self.incidents.open(), target)

    async def around(self, targets: Sequence[Target]) -> Mapping[str, tuple[Incident, ...]]:
        """The open incidents at targets that everybody may know of, by target key."""
        public = [each for each in await self.incidents.open() if not each.private]
        return {target.key: hurting(public, target) for target in targets}

    async def leading(self, terms: Terms, groups: Sequence[str]) -> frozenset[str]:
        """The member of the lead's group, where that is among these groups and somebody leads."""
        incident = await self._named(terms)
        if incident is None or incident.lead is None or lead_of(incident.ref) not in groups:
            return frozenset()
        return frozenset({incident.lead})

    async def _named(self, terms: Terms) -> Incident | None:
        if terms.incident is None:
            return None
        try:
            return (await self.incidents.incident(terms.incident)).value
        except NotFound:
            return None
