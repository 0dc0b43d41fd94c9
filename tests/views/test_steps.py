"""How far a rollout is: steps, shares and the bar of the traffic."""

from datetime import timedelta

import pytest
import samples
from screens import screen

from bot.domain.deploy import Deploy, Shift
from bot.domain.events import Cause
from bot.domain.plan import Terms
from bot.domain.policy import Phase
from bot.domain.states import State
from bot.views.deploy import card
from bot.views.evidence import cells

S = State


def steps(deploy: Deploy) -> list[str]:
    """The lines of the progress, marks first."""
    marks = ("✅", "⏳", "▫️", "❌", "❓", "✋", "👀")
    lines = screen(card(deploy)).split("\n")
    return [line for line in lines if line.startswith(marks) and "*" not in line]


@pytest.mark.parametrize(
    ("state", "done", "running"),
    [
        (S.REQUESTED, 0, "Plan"),
        (S.QUEUED, 2, "Its turn"),
        (S.BACKING_UP, 3, "Backup"),
        (S.STAGING, 4, "New revision"),
        (S.TAGGING, 5, "Address"),
        (S.SMOKE, 6, "Smoke test"),
    ],
)
def test_the_list_fills_up_from_the_top(state: State, done: int, running: str) -> None:
    lines = steps(samples.canary(state))
    assert [line[0] for line in lines].count("✅") == done
    assert next(line for line in lines if line.startswith("⏳")).find(running) == 2


def test_once_there_is_traffic_what_was_prepared_is_one_line() -> None:
    assert steps(samples.canary(S.OBSERVING, 1)) == [
        "✅ Plan · checklist · turn · backup · revision `api-00002` · "
        "<https://c-d-7f3k2---api.run.example|address> · smoke test",
        "✅ 5 % · since 12:00",
        "👀 25 % · since 12:30 · watched until 13:00",
        "▫️ 50 % · 30 min",
        "▫️ All traffic · 30 min",
    ]


def test_a_deploy_with_nothing_special_has_no_special_steps() -> None:
    assert steps(samples.deploy(S.ROUTING)) == [
        "✅ Plan · turn · revision `api-00002` · <https://c-d-7f3k2---api.run.example|address>",
        "⏳ All traffic · being set",
    ]


def test_a_broken_glass_skips_the_checklist() -> None:
    glass = samples.canary(S.ROUTING, terms=Terms(break_glass=True, reason="Down."))
    assert "checklist" not in steps(glass)[0]


def test_a_way_back_has_the_steps_that_it_takes() -> None:
    assert steps(samples.back(S.ROUTING)) == [
        "✅ Plan · turn · revision `api-00001`",
        "⏳ All traffic · being set",
    ]
    remade = samples.back(S.TAGGING, revision="api-00003")
    assert "⏳ Revision to go to: `api-00003`" in steps(remade)


@pytest.mark.parametrize(("state", "mark"), [(S.HELD, "✋"), (S.ROUTING, "⏳")])
def test_the_present_share_has_the_mark_of_the_state(state: State, mark: str) -> None:
    assert steps(samples.canary(state, 1))[2].startswith(f"{mark} 25 %")


def test_a_way_back_that_is_held_before_there_was_traffic_stands_still() -> None:
    hold = samples.hold(Cause.CHANGED_OUTSIDE)
    lines = steps(samples.canary(S.HELD, hold=hold, moved=False, trail=()))
    assert "✋ Smoke test" in lines


def test_a_way_back_is_shown_below_the_share_that_broke() -> None:
    under_way = steps(samples.canary(S.ROLLING_BACK, 1))
    assert under_way[1:] == ["✅ 5 % · since 12:00", "❌ 25 % · since 12:30", "⏳ Back to `v1.1.0`"]
    assert steps(samples.canary(S.ROLLED_BACK, 1))[-1] == "✅ Back to `v1.1.0`"


