"""Ledgers for tests: letters stand for versions, minutes for times."""

import string
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st
from samples import DANA, NOW

from bot.domain.history import Ending, Kind, Record, Version

MINUTE = timedelta(minutes=1)
TARGET = "api/staging"


def digest(letter: str) -> str:
    """A digest that can be told by its letter."""
    return "sha256:" + f"{string.ascii_uppercase.index(letter):02x}" * 32


def version(letter: str) -> Version:
    """A version by its letter."""
    return Version(version=letter, digest=digest(letter), revision=f"api-{letter.lower()}")


def record(letter: str, minute: int, **changes: object) -> Record:
    """A deploy that was begun a minute before it landed, so many minutes after `NOW`."""
    ended = NOW + minute * MINUTE
    usual = Record(
        deploy=f"D-{minute}",
        kind=Kind.DEPLOY,
        target=TARGET,
        ending=Ending.COMPLETED,
        version=letter,
        digest=digest(letter),
        revision=f"api-{letter.lower()}",
        requested_by=DANA,
        requested=ended - 2 * MINUTE,
        started=ended - MINUTE,
        ended=ended,
        moved=True,
    )
    return usual.model_copy(update=changes)


def ledger(*stories: str, apart: int = 10) -> list[Record]:
    """A ledger, newest first, from words in the order of time, so many minutes apart.

    `A` landed, `<A` is a rollback that landed on A, `A!` was rolled back on its way, `A?` has an
    unknown end, `A-` failed without any traffic, `A~` was ended half way by a person.
    """
    endings = {
        "!": Ending.ROLLED_BACK,
        "?": Ending.UNKNOWN,
        "-": Ending.FAILED,
        "~": Ending.CANCELLED,
    }
    records: list[Record] = []
    serving: Version | None = None
    for place, word in enumerate(stories):
        letter = word.strip("<!?-~")
        ending = endings.get(word[-1], Ending.COMPLETED)
        kind = Kind.ROLLBACK if word.startswith("<") else Kind.DEPLOY
        moved = ending is not Ending.FAILED
        made = record(
            letter, place * apart, ending=ending, kind=kind, replaced=serving, moved=moved
        )
        records.insert(0, made)
        if made.landed:
            serving = made.ran
    return records


letters = st.sampled_from("ABCDE")
WORDS = [
    form.format(letter)
    for letter in "ABCDE"
    for form in ("{}", "{}", "{}", "<{}", "{}!", "{}?", "{}-", "{}~")
]
stories: st.SearchStrategy[Sequence[str]] = st.lists(st.sampled_from(WORDS), max_size=12)
