"""Probes of real servers on this machine, and of addresses that are never reached."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from clouds import DELAY, DEPLOY, NAME, NEW, TAG, artifact, first, world_of_api
from fakes import VirtualClock
from servers import free_port

from adapters.gcp.prober import HttpProber
from adapters.local.cloud.behaviour import Behaviour
from bot.domain.evidence import Probe
from bot.domain.policy import Smoke

ROOT = Path(__file__).parents[2]
# Two attempts of 0.2 s each, on a machine that is busy.
MUCH_LONGER = 5
PRIVATE = "https://c-d-7f3k2---api-abc-uc.a.run.app"


async def nobody(audience: str) -> str | None:
    """No identity, and none is asked for."""
    raise AssertionError(f"a token for {audience} was asked for")


async def stranger(audience: str) -> str | None:
    """An identity that gives no token."""
    return None


async def bot(audience: str) -> str | None:
    """A token that shows its audience."""
    return f"token-for-{audience}"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A session without cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield http


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands still."""
    return VirtualClock()


@pytest.fixture
def prober(http: aiohttp.ClientSession, clock: VirtualClock) -> HttpProber:
    """The prober under test."""
    return HttpProber(http, clock=clock, identity=nobody)


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that answers everything with one handler."""
    app = web.Application()
    app.router.add_get("/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)  # for those that never answer
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_an_answer_as_expected_passes_at_once(
    prober: HttpProber, clock: VirtualClock
) -> None:
    """Its path, its query, and how long it took."""
    asked: list[str] = []

    async def healthy(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        clock.move(timedelta(milliseconds=120))
        return web.Response(text="well")

    async with served(healthy) as address:
        found = await prober.probe(address, Smoke(path="/healthz?deep=1"))
    assert found == Probe(passed=True, status=200, milliseconds=120.0, attempts=1)
    assert asked == ["/healthz?deep=1"]


@pytest.mark.parametrize("path", ["healthz", "/healthz"])
async def test_address_and_path_are_joined_by_one_slash(prober: HttpProber, path: str) -> None:
    """However they end and begin; the address may have a path of its own."""
    asked: list[str] = []

    async def healthy(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async with served(healthy) as address:
        await prober.probe(f"{address}/api/", Smoke(path=path))
    assert asked == ["/api/healthz"]


async def test_one_good_answer_of_several_is_enough(
    prober: HttpProber, clock: VirtualClock
) -> None:
    """With a pause between the attempts, and none after the last."""
    statuses = [503, 500, 204, 204]
    began = clock.now()

    async def warming(request: web.Request) -> web.Response:
        return web.Response(status=statuses.pop(0))

    async with served(warming) as address:
        found = await prober.probe(address, Smoke(expect=204, attempts=5))
    assert found == Probe(passed=True, status=204, milliseconds=0.0, attempts=3)
    assert statuses == [204]
    assert clock.now() - began == timedelta(seconds=2)


async def test_after_the_last_attempt_the_last_answer_is_the_finding(prober: HttpProber) -> None:
    """With its status, in words."""
    asked: list[str] = []

    async def broken(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=500)

    async with served(broken) as address:
        found = await prober.probe(address, Smoke(attempts=3))
    assert (found.passed, found.status, found.attempts) == (False, 500, 3)
    assert found.problem == "answered with 500 instead of 200"
    assert len(asked) == 3


async def test_a_redirection_is_an_answer_and_not_followed(prober: HttpProber) -> None:
    """It may lead to a page for signing in, which answers well whatever the revision does."""
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPFound("/login")

    async with served(elsewhere) as address:
        found = await prober.probe(address, Smoke(attempts=1))
        expected = await prober.probe(address, Smoke(attempts=1, expect=302))
    assert (found.passed, found.status) == (False, 302)
    assert expected.passed
    assert asked == ["/", "/"]


async def test_an_answer_without_end_is_not_read_to_its_end(prober: HttpProber) -> None:
    """Its status has been told."""

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65536)

    async with served(endless) as address:
        assert (await prober.probe(address, Smoke(attempts=1))).passed


@pytest.mark.parametrize("begins", [False, True])
async def test_an_answer_that_does_not_come_ends_by_itself(
    http: aiohttp.ClientSession, clock: VirtualClock, *, begins: bool
) -> None:
    """Before its status, or after it."""

    async def silent(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        if begins:
            await answer.prepare(request)
        await asyncio.Event().wait()
        return answer

    patience = timedelta(milliseconds=200)
    prober = HttpProber(http, clock=clock, identity=nobody, patience=patience)
    async with served(silent) as address:
        found = await asyncio.wait_for(prober.probe(address, Smoke(attempts=2)), MUCH_LONGER)
    assert found == Probe(passed=False, attempts=2, problem="no answer within 0.2 s")


async def test_what_cannot_be_reached_is_said(prober: HttpProber) -> None:
    """Nobody listens there."""
    found = await prober.probe(f"http://127.0.0.1:{free_port()}", Smoke(attempts=2))
    assert found == Probe(passed=False, attempts=2, problem="no answer (it cannot be reached)")


@pytest.mark.parametrize(
    ("said", "problem"), [(b"", "it broke off"), (b"SSH-2.0-x\r\n", "it does not speak HTTP")]
)
async def test_what_is_no_answer_is_said(prober: HttpProber, said: bytes, problem: str) -> None:
    """A connection that is closed, and another protocol."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found = await prober.probe(f"http://127.0.0.1:{port}", Smoke(attempts=1))
    assert found == Probe(passed=False, problem=f"no answer ({problem})")
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    "address",
    ["", "http://10.0.0.1", "http://api.example", "ftp://127.0.0.1", "api.run.app", "https://[x"],
)
async def test_only_this_machine_is_asked_without_tls(prober: HttpProber, address: str) -> None:
    """No request is made at all."""
    found = await prober.probe(address, Smoke())
    assert (found.passed, found.attempts) == (False, 0)
    assert (found.problem or "").startswith("its address")


