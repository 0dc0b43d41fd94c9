"""Cloud SQL at the wire: what goes wrong there, and answers that nobody expects."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from databases import (
    DEPLOY,
    MAIN,
    SHORT,
    SqlWorld,
    answering,
    no_token,
    serving,
    world_of_databases,
)
from fakes import VirtualClock
from google.api_core.exceptions import ServiceUnavailable

from adapters.gcp.cloud_sql import GoogleCloudSql
from adapters.gcp.lazy import LazyGoogleCloudSql
from adapters.gcp.patience import Patience
from adapters.gcp.rest import GoogleRest
from adapters.local.cloud.faults import QUOTA_REST
from adapters.local.cloud.sql import SqlAdmin
from adapters.local.cloud.sql_model import SqlFault, SqlModel
from bot.domain.backup import BackupStatus, mark_of
from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite

RUNS = "/projects/acme-prod/instances/main/backupRuns"


@pytest.fixture
async def world() -> AsyncIterator[SqlWorld]:
    """Two instances with last night's backup."""
    async with world_of_databases() as world:
        yield world


async def test_the_order_carries_the_mark_of_the_deploy(world: SqlWorld) -> None:
    """By which it is found again; whoever looks at the console sees it too."""
    await world.api.back_up(MAIN, DEPLOY)
    assert list(world.ordered(MAIN).values()) == ["signalbox D-7F3K2"]


@pytest.mark.parametrize("fault", [SqlFault.UNAVAILABLE_AFTER, SqlFault.LOST])
async def test_an_order_whose_answer_was_lost_makes_one_backup(
    world: SqlWorld, fault: SqlFault
) -> None:
    """The failure says that the outcome is unknown; the repetition finds the backup."""
    world.model.plan(fault)
    with pytest.raises(CloudUnavailable, match="does not answer") as error:
        await world.api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.UNKNOWN
    operation = await world.api.back_up(MAIN, DEPLOY)
    (number,) = world.ordered(MAIN)
    assert operation == f"backupRuns/{number}"
    assert (await world.api.poll(MAIN, operation)).running
    world.end()
    progress = await world.api.poll(MAIN, operation)
    assert (progress.running, progress.problem) == (False, None)
    assert len(world.ordered(MAIN)) == 1


async def test_a_lost_order_that_has_ended_meanwhile_is_done(world: SqlWorld) -> None:
    """There is nothing to poll."""
    world.model.plan(SqlFault.LOST)
    with pytest.raises(CloudUnavailable):
        await world.api.back_up(MAIN, DEPLOY)
    world.end()
    assert await world.api.back_up(MAIN, DEPLOY) == ""
    assert len(world.ordered(MAIN)) == 1


async def test_an_order_that_was_not_taken_is_made_anew(world: SqlWorld) -> None:
    """It is not repeated blindly; the next call does."""
    world.model.plan(SqlFault.UNAVAILABLE_BEFORE)
    with pytest.raises(CloudUnavailable) as error:
        await world.api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.UNKNOWN
    assert world.ordered(MAIN) == {}
    assert await world.api.back_up(MAIN, DEPLOY)
    assert len(world.ordered(MAIN)) == 1


async def test_without_the_list_nothing_is_ordered(world: SqlWorld) -> None:
    """Ours may be in it. Nothing was written, and that is known."""
    world.model.away = True
    with pytest.raises(CloudUnavailable) as error:
        await world.api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.NOT_DONE
    world.model.away = False
    assert world.ordered(MAIN) == {}


async def test_two_workers_at_once_make_one_backup(world: SqlWorld) -> None:
    """The instance does one thing at a time: the slower one is told to come again, and adopts."""
    found = await asyncio.gather(
        world.api.back_up(MAIN, DEPLOY), world.api.back_up(MAIN, DEPLOY), return_exceptions=True
    )
    assert sorted(type(each) for each in found if not isinstance(each, str)) == [CloudUnavailable]
    assert await world.api.back_up(MAIN, DEPLOY)
    assert len(world.ordered(MAIN)) == 1


async def test_a_busy_instance_is_waited_for(world: SqlWorld) -> None:
    """It is no failure and no conflict of ours: the same order is taken later."""
    await world.api.back_up(MAIN, "D-OTHER")
    with pytest.raises(CloudUnavailable, match="acme-prod/main is busy") as error:
        await world.api.back_up(MAIN, DEPLOY)
    assert not isinstance(error.value, CloudRefused | StaleWrite)
    assert error.value.outcome is Outcome.NOT_DONE
    assert error.value.retry_after == timedelta(seconds=20)
    world.end()
    assert await world.api.back_up(MAIN, DEPLOY)


