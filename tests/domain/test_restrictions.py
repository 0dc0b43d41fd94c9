"""Who may lock, freeze and deny, who may take that back, and that everything else stays."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import (
    DANA,
    DEVELOPER,
    ENGINEER,
    NEW_DIGEST,
    NOW,
    OLD_DIGEST,
    OUTSIDER,
    OWNER,
    SAM,
    catalog,
    target,
)

from bot.domain.actor import Actor
from bot.domain.catalog import Target
from bot.domain.errors import NotFound, NotPermitted, UsageError
from bot.domain.guardians import approving, guarding
from bot.domain.locks import (
    LONGEST_LOCK,
    USUAL_LOCK,
    Locked,
    hold,
    lock,
    require_locker,
    require_unlocker,
    unlock,
)
from bot.domain.policy import BreakGlass, Policy
from bot.domain.restrictions import (
    Denial,
    Freeze,
    Lock,
    Restrictions,
    allow,
    deny,
    freeze,
    require_freezer,
    thaw,
)

NOTHING = Restrictions()
HOUR = timedelta(hours=1)
PRODUCTION, STAGING = target(), target(environment="staging")
COMMANDER = Actor(id="U0COMMAND", name="Cora", groups=frozenset({"commanders"}))


def asked(owner: str = DANA, where: Target = PRODUCTION, **changes: object) -> Lock:
    usual = Lock(
        target=where.key, owner=owner, reason="maintenance", since=NOW, until=NOW + USUAL_LOCK
    )
    return usual.model_copy(update=changes)


def stop(environment: str | None = "production", by: str = SAM, **changes: object) -> Freeze:
    usual = Freeze(environment=environment, by=by, reason="incident", since=NOW, until=None)
    return usual.model_copy(update=changes)


def denial(digest: str = NEW_DIGEST, version: str = "v1.2.0", service: str = "api") -> Denial:
    return Denial(
        digest=digest,
        version=version,
        service=service,
        deploy="D-7F3K2",
        reason="7 % errors",
        since=NOW,
    )


def with_glass() -> Target:
    return PRODUCTION.model_copy(
        update={"policy": Policy(break_glass=BreakGlass(group="commanders"))}
    )


# ── Setting a lock ───────────────────────────────────────────────────────────────────────────────


def test_a_lock_holds_its_target_until_it_ends() -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    assert held.locks_on("api/production", NOW + USUAL_LOCK - HOUR / 60) == (asked(),)
    assert held.locks_on("api/production", NOW + USUAL_LOCK) == ()
    assert held.locks_on("auth/production", NOW) == ()


def test_who_may_lock() -> None:
    require_locker(DEVELOPER, PRODUCTION)
    approver = OWNER.model_copy(update={"groups": frozenset({"owners"})})
    require_locker(approver, PRODUCTION)
    with pytest.raises(NotPermitted, match="lock api/production: that takes a member of dev"):
        require_locker(OUTSIDER, PRODUCTION)


def test_a_target_that_somebody_else_holds_says_who_until_when_and_how_to_take_over() -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    with pytest.raises(Locked) as refused:
        lock(held, PRODUCTION, asked(owner=SAM))
    assert str(refused.value) == (
        f"api/production is locked by {DANA} until 2026-03-14 14:00 UTC: maintenance. "
        "To take over, its owner or a member of sre or a member of owners has to unlock it first."
    )
    assert refused.value.lock == asked()


def test_the_owner_may_renew_a_lock() -> None:
    longer = asked(reason="still at it", until=NOW + 5 * HOUR)
    assert lock(lock(NOTHING, PRODUCTION, asked()), PRODUCTION, longer).locks == (longer,)


def test_a_lock_that_ended_hinders_nobody_and_is_dropped() -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    later = asked(owner=SAM, since=NOW + USUAL_LOCK, until=NOW + 2 * USUAL_LOCK)
    assert lock(held, PRODUCTION, later).locks == (later,)


@pytest.mark.parametrize("lasting", [timedelta(0), -HOUR, LONGEST_LOCK + timedelta(seconds=1)])
def test_a_lock_has_an_end_within_thirty_days(lasting: timedelta) -> None:
    with pytest.raises(UsageError, match="within 30 days"):
        lock(NOTHING, PRODUCTION, asked(until=NOW + lasting))
    assert lock(NOTHING, PRODUCTION, asked(until=NOW + LONGEST_LOCK)).locks


@pytest.mark.parametrize("reason", ["", "  "])
def test_locks_and_freezes_have_reasons(reason: str) -> None:
    with pytest.raises(UsageError, match="A lock needs a reason"):
        lock(NOTHING, PRODUCTION, asked(reason=reason))
    with pytest.raises(UsageError, match="A freeze needs a reason"):
        freeze(NOTHING, stop(reason=reason))


# ── The hold after a rollback ────────────────────────────────────────────────────────────────────


def test_a_rolled_back_deploy_holds_its_target_for_as_long_as_the_policy_says() -> None:
    held = hold(NOTHING, PRODUCTION, "D-1", NOW, reason="7 % errors")
    (left,) = held.locks
    assert (left.owner, left.by_deploy, left.until) == ("D-1", True, NOW + HOUR)


def test_without_a_time_in_the_policy_nothing_is_held() -> None:
    free = PRODUCTION.model_copy(update={"policy": Policy(hold_after_rollback=timedelta(0))})
    assert hold(NOTHING, free, "D-1", NOW, reason="7 % errors") == NOTHING


def test_a_persons_lock_and_a_hold_do_not_hinder_each_other() -> None:
    held = hold(lock(NOTHING, PRODUCTION, asked()), PRODUCTION, "D-1", NOW, reason="errors")
    assert [each.owner for each in held.locks] == [DANA, "D-1"]
    held = lock(hold(NOTHING, PRODUCTION, "D-1", NOW, reason="e"), PRODUCTION, asked())
    assert [each.owner for each in held.locks] == ["D-1", DANA]


# ── Removing a lock ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [DEVELOPER, ENGINEER, OWNER])
def test_a_persons_lock_is_removed_by_its_owner_or_an_approver(actor: Actor) -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    assert unlock(held, PRODUCTION, actor, NOW) == NOTHING


def test_another_deployer_may_not_remove_a_persons_lock() -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    other = DEVELOPER.model_copy(update={"id": "U0OTHER01"})
    with pytest.raises(Locked, match="its owner or a member of sre"):
        unlock(held, PRODUCTION, other, NOW)


def test_where_nobody_approves_only_its_owner_removes_a_lock() -> None:
    held = lock(NOTHING, STAGING, asked(where=STAGING))
    with pytest.raises(Locked, match="To take over, its owner has to unlock it first"):
        unlock(held, STAGING, ENGINEER, NOW)
    assert unlock(held, STAGING, DEVELOPER, NOW) == NOTHING


def test_a_hold_is_removed_by_an_approver_and_not_by_a_deployer() -> None:
    held = hold(NOTHING, PRODUCTION, "D-1", NOW, reason="errors")
    assert unlock(held, PRODUCTION, ENGINEER, NOW) == NOTHING
    with pytest.raises(Locked, match="To take over, a member of sre or a member of owners has"):
        unlock(held, PRODUCTION, DEVELOPER, NOW)


def test_where_nobody_approves_a_deployer_removes_a_hold() -> None:
    held = hold(NOTHING, STAGING, "D-1", NOW, reason="errors")
    assert unlock(held, STAGING, DEVELOPER, NOW) == NOTHING
    with pytest.raises(Locked):
        unlock(held, STAGING, OUTSIDER, NOW)


def test_a_hold_that_nobody_may_remove_says_so() -> None:
    closed = STAGING.model_copy(update={"deployers": ()})
    held = hold(NOTHING, closed, "D-1", NOW, reason="errors")
    with pytest.raises(Locked, match="To take over, wait for its end"):
        unlock(held, closed, DEVELOPER, NOW)


def test_a_hold_is_nobodys_own_even_if_the_ids_are_alike() -> None:
    """The id of a deploy is no person's id, whatever it looks like."""
    held = hold(NOTHING, PRODUCTION, DANA, NOW, reason="errors")
    with pytest.raises(Locked):
        unlock(held, PRODUCTION, DEVELOPER, NOW)