# ── Identity ─────────────────────────────────────────────────────────────────────────────────────


async def sent(address: str) -> list[aiohttp.ClientRequest]:
    """The requests that a probe would send; none leaves this machine."""
    found: list[aiohttp.ClientRequest] = []

    async def stop(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        found.append(request)
        raise aiohttp.ClientError("nothing leaves this machine")

    async with aiohttp.ClientSession(middlewares=[stop]) as http:
        prober = HttpProber(http, clock=VirtualClock(), identity=bot)
        await prober.probe(address, Smoke(path="/healthz", attempts=1))
    return found


@pytest.mark.parametrize("address", [PRIVATE, "https://api-abc-uc.a.run.app"])
async def test_a_service_of_cloud_run_is_shown_a_token_for_its_own_address(address: str) -> None:
    """Also under the address of a tag: the audience is always that of the service."""
    (request,) = await sent(address)
    assert str(request.url) == f"{address}/healthz"
    token = "Bearer token-for-https://api-abc-uc.a.run.app"
    assert request.headers["Authorization"] == token


@pytest.mark.parametrize("address", ["https://run.app.example", "https://evilrun.app"])
async def test_nobody_else_is_shown_a_token(address: str) -> None:
    """Whoever got it could call the service with it."""
    (request,) = await sent(address)
    assert "Authorization" not in request.headers


async def test_this_machine_is_not_shown_a_token_either(prober: HttpProber) -> None:
    """The prober of these tests fails when it asks for one."""

    async def healthy(request: web.Request) -> web.Response:
        return web.Response(status=400 if "Authorization" in request.headers else 200)

    async with served(healthy) as address:
        assert (await prober.probe(address, Smoke())).passed


@pytest.mark.parametrize("status", [401, 403])
async def test_a_service_that_refuses_the_bot_names_the_role(status: int) -> None:
    """With an identity it is the role that is missing; without one, the identity."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with served(refuse) as address, aiohttp.ClientSession() as real:

        async def detour(
            request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
        ) -> aiohttp.ClientResponse:
            return await real.get(address)

        async with aiohttp.ClientSession(middlewares=[detour]) as http:
            known = HttpProber(http, clock=VirtualClock(), identity=bot)
            found = await known.probe(PRIVATE, Smoke(attempts=1))
            unknown = HttpProber(http, clock=VirtualClock(), identity=stranger)
            refused = await unknown.probe(PRIVATE, Smoke(attempts=1))
    assert found.status == refused.status == status
    assert found.problem == (
        f"answered with {status} instead of 200: the bot's account may not call it. "
        "Grant it roles/run.invoker on it."
    )
    assert refused.problem == (
        f"answered with {status} instead of 200: it wants an identity, and the bot has none that "
        "it could show. Give the bot a service account that has roles/run.invoker on it."
    )


async def test_a_service_that_is_expected_to_refuse_passes(prober: HttpProber) -> None:
    """A smoke test of a page behind a login."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=401)

    async with served(refuse) as address:
        assert (await prober.probe(address, Smoke(expect=401))).passed


async def python(script: str, **environment: str) -> str:
    """Run a script in a process of its own; what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode().strip()


TWICE = """
import asyncio, sys
from datetime import timedelta
from adapters.gcp.prober import IdentityTokens
from fakes import VirtualClock
async def main():
    clock = VirtualClock()
    tokens = IdentityTokens(clock)
    assert "google" not in sys.modules
    print(*await asyncio.gather(*(tokens("https://api.run.app") for _ in range(3))))
    print(await tokens("https://web.run.app"))
    clock.move(timedelta(minutes=30))
    print(await tokens("https://api.run.app"))
asyncio.run(main())
"""


async def test_tokens_come_from_the_attached_account_and_are_used_for_a_while() -> None:
    """By audience; Google's library is loaded with the first one."""
    audiences: list[str] = []

    async def metadata(request: web.Request) -> web.Response:
        assert request.path == "/" or request.headers["Metadata-Flavor"] == "Google"
        flavor = {"Metadata-Flavor": "Google"}
        if request.path.endswith("/default/"):
            account = {"email": "bot@olympus", "scopes": [], "aliases": ["default"]}
            return web.json_response(account, headers=flavor)
        text = "olympus"
        if request.path.endswith("/identity"):
            audiences.append(request.query["audience"])
            # Header and signature are not looked at; the middle part says until when it is valid.
            text = "e30.eyJleHAiOjQxMDI0NDQ4MDB9." + f"AAA{len(audiences)}"
        return web.Response(text=text, headers=flavor)

    async with served(metadata) as address:
        host = address.removeprefix("http://")
        hosts = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "GCE_METADATA_ROOT": host}
        said = await python(TWICE, **hosts)
    assert [each.rpartition(".")[2] for each in said.split()] == [
        "AAA1",
        "AAA1",
        "AAA1",
        "AAA2",
        "AAA3",
    ]
    api, web_app = "https://api.run.app", "https://web.run.app"
    assert audiences == [api, web_app, api]


