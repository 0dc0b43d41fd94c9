"""The configuration file: what is taken from a right one, and what is said about a wrong one."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from catalogs import load, marked, problems, replaced

from adapters.catalog import ConfigError, document, load_catalog
from adapters.catalog.document import MAX_BYTES, MAX_DEPTH
from adapters.catalog.values import RESERVED
from bot.domain.catalog import ApprovalRule, CloudRunPlace, Group, GroupMinimum
from bot.domain.errors import SignalboxError
from bot.views.verbs import RESERVED_WORDS

PROJECT = Path(__file__).parents[2]
RIGHT = """\
version: 1
channels:
  deploys: "#deploys"
people:
  dana: U0DANA001
  sam: W0SAM0001
  olivia: U0OLIVIA1
groups:
  developers: [dana, sam]
  sre: {usergroup: S0SRE0001}
  owners: [olivia]
environments:
  staging:
    deployers: [developers]
    approvals: {required: 0}
    target: {project: olympus-staging, region: us-central1}
  production:
    deployers: [developers, sre]
    approvals:
      required: 1
      groups: [{name: sre}, {name: owners, min: 1}]
      expires: 45m
    target: {adapter: cloud_run, project: olympus-prod, region: us-central1}
services:
  api:
    image: registry.example/olympus/api
    owners: owners
    target: {service: api-gateway}
    environments: [staging, production]
  auth:
    image: localhost:5000/auth
    target: {service: auth, region: europe-west1}
    environments:
      production:
        deployers: [sre]
        approvals: {required: 2, groups: [{name: sre}], allow_self: true, expires: 24h}
        target: {region: europe-west4, project: example.com:olympus, service: auth}
      staging:
"""


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds with libyaml and with PyYAML's own reader, which some builds lack."""
    monkeypatch.setattr(document, "_Loader", getattr(yaml, request.param))


def changed(*replacements: tuple[str, str]) -> str:
    """The right file with something in it replaced."""
    return replaced(RIGHT, *replacements)


# ── What is taken from a right file ──────────────────────────────────────────────────────────────


def test_a_right_file_becomes_the_catalog(tmp_path: Path) -> None:
    catalog = load(tmp_path, RIGHT)
    assert catalog.environments == ("staging", "production")
    assert list(catalog.services) == ["api", "auth"]
    assert catalog.deploys_channel == "#deploys"
    assert catalog.groups == {
        "developers": Group(name="developers", members=frozenset({"U0DANA001", "W0SAM0001"})),
        "sre": Group(name="sre", usergroup="S0SRE0001"),
        "owners": Group(name="owners", members=frozenset({"U0OLIVIA1"})),
    }
    api = catalog.target("api", "production")
    assert api.image == "registry.example/olympus/api"
    assert api.deployers == ("developers", "sre")
    assert api.place == CloudRunPlace(
        project="olympus-prod", region="us-central1", service="api-gateway"
    )
    assert api.approvals == ApprovalRule(
        required=1,
        groups=(GroupMinimum(name="sre"), GroupMinimum(name="owners", min=1)),
        expires=timedelta(minutes=45),
    )
    assert catalog.service("api").owners == "owners"


def test_what_is_said_closer_to_the_target_wins(tmp_path: Path) -> None:
    """Environment, then service, then the service's own environment."""
    catalog = load(tmp_path, RIGHT)
    production = catalog.target("auth", "production")
    assert production.place == CloudRunPlace(
        project="example.com:olympus", region="europe-west4", service="auth"
    )
    assert production.deployers == ("sre",)
    assert production.approvals == ApprovalRule(
        required=2,
        groups=(GroupMinimum(name="sre"),),
        allow_self=True,
        expires=timedelta(hours=24),
    )
    staging = catalog.target("auth", "staging")
    assert staging.place == CloudRunPlace(
        project="olympus-staging", region="europe-west1", service="auth"
    )
    assert staging.deployers == ("developers",)
    assert staging.approvals == ApprovalRule()


