"""The state of the simulated Cloud Run and the rules by which it changes.

Behaviour follows the Cloud Run Admin API v2: what was asked for (`traffic`) and what is
(`traffic_statuses`) differ until an operation has ended; a revision that fails leaves what serves
as it is; an unchanged template makes no new revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from google.cloud.run_v2.types import (
    Condition,
    Container,
    Revision,
    RevisionTemplate,
    Service,
    TrafficTarget,
)
from google.cloud.run_v2.types import TrafficTargetAllocationType as Allocation

from adapters.local.cloud.faults import Fault, Faults
from adapters.local.cloud.seeds import VERSIONS, Seed, digest_of
from adapters.local.cloud.states import (
    Refusal,
    Reject,
    checked_traffic,
    failed,
    new_revision,
    pending,
    short,
    statuses_of,
    succeeded,
)

LATEST = Allocation.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
BOT = "signalbox@olympus.example"
CI = "ci@olympus.example"


@dataclass(slots=True, kw_only=True)
class Operation:
    """A change under way. `ends` is None while it is stuck."""

    name: str
    service: str
    ends: datetime | None
    revision: str | None
    unhealthy: bool
    done: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One accepted change, for whoever wants to count."""

    at: datetime
    project: str
    service: str
    paths: tuple[str, ...]
    traffic: Mapping[str, int]
    by: str


