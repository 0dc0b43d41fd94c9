"""Image registries, by the OCI distribution specification (“Pulling manifests”, “Listing tags”)."""

import asyncio
import hashlib
import importlib
from collections.abc import Awaitable, Callable

import aiohttp

from bot.domain.artifact import DIGEST, Artifact
from bot.domain.errors import CloudRefused, CloudUnavailable

_MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_NEWEST_SHOWN = 5
_MAX_MANIFEST = 4 * 1024 * 1024

Token = Callable[[], Awaitable[str]]


class OciRegistry:
    """`bot.ports.Registry`. `endpoint` replaces the image's own host, for a registry elsewhere.

    `token` gives an access token for Google's hosts (*.pkg.dev and gcr.io); other hosts are asked
    without one.
    """

    def __init__(self, http: aiohttp.ClientSession, *, endpoint: str | None, token: Token) -> None:
        self._http = http
        self._endpoint = endpoint
        self._token = token

    async def resolve(self, image: str, version: str) -> Artifact:
        """Pin a version. Raises `CloudRefused` naming the newest tags when it is not there."""
        if DIGEST.fullmatch(version):
            return Artifact(image=image, version=version, digest=version)
        host, _, name = image.partition("/")
        url = f"{self._base(host)}/v2/{name}/manifests/{version}"
        headers = {"Accept": _MANIFESTS, **await self._login(host)}
        try:
            async with self._http.head(url, headers=headers, timeout=_TIMEOUT) as answer:
                status, digest = answer.status, answer.headers.get("Docker-Content-Digest", "")
            if status == 200 and not DIGEST.fullmatch(digest):  # noqa: PLR2004 - HTTP
                digest = await self._hashed(url, headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CloudUnavailable(f"The registry {host} does not answer.") from error
        if status == 200:  # noqa: PLR2004 - HTTP
            return Artifact(image=image, version=version, digest=digest)
        raise await self._failure(status, host, name, version)

    async def _hashed(self, url: str, headers: dict[str, str]) -> str:
        """The digest by definition: the hash of the manifest's bytes."""
        async with self._http.get(url, headers=headers, timeout=_TIMEOUT) as answer:
            manifest = await answer.content.read(_MAX_MANIFEST)
        return "sha256:" + hashlib.sha256(manifest).hexdigest()

    async def _failure(self, status: int, host: str, name: str, version: str) -> CloudUnavailable:
        if status in {401, 403}:
            return CloudRefused(
                f"The bot's account may not read {host}/{name}. Grant it "
                "roles/artifactregistry.reader."
            )
        if status == 404:  # noqa: PLR2004 - HTTP
            newest = await self._newest(host, name)
            known = f" Newest are {', '.join(newest)}." if newest else ""
            return CloudRefused(f"There is no image {name}:{version}.{known}")
        return CloudUnavailable(f"The registry {host} answered with {status}.")

    async def _newest(self, host: str, name: str) -> list[str]:
        """The last tags that the registry lists; none when it does not tell."""
        url = f"{self._base(host)}/v2/{name}/tags/list"
        try:
            async with self._http.get(
                url, headers=await self._login(host), timeout=_TIMEOUT
            ) as answer:
                found = await answer.json(content_type=None) if answer.ok else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return []
        tags = found.get("tags") if isinstance(found, dict) else None
        return [str(tag) for tag in tags or []][-_NEWEST_SHOWN:][::-1]

    def _base(self, host: str) -> str:
        return self._endpoint.rstrip("/") if self._endpoint else f"https://{host}"

    async def _login(self, host: str) -> dict[str, str]:
        google = host.endswith(".pkg.dev") or host == "gcr.io" or host.endswith(".gcr.io")
        if self._endpoint or not google:
            return {}
        return {"Authorization": f"Bearer {await self._token()}"}


class GoogleToken:
    """Access tokens of the default credentials, fetched and refreshed in a thread."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._fetch: Callable[[], str] | None = None

    async def __call__(self) -> str:
        """A token that is valid now. Raises `CloudUnavailable`."""
        async with self._lock:
            return await asyncio.to_thread(self._get)

    def _get(self) -> str:
        module = importlib.import_module("adapters.gcp.identity")
        if self._fetch is None:
            self._fetch = module.token_source()
        return self._fetch()