def test_targets_follow_the_order_of_environments_not_of_the_service(tmp_path: Path) -> None:
    assert list(load(tmp_path, RIGHT).service("auth").targets) == ["staging", "production"]


@pytest.mark.parametrize(
    "file",
    [PROJECT / "signalbox.yaml", *sorted(PROJECT.glob("examples/**/*.yaml"))],
    ids=lambda file: file.name,
)
def test_the_sample_and_every_example_is_right(file: Path) -> None:
    assert load_catalog(file).targets()


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff" + RIGHT.replace("\n", "\r\n")
    assert load(tmp_path, text) == load(tmp_path, RIGHT)


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("30d", timedelta(days=30)),
    ],
)
def test_durations_are_written_with_a_unit(
    tmp_path: Path, written: str, duration: timedelta
) -> None:
    catalog = load(tmp_path, changed(("expires: 45m", f"expires: {written}")))
    assert catalog.target("api", "production").approvals.expires == duration


@pytest.mark.parametrize("channel", ['"#deploys"', '"#部署"', "C0DEPLOYS", "G0DEPLOYS"])
def test_channels_are_taken_by_name_and_by_id(tmp_path: Path, channel: str) -> None:
    catalog = load(tmp_path, changed(('"#deploys"', channel)))
    assert catalog.deploys_channel == channel.strip('"')


def test_names_may_be_in_any_script(tmp_path: Path) -> None:
    catalog = load(tmp_path, RIGHT.replace("olivia", "麗莎").replace("dana", "黛娜"))
    assert catalog.groups["owners"].members == {"U0OLIVIA1"}


# ── What is said about a wrong one ───────────────────────────────────────────────────────────────

