"""What a controller answers, free of the wire it goes out on; and what its buttons carry back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import NotFound
from bot.views.blocks import Rendered

View = dict[str, Any]
Fill = Callable[[], Awaitable[View]]
Then = Callable[[], Awaitable[Rendered | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Tell the person who asked, and nobody else.

    A form is answered in a `channel`. Where there is none, and nothing else to answer to, the
    person reads it in a window. `instead`: in place of the answer that was clicked, as a page that
    is turned; for buttons that stand only in what one person reads. What is still missing by then
    is what `then` waits for, which only ever reads: it takes the place of the answer, or follows
    it where nothing can be replaced.
    """

    rendered: Rendered
    channel: str = ""
    instead: bool = False
    then: Then | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModal:
    """Open a form, in place of those that the person has open.

    It has to come up within three seconds. What takes longer to find out goes into `fill`, which
    runs once the form is open, and whose view takes its place; it only ever reads.
    """

    view: View
    fill: Fill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushModal:
    """Put a form on top of the one that was clicked or submitted; `fill` as in `OpenModal`.

    After a submission the filled form is the answer: there are less than two seconds for it.
    """

    view: View
    fill: Fill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateModal:
    """Show something else in the form that was clicked or submitted; `fill` as in `PushModal`."""

    view: View
    fill: Fill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishHome:
    """Show the view of `job`, which only ever reads, in the home tab of the person."""

    job: Fill


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


Reply = (
    Say
    | OpenModal
    | PushModal
    | UpdateModal
    | PublishHome
    | FieldErrors
    | Options
    | Later
    | Nothing
)


def parts(value: str, count: int) -> tuple[str, ...]:
    """Take apart what a button or a form carried; the last part may have colons of its own.

    Raises `NotFound` for what this release never rendered.
    """
    found = tuple(value.split(":", count - 1))
    if len(found) != count or not all(found):
        raise NotFound("This button belongs to something that does not exist any more.")
    return found
