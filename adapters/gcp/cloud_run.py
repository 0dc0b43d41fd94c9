"""Cloud Run through Google's own asynchronous client.

A write reads the service first, changes only what it means to change under a narrow update mask,
and sends the etag of that read: whoever was faster wins, and we look again. `template.revision`
stays empty, because a populated one from an earlier read makes the API refuse the next change.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.api_core import exceptions
from google.api_core.exceptions import NotFound
from google.api_core.retry import AsyncRetry, if_exception_type
from google.cloud import run_v2
from google.longrunning.operations_pb2 import Operation
from google.protobuf.field_mask_pb2 import FieldMask

from adapters.gcp import reading
from adapters.gcp.channel import run_clients
from adapters.gcp.errors import translated
from bot.domain.artifact import Artifact
from bot.domain.catalog import Target
from bot.domain.errors import CloudUnavailable, StaleWrite
from bot.domain.observation import Fence, Observation
from bot.ports import Progress

_REVISION = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
_OUR_TAG = "c-"
# Reads of an overview that run side by side.
_SIDE_BY_SIDE = 16
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one call may take, and how long a read is repeated while the API is unavailable.

    Google's defaults differ by method, and some have none at all.
    """

    call: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=15)


class GoogleCloudRun:
    """One Cloud Run service as a deploy target."""

    def __init__(
        self,
        name: str,
        services: run_v2.ServicesAsyncClient,
        revisions: run_v2.RevisionsAsyncClient,
        patience: Patience,
    ) -> None:
        self._name = name
        self._subject = f"Cloud Run service {reading.short(name)}"
        self._services = services
        self._revisions = revisions
        self._timeout = patience.call.total_seconds()
        self._retry = AsyncRetry(
            predicate=if_exception_type(exceptions.ServiceUnavailable),
            initial=0.2,
            maximum=2.0,
            timeout=patience.read.total_seconds(),
        )

    async def observe(self) -> Observation:
        """Read the service and its revisions."""
        service = await self._read()
        return reading.observation_of(service, await self._known_revisions(service))

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        """Create a revision at 0 %; one that carries this deploy's mark already is adopted."""
        service = await self._read()
        label = deploy.lower()
        if service.template.labels.get(reading.DEPLOY_LABEL) == label:
            return ""
        known = await self._known_revisions(service)
        if any(found.labels.get(reading.DEPLOY_LABEL) == label for found in known):
            return ""
        self._check_fence(service, fence)
        template = run_v2.RevisionTemplate(service.template)
        template.revision = ""
        template.labels[reading.DEPLOY_LABEL] = label
        template.annotations[reading.VERSION_ANNOTATION] = artifact.version
        template.containers[0].image = artifact.reference
        change = run_v2.Service(
            name=service.name,
            etag=service.etag,
            template=template,
            traffic=_explicit(service),
            annotations=_signed(service, deploy, fence),
        )
        return await self._write(change, ["template", "traffic", "annotations"])

    async def route(self, split: Mapping[str, int], tags: Mapping[str, str], fence: Fence) -> str:
        """Send traffic to revisions and set tags; the same order twice is written once."""
        service = await self._read()
        wanted = split or reading.serving_of(service)
        kept = {
            tag: name for tag, name in _tags(service).items() if _keeps(tag, name, wanted, tags)
        }
        traffic = _targets(wanted, {**kept, **tags})
        if reading.fence_of(service) == fence and _same(service.traffic, traffic):
            return ""
        self._check_fence(service, fence)
        deploy = service.annotations.get(reading.DEPLOY_ANNOTATION, "")
        change = run_v2.Service(
            name=service.name,
            etag=service.etag,
            traffic=traffic,
            annotations=_signed(service, deploy, fence),
        )
        return await self._write(change, ["traffic", "annotations"])

    async def poll(self, operation: str) -> Progress:
        """How far an operation is; one that the API has forgotten has ended."""
        if not operation:
            return Progress(running=False)
        try:
            with translated(self._subject, permission="run.operations.get"):
                found = await self._operation(operation)
        except _Forgotten:
            return Progress(running=False)
        if not found.done:
            return Progress(running=True)
        if not found.HasField("error"):
            return Progress(running=False)
        return Progress(running=False, problem=found.error.message or "The cloud gives no reason.")

    async def _operation(self, name: str) -> Operation:
        try:
            return await self._services.get_operation(
                {"name": name}, timeout=self._timeout, retry=self._retry
            )
        except NotFound as error:
            raise _Forgotten from error

    async def _read(self) -> run_v2.Service:
        with translated(self._subject, permission="run.services.get (roles/run.viewer)"):
            return await self._services.get_service(
                run_v2.GetServiceRequest(name=self._name), timeout=self._timeout, retry=self._retry
            )

    async def _known_revisions(self, service: run_v2.Service) -> list[run_v2.Revision]:
        """The newest page of revisions, and those that serve but are older than that."""
        with translated(self._subject, permission="run.revisions.list (roles/run.viewer)"):
            pager = await self._revisions.list_revisions(
                run_v2.ListRevisionsRequest(parent=self._name, page_size=_PAGE),
                timeout=self._timeout,
                retry=self._retry,
            )
            page = await anext(aiter(pager.pages))
            found = {reading.short(each.name): each for each in page.revisions}
            for name in reading.serving_of(service):
                if name not in found:
                    found[name] = await self._revisions.get_revision(
                        run_v2.GetRevisionRequest(name=f"{self._name}/revisions/{name}"),
                        timeout=self._timeout,
                        retry=self._retry,
                    )
        return list(found.values())

    async def _write(self, change: run_v2.Service, paths: Sequence[str]) -> str:
        """Send a change once: a write that was not answered is never repeated blindly."""
        request = run_v2.UpdateServiceRequest(service=change, update_mask=FieldMask(paths=paths))
        permission = (
            "run.services.update (roles/run.developer), and iam.serviceAccounts.actAs on the "
            "service's own account"
        )
        with translated(self._subject, write=True, permission=permission):
            operation = await self._services.update_service(
                request, timeout=self._timeout, retry=None
            )
        return str(operation.operation.name)

    def _check_fence(self, service: run_v2.Service, fence: Fence) -> None:
        seen = reading.fence_of(service)
        if fence < seen:
            raise StaleWrite(
                f"{self._subject} was written by a newer step ({seen}) than this one ({fence})."
            )