def test_those_who_may_break_the_glass_may_unlock() -> None:
    where = with_glass()
    require_unlocker(COMMANDER, where, asked())
    require_unlocker(COMMANDER, where, asked(by_deploy=True))
    with pytest.raises(Locked):
        require_unlocker(COMMANDER, PRODUCTION, asked())


def test_what_is_not_locked_cannot_be_unlocked() -> None:
    held = lock(NOTHING, PRODUCTION, asked())
    with pytest.raises(NotFound, match="auth/production is not locked"):
        unlock(held, target("auth"), ENGINEER, NOW)
    with pytest.raises(NotFound):
        unlock(held, PRODUCTION, DEVELOPER, NOW + USUAL_LOCK)


def test_only_the_locks_that_one_may_remove_are_removed() -> None:
    held = hold(lock(NOTHING, PRODUCTION, asked()), PRODUCTION, "D-1", NOW, reason="errors")
    left = unlock(held, PRODUCTION, DEVELOPER, NOW)
    assert [each.owner for each in left.locks] == ["D-1"]


# ── Freezes ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [ENGINEER, OWNER])
@pytest.mark.parametrize("environment", ["production", None])
def test_approvers_freeze_and_thaw(actor: Actor, environment: str | None) -> None:
    require_freezer(actor, catalog(), environment)
    held = freeze(NOTHING, stop(environment, by=actor.id))
    assert held.freezes == (stop(environment, by=actor.id),)
    assert thaw(held, catalog(), environment, actor, NOW) == NOTHING