@pytest.mark.parametrize("status", [403, 409])
async def test_busy_is_busy_with_whatever_status(status: int) -> None:
    """Cloud SQL has said it with both."""
    busy = {"reason": "operationInProgress", "domain": "global", "message": "no"}

    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({})
        error = {"code": status, "message": "Another operation.", "errors": [busy]}
        return web.json_response({"error": error}, status=status)

    async with answering(handler) as api:
        with pytest.raises(CloudUnavailable, match=r"is busy\. Another operation\.") as error:
            await api.back_up(MAIN, DEPLOY)
        assert not isinstance(error.value, CloudRefused)


async def test_a_failed_backup_tells_the_reason_of_the_cloud(world: SqlWorld) -> None:
    """An operation that is done is not one that succeeded."""
    world.model.plan(SqlFault.FAILED)
    operation = await world.api.back_up(MAIN, DEPLOY)
    world.end()
    progress = await world.api.poll(MAIN, operation)
    assert not progress.running
    assert progress.problem == "The backup could not be completed. (INTERNAL_ERROR)"


async def test_a_skipped_backup_is_a_failure(world: SqlWorld) -> None:
    """Its operation ends without any error."""
    world.model.plan(SqlFault.SKIPPED)
    operation = await world.api.back_up(MAIN, DEPLOY)
    world.end()
    progress = await world.api.poll(MAIN, operation)
    assert not progress.running
    assert progress.problem == "Cloud SQL skipped the backup."
    assert (await world.api.backups(MAIN))[0].status is BackupStatus.SKIPPED


async def test_an_operation_without_end_goes_on(world: SqlWorld) -> None:
    """Whoever waits for it decides how long."""
    world.model.plan(SqlFault.STUCK)
    operation = await world.api.back_up(MAIN, DEPLOY)
    world.clock.move(timedelta(days=1))
    assert (await world.api.poll(MAIN, operation)).running


@pytest.mark.parametrize("operation", ["00000000-gone", "backupRuns/17", "backupRuns/../x"])
async def test_what_the_cloud_has_forgotten_is_not_taken_for_a_backup(
    world: SqlWorld, operation: str
) -> None:
    """Unknown is never good."""
    progress = await world.api.poll(MAIN, operation)
    assert not progress.running
    assert progress.problem


async def test_a_short_trouble_of_a_read_is_gone_over(world: SqlWorld) -> None:
    """One that lasts is said."""
    world.model.plan_reads(SqlFault.UNAVAILABLE_BEFORE, SqlFault.LOST)
    assert len(await world.api.backups(MAIN)) == 1
    world.model.away = True
    with pytest.raises(CloudUnavailable, match="does not answer about Cloud SQL instance"):
        await world.api.poll(MAIN, "x")


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (False, r"cloudsql\.backupRuns\.list .* Grant it roles/cloudsql\.viewer\.$"),
        (True, r"cloudsql\.backupRuns\.create .* roles/cloudsql\.editor, or a role of your own"),
    ],
)
async def test_a_missing_permission_is_named_with_its_role(
    world: SqlWorld, order: bool, says: str
) -> None:
    """Cloud SQL itself does not name it."""
    (world.model.plan if order else world.model.plan_reads)(SqlFault.PERMISSION_DENIED)
    with pytest.raises(CloudRefused, match=says):
        await world.api.back_up(MAIN, DEPLOY)


async def test_an_api_that_is_not_enabled_is_told_from_a_missing_permission(
    world: SqlWorld,
) -> None:
    """The status is the same, and what to do is not."""
    world.model.plan_reads(SqlFault.NOT_ENABLED)
    with pytest.raises(CloudRefused, match=r"not enabled in project acme-prod\. Enable sqladmin"):
        await world.api.backups(MAIN)


@pytest.mark.parametrize("order", [False, True])
async def test_the_quota_names_a_time_to_wait(world: SqlWorld, order: bool) -> None:
    """And nothing was done."""
    (world.model.plan if order else world.model.plan_reads)(SqlFault.QUOTA)
    with pytest.raises(CloudUnavailable, match="quota") as error:
        await world.api.back_up(MAIN, DEPLOY)
    assert error.value.retry_after == timedelta(seconds=QUOTA_REST)
    assert error.value.outcome is Outcome.NOT_DONE
    assert world.ordered(MAIN) == {}


