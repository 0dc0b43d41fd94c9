"""All runbooks of a folder, read once at the start."""

from pathlib import Path

from adapters.runbooks.parsing import RunbookError, parse_runbook
from bot.domain.errors import SignalboxError
from bot.domain.runbooks import Runbook

# Files that tell about the folder itself.
_NOT_RUNBOOKS = frozenset({"readme.md", "index.md"})


def load_runbooks(folder: Path) -> tuple[Runbook, ...]:
    """The runbooks of a folder (without those below it), by name.

    Raises `SignalboxError` with everything that is wrong in any of them, and when there is no such
    folder.
    """
    if not folder.is_dir():
        raise SignalboxError(f"There is no folder {folder} with runbooks.")
    found: list[Runbook] = []
    problems: list[str] = []
    for file in sorted(folder.glob("*.md")):
        if file.name.lower() in _NOT_RUNBOOKS:
            continue
        try:
            found.append(parse_runbook(file.name, file.read_text("utf-8")))
        except (RunbookError, UnicodeDecodeError) as problem:
            problems.append(
                str(problem)
                if isinstance(problem, RunbookError)
                else f"{file.name} is not UTF-8 text."
            )
    if problems:
        raise SignalboxError("\n".join(problems))
    return tuple(found)
