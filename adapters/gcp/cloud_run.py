"""Cloud Run through Google's own asynchronous client.

A write reads the service first, changes only what it means to change under a narrow update mask,
and sends the etag of that read: whoever was faster wins, and we look again.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.api_core.exceptions import NotFound, ServiceUnavailable
from google.api_core.retry import AsyncRetry, if_exception_type
from google.auth.credentials import Credentials
from google.cloud import run_v2
from google.longrunning.operations_pb2 import Operation
from google.protobuf.field_mask_pb2 import FieldMask

from adapters.gcp import changes, reading
from adapters.gcp.channel import run_clients
from adapters.gcp.errors import translated, words
from adapters.gcp.identity import default_credentials
from adapters.gcp.reasons import problem_of
from bot.domain.artifact import Artifact
from bot.domain.catalog import Target
from bot.domain.errors import CloudUnavailable
from bot.domain.observation import Fence, Observation
from bot.ports import Progress

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
            predicate=if_exception_type(ServiceUnavailable),
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
        if changes.was_staged(service, deploy):
            return ""
        marks = reading.deploys_of(await self._known_revisions(service))
        if deploy.lower() in marks.values():
            return ""
        change = changes.staged(service, deploy, artifact, fence)
        return await self._write(change, ["template", "traffic", "annotations"])

    async def route(self, split: Mapping[str, int], tags: Mapping[str, str], fence: Fence) -> str:
        """Send traffic to revisions and set tags; the same order twice is written once."""
        change = changes.routed(await self._read(), split, tags, fence)
        return await self._write(change, ["traffic", "annotations"]) if change else ""

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
                goes_on = listed and listed[-1].labels.get(reading.DEPLOY_LABEL) == label
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
