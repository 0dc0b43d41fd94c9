"""The checklist of a deploy: what Signalbox checked by itself, and what people answered for."""

from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.errors import IllegalTransition, NotFound
from bot.domain.policy import ChecklistItem, ChecklistRule


class Part(StrEnum):
    """When an item has to be looked at."""

    PRE = "pre"
    DURING = "during"
    POST = "post"


class Tick(Model):
    """Somebody answered for an item."""

    item: str
    by: str
    at: datetime


class Check(Model):
    """What Signalbox found about an item by itself; `passed` None means that it is not known."""

    item: str
    passed: bool | None
    says: str
    at: datetime


class Line(Model):
    """One item as it stands."""

    item: ChecklistItem
    tick: Tick | None = None
    check: Check | None = None

    @property
    def done(self) -> bool:
        """Whether the item is settled for good; what is not known is not."""
        if self.item.ask is not None:
            return self.tick is not None
        return self.check is not None and self.check.passed is True


class Checklist(Model):
    """All items of a deploy with what is known of them; one document per deploy and edition."""

    deploy: str
    edition: int = 0
    rule: ChecklistRule
    ticks: tuple[Tick, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def key(self) -> str:
        """Under which it is stored: a new plan starts a new list."""
        return checklist_key(self.deploy, self.edition)

    def lines(self, part: Part) -> tuple[Line, ...]:
        """The items of a part, in order, as they stand."""
        ticks = {tick.item: tick for tick in self.ticks}
        checks = {check.item: check for check in self.checks}
        return tuple(
            Line(item=item, tick=ticks.get(item.id), check=checks.get(item.id))
            for item in items_of(self.rule, part)
        )

    def unanswered(self, part: Part) -> tuple[str, ...]:
        """The questions of a part that nobody has answered yet."""
        return tuple(
            line.item.ask for line in self.lines(part) if line.item.ask and line.tick is None
        )

    def tick(self, item: str, by: str, now: datetime) -> "Checklist":
        """Somebody answers for an item. Raises `NotFound`, and `IllegalTransition` when it is
        answered.
        """
        asked = [line for part in Part for line in self.lines(part) if line.item.id == item]
        if not asked or asked[0].item.ask is None:
            raise NotFound(f"The checklist of {self.deploy} does not ask “{item}”.")
        if asked[0].tick is not None:
            raise IllegalTransition(f"“{asked[0].item.ask}”", "answered already", "another answer")
        return self.model_copy(update={"ticks": (*self.ticks, Tick(item=item, by=by, at=now))})

    def checked(self, checks: tuple[Check, ...]) -> "Checklist":
        """Signalbox has looked; a newer finding replaces an older one."""
        newer = {check.item for check in checks}
        kept = tuple(check for check in self.checks if check.item not in newer)
        return self.model_copy(update={"checks": (*kept, *checks)})


def items_of(rule: ChecklistRule, part: Part) -> tuple[ChecklistItem, ...]:
    """The items of a part."""
    match part:
        case Part.PRE:
            return rule.pre
        case Part.DURING:
            return rule.during
        case Part.POST:
            return rule.post


def checklist_key(deploy: str, edition: int) -> str:
    """The name of a deploy's checklist."""
    return f"{deploy}.{edition}"
