"""The simulated Cloud Run Admin API v2, in Google's own message types."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2
from google.protobuf import any_pb2
from google.rpc import code_pb2, status_pb2

from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.records import Operation
from adapters.local.cloud.rpc import method
from adapters.local.cloud.states import Refusal, Reject, short
from bot.ports import Clock

_PAGE = 100
_to_bytes = operations_pb2.Operation.SerializeToString


@dataclass(frozen=True, slots=True, kw_only=True)
class RunApi:
    """Services, revisions and operations over gRPC."""

    model: CloudModel
    clock: Clock

    def handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        """What is simulated of the three APIs; any other method answers UNIMPLEMENTED."""
        services = {
            "GetService": self._read(
                self._get_service, run_v2.GetServiceRequest, run_v2.Service.serialize
            ),
            "UpdateService": self._read(
                self._update_service, run_v2.UpdateServiceRequest, _to_bytes
            ),
        }
        revisions = {
            "GetRevision": self._read(
                self._get_revision, run_v2.GetRevisionRequest, run_v2.Revision.serialize
            ),
            "ListRevisions": self._read(
                self._list_revisions,
                run_v2.ListRevisionsRequest,
                run_v2.ListRevisionsResponse.serialize,
            ),
        }
        operations = {
            "GetOperation": method(
                self._get_operation,
                takes=operations_pb2.GetOperationRequest.FromString,
                gives=_to_bytes,
                routed_by="name",
            )
        }
        return (
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Services", services),
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Revisions", revisions),
            grpc.method_handlers_generic_handler("google.longrunning.Operations", operations),
        )

    def _read(
        self, handle: Callable[[Any], Awaitable[Any]], request: Any, gives: Callable[[Any], bytes]
    ) -> grpc.RpcMethodHandler:
        return method(handle, takes=request.deserialize, gives=gives, routed_by="location")

    async def _get_service(self, request: run_v2.GetServiceRequest) -> run_v2.Service:
        self.model.reachable()
        return self.model.service(request.name, self.clock.now())

    async def _update_service(
        self, request: run_v2.UpdateServiceRequest
    ) -> operations_pb2.Operation:
        self.model.reachable()
        if request.allow_missing:
            raise Refusal(Reject.UNIMPLEMENTED, "Services are not created by an update here")
        paths = tuple(request.update_mask.paths)
        now = self.clock.now()
        if request.validate_only:
            change = self.model.validated(request.service, paths, now)
            return _done(f"{_place(change.name)}/operations/validated", change)
        return self._operation(self.model.update(request.service, paths, now))

    async def _get_revision(self, request: run_v2.GetRevisionRequest) -> run_v2.Revision:
        self.model.reachable()
        parent = request.name.partition("/revisions/")[0]
        for revision in self.model.listed(parent, self.clock.now()):
            if revision.name == request.name:
                return revision
        raise Refusal(Reject.NOT_FOUND, f"Resource '{short(request.name)}' was not found")

    async def _list_revisions(
        self, request: run_v2.ListRevisionsRequest
    ) -> run_v2.ListRevisionsResponse:
        """Newest first, in pages."""
        self.model.reachable()
        newest = self.model.listed(request.parent, self.clock.now())
        start = int(request.page_token or 0)
        end = start + (request.page_size or _PAGE)
        return run_v2.ListRevisionsResponse(
            revisions=newest[start:end], next_page_token=str(end) if end < len(newest) else ""
        )

    async def _get_operation(
        self, request: operations_pb2.GetOperationRequest
    ) -> operations_pb2.Operation:
        self.model.reachable()
        return self._operation(self.model.operation(request.name, self.clock.now()))

    def _operation(self, known: Operation) -> operations_pb2.Operation:
        service = self.model.services[known.service]
        if known.done and not known.error:
            return _done(known.name, service)
        message = operations_pb2.Operation(
            name=known.name, done=known.done, metadata=_packed(service)
        )
        if known.error:
            message.error.CopyFrom(
                status_pb2.Status(code=code_pb2.FAILED_PRECONDITION, message=known.error)
            )
        return message


def _done(name: str, service: run_v2.Service) -> operations_pb2.Operation:
    packed = _packed(service)
    return operations_pb2.Operation(name=name, done=True, metadata=packed, response=packed)


def _packed(service: run_v2.Service) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(run_v2.Service.pb(service))
    return packed


def _place(service: str) -> str:
    return service.partition("/services/")[0]
