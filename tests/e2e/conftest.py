"""What most stories of incidents begin with; a module of another world has its own fixtures."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from browser import Person, browser
from desk import Desk, desk, ready
from outages import CONFIG


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Desk]:
    """A running stack with a bot and quick clocks."""
    async with desk(tmp_path, config=CONFIG) as people:
        await people.stack.start_bot()
        await ready(people)
        yield people


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    """Somebody at a screen of 1280×1000."""
    async with browser() as started:
        yield Person(await started.new_page(viewport={"width": 1280, "height": 1000}))
