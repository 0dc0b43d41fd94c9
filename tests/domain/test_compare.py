"""Links to what is new, at the places where code is kept."""

import pytest

from bot.domain.compare import compare_link

GITHUB = "https://github.com/olympus/api"


@pytest.mark.parametrize(
    ("repository", "link"),
    [
        (GITHUB, f"{GITHUB}/compare/v1...v2"),
        (f"{GITHUB}/", f"{GITHUB}/compare/v1...v2"),
        (f"{GITHUB}.git", f"{GITHUB}/compare/v1...v2"),
        ("https://git.example/o/api", "https://git.example/o/api/compare/v1...v2"),
        ("https://gitlab.com/o/api", "https://gitlab.com/o/api/-/compare/v1...v2"),
        (
            "https://gitlab.olympus.example/o/api.git",
            "https://gitlab.olympus.example/o/api/-/compare/v1...v2",
        ),
        ("https://bitbucket.org/o/api", "https://bitbucket.org/o/api/branches/compare/v2..v1"),
    ],
)
def test_each_place_has_its_own_page(repository: str, link: str) -> None:
    assert compare_link(repository, "v1", "v2") == link


@pytest.mark.parametrize(
    ("repository", "old", "new"),
    [
        (None, "v1", "v2"),
        ("", "v1", "v2"),
        (GITHUB, None, "v2"),
        (GITHUB, "", "v2"),
        # The same version deployed again.
        (GITHUB, "v1", "v1"),
        # A digest is no name that a repository knows.
        (GITHUB, "sha256:1f1f1f1f1f1f", "v2"),
        (GITHUB, "v1", "sha256:" + "9a" * 32),
        # What is not on the web, or not safe to link to.
        ("git@github.com:olympus/api.git", "v1", "v2"),
        ("http://github.com/olympus/api", "v1", "v2"),
        ("https:///olympus/api", "v1", "v2"),
        ("javascript:alert(1)", "v1", "v2"),
    ],
)
def test_where_there_is_nothing_to_compare_there_is_no_link(
    repository: str | None, old: str | None, new: str
) -> None:
    assert compare_link(repository, old, new) is None


def test_versions_are_quoted() -> None:
    """A version is what somebody typed."""
    assert compare_link(GITHUB, "feature/a b", "v2?x=1#y") == (
        f"{GITHUB}/compare/feature%2Fa%20b...v2%3Fx%3D1%23y"
    )
