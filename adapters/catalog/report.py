"""Collects what is wrong, and translates what pydantic found into words for people."""

import difflib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from adapters.catalog.document import Document, KeyPath
from adapters.catalog.problems import ConfigError, Problem
from adapters.catalog.shape import Shape

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
            case "signalbox":
                self.add(path, detail["msg"], str(detail.get("ctx", {}).get("hint", "")))
            case other:
                needed, hint = _NEEDED.get(other, (detail["msg"], ""))
                self.add(path, f"This is {_kind(given)}; {needed}.", hint)


# By pydantic's error type: what is needed, and how that is written.
_NEEDED = {
    "string_type": ("text is needed", "Write one value after the colon."),
    "int_type": ("a whole number is needed", "For example: 1"),
    "bool_type": ("true or false is needed", "For example: false"),
    "list_type": ("a list is needed", "Write it in brackets: [first, second]"),
    "model_type": ("settings are needed", "Write them as “name: value”, indented below."),
    "greater_than_equal": ("it must not be negative", "For example: 0"),
    "literal_error": ("cloud_run is all there is", "Write: cloud_run"),
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
    for key in loc:
        if isinstance(key, str) and wanted is not None:
            wanted = _shape_in(wanted.model_fields[key].annotation)
    return list(wanted.model_fields) if wanted is not None else []


def _shape_in(annotation: Any) -> type[Shape] | None:
    """The shape in a type expression such as `list[Minimum]` or `Approvals | None`."""
    if inspect.isclass(annotation) and issubclass(annotation, Shape):
        return annotation
    return next(filter(None, map(_shape_in, get_args(annotation))), None)
