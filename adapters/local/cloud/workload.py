"""Who steers what the simulated revisions do under which load, and who wants to see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from google.cloud.run_v2.types import Revision, Service

from adapters.local.cloud.arrivals import Phase, phases_of
from adapters.local.cloud.behaviour import (
    Behaviour,
    Profile,
    RunningRevision,
    RunningService,
)
from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.states import Refusal, Reject, is_ready, main_image, shares_of, short

_MILLI = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The load on a cloud's services and the behaviour of its revisions.

    Whatever is set holds from `now` on: what was counted before stays as it was. Methods that name
    a service take its full resource name and raise `Refusal` (not found) when there is none.
    """

    model: CloudModel

    def behave(
        self, service_resource: str, revision: str, behaviour: Behaviour, now: datetime
    ) -> None:
        """Let a revision (its short name) behave in a way. Raises `Refusal` when there is none."""
        self._service(service_resource, now)
        name = f"{service_resource}/revisions/{revision}"
        if all(each.name != name for each in self.model.revisions[service_resource]):
            raise Refusal(Reject.NOT_FOUND, f"Resource '{revision}' was not found")
        self.model.history.revisions[name].set(behaviour, now)

    def behave_version(self, image: str, version: str, behaviour: Behaviour, now: datetime) -> None:
        """Let whatever runs a version of an image (or a digest) behave in a way, now and later."""
        digest = self.model.images.digest(image, version)
        self.model.history.digests[digest].set(behaviour, now)

    def load(self, service_resource: str, per_second: float, now: datetime) -> None:
        """Send this many requests per second to a service; 0 leaves it idle.

        Raises ValueError for less than nothing.
        """
        if per_second < 0:
            raise ValueError(f"A load of {per_second} requests per second makes no sense")
        self._service(service_resource, now)
        self.model.history.loads[service_resource].set(round(per_second * _MILLI), now)

    def overview(self, now: datetime) -> tuple[RunningService, ...]:
        """Every service as it is now, in the order of their seeds."""
        self.model.settle(now)
        return tuple(self._overview(service, now) for service in self.model.services.values())

    def phases(self, revision: Revision, now: datetime) -> list[Phase]:
        """The times in which a revision got requests, up to now."""
        digest = self._digest(revision)
        return phases_of(self.model.history, revision.service, short(revision.name), digest, now)

    def profile(self, revision: Revision, now: datetime) -> Profile | None:
        """The numbers by which a revision answers now; None while it gets no requests."""
        soon = now + timedelta.resolution
        phases = self.phases(revision, soon)
        return phases[-1].profile if phases and phases[-1].until == soon else None

    def behaviour(self, revision: Revision, now: datetime) -> Behaviour:
        """How a revision behaves now."""
        return self.model.history.behaviour(revision.name, self._digest(revision), now)[1]

    def _digest(self, revision: Revision) -> str | None:
        return self.model.images.pinned(main_image(revision))

    def _service(self, resource: str, now: datetime) -> Service:
        self.model.settle(now)
        found = self.model.services.get(resource)
        if found is None:
            raise Refusal(Reject.NOT_FOUND, f"Resource '{short(resource)}' was not found")
        return found

    def _overview(self, service: Service, now: datetime) -> RunningService:
        newest = reversed(self.model.revisions[service.name])
        return RunningService(
            resource=service.name,
            project=service.name.split("/")[1],
            name=short(service.name),
            uri=service.uri,
            load=self.model.history.loads[service.name].at(now) / _MILLI,
            traffic=shares_of(service),
            revisions=tuple(self._revision(service, each, now) for each in newest),
        )

    def _revision(self, service: Service, revision: Revision, now: datetime) -> RunningRevision:
        name = short(revision.name)
        profile = self.profile(revision, now)
        image = main_image(revision)
        return RunningRevision(
            name=name,
            version=self.model.images.version(image),
            image=image,
            digest=self._digest(revision),
            created=revision.create_time,
            ready=is_ready(revision),
            percent=shares_of(service).get(name, 0),
            tags=tuple(
                each.tag
                for each in service.traffic_statuses
                if each.tag and short(each.revision) == name
            ),
            behaviour=self.behaviour(revision, now),
            error_share=profile.error_share if profile else None,
            p95=profile.p95 if profile else None,
        )
