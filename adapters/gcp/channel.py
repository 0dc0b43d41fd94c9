"""The one seam between Google's real endpoint and a server on this machine."""

from ipaddress import ip_address

import grpc.aio
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport


def run_clients(
    endpoint: str | None,
) -> tuple[run_v2.ServicesAsyncClient, run_v2.RevisionsAsyncClient]:
    """Google's Cloud Run clients: with the default credentials, or plaintext to `host:port` here.

    Raises ValueError for a plaintext endpoint that is not on this machine.
    """
    if endpoint is None:
        return run_v2.ServicesAsyncClient(), run_v2.RevisionsAsyncClient()
    host = endpoint.rpartition(":")[0].strip("[]")
    if host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError(f"{endpoint} is not on this machine, so it is not spoken to without TLS")
    channel = grpc.aio.insecure_channel(endpoint)
    return (
        run_v2.ServicesAsyncClient(transport=ServicesGrpcAsyncIOTransport(channel=channel)),
        run_v2.RevisionsAsyncClient(transport=RevisionsGrpcAsyncIOTransport(channel=channel)),
    )
