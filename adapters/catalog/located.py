"""YAML with positions: every value knows the line and column at which it was written."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.domain.errors import SignalboxError

MAX_BYTES = 1024 * 1024
# Aliases are expanded as they are used; a file that grows beyond this is no configuration.
MAX_NODES = 50_000

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong, at a place (both counted from 1), with what to write instead."""

    line: int
    column: int
    key: str
    says: str


class ConfigError(SignalboxError):
    """The configuration file cannot be used; its text shows every problem like a compiler does."""

    def __init__(self, path: Path, problems: list[Problem], source: str = "") -> None:
        self.problems = problems
        lines = source.splitlines()
        super().__init__("\n".join(_shown(path, problem, lines) for problem in problems))


def _shown(path: Path, problem: Problem, lines: list[str]) -> str:
    key = f"{problem.key}: " if problem.key else ""
    head = f"{path}:{problem.line}:{problem.column}: {key}{problem.says}"
    if not 0 < problem.line <= len(lines):
        return head
    text = lines[problem.line - 1].replace("\t", " ")
    return f"{head}\n    {text}\n    {' ' * (problem.column - 1)}^"


@dataclass(slots=True, kw_only=True)
class Located:
    """A parsed document: plain values, and the mark of each path in it."""

    value: object
    marks: dict[Path_, yaml.Mark]
    source: str


def load(path: Path) -> Located:
    """Read a file. Raises `ConfigError` for one that is no YAML that a person would write."""
    source = _text(path)
    marks: dict[Path_, yaml.Mark] = {}
    problems: list[Problem] = []
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        says = f"is no YAML: {error.problem or error}"
        raise ConfigError(
            path, [Problem(line=at[0], column=at[1], key="", says=says)], source
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(path, [_at_start(f"is no YAML: {error}")], source) from error
    if root is None:
        raise ConfigError(path, [_at_start("is empty")], source)
    value = _Walker(marks, problems).walk(root, ())
    if problems:
        raise ConfigError(path, problems, source)
    return Located(value=value, marks=marks, source=source)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        says = f"cannot be read ({error.strerror}); SIGNALBOX_CONFIG names the file"
        raise ConfigError(path, [_at_start(says)]) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(path, [_at_start("is larger than 1 MiB")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(line=line, column=1, key="", says="is not UTF-8 text")
        raise ConfigError(path, [problem]) from error


def _at_start(says: str) -> Problem:
    return Problem(line=1, column=1, key="", says=says)


class _Walker:
    """Turns nodes into values, noting marks, duplicate keys and files that explode."""

    def __init__(self, marks: dict[Path_, yaml.Mark], problems: list[Problem]) -> None:
        self._marks = marks
        self._problems = problems
        self._count = 0

    def walk(self, node: yaml.Node, path: Path_) -> object:
        self._marks.setdefault(path, node.start_mark)
        self._count += 1
        if self._count > MAX_NODES:
            if self._count == MAX_NODES + 1:
                self._note(node.start_mark, path, "grows too large by its aliases")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.walk(item, (*path, place)) for place, item in enumerate(node.value)]
        return yaml.SafeLoader("").construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, object]:
        found: dict[str, object] = {}
        merged: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key_node.tag == "tag:yaml.org,2002:merge":
                extra = self.walk(value_node, path)
                merged |= extra if isinstance(extra, dict) else {}
                continue
            if key in found:
                self._note(key_node.start_mark, (*path, key), "is there twice; keep one")
                continue
            self._marks[(*path, key)] = key_node.start_mark
            found[key] = self.walk(value_node, (*path, key))
        return {**merged, **found}

    def _note(self, mark: yaml.Mark, path: Path_, says: str) -> None:
        self._problems.append(
            Problem(line=mark.line + 1, column=mark.column + 1, key=dotted(path), says=says)
        )


def dotted(path: Path_) -> str:
    """`('services', 'api', 0)` → `services.api[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
