"""Incidents in the configuration file: what is taken of a right one, what is said of a wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from catalogs import load, marked, problems, replaced

from bot.domain.incident_policy import (
    USUAL_CHECKLIST,
    USUAL_DUTIES,
    USUAL_RULES,
    Dashboard,
    FailedDeploys,
    IncidentPolicy,
    MaintenanceRule,
    ProcedureItem,
    Role,
    Rotation,
    Rung,
    Severity,
)
from bot.views.languages.saying import LANGUAGES

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BARE = """\
version: 1
channels: {deploys: "#deploys"}
people: {dana: U0DANA001, sam: U0SAM0001}
groups: {developers: [dana], leads: [sam]}
environments:
  production:
    deployers: [developers]
    approvals: {required: 0}
    target: {project: acme-prod, region: us-central1}
services:
  api:
    image: eu.gcr.io/acme/api
    target: {service: api}
    environments: [production]
"""
RIGHT = (
    BARE.replace('{deploys: "#deploys"}', '{deploys: "#deploys", incidents: "#on-fire"}')
    + """\
incidents:
  language: zh-TW
  environment: production
  prefix: fire
  commanders: leads
  confidants: developers
  severities:
    P1: {response: 10m, escalate_after: 20m, ack_within: 2m, freeze: 8h}
    P2: {page: false, escalate_after: none, freeze: none, postmortem: false}
    P4: {resolution: 14d, update_every: 2d}
  ladder:
    - {name: Primary, rotation: {people: [dana, sam], every: 7d, since: 2026-01-05}}
    - {name: Lead, group: leads, severities: [P1]}
  dashboards:
    - {title: Errors, url: "https://dash.example/api?tab=1", service: api}
    - {title: Everything, url: "https://dash.example"}
  checklist:
    - {id: team, text: "Team assembled"}
  duties:
    lead: [{id: assess, text: "Say what customers notice"}]
    scribe: []
  failed_deploys: {severity: P3, environments: [production]}
  maintenance:
    - name: daily
      title: Daily checks
      channel: "#operations"
      cron: "0 9 * * *"
      tz: Europe/Berlin
      within: 8h
      items: [{id: backups, text: "Verify backups"}]
    - {name: weekly, title: Weekly, cron: "0 9 * * MON", within: 2d, items: [{id: a, text: A}]}
  bake: 5m
  postmortem_within: 3d
  reopen_within: 14d
  emoji: {timeline: pin, task: hammer, followup: "+1"}
