"""Going back: to which version, whether that is safe, and asking for it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.domain.artifact import Migrations, parse_version
from bot.domain.authority import require_undo
from bot.domain.catalog import ApprovalRule, Catalog, Target
from bot.domain.deploy import Deploy
from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UsageError
from bot.domain.history import Kind, Record, Version, blocks_return, ways_back
from bot.domain.plan import Terms, sole_version, version_of
from bot.domain.states import State
from bot.ports import Clock, DeployTargets, Directory, Store
from bot.usecases.fixes import Fixes
from bot.usecases.planning import LEDGER_READ
from bot.usecases.refusals import refusals_noted
from bot.usecases.requests import Requests

PREVIOUS = "previous"
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a rollback would do. `gone`: its revision is not there any more, so the image is
    deployed again, which takes longer. `blocked_by`: deploys whose migrations cannot be undone.
    `rule` says whose approval it takes. `incident` is the one that it is to end, and `reason` the
    words in which it would be asked for.
    """

    target: Target
    serving: tuple[str, ...]
    goal: Version
    gone: bool
    blocked_by: tuple[Record, ...]
    others: tuple[Version, ...]
    rule: ApprovalRule
    incident: str | None = None
    reason: str = ""

    @property
    def needs_acceptance(self) -> bool:
        """Whether somebody has to accept that the schema may not fit the old version."""
        return bool(self.blocked_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollbacks:
    """Proposes a way back, and takes it once somebody has confirmed it."""

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    targets: DeployTargets
    requests: Requests
    fixes: Fixes

    async def check(
        self,
        identity: Identity,
        service: str,
        environment: str,
        to: str,
        incident: str | None = None,
    ) -> None:
        """Raise what `propose` would raise before it asks the cloud."""
        target = self.catalog.target(service, environment)
        if to not in {"", PREVIOUS}:
            parse_version(to)
        await self._allowed(identity, target, incident)

    async def propose(
        self,
        identity: Identity,
        service: str,
        environment: str,
        to: str = PREVIOUS,
        incident: str | None = None,
    ) -> Proposal:
        """Name the exact version that a rollback goes back to; asks the cloud, changes nothing.

        Raises `UnknownName`, `UsageError` for a version that never ran well here, `NotPermitted`,
        `NotFound` when there is nothing to go back to, and `CloudUnavailable`. An incident that it
        names raises as `Fixes.require`.
        """
        target = self.catalog.target(service, environment)
        await self._allowed(identity, target, incident)
        seen = await self.targets.open(target).observe()
        ledger = await self.store.ledger(target.key, LEDGER_READ)
        denied = (await self.store.restrictions()).value.denied
        goals = ways_back(ledger, sole_version(seen), denied)
        goal = _chosen(target, goals, to)
        kept = seen.revisions.get(goal.revision)
        blocking = blocks_return(ledger, goal)
        terms = Terms(kind=Kind.ROLLBACK, accept_schema_risk=bool(blocking), incident=incident)
        return Proposal(
            target=target,
            serving=tuple(f"{version_of(seen, n)} {share} %" for n, share in seen.serving.items()),
            goal=goal,
            gone=kept is None or not kept.ready,
            blocked_by=blocking,
            others=tuple(each for each in goals if not each.same(goal))[:_SHOWN],
            rule=await self.fixes.rule(target, terms),
            incident=incident,
        )

    async def request(
        self,
        identity: Identity,
        goal: "Goal",
        *,
        reason: str = "",
        accept_schema_risk: bool = False,
        once: str,
    ) -> Deploy:
        """Go back to a version that ran well here before; the same `once` twice is one rollback.

        Raises `UnknownName`, `NotPermitted` (also when migrations cannot be undone and nobody has
        accepted that), and `UsageError` for a version that is no goal.
        """
        target = self.catalog.target(goal.service, goal.environment)
        actor = await self._allowed(identity, target, goal.incident)
        ledger = await self.store.ledger(target.key, LEDGER_READ)
        version = _named(target, ways_back(ledger, None), goal.version)
        blocking = blocks_return(ledger, version)
        if blocking and not accept_schema_risk:
            async with self._noted(actor, f"{target.key} {version.version}"):
                raise NotPermitted(_risk(blocking[0], version))
        terms = Terms(
            kind=Kind.ROLLBACK,
            reason=reason,
            accept_schema_risk=bool(blocking),
            restore=version,
            incident=goal.incident,
        )
        return await self.requests.create(actor, target, version.version, terms, once=once)

    async def switch_back(self, identity: Identity, deploy_id: str, *, once: str) -> Deploy:
        """Go back to what a deploy replaced, while that is kept ready. Raises as `request`, and
        `IllegalTransition` when it is not kept any more.
        """
        deploy = (await self.store.deploy(deploy_id)).value
        replaced = deploy.plan.replaced if deploy.plan else None
        if deploy.state is not State.RETAINING or replaced is None:
            raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, "switching back")
        target = self.catalog.target(deploy.service, deploy.environment)
        actor = await self._allowed(identity, target)
        if deploy.agreed.migrations is Migrations.IRREVERSIBLE:
            async with self._noted(actor, f"{target.key} {replaced.version}"):
                raise NotPermitted(
                    f"{deploy.version} changed the database for good: use a rollback."
                )
        reason = f"Switched back from {deploy.id}"
        terms = Terms(kind=Kind.ROLLBACK, reason=reason, restore=replaced)
        return await self.requests.create(actor, target, replaced.version, terms, once=once)

    async def _allowed(
        self, identity: Identity, target: Target, incident: str | None = None
    ) -> Actor:
        actor = await self.directory.actor(identity.user, identity.team)
        async with self._noted(actor, target.key):
            require_undo(actor, target)
        await self.fixes.require(actor, incident)
        return actor

    def _noted(self, actor: Actor, subject: str) -> AbstractAsyncContextManager[None]:
        return refusals_noted(self.store, self.clock, actor, "rollback", subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where to go back to: `version` is a digest, a revision or a version in words.

    `incident` is the one that this is to end.
    """

    service: str
    environment: str
    version: str
    incident: str | None = None


def _risk(blocking: Record, goal: Version) -> str:
    return (
        f"{blocking.version} ({blocking.deploy}) changed the database for good, and {goal.version} "
        "may not work with that. Add --accept-schema-risk; then somebody else has to approve it."
    )


def _chosen(target: Target, goals: tuple[Version, ...], to: str) -> Version:
    if to not in {"", PREVIOUS}:
        return _named(target, goals, to)
    if not goals:
        raise NotFound(f"{target.key} has no earlier version that ran well under Signalbox.")
    return goals[0]


def _named(target: Target, goals: tuple[Version, ...], to: str) -> Version:
    """A goal by its digest, its revision or its version. Raises `UsageError` naming the others."""
    for each in goals:
        if to in {each.digest, each.revision, each.version}:
            return each
    known = ", ".join(each.version for each in goals[:_SHOWN]) or "nothing"
    raise UsageError(f"{target.key} cannot go back to “{to}”.", hint=f"It can go to: {known}.")
