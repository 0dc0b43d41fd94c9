"""What does not work is said in the language of its reader, by the English that is raised."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from bot.domain.errors import (
    CloudUnavailable,
    ConcurrentUpdate,
    IllegalTransition,
    NotFound,
    Outcome,
    SlackRefused,
    SlackUnavailable,
    UnknownName,
    UsageError,
)
from bot.domain.incidents.incident import Moment, TaskKind
from bot.domain.incidents.states import State
from bot.domain.worded import Leading, Worded, worded
from bot.views.errors import apology, refusal
from bot.views.languages.saying import LANGUAGES, USUAL

ROOT = Path(__file__).parents[2]
OTHERS = sorted(set(LANGUAGES) - {USUAL})
# Where every text has to be known to every language.
COVERED = (
    "adapters/redis/errors.py",
    "adapters/redis/incidents.py",
    "adapters/slack/directory.py",
    "adapters/slack/errors.py",
    "adapters/slack/room_looks.py",
    "bot/domain/catalog.py",
    "bot/domain/errors.py",
    "bot/domain/fixes.py",
    "bot/domain/incidents",
    "bot/domain/maintenance.py",
    "bot/domain/period.py",
    "bot/domain/runbooks.py",
    "bot/usecases/incidents",
    "bot/views/errors.py",
    "commands/flags.py",
    "commands/incidents",
    "commands/moments.py",
    "commands/replies.py",
    "commands/router.py",
    "commands/words.py",
)
# What takes a text, and where: its place among the arguments, or its name.
TAKES: Mapping[str, tuple[int | str, ...]] = {
    "worded": (0,),
    "Worded": (0,),
    "UsageError": (0, "hint"),
    "WrongMoment": (0, "hint"),
    "NeedsReason": (0, "hint"),
    "Elsewhere": (0, "hint"),
    "KeyReused": (0, "hint"),
    "NotPermitted": (0,),
    "NotFound": (0,),
    "SlackRefused": (0,),
    "SlackUnavailable": (0,),
    "StoreUnavailable": (0,),
    "broken": (0,),
    "UnknownName": (0,),
    "unknown": (0,),
    "clean_text": (0,),
    "known_name": (0,),
    "put": (0,),
    "__init__": (0, "hint"),
}
# Calls that make a text which nobody can look up.
PUT_TOGETHER = {"format", "join", "replace", "strip", "rstrip"}
# Tables of texts, which are looked up.
TABLES = {("adapters/slack/errors.py", "_WORDS")}
# Arguments that fill no gap.
OWN = {
    "nearest",
    "known",
    "hint",
    "need",
    "off",
    "other",
    "at",
    "channel",
    "code",
    "outcome",
    "retry_after",
    "repeatable",
}


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Every covered module, by its path."""
    found = (
        path
        for each in COVERED
        for path in ([ROOT / each] if each.endswith(".py") else sorted((ROOT / each).rglob("*.py")))
    )
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in found
    )


def called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Everything that takes a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in TAKES:
            yield node


def texts(call: ast.Call) -> Iterator[ast.expr]:
    """The expressions of its texts; of a choice, each."""
    for place in TAKES[called(call)]:
        if isinstance(place, int):
            given = call.args[place : place + 1]
        else:
            given = [each.value for each in call.keywords if each.arg == place]
        for each in given:
            yield from alternatives(each)


def alternatives(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may turn out to be."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*alternatives(body), *alternatives(orelse))
        case ast.BoolOp(values=values):
            for each in values:
                yield from alternatives(each)
        case _:
            yield node


def constant(node: ast.expr) -> str:
    """The text of a literal; "" when it is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def tabled() -> set[str]:
    """Texts that are chosen from a table, where what fills their gaps is the same for all."""
    return {
        constant(text)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and (path, ast.unparse(node.target)) in TABLES
        for table in ast.walk(node)
        if isinstance(table, ast.Dict)
        for text in table.values
    }


@cache
def raised() -> frozenset[str]:
    """Every text that may be said."""
    return (
        frozenset(
            text
            for _, tree in sources()
            for call in calls(tree)
            for node in texts(call)
            if (text := constant(node))
        )
        | {each.value for each in TaskKind}
        | tabled()
    )


def gaps(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_is_refused_is_said(language: str) -> None:
    assert raised() - LANGUAGES[language].refusals.keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_said_that_nobody_refuses(language: str) -> None:
    assert LANGUAGES[language].refusals.keys() - raised() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_gaps_are_the_same(language: str) -> None:
    """A text that lacks one would say less; one that has another would fail."""
    theirs = {english: gaps(text) for english, text in LANGUAGES[language].refusals.items()}
    assert theirs == {english: gaps(english) for english in theirs}
    assert all(text.strip() for text in LANGUAGES[language].refusals.values())


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_typed_stays_as_it_is_typed(language: str) -> None:
    """Commands, flags and examples of them are in English for everybody."""
    for english, text in LANGUAGES[language].refusals.items():
        typed = [word.strip(".,:;") for word in english.split() if word.startswith(("/", "--"))]
        assert [word for word in typed if word not in text] == [], english


def test_texts_are_literal() -> None:
    """What is put together before it is raised is known to no language."""
    put_together = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for call in calls(tree)
        for node in texts(call)
        if isinstance(node, ast.JoinedStr | ast.BinOp)
        or (isinstance(node, ast.Call) and called(node) in PUT_TOGETHER)
        or (isinstance(node, ast.Name) and node.id in plain_names(tree))
    ]
    assert put_together == []


def plain_names(tree: ast.Module) -> set[str]:
    """Names that a module gives to texts."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(
            isinstance(each, ast.JoinedStr) or constant(each) for each in alternatives(node.value)
        )
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def test_every_gap_is_filled() -> None:
    """And nothing is given that fills none."""
    wrong = []
    for path, tree in sources():
        for call in calls(tree):
            found = {name for node in texts(call) for name in gaps(constant(node))}
            given = {each.arg for each in call.keywords if each.arg} - (OWN - found)
            starred = any(each.arg is None for each in call.keywords)
            if not starred and found != given:
                wrong.append(f"{path}:{call.lineno} {found ^ given}")
    assert wrong == []


