"""The state of the simulated Cloud Run and the rules by which it changes.

Behaviour follows the Cloud Run Admin API v2: what was asked for (`traffic`) and what is
(`traffic_statuses`) differ until an operation has ended; a revision that fails leaves what serves
as it is; an unchanged template makes no new revision.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
    broken_by,
    check_request,
    checked_template,
    checked_traffic,
    entry,
    failed,
    is_failed,
    new_revision,
    pending,
    refuse,
    shares_of,
    short,
    statuses_of,
    succeeded,
    uri_of,
    with_uri,
)
from adapters.local.cloud.templates import seeded, with_defaults

BOT = "signalbox@olympus.example"
CI = "ci@olympus.example"
# How long each seeded version served before the next one, and the last one until now.
_BETWEEN = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class CloudModel:
    """Services, revisions and operations. Every method that depends on it takes the time."""

    faults: Faults = field(default_factory=Faults)
    services: dict[str, Service] = field(default_factory=dict)
    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    images: Images = field(default_factory=Images)
    history: History = field(default_factory=History)
    web_url: str = "https://run.example"
    journal: list[Write] = field(default_factory=list)
    _started: int = 0
    _numbers: Counter[str] = field(default_factory=Counter)

    def seed(self, seed: Seed, now: datetime) -> None:
        """Put a service there as if it had been deployed by hand, following the latest revision."""
        for version in VERSIONS:
            self.publish(seed.image, version)
        name = seed.resource
        service = Service(name=name, last_modifier=CI, uri=uri_of(self.web_url, name))
        service.template = with_defaults(seeded(name, seed.environment), name.split("/")[1])
        service.traffic = [entry("", percent=100)]
        self.services[name], self.revisions[name] = service, []
        versions = (*seed.ran, *([seed.broken] if seed.broken else []))
        for age, version in zip(range(len(versions), 0, -1), versions, strict=True):
            image = f"{seed.image}:{version}@{digest_of(seed.image, version)}"
            service.template.containers[0].image = image
            service.generation += 1
            at = now - _BETWEEN * age
            made = self._create(service, at)
            self._end(service, made, at, unhealthy=version == seed.broken)
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
        change = self._changed(service, wanted, paths)
        created = self._take_over(service, change, now)
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

    def validated(self, wanted: Service, paths: tuple[str, ...], now: datetime) -> Service:
        """The service as a change would make it; nothing is changed. Raises `Refusal`.

        Images are looked up here: a revision that cannot start is no use to whoever asks first.
        """
        self.settle(now)
        service = self._found(wanted.name)
        refuse(self.faults.next_check(short(wanted.name)), "run.services.update")
        change = self._changed(service, wanted, paths)
        missing = self._missing(change.template.containers) if "template" in paths else None
        if missing is not None:
            raise Refusal(Reject.INVALID_ARGUMENT, f"Image '{missing}' not found.")
        return change

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

    def reachable_at(self, web_url: str) -> None:
        """Give every service the address under which its containers answer on this machine."""
        self.web_url = web_url
        for name, service in self.services.items():
            service.uri = uri_of(web_url, name)
            service.traffic_statuses = [
                with_uri(service, each) for each in service.traffic_statuses
            ]

    def drop_revision(self, service: str, revision: str) -> None:
        """Delete a revision (its short name), as the API does with the oldest ones."""
        kept = [each for each in self.revisions[service] if short(each.name) != revision]
        self.revisions[service] = kept

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

    def _changed(self, service: Service, wanted: Service, paths: tuple[str, ...]) -> Service:
        """A copy of a service with what a mask names taken over. Raises `Refusal`."""
        if wanted.etag and wanted.etag != service.etag:
            raise Refusal(*STALE)
        check_request(wanted, paths)
        change = Service(service)
        names = self._names(service.name)
        if "traffic" in paths:
            change.traffic = checked_traffic(wanted, names)
        if "template" in paths:
            change.template = checked_template(service, wanted, names)
        if "annotations" in paths:
            change.annotations = dict(wanted.annotations)
        if "labels" in paths:
            change.labels = dict(wanted.labels)
        return change

    def _take_over(self, service: Service, change: Service, now: datetime) -> Revision | None:
        """Put a checked change into effect; a changed template makes a revision."""
        service.traffic = list(change.traffic)
        service.annotations = dict(change.annotations)
        service.labels = dict(change.labels)
        if change.template == service.template:
            return None
        service.template = change.template
        return self._create(service, now)

    def _create(self, service: Service, now: datetime) -> Revision:
        revisions = self.revisions[service.name]
        self._numbers[service.name] += 1
        revisions.append(new_revision(service, self._numbers[service.name], now))
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
        broken = broken_by(service, self.revisions[service.name])
        if broken is None:
            service.traffic_statuses = statuses_of(service)
            self.history.splits[service.name].set(shares_of(service), at)
        newest = self.revisions[service.name][-1]
        service.terminal_condition = broken or newest.conditions[0]
        if service.terminal_condition.state == Condition.State.CONDITION_SUCCEEDED:
            service.observed_generation = service.generation
        return broken.message if broken else problem

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
