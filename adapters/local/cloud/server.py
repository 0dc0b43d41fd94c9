"""The simulated cloud's two front doors: Cloud Run's gRPC, and a registry's HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import grpc
import grpc.aio
from aiohttp import web
from google.cloud import run_v2
from google.longrunning import operations_pb2
from google.protobuf import any_pb2
from google.rpc import status_pb2

from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.seeds import Seed
from adapters.local.cloud.states import Refusal, Reject, short
from bot.ports import Clock

_GRACE = 0.2
_HANG = timedelta(hours=1)
# gRPC's codes as they travel in google.rpc.Status.
_FAILED_PRECONDITION = 9
Context = Any  # grpc.aio.ServicerContext; the library has no types


class LocalCloud:
    """A cloud on loopback. Change `model.faults` while it runs."""

    def __init__(self, seeds: Sequence[Seed], clock: Clock) -> None:
        self.model = CloudModel()
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
        app.router.add_route("HEAD", "/v2/{name:.+}/manifests/{reference}", self._manifest)
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
            if routed and "location=" not in metadata.get("x-goog-request-params", ""):
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "No routing header")
            try:
                self.model.reachable()
                return await handle(request)
            except Refusal as refusal:
                if refusal.reject is Reject.HANG:
                    await self._clock.sleep(_HANG)
                    raise
                await context.abort(grpc.StatusCode[refusal.reject.value], str(refusal))

        return call

    async def _get_service(self, request: run_v2.GetServiceRequest) -> run_v2.Service:
        return self.model.service(request.name, self._clock.now())

    async def _update_service(
        self, request: run_v2.UpdateServiceRequest
    ) -> operations_pb2.Operation:
        paths = tuple(request.update_mask.paths)
        made = self.model.update(request.service, paths, self._clock.now())
        return self._operation(made.name)

    async def _get_revision(self, request: run_v2.GetRevisionRequest) -> run_v2.Revision:
        self.model.settle(self._clock.now())
        parent = request.name.partition("/revisions/")[0]
        for revision in self.model.revisions.get(parent, ()):
            if revision.name == request.name:
                return run_v2.Revision(revision)
        raise Refusal(Reject.NOT_FOUND, f"Resource '{short(request.name)}' was not found")

    async def _list_revisions(
        self, request: run_v2.ListRevisionsRequest
    ) -> run_v2.ListRevisionsResponse:
        """Newest first, in pages."""
        self.model.settle(self._clock.now())
        newest = list(reversed(self.model.revisions.get(request.parent, ())))
        start = int(request.page_token or 0)
        end = start + (request.page_size or 100)
        return run_v2.ListRevisionsResponse(
            revisions=newest[start:end], next_page_token=str(end) if end < len(newest) else ""
        )

    async def _get_operation(
        self, request: operations_pb2.GetOperationRequest
    ) -> operations_pb2.Operation:
        self.model.settle(self._clock.now())
        if request.name not in self.model.operations:
            raise Refusal(Reject.NOT_FOUND, "The operation was not found")
        return self._operation(request.name)

    def _operation(self, name: str) -> operations_pb2.Operation:
        known = self.model.operations[name]
        message = operations_pb2.Operation(name=name, done=known.done)
        service = run_v2.Service.pb(self.model.services[known.service])
        packed = any_pb2.Any()
        packed.Pack(service)
        message.metadata.CopyFrom(packed)
        if known.error:
            message.error.CopyFrom(
                status_pb2.Status(code=_FAILED_PRECONDITION, message=known.error)
            )
        elif known.done:
            message.response.CopyFrom(packed)
        return message

    # ── Registry ─────────────────────────────────────────────────────────────────────────────────

    async def _manifest(self, request: web.Request) -> web.Response:
        tags = self._image(request)
        digest = tags.get(request.match_info["reference"])
        if digest is None or self.model.faults.away:
            return web.Response(status=503 if self.model.faults.away else 404)
        return web.Response(headers={"Docker-Content-Digest": digest})

    async def _tags(self, request: web.Request) -> web.Response:
        tags = self._image(request)
        return web.json_response({"name": request.match_info["name"], "tags": list(tags)})

    def _image(self, request: web.Request) -> dict[str, str]:
        """The tags of an image, which is known by its path on whatever host."""
        path = "/" + request.match_info["name"]
        found = (tags for image, tags in self.model.images.items() if image.endswith(path))
        return next(found, {})
