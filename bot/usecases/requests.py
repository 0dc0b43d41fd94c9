"""Recording what somebody asks for, once; the worker goes on from there."""

from dataclasses import dataclass

from bot.domain.actor import Actor
from bot.domain.audit import AuditEntry
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy, subject_of
from bot.domain.errors import ConcurrentUpdate
from bot.domain.message import DeployCard, Said
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

    def imagine(self, actor: Actor, target: Target, version: str, terms: Terms) -> Deploy:
        """A deploy that is not stored, with an id of nobody: what it would be, asked for now."""
        now = self.clock.now()
        return Deploy(
            id="D-00000",
            service=target.service,
            environment=target.environment,
            version=version,
            requested_by=actor.id,
            requested_at=now,
            terms=terms,
            since=now,
            due=now,
        )

    async def create(
        self, actor: Actor, target: Target, version: str, terms: Terms, *, once: str
    ) -> Deploy:
        """Record a deploy, to be planned by the worker; the same `once` twice is one deploy.

        Raises `ConcurrentUpdate` when no free id is found in a few tries.
        """
        for _ in range(_NEW_ID_TRIES):
            imagined = self.imagine(actor, target, version, terms)
            try:
                return await self._store(
                    imagined.model_copy(update={"id": self.ids.deploy()}), once
                )
            except ConcurrentUpdate:
                continue  # the short id is taken: draw another one
        raise ConcurrentUpdate("No free deploy id was found.")

    async def _store(self, deploy: Deploy, once: str) -> Deploy:
        kind = deploy.terms.kind.value
        asked = self.transitions.fact(
            deploy.id, Said.ASKED, deploy.requested_by, deploy.terms.reason or None
        )
        change = Change(
            writes=(Stored(value=deploy, version=0),),
            wake={deploy.id: deploy.due},
            entries=(self.transitions.entry(DeployCard(deploy=deploy.id)), asked),
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
