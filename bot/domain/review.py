"""The review that follows a deploy without approval: somebody else has to look at it in time."""

from datetime import datetime

from bot.domain.actor import Actor
from bot.domain.base import Model
from bot.domain.errors import IllegalTransition, NotPermitted


class Review(Model):
    """A break-glass deploy that waits to be reviewed by `due`; one document per deploy."""

    deploy: str
    target: str
    by: str
    reason: str
    since: datetime
    due: datetime
    groups: tuple[str, ...]
    overdue: bool = False
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it is still waiting."""
        return self.reviewed_by is None

    def signed(self, actor: Actor, now: datetime) -> "Review":
        """Somebody has reviewed it. Raises `NotPermitted` for whoever broke the glass and for
        people outside the groups, and `IllegalTransition` when it was done before.
        """
        if not self.open:
            raise IllegalTransition(f"The review of {self.deploy}", "done", "another one")
        if actor.id == self.by:
            raise NotPermitted("You broke the glass, so somebody else has to review it.")
        if not actor.groups.intersection(self.groups):
            allowed = " or ".join(self.groups) or "nobody"
            raise NotPermitted(f"Reviewing this takes a member of {allowed}.")
        return self.model_copy(update={"reviewed_by": actor.id, "reviewed_at": now})
