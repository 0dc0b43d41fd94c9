"""Image registries, by the OCI distribution specification (“Pulling manifests”, “Listing tags”)."""

import asyncio
import hashlib
import importlib
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from adapters.gcp.loopback import is_loopback
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
# What a registry has to accept at least, by the OCI distribution specification.
_MAX_MANIFEST = 4 * 1024 * 1024
_NUMBER = re.compile(r"(\d+)")

Token = Callable[[], Awaitable[str]]


class OciRegistry:
    """`bot.ports.Registry`. `endpoint` replaces the image's own host, for a registry elsewhere.

    `token` gives an access token for Google's hosts (*.pkg.dev and gcr.io); other hosts are asked
    without one. Raises ValueError for a plaintext `endpoint` that is not on this machine.
    """

    def __init__(self, http: aiohttp.ClientSession, *, endpoint: str | None, token: Token) -> None:
        parts = urlsplit(endpoint or "https:")
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError(f"{endpoint} is not on this machine, so it is not asked without TLS")
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
                status, found = answer.status, answer.headers
            digest = found.get("Docker-Content-Digest", "")
            if status == HTTPStatus.OK and not DIGEST.fullmatch(digest):
                digest = await self._hashed(url, headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CloudUnavailable(f"The registry {host} does not answer.") from error
        if status == HTTPStatus.OK:
            return Artifact(image=image, version=version, digest=digest)
        if status == HTTPStatus.NOT_FOUND:
            newest = await self._newest(host, name)
            known = f" Newest are {', '.join(newest)}." if newest else ""
            raise CloudRefused(f"There is no image {name}:{version}.{known}")
        raise _failure(status, found, host, name)

    async def _hashed(self, url: str, headers: Mapping[str, str]) -> str:
        """The digest by definition: the hash of the manifest's bytes."""
        async with self._http.get(
            url, headers=headers, timeout=_TIMEOUT, raise_for_status=True
        ) as answer:
            manifest = bytearray()
            async for part in answer.content.iter_any():
                manifest += part
                if len(manifest) > _MAX_MANIFEST:
                    raise CloudRefused("The image's manifest is larger than registries allow.")
        return "sha256:" + hashlib.sha256(manifest).hexdigest()

    async def _newest(self, host: str, name: str) -> list[str]:
        """The highest tags that the registry lists; none when it does not tell."""
        url = f"{self._base(host)}/v2/{name}/tags/list"
        try:
            async with self._http.get(
                url, headers=await self._login(host), timeout=_TIMEOUT
            ) as answer:
                found = await answer.json(content_type=None) if answer.ok else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return []
        tags = found.get("tags") if isinstance(found, dict) else None
        listed = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
        return sorted(listed, key=_height, reverse=True)[:_NEWEST_SHOWN]

    def _base(self, host: str) -> str:
        return self._endpoint.rstrip("/") if self._endpoint else f"https://{host}"

    async def _login(self, host: str) -> dict[str, str]:
        google = host.endswith(".pkg.dev") or host == "gcr.io" or host.endswith(".gcr.io")
        if self._endpoint or not google:
            return {}
        return {"Authorization": f"Bearer {await self._token()}"}


def _failure(status: int, headers: Mapping[str, str], host: str, name: str) -> CloudUnavailable:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return CloudRefused(
            f"The bot's account may not read {host}/{name}. Grant it roles/artifactregistry.reader."
        )
    rest = headers.get("Retry-After", "")
    return CloudUnavailable(
        f"The registry {host} answered with {status}.",
        retry_after=timedelta(seconds=int(rest)) if rest.isdecimal() else None,
    )


def _height(tag: str) -> tuple[list[tuple[int, str]], bool, str]:
    """Order tags as versions: v1.10.0 above v1.9.0, and a release above its candidates."""
    release, hyphen, candidate = tag.partition("-")
    numbers = [(int(part), "") if part.isdecimal() else (-1, part) for part in _parts(release)]
    return numbers, not hyphen, candidate


def _parts(text: str) -> list[str]:
    return [part for part in _NUMBER.split(text) if part]


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
