"""Every phrase is said in every language, with the same placeholders, and is used somewhere."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Bell
from bot.domain.incidents.gates import Lack
from bot.domain.incidents.incident import Moment, Relation
from bot.domain.incidents.linked import Part
from bot.domain.incidents.messages import IncidentSaid
from bot.domain.incidents.room import Step
from bot.domain.incidents.states import State
from bot.views.languages.calls import Call
from bot.views.languages.deeds import Deed
from bot.views.languages.headings import Heading
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import LANGUAGES, USUAL, say, supported
from bot.views.languages.terms import Term

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
LANGUAGE_FILES = BOT / "views" / "languages"
OTHERS = sorted(set(LANGUAGES) - {USUAL})
# Families that are looked up by the values of the domain.
FAMILIES: Mapping[str, type] = {
    "state": State,
    "severity": Severity,
    "role": Role,
    "moment": Moment,
    "step": Step,
    "part": Part,
    "relation": Relation,
    "note": IncidentSaid,
    "bell": Bell,
    "lack": Lack,
}
# Looked up by the words of timelines, which are written there.
BY_WORD = "line"
CHRONICLE = BOT / "domain" / "incidents" / "chronicle.py"
# Values for which something else is said: a bell has a phrase of its own.
SAID_OTHERWISE = {"note.bell"}


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def said_in(language: str) -> dict[str, str]:
    """Everything that a language says, by the value of its key."""
    spoken = LANGUAGES[language]
    tables: tuple[Mapping[Phrase | Term | Heading | Deed | Call | Hiding, str], ...] = (
        {**spoken.sentences},
        {**spoken.terms},
        {**spoken.headings},
        {**spoken.deeds},
        {**spoken.calls},
        {**spoken.hidings},
    )
    return {key.value: text for table in tables for key, text in table.items()}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_phrase_and_name_is_said(language: str) -> None:
    said = said_in(language)
    assert said.keys() == {key.value for key in (*Phrase, *Term, *Heading, *Deed, *Call, *Hiding)}
    assert all(text.strip() for text in said.values())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_language_is_found_by_its_own_name(language: str) -> None:
    """As the configuration file has it, and stored incidents too."""
    assert supported(language) == language


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_are_the_same_in_every_language(language: str) -> None:
    """A sentence that lacks one would say less; one that has another would fail."""
    theirs = {key: placeholders(text) for key, text in said_in(language).items()}
    assert theirs == {key: placeholders(text) for key, text in said_in(USUAL).items()}


@pytest.mark.parametrize("language", OTHERS)
def test_bold_words_stand_free(language: str) -> None:
    """Slack takes an asterisk for a mark only beside a space or a sign of its own."""
    stuck = [
        phrase.name
        for phrase, text in LANGUAGES[language].sentences.items()
        if re.search(r"[\u2e80-\uffef]\*\S|\S\*[\u2e80-\uffef]", text)
        and not re.search(r"(?:^|[\s}])\*[^*]+\*(?:\s|$)", text)
    ]
    assert stuck == []


def test_chinese_is_polite_and_has_brackets_and_signs_of_its_own() -> None:
    """To everybody in the same way, also where something is refused."""
    refusals = LANGUAGES["zh-TW"].refusals
    said = [*said_in("zh-TW").values(), *refusals.values()]
    assert len(said) > len(refusals)
    assert [text for text in said if "你" in text] == []
    half = re.compile(r"[\u4e00-\u9fff}] ?[(;]|[);,] ?[\u4e00-\u9fff]")
    assert [text for text in said if half.search(text)] == []


def test_names_have_no_placeholders() -> None:
    names = [text for each in LANGUAGES.values() for text in each.terms.values()]
    assert not any(map(placeholders, names))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_value_of_the_domain_has_a_name(family: str) -> None:
    keys = {key.value for key in (*Phrase, *Term)}
    missing = {f"{family}.{value.value}" for value in FAMILIES[family]} - keys - SAID_OTHERWISE
    assert missing == set()


def test_no_phrase_and_no_name_is_unused() -> None:
    """What nobody says any more is not kept."""
    used = {
        re.sub(r"^H\.", "Heading.", found)  # as the post-mortem calls it
        for folder in ("bot", "commands", "adapters")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if LANGUAGE_FILES not in path.parents
        for found in re.findall(
            r"\b(?:Phrase|Term|Heading|Deed|Call|Hiding|H)\.[A-Z0-9_]+", path.read_text("utf-8")
        )
    }
    words = CHRONICLE.read_text("utf-8")
    unused = [
        key.name
        for key in (*Phrase, *Term, *Heading, *Deed, *Call, *Hiding)
        if f"{type(key).__name__}.{key.name}" not in used and not looked_up(key.value, words)
    ]
    assert unused == []


def looked_up(key: str, words: str) -> bool:
    """Whether a name is found by a value of the domain."""
    family, _, word = key.partition(".")
    return family in FAMILIES or (family == BY_WORD and f'"{word}"' in words)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("", "en"),
        ("de-DE", "en"),
        ("en-US", "en"),
        ("zh", "en"),
        ("zh-CN", "en"),
        ("zh-Hant", "zh-TW"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh-TW", "zh-TW"),
        ("zh_TW", "zh-TW"),
    ],
)
def test_a_locale_leads_to_a_language(locale: str, language: str) -> None:
    assert supported(locale) == language


def test_phrases_are_said_in_the_language_of_a_locale() -> None:
    assert say("zh_TW", Phrase.MORE, count=3) == "… 還有 3 項"
    assert say("fr-FR", Phrase.MORE, count=3) == "… and 3 more"


def test_braces_in_what_people_wrote_are_left_alone() -> None:
    assert say("en", Phrase.NOTE_TASK_ADDED, word="T1", detail="{x}") == "☐ *T1* {x}"
