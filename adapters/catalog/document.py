"""From the bytes of a YAML file to plain values, each with its place in the file.

Only the plain part of YAML is taken: mappings, lists, text, whole numbers, true and false. Aliases
are refused, because a few lines of them can unfold into gigabytes; so is everything that would be
read differently from how it looks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import yaml

from adapters.catalog.problems import ConfigError, Problem, Spot

# Decisions of this project: a catalog of a thousand services takes a quarter of it, and the deepest
# setting (a step of a service's profile) is ten levels down.
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
# libyaml is ten times as fast; PyYAML's own reader is there where PyYAML was built without it.
_Loader: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Characters that YAML does not allow, and those that change the order in which text is shown.
_INVISIBLE = re.compile(
    "[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
# The line breaks of YAML 1.1.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TAG = "tag:yaml.org,2002:"
# How YAML reads what stands without quotes; all the rest of its types are taken as they look.
_TRUE = frozenset({"true", "yes", "on"})
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_KNOWN_TAGS = frozenset(
    _TAG + name
    for name in (
        *("str", "int", "bool", "null", "float", "timestamp", "merge", "value"),
        *("map", "seq"),
    )
)


class Mark(Protocol):
    """A place, from whichever of PyYAML's readers; both count from 0."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column, in characters."""


Key = str | int
KeyPath = tuple[Key, ...]


def dotted(path: KeyPath) -> str:
    """A key path as people write it: `services.api.environments[0]`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".")


@dataclass(slots=True, kw_only=True)
class Document:
    """A file as plain values. `keys` and `values` have the places of what stands in it."""

    name: str
    lines: tuple[str, ...]
    root: object = None
    keys: dict[KeyPath, Spot] = field(default_factory=dict)
    values: dict[KeyPath, Spot] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def spot(self, path: KeyPath, *, key: bool = False) -> Spot:
        """Where a value (or its key) stands; for what is not there, the key that it belongs to."""
        if path in self.values:
            at_key = key or self.values[path].width == 0
            return self.keys.get(path, self.values[path]) if at_key else self.values[path]
        if not path:
            return Spot(line=1, column=1)
        return self.spot(path[:-1], key=True)

    def problem(self, spot: Spot | None, path: KeyPath, says: str, hint: str) -> Problem:
        """A problem at a place of this file."""
        inside = spot is not None and spot.line <= len(self.lines)
        source = self.lines[spot.line - 1] if spot is not None and inside else ""
        return Problem(
            file=self.name, spot=spot, path=dotted(path), says=says, hint=hint, source=source
        )

    def text_at(self, path: KeyPath) -> str:
        """What is written for a value, up to the end of its line."""
        spot = self.spot(path)
        return self.lines[spot.line - 1][spot.column - 1 :][: spot.width] if self.lines else ""


def read_document(path: Path) -> Document:
    """Read a file. Raises `ConfigError` when it is not there or not (our part of) YAML."""
    text = _text(path)
    document = Document(name=str(path), lines=tuple(_BREAK.split(text)))
    _require_none([document.problem(*problem) for problem in _unfit_lines(document.lines)])
    try:
        _require_none(list(_unfit_events(document, text)))
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise ConfigError((_syntax(document, error),)) from error
    if node is None:
        raise _unreadable(path, "The file is empty.", "Start from the sample, signalbox.yaml.")
    document.root = _plain(document, node, ())
    return document


def _require_none(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError(tuple(problems))


def _unreadable(path: Path, says: str, hint: str) -> ConfigError:
    return ConfigError((Problem(file=str(path), spot=None, path="", says=says, hint=hint),))


def _text(path: Path) -> str:
    """The file's text. Raises `ConfigError` when it is missing, too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        hint = "Create it, or name another one in SIGNALBOX_CONFIG."
        raise _unreadable(path, "There is no such file.", hint) from error
    except OSError as error:
        says = f"The file cannot be read: {error.strerror}."
        raise _unreadable(path, says, "It has to be a file that the bot may read.") from error
    if len(content) > MAX_BYTES:
        hint = "Is it really the configuration file?"
        raise _unreadable(path, "The file is larger than 1 MiB.", hint)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        line = content.split(b"\n")[before.count("\n")].decode("utf-8", errors="replace")
        spot = Spot(line=before.count("\n") + 1, column=len(before.rpartition("\n")[2]) + 1)
        says, hint = "This is not UTF-8 text.", "Save the file with the encoding UTF-8."
        problem = Problem(file=str(path), spot=spot, path="", says=says, hint=hint, source=line)
        raise ConfigError((problem,)) from error


