"""The state of the simulated Cloud Run and the rules by which it changes.

Behaviour follows the Cloud Run Admin API v2: what was asked for (`traffic`) and what is
(`traffic_statuses`) differ until an operation has ended; a revision that fails leaves what serves
as it is; an unchanged template makes no new revision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from google.cloud.run_v2.types import Condition, Container, Revision, Service

from adapters.local.cloud.faults import Fault, Faults
from adapters.local.cloud.history import History
from adapters.local.cloud.images import VERSIONS, Images, Migrations
from adapters.local.cloud.records import Operation, Write, write_of
from adapters.local.cloud.seeds import Seed, digest_of
from adapters.local.cloud.states import (
    STALE,
    UNAVAILABLE,
    Refusal,
    Reject,
    check_request,
    checked_traffic,
    entry,
    failed,
    is_failed,
    is_unchanged,
    new_revision,
    pending,
    refuse,
    shares_of,
    short,
    statuses_of,
    succeeded,
)

BOT = "signalbox@olympus.example"
CI = "ci@olympus.example"


@dataclass(slots=True, kw_only=True)
class CloudModel:
    """Services, revisions and operations. Every method that depends on it takes the time."""

    faults: Faults = field(default_factory=Faults)
    services: dict[str, Service] = field(default_factory=dict)
    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    images: Images = field(default_factory=Images)
    history: History = field(default_factory=History)
    journal: list[Write] = field(default_factory=list)
    _started: int = 0

    def seed(self, seed: Seed, now: datetime) -> None:
        """Put a service there as if it had been deployed by hand, following the latest revision."""
        for version in VERSIONS:
            self.publish(seed.image, version)
        name = seed.resource
        service = Service(name=name, last_modifier=CI, uri=f"https://{short(name)}.run.example")
        service.template.containers = [Container()]
        service.traffic = [entry("", percent=100)]
        self.services[name], self.revisions[name] = service, []
        for version in (*seed.ran, *([seed.broken] if seed.broken else [])):
            image = f"{seed.image}:{version}@{digest_of(seed.image, version)}"
            service.template.containers[0].image = image
            service.generation += 1
            made = self._create(service, now)
            self._end(service, made, now, unhealthy=version == seed.broken)
        service.etag = f'"{service.generation}"'

    def publish(self, image: str, version: str, migrations: Migrations | None = None) -> str:
        """Put an image into the registry; returns its digest."""
        digest = self.images.publish(image, version, migrations)
        self.history.published(version, digest)
        return digest

    def reachable(self) -> None:
        """Raise `Refusal` while the whole cloud is away."""
        if self.faults.away:
            raise Refusal(*UNAVAILABLE)

    def service(self, name: str, now: datetime) -> Service:
        """A copy of a service as it is now. Raises `Refusal` when there is none."""
        self.settle(now)
        refuse(self.faults.next_read(short(name)), "run.services.get")
        return Service(self._found(name))

    def listed(self, name: str, now: datetime) -> list[Revision]:
        """The revisions of a service, newest first."""
        self.settle(now)
        refuse(self.faults.next_read(short(name)), "run.revisions.list")
        return list(reversed(self.revisions.get(name, [])))

    def operation(self, name: str, now: datetime) -> Operation:
        """An operation as it is now. Raises `Refusal` when there is none."""
        self.settle(now)
        found = self.operations.get(name)
        if found is None:
            raise Refusal(Reject.NOT_FOUND, "The operation was not found")
        refuse(self.faults.next_read(short(found.service)), "run.operations.get")
        return found

    def update(
        self, wanted: Service, paths: tuple[str, ...], now: datetime, *, by: str = BOT
    ) -> Operation:
        """Change a service under an update mask. Raises `Refusal`; then nothing was changed."""
        self.settle(now)
        service = self._found(wanted.name)
        fault = self.faults.next_write(short(wanted.name))
        refuse(fault, "run.services.update")
        if wanted.etag and wanted.etag != service.etag:
            raise Refusal(*STALE)
        check_request(wanted, paths)
        traffic = checked_traffic(wanted, self._names(wanted.name)) if "traffic" in paths else None
        created = self._new_template(service, wanted, now) if "template" in paths else None
        if traffic is not None:
            service.traffic = traffic
        if "annotations" in paths:
            service.annotations = dict(wanted.annotations)
        if "labels" in paths:
            service.labels = dict(wanted.labels)
        service.generation += 1
        service.etag = f'"{service.generation}"'
        service.last_modifier = by
        service.reconciling = True
        service.terminal_condition = pending()
        self.journal.append(write_of(service, paths, wanted.etag, now))
        operation = self._begin(service, created, fault, now)
        if self.faults.accepted is not None:
            self.faults.accepted()
        if fault is Fault.UNAVAILABLE_AFTER:
            raise Refusal(*UNAVAILABLE)
        return operation

    def settle(self, now: datetime) -> None:
        """End every operation whose time has come, in the order in which they end.

        What they change counts from the moment when they ended, whoever asks when.
        """
        due = [each for each in self.operations.values() if not each.done]
        ending = sorted((each.ends, each.name) for each in due if each.ends and each.ends <= now)
        for ended, name in ending:
            operation = self.operations[name]
            operation.done = True
            service = self.services[operation.service]
            made = self._made(operation)
            operation.error = self._end(service, made, ended, unhealthy=operation.unhealthy)

    def by_hand(self, name: str, split: Mapping[str, int], now: datetime, *, by: str) -> None:
        """Somebody moves traffic past Signalbox, at once."""
        change = self.service(name, now)
        change.traffic = [entry(revision, percent=percent) for revision, percent in split.items()]
        self.update(change, ("traffic",), now, by=by).ends = now
        self.settle(now)

    def forget_operations(self) -> None:
        """Drop every operation, as the API does after a while; what they changed stays."""
        self.operations.clear()

    def _found(self, name: str) -> Service:
        found = self.services.get(name)
        if found is None:
            raise Refusal(Reject.NOT_FOUND, f"Resource '{short(name)}' was not found")
        return found

    def _begin(
        self, service: Service, created: Revision | None, fault: Fault | None, now: datetime
    ) -> Operation:
        self._started += 1
        operation = Operation(
            name=f"{service.name.split('/services/')[0]}/operations/{self._started:08d}",
            service=service.name,
            ends=None if fault is Fault.STUCK else now + self.faults.delay,
            revision=created.name if created else None,
            unhealthy=fault is Fault.UNHEALTHY,
        )
        self.operations[operation.name] = operation
        return operation

    def _made(self, operation: Operation) -> Revision | None:
        revisions = self.revisions[operation.service]
        return next((each for each in revisions if each.name == operation.revision), None)

    def _new_template(self, service: Service, wanted: Service, now: datetime) -> Revision | None:
        """Take over a template; a changed one makes a revision, which is returned."""
        name = wanted.template.revision
        if is_unchanged(service.template, wanted.template):
            return None
        if name and name in self._names(service.name):
            raise Refusal(
                Reject.ALREADY_EXISTS,
                f"Revision named '{name}' with different configuration already exists.",
            )
        service.template = wanted.template
        return self._create(service, now)

    def _create(self, service: Service, now: datetime) -> Revision:
        revisions = self.revisions[service.name]
        revisions.append(new_revision(service, len(revisions) + 1, now))
        service.latest_created_revision = revisions[-1].name
        return revisions[-1]

    def _end(
        self, service: Service, made: Revision | None, at: datetime, *, unhealthy: bool
    ) -> str | None:
        """End a change: the new revision is ready or not, and traffic follows what is ready.

        Returns why it failed. While another change of the service is under way, that one settles
        the traffic. After a failure the generation of what serves is kept.
        """
        problem = None
        if made is not None:
            condition = self._verdict(made, unhealthy=unhealthy)
            made.conditions = [condition]
            made.reconciling = False
            if is_failed(made):
                problem = condition.message
            else:
                service.latest_ready_revision = made.name
        if any(not each.done for each in self.operations.values() if each.service == service.name):
            return problem
        service.reconciling = False
        broken = self._broken(service)
        if broken is None:
            service.traffic_statuses = statuses_of(service)
            self.history.splits[service.name].set(shares_of(service), at)
        newest = self.revisions[service.name][-1]
        service.terminal_condition = broken or newest.conditions[0]
        if service.terminal_condition.state == Condition.State.CONDITION_SUCCEEDED:
            service.observed_generation = service.generation
        return broken.message if broken else problem

    def _broken(self, service: Service) -> Condition | None:
        """Why the traffic cannot be as asked: it names a revision that never became ready."""
        lost = {short(each.name) for each in self.revisions[service.name] if is_failed(each)}
        named: Iterable[str] = (short(each.revision) for each in service.traffic if each.percent)
        name = next((each for each in named if each in lost), None)
        if name is None:
            return None
        return failed(
            f"Revision '{name}' is not ready and cannot serve traffic.",
            reason=Condition.CommonReason.REVISION_FAILED,
        )

    def _verdict(self, made: Revision, *, unhealthy: bool) -> Condition:
        missing = self._missing(made.containers)
        if missing is not None:
            return failed(
                f"Image '{missing}' not found.", reason=Condition.CommonReason.CONTAINER_MISSING
            )
        if unhealthy:
            return failed(
                "The user-provided container failed to start and listen on the port.",
                revision_reason=Condition.RevisionReason.HEALTH_CHECK_CONTAINER_ERROR,
            )
        return succeeded()

    def _missing(self, containers: Iterable[Container]) -> str | None:
        """The first image that the registry does not have."""
        images = (each.image for each in containers)
        return next((each for each in images if not self.images.holds(each)), None)

    def _names(self, service: str) -> set[str]:
        return {short(revision.name) for revision in self.revisions[service]}
