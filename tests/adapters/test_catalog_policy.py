"""Policies in the configuration file: what is taken of a right one, and what is said of a wrong."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from catalogs import load, marked, problems, replaced

from bot.domain.catalog import Voids
from bot.domain.policy import (
    Analysis,
    AutoCheck,
    BreakGlass,
    ChecklistItem,
    ChecklistRule,
    Comparison,
    DatabaseRule,
    FreezeWindow,
    Gate,
    GateAction,
    Inconclusive,
    Metric,
    Phase,
    Policy,
    Profile,
    PromoteFrom,
    Smoke,
    Strategy,
    StrategyKind,
)

PROJECT = Path(__file__).parents[2]
RIGHT = """\
version: 1
channels: {deploys: "#deploys"}
people: {dana: U0DANA001, sam: U0SAM0001, olivia: U0OLIVIA1}
groups:
  developers: [dana]
  sre: {usergroup: S0SRE0001}
  owners: [olivia, sam]
  commanders: [sam]
analyses:
  slo:
    metric_delay: 180s
    min_requests: 100
    on_inconclusive: hold
    max_hold: 3h
    interval: 20s
    gates:
      - {name: errors-critical, metric: error_rate, op: ">", value: 5%, for: 5m, action: rollback}
      - name: errors-vs-stable
        metric: error_rate
        vs: stable
        op: ">"
        value: "0.5%"
        for: 4m
        action: rollback
      - {name: p95-warning, metric: p95_ms, op: "<=", value: 500, for: 10m, action: warn}
  quick:
    metric_delay: 60s
    gates:
      - {name: any, metric: p99_ms, op: ">=", value: 900, for: 2m, action: block_promotion}
checklists:
  prod:
    pre:
      - {id: image, auto: image_present}
      - {id: staging, auto: staging_verified}
      - {id: backup, auto: sql_backup_fresh, max_age: 2h}
      - {id: migrations, ask: "Are the migrations backward compatible?"}
    during: [{id: watch, ask: "Is somebody watching?"}]
    post: [{id: smoke, auto: smoke_pass}, {id: slo, auto: slo_met}]
  short: {pre: [{id: copy, auto: sql_backup_fresh}]}
environments:
  staging:
    deployers: [developers]
    approvals: {required: 0}
    target: {project: acme-staging, region: us-central1}
  production:
    deployers: [developers]
    approvals:
      required: 2
      groups: [{name: sre, min: 1}, {name: owners, min: 1}]
      expires: 45m
      remind: 10m
      invalidate_on: [policy, target_etag]
    target: {project: acme-prod, region: us-central1}
    strategy:
      type: canary
      steps: [{percent: 5, monitor: 30m}, {percent: 50, monitor: 13m}, {percent: 100, monitor: 15m}]
      smoke: {path: /healthz, expect: 204, attempts: 3}
      analysis: slo
    profiles:
      hotfix:
        strategy:
          type: canary
          steps: [{percent: 25, monitor: 5m}, {percent: 100, monitor: 3m}]
          smoke: {}
          analysis: quick
      calm:
        strategy: {type: blue_green, smoke: {path: /}, analysis: quick}
        reason: optional
    promote_from: {env: staging, soak: 30m}
    freeze: [{cron: "0 16 * * FRI", duration: 64h, tz: America/New_York, reason: weekend}]
    freeze_exception: commanders
    break_glass: {group: commanders, review_within: 12h}
    database: {instance: acme-prod/main, backup_before: true, wait: false}
    checklist: prod
    hold_after_rollback: 90m
services:
  api:
    repository: https://github.com/acme/api
    image: registry.example/acme/api
    target: {service: api}
    environments: [staging, production]
  web:
    image: registry.example/acme/web
    target: {service: web}
    environments:
      staging:
      production:
        strategy:
          {type: blue_green, smoke: {path: /ready}, monitor: 4m, keep_blue: 48h, analysis: slo}
        profiles: {}
        promote_from: none
        freeze: []
        freeze_exception: none
        break_glass: none
        database: {instance: acme-prod/web}
        checklist: short
        hold_after_rollback: none
