"""What is running where, and who put it there: the answer to "how are we?"."""

from datetime import datetime, timedelta

from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.freezes import Frozen, NextFreeze, frozen, next_freeze
from bot.domain.incidents.incident import Incident
from bot.domain.observation import Health, Observation
from bot.domain.plan import version_of
from bot.domain.restrictions import Lock, Restrictions


class TargetStatus(Model):
    """One target: what the cloud shows (None: it did not answer) and our last deploy to it."""

    target: Target
    seen: Observation | None
    problem: str | None = None
    last: Deploy | None = None

    @property
    def health(self) -> Health:
        """The target in one word; a cloud that did not answer makes it unknown, never ready."""
        return self.seen.health if self.seen else Health.UNKNOWN

    @property
    def split(self) -> tuple[tuple[str, int], ...]:
        """The versions that get traffic with their percent, the largest first."""
        if self.seen is None:
            return ()
        parts = [(version_of(self.seen, name), share) for name, share in self.seen.serving.items()]
        return tuple(sorted(parts, key=lambda part: -part[1]))

    @property
    def rollout(self) -> str | None:
        """The deploy whose revision shares the traffic with others; None when nothing is split."""
        if self.seen is None or len(self.seen.serving) < 2:  # noqa: PLR2004 - several share it
            return None
        known = (self.seen.revisions.get(name) for name in self.seen.serving)
        marked = [revision for revision in known if revision and revision.deploy]
        return max(marked, key=lambda revision: revision.name).deploy if marked else None

    @property
    def trouble(self) -> str | None:
        """What is wrong, in words: no answer from the cloud, or the cloud's own reason."""
        return self.problem or (self.seen.problem if self.seen else None)

    @property
    def ours(self) -> Deploy | None:
        """Our last deploy, when what it deployed serves now; None when somebody else's does."""
        if self.last is None or self.last.plan is None or self.seen is None:
            return None
        return self.last if self.last.plan.artifact.digest in self.seen.digests() else None


# A freeze that is further away is nothing to plan a deploy around.
SOON = timedelta(days=7)


class Guarded(Model):
    """What holds deploys to a target up by somebody's word or by the policy, and what comes next.
    `incidents` are those under way there that everybody may know of.

    It is said without a version or a person in mind; what a certain deploy meets is decided in
    `admission`.
    """

    locks: tuple[Lock, ...] = ()
    frozen: Frozen | None = None
    upcoming: NextFreeze | None = None
    incidents: tuple[Incident, ...] = ()


def guarded(
    target: Target, held: Restrictions, now: datetime, incidents: tuple[Incident, ...] = ()
) -> Guarded:
    """What holds a target at a moment; where it is not frozen, also the freeze that comes soon.

    Raises `UsageError` for a freeze window that cannot be read.
    """
    windows, environment, service = target.policy.freeze, target.environment, target.service
    closed = frozen(windows, held.freezes, environment, now, service=service)
    coming = None
    if not closed:
        coming = next_freeze(windows, held.freezes, environment, now, service=service)
    return Guarded(
        locks=held.locks_on(target.key, now),
        frozen=closed,
        upcoming=coming if coming and coming.begins - now <= SOON else None,
        incidents=incidents,
    )
