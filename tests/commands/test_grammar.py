"""What people type: understood, or answered with what to type instead."""

from datetime import UTC, datetime, timedelta

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.artifact import Migrations
from bot.domain.catalog import Catalog
from bot.domain.errors import UnknownName, UsageError
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.policy import Policy, Profile, Strategy, StrategyKind
from bot.usecases.deploys import Wish
from bot.usecases.guards import AllowWish, FreezeWish, LockWish, ThawWish, UnlockWish
from bot.usecases.inquiries import Place
from bot.views.verbs import DEPLOY_VERBS, RESERVED_WORDS
from commands.deploy_grammar import parse_deploy
from commands.grammar import (
    Form,
    Help,
    HistoryWish,
    Preview,
    ReturnWish,
    Steer,
    parse_status,
)
from commands.rollback_grammar import parse_rollback

PROFILES = (
    Profile(name="standard", strategy=Strategy(kind=StrategyKind.CANARY)),
    Profile(name="hotfix", strategy=Strategy(kind=StrategyKind.ROLLING)),
    Profile(name="slow", strategy=Strategy(kind=StrategyKind.CANARY)),
)


def the_catalog() -> Catalog:
    """The sample catalog, with profiles in the production of api."""
    catalog = samples.catalog()
    api = catalog.services["api"]
    target = api.targets["production"].model_copy(update={"policy": Policy(profiles=PROFILES)})
    targets = {**api.targets, "production": target}
    services = {**catalog.services, "api": api.model_copy(update={"targets": targets})}
    return catalog.model_copy(update={"services": services})


CATALOG = the_catalog()
API = Place("api", "production")
TARGET = {"service": "api", "environment": "production"}


def wish(version: str = "v1.2.0", environment: str = "production", **terms: object) -> Wish:
    """A wish for api."""
    return Wish(service="api", version=version, environment=environment, terms=Terms(**terms))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Form()),
        ("   ", Form()),
        ("help", Help()),
        ("HELP me", Help()),
        ("?", Help()),
        ("-h", Help()),
        ("—help", Help()),
        ("help freeze", Help("freeze")),
        ("freeze help", Help("freeze")),
        ("freeze production --help", Help("freeze")),
        ("api v1.2.0 production --help", Help()),
        ("api v1.2.0 production", wish()),
        ("  API   v1.2.0\tProduction ", wish()),
        ("api v1.2.0 to production", wish()),
        ("api production", wish("")),
        ("api to production", wish("")),
        ("api staging production", wish("staging")),
        (f"api {samples.NEW_DIGEST} staging", wish(samples.NEW_DIGEST, "staging")),
        ("api v1.2.0 production --profile Hotfix", wish(profile="hotfix")),
        ("api v1.2.0 production --strategy rolling", wish(profile="hotfix")),
        ("--reason “it is late” api v1.2.0 production", wish(reason="it is late")),
        ("api v1.2.0 production —reason it is late", wish(reason="it is late")),
        ("api v1.2.0 --reason='no --flag' production", wish(reason="no --flag")),
        (
            "api v1.2.0 production --reason it burns --break-glass",
            wish(reason="it burns", break_glass=True),
        ),
        ("api v1.2.0 production --exception", wish(exception=True)),
        ("api v1.2.0 production --migrations None", wish(declared=Migrations.NONE)),
        ("plan api v1.2.0 to production", Preview(wish())),
        ("plan api production", Preview(wish(""))),
        ("status d-7f3k2", Steer(verb="status", subject="D-7F3K2")),
        ("approve D-7F3K2", Steer(verb="approve", subject="D-7F3K2")),
        ("pause api production", Steer(verb="pause", subject=API)),
        ("promote api in production", Steer(verb="promote", subject=API)),
        ("reject D-7F3K2 --reason no", Steer(verb="reject", subject="D-7F3K2", reason="no")),
        ("Abort D-7F3K2", Steer(verb="abort", subject="D-7F3K2")),
        (
            "resume D-7F3K2 --for 1h30m",
            Steer(verb="resume", subject="D-7F3K2", lasts=timedelta(minutes=90)),
        ),
        (
            "lock api production --for 2h --reason looking",
            LockWish(**TARGET, reason="looking", lasts=timedelta(hours=2)),
        ),
        ("lock api production --reason looking", LockWish(**TARGET, reason="looking")),
        ("unlock api production --reason found", UnlockWish(**TARGET, reason="found")),
        ("freeze production --reason sale", FreezeWish(environment="production", reason="sale")),
        (
            "freeze --all --for 8h --reason sale",
            FreezeWish(environment=None, reason="sale", lasts=timedelta(hours=8)),
        ),
        (
            "freeze staging --until 2026-11-21T19:00+01:00 --reason sale",
            FreezeWish(
                environment="staging",
                reason="sale",
                until=datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
            ),
        ),
        ("thaw --all --reason over", ThawWish(environment=None, reason="over")),
        (
            "allow api v1.2.0 --reason fixed",
            AllowWish(service="api", version="v1.2.0", reason="fixed"),
        ),
        ("unpin api production", wish("", kind=Kind.UNPIN)),
        ("history api", HistoryWish(service="api", environment=None, days=30)),
        (
            "history api production --days 7 --export CSV",
            HistoryWish(service="api", environment="production", days=7, export="csv"),
        ),
    ],
)
def test_deploy_is_understood(text: str, meaning: object) -> None:
    """Case, spaces and the order of flags do not matter, and “to” may be said."""
    assert parse_deploy(text, "/deploy", CATALOG) == meaning


