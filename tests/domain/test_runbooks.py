"""Which runbook is found for which words, which is suggested, and what is doubted."""

from datetime import date

import pytest

from bot.domain.errors import NotFound
from bot.domain.incident_policy import ProcedureItem
from bot.domain.runbooks import (
    Runbook,
    doubts,
    named,
    of_slug,
    search,
    suggested,
    suggestions,
)

TODAY = date(2026, 3, 14)


def runbook(slug: str, title: str, **fields: object) -> Runbook:
    """A runbook of one step."""
    base = Runbook(slug=slug, title=title, steps=(ProcedureItem(id="s1", text="Look."),))
    return base.model_copy(update=fields)


CPU = runbook("high-cpu", "High CPU usage", symptoms=("cpu", "slow under load"))
MEMORY = runbook("high-memory", "High memory usage", symptoms=("out of memory", "oom killed"))
DISK = runbook("disk-full", "Disk full", text="Free some, or the cpu waits and is slow.")
SHOP = runbook(
    "shop-slow", "Slow shop", services=frozenset({"shop"}), symptoms=("slow under load",)
)
DATABASE = runbook("database", "資料庫連線用盡", symptoms=("資料庫連線逾時", "連線數過多"))
ALL = (CPU, DATABASE, DISK, MEMORY, SHOP)


def found(text: str, service: str | None = None) -> list[str]:
    """The names of what is found, the best first."""
    return [each.runbook.slug for each in search(ALL, text, service)]


def fitting(title: str, service: str | None = None) -> list[str]:
    """The names of what is suggested."""
    return [each.slug for each in suggested(ALL, title, service)]


# ── Search ───────────────────────────────────────────────────────────────────────────────────────


def test_a_word_of_the_title_outweighs_one_of_the_symptoms_and_that_one_of_the_text() -> None:
    assert found("cpu") == ["high-cpu", "disk-full"]
    assert found("slow") == ["shop-slow", "high-cpu", "disk-full"]
    scores = {each.runbook.slug: each.score for each in search(ALL, "slow")}
    assert scores == {"shop-slow": 5 + 3, "high-cpu": 3, "disk-full": 1}


def test_of_equally_good_ones_the_first_by_name_comes_first() -> None:
    assert found("usage high") == ["high-cpu", "high-memory"]
    assert [each.runbook.slug for each in search(ALL[::-1], "usage")] == ["high-cpu", "high-memory"]


def test_those_of_other_services_are_left_out_and_those_of_its_own_come_first() -> None:
    assert "shop-slow" not in found("slow under load", "api")
    assert found("load", "shop") == ["shop-slow", "high-cpu"]
    assert "high-cpu" in found("slow", "api")


def test_a_service_alone_finds_nothing() -> None:
    assert found("xyzzy", "shop") == []


@pytest.mark.parametrize("text", ["", "  ", "of the", "?!"])
def test_words_that_say_nothing_find_nothing(text: str) -> None:
    assert found(text) == []


# ── Suggestions ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("CPU at 100 %", ["high-cpu"]),
        ("The workers are OOM killed", ["high-memory"]),
        ("Out of memory", ["high-memory"]),
        ("Disk is full", ["disk-full"]),
        ("Memory of the workers", []),
        ("High prices", []),
        ("Checkout is full of wrong prices", []),
        ("It is slow", []),
        ("", []),
    ],
)
def test_a_suggestion_takes_most_of_a_symptom_or_of_the_title(title: str, slugs: list[str]) -> None:
    """One word that happens to be there is far-fetched, unless it is the whole symptom."""
    assert fitting(title) == slugs


def test_what_only_the_text_says_is_not_suggested() -> None:
    assert "disk-full" in found("free waits")
    assert fitting("free waits") == []


def test_two_are_suggested_at_most_the_one_of_the_service_first() -> None:
    assert fitting("High CPU usage, disk full, high memory usage") == ["high-cpu", "high-memory"]
    assert fitting("slow under load", "shop") == ["shop-slow", "high-cpu"]
    assert fitting("slow under load", "api") == ["high-cpu"]


def test_chinese_titles_are_understood_without_spaces() -> None:
    assert found("連線") == ["database"]
    assert fitting("訂單服務資料庫連線逾時") == ["database"]
    # The database alone is less than half of each symptom.
    assert fitting("資料庫") == []


def test_an_incident_keeps_the_name_the_title_and_the_address() -> None:
    elsewhere = CPU.model_copy(update={"url": "https://wiki.example/cpu"})
    (kept,) = suggestions((elsewhere,), "cpu", None)
    assert kept.model_dump() == {
        "slug": "high-cpu",
        "title": "High CPU usage",
        "url": "https://wiki.example/cpu",
    }
    assert kept.procedure == elsewhere.procedure.id == "runbook-high-cpu"
    assert elsewhere.procedure.url == "https://wiki.example/cpu"
    assert elsewhere.procedure.items == elsewhere.steps


# ── Names ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["high-cpu", "High CPU", " high  cpu usage ", "HIGH-CPU"])
def test_a_name_or_a_title_is_that_runbook_and_no_other(text: str) -> None:
    assert named(ALL, text) == (CPU,)


def test_words_are_the_runbooks_that_fit_them_best() -> None:
    assert named(ALL, "oom") == (MEMORY,)
    assert named(ALL, "usage") == (CPU, MEMORY)


def test_what_fits_nothing_is_answered_with_what_is_near() -> None:
    with pytest.raises(NotFound, match=r"No runbook fits “disc-fill”\. There is: disk-full\."):
        named((CPU, DISK), "disc-fill")
    with pytest.raises(NotFound, match=r"There are: high-cpu, disk-full\."):
        named((CPU, DISK), "xyzzy")
    with pytest.raises(NotFound, match=r"There are none\."):
        named((), "cpu")


def test_a_slug_is_taken_to_the_letter() -> None:
    """A button of a runbook that was renamed does not bring in another one."""
    assert of_slug(ALL, "disk-full") == DISK
    with pytest.raises(NotFound, match=r"There is no runbook “disk”\. There is: disk-full\."):
        of_slug(ALL, "disk")


# ── Doubts ───────────────────────────────────────────────────────────────────────────────────────


def test_a_service_that_there_is_not_is_named_with_the_nearest() -> None:
    odd = runbook("odd", "Odd", services=frozenset({"shpo", "xyzzy", "api"}))
    assert doubts((CPU, odd, SHOP), ("api", "shop"), TODAY) == (
        "odd is for the service “shpo”, which the catalog does not have. Did you mean shop?",
        "odd is for the service “xyzzy”, which the catalog does not have.",
    )


@pytest.mark.parametrize(
    ("reviewed", "says"),
    [
        (None, None),
        (TODAY, None),
        (date(2025, 3, 14), None),
        (date(2025, 3, 13), "high-cpu was last reviewed on 2025-03-13: look whether it is true."),
        (date(2026, 3, 15), "high-cpu was reviewed on 2026-03-15, which is yet to come."),
    ],
)
def test_a_review_lasts_a_year(reviewed: date | None, says: str | None) -> None:
    looked_at = CPU.model_copy(update={"reviewed": reviewed})
    assert doubts((looked_at,), (), TODAY) == ((says,) if says else ())