async def test_an_older_word_for_the_quota_is_understood() -> None:
    """With the status 403, and the time to wait among the details."""

    async def handler(request: web.Request) -> web.Response:
        error = {
            "errors": [{"reason": "userRateLimitExceeded"}],
            "details": [
                {"@type": "type.googleapis.com/google.rpc.Help"},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7.5s"},
            ],
        }
        return web.json_response({"error": error}, status=403)

    async with answering(handler) as api:
        with pytest.raises(CloudUnavailable, match="quota") as error:
            await api.backups(MAIN)
    assert error.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("status", "refused", "says"),
    [
        (400, True, "refused the call"),
        (401, False, "no usable Google identity"),
        (404, True, "does not exist"),
        (405, True, "refused the call"),
        (408, False, "does not answer"),
        (412, True, "refused the call"),
        (302, False, "does not answer"),
        (500, False, "does not answer"),
        (502, False, "does not answer"),
    ],
)
async def test_every_other_status_has_its_meaning(status: int, refused: bool, says: str) -> None:
    """Whatever its body is; a redirection is not followed."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, text="<html>", headers={"Location": "/elsewhere"})

    async with answering(handler, Patience(call=SHORT.call, read=timedelta())) as api:
        with pytest.raises(CloudUnavailable, match=says) as error:
            await api.backups(MAIN)
    assert isinstance(error.value, CloudRefused) is refused
    assert set(asked) == {f"/v1{RUNS}"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b'{"items": [{"id": "seven"}]}',
        b'{"items": [{"startTime": "yesterday"}]}',
        b'{"items": [17]}',
    ],
)
async def test_an_answer_that_makes_no_sense_is_none(body: bytes) -> None:
    """It is not taken for an empty list, which would be an order for another backup."""

    async def handler(request: web.Request) -> web.Response:
        assert request.method == "GET"
        return web.Response(body=body)

    async with answering(handler) as api:
        with pytest.raises(CloudUnavailable, match="cannot be read") as error:
            await api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.NOT_DONE


@pytest.mark.parametrize("body", [b"<html>", b"{}"])
async def test_an_order_with_an_answer_that_makes_no_sense_may_have_been_taken(
    body: bytes,
) -> None:
    """So the next call looks first."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"{}" if request.method == "GET" else body)

    async with answering(handler) as api:
        with pytest.raises(CloudUnavailable, match="cannot be read") as error:
            await api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.UNKNOWN


async def test_what_a_newer_api_adds_does_no_harm() -> None:
    """Neither a field nor a state; a state that nobody knows is not success."""
    runs = [
        {"id": "9", "status": "ARCHIVED", "shape": {"round": True}},
        {"id": "8", "status": "DELETED", "description": mark_of(DEPLOY)},
        {"id": "7", "status": 99},
    ]

    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"items": runs, "colour": "blue"})
        return web.json_response({"name": "op", "mood": "good"})

    async with answering(handler) as api:
        found = await api.backups(MAIN)
        assert {each.status for each in found} == {BackupStatus.UNKNOWN}
        assert [each.problem for each in found][1:] == [
            "Cloud SQL calls the state of the backup DELETED.",
            "Cloud SQL calls the state of the backup 99.",
        ]
        assert await api.back_up(MAIN, DEPLOY) == "op"


@pytest.mark.parametrize(
    ("operation", "running", "problem"),
    [
        ({"status": "PENDING"}, True, None),
        ({"status": "RUNNING"}, True, None),
        ({"status": "BREEDING"}, True, None),
        ({"status": 99}, True, None),
        ({"status": "DONE"}, False, "Cloud SQL does not say which backup was made."),
        (
            {"status": "DONE", "error": {"errors": [{"code": "A"}, {"message": "b"}, {}]}},
            False,
            "A; b; The cloud gives no reason.",
        ),
    ],
)
async def test_an_operation_is_read_with_care(
    operation: dict[str, object], running: bool, problem: str | None
) -> None:
    """Only one that names a good backup is good."""

    async def handler(request: web.Request) -> web.Response:
        assert request.path == "/v1/projects/acme-prod/operations/op"
        return web.json_response(operation)

    async with answering(handler) as api:
        progress = await api.poll(MAIN, "op")
    assert (progress.running, progress.problem) == (running, problem)


async def test_all_pages_are_read_up_to_a_number() -> None:
    """Newest first, whatever the order in which they came; a list without end is not read on."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.query.get("pageToken", ""))
        page = len(asked)
        run = {"id": str(page), "enqueuedTime": f"2026-03-14T0{page}:00:00Z"}
        return web.json_response({"items": [run, {"id": "99"}], "nextPageToken": str(page)})

    async with answering(handler) as api:
        found = await api.backups(MAIN)
    assert asked == ["", "1", "2", "3", "4"]
    assert [each.id for each in found] == ["5", "4", "3", "2", "1", *["99"] * 5]


async def test_the_simulated_list_has_pages(world: SqlWorld) -> None:
    """Read by Google's rules: as many as asked for, and a token for the rest."""
    await world.api.back_up(MAIN, DEPLOY)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{world.url}/v1{RUNS}?maxResults=1") as answer:
            first = await answer.json()
        rest = {"maxResults": "1", "pageToken": first["nextPageToken"]}
        async with http.get(f"{world.url}/sql/v1beta4{RUNS}", params=rest) as answer:
            second = await answer.json()
        async with http.get(f"{world.url}/v1{RUNS}?maxResults=some") as answer:
            assert answer.status == 400
    assert [each["type"] for each in (*first["items"], *second["items"])] == [
        "ON_DEMAND",
        "AUTOMATED",
    ]
    assert "nextPageToken" not in second