WHERE = "Which environment of api? There are development, staging, production."


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        (
            "api",
            "Which version of api, and where to? There are development, staging, production.",
            "For example: /deploy api v1.2.0 development",
        ),
        ("api v1.2.0", WHERE, "For example: /deploy api v1.2.0 development"),
        (
            "api stagin",
            WHERE,
            "Did you mean staging? For example: /deploy api stagin development",
        ),
        ("pause api", WHERE, "For example: /deploy pause api development"),
        (
            "api v1 production now",
            "“now” (character 19) is one word too many.",
            "Type /deploy SERVICE [VERSION] [to] ENVIRONMENT [--profile NAME]",
        ),
        ("--exception", "Which service? There are api, auth.", "Type /deploy SERVICE"),
        (
            "atuh v1 production",
            "There is no service or verb called “atuh”.",
            "Did you mean auth?",
        ),
        (
            "freze production",
            "There is no service or verb called “freze”.",
            "Did you mean freeze?",
        ),
        ("api v1 prod", "There is no environment called “prod”.", "Did you mean production?"),
        (
            "api v1 production --reasn x",
            "There is no flag --reasn (character 19).",
            "Did you mean --reason?",
        ),
        (
            "api v1 production --zzz x",
            "There is no flag --zzz (character 19).",
            "Here there are: --profile, --strategy, --reason, --exception, --break-glass, "
            "--migrations, --incident.",
        ),
        (
            "api v1 production --for 2h",
            "--for (character 19) does not belong to /deploy, but to resume, lock, freeze.",
            "Here there are: --profile",
        ),
        (
            "pause D-7F3K2 --for 2h",
            "--for (character 15) does not belong to “pause”, but to resume, lock, freeze.",
            "“pause” has no flags.",
        ),
        (
            "api v1 production --profile",
            "--profile (character 19) needs a value.",
            "For example: --profile hotfix",
        ),
        (
            "api v1 production --profile --exception",
            "--profile (character 19) needs a value.",
            "For example: --profile hotfix",
        ),
        (
            'lock api production --reason ""',
            "--reason (character 21) needs a value.",
            'For example: --reason "…"',
        ),
        (
            "api v1 production --exception=yes",
            "--exception (character 19) takes no value.",
            "Type --exception alone.",
        ),
        (
            "api v1 production --reason a --reason b",
            "--reason is there twice, again (character 30).",
            "Say it once.",
        ),
        (
            "api v1 production --reason " + "x" * 501,
            "--reason (character 19) has 501 characters.",
            "There is room for 500.",
        ),
        (
            "api v1 production --strategy bluegreen",
            "“bluegreen” (character 30) is not a value of --strategy.",
            "Did you mean blue-green?",
        ),
        (
            "api v1 production --migrations maybe",
            "“maybe” (character 32) is not a value of --migrations.",
            "There are: none, compatible, irreversible.",
        ),
        (
            "api v1 production --strategy canary",
            "api/production has several profiles that are canary (character 30).",
            "Choose one with --profile: standard, slow.",
        ),
        (
            "api v1 production --strategy blue-green",
            "api/production has no profile that is blue-green (character 30).",
            "There are: standard (canary), hotfix (rolling), slow (canary).",
        ),
        (
            "api v1 production --profile hotfx",
            "api/production has no profile “hotfx” (character 29).",
            "Did you mean hotfix?",
        ),
        (
            "api v1 production --profile slow --strategy canary",
            "--profile and --strategy say the same.",
            "Leave one of them away.",
        ),
        (
            "approve",
            "Which deploy? “approve” needs its id, or a service and an environment.",
            "For example: /deploy approve D-7F3K2",
        ),
        (
            "approve D-12",
            "“D-12” (character 9) is neither the id of a deploy nor a service.",
            "For example: /deploy approve D-7F3K2",
        ),
        (
            "approve atuh production",
            "“atuh” (character 9) is neither the id of a deploy nor a service.",
            "Did you mean auth?",
        ),
        (
            "approve D-7F3K2 now",
            "“now” (character 17) is one word too many.",
            "Type /deploy approve ID",
        ),
        (
            "lock api production --for 2x --reason y",
            "“2x” (character 27) is not a duration.",
            "Type a number with s, m, h or d, such as 45s, 30m, 2h, 1d or 1h30m.",
        ),
        (
            "lock api production --for 0m --reason y",
            "“0m” (character 27) is no time at all.",
            "Type a number with s, m, h or d, such as 45s, 30m, 2h, 1d or 1h30m.",
        ),
        (
            "freeze --all --for 400d --reason y",
            "“400d” (character 20) is longer than a year.",
            "Type 366d or less.",
        ),
        ("lock api production", "“lock” needs a reason.", 'Add --reason "…" at the end.'),
        (
            "freeze production --until 2026-11-21T18:00 --reason y",
            "“2026-11-21T18:00” (character 27) does not say in which time zone.",
            "Type it in UTC, such as 2026-11-21T18:00Z",
        ),
        (
            "freeze production --until tomorrow --reason y",
            "“tomorrow” (character 27) is not a time.",
            "Type it in UTC, such as 2026-11-21T18:00Z",
        ),
        (
            "freeze production --for 2h --until 2026-11-21T18:00Z --reason y",
            "--for and --until say the same.",
            "Leave one of them away.",
        ),
        (
            "freeze --reason y",
            "Which environment? There are development, staging, production, and --all for every "
            "one.",
            'For example: /deploy freeze development --reason "…"',
        ),
        (
            "thaw production --all --reason y",
            "“production” and --all say different things.",
            "Leave one of them away.",
        ),
        (
            "freeze prodction --reason y",
            "There is no environment called “prodction”.",
            "Did you mean production?",
        ),
        ("allow api --reason y", "Which version of api?", "Type /deploy allow SERVICE VERSION"),
        (
            "history api --days 0",
            "“0” (character 20) is not a number from 1 to 3650.",
            "For example: 30",
        ),
        (
            "history api --export xml",
            "“xml” (character 22) is not a value of --export.",
            "There are: csv, json.",
        ),
        ('api v1 production "x', "The quote at character 19 is not closed.", "Close it with"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_to_type(
    text: str, says: str, hint: str
) -> None:
    """And production is never assumed."""
    with pytest.raises(UsageError) as error:
        parse_deploy(text, "/deploy", CATALOG)
    assert str(error.value) == says
    assert error.value.hint.startswith(hint)


def test_an_unknown_service_gets_the_nearest() -> None:
    """Also when more is wrong behind it."""
    with pytest.raises(UnknownName) as error:
        parse_deploy("atuh", "/deploy", CATALOG)
    assert error.value.nearest == ("auth",)


def test_a_reason_without_quotes_does_not_become_a_target() -> None:
    """What is left then is too little, and is asked for."""
    with pytest.raises(UsageError, match="Which environment"):
        parse_deploy("api v1.2.0 --reason back to production", "/deploy", CATALOG)


def test_a_deploy_names_the_incident_that_it_is_to_end() -> None:
    """As its card shows it, or as people type it."""
    for typed in ("INC-2026-001", "inc-2026-1"):
        found = parse_deploy(f"api v1.2.0 production --incident {typed}", "/deploy", CATALOG)
        assert isinstance(found, Wish)
        assert found.terms.incident == "INC-2026-001"
    with pytest.raises(UsageError, match="not the reference of an incident") as no:
        parse_deploy("api v1.2.0 production --incident checkout", "/deploy", CATALOG)
    assert "INC-2026-001" in no.value.hint


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Help()),
        ("help", Help()),
        ("api production", ReturnWish(place=API, to="previous")),
        ("api in production --to Previous", ReturnWish(place=API, to="previous")),
        (
            "api production --to v1.1.0 --reason “it burns” --accept-schema-risk",
            ReturnWish(place=API, to="v1.1.0", reason="it burns", accept_schema_risk=True),
        ),
        (
            "api production --incident inc-2026-1",
            ReturnWish(place=API, to="previous", incident="INC-2026-001"),
        ),
    ],
)
def test_rollback_is_understood(text: str, meaning: object) -> None:
    """With nothing more said, it is about the version before."""
    assert parse_rollback(text, "/rollback", CATALOG) == meaning


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("api", WHERE, "For example: /rollback api development"),
        ("atuh production", "There is no service called “atuh”.", "Did you mean auth?"),
        ("api production --to", "--to (character 16) needs a value.", "For example: --to v1.1.0"),
        ("api production --to ../x", "“../x” is not a version.", "Type an image tag"),
        (
            "api production v1",
            "“v1” (character 16) is one word too many.",
            "Type /rollback SERVICE",
        ),
        ("--reason x", "Which service? There are api, auth.", "Type /rollback SERVICE"),
    ],
)
def test_a_rollback_asks_for_what_is_missing(text: str, says: str, hint: str) -> None:
    """Also where only one environment could be meant."""
    with pytest.raises(UsageError) as error:
        parse_rollback(text, "/rollback", CATALOG)
    assert str(error.value) == says
    assert error.value.hint.startswith(hint)


