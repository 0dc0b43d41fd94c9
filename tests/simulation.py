"""A world in memory for the real use cases: one target, whose cloud, metrics and people misbehave.

Every call of a neighbour first takes a breath. A tick can therefore be stopped between any two of
its effects, be taken up again much later, or never: that is what a crash, a paused process and a
second worker are. Nothing here waits, and no event loop is needed.
"""

import types
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import samples
from fakes import CountingIds, ListedPeople, VirtualClock
from premises import NoIncidents, Overheard, Premises

from bot.composition import Neighbours, UseCases
from bot.domain.artifact import Artifact
from bot.domain.audit import AuditEntry
from bot.domain.backup import Backup, DatabaseInstance
from bot.domain.catalog import Catalog, Target
from bot.domain.chart import Chart
from bot.domain.checklist import Checklist, checklist_key
from bot.domain.deploy import Deploy, Pace
from bot.domain.errors import (
    CloudRefused,
    CloudUnavailable,
    ConcurrentUpdate,
    NotFound,
    Outcome,
    SignalboxError,
    StaleWrite,
)
from bot.domain.evidence import Point, Probe, Sample, Window
from bot.domain.history import Record
from bot.domain.lane import Lane
from bot.domain.observation import Fence, Health, Observation, Revision
from bot.domain.plan import Preview
from bot.domain.policy import Smoke
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.domain.roster import Roster
from bot.ports import Change, Document, Progress, Stored

OLD, EVE = "api-00001", "eve"
# How long the cloud takes to do what it was told; a slow one is not stuck.
QUICK, SLOW = timedelta(seconds=5), timedelta(minutes=3)
T = TypeVar("T")


@types.coroutine
def breath() -> Generator[None, None, None]:
    """Let others go first."""
    yield


@dataclass
class Tick:
    """A tick under way: what it has read, and whether anything else happened meanwhile."""

    deploy: str
    coroutine: Coroutine[Any, Any, object]
    read: Deploy | None = None
    seen: Observation | None = None
    changes_seen: int = -1
    evidence: list[tuple[str, Window | None]] = field(default_factory=list)
    undisturbed: bool = True


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────


