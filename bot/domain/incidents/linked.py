"""What an incident knows of deploys and runbooks: values of its own, read by the use cases."""

from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.incidents.procedures import RUNBOOK


class Suspect(Model):
    """A deploy that may have caused it, as the ledger has it.

    `at` is when it began to take traffic. `approved_by` is empty where nobody had to approve.
    `undone` says that it serves no longer: it was rolled back, or another version landed where it
    ran. `running` says that it is still under way.
    """

    deploy: str
    service: str
    environment: str
    version: str
    revision: str | None
    previous: str | None
    requested_by: str
    approved_by: tuple[str, ...]
    at: datetime
    undone: bool = False
    running: bool = False
    compare: str | None = None


class SuggestedRunbook(Model):
    """A runbook that may help. `slug` is its name; `url` is where to read it, if elsewhere."""

    slug: str
    title: str
    url: str | None = None

    @property
    def procedure(self) -> str:
        """The name of the list that it becomes when it is brought in."""
        return f"{RUNBOOK}{self.slug}"


class Part(StrEnum):
    """What a linked deploy is to the incident."""

    FIX = "fix"
    ROLLBACK = "rollback"
    CAUSE = "cause"


class LinkedDeploy(Model):
    """A deploy that belongs to it. `running` while it is under way; `landed` when it went well."""

    deploy: str
    service: str
    environment: str
    version: str
    part: Part
    running: bool
    landed: bool = False


class FreezeLink(Model):
    """The freeze that it set: of a service in an environment (None: of all). `by_hand`: somebody
    has asked for it; else its severity did.
    """

    service: str | None
    environment: str | None
    until: datetime
    by_hand: bool = False
    lifted_by: str | None = None

    @property
    def lifted(self) -> bool:
        """Whether somebody has lifted it; its time may be over without that."""
        return self.lifted_by is not None

    @property
    def scope(self) -> str:
        """What is frozen, such as “checkout production”; empty: everything."""
        return " ".join(filter(None, (self.service, self.environment)))
