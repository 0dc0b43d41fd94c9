"""The tables of commands in docs/deploying.md and docs/incidents.md, made from those of verbs.

`python tests/docs_verbs.py` writes them into the pages.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.views.incidents.verbs import ALIASES, INCIDENT, INCIDENT_GROUPS
from bot.views.verbs import DEPLOY, DEPLOY_VERBS, ROLLBACK, STATUS, Verb

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "deploying.md"
MARK = "<!-- verbs: made from the table in bot/views/verbs.py -->\n"
INCIDENTS_PAGE = DOCS / "incidents.md"
INCIDENTS_MARK = "<!-- verbs: made from the table in bot/views/incidents/verbs.py -->\n"
END = "<!-- end of the verbs -->\n"

Row = tuple[str, Verb]


def table() -> str:
    """What is typed about deploys, and what it does; then what the flags mean."""
    rows = [
        *(("/deploy", verb) for verb in (DEPLOY, *DEPLOY_VERBS.values())),
        ("/rollback", ROLLBACK),
        ("/status", STATUS),
    ]
    lines = ["| type | and Signalbox |", "|---|---|", *map(_said, rows), "", *_flag_table(rows)]
    return "\n".join([*lines, ""])


def incident_table() -> str:
    """What is typed about incidents, in the groups of the help; then flags and other words."""
    lines = ["| | type | and Signalbox |", "|---|---|---|", f"| {_said(('/incident', INCIDENT))}"]
    for group, verbs in INCIDENT_GROUPS.items():
        for place, verb in enumerate(verbs):
            heading = f"**{group}** " if place == 0 else ""
            lines.append(f"| {heading}{_said(('/incident', verb))}")
    rows = [("/incident", each) for group in INCIDENT_GROUPS.values() for each in group]
    others = ", ".join(f"`{word}` for `{name}`" for word, name in ALIASES.items())
    return "\n".join([*lines, "", *_flag_table(rows), "", f"Other words: {others}.", ""])


def _said(row: Row) -> str:
    command, verb = row
    usage = " ".join(f"{command} {verb.name} {verb.usage}".split()).replace("|", "\\|")
    return f"| `{usage}` | {verb.says} |"


def _flag_table(rows: list[Row]) -> Iterator[str]:
    yield "| flag | of | meaning |"
    yield "|---|---|---|"
    for flag, names, says in _flags(rows):
        yield f"| `{flag}` | {', '.join(names)} | {says} |"


def _flags(rows: list[Row]) -> Iterator[tuple[str, list[str], str]]:
    """Each flag with a meaning of its own, and whose it is."""
    found: dict[tuple[str, str], list[str]] = {}
    for command, verb in rows:
        for flag in verb.flags:
            value = "|".join(flag.choices) or flag.value
            shown = f"--{flag.name} {value}".rstrip().replace("|", "\\|")
            found.setdefault((shown, flag.says), []).append(f"`{verb.name or command}`")
    for (shown, says), names in found.items():
        yield shown, names, says


def write() -> None:
    """Bring the pages up to date."""
    _write(PAGE, MARK, table())
    _write(INCIDENTS_PAGE, INCIDENTS_MARK, incident_table())


def _write(page: Path, mark: str, made: str) -> None:
    text = page.read_text("utf-8")
    head, _, rest = text.partition(mark)
    _, _, tail = rest.partition(END)
    page.write_text(f"{head}{mark}\n{made}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    write()