class MemoryStore:
    """`bot.ports.Store` in memory; `told` hears of every deploy that is saved, before and after."""

    def __init__(self) -> None:
        self.documents: dict[tuple[type, str], Stored[Any]] = {}
        self.records: list[Record] = []
        self.agenda: dict[str, datetime | None] = {}
        self.once: dict[str, str] = {}
        self.reading: Callable[[Deploy], None] = lambda _deploy: None
        self.told: Callable[[Deploy, Deploy], None] = lambda _before, _after: None

    @property
    def deploys(self) -> list[Deploy]:
        """All of them, in the order of their ids."""
        kept = [held.value for (kind, _), held in self.documents.items() if kind is Deploy]
        return sorted(kept, key=lambda deploy: deploy.id)

    async def deploy(self, deploy_id: str) -> Stored[Deploy]:
        """One, as it is."""
        found = self._get(Deploy, deploy_id)
        self.reading(found.value)
        return found

    async def lane(self, target: str) -> Stored[Lane]:
        """The lane of the target."""
        return self._get(Lane, target, Lane(target=target))

    async def restrictions(self) -> Stored[Restrictions]:
        """What is forbidden."""
        return self._get(Restrictions, "", Restrictions())

    async def checklist(self, deploy_id: str, edition: int) -> Stored[Checklist]:
        """The checklist of a plan."""
        return self._get(Checklist, checklist_key(deploy_id, edition))

    async def review(self, deploy_id: str) -> Stored[Review]:
        """The review of a deploy."""
        return self._get(Review, deploy_id)

    async def roster(self, group: str) -> Stored[Roster]:
        """Who was in a group."""
        return self._get(Roster, group, Roster(group=group))

    async def ledger(self, target: str, limit: int) -> tuple[Record, ...]:
        """Newest first."""
        found = [each for each in reversed(self.records) if each.target == target]
        return tuple(found[:limit])

    async def last_completed(self, targets: Sequence[str]) -> Mapping[str, Deploy]:
        """The newest that landed."""
        landed = [each for each in self.deploys if each.landed and each.target in targets]
        return {each.target: each for each in landed}

    async def unfinished(self) -> tuple[Deploy, ...]:
        """Those that are not over."""
        return tuple(each for each in self.deploys if not each.over)

    async def commit(self, change: Change) -> str | None:
        """All or nothing."""
        await breath()
        if change.once and change.once[0] in self.once:
            return self.once[change.once[0]]
        for known in (*change.writes, *change.unchanged):
            kept = self.documents.get(_key(known.value))
            if (kept.version if kept else 0) != known.version:
                raise ConcurrentUpdate(f"{_key(known.value)[1]} was changed meanwhile.")
        before = {_key(each.value): self.documents.get(_key(each.value)) for each in change.writes}
        for each in change.writes:
            held = Stored(value=each.value, version=each.version + 1)
            self.documents[_key(each.value)] = held
        self.records += change.records
        self.agenda.update(change.wake)
        if change.once:
            self.once[change.once[0]] = change.once[1]
        for each in change.writes:
            known = before[_key(each.value)]
            if isinstance(each.value, Deploy) and known is not None:
                self.told(known.value, each.value)
        return None

    async def audit(self, entry: AuditEntry) -> None:
        """Nobody reads it here."""

    async def recover(self, now: datetime) -> int:
        """Nothing is ever lost here: whatever is due is found in the documents."""
        return 0

    def _get(self, kind: type[T], name: str, empty: T | None = None) -> Stored[T]:
        found = self.documents.get((kind, name))
        if found is not None:
            return found
        if empty is None:
            raise NotFound(f"There is no {name}.")
        return Stored(value=empty, version=0)


def _key(document: Document) -> tuple[type, str]:
    match document:
        case Deploy():
            return Deploy, document.id
        case Lane():
            return Lane, document.target
        case Restrictions():
            return Restrictions, ""
        case Checklist():
            return Checklist, document.key
        case Review():
            return Review, document.deploy


# ── The cloud ────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Operation:
    """Something the cloud works on; `ends` None: it is stuck."""

    ends: datetime | None
    effect: Callable[[], None]
    problem: str | None = None
    done: bool = False


@dataclass
class Write:
    """A change of the traffic that the cloud accepted, and what it replaced.

    `theirs`: somebody else had set that. `blind`: after the writer had looked. `read` is the deploy
    as the writer knew it.
    """

    fence: Fence
    split: dict[str, int]
    over: dict[str, int]
    theirs: bool
    blind: bool
    read: Deploy | None