def test_status_takes_one_service_or_none() -> None:
    """And says so otherwise."""
    assert parse_status("", "/status", CATALOG) is None
    assert parse_status(" Auth ", "/status", CATALOG) == "auth"
    assert parse_status("help", "/status", CATALOG) == Help()
    with pytest.raises(UsageError, match=r"“auth” \(character 5\) is one word too many"):
        parse_status("api auth", "/status", CATALOG)
    with pytest.raises(UnknownName):
        parse_status("nope", "/status", CATALOG)


def test_every_example_of_the_table_is_understood() -> None:
    """What help tells people to type can be typed."""
    for verb in DEPLOY_VERBS.values():
        assert verb.examples
        for example in verb.examples:
            text = example.format(service="api", environment="production")
            assert not isinstance(parse_deploy(text, "/deploy", CATALOG), Help | Form)


def test_no_verb_can_be_taken_for_a_service() -> None:
    """These words are refused as names of services and environments."""
    assert {*DEPLOY_VERBS, "help", "to"} == RESERVED_WORDS


TOKENS = st.sampled_from(
    [
        *DEPLOY_VERBS,
        *("api", "auth", "production", "staging", "to", "v1.2.0", "D-7F3K2", "help", "?"),
        *("--reason", "—for", "--until", "--all", "--profile", "--strategy", "--days", "--to"),
        *("--export", "--exception", "--break-glass", "--migrations", "--for=2h", "--x"),
        *("2h", "99999d", "0s", "9999-12-31T23:59-14:00", "0001-01-01T00:00+14:00", "csv", "7"),
        *('"', "“a b”", "'", "<@U1|x>", "\u0000", "²", "٣d"),
    ]
)
LINES = st.one_of(st.text(max_size=60), st.lists(TOKENS, max_size=9).map(" ".join))


@given(LINES)
def test_no_text_raises_anything_but_a_usage_error(text: str) -> None:
    """Whatever somebody types is understood or answered."""
    for parse in (parse_deploy, parse_rollback, parse_status):
        try:
            parse(text, "/x", CATALOG)
        except UsageError:
            continue
