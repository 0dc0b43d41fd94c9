"""Configuration files for tests: written to disk, loaded, and what was said about them."""

from pathlib import Path

import pytest

from adapters.catalog import ConfigError, Problem, load_catalog
from bot.domain.catalog import Catalog


def load(folder: Path, text: str | bytes) -> Catalog:
    """The catalog of a file with this content."""
    file = folder / "signalbox.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_catalog(file)


def problems(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    """What is wrong with a file with this content."""
    with pytest.raises(ConfigError) as refused:
        load(folder, text)
    return refused.value.problems


def replaced(text: str, *replacements: tuple[str, str]) -> str:
    """A text with something in it replaced, which has to be there exactly once."""
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def marked(problem: Problem) -> str:
    """The text that the caret points at."""
    assert problem.spot is not None
    return problem.source[problem.spot.column - 1 :][: problem.spot.width]
