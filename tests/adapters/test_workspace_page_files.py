"""The files of the workspace's page: what must not be in them, and that none is missing."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "adapters" / "local" / "workspace" / "ui"
FILES = sorted(path for path in UI.iterdir() if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]

FORBIDDEN = {
    "markup out of text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser",
    "code out of text": r"\beval\(|new Function|javascript:",
    "handlers in attributes": r"<[^>]*\son\w+=|setAttribute\(\s*[\"']on",
    "styles in attributes": r"<[^>]*\sstyle=|setAttribute\(\s*[\"']style|<style",
    "addresses of other sites": r"(?<!xmlns=\")(?<!const SVG = \")https?://",
    "addresses without a scheme": r"[\"'(]//\w",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_has(what: str) -> None:
    found = {path.name: re.findall(FORBIDDEN[what], path.read_text()) for path in FILES}

    assert {name: finds for name, finds in found.items() if finds} == {}


def test_every_file_is_at_most_300_lines_long() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in FILES}

    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_asset_that_is_named_exists_and_every_one_that_exists_is_named() -> None:
    named = {"index.html"}
    for path in FILES:
        named |= set(re.findall(r"/assets/([\w.-]+)", path.read_text()))
        named |= set(re.findall(r"from \"\./([\w.-]+)\"", path.read_text()))

    assert named == {path.name for path in FILES}


def test_every_module_is_loaded_at_once_and_not_one_after_the_other() -> None:
    preloaded = re.findall(
        r"modulepreload\" href=\"/assets/([\w.]+)\"", (UI / "index.html").read_text()
    )

    assert preloaded == [p.name for p in SCRIPTS if p.name not in {"early.js", "app.js"}]


def test_only_one_module_makes_pictures_of_what_a_message_says() -> None:
    """It is the one that knows whose pictures may be loaded."""
    making = {path.name for path in SCRIPTS if re.search(r"el\(\s*[\"']img[\"']", path.read_text())}

    assert making == {"picture.js"}


def test_every_picture_keeps_its_place_while_it_loads_and_has_words() -> None:
    made = re.findall(r"el\(\"img\", (\{.*?\})\)", (UI / "picture.js").read_text(), re.DOTALL)

    assert len(made) == 2
    assert all({"src", "alt", "width", "height"} <= set(re.findall(r"\w+", one)) for one in made)


def test_every_hook_for_tests_is_listed_in_the_main_module() -> None:
    used: set[str] = set()
    for path in FILES:
        text = path.read_text()
        used |= set(re.findall(r"data-testid=\"([\w-]+)\"", text))
        used |= set(re.findall(r"testid: \"([\w-]+)\"", text))
    listed = set(re.findall(r"[\w-]+", (UI / "app.js").read_text().split("\n\nimport")[0]))

    assert used - listed == set()
