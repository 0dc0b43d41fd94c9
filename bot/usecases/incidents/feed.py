"""What deploys do, heard by incidents: timelines, fixes that land, deploys that fail."""

from dataclasses import dataclass

from bot.domain.audit import ENGINE
from bot.domain.deploy import Deploy
from bot.domain.deploy_links import concerns, consequences, failed, wish_of
from bot.domain.errors import ConcurrentUpdate, NotFound
from bot.domain.incidents.events import FreezeLifted
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.message import DeployFact, Fact, FreezeEnded
from bot.ports import Change
from bot.usecases.incidents.consequences import Beside
from bot.usecases.incidents.declaring import Declaring
from bot.usecases.incidents.transitions import IncidentTransitions, too_many
from bot.usecases.transitions import RACES


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Hears facts about deploys, each as one write that happens once."""

    transitions: IncidentTransitions
    declaring: Declaring

    async def hear(self, fact: Fact, entry: str = "") -> None:
        """Take in what was said about a deploy; `entry` is the id under which it was delivered.

        The timelines of the incidents that it concerns get a line, deploys that belong to them are
        brought up to date, a fix that landed moves its incident on, and a failure that concerns
        none declares one, where the policy asks for that. What is heard again writes nothing.
        Raises `ConcurrentUpdate` when every race is lost.
        """
        if isinstance(fact, FreezeEnded):
            await self._thawed(fact, entry or fact.id)
            return
        try:
            deploy = (await self.transitions.store.deploy(fact.deploy)).value
        except NotFound:
            return  # so long ago that nothing is left of it
        once = entry or fact.id or f"{fact.deploy}/{fact.said}/{fact.at.isoformat()}"
        for _ in range(RACES):
            try:
                await self._take_in(deploy, fact, once)
            except ConcurrentUpdate:
                continue
            return
        raise ConcurrentUpdate(f"Incidents about {deploy.target} are being changed all the time.")

    async def _take_in(self, deploy: Deploy, fact: DeployFact, once: str) -> None:
        policy = self.transitions.policy
        around = await self._around(deploy)
        fails = failed(deploy, fact.said, policy)
        place = deploy.service, deploy.environment
        if fails and not any(each.hurts(*place) for each in around):
            # What follows is the second write, found open and attached to also after a crash.
            await self.declaring.by_itself(wish_of(deploy, fact, policy), once=f"feed:{once}")
            around = await self._around(deploy)
        line = self._line(fact, once)
        changes = [await self._change(each.ref, deploy, fact, line) for each in around]
        if changes:
            await self.transitions.commit(*changes, once=f"feed:{once}", result=deploy.id)

    async def _thawed(self, fact: FreezeEnded, once: str) -> None:
        """The freeze of an incident was ended by those who guard what it held."""
        transitions = self.transitions
        for _ in range(RACES):
            stored = await transitions.incidents.incident(fact.incident)
            held = await transitions.store.restrictions()
            if any(each.incident == fact.incident for each in held.value.freezes):
                return  # it has set another one since
            # What forbids deploys is as it is to be, and everybody was told.
            beside = Beside(writes=[held])
            try:
                await transitions.apply(
                    stored, FreezeLifted(), by=fact.by, beside=beside, once=f"feed:{once}"
                )
            except ConcurrentUpdate:
                continue
            return
        raise too_many(fact.incident)

    async def _around(self, deploy: Deploy) -> list[Incident]:
        """The open incidents that a deploy concerns."""
        found = await self.transitions.incidents.open()
        return [each for each in found if concerns(each, deploy)]

    async def _change(
        self, ref: str, deploy: Deploy, fact: DeployFact, line: TimelineLine
    ) -> Change:
        """Everything that one incident makes of it."""
        stored = await self.transitions.incidents.incident(ref)
        policy = self.transitions.policy
        events = consequences(stored.value, deploy, fact.said, policy)
        happened = self.transitions.fold(stored.value, events, by=ENGINE)
        if not happened:
            return Change(writes=(), timeline=((ref, line),))
        beside = Beside(timeline=[(ref, line)])
        return await self.transitions.change(stored, happened, beside=beside)

    def _line(self, fact: DeployFact, once: str) -> TimelineLine:
        """What the timeline has of it; the same fact has the same line."""
        return TimelineLine(
            id=once,
            kind=LineKind.DEPLOY,
            at=fact.at,
            recorded=self.transitions.clock.now(),
            by=fact.by or ENGINE,
            word=fact.said,
            text=fact.detail or "",
            subject=fact.deploy,
        )
