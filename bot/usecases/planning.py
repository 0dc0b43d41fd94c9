"""Making the plan of a deploy: what exactly would change, and whether it may."""

from dataclasses import dataclass

from bot.domain.admission import Obstacle, in_words, obstacles
from bot.domain.approval import Approval
from bot.domain.artifact import Artifact
from bot.domain.catalog import ApprovalRule, Catalog, Target
from bot.domain.checklist import Checklist, Part
from bot.domain.compare import compare_link
from bot.domain.deploy import Deploy
from bot.domain.errors import UsageError
from bot.domain.events import ChecksOpened, Cleared, Event, Planned, Refused
from bot.domain.guardians import approving
from bot.domain.history import Kind, Record
from bot.domain.incidents.incident import Incident
from bot.domain.message import ReviewCard
from bot.domain.observation import Observation
from bot.domain.plan import Plan, Preview, make_plan, version_of
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.domain.rollout import kept_revision
from bot.ports import Clock, DeployTargets, Document, Registry, Store, Stored, review_item
from bot.usecases.checks import Checks
from bot.usecases.fixes import Fixes
from bot.usecases.transitions import NOTHING, Beside

LEDGER_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan with everything that was looked up for it; `rule` is whose approval it needs, and
    `incidents` are those under way at its target that everybody may know of.
    """

    plan: Plan
    rule: ApprovalRule
    seen: Observation
    obstacles: tuple[Obstacle, ...]
    nothing_to_do: bool
    problem: str | None
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """Looks up what a plan needs and decides what has to happen before it is carried out."""

    catalog: Catalog
    store: Store
    clock: Clock
    targets: DeployTargets
    registry: Registry
    checks: Checks
    fixes: Fixes

    async def draft(self, deploy: Deploy, target: Target) -> Draft:
        """Look everything up; nothing is written anywhere.

        Raises `UsageError` for an unknown profile, `CloudUnavailable` and `CloudRefused`.
        """
        place = self.targets.open(target)
        seen = await place.observe()
        artifact = await self._artifact(deploy, target, seen)
        rule = await self.fixes.rule(target, deploy.terms)
        plan = make_plan(target, artifact, seen, deploy.terms, rule)
        preview = Preview()
        if deploy.kind is Kind.DEPLOY:
            preview = await place.preview(deploy.id, artifact)
        old = plan.replaces_versions[0] if len(plan.replaces_versions) == 1 else None
        repository = self.catalog.services[target.service].repository or artifact.source
        found = {
            "differences": preview.differences,
            "compare": compare_link(repository, old, artifact.version),
        }
        standing, _ = await self.obstacles(deploy, target, artifact.digest)
        return Draft(
            plan=plan.model_copy(update=found),
            rule=rule,
            seen=seen,
            obstacles=standing,
            nothing_to_do=_serves_already(deploy, plan, preview),
            problem=preview.problem,
            incidents=(await self.fixes.around([target]))[target.key],
        )

    async def decide(self, deploy: Deploy, target: Target) -> tuple[Event, Beside]:
        """Make the plan, and say what it needs: answers, approvals, or nothing more."""
        try:
            draft = await self.draft(deploy, target)
        except UsageError as wrong:
            return Refused(reason=f"{wrong} {wrong.hint}".strip()), NOTHING
        refusal = _refusal(draft)
        if refusal is not None:
            return Refused(reason=refusal), NOTHING
        plan = draft.plan
        checklist = await self._checklist(deploy, target, plan, draft.seen)
        failed = [c for c in checklist.checks if c.passed is not True] if checklist else []
        if failed and not deploy.terms.break_glass:
            said = "; ".join(f"{check.item}: {check.says}" for check in failed)
            return Refused(reason=f"The checklist is not met. {said}"), NOTHING
        writes: list[Stored[Document]] = []
        if checklist is not None:
            writes.append(Stored(value=checklist, version=0))
        asked = checklist is not None and checklist.unanswered(Part.PRE)
        if asked and not deploy.terms.break_glass:
            until = self.clock.now() + target.approvals.expires
            return ChecksOpened(plan=plan, until=until), Beside(writes=writes)
        event = self._asked(deploy, plan, draft.rule)
        if deploy.terms.break_glass and isinstance(event, Cleared):
            return event, self._reviewed(deploy, target, writes)
        return event, Beside(writes=writes)

    async def asked(self, deploy: Deploy, target: Target, plan: Plan) -> Event:
        """Whose approval a plan needs now that nothing else stands before it."""
        return self._asked(deploy, plan, await self.fixes.rule(target, deploy.terms))

    def _asked(self, deploy: Deploy, plan: Plan, rule: ApprovalRule) -> Event:
        if rule.required == 0:
            return Cleared(plan=plan, approval=None)
        approval = Approval(
            plan_hash=plan.hash,
            requester=deploy.requested_by,
            rule=rule,
            expires_at=self.clock.now() + rule.expires,
        )
        return Planned(plan=plan, approval=approval)

    async def obstacles(
        self, deploy: Deploy, target: Target, digest: str | None
    ) -> tuple[tuple[Obstacle, ...], Stored[Restrictions]]:
        """What forbids a deploy at the moment, by the one rule that everybody asks, and what that
        was decided on.
        """
        before: tuple[Record, ...] | None = None
        source = target.policy.promote_from
        if source is not None and digest is not None:
            key = f"{target.service}/{source.environment}"
            before = await self.store.ledger(key, LEDGER_READ)
        restrictions = await self.store.restrictions()
        found = obstacles(
            target,
            restrictions.value,
            self.clock.now(),
            kind=deploy.kind,
            digest=digest,
            ledger_before=before,
            exception=deploy.terms.exception,
            break_glass=deploy.terms.break_glass,
            incident=deploy.terms.incident,
        )
        return found, restrictions

    async def _artifact(self, deploy: Deploy, target: Target, seen: Observation) -> Artifact:
        """The image of the version; a way back to a revision that is there needs no registry."""
        if deploy.kind is Kind.UNPIN:
            return _followed(target, seen)
        goal = deploy.terms.restore
        if goal is None:
            return await self.registry.resolve(target.image, deploy.version)
        kept = kept_revision(deploy, seen)
        digest = goal.digest or (seen.revisions[kept].digest if kept else None)
        if digest is None:
            raise UsageError(f"The digest of {goal.version} is not known, so it cannot run again.")
        if kept is None:
            found = await self.registry.resolve(target.image, digest)
            return found.model_copy(update={"version": goal.version})
        return Artifact(image=target.image, version=goal.version, digest=digest)

    async def _checklist(
        self, deploy: Deploy, target: Target, plan: Plan, seen: Observation
    ) -> Checklist | None:
        """The checklist of a plan, with what can be checked by itself; None when there is none."""
        rule = plan.checklist
        if deploy.kind is not Kind.DEPLOY or not (rule.pre or rule.during or rule.post):
            return None
        empty = Checklist(deploy=deploy.id, edition=deploy.edition, rule=rule)
        return empty.checked(await self.checks.look(Part.PRE, deploy, target, plan, seen))

    def _reviewed(self, deploy: Deploy, target: Target, writes: list[Stored[Document]]) -> Beside:
        """The review that a deploy without approval has to have afterwards."""
        now = self.clock.now()
        glass = target.policy.break_glass
        groups = {*approving((target,)), *((glass.group,) if glass else ())}
        due = now + glass.review_within if glass else now
        review = Review(
            deploy=deploy.id,
            target=target.key,
            by=deploy.requested_by,
            reason=deploy.terms.reason,
            since=now,
            due=due,
            groups=tuple(sorted(groups)),
        )
        return Beside(
            writes=[*writes, Stored(value=review, version=0)],
            messages=[ReviewCard(deploy=deploy.id, edition=deploy.edition)],
            wake={review_item(deploy.id): due},
        )


def _serves_already(deploy: Deploy, plan: Plan, preview: Preview) -> bool:
    """Whether carrying it out would change nothing at all."""
    same = plan.replaced is not None and plan.replaced.digest == plan.artifact.digest
    return same and not preview.differences and deploy.kind is not Kind.UNPIN


def _refusal(draft: Draft) -> str | None:
    if draft.obstacles:
        return in_words(draft.obstacles)
    if draft.problem:
        return f"The cloud would refuse it: {draft.problem}"
    if draft.nothing_to_do:
        artifact = draft.plan.artifact
        return f"{artifact.version} ({artifact.short_digest}) serves everything already."
    return None


def _followed(target: Target, seen: Observation) -> Artifact:
    """What serves, when following the newest revision would not change it.

    Raises `UsageError` otherwise: a change of what serves is deployed properly.
    """
    if not seen.pinned:
        raise UsageError("The traffic follows the newest revision already.")
    newest = seen.revisions.get(seen.newest or "")
    if newest is None or newest.digest is None or set(seen.serving) != {newest.name}:
        raise UsageError(
            f"The newest revision ({seen.newest}) is not the one that serves, so following it "
            "would change what serves.",
            hint="Deploy the version that you want instead.",
        )
    version = version_of(seen, newest.name)
    return Artifact(image=target.image, version=version, digest=newest.digest)