"""
)


def test_everything_is_taken_as_it_is_said(tmp_path: Path) -> None:
    policy = load(tmp_path, RIGHT).incidents
    assert (policy.channel, policy.language, policy.environment) == (
        "#on-fire",
        "zh-TW",
        "production",
    )
    assert (policy.prefix, policy.commanders, policy.confidants) == ("fire", "leads", "developers")
    turns = Rotation(
        people=("U0DANA001", "U0SAM0001"), every=7 * DAY, since=datetime(2026, 1, 5, tzinfo=UTC)
    )
    assert policy.ladder == (
        Rung(name="Primary", rotation=turns),
        Rung(name="Lead", group="leads", severities=frozenset({Severity.P1})),
    )
    assert policy.dashboards == (
        Dashboard(title="Errors", url="https://dash.example/api?tab=1", service="api"),
        Dashboard(title="Everything", url="https://dash.example"),
    )
    assert policy.checklist == (ProcedureItem(id="team", text="Team assembled"),)
    assert policy.duties == {
        Role.LEAD: (ProcedureItem(id="assess", text="Say what customers notice"),),
        Role.COMMS: USUAL_DUTIES[Role.COMMS],
        Role.SCRIBE: (),
    }
    assert policy.failed_deploys == FailedDeploys(
        severity=Severity.P3, environments=frozenset({"production"})
    )
    assert (policy.bake, policy.postmortem_within, policy.reopen_within) == (
        5 * MINUTE,
        3 * DAY,
        14 * DAY,
    )
    assert (policy.pin_emoji, policy.task_emoji, policy.followup_emoji) == ("pin", "hammer", "+1")


def test_lists_of_maintenance_are_posted_where_incidents_are_unless_they_say_otherwise(
    tmp_path: Path,
) -> None:
    daily, weekly = load(tmp_path, RIGHT).incidents.maintenance
    assert daily == MaintenanceRule(
        name="daily",
        title="Daily checks",
        channel="#operations",
        cron="0 9 * * *",
        zone="Europe/Berlin",
        within=8 * HOUR,
        items=(ProcedureItem(id="backups", text="Verify backups"),),
    )
    assert (weekly.channel, weekly.zone) == ("#on-fire", "UTC")


def test_what_is_not_said_of_a_severity_is_as_usual(tmp_path: Path) -> None:
    rules = load(tmp_path, RIGHT).incidents.rules
    usual = USUAL_RULES
    changed = {
        "response": 10 * MINUTE,
        "escalate_after": 20 * MINUTE,
        "ack_within": 2 * MINUTE,
        "freeze": 8 * HOUR,
    }
    assert rules[Severity.P1] == usual[Severity.P1].model_copy(update=changed)
    never: dict[str, object] = {
        "page": False,
        "escalate_after": None,
        "freeze": None,
        "postmortem": False,
    }
    assert rules[Severity.P2] == usual[Severity.P2].model_copy(update=never)
    assert rules[Severity.P3] == usual[Severity.P3]
    assert rules[Severity.P4].resolution == 14 * DAY


@pytest.mark.parametrize("said", ["", "incidents: {}\n", "incidents: {severities: {}}\n"])
def test_everything_may_be_left_out(said: str, tmp_path: Path) -> None:
    assert load(tmp_path, BARE + said).incidents == IncidentPolicy()
    assert IncidentPolicy().checklist == USUAL_CHECKLIST


def test_a_checklist_can_be_empty(tmp_path: Path) -> None:
    assert load(tmp_path, BARE + "incidents: {checklist: []}\n").incidents.checklist == ()


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026-01-05T09:30Z", datetime(2026, 1, 5, 9, 30, tzinfo=UTC)),
        ('"2026-01-05T09:30+02:00"', datetime(2026, 1, 5, 7, 30, tzinfo=UTC)),
    ],
)
def test_turns_begin_on_a_day_or_at_a_moment(
    written: str, moment: datetime, tmp_path: Path
) -> None:
    text = replaced(RIGHT, ("since: 2026-01-05", f"since: {written}"))
    turns = load(tmp_path, text).incidents.ladder[0].rotation
    assert turns is not None
    assert turns.since == moment


def test_every_language_that_is_spoken_can_be_chosen(tmp_path: Path) -> None:
    for language in LANGUAGES:
        text = BARE + f"incidents: {{language: {language}}}\n"
        assert load(tmp_path, text).incidents.language == language


# Of the right file: what is replaced by what; where the caret stands, what is said, what to write.
MISTAKES = [
    ("prefix: fire", "prefixes: fire", "prefixes", "no setting “prefixes”", "Did you mean prefix?"),
    ("prefix: fire", "prefix: Fire!", "Fire!", "is not a prefix", "lower-case"),
    ("language: zh-TW", "language: fr", "fr", "cannot stand here", "en, zh-TW"),
    ("environment: production\n", "environment: prod\n", "prod", "no environment “prod”",
     "Did you mean production?"),
    ("commanders: leads", "commanders: lead", "lead", "no group “lead”", "Did you mean leads?"),
    ("confidants: developers", "confidants:", "confidants", "This is empty", "remove the key"),
    ("P1: {response", "P5: {response", "P5", "no severity “P5”", "P1, P2, P3, P4."),
    ("response: 10m", "response: 10", "10", "not a duration", "30s, 5m"),
    ("response: 10m", "response: none", "none", "not a duration", "30s, 5m"),
    ("response: 10m", "responds: 10m", "responds", "no setting", "Did you mean response"),
    ("response: 10m", "response: 2h", "2h", "resolved (1h) before", "be the longer one"),
    ("resolution: 14d", "resolution: 1h", "1h", "resolved (1h) before", "be the longer one"),
    ("resolution: 14d", "page: yesterday", "yesterday", "true or false is needed", None),
    ("name: Lead, group: leads", "name: Lead", "{name: Lead", "“Lead” is nobody", "group: NAME"),
    ("name: Lead, group: leads", "name: primary, group: leads", "primary", "stands here twice",
     "Keep one"),
    ("group: leads, severities: [P1]", "group: boss, severities: [P1]", "boss",
     "no group “boss”", "leads"),
    ("severities: [P1]", "severities: []", "[]", "for no severity", "Name one"),
    ("severities: [P1]", "severities: [P1, P1]", "P1", "stands here twice", "Keep one"),
    ("severities: [P1]", "severities: [P0]", "P0", "cannot stand here", "P1"),
    ("people: [dana, sam], every", "people: [dana, max], every", "max", "no person “max”",
     "Known are: dana, sam."),
    ("people: [dana, sam], every", "people: [], every", "[]", "Nobody takes turns", "people"),
    ("since: 2026-01-05", "since: monday", "monday", "not a day", "2026-01-05"),
    ("since: 2026-01-05", "since: 2026-02-30", "2026-02-30", "not a day", "2026-01-05"),
    ("since: 2026-01-05", "since: 2026-01-05T09:00", "2026-01-05T09:00", "which time zone",
     "2026-01-05T09:00Z"),
    ("service: api}\n    - {title: Every", "service: apis}\n    - {title: Every", "apis",
     "no service “apis”", "Did you mean api?"),
    ('"https://dash.example"', "http://dash.example", "http://dash.example",
     "not a web address", "https://"),
    ('text: "Team assembled"}', 'text: "A"}\n    - {id: team, text: B}', "team",
     "stands here twice", "Keep one"),
    ("lead: [{id: assess,", "leader: [{id: assess,", "leader", "no setting", "Did you mean lead?"),
    ('lead: [{id: assess,', 'lead: [{id: assess, text: A}, {id: assess,', "assess",
     "stands here twice", "Keep one"),
    ("environments: [production]}\n  main", "environments: [prod]}\n  main", "prod",
     "no environment “prod”", "Did you mean production?"),
    ("environments: [production]}\n  main", "environments: []}\n  main", "[]",
     "No environment is named", "remove failed_deploys"),
    ("severity: P3,", "severity: bad,", "bad", "cannot stand here", "P1"),
    ("name: weekly", "name: daily", "daily", "stands here twice", "Keep one"),
    ('"0 9 * * MON"', '"0 9 * * MOON"', '"0 9 * * MOON"', "day of week", "SUN to SAT"),
    ("tz: Europe/Berlin", "tz: Berlin", "Berlin", "not a time zone", "Europe/Berlin"),
    ("within: 8h", "within: 25h", "25h", "After 23h the same list may come up again", "23h"),
    ("items: [{id: a, text: A}]", "items: []", "[]", "nothing to do", "Add {id"),
    ("task: hammer", "task: pin", "pin", "two things at once", "another"),
    ("task: hammer", 'task: ":hammer:"', '":hammer:"', "not the name of an emoji", "colons"),
    ('incidents: "#on-fire"', "incidents: on-fire", "on-fire", "not a Slack channel", "in quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "says", "hint"), MISTAKES)
def test_a_mistake_is_shown_where_it_is_with_what_to_write(
    old: str, new: str, where: str, says: str, hint: str | None, tmp_path: Path
) -> None:
    (problem,) = problems(tmp_path, replaced(RIGHT, (old, new)))
    assert says in problem.says
    assert (hint or "") in problem.hint
    assert marked(problem).startswith(where)


def test_a_rung_is_one_thing_only(tmp_path: Path) -> None:
    both = ("name: Primary, rotation", "name: Primary, group: leads, rotation")
    (problem,) = problems(tmp_path, replaced(RIGHT, both))
    assert "a group and a rotation" in problem.says


def test_whoever_asks_for_pages_needs_a_ladder(tmp_path: Path) -> None:
    said = "incidents: {severities: {P3: {page: true, escalate_after: 1h}}}\n"
    found = problems(tmp_path, BARE + said)
    assert [problem.path for problem in found] == [
        "incidents.severities.P3.page",
        "incidents.severities.P3.escalate_after",
    ]


@pytest.mark.parametrize(
    "said",
    ["incidents: none\n", "incidents:\n", "incidents: []\n", "incidents: {severities: []}\n"],
)
def test_what_is_no_group_of_settings_is_refused(said: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, BARE + said)
    assert "needed" in problem.says


def test_one_wrong_severity_hides_no_other_problem(tmp_path: Path) -> None:
    text = replaced(
        RIGHT, ("response: 10m", "response: soon"), ("commanders: leads", "commanders: nobody")
    )
    assert [problem.path for problem in problems(tmp_path, text)] == [
        "incidents.commanders",
        "incidents.severities.P1.response",
    ]