class _Forgotten(Exception):
    """The API does not know the operation any more."""


class GoogleCloudRunTargets:
    """All Cloud Run targets, through two clients that are built once."""

    def __init__(self, endpoint: str | None, patience: Patience | None = None) -> None:
        self._services, self._revisions = run_clients(endpoint)
        self._patience = patience or Patience()

    def open(self, target: Target) -> GoogleCloudRun:
        """The adapter for a target."""
        return GoogleCloudRun(
            target.place.resource, self._services, self._revisions, self._patience
        )

    async def survey(
        self, targets: Sequence[Target]
    ) -> Mapping[str, Observation | CloudUnavailable]:
        """Observe many targets side by side."""
        places = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def look(target: Target) -> Observation | CloudUnavailable:
            async with places:
                try:
                    return await self.open(target).observe()
                except CloudUnavailable as error:
                    return error

        async with asyncio.TaskGroup() as group:
            looks = {target.key: group.create_task(look(target)) for target in targets}
        return {key: task.result() for key, task in looks.items()}

    async def aclose(self) -> None:
        """Close the connection."""
        for client in (self._services, self._revisions):
            await client.transport.close()  # type: ignore[no-untyped-call]


def _explicit(service: run_v2.Service) -> list[run_v2.TrafficTarget]:
    """What serves now, by name: a service that follows the latest revision would move by itself."""
    return _targets(reading.serving_of(service), _tags(service))


def _tags(service: run_v2.Service) -> dict[str, str]:
    latest = reading.short(service.latest_ready_revision)
    return {
        target.tag: reading.short(target.revision) or latest
        for target in service.traffic
        if target.tag
    }


def _keeps(tag: str, name: str, wanted: Mapping[str, int], tags: Mapping[str, str]) -> bool:
    """Tags of others stay; ours until another of ours is set and their revision is idle."""
    if not tag.startswith(_OUR_TAG):
        return True
    return name in wanted or not tags


def _targets(split: Mapping[str, int], tags: Mapping[str, str]) -> list[run_v2.TrafficTarget]:
    shares = [
        run_v2.TrafficTarget(type_=_REVISION, revision=name, percent=percent)
        for name, percent in sorted(split.items())
        if percent > 0
    ]
    named = [
        run_v2.TrafficTarget(type_=_REVISION, revision=name, tag=tag)
        for tag, name in sorted(tags.items())
    ]
    return shares + named


def _same(left: Sequence[run_v2.TrafficTarget], right: Sequence[run_v2.TrafficTarget]) -> bool:
    def form(targets: Sequence[run_v2.TrafficTarget]) -> list[tuple[str, int, str]]:
        return sorted((reading.short(t.revision), t.percent, t.tag) for t in targets)

    return form(left) == form(right)


def _signed(service: run_v2.Service, deploy: str, fence: Fence) -> dict[str, str]:
    """The service's annotations with ours: who wrote last, and under which fence."""
    ours = {reading.FENCE_ANNOTATION: str(fence), reading.DEPLOY_ANNOTATION: deploy}
    return {**service.annotations, **ours}
