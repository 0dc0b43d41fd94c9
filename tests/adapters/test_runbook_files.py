"""Runbooks as files: what is read, and how everything that is wrong is named with its file."""

import re
from datetime import date
from pathlib import Path

import pytest

from adapters.runbooks.folder import load_runbooks
from adapters.runbooks.parsing import MAX_STEP, MAX_STEPS, MAX_TEXT, RunbookError, parse_runbook
from bot.domain.errors import SignalboxError
from bot.domain.incident_policy import Severity
from bot.domain.runbooks import Runbook, suggested

EXAMPLES = Path(__file__).parents[2] / "examples" / "runbooks"
GOOD = """---
title: High CPU
services: [api, gateway]
symptoms: [cpu above 90 %, 503]
severity: P2
url: https://wiki.example/high-cpu
reviewed: 2026-03-01
---
Words for people.

- [ ] Look at the dashboard.
* [x] Roll back.
- no step
"""
SUBJECTS = {
    "backup-restore",
    "cache-issues",
    "certificate-expiry",
    "database-connections",
    "disk-full",
    "error-rate",
    "failed-deployment",
    "high-cpu",
    "high-memory",
    "network-connectivity",
    "region-failover",
    "replication-lag",
    "security-incident",
    "slow-api",
    "slow-queries",
}


def with_front(line: str) -> str:
    """A file with another line in its front matter."""
    return f"---\ntitle: High CPU\n{line}\n---\n- [ ] Look.\n"


# ── One file ─────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_a_file_says_is_read() -> None:
    found = parse_runbook("high-cpu.md", GOOD)
    assert (found.slug, found.title) == ("high-cpu", "High CPU")
    assert found.services == {"api", "gateway"}
    assert found.symptoms == ("cpu above 90 %", "503")
    assert (found.severity, found.url) == (Severity.P2, "https://wiki.example/high-cpu")
    assert found.reviewed == date(2026, 3, 1)
    assert [(step.id, step.text) for step in found.steps] == [
        ("s1", "Look at the dashboard."),
        ("s2", "Roll back."),
    ]
    assert found.text.startswith("Words for people.")


def test_a_title_and_a_step_are_enough() -> None:
    found = parse_runbook("disk.md", "\ufeff---\r\ntitle: Disk\r\n---\r\n- [ ] Look.\r\n")
    assert [step.text for step in found.steps] == ["Look."]
    assert (found.services, found.symptoms, found.severity) == (frozenset(), (), None)
    assert (found.url, found.reviewed) == (None, None)


def test_a_step_that_is_too_long_for_a_line_is_cut() -> None:
    found = parse_runbook("disk.md", with_front("").replace("Look.", "x" * (MAX_STEP + 1)))
    assert len(found.steps[0].text) == MAX_STEP
    assert found.steps[0].text.endswith("…")


WRONG = {
    "High CPU.md": (GOOD, "such as high-cpu.md"),
    "-cpu.md": (GOOD, "such as high-cpu.md"),
    "a.md": ("# High CPU\n- [ ] Look.", "does not begin with front matter: “---”, “title: …”"),
    "b.md": ("---\ntitle: High CPU\n---\nLook.", "has no steps. Write each as a line “- [ ] …”."),
    "c.md": (
        with_front("") + "- [ ] Again.\n" * MAX_STEPS,
        f"has {MAX_STEPS + 1} steps; there is room for {MAX_STEPS}",
    ),
    "d.md": (with_front("") + "x" * MAX_TEXT, f"characters; there is room for {MAX_TEXT}"),
    "e.md": (with_front("symptoms: [cpu"), "the front matter is not YAML"),
    "f.md": ("---\nhigh cpu\n---\n- [ ] Look.", "it needs at least “title: …”"),
    "g.md": (with_front("sevrity: P1"), "sevrity: Extra inputs are not permitted"),
    "h.md": (with_front("severity: P9"), "severity: Input should be 'P1', 'P2', 'P3' or 'P4'"),
    "i.md": (with_front("url: http://wiki.example"), "url: String should match"),
    "j.md": (with_front("symptoms: cpu"), "symptoms: Input should be a valid list"),
    "k.md": (with_front("reviewed: last year"), "reviewed: Input should be a valid date"),
    "l.md": ("---\ntitle: x\n---\n- [ ] Look.", "title: String should have at least 3 characters"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_every_error_names_the_file_and_what_to_write(name: str) -> None:
    content, says = WRONG[name]
    with pytest.raises(RunbookError, match=re.escape(says)) as wrong:
        parse_runbook(name, content)
    assert str(wrong.value).startswith(name)


# ── A folder ─────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_read_by_name_without_what_is_about_itself(tmp_path: Path) -> None:
    for name in ("b.md", "a.md"):
        (tmp_path / name).write_text(GOOD)
    for name in ("README.md", "index.md", "notes.txt"):
        (tmp_path / name).write_text("This is no runbook.")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.md").write_text(GOOD)
    assert [each.slug for each in load_runbooks(tmp_path)] == ["a", "b"]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("no front matter")
    (tmp_path / "b.md").write_text(GOOD)
    (tmp_path / "c.md").write_bytes(b"\xff\xfe")
    (tmp_path / "d.md").write_text(with_front("severity: P9"))
    with pytest.raises(SignalboxError) as wrong:
        load_runbooks(tmp_path)
    first, second, third = str(wrong.value).splitlines()
    assert first.startswith("a.md does not begin")
    assert second == "c.md is not UTF-8 text."
    assert third.startswith("d.md: severity")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SignalboxError, match=r"There is no folder .*nowhere"):
        load_runbooks(tmp_path / "nowhere")


# ── The documentation ────────────────────────────────────────────────────────────────────────────


def test_the_documentation_has_every_key_and_an_example_that_is_read() -> None:
    text = (EXAMPLES.parents[1] / "docs" / "runbooks.md").read_text()
    example = text.partition("```markdown\n")[2].partition("```")[0]
    found = parse_runbook("orders-pile-up.md", example)
    assert len(found.steps) == example.count("- [ ]") == 5
    front = example.split("---")[1]
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    assert documented == set(re.findall(r"^(\w+):", front, re.M))
    assert documented == set(Runbook.model_fields) - {"slug", "steps", "text"}
    assert f"{MAX_STEPS} at most, of {MAX_STEP} characters" in text


# ── The examples ─────────────────────────────────────────────────────────────────────────────────


def test_the_examples_are_about_fifteen_subjects() -> None:
    assert {each.slug for each in load_runbooks(EXAMPLES)} == SUBJECTS


def test_the_list_of_the_examples_says_what_is_in_them() -> None:
    """Name, title, severity and symptoms, of exactly those that there are."""
    text = (EXAMPLES / "README.md").read_text()
    rows = [row for row in text.splitlines() if row.startswith("| [")]
    assert rows == [
        f"| [{each.slug}]({each.slug}.md) | {each.title} | {each.severity} "
        f"| {', '.join(each.symptoms)} |"
        for each in load_runbooks(EXAMPLES)
    ]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Checkout answers 500s", "error-rate"),
        ("CPU at 100 %", "high-cpu"),
        ("api is slow", "slow-api"),
        ("Redis is away", "cache-issues"),
        ("Deploy failed: api v1.2.0", "failed-deployment"),
        ("No space left on device", "disk-full"),
        ("Payments cannot be made", None),
        ("Everything is down", None),
    ],
)
def test_the_examples_are_suggested_where_they_help(title: str, slug: str | None) -> None:
    fitting = suggested(load_runbooks(EXAMPLES), title, None)
    assert next((each.slug for each in fitting), None) == slug
