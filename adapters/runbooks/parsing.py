"""One Markdown file as a runbook: front matter in YAML, then the text.

---
title: High CPU
services: [api, gateway]        # none: for any
symptoms: [cpu above 90 %, slow responses]
severity: P2
url: https://wiki.example/high-cpu
reviewed: 2026-10-01            # when somebody last saw to it that it is true
---
Words for people, and lines such as these, which become the steps to tick off:

- [ ] Look at the dashboard.
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.domain.errors import SignalboxError
from bot.domain.incident_policy import ProcedureItem, Severity
from bot.domain.runbooks import Runbook

_FRONT = re.compile(r"---\r?\n(?P<front>.*?)\r?\n---\r?\n(?P<text>.*)", re.DOTALL)
_STEP = re.compile(r"^\s*[-*] \[[ xX]\]\s+(?P<text>.+?)\s*$", re.MULTILINE)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# Decisions of this project: a list that is longer is not gone through in an incident; a longer
# line does not fit beside a button.
MAX_STEPS = 40
MAX_STEP = 300
MAX_TEXT = 100_000


class RunbookError(SignalboxError):
    """A file of the folder is no runbook; the text names the file and what to write."""


class _Front(BaseModel):
    """What stands between the lines of hyphens."""

    # A symptom such as 503 is a number in YAML.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=100)]
    services: list[str] = Field(default_factory=list)
    symptoms: list[str] = Field(default_factory=list)
    severity: Severity | None = None
    reviewed: date | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None


def parse_runbook(name: str, content: str) -> Runbook:
    """Read a file; its name without the ending is what people type.

    Raises `RunbookError` naming the file, what is wrong, and what to write instead.
    """
    slug = Path(name).stem
    if not _SLUG.fullmatch(slug):
        raise RunbookError(
            f"{name}: the name of a runbook has lower-case letters, digits and hyphens only, "
            "such as high-cpu.md."
        )
    if len(content) > MAX_TEXT:
        raise RunbookError(f"{name} has {len(content)} characters; there is room for {MAX_TEXT}.")
    parted = _FRONT.fullmatch(content.removeprefix("\ufeff"))
    if parted is None:
        raise RunbookError(f"{name} does not begin with front matter: “---”, “title: …”, “---”.")
    front = _front(name, parted["front"])
    steps = _STEP.findall(parted["text"])
    if not steps:
        raise RunbookError(f"{name} has no steps. Write each as a line “- [ ] …”.")
    if len(steps) > MAX_STEPS:
        raise RunbookError(f"{name} has {len(steps)} steps; there is room for {MAX_STEPS}.")
    return Runbook(
        slug=slug,
        title=front.title,
        services=frozenset(front.services),
        symptoms=tuple(front.symptoms),
        severity=front.severity,
        url=front.url,
        reviewed=front.reviewed,
        steps=tuple(
            ProcedureItem(id=f"s{place}", text=_cut(step)) for place, step in enumerate(steps, 1)
        ),
        text=parted["text"].strip(),
    )


def _front(name: str, written: str) -> _Front:
    try:
        values = yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise RunbookError(f"{name}: the front matter is not YAML ({error}).") from None
    if not isinstance(values, dict):
        raise RunbookError(f"{name}: the front matter has no keys; it needs at least “title: …”.")
    try:
        return _Front.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        )
        raise RunbookError(f"{name}: {wrong}.") from None


def _cut(step: str) -> str:
    return step if len(step) <= MAX_STEP else f"{step[: MAX_STEP - 1]}…"