@pytest.mark.parametrize("environment", ["production", None])
def test_deployers_do_not_freeze_what_others_approve(environment: str | None) -> None:
    with pytest.raises(NotPermitted, match=r"freeze .*: that takes a member of sre or owners"):
        require_freezer(DEVELOPER, catalog(), environment)


def test_where_nobody_approves_deployers_freeze_and_thaw() -> None:
    require_freezer(DEVELOPER, catalog(), "staging")
    held = freeze(NOTHING, stop("staging"))
    assert thaw(held, catalog(), "staging", DEVELOPER, NOW) == NOTHING
    with pytest.raises(NotPermitted):
        require_freezer(OUTSIDER, catalog(), "staging")


def test_an_unknown_environment_is_guarded_by_nobody() -> None:
    with pytest.raises(NotPermitted, match="a member of nobody"):
        require_freezer(ENGINEER, catalog(), "moon")


def test_everybody_thaws_what_is_their_own() -> None:
    """Also who is in no approving group any more."""
    held = freeze(freeze(NOTHING, stop(by=DANA)), stop(by=SAM))
    assert thaw(held, catalog(), "production", DEVELOPER, NOW).freezes == (stop(by=SAM),)


def test_others_do_not_thaw() -> None:
    held = freeze(NOTHING, stop())
    with pytest.raises(NotPermitted, match="end this freeze of production"):
        thaw(held, catalog(), "production", DEVELOPER, NOW)


def test_to_thaw_everything_it_takes_somebody_who_guards_every_environment() -> None:
    held = freeze(NOTHING, stop(None))
    approver = OWNER.model_copy(update={"groups": frozenset({"owners"})})
    require_freezer(approver, catalog(), None)
    with pytest.raises(NotPermitted, match="end this freeze of all environments"):
        thaw(held, catalog(), None, approver, NOW)
    assert thaw(held, catalog(), None, ENGINEER, NOW) == NOTHING


def test_a_freeze_of_everything_is_not_thawed_for_one_environment() -> None:
    held = freeze(NOTHING, stop(None))
    with pytest.raises(NotFound, match="frozen with all environments"):
        thaw(held, catalog(), "production", ENGINEER, NOW)


def test_a_window_of_the_policy_is_not_thawed() -> None:
    with pytest.raises(NotFound, match="window of the policy ends by itself"):
        thaw(NOTHING, catalog(), "production", ENGINEER, NOW)


def test_who_freezes_again_replaces_their_own_freeze_only() -> None:
    held = freeze(freeze(NOTHING, stop(by=SAM)), stop(by=DANA))
    longer = stop(by=SAM, until=NOW + HOUR)
    assert freeze(held, longer).freezes == (stop(by=DANA), longer)


def test_a_freeze_that_has_ended_is_dropped() -> None:
    held = freeze(NOTHING, stop(until=NOW + HOUR))
    assert held.at(NOW + HOUR / 2) == held
    assert held.at(NOW + HOUR) == NOTHING
    with pytest.raises(NotFound):
        thaw(held, catalog(), "production", ENGINEER, NOW + HOUR)


def test_a_freeze_that_is_over_when_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-03-14 12:00 UTC is over already"):
        freeze(NOTHING, stop(until=NOW))


# ── Denied versions ──────────────────────────────────────────────────────────────────────────────


