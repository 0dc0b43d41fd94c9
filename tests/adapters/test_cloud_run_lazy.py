"""Google's client: loaded late, and only with an identity."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from clouds import DEPLOY, NEW, TARGET, World, artifact, first, world_of_api

from adapters.gcp.cloud_run import GoogleCloudRunTargets
from adapters.gcp.lazy import LazyCloudRunTargets

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world:
        yield world


async def python(script: str, **environment: str) -> str:
    """Run a script in a process of its own; what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode().strip()


async def test_nothing_of_google_is_imported_before_the_first_use() -> None:
    """The import takes longer than Slack's patience allows a woken bot."""
    script = """
import sys
from adapters.gcp.lazy import LazyCloudRunTargets
from adapters.gcp.registry import GoogleToken, OciRegistry
import samples
LazyCloudRunTargets(None).open(samples.target())
GoogleToken()
print([name for name in sys.modules if name.split(".")[0] in ("google", "grpc")])
"""
    assert await python(script) == "[]"


async def test_a_lazy_target_is_the_real_one(world: World) -> None:
    """Every method arrives."""
    lazy = LazyCloudRunTargets(world.cloud.run_endpoint)
    api = lazy.open(TARGET)
    assert (await api.preview(DEPLOY, artifact())).problem is None
    operation = await api.stage(DEPLOY, artifact(), first(1))
    assert (await api.poll(operation)).running
    world.clock.move(world.model.faults.delay)
    assert not (await api.poll(operation)).running
    await api.route({NEW: 100}, {}, first(2))
    world.clock.move(world.model.faults.delay)
    assert (await api.observe()).serving == {NEW: 100}
    await api.follow_latest(first(3))
    world.clock.move(world.model.faults.delay)
    assert not (await api.observe()).pinned
    await lazy.aclose()


async def test_many_first_uses_load_once(world: World) -> None:
    """Side by side, too."""
    lazy = LazyCloudRunTargets(world.cloud.run_endpoint)
    loaded = await asyncio.gather(*(lazy.loaded() for _ in range(8)))
    assert len({id(each) for each in loaded}) == 1
    await lazy.aclose()


async def test_closing_what_was_never_used_does_nothing() -> None:
    """And closing twice is closing."""
    lazy = LazyCloudRunTargets("127.0.0.1:9")
    await lazy.aclose()
    await lazy.loaded()
    await lazy.aclose()
    await lazy.aclose()


@pytest.mark.parametrize("endpoint", ["10.0.0.1:8080", "run.googleapis.com:443", "0.0.0.0:1"])
def test_plaintext_goes_to_this_machine_only(endpoint: str) -> None:
    """Anything else is refused before a connection is made."""
    with pytest.raises(ValueError, match="not on this machine"):
        GoogleCloudRunTargets(endpoint)


async def test_without_an_identity_every_target_says_so(tmp_path: Path) -> None:
    """An overview is still an overview, and one target's error is the cloud's."""
    script = """
import asyncio, samples
from adapters.gcp.lazy import LazyCloudRunTargets
from bot.domain.errors import CloudUnavailable
async def main():
    lazy = LazyCloudRunTargets(None)
    targets = samples.catalog().targets()
    seen = await lazy.survey(targets)
    assert set(seen) == {target.key for target in targets}
    assert all(isinstance(found, CloudUnavailable) for found in seen.values())
    try:
        await lazy.open(targets[0]).observe()
    except CloudUnavailable as error:
        print(error)
asyncio.run(main())
"""
    said = await python(script, NO_GCE_CHECK="true", HOME=str(tmp_path))
    assert said == "The bot has no usable Google identity. Give it a service account."


async def test_the_token_of_the_attached_account_is_used_until_it_expires() -> None:
    """Asked from the metadata server, as on Cloud Run itself."""
    asked: list[str] = []

    async def metadata(request: web.Request) -> web.Response:
        assert request.path == "/" or request.headers["Metadata-Flavor"] == "Google"
        asked.append(request.path)
        flavor = {"Metadata-Flavor": "Google"}
        if request.path.endswith("/token"):
            body = {"access_token": "tok", "expires_in": 3600, "token_type": "Bearer"}
            return web.json_response(body, headers=flavor)
        if request.path.endswith("/default/"):
            account = {"email": "bot@olympus", "scopes": [], "aliases": ["default"]}
            return web.json_response(account, headers=flavor)
        return web.Response(text="olympus", headers=flavor)

    app = web.Application()
    app.router.add_get("/{rest:.*}", metadata)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    script = """
import asyncio
from adapters.gcp.registry import GoogleToken
async def main():
    token = GoogleToken()
    print(*await asyncio.gather(*(token() for _ in range(4))))
asyncio.run(main())
"""
    hosts = {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address, "GCE_METADATA_ROOT": address}
    assert await python(script, **hosts) == "tok tok tok tok"
    assert len([path for path in asked if path.endswith("/token")]) == 1
    await runner.cleanup()


async def test_without_an_identity_a_token_is_refused_in_words(tmp_path: Path) -> None:
    """Not with an error of Google's library."""
    script = """
import asyncio
from adapters.gcp.registry import GoogleToken
from bot.domain.errors import CloudUnavailable
async def main():
    try:
        await GoogleToken()()
    except CloudUnavailable as error:
        print(error)
asyncio.run(main())
"""
    said = await python(script, NO_GCE_CHECK="true", HOME=str(tmp_path))
    assert said == "The bot has no usable Google identity. Give it a service account."
