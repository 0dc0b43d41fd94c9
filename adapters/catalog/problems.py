"""What is wrong in a configuration file, shown the way a good compiler shows it."""

from dataclasses import dataclass

from bot.domain.errors import SignalboxError

# A longer line is cut around the place that is wrong, so that it fits a terminal.
_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the file: line and column count from 1, `width` is in characters."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: where (no `spot`: with the file as a whole), what, what to do.

    `path` leads to it through the keys, as in `services.api.image`. `source` is the line itself.
    """

    file: str
    spot: Spot | None
    path: str
    says: str
    hint: str
    source: str = ""

    def __str__(self) -> str:
        """Several lines: the place and the message, the line with a caret, the hint."""
        subject = f"{self.path}: " if self.path else ""
        hint = [f"     = {self.hint}"] if self.hint else []
        if self.spot is None:
            return "\n".join([f"{self.file}: {subject}{self.says}", *hint])
        head = f"{self.file}:{self.spot.line}:{self.spot.column}: {subject}{self.says}"
        return "\n".join([head, *self._picture(self.spot), *hint])

    def _picture(self, spot: Spot) -> list[str]:
        """The line, and a caret below the place. Tabs become one space, so that both line up."""
        first = max(0, spot.column - 1 - _SHOWN // 2) if len(self.source) > _SHOWN else 0
        shown = self.source[first : first + _SHOWN].replace("\t", " ")
        start = spot.column - 1 - first
        width = max(1, min(spot.width, len(shown) - start))
        printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
        lead = "…" if first else ""
        tail = "…" if first + _SHOWN < len(self.source) else ""
        return [
            f"{spot.line:>4} | {lead}{printable}{tail}",
            f"     | {' ' * (start + len(lead))}{'^' * width}",
        ]


class ConfigError(SignalboxError):
    """The configuration file cannot be used; `problems` has all that was found, by line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        many = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        file = problems[0].file
        super().__init__("\n\n".join([*map(str, problems), f"{file} has {many}."]))
        self.problems = problems