@dataclass(slots=True, kw_only=True)
class CloudModel:
    """Services, revisions and operations. Every method takes the time."""

    faults: Faults = field(default_factory=Faults)
    services: dict[str, Service] = field(default_factory=dict)
    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    images: dict[str, dict[str, str]] = field(default_factory=dict)
    journal: list[Write] = field(default_factory=list)

    def seed(self, seed: Seed, now: datetime) -> None:
        """Put a service there as if it had been deployed by hand, following the latest revision."""
        self.images[seed.image] = {tag: digest_of(seed.image, tag) for tag in VERSIONS}
        name = seed.resource
        service = Service(
            name=name, generation=1, observed_generation=1, last_modifier="ci@olympus.example"
        )
        service.template.containers = [Container()]
        service.traffic = [TrafficTarget(type_=LATEST, percent=100)]
        service.uri = f"https://{short(name)}.run.example"
        self.services[name], self.revisions[name] = service, []
        for version in (*seed.ran, *([seed.broken] if seed.broken else [])):
            image = f"{seed.image}:{version}@{digest_of(seed.image, version)}"
            service.template.containers[0].image = image
            self._create(service, now)
            self._end(service, self.revisions[name][-1], unhealthy=version == seed.broken)
        service.etag = f'"{service.generation}"'

    def reachable(self) -> None:
        """Raise `Refusal` while the whole cloud is away."""
        if self.faults.away:
            raise Refusal(Reject.UNAVAILABLE, "The service is currently unavailable.")

    def service(self, name: str, now: datetime) -> Service:
        """A copy of a service as it is now. Raises `Refusal` when there is none."""
        self.settle(now)
        found = self.services.get(name)
        if found is None:
            raise Refusal(Reject.NOT_FOUND, f"Resource '{short(name)}' was not found")
        return Service(found)

    def update(
        self, wanted: Service, paths: tuple[str, ...], now: datetime, *, by: str = BOT
    ) -> Operation:
        """Change a service under an update mask. Raises `Refusal`; then nothing was changed."""
        self.settle(now)
        service = self.services.get(wanted.name)
        if service is None:
            raise Refusal(Reject.NOT_FOUND, f"Resource '{short(wanted.name)}' was not found")
        fault = self.faults.next(short(wanted.name))
        self._refuse(service, wanted, fault)
        traffic = checked_traffic(wanted, self._names(wanted.name)) if "traffic" in paths else None
        created = self._new_template(service, wanted, now) if "template" in paths else None
        if traffic is not None:
            service.traffic = traffic
        if "annotations" in paths:
            service.annotations = dict(wanted.annotations)
        service.generation += 1
        service.etag = f'"{service.generation}"'
        service.last_modifier = by
        service.reconciling = True
        service.terminal_condition = pending()
        self.journal.append(
            Write(
                at=now,
                project=service.name.split("/")[1],
                service=short(service.name),
                paths=paths,
                traffic={target.revision: target.percent for target in service.traffic},
                by=by,
            )
        )
        operation = Operation(
            name=f"{service.name.split('/services/')[0]}/operations/{len(self.operations) + 1:08d}",
            service=service.name,
            ends=None if fault is Fault.STUCK else now + self.faults.delay,
            revision=created,
            unhealthy=fault is Fault.UNHEALTHY,
        )
        self.operations[operation.name] = operation
        if self.faults.accepted is not None:
            self.faults.accepted()
        if fault is Fault.UNAVAILABLE_AFTER:
            raise Refusal(Reject.UNAVAILABLE, "The service is currently unavailable.")
        return operation

    def settle(self, now: datetime) -> None:
        """End every operation whose time has come, in order."""
        for operation in self.operations.values():
            if operation.done or operation.ends is None or operation.ends > now:
                continue
            service = self.services[operation.service]
            made = next(
                (r for r in self.revisions[service.name] if r.name == operation.revision), None
            )
            operation.error = self._end(service, made, unhealthy=operation.unhealthy)
            operation.done = True

    def by_hand(self, name: str, split: Mapping[str, int], now: datetime, *, by: str) -> None:
        """Somebody moves traffic in the console, at once."""
        service = self.service(name, now)
        service.traffic = [
            TrafficTarget(
                type_=Allocation.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION,
                revision=revision,
                percent=percent,
            )
            for revision, percent in split.items()
        ]
        operation = self.update(service, ("traffic",), now, by=by)
        operation.ends = now
        self.settle(now)

    def _refuse(self, service: Service, wanted: Service, fault: Fault | None) -> None:
        """Refuse a write that is planned to fail, or that comes from an old read."""
        match fault:
            case Fault.PERMISSION_DENIED:
                raise Refusal(Reject.PERMISSION_DENIED, "Permission 'run.services.update' denied")
            case Fault.QUOTA:
                raise Refusal(Reject.RESOURCE_EXHAUSTED, "Quota exceeded for write requests")
            case Fault.UNAVAILABLE_BEFORE:
                raise Refusal(Reject.UNAVAILABLE, "The service is currently unavailable.")
            case Fault.HANGS:
                raise Refusal(Reject.HANG, "")
            case Fault.STALE:
                raise Refusal(Reject.ABORTED, "The etag does not match; the resource has changed")
            case _:
                pass
        if wanted.etag and wanted.etag != service.etag:
            raise Refusal(Reject.ABORTED, "The etag does not match; the resource has changed")

    def _new_template(self, service: Service, wanted: Service, now: datetime) -> str | None:
        """Take over a template; a changed one makes a revision, whose name is returned."""
        name = wanted.template.revision
        before = RevisionTemplate(service.template)
        after = RevisionTemplate(wanted.template)
        before.revision = after.revision = ""
        if before == after:
            return None
        if name and name in self._names(service.name):
            raise Refusal(
                Reject.ALREADY_EXISTS,
                f"Revision named '{name}' with different configuration already exists.",
            )
        service.template = wanted.template
        return self._create(service, now)

    def _create(self, service: Service, now: datetime) -> str:
        revisions = self.revisions[service.name]
        made = new_revision(service, len(revisions) + 1, now)
        revisions.append(made)
        service.latest_created_revision = made.name
        return made.name

    def _end(self, service: Service, made: Revision | None, *, unhealthy: bool) -> str | None:
        """End a change: the new revision is ready or not, and traffic follows only if it is."""
        service.reconciling = False
        service.observed_generation = service.generation
        if made is not None:
            condition = self._verdict(made, unhealthy=unhealthy)
            made.conditions = [condition]
            made.reconciling = False
            if condition.state == Condition.State.CONDITION_FAILED:
                service.terminal_condition = condition
                return condition.message
            service.latest_ready_revision = made.name
        service.traffic_statuses = statuses_of(service)
        service.terminal_condition = succeeded()
        return None

    def _verdict(self, made: Revision, *, unhealthy: bool) -> Condition:
        image = made.containers[0].image
        name, _, digest = image.partition("@")
        known = self.images.get(
            name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name, {}
        )
        if digest not in known.values():
            return failed(
                f"Image '{image}' not found.", reason=Condition.CommonReason.CONTAINER_MISSING
            )
        if unhealthy:
            return failed(
                "The user-provided container failed to start and listen on the port.",
                revision_reason=Condition.RevisionReason.HEALTH_CHECK_CONTAINER_ERROR,
            )
        return succeeded()

    def _names(self, service: str) -> set[str]:
        return {short(revision.name) for revision in self.revisions[service]}