WRONG_PLACE = "auth, region: europe-west1}"
LONG = "a-name-of-thirty-eight-characters-long"
# What is replaced by what; the key path, the marked text, what is said, and the hint.
WRONG = [
    # Keys
    ("owners: owners", "owner: owners", "services.api.owner", "owner", "no setting “owner”",
     "mean owners?"),
    ("min: 1", "mim: 1", "environments.production.approvals.groups[1].mim", "mim",
     "no setting “mim”", "Did you mean min?"),
    ("version: 1", "version: 1\nzzz: 1", "zzz", "zzz", "no setting “zzz”",
     "Known are: version, channels, people, groups, analyses, checklists, incidents, environments, "
     "services."),
    ("version: 1", "version: 1\nversion: 1", "version", "version", "twice; the first one is in "
     "line 1", "Keep one"),
    ("version: 1", "version: 1\n<<: {a: b}", "<<", "<<", "no setting “<<”", ""),
    ("  dana: U0DANA001", "  dana: U0DANA001\n  dana: U0DANA002", "people.dana", "dana",
     "twice; the first one is in line 5", "Keep one"),
    ("version: 1\n", "", "version", "c", "“version” is missing", "Add it: version:"),
    ("    image: registry.example/olympus/api\n", "", "services.api.image", "api",
     "“image” is missing", "Add it: image:"),
    ("    approvals: {required: 0}\n", "", "environments.staging.approvals", "staging",
     "“approvals” is missing", "Add it: approvals:"),
    ("    approvals: {required: 0}\n", "    approvals: {}\n",
     "environments.staging.approvals.required", "approvals", "“required” is missing", "Add it"),
    # Types
    ("version: 1", 'version: "1"', "version", '"1"', "text; a whole number is needed", "1"),
    ("version: 1", "version: 2", "version", "2", "reads version 1", "Write: 1"),
    ("required: 1", "required: 1.5", "environments.production.approvals.required", "1.5",
     "a whole number is needed", "For example: 1"),
    ("required: 1", "required: -1", "environments.production.approvals.required", "-1",
     "must not be negative", "0"),
    ("required: 1", "required: true", "environments.production.approvals.required", "true",
     "true or false; a whole number is needed", "1"),
    ("allow_self: true", "allow_self: 1", "services.auth.environments.production.approvals."
     "allow_self", "1", "a number; true or false is needed", "false"),
    ("project: olympus-prod", "project: 123456789", "environments.production.target.project",
     "123456789", "YAML reads 123456789 as a number", 'in quotes: "123456789"'),
    ("[developers, sre]", "[developers, no]", "environments.production.deployers[1]", "no",
     "YAML reads no as true or false", 'in quotes: "no"'),
    ("[developers, sre]", "developers", "environments.production.deployers", "developers",
     "text; a list is needed", "[first, second]"),
    ("target: {service: api-gateway}", "target:", "services.api.target", "target",
     "empty; settings are needed", "indented below"),
    ("owners: owners", "owners: [owners]", "services.api.owners", "[owners]",
     "a list; text is needed", "one value"),
    ("adapter: cloud_run", "adapter: lambda", "environments.production.target.adapter", "lambda",
     "cloud_run is all there is", "Write: cloud_run"),
    # Names
    ("  api:", "  API:", "services.API", "API", "has upper-case letters", "lower case: api"),
    ("  api:", "  my api:", "services.my api", "my api", "not a name for a service", "spaces"),
    ("  api:", "  a/b:", "services.a/b", "a/b", "not a name for a service", "hyphens"),
    ("  api:", "  help:", "services.help", "help", "a meaning of its own", "another name"),
    ("[dana, sam]", "[dana, samm]", "groups.developers[1]", "samm", "no person “samm”",
     "Did you mean sam?"),
    ("[dana, sam]", "[dana, dana]", "groups.developers[1]", "dana", "here twice", "Keep one"),
    ("[developers, sre]", "[developers, sra]", "environments.production.deployers[1]", "sra",
     "no group “sra”", "Did you mean sre?"),
    ("[developers, sre]", "[sre, sre]", "environments.production.deployers[1]", "sre",
     "here twice", "Keep one"),
    ("deployers: [sre]", "deployers: [zzz]", "services.auth.environments.production.deployers[0]",
     "zzz", "no group “zzz”", "Known are: developers, sre, owners."),
    ("{name: owners, min: 1}", "{name: owner}", "environments.production.approvals.groups[1].name",
     "owner", "no group “owner”", "Did you mean owners?"),
    ("{name: owners, min: 1}", "{name: sre}", "environments.production.approvals.groups[1].name",
     "sre", "here twice", "Keep one"),
    ("owners: owners", "owners: nobody", "services.api.owners", "nobody", "no group “nobody”",
     "Known are"),
    ("[staging, production]", "[staging, prod]", "services.api.environments[1]", "prod",
     "no environment “prod”", "Did you mean production?"),
    ("[staging, production]", "[staging, staging]", "services.api.environments[1]", "staging",
     "here twice", "Keep one"),
    ("      staging:\n", "      stagin:\n", "services.auth.environments.stagin", "stagin",
     "no environment “stagin”", "Did you mean staging?"),
    # People and groups
    ("U0DANA001", "dana", "people.dana", "dana", "not a Slack member id", "Copy member ID"),
    ("U0DANA001", "B0DANA001", "people.dana", "B0DANA001", "not a Slack member id", "Copy"),
    ("W0SAM0001", "U0DANA001", "people.sam", "U0DANA001", "U0DANA001 is dana already", "one of"),
    ("S0SRE0001", "sre", "groups.sre.usergroup", "sre", "not a Slack user group id", "Copy group"),
    ("{usergroup: S0SRE0001}", "S0SRE0001", "groups.sre", "S0SRE0001", "or a Slack user group is "
     "needed", "{usergroup: S…}"),
    ("[olivia]", "[]", "groups.owners", "[]", "Nobody is in this group", "remove the group"),
    ('"#deploys"', "deploys", "channels.deploys", "deploys", "not a Slack channel", '"#deploys"'),
    ('"#deploys"', "#deploys", "channels.deploys", "deploys", "empty; text is needed", ""),
    ('"#deploys"', '"#Deploys"', "channels.deploys", '"#Deploys"', "not a Slack channel", ""),
    # Places
    ("olympus-prod", "Olympus", "environments.production.target.project", "Olympus",
     "not a Google Cloud project id", "6 to 30"),
    (WRONG_PLACE, "auth, region: europe-west1-b}", "services.auth.target.region",
     "europe-west1-b", "is a zone", "Write: europe-west1"),
    (WRONG_PLACE, "auth, region: EU}", "services.auth.target.region", "EU", "not a region",
     "us-central1"),
    ("service: api-gateway", "service: API", "services.api.target.service", "API",
     "not a name of a Cloud Run service", "begin with a letter"),
    ("service: api-gateway", f"service: {LONG}", "services.api.target.service", LONG,
     "38 characters, which is too long", "leave 37 to the service"),
    ("target: {service: auth, region: europe-west1}\n    environments:\n      production:",
     "environments:\n      production:", "services.auth.environments.staging", "staging",
     "Where auth runs in staging is not said: service.", "services.auth.target"),
    ("registry.example/olympus/api", "registry.example/olympus/api:v1", "services.api.image",
     "registry.example/olympus/api:v1", "has a tag in it", "Write: registry.example/olympus/api"),
    ("registry.example/olympus/api", "registry.example/api@sha256:12", "services.api.image",
     "registry.example/api@sha256:12", "has a digest in it", "Write: registry.example/api"),
    ("registry.example/olympus/api", "olympus/api", "services.api.image", "olympus/api",
     "does not name a registry", "us-central1-docker.pkg.dev"),
    ("registry.example/olympus/api", "https://registry.example/api", "services.api.image",
     "https://registry.example/api", "does not name a registry", "us-central1-docker.pkg.dev"),
    ("service: auth, region: europe-west1", "service: api-gateway", "services.auth.environments."
     "staging", "staging", "the same place as api/staging (line 29): projects/olympus-staging/"
     "locations/us-central1/services/api-gateway.", "project, region or service"),
    # Environments
    ("[staging, production]", "[]", "services.api.environments", "[]",
     "environments that the service has are needed", "[name, name]"),
    ("[staging, production]", "staging", "services.api.environments", "staging",
     "environments that the service has are needed", "[name, name]"),
    ("deployers: [sre]", "deployers: []", "services.auth.environments.production.deployers", "[]",
     "Nobody may deploy here", "Name a group"),
    # Approvals
    ("      groups: [{name: sre}, {name: owners, min: 1}]\n", "",
     "environments.production.approvals.required", "1", "no group is named", "groups: [{name: …}]"),
    ("required: 1\n", "required: 0\n", "environments.production.approvals.required", "0",
     "and yet nobody is asked", "Write required: 1"),
    ("min: 1", "min: 2", "environments.production.approvals.groups[1].min", "2",
     "2 approvals of owners are more than all 1", "Write required: 2"),
    ("required: 1\n      groups: [{name: sre}, {name: owners, min: 1}]",
     "required: 2\n      groups: [{name: owners}]",
     "environments.production.approvals.required", "2",
     "2 approvals cannot be had from 1 (olivia).", "name more people"),
    ("required: 1\n      groups: [{name: sre}, {name: owners, min: 1}]",
     "required: 2\n      groups: [{name: sre}, {name: owners, min: 2}]",
     "environments.production.approvals.groups[1].min", "2",
     "2 approvals cannot be had from 1 (olivia).", "name more people"),
    ("approvals: {required: 0}", "approvals: {required: 2, groups: [{name: developers}]}",
     "environments.staging.approvals.required", "2", "2 approvals cannot be had from 2 (dana, sam);"
     " nobody may approve a deploy of their own.", "Lower the number"),
    ("expires: 45m", "expires: 45", "environments.production.approvals.expires", "45",
     "not a duration", "Write 30s, 5m, 24h or 7d."),
    ("expires: 45m", "expires: 0m", "environments.production.approvals.expires", "0m",
     "not a duration", "Write 30s"),
    ("expires: 45m", "expires: 1:30", "environments.production.approvals.expires", "1:30",
     "not a duration", "Write 30s"),
    ("expires: 45m", "expires: 31d", "environments.production.approvals.expires", "31d",
     "longer than 30 days", "Write 30d or less"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "shown", "says", "hint"), WRONG, ids=lambda value: str(value)[:40]
)
def test_a_mistake_is_shown_where_it_is_with_what_to_write(  # noqa: PLR0913, PLR0917 - a table's row
    tmp_path: Path, old: str, new: str, path: str, shown: str, says: str, hint: str
) -> None:
    (problem,) = problems(tmp_path, changed((old, new)))
    assert problem.path == path
    assert says in problem.says
    assert hint in problem.hint
    assert marked(problem).startswith(shown)


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(
        ("U0DANA001", "dana"),
        ("[dana, sam]", "[dana, samm]"),
        ("required: 1\n", "required: 5\n"),
        ("olympus-prod", "Olympus"),
        ("owners: owners", "owner: owners"),
        ("deployers: [sre]", "deployers: [sri]"),
    )
    found = problems(tmp_path, text)
    assert [problem.path for problem in found] == [
        "people.dana",
        "groups.developers[1]",
        "environments.production.target.project",
        "services.api.owner",
        "services.auth.environments.production.deployers[0]",
    ]


