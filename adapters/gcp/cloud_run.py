"""Cloud Run through Google's own asynchronous client.

A write reads the service first, changes only what it means to change under a narrow update mask,
and sends the etag of that read: whoever was faster wins, and we look again.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from google.api_core.exceptions import NotFound
from google.auth.credentials import Credentials
from google.cloud import run_v2
from google.longrunning.operations_pb2 import Operation
from google.protobuf.field_mask_pb2 import FieldMask

from adapters.gcp import changes, reading
from adapters.gcp.channel import run_clients
from adapters.gcp.errors import translated, words
from adapters.gcp.identity import default_credentials
from adapters.gcp.patience import Patience
from adapters.gcp.reasons import problem_of
from adapters.gcp.template import DEPLOY_LABEL, differences, fingerprint_of
from bot.domain.artifact import Artifact
from bot.domain.catalog import Target
from bot.domain.errors import CloudRefused, CloudUnavailable
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview
from bot.ports import Progress

# Reads of an overview that run side by side.
_SIDE_BY_SIDE = 16
_PAGE = 100
# What a write changes: everything else of the service stays as it is.
_TEMPLATE = ("template", "traffic", "annotations")
_TRAFFIC = ("traffic", "annotations")


class GoogleCloudRun:
    """One Cloud Run service as a deploy target."""

    def __init__(
        self,
        target: Target,
        services: run_v2.ServicesAsyncClient,
        revisions: run_v2.RevisionsAsyncClient,
        patience: Patience,
    ) -> None:
        self._name = target.place.resource
        self._image = target.image
        self._subject = f"Cloud Run service {target.place.service}"
        self._services = services
        self._revisions = revisions
        self._timeout = patience.seconds
        self._retry = patience.retry

    async def observe(self) -> Observation:
        """Read the service and its revisions."""
        service = await self._read()
        known = await self._known_revisions(service)
        return reading.observation_of(service, known, self._image)

    async def preview(self, deploy: str, artifact: Artifact) -> Preview:
        """Let Cloud Run check what `stage` would send, and compare it with what serves most."""
        service = await self._read()
        template = fingerprint_of(service.template, artifact.image)
        serving = await self._most_serving(service)
        try:
            change = changes.staged(service, deploy, artifact, reading.fence_of(service))
            checked = await self._check(change)
        except CloudRefused as refused:
            return Preview(template=template, problem=str(refused))
        found = differences(serving, checked.template, artifact.image) if serving else ()
        return Preview(differences=found, template=template)

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        """Create a revision at 0 %; one that carries this deploy's mark already is adopted."""
        service = await self._read()
        if changes.was_staged(service, deploy):
            return ""
        marks = reading.deploys_of(await self._known_revisions(service))
        if deploy.lower() in marks.values():
            return ""
        change = changes.staged(service, deploy, artifact, fence)
        return await self._write(change, _TEMPLATE)

    async def route(
        self, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
    ) -> str:
        """Send traffic to revisions and set tags; the same order twice is written once."""
        change = changes.routed(await self._read(), split, tags, fence)
        return await self._write(change, _TRAFFIC) if change else ""

    async def follow_latest(self, fence: Fence) -> str:
        """Let all traffic follow the latest ready revision; repeatable like `route`."""
        change = changes.following(await self._read(), fence)
        return await self._write(change, _TRAFFIC) if change else ""

    async def poll(self, operation: str) -> Progress:
        """How far an operation is; one that the API has forgotten has ended."""
        found = await self._operation(operation) if operation else None
        if found is None:
            return Progress(running=False)
        return Progress(running=not found.done, problem=_failure(found))

    async def _operation(self, name: str) -> Operation | None:
        with translated(self._subject, permission="run.operations.get"):
            try:
                return await self._services.get_operation(
                    {"name": name}, timeout=self._timeout, retry=self._retry
                )
            except NotFound:
                return None

    async def _read(self) -> run_v2.Service:
        with translated(self._subject, permission="run.services.get"):
            return await self._services.get_service(
                run_v2.GetServiceRequest(name=self._name), timeout=self._timeout, retry=self._retry
            )

    async def _known_revisions(self, service: run_v2.Service) -> Collection[run_v2.Revision]:
        """The revisions that matter: one page, all that serve, carry a tag or are the newest, and
        that of the last deploy.

        Pages are read on only for the last one, which cannot be asked for by its name: until there
        is an end to the revisions that carry its label, as copies of it may be newer.
        """
        label = service.annotations.get(reading.DEPLOY_ANNOTATION, "").lower()
        found: dict[str, run_v2.Revision] = {}
        with translated(self._subject, permission="run.revisions.list"):
            pager = await self._revisions.list_revisions(
                run_v2.ListRevisionsRequest(parent=self._name, page_size=_PAGE),
                timeout=self._timeout,
                retry=self._retry,
            )
            async for page in pager.pages:
                listed = list(page.revisions)
                found |= {reading.short(each.name): each for each in listed}
                goes_on = listed and listed[-1].labels.get(DEPLOY_LABEL) == label
                known = label in reading.deploys_of(found.values()).values()
                if not label or (known and not goes_on):
                    break
        for name in _named(service) - found.keys():
            revision = await self._revision(name)
            if revision is not None:
                found[name] = revision
        return found.values()

    async def _revision(self, name: str) -> run_v2.Revision | None:
        with translated(self._subject, permission="run.revisions.get"):
            try:
                return await self._revisions.get_revision(
                    run_v2.GetRevisionRequest(name=f"{self._name}/revisions/{name}"),
                    timeout=self._timeout,
                    retry=self._retry,
                )
            except NotFound:
                return None

    async def _most_serving(self, service: run_v2.Service) -> run_v2.Revision | None:
        """The revision with most of the traffic; None where nothing serves."""
        serving = reading.serving_of(service)
        if not serving:
            return None
        name = max(serving, key=lambda each: (serving[each], each))
        found = await self._revision(name)
        if found is None:
            raise CloudUnavailable(f"{self._subject} serves {name}, which cannot be found.")
        return found

    async def _check(self, change: run_v2.Service) -> run_v2.Service:
        """The service as a change would leave it. Raises `CloudRefused` when it would fail."""
        request = run_v2.UpdateServiceRequest(
            service=change, update_mask=FieldMask(paths=_TEMPLATE), validate_only=True
        )
        with translated(self._subject, permission="run.services.update"):
            # Nothing is written, so it may be repeated like a read.
            answer = await self._services.update_service(
                request, timeout=self._timeout, retry=self._retry
            )
        problem = _failure(answer.operation)
        if problem:
            raise CloudRefused(problem)
        return _checked(answer.operation) or change

    async def _write(self, change: run_v2.Service, paths: Sequence[str]) -> str:
        """Send a change once: a write that was not answered is never repeated blindly."""
        request = run_v2.UpdateServiceRequest(service=change, update_mask=FieldMask(paths=paths))
        with translated(self._subject, write=True, permission="run.services.update"):
            operation = await self._services.update_service(
                request, timeout=self._timeout, retry=None
            )
        return str(operation.operation.name)


