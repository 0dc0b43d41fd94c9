"""Small checks out of which the rules of Block Kit are put together.

A check looks at a JSON value and adds what is wrong with it, in Slack's form: a sentence and a JSON
pointer to the place.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str, list[str]], None]


def report(problems: list[str], problem: str, pointer: str) -> None:
    """Add a problem in the form of Slack's `response_metadata.messages`."""
    problems.append(f"[ERROR] {problem} [json-pointer:{pointer}]")


def string(maximum: int | None = None, *, minimum: int = 0, pattern: str | None = None) -> Check:
    """A text of `minimum` to `maximum` characters that matches a pattern."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            report(problems, "must be a string", pointer)
        elif len(value) < minimum:
            report(problems, f"must be more than {minimum - 1} characters", pointer)
        elif maximum is not None and len(value) > maximum:
            report(problems, f"must be less than {maximum + 1} characters", pointer)
        elif pattern is not None and not re.fullmatch(pattern, value):
            report(problems, "has an invalid format", pointer)

    return check


def choice(*values: str) -> Check:
    """One of some words."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if value not in values:
            report(problems, f"must be one of {', '.join(values)}", pointer)

    return check


def boolean(value: Any, pointer: str, problems: list[str]) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report(problems, "must be a boolean", pointer)


def number(minimum: float | None = None, maximum: float | None = None) -> Check:
    """A number within bounds."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            report(problems, "must be a number", pointer)
        elif minimum is not None and value < minimum:
            report(problems, f"must be at least {minimum}", pointer)
        elif maximum is not None and value > maximum:
            report(problems, f"must be at most {maximum}", pointer)

    return check


def anything(value: Any, pointer: str, problems: list[str]) -> None:
    """Whatever it is."""


def array(item: Check, maximum: int | None = None, *, minimum: int = 1) -> Check:
    """A list of `minimum` to `maximum` items."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            report(problems, "must be an array", pointer)
            return
        if len(value) < minimum:
            report(problems, f"no less than {minimum} items allowed", pointer)
        if maximum is not None and len(value) > maximum:
            report(problems, f"no more than {maximum} items allowed", pointer)
        for index, entry in enumerate(value):
            item(entry, f"{pointer}/{index}", problems)

    return check


class Shape:
    """An object with required and optional properties and no others; `also` checks how they fit."""

    def __init__(
        self,
        required: Mapping[str, Check] | None = None,
        optional: Mapping[str, Check] | None = None,
        *,
        also: Check | None = None,
    ) -> None:
        self.required = dict(required or {})
        self.optional = dict(optional or {})
        self._also = also

    def __call__(self, value: Any, pointer: str, problems: list[str]) -> None:
        """Check an object; its `type`, if it has one, was checked by the `Union` before."""
        if not isinstance(value, dict):
            report(problems, "must provide an object", pointer)
            return
        checks = self.required | self.optional
        for name in self.required.keys() - value.keys():
            report(problems, f"missing required field: {name}", pointer)
        for name, entry in value.items():
            if name in checks:
                checks[name](entry, f"{pointer}/{name}", problems)
            elif name != "type":
                report(problems, f"invalid additional property: {name}", pointer)
        if self._also is not None:
            self._also(value, pointer, problems)


class Union:
    """An object whose `type` says which shape it has."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = dict(shapes)

    def __call__(self, value: Any, pointer: str, problems: list[str]) -> None:
        """Check an object by its type."""
        if not isinstance(value, dict):
            report(problems, "must provide an object", pointer)
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in self.shapes:
            report(problems, f"unsupported type: {kind}", f"{pointer}/type")
            return
        self.shapes[kind](value, pointer, problems)

    def only(self, *kinds: str) -> "Union":
        """The union of some of the shapes."""
        return Union({kind: self.shapes[kind] for kind in kinds})
