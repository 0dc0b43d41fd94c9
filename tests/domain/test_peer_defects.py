"""Defects that users of other deploy tools have reported, and that must not be ours.

A test is named for the project and the number of its issue or pull request.
"""

from datetime import timedelta

import pytest
from ledgers import MINUTE, digest, ledger, record, version
from samples import DANA, DEVELOPER, ENGINEER, NOW, OUTSIDER, catalog, target

from bot.domain.admission import Rule, obstacles
from bot.domain.history import Kind, previous
from bot.domain.locks import LONGEST_LOCK, Locked, hold, lock, unlock
from bot.domain.policy import BreakGlass, FreezeWindow, Policy, PromoteFrom
from bot.domain.restrictions import Denial, Freeze, Lock, Restrictions, deny

HOUR = timedelta(hours=1)
POLICY = Policy(
    promote_from=PromoteFrom(environment="staging", soak=30 * MINUTE),
    freeze=(FreezeWindow(cron="0 16 * * FRI", duration=64 * HOUR, reason="weekend"),),
    freeze_exception="owners",
    break_glass=BreakGlass(group="commanders"),
)
GUARDED = target().model_copy(update={"policy": POLICY})
LOCK = Lock(target="api/production", owner=DANA, reason="index build", since=NOW, until=NOW + HOUR)


# ── Whether a deploy may happen ──────────────────────────────────────────────────────────────────


def test_kargo_4237_what_lets_a_version_pass_lets_it_pass_everywhere() -> None:
    """An approval was there, and a second place went on to wait for the soak."""
    fresh = ledger("A")
    usual = obstacles(GUARDED, Restrictions(), NOW, digest=digest("A"), ledger_before=fresh)
    assert [each.rule for each in usual] == [Rule.FREEZE, Rule.SOAKING]
    # Who asks before everything is looked up is told less, and never anything else.
    assert set(obstacles(GUARDED, Restrictions(), NOW)) < set(usual)
    passed = obstacles(
        GUARDED,
        Restrictions(),
        NOW,
        digest=digest("A"),
        ledger_before=fresh,
        break_glass=True,
    )
    assert passed == ()


def test_kargo_1422_one_freeze_stops_every_environment() -> None:
    """There was no way to stop the line for all, with exceptions that somebody grants."""
    stop = Freeze(environment=None, by=DANA, reason="incident", since=NOW, until=None)
    held = Restrictions(freezes=(stop,))
    for place in catalog().targets():
        assert [each.rule for each in obstacles(place, held, NOW)] == [Rule.FREEZE]
    assert obstacles(GUARDED, held, NOW, exception=True) == ()


def test_kargo_6151_a_version_that_was_rolled_back_is_not_promoted_again() -> None:
    """It could be promoted again, in any environment."""
    bad = Denial(
        digest=digest("A"), version="A", service="api", deploy="D-1", reason="errors", since=NOW
    )
    held = deny(Restrictions(), bad)
    for place in (*catalog().targets(), GUARDED):
        found = obstacles(place, held, NOW, digest=digest("A"), break_glass=True, exception=True)
        assert [each.rule for each in found if each.rule is Rule.DENIED] == [Rule.DENIED]


def test_kargo_3016_automation_does_not_bring_back_what_was_rolled_back() -> None:
    """The next thing that deployed by itself undid the rollback."""
    held = hold(Restrictions(), target(), "D-1", NOW, reason="errors")
    (found,) = obstacles(target(), held, NOW, digest=digest("B"))
    assert (found.rule, found.holder) == (Rule.LOCK, "D-1")


def test_flagger_616_a_rollback_waits_for_nothing() -> None:
    """After the promotion a rollback went through the whole analysis again."""
    held = hold(Restrictions(locks=(LOCK,)), GUARDED, "D-1", NOW, reason="errors")
    found = obstacles(GUARDED, held, NOW, kind=Kind.ROLLBACK, digest=digest("A"), ledger_before=[])
    assert found == ()


# ── Locks ────────────────────────────────────────────────────────────────────────────────────────


def test_branch_deploy_155_a_deploy_does_not_take_a_persons_lock_with_it() -> None:
    """A lock that was meant to stay was removed by the end of a deploy."""
    held = lock(Restrictions(), target(), LOCK)
    after = hold(held, target(), "D-1", NOW, reason="errors")
    assert LOCK in after.locks
    approver = ENGINEER
    assert unlock(after, target(), approver, NOW).locks == ()
    assert LOCK in hold(after, target(), "D-2", NOW, reason="errors").locks


def test_branch_deploy_438_a_lock_holds_what_its_owner_deploys_as_well() -> None:
    """A lock of a user let one change of that user undo another one."""
    held = lock(Restrictions(), target(), LOCK)
    (found,) = obstacles(target(), held, NOW, digest=digest("B"))
    assert (found.rule, found.holder) == (Rule.LOCK, DANA)


def test_branch_deploy_locks_end_and_are_not_anybodys_to_remove() -> None:
    """Locks had no end, and everybody who could write could remove anybody's."""
    held = lock(Restrictions(), target(), LOCK)
    other = DEVELOPER.model_copy(update={"id": "U0OTHER01"})
    for somebody in (other, OUTSIDER):
        with pytest.raises(Locked):
            unlock(held, target(), somebody, NOW)
    assert held.at(NOW + LONGEST_LOCK) == Restrictions()


# ── Where a rollback goes ────────────────────────────────────────────────────────────────────────


def test_quill_router_731_previous_comes_from_what_landed() -> None:
    """The first entry of the traffic was taken for what had served; it was a mere tag."""
    assert previous(ledger("A", "B", "C-", "D!"), version("B")) == version("A")


def test_shipit_449_a_rollback_of_a_rollback_goes_further_back() -> None:
    """It was unclear where it goes, and in the end forbidden."""
    assert previous(ledger("A", "B", "C", "<B"), version("B")) == version("A")


def test_shipit_274_what_was_never_begun_is_no_goal() -> None:
    """A deploy that never started could be rolled back to."""
    never = record("B", 10, started=None, moved=False)
    for ending in ("refused", "cancelled", "failed", "unknown"):
        found = [
            *ledger("A", "C")[:1],
            type(never).model_validate({**never.model_dump(), "ending": ending}),
            *ledger("A"),
        ]
        assert previous(found, version("C")) == version("A")