class GoogleCloudRunTargets:
    """All Cloud Run targets, through two clients that are built once.

    With an `endpoint` no credentials are used. Raises ValueError for one on another machine.
    """

    def __init__(
        self,
        endpoint: str | None,
        patience: Patience | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._services, self._revisions = run_clients(endpoint, credentials)
        self._patience = patience or Patience()

    def open(self, target: Target) -> GoogleCloudRun:
        """The adapter for a target."""
        return GoogleCloudRun(target, self._services, self._revisions, self._patience)

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
            # Google's transports have no types.
            await client.transport.close()  # type: ignore[no-untyped-call]


async def connect(endpoint: str | None) -> GoogleCloudRunTargets:
    """Open Cloud Run with the default credentials. Raises `CloudUnavailable` without any.

    The search for them may wait seconds for a metadata server, so it is done in a thread.
    """
    credentials = None if endpoint else await asyncio.to_thread(default_credentials)
    return GoogleCloudRunTargets(endpoint, credentials=credentials)


def _named(service: run_v2.Service) -> set[str]:
    """The revisions that the service itself names."""
    names = {reading.resolved(service, status) for status in service.traffic_statuses}
    return {name for name in (*names, reading.short(service.latest_created_revision)) if name}


def _checked(operation: Operation) -> run_v2.Service | None:
    """The service that a checked change came back with, its defaults filled in."""
    for packed in (operation.response, operation.metadata):
        service = run_v2.Service()
        if packed.Unpack(run_v2.Service.pb(service)) and service.template.containers:
            return service
    return None


def _failure(operation: Operation) -> str | None:
    """Why an operation failed, in the words for the service's condition when it carries that."""
    if not operation.HasField("error"):
        return None
    service = run_v2.Service()
    if operation.metadata.Is(run_v2.Service.pb(service).DESCRIPTOR):
        operation.metadata.Unpack(run_v2.Service.pb(service))
        reason = problem_of(service.terminal_condition)
        if reason:
            return reason
    return words(operation.error.message) or "The cloud gives no reason."
