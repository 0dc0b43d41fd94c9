"""gRPC without TLS, for a server on this machine."""

import grpc.aio

from adapters.gcp.loopback import is_loopback


def plaintext_channel(endpoint: str) -> grpc.aio.Channel:
    """A channel to `host:port` on this machine; it belongs to the running loop.

    Raises ValueError for an endpoint elsewhere.
    """
    host = endpoint.rpartition(":")[0].strip("[]")
    if not is_loopback(host):
        raise ValueError(f"{endpoint} is not on this machine, so it is not spoken to without TLS")
    return grpc.aio.insecure_channel(endpoint)
