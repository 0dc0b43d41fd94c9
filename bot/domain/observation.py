"""What a cloud shows of a target at one moment. Unknown is a value here, never a green light."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.base import Model


class Fence(Model):
    """The right to write to a target: `turn` grows with each deploy, `step` with each write of it.

    Every write carries its fence to the target itself, which refuses a lower one. A process that
    was paused and wakes up late can therefore never undo what a newer one did.
    """

    turn: int
    step: int

    def __lt__(self, other: "Fence") -> bool:
        """Order by turn, then by step."""
        return (self.turn, self.step) < (other.turn, other.step)

    def __str__(self) -> str:
        """The form in which it is written to the target: `turn.step`."""
        return f"{self.turn}.{self.step}"


class Revision(Model):
    """One immutable revision of a service. `version` and `deploy` are set on those we made.

    `ready` means that it can take traffic; `problem` is the cloud's reason why it cannot, in words.
    """

    name: str
    image: str
    digest: str | None = None
    version: str | None = None
    deploy: str | None = None
    ready: bool = False
    problem: str | None = None


class Health(StrEnum):
    """The state of a target in one word."""

    READY = "ready"
    CHANGING = "changing"
    FAILING = "failing"
    UNKNOWN = "unknown"


class Observation(Model):
    """A target as the cloud describes it.

    `serving` maps revision names to percent and holds only revisions that get traffic; `tags` maps
    a tag to its revision. `newest` is the last revision created, whether or not it became ready.
    `pinned` means that a newer revision would get no traffic by itself. `problem` is the cloud's
    own reason in words, when something is wrong with the newest revision. `address` is where the
    service answers; `template` is a fingerprint of the settings that every new revision starts
    from, without the image and without our own marks.
    """

    serving: Mapping[str, int]
    tags: Mapping[str, str] = {}
    previews: Mapping[str, str] = {}
    revisions: Mapping[str, Revision] = {}
    newest: str | None = None
    health: Health = Health.UNKNOWN
    pinned: bool = False
    problem: str | None = None
    fence: Fence = Fence(turn=0, step=0)
    last_modifier: str | None = None
    address: str | None = None
    template: str = ""

    def digests(self) -> frozenset[str]:
        """The digests that get traffic; a revision without a known digest counts by its name."""
        return frozenset(
            (self.revisions[name].digest or name) if name in self.revisions else name
            for name in self.serving
        )