@pytest.mark.parametrize("body", ["", "[", '{"colour": "blue"}', '{"instance": "other"}'])
async def test_the_simulated_api_reads_strictly(world: SqlWorld, body: str) -> None:
    """A field that we made up would be refused here as it would be there."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{world.url}/v1{RUNS}", data=body) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["error"]["errors"][0]["reason"] == "invalid"
    assert world.ordered(MAIN) == {}


async def test_an_operation_of_another_project_is_not_there(world: SqlWorld) -> None:
    """It is known by its name within its project."""
    operation = await world.api.back_up(MAIN, DEPLOY)
    path = f"/v1/projects/acme-test/operations/{operation}"
    async with aiohttp.ClientSession() as http, http.get(world.url + path) as answer:
        assert answer.status == 404


async def test_a_server_that_never_answers_is_left() -> None:
    """After the time that is set; an order may have been taken."""

    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            await asyncio.Event().wait()
        return web.json_response({})

    patience = Patience(call=timedelta(seconds=0.1), read=timedelta(seconds=0.1))
    async with answering(handler, patience) as api:
        with pytest.raises(CloudUnavailable, match="does not answer") as error:
            await api.back_up(MAIN, DEPLOY)
    assert error.value.outcome is Outcome.UNKNOWN


async def test_a_server_that_is_not_there_is_said() -> None:
    """As any other that does not answer."""
    http = aiohttp.ClientSession()
    api = GoogleCloudSql(http, endpoint="http://127.0.0.1:9", token=no_token, patience=SHORT)
    with pytest.raises(CloudUnavailable, match="does not answer about Cloud SQL instance"):
        await api.backups(MAIN)
    await api.aclose()
    assert http.closed


@pytest.mark.parametrize("endpoint", ["http://sqladmin.googleapis.com", "http://10.0.0.1:80", "x"])
async def test_nobody_elsewhere_is_asked_without_tls(endpoint: str) -> None:
    """The orders and the token would be readable on the way."""
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ValueError, match="without TLS"):
            GoogleCloudSql(http, endpoint=endpoint, token=no_token)


async def test_a_missing_identity_is_said_before_anything_is_sent() -> None:
    """Google's hosts are asked with a token, and only those."""

    async def nobody() -> str:
        raise CloudUnavailable("The bot has no usable Google identity.")

    async with aiohttp.ClientSession() as http:
        for base in ("https://sqladmin.googleapis.com", "https://sql-acme.p.googleapis.com"):
            api = GoogleRest(http, base, token=nobody, timeout=SHORT.call)
            with pytest.raises(CloudUnavailable, match="no usable Google identity"):
                await api.get("/")


async def test_nobody_but_google_gets_the_token() -> None:
    """Over TLS either: nothing listens here, and no token was asked for before that is known."""
    async with aiohttp.ClientSession() as http:
        api = GoogleRest(http, "https://localhost:9", token=no_token, timeout=SHORT.call)
        with pytest.raises(ServiceUnavailable):
            await api.get("/")


async def test_a_lazy_database_that_was_not_used_has_nothing_to_close() -> None:
    """Nor has one that was closed."""
    lazy = LazyGoogleCloudSql(None, no_token)
    await lazy.aclose()
    await lazy.aclose()


async def test_instances_are_seeded_with_a_backup_of_any_age() -> None:
    """A demonstration begins with one that is fresh, or with one that is not."""
    clock = VirtualClock()
    model = SqlModel()
    model.seed(str(MAIN), clock.now(), age=timedelta(minutes=5))
    app = web.Application()
    SqlAdmin(model=model, clock=clock).mount(app.router)
    async with serving(app) as url, aiohttp.ClientSession() as http:
        api = GoogleCloudSql(http, endpoint=url, token=no_token, patience=SHORT)
        (nightly,) = await api.backups(MAIN)
        async with http.get(f"{url}/v1{RUNS}/{nightly.id}") as answer:
            assert json.loads(await answer.read())["type"] == "AUTOMATED"
    assert nightly.as_of == clock.now() - timedelta(minutes=5)
