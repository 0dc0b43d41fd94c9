"""What people type: understood, or answered with what to type instead."""

import pytest
import samples

from bot.domain.errors import UnknownName, UsageError
from bot.usecases.deploys import Wish
from commands.grammar import Form, Help, parse_deploy, parse_status

CATALOG = samples.catalog()
WISH = Wish(service="api", version="v1.2.0", environment="production")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Form()),
        ("   ", Form()),
        ("help", Help()),
        ("HELP me", Help()),
        ("?", Help()),
        ("api v1.2.0 production", WISH),
        ("  API   v1.2.0\tProduction ", WISH),
        ("api v1.2.0 to production", WISH),
    ],
)
def test_deploy_is_understood(text: str, meaning: Wish | Form | Help) -> None:
    """Case and spaces do not matter, and “to” may be said."""
    assert parse_deploy(text, "/deploy", CATALOG) == meaning


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("api", "Which version of api", "/deploy SERVICE VERSION ENVIRONMENT"),
        ("api v1.2.0", "Where to?", "/deploy api v1.2.0 development"),
        ("api v1 production now", "“now” is one word too many", "/deploy SERVICE"),
    ],
)
def test_what_is_missing_is_asked_for_and_production_is_never_assumed(
    text: str, says: str, hint: str
) -> None:
    """The answer names what is wrong and what to type."""
    with pytest.raises(UsageError) as error:
        parse_deploy(text, "/deploy", CATALOG)
    assert says in str(error.value)
    assert hint in error.value.hint


def test_an_unknown_service_gets_the_nearest() -> None:
    """Also when more is wrong behind it."""
    with pytest.raises(UnknownName) as error:
        parse_deploy("atuh", "/deploy", CATALOG)
    assert error.value.nearest == ("auth",)


def test_status_takes_one_service_or_none() -> None:
    """And says so otherwise."""
    assert parse_status("", CATALOG) is None
    assert parse_status(" Auth ", CATALOG) == "auth"
    assert parse_status("help", CATALOG) == Help()
    with pytest.raises(UsageError):
        parse_status("api auth", CATALOG)
    with pytest.raises(UnknownName):
        parse_status("nope", CATALOG)