class ModelCloud:
    """A target that honours fences, works for a while on what it is told, and fails as it is told.

    `faults` are used up by the next calls; `away` stays until it is switched off. `troubled` is
    when it last did anything that a sound cloud would not do.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        old = Revision(name=OLD, image="i", digest=samples.OLD_DIGEST, version="v0", ready=True)
        self.revisions = {OLD: old}
        self.serving = {OLD: 100}
        self.asked = {OLD: 100}
        self.tags: dict[str, str] = {}
        self.fence = Fence(turn=0, step=0)
        self.newest = OLD
        self.pinned = True
        self.author = ""
        self.changes = 0
        self.operations: dict[str, Operation] = {}
        self.routing: Operation | None = None
        self.writes: list[Write] = []
        self.away = False
        self.faults: list[str] = []
        self.troubled: datetime | None = None
        self.tick: Tick | None = None

    # What a test does to it.

    def change_outside(self, split: dict[str, int]) -> None:
        """Somebody else moves the traffic, at once."""
        self._settle()
        for name in split:
            known = Revision(name=name, image="i", ready=True, version=name)
            self.revisions.setdefault(name, known)
        self.serving = dict(split)
        self.asked = dict(split)
        self.routing = None
        self.author = EVE
        self.changes += 1

    def crash(self, name: str) -> None:
        """A revision breaks after it was ready."""
        known = self.revisions[name]
        self.revisions[name] = known.model_copy(update={"ready": False, "problem": "It crashed."})

    def heal(self) -> None:
        """From now on it is a sound cloud, and what was stuck goes on."""
        self.away = False
        self.faults.clear()
        for operation in self.operations.values():
            if operation.ends is None:
                operation.ends = self.clock.now()

    # What the use cases ask of it.

    async def observe(self) -> Observation:
        """As it is at this moment."""
        await self._call()
        self._settle()
        moving = self.routing is not None and not self.routing.done
        as_asked = self.serving == self.asked
        health = Health.READY if as_asked else Health.FAILING
        seen = Observation(
            serving=dict(self.serving),
            tags=dict(self.tags),
            previews={tag: f"https://{tag}.example" for tag in self.tags},
            revisions=dict(self.revisions),
            newest=self.newest,
            health=Health.CHANGING if moving else health,
            pinned=self.pinned,
            fence=self.fence,
            last_modifier=self.author or None,
            address="https://api.example",
        )
        if self.tick:
            self.tick.seen, self.tick.changes_seen = seen, self.changes
        return seen

    async def preview(self, deploy: str, artifact: Artifact) -> Preview:
        """It would work."""
        await self._call()
        return Preview()

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        """A revision at 0 %, once a deploy."""
        await self._call()
        self._settle()
        if any(known.deploy == deploy for known in self.revisions.values()):
            return ""
        self._accept(fence)
        name = f"api-{len(self.revisions) + 1:05d}"
        made = Revision(
            name=name,
            image=artifact.reference,
            digest=artifact.digest,
            version=artifact.version,
            deploy=deploy,
        )
        self.revisions[name] = made
        self.newest = name
        self.pinned = True

        def ready() -> None:
            self.revisions[name] = made.model_copy(update={"ready": True})

        def broken() -> None:
            self.revisions[name] = made.model_copy(update={"problem": "It did not start."})

        return self._begin(broken if self._fault("break") else ready)

    async def route(
        self, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
    ) -> str:
        """Traffic and tags; the newest wish wins over what is still under way."""
        await self._call()
        self._settle()
        wanted = {name: share for name, share in split.items() if share} or dict(self.asked)
        tagged = {**self.tags, **tags}
        named = {tag: name for tag, name in tagged.items() if name is not None}
        seen = self.fence
        if (seen.turn, wanted, named) == (fence.turn, self.asked, self.tags) and not seen < fence:
            return ""
        self._accept(fence)
        if split:
            tick = self.tick
            self.writes.append(
                Write(
                    fence=fence,
                    split=wanted,
                    over=dict(self.asked),
                    theirs=self.author == EVE,
                    blind=tick is not None and tick.changes_seen != self.changes,
                    read=tick.read if tick else None,
                )
            )
        return self._shift(wanted, named, by=str(fence.turn) if split else self.author)

    async def follow_latest(self, fence: Fence) -> str:
        """All traffic to the newest that is ready."""
        await self._call()
        self._settle()
        self._accept(fence)
        self.pinned = False
        return self._shift({self.newest: 100}, dict(self.tags), by=str(fence.turn))

    async def poll(self, operation: str) -> Progress:
        """By its name alone."""
        await self._call()
        self._settle()
        found = self.operations.get(operation)
        if found is None:
            return Progress(running=False)
        return Progress(running=not found.done, problem=found.problem if found.done else None)

    # How it works.

    async def _call(self) -> None:
        await breath()
        if self.away:
            self.troubled = self.clock.now()
            raise CloudUnavailable("The cloud does not answer.")

    def _accept(self, fence: Fence) -> None:
        if fence < self.fence:
            raise StaleWrite("A newer step has written already.")
        if self._fault("refuse"):
            raise CloudRefused("Permission denied.")
        self.fence = fence

    def _shift(self, wanted: dict[str, int], named: dict[str, str], *, by: str) -> str:
        self.asked = wanted
        self.author = by

        def shifted() -> None:
            self.serving = dict(wanted)
            self.tags = named

        name = self._begin(shifted)
        self.routing = self.operations[name]
        self._lose()
        return name

    def _begin(self, effect: Callable[[], None]) -> str:
        """Begin to work on something; returns the operation's name."""
        now = self.clock.now()
        operation = Operation(ends=now + QUICK, effect=effect)
        if self._fault("slow"):
            operation.ends = now + SLOW
        if self._fault("stick"):
            operation.ends = None
        if self._fault("fail"):
            operation.problem = "The operation failed."
        name = f"operations/{len(self.operations) + 1}"
        self.operations[name] = operation
        return name

    def _lose(self) -> None:
        if self._fault("lose"):
            raise CloudUnavailable("No answer.", outcome=Outcome.UNKNOWN)

    def _fault(self, kind: str) -> bool:
        if kind not in self.faults:
            return False
        self.faults.remove(kind)
        self.troubled = self.clock.now()
        return True

    def _settle(self) -> None:
        """End what has ended by now. Of several wishes for the traffic only the last one counts."""
        now = self.clock.now()
        for operation in self.operations.values():
            if operation.done or operation.ends is None or operation.ends > now:
                continue
            operation.done = True
            routed = operation.effect.__name__ == "shifted"
            if operation.problem is None and (not routed or operation is self.routing):
                operation.effect()


