"""What a controller answers, free of the wire it goes out on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    """Acknowledge and say nothing: it has been answered before."""


Reply = Say | OpenModal | FieldErrors | Options | Later | Nothing