def test_a_denied_digest_is_denied_until_it_is_allowed() -> None:
    held = deny(NOTHING, denial())
    assert held.denied == {NEW_DIGEST}
    assert held.denial(NEW_DIGEST) == denial()
    assert held.denial(OLD_DIGEST) is None
    everywhere = catalog().targets("api")
    assert allow(held, everywhere, "v1.2.0", ENGINEER, NOW) == NOTHING
    assert allow(held, everywhere, NEW_DIGEST, ENGINEER, NOW) == NOTHING


def test_the_first_reason_stays() -> None:
    again = denial().model_copy(update={"deploy": "D-2"})
    assert deny(deny(NOTHING, denial()), again).denials == (denial(),)


def test_what_is_not_denied_cannot_be_allowed() -> None:
    held = deny(NOTHING, denial())
    with pytest.raises(NotFound, match=r"v9 is not denied; of api, v1\.2\.0 is"):
        allow(held, catalog().targets("api"), "v9", ENGINEER, NOW)
    with pytest.raises(NotFound, match="of auth, nothing is"):
        allow(held, catalog().targets("auth"), "v1.2.0", ENGINEER, NOW)


def test_a_deployer_does_not_allow_what_others_approve() -> None:
    held = deny(NOTHING, denial())
    with pytest.raises(NotPermitted, match=r"allow v1\.2\.0 again: that takes a member of sre"):
        allow(held, catalog().targets("api"), "v1.2.0", DEVELOPER, NOW)


def test_other_denials_stay() -> None:
    other = denial(OLD_DIGEST, "v1.1.0")
    held = deny(deny(NOTHING, denial()), other)
    assert allow(held, catalog().targets("api"), "v1.2.0", ENGINEER, NOW).denials == (other,)


# ── Guardians ────────────────────────────────────────────────────────────────────────────────────


def test_those_who_approve_guard_and_where_nobody_does_those_who_deploy() -> None:
    assert approving([PRODUCTION, STAGING]) == ("sre", "owners")
    assert guarding([PRODUCTION, STAGING]) == ("sre", "owners")
    assert (approving([STAGING]), guarding([STAGING])) == ((), ("developers", "sre"))
    assert guarding([]) == ()


# ── What always holds ────────────────────────────────────────────────────────────────────────────

STEPS = tuple(
    product(
        ("lock", "hold", "unlock", "freeze", "thaw", "deny", "allow"),
        (DEVELOPER, ENGINEER, OWNER, OUTSIDER, COMMANDER),
        (PRODUCTION, STAGING, target("auth")),
        (0, 1, 29, 30, 31, 59, 60),
    )
)
steps = st.lists(st.sampled_from(STEPS), max_size=15)


def apply(held: Restrictions, what: str, actor: Actor, where: Target, minute: int) -> Restrictions:
    """One transition, as a use case would ask for it."""
    now = NOW + timedelta(minutes=minute)
    match what:
        case "lock":
            wish = asked(actor.id, where, since=now, until=now + USUAL_LOCK)
            return lock(held, where, wish)
        case "hold":
            return hold(held, where, f"D-{minute}", now, reason="errors")
        case "unlock":
            return unlock(held, where, actor, now)
        case "freeze":
            return freeze(held, stop(where.environment, by=actor.id, since=now))
        case "thaw":
            return thaw(held, catalog(), where.environment, actor, now)
        case "deny":
            return deny(held, denial(service=where.service).model_copy(update={"since": now}))
        case _:
            return allow(held, (where,), "v1.2.0", actor, now)


@settings(deadline=None)
@given(steps)
def test_nothing_of_others_is_lost_but_by_those_who_may(
    story: list[tuple[str, Actor, Target, int]],
) -> None:
    held, minute = NOTHING, 0
    for what, actor, where, wait in story:
        minute += wait
        now = NOW + timedelta(minutes=minute)
        before = held.at(now)
        try:
            held = apply(held, what, actor, where, minute)
        except (NotFound, NotPermitted):
            continue
        assert held == held.at(now)
        for gone in set(before.locks) - set(held.locks):
            own = gone.owner == actor.id and not gone.by_deploy
            assert what in {"lock", "unlock"}
            assert own or (what == "unlock" and actor.groups & set(guarding([where])))
            assert gone.target == where.key
        assert set(before.freezes) <= set(held.freezes) or what in {"freeze", "thaw"}
        assert before.denied <= held.denied or what == "allow"
        owners = [each.owner for each in held.locks_on(where.key, now) if not each.by_deploy]
        assert len(owners) <= 1
