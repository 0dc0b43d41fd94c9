"""What ends the freeze of one incident, and leaves those of the others."""

from datetime import timedelta

import pytest
import samples
from samples import ENGINEER, NOW, SAM
from screens import accepted, screen

from bot.domain import restrictions
from bot.domain.admission import Obstacle, obstacles
from bot.domain.errors import NotFound
from bot.domain.restrictions import Freeze, Restrictions, thaw
from bot.usecases.guards import ThawWish
from bot.views import answers, guards
from commands.deploy_grammar import parse_deploy

API, AUTH, ALL = "INC-2026-001", "INC-2026-002", "INC-2026-003"
TARGET = samples.target("api", "production")


def by(incident: str | None, service: str | None = None) -> Freeze:
    until = NOW + timedelta(hours=4)
    return Freeze(
        environment="production",
        service=service,
        incident=incident,
        by=SAM,
        reason=incident or "sale",
        since=NOW,
        until=until,
    )


def in_the_way(*freezes: Freeze) -> Obstacle:
    (found,) = obstacles(TARGET, Restrictions(freezes=freezes), NOW)
    return found


def test_the_way_out_of_one_incident_s_freeze_ends_that_one_alone() -> None:
    found = in_the_way(by(API, "api"), by(AUTH, "auth"))
    said = screen(accepted(answers.forbidden([found], "/ship")))
    assert f"Way out: `/incident thaw {API}` (takes its lead, whoever declared it" in said
    assert f"add `--incident {API}`" in said
    assert "/ship thaw" not in said
    assert AUTH not in said
    plain = answers.in_plain_text([found], "/ship")
    assert f"Way out: /incident thaw {API} To end the incident" in plain


def test_several_freezes_have_each_a_way_out_of_its_own() -> None:
    found = in_the_way(by(API, "api"), by(ALL), by(None))
    assert (found.way_out, found.incidents) == ("thaw production", (API, ALL))
    said = screen(answers.forbidden([found], "/ship"))
    for way in ("/ship thaw production", f"/incident thaw {API}", f"/incident thaw {ALL}"):
        assert f"Way out: `{way}" in said


def test_to_thaw_an_environment_ends_what_people_froze() -> None:
    """An incident has to be named, whichever it is, and ends with no other."""
    held = Restrictions(freezes=(by(API, "api"), by(AUTH, "auth"), by(None), by(ALL)))
    catalog = samples.catalog()
    left = thaw(held, catalog, "production", ENGINEER, NOW)
    assert left.freezes == (by(API, "api"), by(AUTH, "auth"), by(ALL))
    named = thaw(held, catalog, "production", ENGINEER, NOW, incident=AUTH)
    assert named.freezes == (by(API, "api"), by(None), by(ALL))
    with pytest.raises(NotFound) as refused:
        thaw(left, catalog, "production", ENGINEER, NOW)
    for ref, what in ((API, "api"), (AUTH, "auth"), (ALL, "production")):
        assert f"{what}, by /incident thaw {ref} or --incident {ref}" in str(refused.value)
    with pytest.raises(NotFound, match="INC-2026-009 has not frozen anything in production"):
        thaw(held, catalog, "production", ENGINEER, NOW, incident="INC-2026-009")


def test_whoever_thaws_hears_what_remains_and_how_it_ends() -> None:
    said = screen(accepted(guards.thawed("production", [by(None)], [by(API, "api")])))
    assert f"*api* in *production* for `{API}`" in said
    assert f"(to end it: `/incident thaw {API}` or `--incident {API}`)" in said
    ended = screen(guards.thawed("production", [by(API, "api")], []))
    assert f"The freeze of *api* in *production* for `{API}`" in ended
    assert restrictions.thaws(by(None)) == ()


def test_the_incident_is_named_in_the_command() -> None:
    typed = f"thaw production --incident {API.lower()} --reason over"
    wish = ThawWish(environment="production", reason="over", incident=API)
    assert parse_deploy(typed, "/deploy", samples.catalog()) == wish
