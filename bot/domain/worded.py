"""English texts with gaps, kept apart from what fills them, so that others can say them anew.

No other language is known here: whoever has one looks a text up by its English, and fills in the
same values in the words of its readers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence, or a part of one, and the values of its `{gaps}`.

    A value is never read as a text with gaps, whatever braces it has. It may be `Worded` itself, a
    tuple of several things, or something that people call otherwise than it is stored (`said`).
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """In English."""
        return self.filled(self.template, in_english)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.template)

    def filled(self, template: str, show: Callable[[object], str]) -> str:
        """This text or one of another language with the same gaps, each value as it is shown."""
        if not self.values:
            return template
        return template.format(**{name: show(value) for name, value in self.values.items()})


@dataclass(frozen=True, slots=True)
class Leading:
    """A value that begins a sentence: with a capital letter, where a language has them."""

    value: object

    @property
    def said(self) -> str:
        """As an English sentence begins with it."""
        return in_english(self.value).capitalize()


def worded(template: str, /, **values: object) -> Worded:
    """A text with gaps, and what fills them."""
    return Worded(template, values)


def in_english(value: object) -> str:
    """How a value is shown in an English text."""
    match value:
        case tuple():
            return ", ".join(map(in_english, value))
        case object(said=str(said)):
            return said
        case _:
            return str(value)
