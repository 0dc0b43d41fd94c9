"""Asking for a deploy."""

from dataclasses import dataclass

from bot.domain.actor import Identity, require_deployer
from bot.domain.artifact import parse_version
from bot.domain.audit import AuditEntry
from bot.domain.base import Model
from bot.domain.catalog import Catalog
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, NotPermitted
from bot.domain.message import DeployCard
from bot.ports import Change, Clock, Directory, Ids, Store, Stored
from bot.usecases.transitions import Transitions

_NEW_ID_TRIES = 3


class Wish(Model):
    """What somebody typed: which version of what, and where to."""

    service: str
    version: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploys:
    """Accepts deploys. What happens to them afterwards is in `bot.usecases.rollouts`."""

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    ids: Ids
    transitions: Transitions

    async def request(self, identity: Identity, wish: Wish, *, once: str) -> Deploy:
        """Record a deploy, to be planned by the worker; the same `once` twice is one deploy.

        Raises `UsageError` for a name or version that does not exist, and `NotPermitted`.
        """
        target = self.catalog.target(wish.service, wish.environment)
        version = parse_version(wish.version)
        actor = await self.directory.actor(identity.user, identity.team)
        try:
            require_deployer(actor, target)
        except NotPermitted as refusal:
            await self._note_refusal(actor.id, wish, str(refusal))
            raise
        for _ in range(_NEW_ID_TRIES):
            now = self.clock.now()
            deploy = Deploy(
                id=self.ids.deploy(),
                service=target.service,
                environment=target.environment,
                version=version,
                requested_by=actor.id,
                requested_at=now,
                since=now,
                due=now,
            )
            try:
                return await self._create(deploy, once)
            except ConcurrentUpdate:
                continue  # the short id is taken: draw another one
        raise ConcurrentUpdate("No free deploy id was found.")

    async def _create(self, deploy: Deploy, once: str) -> Deploy:
        change = Change(
            writes=(Stored(value=deploy, version=0),),
            wake={deploy.id: deploy.due},
            entries=(self.transitions.entry(DeployCard(deploy=deploy.id)),),
            audit=(
                AuditEntry(
                    at=deploy.requested_at,
                    actor=deploy.requested_by,
                    action="Requested",
                    subject=f"{deploy.id} {deploy.service} {deploy.version} {deploy.environment}",
                ),
            ),
            once=(f"deploy:{once}", deploy.id),
        )
        first = await self.store.commit(change)
        return deploy if first is None else (await self.store.deploy(first)).value

    async def _note_refusal(self, actor: str, wish: Wish, why: str) -> None:
        subject = f"{wish.service} {wish.version} {wish.environment}"
        entry = AuditEntry(
            at=self.clock.now(), actor=actor, action="Refused", subject=subject, detail=why
        )
        await self.store.audit(entry)