def test_a_bad_environment_makes_no_other_complaint_about_its_name(tmp_path: Path) -> None:
    """Its name is known all the same, so services that have it are right."""
    (problem,) = problems(tmp_path, changed(("olympus-staging", "X")))
    assert problem.path == "environments.staging.target.project"


@pytest.mark.parametrize("section", ["groups", "environments", "services"])
@pytest.mark.parametrize(("content", "says"), [(" {}", "There is no"), ("", "One entry for each")])
def test_a_section_without_entries_is_a_mistake(
    tmp_path: Path, section: str, content: str, says: str
) -> None:
    lines = {
        "version": " 1",
        "channels": ' {deploys: "#deploys"}',
        "groups": " {sre: {usergroup: S0SRE0001}}",
        "environments": " {production: {deployers: [sre], approvals: {required: 0}}}",
        "services": " {}",
    }
    lines[section] = content
    found = problems(tmp_path, "".join(f"{name}:{value}\n" for name, value in lines.items()))
    assert [problem.says for problem in found if problem.path == section and says in problem.says]


# ── Files that cannot be read at all ─────────────────────────────────────────────────────────────


def test_a_missing_file_says_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no such file") as refused:
        load_catalog(tmp_path / "nothing.yaml")
    assert "SIGNALBOX_CONFIG" in str(refused.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_catalog(tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"empty|settings are needed"):
        load(tmp_path, text)


def test_a_file_larger_than_a_mebibyte_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, RIGHT + "#" * (MAX_BYTES - len(RIGHT.encode()) + 1))
    assert "1 MiB" in problem.says