def _unfit_lines(lines: tuple[str, ...]) -> Iterator[tuple[Spot, KeyPath, str, str]]:
    for number, line in enumerate(lines, start=1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            spot = Spot(line=number, column=indent.index("\t") + 1)
            yield spot, (), "A tab indents this line.", "YAML takes spaces only; write two spaces."
        for hidden in _INVISIBLE.finditer(line):
            spot = Spot(line=number, column=hidden.start() + 1)
            says = f"There is an invisible character here, U+{ord(hidden.group()):04X}."
            yield spot, (), says, "Delete it, or type the line anew."


def _unfit_events(document: Document, text: str) -> Iterator[Problem]:
    """What has to be refused before values are made of it."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        spot = _spot(event.start_mark, event.end_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            hint = f"No setting is deeper than {MAX_DEPTH} levels."
            yield document.problem(spot, (), "This is nested too deeply.", hint)
            return
        if isinstance(event, yaml.AliasEvent):
            hint = "Aliases (*name) are not read; write out what it stands for."
            yield document.problem(spot, (), f"“*{event.anchor}” is an alias.", hint)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.DocumentStartEvent) and documents > 1:
            hint = "The file holds one document; remove the line with ---."
            yield document.problem(spot, (), "A second document starts here.", hint)


def _syntax(document: Document, error: yaml.MarkedYAMLError) -> Problem:
    """What the reader stumbled over; for something that never ends, the place where it began."""
    began, mark = error.context_mark, error.problem_mark
    endless = mark is not None and mark.line >= len(document.lines) - 1
    place = began if began is not None and (mark is None or endless) else mark
    spot = Spot(line=place.line + 1, column=place.column + 1) if place else Spot(line=1, column=1)
    context = f" ({error.context}, begun in line {began.line + 1})" if began else ""
    hint = "Check indentation, colons, brackets and quotes here and in the line above."
    return document.problem(spot, (), f"This is not YAML: {error.problem}{context}.", hint)


def _spot(start: Mark | None, end: Mark | None) -> Spot:
    """A place on one line; of what goes on over several lines, its first character."""
    if start is None or end is None:
        return Spot(line=1, column=1)
    width = end.column - start.column if end.line == start.line else 1
    return Spot(line=start.line + 1, column=start.column + 1, width=width)


def _plain(document: Document, node: yaml.Node, path: KeyPath) -> object:
    """The value of a node. Places are noted, and what cannot be taken is put on `found`."""
    document.values[path] = spot = _spot(node.start_mark, node.end_mark)
    if node.tag not in _KNOWN_TAGS:
        says, hint = f"The type “{node.tag.removeprefix(_TAG)}” is not read.", "Write plain text."
        document.found.append(document.problem(spot, path, says, hint))
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, each, (*path, n)) for n, each in enumerate(node.value)]
    return _scalar(node.tag.removeprefix(_TAG), str(node.value))


def _mapping(document: Document, node: yaml.MappingNode, path: KeyPath) -> Mapping[str, object]:
    values: dict[str, object] = {}
    for key, value in node.value:
        spot = _spot(key.start_mark, key.end_mark)
        if not isinstance(key, yaml.ScalarNode):
            hint = "A key is one word before a colon."
            document.found.append(document.problem(spot, path, "This is not a key.", hint))
            continue
        name = str(key.value)
        here = (*path, name)
        if name in values:
            says = f"“{name}” is here twice; the first one is in line {document.keys[here].line}."
            document.found.append(document.problem(spot, here, says, "Keep one of them."))
            continue
        document.keys[here] = spot
        values[name] = _plain(document, value, here)
    return values


def _scalar(kind: str, text: str) -> object:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int" and _WHOLE.fullmatch(text):
        return int(text)
    return text
