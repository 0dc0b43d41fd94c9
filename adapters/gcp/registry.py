"""Image registries, by the OCI distribution specification (“Pulling manifests”, “Listing tags”)."""

import asyncio
import hashlib
import importlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from adapters.gcp.image_facts import Facts, Json, config_in, facts_of, image_in, parsed
from adapters.gcp.loopback import is_loopback
from bot.domain.artifact import DIGEST, Artifact
from bot.domain.errors import CloudRefused, CloudUnavailable

log = logging.getLogger(__name__)

_MANIFESTS = {
    "Accept": ", ".join(
        (
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json",
        )
    )
}
_DIGEST_HEADER = "Docker-Content-Digest"
_TIMEOUT = aiohttp.ClientTimeout(total=10)
# Seconds for all that an image says of itself: a deploy can do without.
_FACTS_WITHIN = 10
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
        """Pin a version. Raises `CloudRefused` naming the newest tags when it is not there.

        What the image says of itself is read if it can be; nothing fails without it.
        """
        host, _, name = image.partition("/")
        place = f"{self._base(host)}/v2/{name}"
        headers = await self._login(host)
        url = f"{place}/manifests/{version}"
        try:
            async with self._http.head(
                url, headers=headers | _MANIFESTS, timeout=_TIMEOUT
            ) as answer:
                status, found = answer.status, answer.headers
            digest = version if DIGEST.fullmatch(version) else found.get(_DIGEST_HEADER, "")
            if status == HTTPStatus.OK and not DIGEST.fullmatch(digest):
                digest = _sha256(await self._read(url, headers))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CloudUnavailable(f"The registry {host} does not answer.") from error
        if status == HTTPStatus.OK:
            facts = await self._facts(place, digest, headers)
            return Artifact(image=image, version=version, digest=digest, **dict(facts))
        if status == HTTPStatus.NOT_FOUND:
            newest = await self._newest(host, name)
            known = f" Newest are {', '.join(newest)}." if newest else ""
            joint = "@" if version == digest else ":"
            raise CloudRefused(f"There is no image {name}{joint}{version}.{known}")
        raise _failure(status, found, host, name)

    async def _facts(self, place: str, digest: str, headers: Mapping[str, str]) -> Facts:
        """What the image says of itself; nothing, and a line in the log, when it cannot be read."""
        try:
            async with asyncio.timeout(_FACTS_WITHIN):
                manifest = await self._document(f"{place}/manifests/{digest}", digest, headers)
                chosen = image_in(manifest)
                if chosen is not None:
                    url = f"{place}/manifests/{chosen}"
                    manifest = await self._document(url, chosen, headers)
                config = config_in(manifest)
                return facts_of(await self._document(f"{place}/blobs/{config}", config, headers))
        except (aiohttp.ClientError, TimeoutError, CloudUnavailable, ValueError) as error:
            said = str(error) or type(error).__name__
            log.info("what %s@%s says of itself cannot be read: %s", place, digest, said)
            return Facts()

    async def _document(self, url: str, digest: str, headers: Mapping[str, str]) -> Json:
        """A JSON document by its digest. Raises ValueError when it is another one."""
        content = await self._read(url, headers)
        if _sha256(content) != digest:
            raise ValueError(f"the content of {digest} has another digest")
        return parsed(content)

    async def _read(self, url: str, headers: Mapping[str, str]) -> bytes:
        """All of a manifest or a configuration; more than registries have to accept is refused."""
        async with self._http.get(
            url, headers={**headers, **_MANIFESTS}, timeout=_TIMEOUT, raise_for_status=True
        ) as answer:
            content = bytearray()
            async for part in answer.content.iter_any():
                content += part
                if len(content) > _MAX_MANIFEST:
                    raise CloudRefused("The image's manifest is larger than registries allow.")
        return bytes(content)

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


def _sha256(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


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