def test_a_refusal_is_said_to_its_reader() -> None:
    error = UsageError(
        "{ref} is not resolved yet.", hint="First /incident resolve.", ref="INC-2026-001"
    )
    assert str(error) == "INC-2026-001 is not resolved yet."
    assert error.hint == "First /incident resolve."
    assert refusal(error, "en") == "INC-2026-001 is not resolved yet. First /incident resolve."
    assert refusal(error, "zh-TW") == "INC-2026-001 尚未解決。請先執行 /incident resolve。"


def test_values_are_in_the_words_of_the_reader() -> None:
    error = IllegalTransition("INC-1", State.POST_MORTEM, worded("an update"))
    assert str(error) == "INC-1 is post-mortem; an update is not possible any more."
    assert (error.state, error.event) == ("post-mortem", "an update")
    assert "事後檢討中" in refusal(error, "zh-TW")
    first = worded(
        "{moment} is about what has happened, not about the future.",
        moment=Leading(Moment.OCCURRED),
    )
    assert str(first).startswith("Occurred is about")


def test_what_people_wrote_is_no_template() -> None:
    error = NotFound("“{title}” has no line “{item}”.", title="{item}", item="{0} & <b>")
    assert str(error) == "“{item}” has no line “{0} & <b>”."
    assert "{item}" in refusal(error, "zh-TW")
    assert "{0} &amp; &lt;b&gt;" in apology(error, "R", "zh-TW").text
    assert str(UsageError("{} is as it is")) == "{} is as it is"


def test_what_a_language_does_not_know_is_said_in_english() -> None:
    """Whole, with its hint: nobody is told half of it."""
    error = UsageError(
        "{state} is new here.", hint="First /incident resolve.", state=State.RESOLVED
    )
    assert refusal(error, "zh-TW") == "resolved is new here. First /incident resolve."
    assert refusal(UsageError(Worded("It is new.")), "zh-TW") == "It is new."
    approved = IllegalTransition("Deploy D-1", "completed", "“approve”")
    assert refusal(approved, "zh-TW") == str(approved)
    assert refusal(UnknownName("colour", "red", nearest=(), known=("blue",)), "zh-TW") == (
        "There is no colour called “red”. Known are: blue."
    )


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            SlackUnavailable("Slack did not answer in time.", outcome=Outcome.UNKNOWN),
            "⚠️ Slack 未及時回應。無法確認是否已執行，請先查看卡片再重試。",
        ),
        (
            CloudUnavailable("Cloud Run did not answer."),
            "⚠️ Cloud Run did not answer. 未執行任何動作，請稍後再試。",
        ),
        (
            SlackRefused("#{name} is archived.", code="is_archived", name="ops"),
            "⚠️ #ops 已封存。未執行任何動作。",
        ),
        (ConcurrentUpdate(), "ℹ️ 已有人先行處理，請查看卡片的最新狀態。"),
        (TimeoutError(), "⚠️ 處理時間過長。無法確認是否已執行，請先查看卡片再重試。"),
        (ValueError("x"), "💥 Signalbox 發生錯誤。無法確認是否已執行，請先查看卡片再重試。"),
    ],
)
def test_what_a_failure_leaves_behind_is_said_to_its_reader(error: Exception, says: str) -> None:
    """Also when nobody has words for its cause but us."""
    assert apology(error, "R", "zh-TW").text.startswith(says)