"""
SLO = Analysis(
    gates=(
        Gate(
            name="errors-critical",
            metric=Metric.ERROR_RATE,
            op=Comparison.ABOVE,
            value=0.05,
            window=timedelta(minutes=5),
            action=GateAction.ROLLBACK,
        ),
        Gate(
            name="errors-vs-stable",
            metric=Metric.ERROR_RATE,
            op=Comparison.ABOVE,
            value=0.005,
            window=timedelta(minutes=4),
            action=GateAction.ROLLBACK,
            vs_stable=True,
        ),
        Gate(
            name="p95-warning",
            metric=Metric.P95,
            op=Comparison.AT_MOST,
            value=500.0,
            window=timedelta(minutes=10),
            action=GateAction.WARN,
        ),
    ),
    max_hold=timedelta(hours=3),
    interval=timedelta(seconds=20),
)
QUICK = Analysis(
    gates=(
        Gate(
            name="any",
            metric=Metric.P99,
            op=Comparison.AT_LEAST,
            value=900.0,
            window=timedelta(minutes=2),
            action=GateAction.BLOCK,
        ),
    ),
    metric_delay=timedelta(seconds=60),
    min_requests=100,
    on_inconclusive=Inconclusive.HOLD,
    max_hold=timedelta(hours=2),
    interval=timedelta(seconds=30),
)


def changed(*replacements: tuple[str, str]) -> str:
    """The right file with something in it replaced."""
    return replaced(RIGHT, *replacements)


# ── What is taken from a right file ──────────────────────────────────────────────────────────────


def test_a_policy_is_taken_whole(tmp_path: Path) -> None:
    policy = load(tmp_path, RIGHT).target("api", "production").policy
    minutes = {5: 30, 50: 13, 100: 15}
    canary = Strategy(
        kind=StrategyKind.CANARY,
        phases=tuple(Phase(percent=p, bake=timedelta(minutes=m)) for p, m in minutes.items()),
        smoke=Smoke(path="/healthz", expect=204, attempts=3),
        analysis=SLO,
    )
    hotfix = Strategy(
        kind=StrategyKind.CANARY,
        phases=(
            Phase(percent=25, bake=timedelta(minutes=5)),
            Phase(percent=100, bake=timedelta(minutes=3)),
        ),
        smoke=Smoke(path="/", expect=200, attempts=5),
        analysis=QUICK,
    )
    calm = Strategy(
        kind=StrategyKind.BLUE_GREEN,
        phases=(Phase(percent=100, bake=timedelta(minutes=5)),),
        smoke=Smoke(),
        analysis=QUICK,
        keep_blue=timedelta(hours=24),
    )
    assert policy == Policy(
        profiles=(
            Profile(name="standard", strategy=canary),
            Profile(name="hotfix", strategy=hotfix, needs_reason=True),
            Profile(name="calm", strategy=calm),
        ),
        promote_from=PromoteFrom(environment="staging", soak=timedelta(minutes=30)),
        freeze=(
            FreezeWindow(
                cron="0 16 * * FRI",
                duration=timedelta(hours=64),
                tz="America/New_York",
                reason="weekend",
            ),
        ),
        freeze_exception="commanders",
        break_glass=BreakGlass(group="commanders", review_within=timedelta(hours=12)),
        database=DatabaseRule(instance="acme-prod/main", backup_before=True, wait=False),
        checklist=ChecklistRule(
            pre=(
                ChecklistItem(id="image", auto=AutoCheck.IMAGE_PRESENT),
                ChecklistItem(id="staging", auto=AutoCheck.STAGING_VERIFIED),
                ChecklistItem(id="backup", auto=AutoCheck.BACKUP_FRESH, max_age=timedelta(hours=2)),
                ChecklistItem(id="migrations", ask="Are the migrations backward compatible?"),
            ),
            during=(ChecklistItem(id="watch", ask="Is somebody watching?"),),
            post=(
                ChecklistItem(id="smoke", auto=AutoCheck.SMOKE_PASSED),
                ChecklistItem(id="slo", auto=AutoCheck.SLO_MET),
            ),
        ),
        hold_after_rollback=timedelta(minutes=90),
    )


def test_an_override_replaces_a_key_as_a_whole_and_none_takes_it_back(tmp_path: Path) -> None:
    policy = load(tmp_path, RIGHT).target("web", "production").policy
    blue_green = Strategy(
        kind=StrategyKind.BLUE_GREEN,
        phases=(Phase(percent=100, bake=timedelta(minutes=4)),),
        smoke=Smoke(path="/ready"),
        analysis=SLO,
        keep_blue=timedelta(hours=48),
    )
    copy = ChecklistItem(id="copy", auto=AutoCheck.BACKUP_FRESH, max_age=timedelta(hours=1))
    assert policy == Policy(
        profiles=(Profile(name="standard", strategy=blue_green),),
        database=DatabaseRule(instance="acme-prod/web"),
        checklist=ChecklistRule(pre=(copy,)),
        hold_after_rollback=timedelta(0),
    )


def test_without_a_policy_a_deploy_is_rolling(tmp_path: Path) -> None:
    """The domain's defaults; an hour's hold after a rollback is one of them."""
    for service in ("api", "web"):
        assert load(tmp_path, RIGHT).target(service, "staging").policy == Policy()


def test_approvals_say_when_to_remind_and_what_voids_them(tmp_path: Path) -> None:
    catalog = load(tmp_path, RIGHT)
    rule = catalog.target("api", "production").approvals
    assert rule.remind == timedelta(minutes=10)
    assert rule.invalidate_on == (Voids.POLICY, Voids.SERVING)
    plain = catalog.target("api", "staging").approvals
    assert plain.remind is None
    assert plain.invalidate_on == tuple(Voids)


def test_a_service_has_its_repository(tmp_path: Path) -> None:
    catalog = load(tmp_path, RIGHT)
    assert catalog.service("api").repository == "https://github.com/acme/api"
    assert catalog.service("web").repository is None


@pytest.mark.parametrize(
    ("written", "share"),
    [("5%", 0.05), ('"5%"', 0.05), ("0.1%", 0.001), ("12.5%", 0.125), ("99.99%", 0.9999)],
)
def test_shares_of_requests_are_written_in_percent(
    tmp_path: Path, written: str, share: float
) -> None:
    catalog = load(tmp_path, changed(("value: 5%", f"value: {written}")))
    analysis = catalog.target("api", "production").policy.standard.strategy.analysis
    assert analysis is not None
    assert analysis.gates[0].value == share


def test_gates_that_outlast_the_monitoring_are_armed_while_blue_is_kept(tmp_path: Path) -> None:
    """Thirteen minutes are needed, four are monitored, thirteen are kept: that is enough."""
    assert load(tmp_path, changed(("keep_blue: 48h", "keep_blue: 13m")))


def test_a_freeze_may_leave_a_minute(tmp_path: Path) -> None:
    assert load(tmp_path, changed(("64h", "10079m")))


def test_a_freeze_may_come_once_in_four_years(tmp_path: Path) -> None:
    assert load(tmp_path, changed(("0 16 * * FRI", "0 0 29 2 *")))


def test_of_an_irregular_schedule_one_gap_is_enough(tmp_path: Path) -> None:
    """From Monday to Friday it fires before the window is over; on the weekend it thaws."""
    text = changed(("0 16 * * FRI", "*/5 9-17 * * MON-FRI"), ("64h", "15h"))
    assert load(tmp_path, text)


# ── What is said about a wrong one ───────────────────────────────────────────────────────────────

PRODUCTION = "environments.production"
WEB = "services.web.environments.production"
STEPS = (
    "steps: [{percent: 5, monitor: 30m}, {percent: 50, monitor: 13m}, {percent: 100, monitor: 15m}]"
)
SLO_AT = "      analysis: slo\n"
HOTFIX = """\
          type: canary
          steps: [{percent: 25, monitor: 5m}, {percent: 100, monitor: 3m}]
          smoke: {}
          analysis: quick