async def test_without_an_identity_there_is_no_token(tmp_path: Path) -> None:
    """And no error: public services need none."""
    script = """
import asyncio
from adapters.gcp.prober import IdentityTokens
from fakes import VirtualClock
print(asyncio.run(IdentityTokens(VirtualClock())("https://api.run.app")))
"""
    nowhere = str(tmp_path / "nothing.json")
    assert await python(script, GOOGLE_APPLICATION_CREDENTIALS=nowhere) == "None"


# ── The simulated cloud ──────────────────────────────────────────────────────────────────────────


async def test_a_new_revision_is_probed_under_the_address_of_its_tag(
    http: aiohttp.ClientSession,
) -> None:
    """A bad one fails there, while what serves passes."""
    async with world_of_api() as world:
        await world.ended(await world.api.stage(DEPLOY, artifact(), first(1)))
        await world.ended(await world.api.route({}, {TAG: NEW}, first(2)))
        seen = await world.api.observe()
        prober = HttpProber(http, clock=world.clock, identity=nobody)
        assert (await prober.probe(seen.previews[TAG], Smoke(path="/healthz"))).passed
        world.cloud.workload.behave(NAME, NEW, Behaviour.CRASHING, world.clock.now())
        world.clock.move(DELAY)
        found = await prober.probe(seen.previews[TAG], Smoke(path="/healthz", attempts=2))
        assert (found.passed, found.status, found.attempts) == (False, 503, 2)
        assert seen.address is not None
        assert (await prober.probe(seen.address, Smoke(path="/healthz"))).passed
