"""The simulated cloud's two front doors: Cloud Run's gRPC, and a registry's HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import grpc
import grpc.aio
from aiohttp import web
from google.cloud import run_v2
from google.longrunning import operations_pb2
from google.protobuf import any_pb2
from google.rpc import code_pb2, status_pb2
from google.rpc.error_details_pb2 import RetryInfo

from adapters.local.cloud.images import MANIFEST_TYPE
from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.records import Operation
from adapters.local.cloud.seeds import Seed
from adapters.local.cloud.states import Refusal, Reject, short
from adapters.local.cloud.workload import Workload
from bot.ports import Clock

_GRACE = 0.2
# How long the quota error asks a caller to wait, in seconds.
QUOTA_REST = 30
Context = Any  # grpc.aio.ServicerContext; the library has no types


class LocalCloud:
    """A cloud on loopback. Change `model.faults` while it runs."""

    def __init__(self, seeds: Sequence[Seed], clock: Clock) -> None:
        self.model = CloudModel()
        self.workload = Workload(model=self.model)
        self._clock = clock
        for seed in seeds:
            self.model.seed(seed, clock.now())
        self._grpc: grpc.aio.Server | None = None
        self._web: web.AppRunner | None = None
        self.run_endpoint = ""
        self.registry_url = ""

    async def start(self, host: str = "127.0.0.1") -> None:
        """Listen on two free ports of this machine."""
        server = grpc.aio.server()
        server.add_generic_rpc_handlers(self._handlers())
        self.run_endpoint = f"{host}:{server.add_insecure_port(f'{host}:0')}"
        await server.start()
        self._grpc = server
        app = web.Application()
        app.router.add_get("/v2/{name:.+}/manifests/{reference}", self._manifest)
        app.router.add_get("/v2/{name:.+}/tags/list", self._tags)
        self._web = web.AppRunner(app)
        await self._web.setup()
        site = web.TCPSite(self._web, host, 0)
        await site.start()
        self.registry_url = f"http://{host}:{self._web.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._grpc is not None:
            await self._grpc.stop(_GRACE)
        if self._web is not None:
            await self._web.cleanup()

    # ── Cloud Run ────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        services = {
            "GetService": self._rpc(self._get_service, run_v2.GetServiceRequest, run_v2.Service),
            "UpdateService": self._rpc(self._update_service, run_v2.UpdateServiceRequest, None),
        }
        revisions = {
            "GetRevision": self._rpc(
                self._get_revision, run_v2.GetRevisionRequest, run_v2.Revision
            ),
            "ListRevisions": self._rpc(
                self._list_revisions, run_v2.ListRevisionsRequest, run_v2.ListRevisionsResponse
            ),
        }
        operations = {
            "GetOperation": grpc.unary_unary_rpc_method_handler(
                self._answered(self._get_operation),
                request_deserializer=operations_pb2.GetOperationRequest.FromString,
                response_serializer=operations_pb2.Operation.SerializeToString,
            )
        }
        return (
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Services", services),
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Revisions", revisions),
            grpc.method_handlers_generic_handler("google.longrunning.Operations", operations),
        )

    def _rpc(
        self, handle: Callable[[Any], Awaitable[Any]], request: Any, answer: Any | None
    ) -> grpc.RpcMethodHandler:
        serialize = answer.serialize if answer else operations_pb2.Operation.SerializeToString
        return grpc.unary_unary_rpc_method_handler(
            self._answered(handle, routed=True),
            request_deserializer=request.deserialize,
            response_serializer=serialize,
        )

    def _answered(
        self, handle: Callable[[Any], Awaitable[Any]], *, routed: bool = False
    ) -> Callable[[Any, Context], Awaitable[Any]]:
        """Turn a refusal into a gRPC status; refuse a call without Google's routing header."""

        async def call(request: Any, context: Context) -> Any:
            metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
            header = metadata.get("x-goog-request-params", "")
            if not header or (routed and "location=" not in header):
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "No routing header")
            try:
                self.model.reachable()
                return await handle(request)
            except Refusal as refusal:
                await _refused(refusal, context)

        return call

    async def _get_service(self, request: run_v2.GetServiceRequest) -> run_v2.Service:
        return self.model.service(request.name, self._clock.now())

    async def _update_service(
        self, request: run_v2.UpdateServiceRequest
    ) -> operations_pb2.Operation:
        if request.validate_only or request.allow_missing:
            raise Refusal(Reject.UNIMPLEMENTED, "Only plain updates are simulated")
        paths = tuple(request.update_mask.paths)
        made = self.model.update(request.service, paths, self._clock.now())
        return self._operation(made)

    async def _get_revision(self, request: run_v2.GetRevisionRequest) -> run_v2.Revision:
        parent = request.name.partition("/revisions/")[0]
        for revision in self.model.listed(parent, self._clock.now()):
            if revision.name == request.name:
                return revision
        raise Refusal(Reject.NOT_FOUND, f"Resource '{short(request.name)}' was not found")

    async def _list_revisions(
        self, request: run_v2.ListRevisionsRequest
    ) -> run_v2.ListRevisionsResponse:
        """Newest first, in pages."""
        newest = self.model.listed(request.parent, self._clock.now())
        start = int(request.page_token or 0)
        end = start + (request.page_size or 100)
        return run_v2.ListRevisionsResponse(
            revisions=newest[start:end], next_page_token=str(end) if end < len(newest) else ""
        )

    async def _get_operation(
        self, request: operations_pb2.GetOperationRequest
    ) -> operations_pb2.Operation:
        return self._operation(self.model.operation(request.name, self._clock.now()))

    def _operation(self, known: Operation) -> operations_pb2.Operation:
        message = operations_pb2.Operation(name=known.name, done=known.done)
        service = run_v2.Service.pb(self.model.services[known.service])
        packed = any_pb2.Any()
        packed.Pack(service)
        message.metadata.CopyFrom(packed)
        if known.error:
            message.error.CopyFrom(
                status_pb2.Status(code=code_pb2.FAILED_PRECONDITION, message=known.error)
            )
        elif known.done:
            message.response.CopyFrom(packed)
        return message

    # ── Registry ─────────────────────────────────────────────────────────────────────────────────

    async def _manifest(self, request: web.Request) -> web.Response:
        """A manifest whose hash is its digest, as it has to be."""
        self._registry_reachable()
        _, tags = self._image(request)
        reference = request.match_info["reference"]
        digest = tags.get(reference, reference)
        manifest = self.model.images.manifests.get(digest)
        if manifest is None:
            raise web.HTTPNotFound
        headers = {"Docker-Content-Digest": digest} if self.model.faults.digest_header else {}
        return web.Response(body=manifest, content_type=MANIFEST_TYPE, headers=headers)

    async def _tags(self, request: web.Request) -> web.Response:
        """All tags in the order of their letters, as a registry lists them."""
        self._registry_reachable()
        _, tags = self._image(request)
        if not tags:
            raise web.HTTPNotFound
        return web.json_response({"name": request.match_info["name"], "tags": sorted(tags)})

    def _image(self, request: web.Request) -> tuple[str, dict[str, str]]:
        """An image and its tags; it is known by its path on whatever host."""
        path = "/" + request.match_info["name"]
        found = (known for known in self.model.images.tags.items() if known[0].endswith(path))
        return next(found, (path, {}))

    def _registry_reachable(self) -> None:
        status = (
            HTTPStatus.SERVICE_UNAVAILABLE if self.model.faults.away else self.model.faults.registry
        )
        if status is not None:
            raise _Answer(status)


class _Answer(web.HTTPException):
    """An answer with any status."""

    def __init__(self, status: int) -> None:
        self.status_code = status
        limited = {"Retry-After": str(QUOTA_REST)} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
        super().__init__(headers=limited)


async def _refused(refusal: Refusal, context: Context) -> None:
    """Answer a refusal; one that is a silence lasts until the caller hangs up."""
    if refusal.reject is Reject.HANG:
        await asyncio.Event().wait()
    code = grpc.StatusCode[refusal.reject.value]
    if refusal.reject is not Reject.RESOURCE_EXHAUSTED:
        await context.abort(code, str(refusal))
    status = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message=str(refusal))
    rest = RetryInfo()
    rest.retry_delay.FromSeconds(QUOTA_REST)
    status.details.add().Pack(rest)
    details = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(code, str(refusal), details)
