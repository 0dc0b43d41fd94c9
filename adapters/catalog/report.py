"""Collects what is wrong, and translates what pydantic found into words for people."""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from adapters.catalog.document import Document, KeyPath
from adapters.catalog.problems import ConfigError, Problem
from adapters.catalog.values import Shape

T = TypeVar("T")
S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The problems found in a document so far."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: KeyPath, says: str, hint: str, *, key: bool = False) -> None:
        """Note a problem with a value, or with its key."""
        spot = self.document.spot(path, key=key)
        self.problems.append(self.document.problem(spot, path, says, hint))

    def unknown(self, path: KeyPath, kind: str, known: Iterable[str], *, key: bool = False) -> None:
        """Note that the name at a place does not exist, with the nearest that do."""
        name = str(path[-1]) if key else self.document.text_at(path).strip("'\"")
        self.add(path, f"There is no {kind} “{name}”.", did_you_mean(name, known), key=key)

    def names(
        self, path: KeyPath, names: Sequence[object], kind: str, known: Iterable[str]
    ) -> None:
        """Note the names of a list that do not exist, and those that stand in it twice."""
        existing = list(known)
        for number, name in enumerate(names):
            if not isinstance(name, str):
                continue
            if name not in existing:
                self.unknown((*path, number), kind, existing)
            elif name in names[:number]:
                self.add((*path, number), f"“{name}” stands here twice.", "Keep one of them.")

    def shape(self, wanted: type[S], plain: object, path: KeyPath) -> S | None:
        """Read a group of settings; None means that problems were noted."""
        return self._read(wanted.model_validate, plain, path, wanted)

    def value(self, wanted: TypeAdapter[T], plain: object, path: KeyPath) -> T | None:
        """Read a single value or a list of them; None means that problems were noted."""
        return self._read(wanted.validate_python, plain, path, None)

    def raise_problems(self) -> None:
        """Raise `ConfigError` with everything noted, in the order of the file, if anything was."""
        everything = dict.fromkeys([*self.document.found, *self.problems])
        if everything:
            raise ConfigError(tuple(sorted(everything, key=_by_place)))

    def _read(
        self,
        read: Callable[[object], T],
        plain: object,
        path: KeyPath,
        wanted: type[Shape] | None,
    ) -> T | None:
        try:
            return read(plain)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._translate(detail, path, wanted)
            return None

    def _translate(self, detail: ErrorDetails, base: KeyPath, wanted: type[Shape] | None) -> None:
        loc, given = detail["loc"], detail["input"]
        path = (*base, *loc)
        match detail["type"]:
            case "extra_forbidden":
                hint = did_you_mean(str(loc[-1]), settings_at(wanted, loc[:-1]))
                self.add(path, f"There is no setting “{loc[-1]}” here.", hint, key=True)
            case "missing":
                self.add(path, f"“{loc[-1]}” is missing.", f"Add it: {loc[-1]}: …", key=True)
            case "string_type" if isinstance(given, bool | int):
                written = self.document.text_at(path)
                says = f"YAML reads {written} as {_kind(given)}; text is needed."
                self.add(path, says, f'Write it in quotes: "{written}"')
            case "literal_error" | "enum":
                known = re.findall("'([^']+)'", str(detail.get("ctx", {}).get("expected")))
                self._not_one_of(path, given, known)
            case "signalbox":
                self.add(path, detail["msg"], str(detail.get("ctx", {}).get("hint", "")))
            case other:
                needed, hint = _NEEDED.get(other, (detail["msg"], ""))
                self.add(path, f"This is {_kind(given)}; {needed}.", hint)

    def _not_one_of(self, path: KeyPath, given: object, known: list[str]) -> None:
        """Note a value that is not one of those that exist."""
        if len(known) == 1:
            says = f"This is {_kind(given)}; {known[0]} is all there is."
            self.add(path, says, f"Write: {known[0]}")
        elif isinstance(given, str):
            self.add(path, f"“{given}” cannot stand here.", did_you_mean(given, known))
        else:
            says = f"This is {_kind(given)}; one of a few words is needed."
            self.add(path, says, did_you_mean("", known))


# By pydantic's error type: what is needed, and how that is written.
_NEEDED = {
    "string_type": ("text is needed", "Write one value after the colon."),
    "int_type": ("a whole number is needed", "For example: 1"),
    "bool_type": ("true or false is needed", "For example: false"),
    "list_type": ("a list is needed", "Write it in brackets: [first, second]"),
    "model_type": ("settings are needed", "Write them as “name: value”, indented below."),
    "greater_than_equal": ("it must not be negative", "For example: 0"),
    "dict_type": ("entries are needed", "Write them as “name: …”, indented below."),
}


def _kind(plain: object) -> str:
    match plain:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a group of settings"


def _by_place(problem: Problem) -> tuple[int, int]:
    return (problem.spot.line, problem.spot.column) if problem.spot else (0, 0)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names, else with all of them."""
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known are: {', '.join(names)}." if names else "None is defined in this file."


def settings_at(wanted: type[Shape] | None, loc: KeyPath) -> list[str]:
    """The names of the settings that exist at a place below a shape."""
    found: Any = wanted
    for key in loc:
        found = _below(found, key)
    shape = _find(found, _is_shape)
    return [field.alias or name for name, field in shape.model_fields.items()] if shape else []


def _below(annotation: Any, key: str | int) -> Any:
    """The type expression of an entry or a setting, in one that is known to have it."""
    if isinstance(key, int):
        return annotation  # of a list, the shape in it is found as that of the list
    entries = _find(annotation, _is_dict)
    if entries is not None:
        return get_args(entries)[1]
    shape = _find(annotation, _is_shape)
    fields = shape.model_fields.items() if shape else ()
    return next((field.annotation for name, field in fields if key in {name, field.alias}), None)


def _is_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _is_shape(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, Shape)


def _find(annotation: Any, wanted: Callable[[Any], bool]) -> Any:
    """The first wanted part of an expression such as `list[Minimum]` or `Approvals | None`."""
    if wanted(annotation):
        return annotation
    return next((part for each in get_args(annotation) if (part := _find(each, wanted))), None)