class OneCloud:
    """`DeployTargets` with one target."""

    def __init__(self, cloud: ModelCloud) -> None:
        self.cloud = cloud

    def open(self, target: Target) -> ModelCloud:
        """The one."""
        return self.cloud

    async def survey(
        self, targets: Sequence[Target]
    ) -> Mapping[str, Observation | CloudUnavailable]:
        """Not asked for here."""
        return {target.key: await self.cloud.observe() for target in targets}


class Evidence:
    """Metrics and probes that say what a test wants; each is noted at the tick that asked."""

    def __init__(self, cloud: ModelCloud) -> None:
        self.cloud = cloud
        self.mode = "good"
        self.answers = True

    async def measure(self, target: Target, revisions: Sequence[str], window: Window) -> Sample:
        """The stable revisions are always well; the new one is as the mode says."""
        await breath()
        if self.mode == "away":
            self.cloud.troubled = self.cloud.clock.now()
            raise CloudUnavailable("Cloud Monitoring does not answer.")
        good = Sample(requests=1000, errors=1, p50_ms=20, p95_ms=100, p99_ms=200)
        tick = self.cloud.tick
        candidate = tick is not None and tick.read is not None and tick.read.revision in revisions
        if not candidate:
            return good
        if tick:
            tick.evidence.append((self.mode, window))
        return {
            "good": good,
            "bad": Sample(requests=1000, errors=200, p50_ms=20, p95_ms=100, p99_ms=200),
            "slow": good.model_copy(update={"p95_ms": 900.0}),
            "few": Sample(requests=3, errors=3, p95_ms=100),
            "none": Sample(),
        }[self.mode]

    async def series(
        self, target: Target, revisions: Sequence[str], window: Window, period: timedelta
    ) -> tuple[Point, ...]:
        """No pictures here."""
        return ()

    async def probe(self, address: str, smoke: Smoke) -> Probe:
        """It answers, or it does not."""
        await breath()
        if self.cloud.tick:
            self.cloud.tick.evidence.append(("answers" if self.answers else "silent", None))
        return Probe(passed=self.answers, problem=None if self.answers else "no answer")


class AnyImage:
    """A registry that has every version."""

    async def resolve(self, image: str, version: str) -> Artifact:
        """Its digest is made from its name, or is its name."""
        digest = f"sha256:{sha256(version.encode()).hexdigest()}"
        pinned = version if version.startswith("sha256:") else digest
        return Artifact(image=image, version=version, digest=pinned)


