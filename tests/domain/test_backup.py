"""Backups: which is ours, which is good, and whether it is fresh."""

from datetime import timedelta

import pytest
import samples
from pydantic import ValidationError

from bot.domain.backup import (
    Backup,
    BackupStatus,
    DatabaseInstance,
    is_fresh,
    mark_of,
    newest_good,
    own_backup,
)
from bot.domain.errors import UsageError

MAIN = DatabaseInstance.parse("acme-prod/main")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BAD = [each for each in BackupStatus if each is not BackupStatus.SUCCEEDED]


def backup(
    age: timedelta = HOUR,
    status: BackupStatus = BackupStatus.SUCCEEDED,
    *,
    took: timedelta = MINUTE,
    number: str = "1",
    description: str = "",
) -> Backup:
    """A backup that began some time before noon."""
    return Backup(
        id=number,
        instance=MAIN,
        status=status,
        started=samples.NOW - age,
        ended=None if status is BackupStatus.RUNNING else samples.NOW - age + took,
        description=description,
    )


def test_an_instance_is_read_and_written_alike() -> None:
    """As it stands in a policy."""
    assert (MAIN.project, MAIN.instance, str(MAIN)) == ("acme-prod", "main", "acme-prod/main")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "main",
        "/",
        "acme-prod/",
        "/main",
        "acme-prod/main/replica",
        "acme-prod/Main",
        "acme-prod/-",
        "acme-prod/..",
        "acme/main",
        "acme-prod-/main",
        "acme-prod/main\n",
        "acme-prod:us-central1:main",
        "acme-prod/" + "m" * 93,
    ],
)
def test_another_text_is_refused_with_the_form_to_use(text: str) -> None:
    """Also one that would lead to another address, or to all instances of a project."""
    with pytest.raises(UsageError, match="is not a Cloud SQL instance") as error:
        DatabaseInstance.parse(text)
    assert error.value.hint == "Write project/instance: acme-prod/main"


def test_an_instance_cannot_be_made_from_anything_else() -> None:
    """Past the reading of a text either."""
    with pytest.raises(ValidationError, match="named by the ids"):
        DatabaseInstance(project="acme-prod", instance="../other")


def test_the_newest_good_backup_is_that_with_the_newest_data() -> None:
    """In whatever order they come; one that is newer but failed does not count."""
    old, new = backup(3 * HOUR, number="1"), backup(HOUR, number="2")
    failed = backup(MINUTE, BackupStatus.FAILED, number="3")
    assert newest_good([old, failed, new]) == new
    assert newest_good([new, old]) == new


def test_a_slow_backup_is_as_old_as_its_beginning() -> None:
    """It ended last, but another one began later."""
    slow = backup(3 * HOUR, took=3 * HOUR, number="1")
    quick = backup(HOUR, number="2")
    assert newest_good([slow, quick]) == quick
    assert not is_fresh([slow], samples.NOW, HOUR)


@pytest.mark.parametrize("status", BAD)
def test_only_success_is_good(status: BackupStatus) -> None:
    """Skipped means that there is none."""
    assert newest_good([backup(MINUTE, status)]) is None
    assert not is_fresh([backup(MINUTE, status)], samples.NOW, HOUR)


def test_success_without_an_end_is_not_good_yet() -> None:
    """Nobody says when it was."""
    unended = backup().model_copy(update={"ended": None})
    assert newest_good([unended]) is None


def test_a_backup_without_a_beginning_is_as_old_as_its_end() -> None:
    """The best that is known."""
    unbegun = backup(HOUR).model_copy(update={"started": None})
    assert unbegun.as_of == samples.NOW - HOUR + MINUTE
    assert is_fresh([unbegun], samples.NOW, HOUR)


def test_a_backup_is_fresh_up_to_its_age_and_not_beyond() -> None:
    """The border belongs to it."""
    assert is_fresh([backup(HOUR)], samples.NOW, HOUR)
    assert not is_fresh([backup(HOUR + timedelta(seconds=1))], samples.NOW, HOUR)
    assert not is_fresh([], samples.NOW, HOUR)


def test_a_deploy_finds_its_own_backup_by_its_mark() -> None:
    """And nobody else's, though its name begins alike."""
    ours = backup(description=mark_of("D-7F3K2"))
    others = [backup(description=mark_of("D-7F3K")), backup(description="D-7F3K2 by hand")]
    assert own_backup([*others, ours], "D-7F3K2") == ours
    assert own_backup(others, "D-7F3K2") is None


def test_a_backup_that_succeeded_is_preferred_to_one_on_its_way() -> None:
    """There is nothing to wait for then."""
    mark = mark_of("D-7F3K2")
    done = backup(HOUR, number="1", description=mark)
    running = backup(MINUTE, BackupStatus.RUNNING, number="2", description=mark)
    assert own_backup([running, done], "D-7F3K2") == done
    assert own_backup([running], "D-7F3K2") == running


@pytest.mark.parametrize(
    "status", [BackupStatus.FAILED, BackupStatus.SKIPPED, BackupStatus.UNKNOWN]
)
def test_a_backup_that_came_to_nothing_is_not_taken_for_ours(status: BackupStatus) -> None:
    """The deploy gets another one."""
    assert own_backup([backup(MINUTE, status, description=mark_of("D-7F3K2"))], "D-7F3K2") is None
