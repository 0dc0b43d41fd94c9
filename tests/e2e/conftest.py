"""What most stories begin with; a module says which `config` or `height` is its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from browser import Person, browser
from desk import Desk, desk, ready
from outages import CONFIG


@pytest.fixture
def config() -> Path:
    """The configuration of the bot: incidents with quick clocks."""
    return CONFIG


@pytest.fixture
def height() -> int:
    """How high the screen is, in pixels."""
    return 1000


@pytest.fixture
async def people(tmp_path: Path, config: Path) -> AsyncIterator[Desk]:
    """A running stack with a bot."""
    async with desk(tmp_path, config=config) as people:
        await people.stack.start_bot()
        await ready(people)
        yield people


@pytest.fixture
async def person(height: int) -> AsyncIterator[Person]:
    """Somebody at a screen of 1280 pixels by its height."""
    async with browser() as started:
        yield Person(await started.new_page(viewport={"width": 1280, "height": height}))
