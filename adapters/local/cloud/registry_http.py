"""The simulated registry's HTTP, by the OCI distribution specification: manifests, blobs, tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from adapters.local.cloud.faults import QUOTA_REST
from adapters.local.cloud.images import MANIFEST_TYPE
from adapters.local.cloud.model import CloudModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHttp:
    """What can be pulled. An image is known by its path, on whatever host."""

    model: CloudModel

    def mount(self, router: web.UrlDispatcher) -> None:
        """Answer under /v2/."""
        router.add_get("/v2/{name:.+}/manifests/{reference}", self._manifest)
        router.add_get("/v2/{name:.+}/blobs/{digest}", self._blob)
        router.add_get("/v2/{name:.+}/tags/list", self._tags)

    async def _manifest(self, request: web.Request) -> web.Response:
        """A manifest by tag or digest; its own digest is the hash of its bytes, as everywhere."""
        tags = self._known(request)
        reference = request.match_info["reference"]
        digest = tags.get(reference, reference)
        manifest = self.model.images.manifests.get(digest)
        if manifest is None:
            raise web.HTTPNotFound
        headers = {"Docker-Content-Digest": digest} if self.model.faults.digest_header else {}
        return web.Response(body=manifest, content_type=MANIFEST_TYPE, headers=headers)

    async def _blob(self, request: web.Request) -> web.Response:
        self._known(request)
        content = self.model.images.blobs.get(request.match_info["digest"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="application/octet-stream")

    async def _tags(self, request: web.Request) -> web.Response:
        """All tags in the order of their letters, as a registry lists them."""
        tags = self._known(request)
        return web.json_response({"name": request.match_info["name"], "tags": sorted(tags)})

    def _known(self, request: web.Request) -> Mapping[str, str]:
        """The tags of the image that is asked for. Answers instead while the registry is ill."""
        faults = self.model.faults
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults.away else faults.registry
        if status is not None:
            raise _Answer(status)
        path = "/" + request.match_info["name"]
        found = (tags for image, tags in self.model.images.tags.items() if image.endswith(path))
        tags = next(found, None)
        if tags is None:
            raise web.HTTPNotFound
        return tags


class _Answer(web.HTTPException):
    """An answer with any status."""

    def __init__(self, status: int) -> None:
        self.status_code = status
        limited = {"Retry-After": str(QUOTA_REST)} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
        super().__init__(headers=limited)
