"""Steering a deploy that is under way: pause, go on, promote, undo, leave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actor import Actor, Identity
from bot.domain.authority import require_promote, require_undo
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy, subject_of
from bot.domain.errors import IllegalTransition, NotPermitted
from bot.domain.events import Abandoned, Aborted, Cause, Event, Held, Promoted, Resumed
from bot.domain.history import Kind
from bot.domain.setbacks import hold_limit
from bot.domain.states import State
from bot.ports import Clock, Directory, Store
from bot.usecases.refusals import refusals_noted
from bot.usecases.transitions import Transitions

Require = Callable[[Actor, Target, Deploy], None]
Decide = Callable[[Deploy, Actor, datetime], Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Takes what people say about a running deploy.

    Every order raises `NotFound`, `NotPermitted`, and `IllegalTransition` when it does not fit the
    state that the deploy is in.
    """

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions

    async def abort(self, identity: Identity, deploy_id: str, reason: str = "") -> Deploy:
        """Undo it: back to what served before, or away with it when nothing was written yet."""

        def decide(deploy: Deploy, actor: Actor, _now: datetime) -> Event:
            if deploy.kind is not Kind.DEPLOY and deploy.started is not None:
                raise IllegalTransition(
                    f"Deploy {deploy.id}", f"a {deploy.kind.value} under way", "abort"
                )
            return Aborted(by=actor.id, reason=reason)

        return await self._give(identity, deploy_id, "abort", _undo, decide)

    async def promote(self, identity: Identity, deploy_id: str) -> Deploy:
        """Take it to the next share of traffic without waiting for more evidence."""

        def decide(deploy: Deploy, actor: Actor, _now: datetime) -> Event:
            if deploy.hold is not None and deploy.hold.cause is Cause.CHANGED_OUTSIDE:
                raise NotPermitted(
                    "The traffic was changed outside: go on, roll back or leave it as it is."
                )
            if deploy.state not in {State.OBSERVING, State.HELD}:
                raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, "promote")
            return Promoted(by=actor.id)

        return await self._give(identity, deploy_id, "promote", require_promote, decide)

    async def pause(self, identity: Identity, deploy_id: str) -> Deploy:
        """Keep it where it is until somebody lets it go on."""

        def decide(deploy: Deploy, actor: Actor, now: datetime) -> Event:
            if deploy.state is not State.OBSERVING:
                raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, "pause")
            reason = f"Paused by {actor.name}."
            return Held(cause=Cause.PAUSED, reason=reason, until=now + hold_limit(deploy))

        return await self._give(identity, deploy_id, "pause", _undo, decide)

    async def resume(
        self, identity: Identity, deploy_id: str, bake: timedelta | None = None
    ) -> Deploy:
        """Let it go on from where it is held, watched anew for `bake` (None: as planned)."""

        def decide(deploy: Deploy, actor: Actor, _now: datetime) -> Event:
            if deploy.state is not State.HELD:
                raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, "resume")
            return Resumed(by=actor.id, bake=bake or deploy.present_phase.bake)

        return await self._give(identity, deploy_id, "resume", _undo, decide)

    async def leave(self, identity: Identity, deploy_id: str) -> Deploy:
        """End it, and leave the traffic as somebody else has set it."""

        def decide(deploy: Deploy, actor: Actor, _now: datetime) -> Event:
            if deploy.hold is None or deploy.hold.cause is not Cause.CHANGED_OUTSIDE:
                raise NotPermitted("Only traffic that was changed outside is left as it is.")
            return Abandoned(by=actor.id)

        return await self._give(identity, deploy_id, "leave", _undo, decide)

    async def _give(
        self, identity: Identity, deploy_id: str, verb: str, require: Require, decide: Decide
    ) -> Deploy:
        actor = await self.directory.actor(identity.user, identity.team)

        async def permitted(deploy: Deploy) -> Event:
            target = self.catalog.target(deploy.service, deploy.environment)
            async with refusals_noted(self.store, self.clock, actor, verb, subject_of(deploy)):
                require(actor, target, deploy)
            return decide(deploy, actor, self.clock.now())

        return await self.transitions.decide(deploy_id, permitted, by=actor.id)


def _undo(actor: Actor, target: Target, _deploy: Deploy) -> None:
    require_undo(actor, target)
