"""Lists that people tick off: the incident checklist, duties of a role, a runbook, maintenance."""

from datetime import datetime

from bot.domain.base import Model
from bot.domain.errors import NotFound
from bot.domain.incident_policy import ProcedureItem

# What the names of lists that were runbooks begin with.
RUNBOOK = "runbook-"


class Ticked(Model):
    """Somebody did what a line says."""

    item: str
    by: str
    at: datetime


class Procedure(Model):
    """A list and what of it is done. `id` is unique within whatever has it, such as `checklist`,
    `duties-lead` or `runbook-high-cpu`; `url` leads to the whole text, where there is one.
    """

    id: str
    title: str
    items: tuple[ProcedureItem, ...]
    ticks: tuple[Ticked, ...] = ()
    url: str | None = None

    @property
    def open(self) -> tuple[ProcedureItem, ...]:
        """What is not done yet."""
        done = {tick.item for tick in self.ticks}
        return tuple(item for item in self.items if item.id not in done)

    def ticked(self, item: str) -> Ticked | None:
        """Who did a line, and when; None when nobody has."""
        return next((tick for tick in self.ticks if tick.item == item), None)

    def tick(self, item: str, by: str, now: datetime) -> "Procedure":
        """Somebody did a line; one that is done stays with whoever did it first.

        Raises `NotFound` for a line that the list does not have.
        """
        if all(each.id != item for each in self.items):
            raise NotFound("“{title}” has no line “{item}”.", title=self.title, item=item)
        if self.ticked(item):
            return self
        return self.model_copy(update={"ticks": (*self.ticks, Ticked(item=item, by=by, at=now))})

    def untick(self, item: str) -> "Procedure":
        """Take a tick back."""
        kept = tuple(tick for tick in self.ticks if tick.item != item)
        return self.model_copy(update={"ticks": kept})
