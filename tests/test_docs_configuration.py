"""The documentation of the configuration file tells the truth: every key, and every example."""

import re
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from inspect import isclass
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from adapters.catalog import load_catalog
from adapters.catalog.incident_shape import Incidents, SeveritySettings
from adapters.catalog.policy_shape import Analysis, Checklist
from adapters.catalog.shape import Environment, Override, Service, Top, Usergroup
from adapters.catalog.values import Shape
from bot.domain.incident_policy import USUAL_RULES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SECTIONS: dict[str, type[Shape]] = {
    "groups.*": Usergroup,
    "analyses.*": Analysis,
    "checklists.*": Checklist,
    "incidents": Incidents,
    "severities.*": SeveritySettings,
    "environments.*": Environment,
    "services.*": Service,
}
FENCE = re.compile(r"(?:<!-- (\S+) -->\n)?```yaml\n(.*?)```", re.DOTALL)


def inner(annotation: Any, suffix: str = "") -> Iterator[tuple[str, type[Shape]]]:
    """The shape in a type, with what follows its key: `[]` in a list, `.*` in a map by names."""
    if isclass(annotation) and issubclass(annotation, Shape):
        yield suffix, annotation
        return
    suffix = {list: "[]", dict: ".*"}.get(get_origin(annotation), suffix)
    for part in get_args(annotation):
        yield from inner(part, suffix)


def keys(shape: type[Shape], owner: str) -> Iterator[str]:
    """The keys below a key, each with its owner: `approvals.required`, `steps[].percent`."""
    for name, field in shape.model_fields.items():
        key = field.alias or name
        yield f"{owner}.{key}".removeprefix(".")
        for suffix, found in inner(field.annotation):
            yield from keys(found, key + suffix)


def all_keys() -> set[str]:
    """Every key of the configuration file."""
    return {*keys(Top, ""), *(k for owner, shape in SECTIONS.items() for k in keys(shape, owner))}


def test_every_key_of_the_configuration_is_documented_and_no_other() -> None:
    """In a table of docs/catalog.md or docs/policy.md, with the key that it belongs to."""
    text = "".join((DOCS / name).read_text() for name in ("catalog.md", "policy.md"))
    rows = re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
    documented = {key for row in rows for key in re.findall(r"`([^`]+)`", row)}
    known = all_keys()
    assert documented >= known
    owned = re.compile(r"[a-z_]+(\.\*|\[\])?\.[a-z_]+")
    assert {key for key in documented if owned.fullmatch(key)} <= known


def test_services_override_every_key_of_an_environment() -> None:
    """So they need no documentation of their own."""
    assert Override.model_fields.keys() == Environment.model_fields.keys()


def test_the_examples_of_all_keys_have_all_of_them() -> None:
    """One of incidents, at the end of its page, and one of everything else."""
    everything = FENCE.findall((DOCS / "policy.md").read_text())[0][1]
    of_incidents = FENCE.findall((DOCS / "catalog.md").read_text())[-1][1]
    shown = set(re.findall(r"\b([a-z_]+):", everything + of_incidents))
    assert {re.split(r"[.\]]", key)[-1] for key in all_keys()} <= shown


def test_the_usual_rules_of_severities_are_as_documented() -> None:
    """Each row of the table, put into words from the rule that the code goes by."""

    def span(lasts: timedelta | None, without: str) -> str:
        if lasts is None:
            return without
        days, hours = lasts / timedelta(days=1), lasts / timedelta(hours=1)
        if days > 1:
            return f"{days:g} d"
        if hours >= 1:
            return f"{hours:g} h"
        return f"{lasts // timedelta(minutes=1)} min"

    pages = [(DOCS / name).read_text() for name in ("catalog.md", "incidents.md")]
    for severity, rule in USUAL_RULES.items():
        times = (rule.response, rule.resolution, rule.update_every)
        cells = [
            *(span(each, "") for each in times),
            span(rule.escalate_after, "never"),
            span(rule.ack_within, ""),
            "yes" if rule.page else "no",
            span(rule.freeze, "no"),
            "yes" if rule.postmortem else "no",
        ]
        assert all(f"| {severity} | {' | '.join(cells)} |" in text for text in pages)


@pytest.mark.parametrize("page", ["catalog.md", "policy.md"])
def test_configurations_in_the_documentation_are_right(page: str, tmp_path: Path) -> None:
    """Whole ones are loaded, and excerpts stand in the example that they are taken from."""
    found = FENCE.findall((DOCS / page).read_text())
    assert found
    for source, yaml in found:
        if not source:
            (tmp_path / "signalbox.yaml").write_text(yaml)
            assert load_catalog(tmp_path / "signalbox.yaml").targets()
            continue
        example = (ROOT / source).read_text()
        assert any(textwrap.indent(yaml, " " * spaces) in example for spaces in range(0, 12, 2))


def test_every_example_is_in_the_index() -> None:
    index = (ROOT / "examples" / "README.md").read_text()
    names = {path.name for path in (ROOT / "examples").glob("*.yaml")}
    assert set(re.findall(r"^\| \[(\S+\.yaml)\]", index, re.MULTILINE)) == names
    for name in names:
        assert load_catalog(ROOT / "examples" / name).targets()