def test_a_file_of_exactly_a_mebibyte_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, RIGHT + "#" * (MAX_BYTES - len(RIGHT.encode())))


def test_text_that_is_not_utf_8_is_shown_with_its_place(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, RIGHT.replace("dana: U0", "däna: U0").encode("latin-1"))
    assert (problem.spot.line, problem.spot.column) == (5, 4) if problem.spot else False
    assert "UTF-8" in problem.hint


def test_every_tab_that_indents_is_shown(tmp_path: Path) -> None:
    text = RIGHT.replace("  dana", "\tdana").replace("  sam", " \tsam")
    found = problems(tmp_path, text)
    assert [(p.spot.line, p.spot.column) for p in found if p.spot] == [(5, 1), (6, 2)]
    assert all("two spaces" in problem.hint for problem in found)


@pytest.mark.parametrize("hidden", ["\x00", "\x0c", "\x1b", "\u202e", "\u2066", "\x7f"])
def test_invisible_characters_are_refused(tmp_path: Path, hidden: str) -> None:
    """Among them those that show text in another order than it is read."""
    (problem,) = problems(tmp_path, changed(("[dana, sam]", f"[dana{hidden}, sam]")))
    assert (problem.spot.line, problem.spot.column) == (9, 20) if problem.spot else False
    assert f"U+{ord(hidden):04X}" in problem.says
    assert hidden not in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[dana, sam]", "[dana, sam", 10),
        ("[dana, sam]", '["dana, sam]', 9),
        ("channels:", "channels", 3),
        ("  deploys:", "  deploys: x: y", 3),
        ("  sam: W0SAM0001", "   sam: W0SAM0001", 6),
        ("[olivia]", "@olivia", 11),
    ],
)
def test_what_is_not_yaml_is_shown_with_its_place(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    (problem,) = problems(tmp_path, changed((old, new)))
    assert problem.says.startswith("This is not YAML: ")
    assert problem.spot is not None
    assert abs(problem.spot.line - line) <= 1  # the two readers differ by a line
    assert "line above" in problem.hint


def test_aliases_are_refused_each_at_its_place(tmp_path: Path) -> None:
    text = changed(("[dana, sam]", "&us [dana, sam]"), ("[olivia]", "*us"))
    (problem,) = problems(tmp_path, text)
    assert (problem.says, marked(problem)) == ("“*us” is an alias.", "*us")


def test_an_alias_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 200)]
    found = problems(tmp_path, "\n".join(rows))
    assert len(found) == 2 * 199


