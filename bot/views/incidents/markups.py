"""How a line of a timeline is marked up for where it is read: Slack, or a Markdown file.

Each has its own way of making people's words harmless; a text that was made so for one of them is
never turned into the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import ENGINE
from bot.views import markdown, mrkdwn
from bot.views.incidents import wording
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say

# Knows the name of a person by id, as far as it is known.
Names = Callable[[str], str | None]


class Markup(Protocol):
    """What a line is made of. Everything that is returned is harmless where it is read."""

    def words(self, text: str, limit: int) -> str:
        """What somebody wrote; cut there where a message has room for so much only."""

    def bold(self, text: str) -> str:
        """What was made harmless before, so that it stands out."""

    def code(self, text: str) -> str:
        """An id."""

    def link(self, url: str, label: str) -> str:
        """A label that leads somewhere."""

    def person(self, person: str) -> str:
        """A person by id, or Signalbox itself."""

    def people(self, language: str, ids: Sequence[str]) -> str:
        """Several people."""

    def moment(self, at: datetime) -> str:
        """A time, with its day."""


class SlackMarkup:
    """As mrkdwn: people are mentioned, times are the reader's own."""

    def words(self, text: str, limit: int) -> str:
        """Cut."""
        return wording.short(text, limit)

    def bold(self, text: str) -> str:
        """Between stars."""
        return f"*{text}*"

    def code(self, text: str) -> str:
        """In fixed width."""
        return mrkdwn.code(text)

    def link(self, url: str, label: str) -> str:
        """A link."""
        return mrkdwn.link(url, label)

    def person(self, person: str) -> str:
        """A mention."""
        return mrkdwn.user(person)

    def people(self, language: str, ids: Sequence[str]) -> str:
        """Mentions; of very many, the first ones."""
        return wording.people(language, ids)

    def moment(self, at: datetime) -> str:
        """In the reader's own time zone."""
        return wording.moment(at)


SLACK: Markup = SlackMarkup()


@dataclass(frozen=True, slots=True)
class FileMarkup:
    """As Markdown: people by `names`, times in UTC, and nothing is cut."""

    names: Names

    def words(self, text: str, _limit: int) -> str:
        """All of it."""
        return markdown.plain(text)

    def bold(self, text: str) -> str:
        """Between two stars."""
        return f"**{text}**"

    def code(self, text: str) -> str:
        """In fixed width."""
        return markdown.code(text)

    def link(self, url: str, label: str) -> str:
        """A link."""
        return markdown.link(url, label)

    def person(self, person: str) -> str:
        """Their name, or the id of whoever has none."""
        return "Signalbox" if person == ENGINE else markdown.plain(self.names(person) or person)

    def people(self, language: str, ids: Sequence[str]) -> str:
        """All of their names."""
        return say(language, Phrase.LIST_COMMA).join(self.person(each) for each in ids)

    def moment(self, at: datetime) -> str:
        """To the minute."""
        return markdown.moment(at)
