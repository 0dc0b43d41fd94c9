"""The pictures of docs/incidents.md can be made from the running product at any time."""

from pathlib import Path

from browser import IMAGES, Person, browser
from desk import desk, ready
from incident_pictures import tell_all


async def test_the_pictures_of_an_incident_can_be_made(tmp_path: Path) -> None:
    """By the story that they show: a deploy is to blame, and somebody takes the incident on."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    async with desk(tmp_path) as people, browser() as started:
        await people.stack.start_bot()
        await ready(people)
        person = Person(await started.new_page(viewport={"width": 1280, "height": 900}))
        await tell_all(people, person, pictures)
    assert {each.name for each in pictures.iterdir()} == {
        each.name for each in IMAGES.glob("incident-*.png")
    }
    assert person.noise == []
