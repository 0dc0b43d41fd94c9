"""Asking for a deploy, and looking at what one would do."""

from dataclasses import dataclass

from bot.domain.actor import Actor, Identity, require_deployer
from bot.domain.admission import Obstacle, in_words
from bot.domain.artifact import parse_version
from bot.domain.authority import require_glass
from bot.domain.base import Model
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy
from bot.domain.errors import NotPermitted, UsageError
from bot.domain.history import Kind, last_landed
from bot.domain.incidents.incident import Incident
from bot.domain.plan import Terms, strategy_of
from bot.ports import Clock, Directory, Store
from bot.usecases.fixes import Fixes
from bot.usecases.planning import LEDGER_READ, Draft, Planning
from bot.usecases.refusals import refusals_noted
from bot.usecases.requests import Requests


class Wish(Model):
    """What somebody typed: which version of what, where to, and how.

    An empty version means the one that landed last in the environment before.
    """

    service: str
    version: str
    environment: str
    terms: Terms = Terms()


class Forbidden(NotPermitted):
    """Something stands in the way; `obstacles` say what, until when and how to get past it.

    `incidents` are those under way there that everybody may know of now.
    """

    def __init__(
        self, obstacles: tuple[Obstacle, ...], incidents: tuple[Incident, ...] = ()
    ) -> None:
        super().__init__(in_words(obstacles))
        self.obstacles = obstacles
        self.incidents = incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploys:
    """Accepts deploys. What happens to them afterwards is in `bot.usecases.rollouts`."""

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    planning: Planning
    requests: Requests
    fixes: Fixes

    async def request(self, identity: Identity, wish: Wish, *, once: str) -> Deploy:
        """Record a deploy, to be planned by the worker; the same `once` twice is one deploy.

        Raises `UsageError` for a name, profile or version that does not exist, `NotPermitted`, and
        `Forbidden` when a lock or a freeze stands in the way. An incident that it names raises as
        `Fixes.require`.
        """
        target, version, actor = await self._read(identity, wish)
        subject = f"{wish.service} {version} {wish.environment}"
        async with refusals_noted(self.store, self.clock, actor, "deploy", subject):
            _require(actor, target, wish.terms)
            imagined = self.requests.imagine(actor, target, version, wish.terms)
            found, _ = await self.planning.obstacles(imagined, target, None)
            if found:
                raise Forbidden(found, (await self.fixes.around([target]))[target.key])
        return await self.requests.create(actor, target, version, wish.terms, once=once)

    async def preview(self, identity: Identity, wish: Wish) -> Draft:
        """What a deploy would do; asks the cloud and changes nothing. Raises as `request`."""
        target, version, actor = await self._read(identity, wish)
        require_deployer(actor, target)
        return await self.planning.draft(
            self.requests.imagine(actor, target, version, wish.terms), target
        )

    async def check(self, identity: Identity, wish: Wish) -> None:
        """Raise what `preview` would raise before it asks the cloud."""
        target, _, actor = await self._read(identity, wish)
        require_deployer(actor, target)

    async def _read(self, identity: Identity, wish: Wish) -> tuple[Target, str, Actor]:
        target = self.catalog.target(wish.service, wish.environment)
        strategy_of(target, wish.terms)
        if wish.version:
            version = parse_version(wish.version)
        elif wish.terms.kind is Kind.UNPIN:
            version = "newest"
        else:
            version = await self._before(target)
        actor = await self.directory.actor(identity.user, identity.team)
        await self.fixes.require(actor, wish.terms.incident)
        return target, version, actor

    async def _before(self, target: Target) -> str:
        """The version that landed last in the environment before. Raises `UsageError` without one.

        Whether it may be promoted is decided when its digest is known.
        """
        source = target.policy.promote_from
        usage = f"Which version of {target.service}?"
        if source is None:
            raise UsageError(usage, hint=f"For example: {target.service} v1.2.0 to …")
        ledger = await self.store.ledger(f"{target.service}/{source.environment}", LEDGER_READ)
        newest = last_landed(ledger)
        if newest is None:
            raise UsageError(f"{usage} {source.environment} has not run any yet.")
        return newest.version


def _require(actor: Actor, target: Target, terms: Terms) -> None:
    """Raise `NotPermitted` unless this person may deploy here on these terms, and `UsageError`
    where they want a reason.
    """
    if terms.break_glass:
        require_glass(actor, target)
    else:
        require_deployer(actor, target)
    if (terms.break_glass or terms.exception) and not terms.reason:
        raise UsageError("Say why: this goes past a rule.", hint='Add --reason "…".')
    if terms.exception and target.policy.freeze_exception is None:
        raise NotPermitted(f"There are no exceptions to freezes of {target.key}.")
