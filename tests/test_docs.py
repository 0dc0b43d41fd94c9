"""The documentation tells the truth: every setting, command, key and state is in it."""

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest
from docs_states import diagram, incident_diagram
from docs_verbs import incident_table, table

from adapters.slack.manifest import SCOPES, build_manifest
from bot.api import Api, Declaration, Remark, Resolution
from bot.domain.incidents import states as incidents
from bot.domain.states import TABLE, State
from bot.incident_options import add_incident_options
from bot.settings import Settings
from bot.usecases.local_people import local_identity
from bot.views.incidents.verbs import INCIDENT_VERBS
from bot.views.verbs import DEPLOY_VERBS, ROLLBACK

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def test_every_setting_is_documented_and_no_other() -> None:
    """With the name under which the environment has it."""
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / "settings.md").read_text(), re.M))
    known = {
        str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()
    }
    assert documented == known


def test_every_scope_is_documented_with_its_reason() -> None:
    """Whoever installs the app reads why."""
    text = (DOCS / "install.md").read_text()
    for scope, reason in SCOPES.items():
        assert f"`{scope}`" in text
        assert reason.split(",")[0].removeprefix("as channels:") or reason in text


def test_every_command_is_documented() -> None:
    """Those of the manifest, and those of the command line."""
    text = "".join(path.read_text() for path in [ROOT / "README.md", *DOCS.glob("*.md")])
    manifest = build_manifest(
        socket=False,
        url="https://x.example",
        deploy="/deploy",
        rollback="/rollback",
        status="/svc-status",
    )
    for command in manifest["features"]["slash_commands"]:
        assert command["command"] in text
    for command in ("run", "worker", "manifest", "doctor", "check", "history", "incident"):
        assert f"signalbox {command}" in text


def test_every_verb_and_flag_is_documented() -> None:
    """Made anew by `make docs` from the table that the grammar and the help use."""
    text = (DOCS / "deploying.md").read_text()
    assert table() in text
    for verb in (*DEPLOY_VERBS.values(), ROLLBACK):
        assert f"`/deploy {verb.name} " in table() or verb is ROLLBACK
        assert all(f"`--{flag.name}" in table() for flag in verb.flags)


def test_the_diagram_of_states_is_the_tables() -> None:
    """Made anew by `make docs`; every state and arrow of the table is in it."""
    text = (DOCS / "deploying.md").read_text()
    assert diagram() in text
    for state, arrows in TABLE.items():
        for event, goal in arrows.items():
            assert f"{state.name} --> {goal.name}: {event.__name__}" in text or goal is state
    assert {state.name for state in State} <= set(re.findall(r"[A-Z_]{4,}", diagram()))


def test_every_verb_of_incidents_is_documented() -> None:
    """Made anew by `make docs`, as that of deploys; with every flag."""
    made = incident_table()
    assert made in (DOCS / "incidents.md").read_text()
    for verb in INCIDENT_VERBS.values():
        assert f"`/incident {verb.name}" in made
        assert all(f"`--{flag.name}" in made for flag in verb.flags)


def test_the_diagram_of_an_incident_is_its_table() -> None:
    """Every arrow of the table is in it, and nothing else."""
    made = incident_diagram()
    assert made in (DOCS / "incidents.md").read_text()
    arrows = set(re.findall(r"^    ([a-z_]+) --> ([a-z_]+)$", made, re.MULTILINE))
    assert arrows == {(str(a), str(b)) for a, goals in incidents.TABLE.items() for b in goals}


def test_every_address_and_field_of_the_api_is_documented() -> None:
    """As rows of a table: method, path, and what a body may have."""
    text = (DOCS / "incidents.md").read_text()
    section = text[text.index("## The HTTP API") : text.index("## When Slack is down")]
    # Only its addresses are read: no request is made.
    api = Api(
        cases=None,  # type: ignore[arg-type]
        ids=None,  # type: ignore[arg-type]
        token="",
        identity=local_identity("api", "token"),
        observe=lambda _kind, _outcome: None,
    )
    documented = set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", section, re.MULTILINE))
    assert documented == {f"{route.method} {route.path}" for route in api.routes()}
    for body in (Declaration, Remark, Resolution):
        assert all(f"`{name}`" in section for name in body.model_fields)


def test_every_verb_of_the_command_line_is_documented() -> None:
    """With an example that can be typed as it stands."""
    parser = ArgumentParser()
    add_incident_options(parser)
    lines = re.findall(r"^signalbox incident (.*)$", (DOCS / "incidents.md").read_text(), re.M)
    typed = [parser.parse_args(shlex.split(line)) for line in lines]
    known = next(each.choices for each in parser._actions if each.dest == "verb")
    assert {each.verb for each in typed} == set(known or ())


@pytest.mark.parametrize(
    "page",
    [
        *(ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "examples" / "README.md"),
        *sorted(DOCS.rglob("*.md")),
    ],
    ids=str,
)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    """Within the project."""
    for goal in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / goal).exists(), goal