"""
# What is replaced by what; the key path, the marked text, what is said, and the hint.
WRONG = [
    # Keys and types
    ("max_hold: 3h", "maxhold: 3h", "analyses.slo.maxhold", "maxhold", "no setting “maxhold”",
     "Did you mean max_hold?"),
    ("value: 900, for: 2m", "value: 900, window: 2m", None, "window", "no setting “window”",
     "for"),
    ("value: 900, for: 2m", "value: 900, four: 2m", None, "four", "no setting “four”",
     "Did you mean for?"),
    ("keep_blue: 48h", "keep_bleu: 48h", f"{WEB}.strategy.keep_bleu", "keep_bleu", "no setting",
     "Did you mean keep_blue?"),
    ("        reason: optional", "        reson: optional", f"{PRODUCTION}.profiles.calm.reson",
     "reson", "no setting “reson”", "Did you mean reason?"),
    ("type: canary\n      steps", "typ: canary\n      steps", None, "typ", "no setting “typ”",
     "Did you mean type"),
    ("{percent: 25, monitor: 5m}", "{percent: 25, monitr: 5m}", None, "monitr", "no setting",
     "Did you mean monitor?"),
    ("review_within", "reviewed_within", f"{PRODUCTION}.break_glass.reviewed_within", "reviewed",
     "no setting", "Did you mean review_within?"),
    ("{type: blue_green, smoke: {path: /ready}", "{type: bluegreen, smoke: {path: /ready}",
     f"{WEB}.strategy.type", "bluegreen", "“bluegreen” cannot stand here",
     "Did you mean blue_green?"),
    ("metric: p99_ms", "metric: p98_ms", "analyses.quick.gates[0].metric", "p98_ms",
     "“p98_ms” cannot stand here", "Did you mean p9"),
    ("metric: p99_ms", "metric: 99", "analyses.quick.gates[0].metric", "99",
     "a number; one of a few words is needed", "Known are: error_rate, p50_ms, p95_ms, p99_ms."),
    ("action: block_promotion", "action: stop", "analyses.quick.gates[0].action", "stop",
     "“stop” cannot stand here", "Known are: rollback, block_promotion, warn."),
    ("on_inconclusive: hold", "on_inconclusive: no", "analyses.slo.on_inconclusive", "no",
     "true or false; one of a few words is needed", "hold, proceed, rollback"),
    ("vs: stable", "vs: blue", "analyses.slo.gates[1].vs", "blue", "stable is all there is",
     "Write: stable"),
    ("reason: optional", "reason: maybe", f"{PRODUCTION}.profiles.calm.reason", "maybe",
     "“maybe” cannot stand here", "required, optional"),
    ('op: ">="', "op: =", "analyses.quick.gates[0].op", "=", "not a comparison", '">="'),
    ("profiles: {}", "profiles: []", f"{WEB}.profiles", "[]", "a list; entries are needed",
     "indented below"),
    ("checklist: short", "checklist:", f"{WEB}.checklist", "checklist", "This is empty.",
     "write none"),
    ("break_glass: none", "break_glass:", f"{WEB}.break_glass", "break_glass", "This is empty.",
     "write none"),
    ("      smoke: {path: /healthz, expect: 204, attempts: 3}\n", "      smoke:\n",
     f"{PRODUCTION}.strategy.smoke", "smoke", "This is empty.", "remove the key"),
    ("remind: 10m", "remind:", f"{PRODUCTION}.approvals.remind", "remind", "This is empty.", ""),
    ("[policy, target_etag]", "[policy, target]", f"{PRODUCTION}.approvals.invalidate_on[1]",
     "target", "“target” cannot stand here", "target_etag"),
    # Single values
    ("value: 5%", "value: 5", "analyses.slo.gates[0].value", "5",
     "5 can be read as 5 % or as 500 %.", "Write the percent sign: 5%"),
    ("value: 5%", "value: 0.05", "analyses.slo.gates[0].value", "0.05",
     "0.05 can be read as 0.05 % or as 5 %.", "Write the percent sign: 5%"),
    ("value: 5%", "value: 500", "analyses.slo.gates[0].value", "500", "500 % or as 50000 %",
     "from 0% to 100%"),
    ("value: 5%", "value: 101%", "analyses.slo.gates[0].value", "101%",
     "not a share of requests", "from 0% to 100%"),
    ("value: 5%", "value: -5%", "analyses.slo.gates[0].value", "-5%", "not a share", "5%"),
    ("value: 5%", "value: true", "analyses.slo.gates[0].value", "true", "not a share", "5%"),
    ("value: 900", "value: 900ms", "analyses.quick.gates[0].value", "900ms",
     "not a latency in milliseconds", "a whole number from 1 to 600000"),
    ("value: 900", "value: 0", "analyses.quick.gates[0].value", "0", "not a latency", "from 1"),
    ("value: 900", "value: 1.5", "analyses.quick.gates[0].value", "1.5", "not a latency", "whole"),
    ("value: 900", "value: 90%", "analyses.quick.gates[0].value", "90%", "not a latency", "whole"),
    ("min_requests: 100", "min_requests: 0", "analyses.slo.min_requests", "0",
     "not a number of requests", "from 1 to"),
    ("percent: 50", "percent: 50%", f"{PRODUCTION}.strategy.steps[1].percent", "50%",
     "not a share of the traffic, in percent without the sign", "from 1 to 100"),
    ("percent: 50", "percent: 0", f"{PRODUCTION}.strategy.steps[1].percent", "0",
     "not a share of the traffic", "from 1 to 100"),
    ("percent: 50", "percent: 150", f"{PRODUCTION}.strategy.steps[1].percent", "150",
     "not a share of the traffic", "from 1 to 100"),
    ("monitor: 13m", "monitor: 13", f"{PRODUCTION}.strategy.steps[1].monitor", "13",
     "not a duration", "Write 30s, 5m, 24h or 7d."),
    ("path: /healthz", "path: healthz", f"{PRODUCTION}.strategy.smoke.path", "healthz",
     "not a path", "/healthz"),
    ("path: /healthz", "path: //other.example", f"{PRODUCTION}.strategy.smoke.path", "//other",
     "not a path", "one slash"),
    ("expect: 204", "expect: 20", f"{PRODUCTION}.strategy.smoke.expect", "20",
     "not an HTTP status", "from 100 to 599"),
    ("attempts: 3", "attempts: 0", f"{PRODUCTION}.strategy.smoke.attempts", "0",
     "not a number of attempts", "from 1 to 20"),
    ("instance: acme-prod/main", "instance: main", f"{PRODUCTION}.database.instance", "main",
     "not a Cloud SQL instance", "acme-prod/main"),
    ("https://github.com/acme/api", "git@github.com:acme/api", "services.api.repository",
     "git@github.com:acme/api", "not the web address of a repository", "https://"),
    ("https://github.com/acme/api", "https://github.com/acme/api.git", "services.api.repository",
     "https://github.com/acme/api.git", "not the web address", "as in the browser"),
    ("https://github.com/acme/api", '"https://github.com/a|b"', "services.api.repository",
     '"https://github.com/a|b"', "not the web address", "as in the browser"),
    ("id: watch", "id: Watch it", "checklists.prod.during[0].id", "Watch it", "not an id",
     "lower-case"),
    ('"Is somebody watching?"', '" "', "checklists.prod.during[0].ask", '" "',
     "One line of text", "in quotes"),
    ('"Is somebody watching?"', 'x' * 76, "checklists.prod.during[0].ask", "xxx",
     "76 characters, and there is room for 75", "shorter"),
    # Schedules
    ("0 16 * * FRI", "0 16 * *", f"{PRODUCTION}.freeze[0].cron", '"0 16 * *"', "has 4",
     "0 16 * * FRI"),
    ("0 16 * * FRI", "0 25 * * FRI", f"{PRODUCTION}.freeze[0].cron", '"0 25', "hour, column 3",
     "0 to 23"),
    ("America/New_York", "America/NewYork", f"{PRODUCTION}.freeze[0].tz", "America/NewYork",
     "not a time zone", "Europe/Berlin"),
    ("America/New_York", "../../etc", f"{PRODUCTION}.freeze[0].tz", "../../etc",
     "not a time zone", ""),
    ("64h", "0h", f"{PRODUCTION}.freeze[0].duration", "0h", "not a duration", "30s"),
    ("64h", "168h", f"{PRODUCTION}.freeze[0].duration", "168h", "After 7d the next window has "
     "begun: this never ends.", "shorter duration"),
    ("0 16 * * FRI", "* * * * *", f"{PRODUCTION}.freeze[0].duration", "64h", "never ends",
     "fires less often"),
    ('"0 16 * * FRI", duration: 64h', '"* * * * *", duration: 1m',
     f"{PRODUCTION}.freeze[0].duration", "1m", "never ends", "fires less often"),
    ("reason: weekend", 'reason: ""', f"{PRODUCTION}.freeze[0].reason", '""', "One line of text",
     ""),
    # Names
    (SLO_AT, "      analysis: slow\n", f"{PRODUCTION}.strategy.analysis", "slow",
     "no analysis “slow”", "Did you mean slo?"),
    ("checklist: short", "checklist: shrot", f"{WEB}.checklist", "shrot", "no checklist “shrot”",
     "Did you mean short?"),
    ("freeze_exception: commanders", "freeze_exception: commander",
     f"{PRODUCTION}.freeze_exception", "commander", "no group “commander”", "mean commanders"),
    ("{group: commanders, review_within: 12h}", "{group: everybody}",
     f"{PRODUCTION}.break_glass.group", "everybody", "no group “everybody”", "Known are"),
    ("commanders: [sam]", "commanders: []", "groups.commanders", "[]", "Nobody is in this group",
     "Name somebody"),
    ("  short: {pre", "  none: {pre: [{id: x, ask: Well}]}\n  short: {pre", "checklists.none",
     "none", "means that there is no checklist", "another name"),
    ("      calm:\n", "      standard:\n", f"{PRODUCTION}.profiles.standard", "standard",
     "the name of what stands below strategy", "another name"),
    ("      calm:\n", "      Calm down:\n", f"{PRODUCTION}.profiles.Calm down", "Calm down",
     "not a name for a profile", "hyphens"),
    ("      calm:\n", "      hotfix:\n", f"{PRODUCTION}.profiles.hotfix", "hotfix",
     "twice; the first one is in line", "Keep one"),
    # Analyses
    ("name: errors-vs-stable", "name: errors-critical", "analyses.slo.gates[1].name",
     "errors-critical", "here twice", "a name of its own"),
    ("value: 5%", "value: 100%", "analyses.slo.gates[0].value", "100%",
     "No measurement can break this gate", "op or value"),
    ('op: ">", value: 5%', 'op: ">=", value: 0%', "analyses.slo.gates[0].value", "0%",
     "Every measurement breaks this gate", "op or value"),
    # Strategies
    ("percent: 50", "percent: 5", f"{PRODUCTION}.strategy.steps[1].percent", "5",
     "5 % is not more than the 5 % before it", "rise"),
    ("percent: 100, monitor: 15m", "percent: 90, monitor: 15m",
     f"{PRODUCTION}.strategy.steps[2].percent", "90", "100 % are never reached", "percent: 100"),
    (STEPS, "steps: [{percent: 100, monitor: 15m}]", f"{PRODUCTION}.strategy.steps", "[",
     "no step below 100 %", "percent: 5"),
    (STEPS, "steps: []", f"{PRODUCTION}.strategy.steps", "steps", "A canary needs steps",
     "Add steps"),
    (f"      {STEPS}\n", "", f"{PRODUCTION}.strategy.steps", "strategy", "A canary needs steps",
     "Add steps"),
    ("monitor: 13m", "monitor: 12m", f"{PRODUCTION}.strategy.steps[1].monitor", "12m",
     "12m is too short for the gates of “slo”", "Write 13m or more: “p95-warning” looks at 10m, "
     "and measurements are up to 3m late."),
    ("percent: 100, monitor: 3m", "percent: 100, monitor: 179s",
     f"{PRODUCTION}.profiles.hotfix.strategy.steps[1].monitor", "179s",
     "179s is too short for the gates of “quick”", "Write 3m or more"),
    ("action: block_promotion", "action: warn", f"{PRODUCTION}.profiles.hotfix.strategy.analysis",
     "quick", "No gate of “quick” could stop a canary", "action: rollback"),
    (HOTFIX, "          {type: rolling, smoke: {}, analysis: quick}\n",
     f"{PRODUCTION}.profiles.hotfix.strategy.analysis", "analysis", "rolling has no analysis",
     "type: blue_green or type: canary"),
    ("type: blue_green, smoke: {path: /ready}, monitor: 4m, keep_blue: 48h, analysis: slo",
     "type: rolling, steps: [{percent: 100, monitor: 1m}]", f"{WEB}.strategy.steps", "steps",
     "rolling has no steps", "write type: canary"),
    ("type: blue_green, smoke: {path: /ready}, monitor: 4m, keep_blue: 48h, analysis: slo",
     "type: rolling, monitor: 4m", f"{WEB}.strategy.monitor", "monitor", "rolling has no monitor",
     "write type: blue_green"),
    ("          smoke: {}\n", "          smoke: {}\n          monitor: 5m\n",
     f"{PRODUCTION}.profiles.hotfix.strategy.monitor", "monitor", "canary has no monitor",
     "into each step"),
    ("          smoke: {}\n", "          smoke: {}\n          keep_blue: 5h\n",
     f"{PRODUCTION}.profiles.hotfix.strategy.keep_blue", "keep_blue", "canary has no keep_blue",
     "type: blue_green"),
    ("smoke: {path: /ready}, monitor: 4m, keep_blue: 48h, analysis: slo", "monitor: 4m",
     f"{WEB}.strategy", "strategy", "Nothing is looked at", "smoke"),
    ("keep_blue: 48h", "keep_blue: 12m", f"{WEB}.strategy.keep_blue", "12m",
     "Blue is kept for 12m, too short for the gates of “slo”.", "Write 13m or more"),
    # Promotion
    ("promote_from: {env: staging, soak: 30m}", "promote_from: {env: stage}",
     f"{PRODUCTION}.promote_from.env", "stage", "no environment “stage”", "mean staging?"),
    ("promote_from: {env: staging, soak: 30m}", "promote_from: {env: production}",
     f"{PRODUCTION}.promote_from.env", "production", "production does not come before production",
     "Name one that does: staging."),
    ("      staging:\n      production:\n", "      staging: {promote_from: {env: production}}\n"
     "      production:\n", "services.web.environments.staging.promote_from.env", "production",
     "production does not come before staging", "Remove promote_from"),
    ("    environments: [staging, production]", "    environments: [production]",
     f"{PRODUCTION}.promote_from.env", "staging", "promoted from staging, which is not an "
     "environment of api.", "promote_from: none"),
    # Checklists
    ("{id: watch, ask", "{id: image, ask", "checklists.prod.during[0].id", "image",
     "here twice; the first one is in line 33", "an id of its own"),
    ("{id: image, auto: image_present}", "{id: image}", "checklists.prod.pre[0]", "{id: image}",
     "What “image” checks is not said", "auto: …"),
    ("{id: image, auto: image_present}", "{id: image, auto: image_present, ask: Is it}",
     "checklists.prod.pre[0].ask", "ask", "either checked or asked", "two items"),
    ("{id: image, auto: image_present}", "{id: image, auto: image_present, max_age: 1h}",
     "checklists.prod.pre[0].max_age", "max_age", "Only sql_backup_fresh", "Remove"),
    ("{id: image, auto: image_present}", "{id: image, auto: image_presnt}",
     "checklists.prod.pre[0].auto", "image_presnt", "cannot stand here", "image_present"),
    ("{id: image, auto: image_present}", "{id: image, auto: slo_met}",
     "checklists.prod.pre[0].auto", "slo_met", "cannot be told before", "Move it"),
    ('{id: watch, ask: "', '{id: late, auto: image_present}, {id: watch, ask: "',
     "checklists.prod.during[0].auto", "image_present", "before the deploy only", "pre"),
    ("    database: {instance: acme-prod/main, backup_before: true, wait: false}\n", "",
     f"{PRODUCTION}.checklist", "prod", "“prod” has sql_backup_fresh, which needs a database; "
     "there is none for api.", "Add database"),
    ("        database: {instance: acme-prod/web}\n", "        database: none\n",
     f"{WEB}.checklist", "short", "which needs a database; there is none for web.", "Add database"),
    ("    promote_from: {env: staging, soak: 30m}\n", "", f"{PRODUCTION}.checklist", "prod",
     "staging_verified, which needs promote_from; there is none for api.", "promote_from: {env"),
    ("      smoke: {path: /healthz, expect: 204, attempts: 3}\n", "", f"{PRODUCTION}.checklist",
     "prod", "smoke_pass, which needs a smoke test in the strategy; there is none for api.",
     "Add smoke"),
    ("{type: blue_green, smoke: {path: /}, analysis: quick}", "{type: blue_green, smoke: {}}",
     f"{PRODUCTION}.checklist", "prod", "slo_met, which needs an analysis in the strategy of the "
     "profile calm; there is none for api.", "Add analysis"),
    # Approvals
    ("remind: 10m", "remind: 45m", f"{PRODUCTION}.approvals.remind", "45m",
     "not awaited any more", "shorter than expires"),
    ("[policy, target_etag]", "[policy, policy]", f"{PRODUCTION}.approvals.invalidate_on[1]",
     "policy", "here twice", "Keep one"),
    ("{name: owners, min: 1}", "{name: owners, min: 2}",
     f"{PRODUCTION}.approvals.groups[1].min", "2", "minimums make 3, more than all 2",
     "Write required: 3"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "shown", "says", "hint"), WRONG, ids=lambda value: str(value)[:40]
)
def test_a_mistake_is_shown_where_it_is_with_what_to_write(  # noqa: PLR0913, PLR0917 - a table's row
    tmp_path: Path, old: str, new: str, path: str | None, shown: str, says: str, hint: str
) -> None:
    """With `path` None, the key that should stand there is missed as well."""
    found = problems(tmp_path, changed((old, new)))
    if path is None:
        found = tuple(each for each in found if "is missing" not in each.says)
    (problem,) = found
    assert path in {None, problem.path}
    assert says in problem.says
    assert hint in problem.hint
    assert marked(problem).startswith(shown)


def test_an_analysis_needs_a_gate(tmp_path: Path) -> None:
    text = changed(("  quick:\n", "  empty: {gates: []}\n  quick:\n"))
    (problem,) = problems(tmp_path, text)
    assert problem.path == "analyses.empty.gates"
    assert "There is no gate in it." in problem.says


def test_a_canary_needs_an_analysis(tmp_path: Path) -> None:
    """So does its checklist, at another place."""
    missing, _ = problems(tmp_path, changed((SLO_AT, "")))
    assert missing.path == "environments.production.strategy"
    assert "A canary needs an analysis" in missing.says
    assert "analysis: NAME" in missing.hint


def test_going_on_without_evidence_needs_a_smoke_test(tmp_path: Path) -> None:
    proceeding = ("on_inconclusive: hold", "on_inconclusive: proceed")
    assert load(tmp_path, changed(proceeding))
    untested = ("smoke: {path: /ready}, ", "")
    (problem,) = problems(tmp_path, changed(proceeding, untested))
    assert problem.path == "services.web.environments.production.strategy.analysis"
    assert "no smoke test to go by" in problem.says


def test_what_is_wrong_for_several_services_is_said_once_at_the_key_in_force(
    tmp_path: Path,
) -> None:
    text = changed(
        ("    database: {instance: acme-prod/main, backup_before: true, wait: false}\n", ""),
        ("        database: {instance: acme-prod/web}\n        checklist: short\n", ""),
        ("        promote_from: none\n", ""),
    )
    (problem,) = problems(tmp_path, text)
    assert problem.path == "environments.production.checklist"
    assert problem.says.endswith("there is none for api, web.")


def test_what_every_service_overrides_is_not_missed(tmp_path: Path) -> None:
    """The environment's checklist alone would need a database."""
    text = changed(
        ("    database: {instance: acme-prod/main, backup_before: true, wait: false}\n", ""),
        (
            "    environments: [staging, production]\n",
            "    environments: {staging: , production: {checklist: none}}\n",
        ),
    )
    assert load(tmp_path, text).target("api", "production").policy.checklist == ChecklistRule()


def test_the_shown_path_of_an_override_is_its_own(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed(("keep_blue: 48h", "keep_blue: 31d")))
    assert problem.path == "services.web.environments.production.strategy.keep_blue"
    assert "longer than 30 days" in problem.says


def test_time_zones_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """Where the system has no database of them, that of the package is read."""
    assert load(tmp_path, RIGHT)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", str(tmp_path / "signalbox.yaml")],
        env={**os.environ, "PYTHONTZPATH": ""},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