def test_a_finished_rollout_is_two_lines() -> None:
    assert steps(samples.canary(S.COMPLETED))[1:] == [
        "✅ 5 % 12:00 · 25 % 12:30 · 50 % 13:00 · 100 % 13:30"
    ]


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({"plan": None}, "Plan"),
        ({}, "Its turn"),
        ({"turn": 1}, "New revision"),
        ({"turn": 1, "revision": "api-2"}, "Address"),
        ({"turn": 1, "revision": "api-2", "preview": "https://a.example"}, "Smoke test"),
        ({"turn": 1, "revision": "api-2", "moved": True}, "5 %"),
    ],
)
def test_a_failure_stands_at_the_step_that_broke(fields: dict[str, object], broken: str) -> None:
    plan = samples.full_plan(database=None)
    deploy = samples.deploy(S.FAILED_SAFE, **{"plan": plan, **fields})
    (line,) = [line for line in steps(deploy) if line.startswith("❌")]
    assert broken in line
    doubt = samples.deploy(S.FAILED_UNKNOWN, **{"plan": plan, **fields})
    assert not [line for line in steps(doubt) if line.startswith("❌")]
    assert [line for line in steps(doubt) if line.startswith("❓")]


def test_where_it_cannot_be_told_a_backup_is_not_said_to_be_done() -> None:
    """A deploy that failed before its revision: the backup may be what failed."""
    plan = samples.full_plan()
    lines = steps(samples.deploy(S.FAILED_SAFE, plan=plan, turn=1))
    assert lines[-1] == "❌ Backup of the database, then the new revision"
    assert not [line for line in lines if line.startswith("✅") and "Backup" in line]


def test_whoever_waits_sees_who_goes_first() -> None:
    deploy = samples.deploy(S.QUEUED, waiting_for=("D-11111",))
    assert "⏳ Its turn, after `D-11111`" in steps(deploy)
    assert "In the queue" in screen(card(deploy))


def test_of_very_many_shares_those_around_the_present_one_are_shown() -> None:
    phases = tuple(Phase(percent=n, bake=timedelta(minutes=5)) for n in range(1, 101))
    plan = samples.plan(strategy=samples.CANARY.model_copy(update={"phases": phases}))
    deploy = samples.canary(S.OBSERVING, plan=plan).model_copy(update={"phase": 50})
    lines = steps(deploy)
    assert lines[1] == "✅ 46 smaller shares"
    assert lines[-1] == "▫️ … and 42 more"
    assert len(lines) == 15


def test_short_bakes_are_told_by_the_second() -> None:
    phases = tuple(Phase(percent=n, bake=timedelta(seconds=15)) for n in (5, 100))
    plan = samples.plan(strategy=samples.CANARY.model_copy(update={"phases": phases}))
    rendered = card(samples.canary(S.OBSERVING, plan=plan))
    assert "{time_secs}" in str(rendered.blocks)
    assert "{time_secs}" not in str(card(samples.canary(S.OBSERVING)).blocks)


def test_it_is_said_when_it_will_be_done_if_all_stays_well() -> None:
    """After the shares that are still to come."""
    assert "it is done at 14:00" in screen(card(samples.canary(S.OBSERVING, 1)))
    assert "it is done at" not in screen(card(samples.canary(S.HELD, 1)))


# ── The bar ──────────────────────────────────────────────────────────────────────────────────────


def test_the_bar_shows_the_confirmed_split() -> None:
    assert "`▓▓▓░░░░░░░ 25 % v1.2.0 / 75 % v1.1.0`" in screen(card(samples.canary(S.OBSERVING, 1)))
    # Not the one that is being set.
    assert "`▓░░░░░░░░░ 5 % v1.2.0 / 95 % v1.1.0`" in screen(card(samples.canary(S.ROUTING, 1)))


@pytest.mark.parametrize(("percent", "full"), [(0, 0), (1, 1), (5, 1), (25, 3), (99, 9), (100, 10)])
def test_the_bar_is_full_only_when_all_is(percent: int, full: int) -> None:
    assert cells(percent) == "▓" * full + "░" * (10 - full)


@pytest.mark.parametrize(
    "deploy",
    [
        samples.canary(S.ROLLING_BACK, 1),
        samples.canary(S.ROLLED_BACK, 1),
        samples.canary(S.FAILED_UNKNOWN, 1, trail=(Shift(percent=5, at=samples.NOW),)),
        samples.canary(S.HELD, 1, hold=samples.hold(Cause.CHANGED_OUTSIDE)),
        samples.canary(S.STAGING),
    ],
)
def test_where_the_split_is_not_certain_there_is_no_bar(deploy: Deploy) -> None:
    assert "▓" not in screen(card(deploy))