class NoDatabase:
    """Databases that nobody has, and a painter who paints nothing."""

    async def backups(self, instance: DatabaseInstance) -> tuple[Backup, ...]:
        """None."""
        return ()

    async def back_up(self, instance: DatabaseInstance, deploy: str) -> str:
        """At once."""
        return ""

    async def poll(self, instance: DatabaseInstance, operation: str) -> Progress:
        """Ended."""
        return Progress(running=False)

    async def paint(self, chart: Chart) -> bytes:
        """Nothing."""
        return b""


# ── Everything together ──────────────────────────────────────────────────────────────────────────


class World:
    """The real use cases between these neighbours, one breath at a time."""

    def __init__(self, catalog: Catalog) -> None:
        self.clock = VirtualClock()
        self.catalog = catalog
        self.cloud = ModelCloud(self.clock)
        self.evidence = Evidence(self.cloud)
        self.store = MemoryStore()
        self.store.reading = self._note_reading
        self.ticks: list[Tick] = []
        self._neighbours = Neighbours(
            catalog=catalog,
            store=self.store,
            clock=self.clock,
            ids=CountingIds(),
            directory=ListedPeople(),
            targets=OneCloud(self.cloud),
            registry=AnyImage(),
            metrics=self.evidence,
            prober=self.evidence,
            database=NoDatabase(),
            painter=NoDatabase(),
            incidents=NoIncidents(),
            rooms=Premises(),
            looks=Overheard(Premises()),
            team=samples.TEAM,
            pace=Pace(),
        )
        self.use_cases = UseCases(self._neighbours)

    def restart(self) -> None:
        """Every process dies and is started again; only what is stored is left."""
        for tick in self.ticks:
            tick.coroutine.close()
        self.ticks.clear()
        self.use_cases = UseCases(self._neighbours)

    def say(self, order: Coroutine[Any, Any, T]) -> T | SignalboxError:
        """What a person says, from beginning to end; a refusal is an answer too."""
        self.cloud.tick = None
        try:
            while True:
                order.send(None)
        except StopIteration as done:
            answer: T = done.value
            return answer
        except SignalboxError as refusal:
            return refusal

    def begin(self, deploy_id: str) -> Tick:
        """Begin a tick, and leave it at its first breath."""
        tick = Tick(deploy=deploy_id, coroutine=self.use_cases.rollouts.tick(deploy_id))
        self.ticks.append(tick)
        self.go_on(tick, 1)
        return tick

    def go_on(self, tick: Tick, breaths: int = 1000) -> None:
        """Let a tick go on for so many breaths, or to its end."""
        self.cloud.tick = tick
        try:
            for _ in range(breaths):
                tick.coroutine.send(None)
        except (StopIteration, SignalboxError):
            self.ticks.remove(tick)
        finally:
            self.cloud.tick = None
        for other in self.ticks:
            other.undisturbed = False

    def kill(self, tick: Tick) -> None:
        """Whatever it has done is done, and nobody has noted it."""
        tick.coroutine.close()
        self.ticks.remove(tick)

    def work(self, looks: int) -> None:
        """Do what is due, one thing after the other, moving time along to the next one."""
        for _ in range(looks):
            dues = [(due, name) for name, due in self.store.agenda.items() if due is not None]
            if not dues:
                return
            due, deploy_id = min(dues)
            if due > self.clock.now():
                self.clock.move(due - self.clock.now())
            self.go_on(self.begin_anew(deploy_id))

    def begin_anew(self, deploy_id: str) -> Tick:
        """A tick that has not been given its first breath yet."""
        tick = Tick(deploy=deploy_id, coroutine=self.use_cases.rollouts.tick(deploy_id))
        self.ticks.append(tick)
        return tick

    def _note_reading(self, deploy: Deploy) -> None:
        tick = self.cloud.tick
        if tick is not None and tick.read is None and deploy.id == tick.deploy:
            tick.read = deploy
