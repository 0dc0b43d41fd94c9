"""Cloud Run's clients, at Google or at a server on this machine."""

from google.auth.credentials import Credentials
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport

from adapters.gcp.plaintext import plaintext_channel


def run_clients(
    endpoint: str | None, credentials: Credentials | None
) -> tuple[run_v2.ServicesAsyncClient, run_v2.RevisionsAsyncClient]:
    """Google's Cloud Run clients: with credentials, or plaintext to `host:port` on this machine.

    They belong to the running loop. Raises ValueError for a plaintext endpoint elsewhere.
    """
    if endpoint is None:
        return (
            run_v2.ServicesAsyncClient(credentials=credentials),
            run_v2.RevisionsAsyncClient(credentials=credentials),
        )
    channel = plaintext_channel(endpoint)
    return (
        run_v2.ServicesAsyncClient(transport=ServicesGrpcAsyncIOTransport(channel=channel)),
        run_v2.RevisionsAsyncClient(transport=RevisionsGrpcAsyncIOTransport(channel=channel)),
    )
