"""The settings of incidents: how a team answers them, who is paged, what is looked at regularly.

What they must be to each other, and to what they name, is in `adapters.catalog.incident_checking`.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from adapters.catalog.policy_shape import Given, Id, Loose, OrNone, Schedule, Zone
from adapters.catalog.values import Channel, Duration, Shape, line_of, matching, wrong
from bot.domain.incident_policy import Role, Severity

# A decision of this project: with the number and the title, it has to fit into a channel's name.
_PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?")
# Slack's names of emoji; skin tones are no names of their own.
_EMOJI = re.compile(r"[\w+'-]{1,100}")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s<>|]*)?")
# Slack, bookmark: its title is shown in one line above the channel.
_BOOKMARK = 60
# Decisions of this project: a line is read at a glance, and a list within one message.
_LINE = 200
_NAME = 60
_MOST_LINES = 50


def _moment(written: object) -> datetime:
    """A day, which begins at midnight UTC, or a moment with its offset."""
    text = written if isinstance(written, str) else ""
    hint = "Write a day, such as 2026-01-05, or a moment: 2026-01-05T09:00Z"
    try:
        if len(text) == len("2026-01-05"):
            return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong("This is not a day or a moment.", hint) from None
    if found.tzinfo is None:
        raise wrong("Nobody can tell in which time zone this is.", f"Write: {text}Z for UTC.")
    return found.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_moment)]
Prefix = Annotated[
    str,
    AfterValidator(
        matching(_PREFIX, "a prefix", "Use up to 20 lower-case letters, digits and hyphens.")
    ),
]
Emoji = Annotated[
    str,
    AfterValidator(
        matching(_EMOJI, "the name of an emoji", "Write it without colons, as in: pushpin")
    ),
]
Address = Annotated[
    str,
    AfterValidator(
        matching(_ADDRESS, "a web address", "Begin with https://, without spaces, in quotes.")
    ),
]
Line = Annotated[str, AfterValidator(line_of(_LINE))]
Name = Annotated[str, AfterValidator(line_of(_NAME))]
Grade = Annotated[Severity, Loose]


class SeveritySettings(Shape):
    """What a severity asks for, as far as it is said; the rest is as usual for that severity."""

    response: Annotated[Duration | None, Given] = None
    resolution: Annotated[Duration | None, Given] = None
    update_every: Annotated[Duration | None, Given] = None
    escalate_after: Annotated[Duration | None, OrNone] = None
    ack_within: Annotated[Duration | None, Given] = None
    page: bool = False
    freeze: Annotated[Duration | None, OrNone] = None
    postmortem: bool = False


class Turns(Shape):
    """People who take turns."""

    people: list[str]
    every: Duration
    since: Moment


class Rung(Shape):
    """A step of the ladder: a group, or people who take turns."""

    name: Name
    group: Annotated[str | None, Given] = None
    rotation: Annotated[Turns | None, Given] = None
    severities: list[Grade] = Field(default_factory=lambda: list(Severity))


class Dashboard(Shape):
    """A link for the bookmarks of an incident's channel."""

    title: Annotated[str, AfterValidator(line_of(_BOOKMARK))]
    url: Address
    service: Annotated[str | None, Given] = None


class Item(Shape):
    """A line to tick off."""

    id: Id
    text: Line


class Duties(Shape):
    """What roles take; a role of which nothing is said has the usual lines."""

    lead: Annotated[list[Item] | None, Given] = Field(default=None, max_length=_MOST_LINES)
    comms: Annotated[list[Item] | None, Given] = Field(default=None, max_length=_MOST_LINES)
    scribe: Annotated[list[Item] | None, Given] = Field(default=None, max_length=_MOST_LINES)

    def said(self) -> dict[Role, list[Item]]:
        """The lines of each role of which something is said."""
        lists = {Role.LEAD: self.lead, Role.COMMS: self.comms, Role.SCRIBE: self.scribe}
        return {role: items for role, items in lists.items() if items is not None}


class FailedDeploys(Shape):
    """Where failed deploys become incidents, and how grave they are."""

    severity: Grade
    environments: list[str]


class Maintenance(Shape):
    """A list that comes up on a schedule."""

    name: Id
    title: Name
    channel: Annotated[Channel | None, Given] = None
    cron: Schedule
    tz: Zone = "UTC"
    within: Duration
    items: list[Item] = Field(max_length=_MOST_LINES)


class EmojiNames(Shape):
    """What reactions do to a message."""

    timeline: Emoji = "pushpin"
    task: Emoji = "ballot_box_with_check"
    followup: Emoji = "repeat"


class Incidents(Shape):
    """Everything about incidents. `severities` are checked apart, one by one."""

    language: Annotated[Literal["en", "zh-TW"] | None, Given] = None
    environment: Annotated[str | None, Given] = None
    prefix: Prefix = "inc"
    commanders: Annotated[str | None, Given] = None
    confidants: Annotated[str | None, Given] = None
    severities: object = None
    ladder: list[Rung] = Field(default_factory=list)
    dashboards: list[Dashboard] = Field(default_factory=list)
    checklist: Annotated[list[Item] | None, Given] = Field(default=None, max_length=_MOST_LINES)
    duties: Duties = Duties()
    failed_deploys: Annotated[FailedDeploys | None, Given] = None
    maintenance: list[Maintenance] = Field(default_factory=list)
    bake: Duration = timedelta(minutes=15)
    postmortem_within: Duration = timedelta(days=5)
    reopen_within: Duration = timedelta(days=30)
    emoji: EmojiNames = EmojiNames()
