"""What people in an incident do about deploys: look for the one to blame, freeze, go back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.actor import Actor, Identity
from bot.domain.deploy import Deploy
from bot.domain.deploy_links import linked
from bot.domain.errors import IllegalTransition, NotFound, UsageError
from bot.domain.history import ways_back
from bot.domain.incidents.events import DeployLinked, FreezeLifted, FreezeSet, SuspectsFound
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.linked import Part
from bot.domain.restrictions import Freeze
from bot.domain.worded import worded
from bot.ports import Store
from bot.usecases.incidents.acting import Acting, Decided, anybody, leaders
from bot.usecases.incidents.freezing import freeze_of, holds, link_of, same_freeze
from bot.usecases.incidents.suspecting import Suspecting
from bot.usecases.planning import LEDGER_READ
from bot.usecases.rollbacks import PREVIOUS, Proposal, Rollbacks

# Decisions of this project: as long as a P1 freezes unless the policy says otherwise, and no longer
# than anybody remembers what it was for.
USUAL_FREEZE = timedelta(hours=4)
LONGEST_FREEZE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """Joins incidents with deploys.

    Every method raises `NotPermitted`, `NotFound` for what somebody may not see, and `UsageError`
    for a drill, which never touches what is really deployed, and for an incident that is over.
    """

    store: Store
    acting: Acting
    suspecting: Suspecting
    rollbacks: Rollbacks

    async def look(self, identity: Identity, ref: str) -> Incident:
        """Look for suspects once more, such as after the onset was corrected."""
        actor, seen = await self._open(identity, ref, "look for suspects of")
        found = await self.suspecting.of(seen.service, seen.environment, seen.began)

        async def decide(incident: Incident) -> Decided:
            return SuspectsFound(suspects=found) if incident.suspects != found else None

        return await self.acting.transitions.decide(ref, decide, by=actor.id)

    async def link(self, identity: Identity, ref: str, deploy_id: str, part: Part) -> Incident:
        """Say what a deploy has to do with it, also when looking back on it."""
        deploy = (await self.store.deploy(deploy_id)).value

        def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            if not incident.afterwards:
                _require_real(incident)
            return DeployLinked(deploy=linked(deploy, part))

        return await self.acting.act(identity, ref, "link a deploy to", decide)

    async def freeze(
        self, identity: Identity, ref: str, lasts: timedelta | None = None
    ) -> Incident:
        """Stop deploys of what is affected; what is to end the incident passes.

        `lasts` None: as its severity's rule says, else four hours. A freeze that it has set before
        is replaced, unless it ends within seconds of when this one would: that is a second click.
        Raises `UsageError` also when nobody has said where it is.
        """

        def decide(incident: Incident, _actor: Actor, now: datetime) -> Decided:
            _require_active(incident)
            freeze = link_of(self._asked(incident, now, lasts), by_hand=True)
            return None if same_freeze(holds(incident, now), freeze) else FreezeSet(freeze=freeze)

        return await self.acting.act(
            identity, ref, worded("freeze deploys for"), decide, leads=leaders
        )

    async def thaw(self, identity: Identity, ref: str) -> Incident:
        """Let deploys go on. Raises `NotFound` when it has frozen nothing."""

        def decide(incident: Incident, _actor: Actor, now: datetime) -> Decided:
            _require_active(incident)
            if holds(incident, now) is None:
                raise NotFound("{ref} has not frozen anything.", ref=ref)
            return FreezeLifted()

        return await self.acting.act(
            identity, ref, worded("lift the freeze of"), decide, leads=leaders
        )

    async def propose_rollback(self, identity: Identity, ref: str, deploy_id: str) -> Proposal:
        """The way back behind a deploy, as `/rollback` would propose it, to end this incident.

        It takes the authority of any rollback, is confirmed and approved as any other, and is
        linked when it is asked for. Raises as `Rollbacks.propose`, and `IllegalTransition` for a
        deploy that never had traffic.
        """
        await self._open(identity, ref, "roll back for")
        deploy = (await self.store.deploy(deploy_id)).value
        if not deploy.moved:
            raise IllegalTransition(
                worded("Deploy {id}", id=deploy.id), deploy.state.value, worded("going back")
            )
        found = await self.rollbacks.propose(
            identity, deploy.service, deploy.environment, await self._before(deploy), ref
        )
        return replace(found, reason=f"Away from {deploy.version} ({deploy.id}) for {ref}")

    async def _before(self, deploy: Deploy) -> str:
        """What served before a deploy, where one can go back to that; else the version before."""
        replaced = deploy.plan.replaced if deploy.plan else None
        if replaced is None:
            return PREVIOUS
        ledger = await self.store.ledger(deploy.target, LEDGER_READ)
        goals = ways_back(ledger, None, (await self.store.restrictions()).value.denied)
        same = next((goal for goal in goals if goal.same(replaced)), None)
        return (same.digest or same.revision) if same else PREVIOUS

    async def _open(self, identity: Identity, ref: str, verb: str) -> tuple[Actor, Incident]:
        """The incident as it is, for somebody who may do this to it now."""
        actor, incident = await self.acting.sight.see(identity, ref)
        await self.acting.permit(actor, incident, verb, anybody)
        _require_active(incident)
        return actor, incident

    def _asked(self, incident: Incident, now: datetime, lasts: timedelta | None) -> Freeze:
        policy = self.acting.transitions.policy
        lasting = lasts or policy.rule(incident.severity).freeze or USUAL_FREEZE
        if not timedelta(0) < lasting <= LONGEST_FREEZE:
            raise UsageError(
                "A freeze ends after now, and within {days} days.",
                hint="Give a time, such as 4h; it can be renewed.",
                days=LONGEST_FREEZE.days,
            )
        asked = freeze_of(incident, policy, now, lasting)
        if asked is None:
            raise UsageError(
                "Where {ref} is, is not known, so nothing is frozen.",
                hint="Say in which environment it is, and better also of which service.",
                ref=incident.ref,
            )
        return asked


def _require_real(incident: Incident) -> None:
    """Raise `UsageError` for what must not touch what is deployed."""
    if incident.afterwards:
        raise UsageError(
            "{ref} was written down afterwards: nothing is deployed or frozen for it.",
            hint="To say which deploy it was: /incident link {ref} deploy D-7F3K2",
            ref=incident.ref,
        )
    if incident.kind is not IncidentKind.REAL:
        raise UsageError(
            "{ref} is no real incident (drill), so it never touches what is deployed.",
            ref=incident.ref,
            hint="Declare a real one for that.",
        )


def _require_active(incident: Incident) -> None:
    """Raise `UsageError` for what must not, or need not, touch what is deployed any more."""
    _require_real(incident)
    if not incident.active:
        raise UsageError(
            "{ref} is {state}: that is done about incidents that go on.",
            hint="Reopen it first, if it does.",
            ref=incident.ref,
            state=incident.state,
        )
