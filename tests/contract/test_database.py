"""What a database promises, to whoever makes its backups.

Another implementation joins with a name among `params` and a `Place` of its own.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from databases import DEPLOY, MAIN, OTHER, SqlWorld, no_token, world_of_databases

from adapters.gcp.lazy import LazyGoogleCloudSql
from bot.domain.backup import (
    BackupStatus,
    DatabaseInstance,
    is_fresh,
    mark_of,
    newest_good,
    own_backup,
)
from bot.domain.errors import CloudRefused
from bot.ports import Database

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database under test, and the world in which its instances are."""

    database: Database
    world: SqlWorld


@pytest.fixture(params=["google", "lazy"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Two instances with last night's backup; the time stands still."""
    async with world_of_databases() as world:
        if request.param == "google":
            yield Place(database=world.api, world=world)
            return
        lazy = LazyGoogleCloudSql(world.url, no_token)
        yield Place(database=lazy, world=world)
        await lazy.aclose()


async def ended(place: Place, operation: str) -> None:
    """Let a backup end that is under way."""
    assert operation
    assert (await place.database.poll(MAIN, operation)).running
    place.world.end()


async def test_the_nightly_backup_is_good_and_not_fresh(place: Place) -> None:
    """It tells what a checklist asks."""
    (nightly,) = await place.database.backups(MAIN)
    now = place.world.clock.now()
    assert (nightly.status, nightly.instance, nightly.problem) == (
        BackupStatus.SUCCEEDED,
        MAIN,
        None,
    )
    assert nightly.as_of == now - 8 * HOUR
    assert not is_fresh([nightly], now, HOUR)
    assert is_fresh([nightly], now, 8 * HOUR)


async def test_a_backup_runs_and_ends(place: Place) -> None:
    """While it runs it is no good yet; then it is fresh, and is the newest."""
    operation = await place.database.back_up(MAIN, DEPLOY)
    newest = (await place.database.backups(MAIN))[0]
    assert (newest.status, newest.ended) == (BackupStatus.RUNNING, None)
    assert newest.description == mark_of(DEPLOY)
    await ended(place, operation)
    progress = await place.database.poll(MAIN, operation)
    assert (progress.running, progress.problem) == (False, None)
    found = await place.database.backups(MAIN)
    assert newest_good(found) == found[0]
    assert is_fresh(found, place.world.clock.now(), HOUR)


async def test_a_second_order_adopts_the_backup_under_way(place: Place) -> None:
    """What it returns can be polled to the same end."""
    await place.database.back_up(MAIN, DEPLOY)
    again = await place.database.back_up(MAIN, DEPLOY)
    await ended(place, again)
    progress = await place.database.poll(MAIN, again)
    assert (progress.running, progress.problem) == (False, None)
    assert len(await place.database.backups(MAIN)) == 2


async def test_an_order_after_the_end_has_nothing_to_wait_for(place: Place) -> None:
    """And makes nothing."""
    await ended(place, await place.database.back_up(MAIN, DEPLOY))
    assert await place.database.back_up(MAIN, DEPLOY) == ""
    assert not (await place.database.poll(MAIN, "")).running
    assert len(await place.database.backups(MAIN)) == 2


async def test_every_deploy_gets_a_backup_of_its_own(place: Place) -> None:
    """Newest first."""
    await ended(place, await place.database.back_up(MAIN, DEPLOY))
    await ended(place, await place.database.back_up(MAIN, "D-NEXT0"))
    marks = [each.description for each in await place.database.backups(MAIN)]
    assert marks == [mark_of("D-NEXT0"), mark_of(DEPLOY), ""]


async def test_instances_have_nothing_to_do_with_each_other(place: Place) -> None:
    """One is backed up while the other is, for the same deploy."""
    await place.database.back_up(MAIN, DEPLOY)
    assert await place.database.back_up(OTHER, DEPLOY)
    found = own_backup(await place.database.backups(OTHER), DEPLOY)
    assert found is not None
    assert found.instance == OTHER


async def test_a_failed_backup_says_why_and_is_made_anew(place: Place) -> None:
    """An order after it does not take it for done."""
    place.world.spoil()
    operation = await place.database.back_up(MAIN, DEPLOY)
    await ended(place, operation)
    progress = await place.database.poll(MAIN, operation)
    assert not progress.running
    assert progress.problem
    failed = (await place.database.backups(MAIN))[0]
    assert failed.status is BackupStatus.FAILED
    assert failed.problem == progress.problem
    await ended(place, await place.database.back_up(MAIN, DEPLOY))
    assert await place.database.back_up(MAIN, DEPLOY) == ""


async def test_an_instance_that_is_not_there_is_refused(place: Place) -> None:
    """By its name; asking again would not help."""
    nowhere = DatabaseInstance.parse("acme-prod/nowhere")
    with pytest.raises(CloudRefused, match="acme-prod/nowhere does not exist"):
        await place.database.backups(nowhere)
    with pytest.raises(CloudRefused, match="acme-prod/nowhere does not exist"):
        await place.database.back_up(nowhere, DEPLOY)
