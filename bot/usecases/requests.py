"""Recording what somebody asks for, once; the worker goes on from there."""

from dataclasses import dataclass

from bot.domain.actor import Actor
from bot.domain.audit import AuditEntry, subject_of
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate
from bot.domain.message import DeployCard
from bot.domain.plan import Terms
from bot.ports import Change, Clock, Ids, Store, Stored
from bot.usecases.transitions import Transitions

_NEW_ID_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Stores new deploys."""

    store: Store
    clock: Clock
    ids: Ids
    transitions: Transitions

    async def create(
        self, actor: Actor, target: Target, version: str, terms: Terms, *, once: str
    ) -> Deploy:
        """Record a deploy, to be planned by the worker; the same `once` twice is one deploy."""
        for _ in range(_NEW_ID_TRIES):
            now = self.clock.now()
            deploy = Deploy(
                id=self.ids.deploy(),
                service=target.service,
                environment=target.environment,
                version=version,
                requested_by=actor.id,
                requested_at=now,
                terms=terms,
                since=now,
                due=now,
            )
            try:
                return await self._store(deploy, once)
            except ConcurrentUpdate:
                continue  # the short id is taken: draw another one
        raise ConcurrentUpdate("No free deploy id was found.")

    async def _store(self, deploy: Deploy, once: str) -> Deploy:
        kind = deploy.terms.kind.value
        change = Change(
            writes=(Stored(value=deploy, version=0),),
            wake={deploy.id: deploy.due},
            entries=(self.transitions.entry(DeployCard(deploy=deploy.id)),),
            audit=(
                AuditEntry(
                    at=deploy.requested_at,
                    actor=deploy.requested_by,
                    action="Requested",
                    subject=subject_of(deploy),
                    detail=" ".join(filter(None, (kind, deploy.terms.reason))),
                ),
            ),
            once=(f"{kind}:{once}", deploy.id),
        )
        first = await self.store.commit(change)
        return deploy if first is None else (await self.store.deploy(first)).value
