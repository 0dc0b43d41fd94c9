"""What a controller answers, free of the wire it goes out on; and what its buttons carry back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import NotFound
from bot.views.blocks import Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Tell the person who asked, and nobody else. `channel` is needed to answer a form."""

    rendered: Rendered
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModal:
    """Open a form."""

    view: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldErrors:
    """Keep the form open, with what is wrong below the fields."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The choices of a searching menu."""

    options: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Say `first` at once, then replace it by what `job` returns. Only ever reads."""

    first: Rendered
    job: Callable[[], Awaitable[Rendered]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Acknowledge and say nothing: it was answered before, or a card shows it."""


Reply = Say | OpenModal | FieldErrors | Options | Later | Nothing


def parts(value: str, count: int) -> tuple[str, ...]:
    """Take apart what a button or a form carried; the last part may have colons of its own.

    Raises `NotFound` for what this release never rendered.
    """
    found = tuple(value.split(":", count - 1))
    if len(found) != count or not all(found):
        raise NotFound("This button belongs to something that does not exist any more.")
    return found
