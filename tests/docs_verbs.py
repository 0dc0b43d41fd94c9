"""The table of commands in docs/deploying.md, made from the table of verbs.

`python tests/docs_verbs.py` writes it into the page.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.views.verbs import DEPLOY, DEPLOY_VERBS, ROLLBACK, STATUS, Verb

PAGE = Path(__file__).parents[1] / "docs" / "deploying.md"
MARK = "<!-- verbs: made from the table in bot/views/verbs.py -->\n"
END = "<!-- end of the verbs -->\n"


def table() -> str:
    """A Markdown table: what is typed, and what it does; then what the flags mean."""
    rows = [
        *(("/deploy", verb) for verb in (DEPLOY, *DEPLOY_VERBS.values())),
        ("/rollback", ROLLBACK),
        ("/status", STATUS),
    ]
    lines = ["| type | and Signalbox |", "|---|---|"]
    for command, verb in rows:
        usage = f"{command} {verb.name} {verb.usage}".replace("  ", " ").replace("|", "\\|")
        lines.append(f"| `{usage}` | {verb.says} |")
    lines += ["", "| flag | of | meaning |", "|---|---|---|"]
    lines += [f"| `{flag}` | {', '.join(names)} | {says} |" for flag, names, says in _flags(rows)]
    return "\n".join([*lines, ""])


def _flags(rows: list[tuple[str, Verb]]) -> Iterator[tuple[str, list[str], str]]:
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
    """Bring the page up to date."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(MARK)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{MARK}\n{table()}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    write()
