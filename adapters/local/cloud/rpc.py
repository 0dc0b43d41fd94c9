"""How the simulated cloud answers over gRPC: Google's routing header in, Google's statuses out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, status_pb2
from google.rpc.error_details_pb2 import RetryInfo

from adapters.local.cloud.faults import QUOTA_REST
from adapters.local.cloud.states import Refusal, Reject

Context = Any  # grpc.aio.ServicerContext; the library has no types
_ROUTING = "x-goog-request-params"


def method(
    handle: Callable[[Any], Awaitable[Any]],
    *,
    takes: Callable[[bytes], Any],
    gives: Callable[[Any], bytes],
    routed_by: str,
) -> grpc.RpcMethodHandler:
    """A method of an API. Its calls have to carry the routing header that Google's clients send.

    `routed_by` is the field in that header. A `Refusal` becomes a gRPC status.
    """

    async def call(request: Any, context: Context) -> Any:
        metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
        if f"{routed_by}=" not in metadata.get(_ROUTING, ""):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "No routing header")
        try:
            return await handle(request)
        except Refusal as refusal:
            await _refused(refusal, context)

    return grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=takes, response_serializer=gives
    )


async def _refused(refusal: Refusal, context: Context) -> None:
    """Answer a refusal; one that is a silence lasts until the caller hangs up."""
    if refusal.reject is Reject.HANG:
        await asyncio.Event().wait()
    code = grpc.StatusCode[refusal.reject.value]
    if refusal.reject is not Reject.RESOURCE_EXHAUSTED:
        await context.abort(code, str(refusal))
    rest = RetryInfo()
    rest.retry_delay.FromSeconds(QUOTA_REST)
    packed = any_pb2.Any()
    packed.Pack(rest)
    status = status_pb2.Status(
        code=code_pb2.RESOURCE_EXHAUSTED, message=str(refusal), details=[packed]
    )
    details = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(code, str(refusal), details)