def test_deep_nesting_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "a: " + "[" * 5000 + "]" * 5000)
    assert str(MAX_DEPTH) in problem.hint


def test_a_second_document_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, RIGHT + "---\nversion: 1\n")
    assert "second document" in problem.says


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!mine", "!!binary"])
def test_types_of_other_programs_are_refused(tmp_path: Path, tag: str) -> None:
    found = problems(tmp_path, changed(("[olivia]", f"[{tag} olivia]")))
    assert any("is not read" in problem.says for problem in found)


def test_a_key_is_one_word(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, RIGHT + "? [a, b]\n: c\n")
    assert problem.says == "This is not a key."


@pytest.mark.parametrize("text", ["hello", "- a\n- b\n", "42"])
def test_a_file_without_settings_is_refused(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert "settings are needed" in problem.says


# ── How a mistake is shown ───────────────────────────────────────────────────────────────────────


def test_a_mistake_is_shown_as_a_compiler_would(tmp_path: Path) -> None:
    with pytest.raises(SignalboxError) as refused:
        load(tmp_path, changed(("[dana, sam]", "[dana, samm]")))
    file = tmp_path / "signalbox.yaml"
    assert (
        str(refused.value)
        == f"""\
{file}:9:22: groups.developers[1]: There is no person “samm”.
   9 |   developers: [dana, samm]
     |                      ^^^^
     = Did you mean sam?

{file} has 1 problem."""
    )


def test_several_mistakes_are_counted(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has 2 problems"):
        load(tmp_path, changed(("[dana, sam]", "[dana, samm]"), ("[olivia]", "[]")))


def test_a_long_line_is_cut_around_the_mistake(tmp_path: Path) -> None:
    names = "[" + "dana, " * 200 + "samm]"
    found = problems(tmp_path, changed(("[dana, sam]", names)))
    picture = str(found[-1]).splitlines()
    assert all(len(line) < 120 for line in picture[1:3])
    caret = picture[2].index("^")
    assert picture[1][caret : caret + 4] == "samm"


def test_carets_count_characters_of_any_script(tmp_path: Path) -> None:
    text = RIGHT.replace("olivia: ", "麗莎🙂: ").replace("[olivia]", "[黛娜, 麗莎🙂x]")
    found = problems(tmp_path, text.replace("麗莎🙂:", '"麗莎":'))
    assert [marked(problem) for problem in found if "person" in problem.says] == [
        "黛娜",
        "麗莎🙂x",
    ]


def test_no_name_is_a_word_of_the_grammar() -> None:
    """The words that mean something after a command are the same in both places."""
    assert RESERVED == RESERVED_WORDS
