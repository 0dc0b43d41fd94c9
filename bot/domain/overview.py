"""What is running where, and who put it there: the answer to "how are we?"."""

from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.observation import Health, Observation
from bot.domain.plan import version_of


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
    def trouble(self) -> str | None:
        """What is wrong, in words: no answer from the cloud, or the cloud's own reason."""
        return self.problem or (self.seen.problem if self.seen else None)

    @property
    def ours(self) -> Deploy | None:
        """Our last deploy, when what it deployed serves now; None when somebody else's does."""
        if self.last is None or self.last.plan is None or self.seen is None:
            return None
        return self.last if self.last.plan.artifact.digest in self.seen.digests() else None
