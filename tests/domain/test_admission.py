"""One decision whether a deploy may happen, with what stands in the way and how to get past it."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import MINUTE, digest, ledger, letters, stories
from samples import DANA, NEW_DIGEST, NOW, SAM, target

from bot.domain.admission import Obstacle, Rule, obstacles
from bot.domain.catalog import Target
from bot.domain.errors import UsageError
from bot.domain.history import Kind, Ledger
from bot.domain.policy import BreakGlass, FreezeWindow, Policy, PromoteFrom
from bot.domain.restrictions import Denial, Freeze, Lock, Restrictions

HOUR = timedelta(hours=1)
# NOW is a Saturday.
WEEKEND = FreezeWindow(cron="0 16 * * FRI", duration=64 * HOUR, reason="weekend")
STRICT = Policy(
    promote_from=PromoteFrom(environment="staging", soak=30 * MINUTE),
    freeze=(WEEKEND,),
    freeze_exception="owners",
    break_glass=BreakGlass(group="commanders"),
)
LOCK = Lock(target="api/production", owner=DANA, reason="index build", since=NOW, until=NOW + HOUR)
HOLD = LOCK.model_copy(update={"owner": "D-1", "reason": "7 % errors", "by_deploy": True})
FREEZE = Freeze(environment=None, by=SAM, reason="incident", since=NOW, until=None)
DENIAL = Denial(
    digest=NEW_DIGEST, version="v1.2.0", service="api", deploy="D-1", reason="7 % errors", since=NOW
)
EVERYTHING = Restrictions(locks=(LOCK, HOLD), freezes=(FREEZE,), denials=(DENIAL,))


def under(**changes: object) -> Target:
    """api/production under the strict policy, or a variation of it."""
    return target().model_copy(update={"policy": STRICT.model_copy(update=changes)})


FREE = target()


def rules(found: tuple[Obstacle, ...]) -> list[Rule]:
    return [obstacle.rule for obstacle in found]


def test_where_nothing_forbids_it_it_may_go_ahead() -> None:
    assert obstacles(FREE, Restrictions(), NOW, digest=NEW_DIGEST, ledger_before=()) == ()


def test_everything_that_stands_in_the_way_is_named_at_once() -> None:
    found = obstacles(under(), EVERYTHING, NOW, digest=NEW_DIGEST, ledger_before=[])
    assert rules(found) == [Rule.DENIED, Rule.LOCK, Rule.LOCK, Rule.FREEZE, Rule.NOT_VERIFIED]


@pytest.mark.parametrize(
    ("restrictions", "obstacle"),
    [
        (
            Restrictions(denials=(DENIAL,)),
            Obstacle(
                rule=Rule.DENIED,
                says="v1.2.0 is denied since D-1: 7 % errors.",
                way_out="allow api v1.2.0",
                holder="D-1",
            ),
        ),
        (
            Restrictions(locks=(LOCK,)),
            Obstacle(
                rule=Rule.LOCK,
                says="api/production is locked: index build.",
                until=NOW + HOUR,
                way_out="unlock api production",
                holder=DANA,
            ),
        ),
        (
            Restrictions(locks=(HOLD,)),
            Obstacle(
                rule=Rule.LOCK,
                says="api/production is held after D-1: 7 % errors.",
                until=NOW + HOUR,
                way_out="unlock api production",
                holder="D-1",
            ),
        ),
        (
            Restrictions(freezes=(FREEZE,)),
            Obstacle(
                rule=Rule.FREEZE,
                says="production is frozen: incident.",
                way_out="thaw --all",
                holder=SAM,
            ),
        ),
        (
            Restrictions(freezes=(FREEZE.model_copy(update={"environment": "production"}),)),
            Obstacle(
                rule=Rule.FREEZE,
                says="production is frozen: incident.",
                way_out="thaw production",
                holder=SAM,
            ),
        ),
    ],
)
def test_what_people_have_set_is_named_with_the_way_out(
    restrictions: Restrictions, obstacle: Obstacle
) -> None:
    assert obstacles(FREE, restrictions, NOW, digest=NEW_DIGEST) == (obstacle,)


def test_a_window_ends_by_itself_and_no_command_opens_it() -> None:
    (found,) = obstacles(under(), Restrictions(), NOW, digest=NEW_DIGEST)
    assert (found.rule, found.says) == (Rule.FREEZE, "production is frozen: weekend.")
    assert found.until == NOW + timedelta(days=1, hours=20)
    assert (found.way_out, found.waivable, found.holder) == ("", True, None)


def test_a_window_and_a_freeze_by_hand_are_one_obstacle() -> None:
    (found,) = obstacles(under(), Restrictions(freezes=(FREEZE,)), NOW)
    assert (found.says, found.way_out) == ("production is frozen: weekend; incident.", "")


def test_two_who_froze_have_no_single_holder() -> None:
    other = FREEZE.model_copy(update={"by": DANA})
    (found,) = obstacles(FREE, Restrictions(freezes=(FREEZE, other)), NOW)
    assert found.holder is None


def test_what_has_ended_forbids_nothing() -> None:
    restrictions = Restrictions(
        locks=(LOCK, HOLD), freezes=(FREEZE.model_copy(update={"until": NOW + HOUR}),)
    )
    assert obstacles(FREE, restrictions, NOW + HOUR) == ()


def test_locks_and_freezes_of_others_forbid_nothing() -> None:
    elsewhere = target(environment="staging")
    freeze = FREEZE.model_copy(update={"environment": "production"})
    assert obstacles(elsewhere, Restrictions(locks=(LOCK,), freezes=(freeze,)), NOW) == ()


def test_a_denied_digest_is_denied_everywhere() -> None:
    held = Restrictions(denials=(DENIAL,))
    for service, environment in itertools.product(("api", "auth"), ("staging", "production")):
        found = obstacles(target(service, environment), held, NOW, digest=NEW_DIGEST)
        assert rules(found) == [Rule.DENIED]


def test_a_window_that_cannot_be_read_stops_the_decision() -> None:
    broken = FreezeWindow(cron="often", duration=HOUR, reason="?")
    with pytest.raises(UsageError):
        obstacles(under(freeze=(broken,)), Restrictions(), NOW)


# ── The order of environments ────────────────────────────────────────────────────────────────────

PROMOTED = under(freeze=())


def promoting(story: str, letter: str, after: int) -> tuple[Obstacle, ...]:
    words = story.split()
    now = NOW + ((len(words) - 1) * 60 + after) * MINUTE
    before = ledger(*words, apart=60)
    return obstacles(PROMOTED, Restrictions(), now, digest=digest(letter), ledger_before=before)


def test_what_has_served_for_long_enough_before_may_come() -> None:
    assert promoting("A B", "B", after=30) == ()


def test_what_has_not_served_for_long_enough_has_to_wait() -> None:
    (found,) = promoting("A B", "B", after=29)
    assert (found.rule, found.until) == (Rule.SOAKING, NOW + 90 * MINUTE)
    assert found.says == "This version has not served in staging for long enough."


def test_what_was_not_there_is_told_where_to_go_and_what_may_come_instead() -> None:
    (found,) = promoting("A B C D E <D", "Z", after=60)
    assert found.rule is Rule.NOT_VERIFIED
    assert found.says == (
        "This version has not landed there (staging). What may be promoted: D, C, B."
    )
    assert found.way_out == f"api {digest('Z')} staging"


def test_where_nothing_may_come_that_is_said() -> None:
    (found,) = promoting("A!", "A", after=60)
    assert found.says.endswith("No version may be promoted from there at the moment.")


def test_what_is_not_looked_up_yet_is_not_decided_yet() -> None:
    assert obstacles(PROMOTED, Restrictions(), NOW, digest=NEW_DIGEST) == ()
    assert obstacles(PROMOTED, Restrictions(), NOW, ledger_before=[]) == ()


def test_following_the_newest_brings_nothing_new() -> None:
    found = obstacles(
        PROMOTED, EVERYTHING, NOW, kind=Kind.UNPIN, digest=digest("Z"), ledger_before=[]
    )
    assert rules(found) == [Rule.LOCK, Rule.LOCK, Rule.FREEZE]


# ── What passes ──────────────────────────────────────────────────────────────────────────────────


def test_an_exception_passes_freezes_and_nothing_else() -> None:
    found = obstacles(under(), EVERYTHING, NOW, digest=NEW_DIGEST, ledger_before=[], exception=True)
    assert rules(found) == [Rule.DENIED, Rule.LOCK, Rule.LOCK, Rule.NOT_VERIFIED]


def test_where_the_policy_knows_no_exceptions_there_are_none() -> None:
    where = under(freeze_exception=None)
    (found,) = obstacles(where, Restrictions(), NOW, exception=True)
    assert (found.rule, found.waivable) == (Rule.FREEZE, False)


def test_breaking_the_glass_passes_all_but_a_persons_lock_and_a_denial() -> None:
    found = obstacles(
        under(), EVERYTHING, NOW, digest=NEW_DIGEST, ledger_before=[], break_glass=True
    )
    assert [(each.rule, each.holder) for each in found] == [
        (Rule.DENIED, "D-1"),
        (Rule.LOCK, DANA),
    ]


def test_where_the_policy_knows_no_glass_it_cannot_be_broken() -> None:
    where = under(break_glass=None)
    assert obstacles(where, EVERYTHING, NOW, break_glass=True) == obstacles(where, EVERYTHING, NOW)


def test_a_rollback_passes_all_but_a_denial() -> None:
    found = obstacles(
        under(), EVERYTHING, NOW, kind=Kind.ROLLBACK, digest=NEW_DIGEST, ledger_before=[]
    )
    assert rules(found) == [Rule.DENIED]
    assert obstacles(under(), EVERYTHING, NOW, kind=Kind.ROLLBACK, digest=digest("A")) == ()


# ── What always holds ────────────────────────────────────────────────────────────────────────────

restrictions = st.sampled_from(
    [
        Restrictions(locks=locks, freezes=freezes, denials=denials)
        for locks in ((), (LOCK,), (HOLD,), (LOCK, HOLD), (HOLD, LOCK), (LOCK, LOCK), (HOLD, HOLD))
        for freezes in ((), (FREEZE,))
        for denials in ((), (DENIAL,))
    ]
)
policies = st.sampled_from(
    [
        Policy(promote_from=source, freeze=freeze, freeze_exception=group, break_glass=glass)
        for source in (None, STRICT.promote_from)
        for freeze in ((), (WEEKEND,))
        for group in (None, "owners")
        for glass in (None, BreakGlass(group="commanders"))
    ]
)
digests = st.one_of(st.sampled_from([None, NEW_DIGEST]), letters.map(digest))
ledgers = st.one_of(st.none(), stories.map(lambda story: ledger(*story)))
minutes = st.integers(min_value=0, max_value=300).map(lambda minute: NOW + minute * MINUTE)


@settings(deadline=None)
@given(restrictions, policies, digests, ledgers, minutes)
def test_more_authority_never_adds_an_obstacle(
    held: Restrictions,
    policy: Policy,
    wanted: str | None,
    before: Ledger | None,
    now: object,
) -> None:
    where = target().model_copy(update={"policy": policy})

    def ask(kind: Kind = Kind.DEPLOY, **terms: bool) -> set[Obstacle]:
        return set(
            obstacles(where, held, now, kind=kind, digest=wanted, ledger_before=before, **terms)
        )

    usual = ask()
    excepted, glass, back = ask(exception=True), ask(break_glass=True), ask(Kind.ROLLBACK)
    assert back <= glass <= usual
    assert excepted <= usual
    assert {each.rule for each in usual - excepted} <= {Rule.FREEZE}
    assert all(each.waivable for each in usual - excepted)
    assert {each for each in usual if each.rule is Rule.DENIED} == back
    assert all(each.until is None or each.until > now for each in usual)
    assert all(each.says.endswith(".") for each in usual)
