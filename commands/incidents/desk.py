"""What every controller of incidents needs: whom it speaks to, and how it answers them."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from bot.domain.actor import Identity
from bot.domain.catalog import Catalog
from bot.domain.errors import NotFound, UnknownName, UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import parse_reference
from bot.domain.worded import Worded, worded
from bot.ports import Clock, Languages
from bot.usecases.incidents.sight import Sight
from bot.views.blocks import Rendered
from bot.views.incidents.answers import gone_on
from bot.views.incidents.names import IncidentField
from bot.views.incidents.told import Value, told
from bot.views.languages.deeds import Deed
from bot.views.languages.saying import spoken
from commands.incidents.filled import missing, whole, wrong
from commands.incoming import Click, Command, Submission
from commands.replies import FieldErrors, Nothing, Reply, Say

F = IncidentField
T = TypeVar("T", bound=StrEnum)
_MOST_MINUTES = 7 * 24 * 60
_GONE = worded("This button belongs to something that does not exist any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where people ask about incidents. `name` is the command's."""

    catalog: Catalog
    sight: Sight
    languages: Languages
    clock: Clock
    name: str

    @property
    def policy(self) -> IncidentPolicy:
        """How incidents are answered here."""
        return self.sight.policy

    def language(self, identity: Identity) -> str:
        """The language to speak to somebody in, as far as it is known; asks nobody."""
        return spoken(self.languages.language_of(identity.user), self.policy.language)

    async def which(self, command: Command, ref: str) -> Incident:
        """The incident that was typed, or that of the channel. Raises as `Sight.which`."""
        return await self.sight.which(command.identity, ref, command.channel)

    def typed(self, command: Command, incident: Incident, deed: Deed, **values: Value) -> Reply:
        """The answer to somebody who typed what was done."""
        return Say(rendered=self.told(command.identity, incident, deed, **values))

    def pressed(self, click: Click, incident: Incident, deed: Deed, **values: Value) -> Reply:
        """The answer to a button: nothing in the room, which tells everybody itself."""
        said = self.told(click.identity, incident, deed, **values)
        return self.heard(incident, click.channel, said)

    def missing(
        self, submission: Submission, needed: Mapping[IncidentField, Worded]
    ) -> FieldErrors | None:
        """The error for needed fields that are empty, for whoever filled them in; else None."""
        return missing(submission, needed, self.language(submission.identity))

    async def taken(
        self,
        submission: Submission,
        work: Awaitable[Incident],
        channel: str,
        field: IncidentField,
        deed: Deed,
        **values: Value,
    ) -> Reply:
        """Do what a form asks for; what is wrong with it is said below the field it is about.

        `channel` is where the form was opened.
        """
        try:
            incident = await work
        except UnknownName as unknown:
            named = F.SERVICE if unknown.kind == "service" else F.ENVIRONMENT
            return wrong(submission, named, unknown, self.language(submission.identity))
        except UsageError as error:
            return wrong(submission, field, error, self.language(submission.identity))
        said = self.told(submission.identity, incident, deed, **values)
        return self.heard(incident, channel, said)

    def told(self, identity: Identity, incident: Incident, deed: Deed, **values: Value) -> Rendered:
        """What was done, in the language of whoever did it."""
        return told(incident, deed, identity.user, self.language(identity), **values)

    def heard(self, incident: Incident, channel: str, said: Rendered) -> Reply:
        """An answer in a channel, unless that is the room; in one that was, it says where to go."""
        if channel and channel == incident.room.channel:
            return Nothing()
        if any(channel == each.channel for each in incident.room.left):
            said = gone_on(incident, said)
        return Say(rendered=said, channel=channel)


def subject(value: str) -> str:
    """The reference that a button or a form carries, when that is all.

    Raises `NotFound` for what this release never rendered.
    """
    return about(value, 0)[0]


def about(value: str, more: int) -> tuple[str, ...]:
    """The reference that a button or a form carries, and so many further parts.

    The last part may be empty, and have colons of its own. Raises `NotFound` for what this release
    never rendered.
    """
    ref, *rest = value.split(":", more)
    known = parse_reference(ref)
    if known is None or len(rest) != more:
        raise NotFound(_GONE)
    return known, *rest


def paged(value: str) -> tuple[str, int | None]:
    """The reference that a button carries, and the number of a page, if there is one."""
    ref, _, page = value.partition(":")
    known = parse_reference(ref)
    if known is None or (page and not whole(page)):
        raise NotFound(_GONE)
    return known, int(page) if page else None


def choice(kind: type[T], text: str) -> T:
    """A choice of a menu. Raises `NotFound` for what this release never rendered."""
    if text not in {each.value for each in kind}:
        raise NotFound(_GONE)
    return kind(text)


def minutes(text: str) -> timedelta:
    """A choice of minutes. Raises `NotFound` for what this release never rendered."""
    if not whole(text) or not 0 < int(text) <= _MOST_MINUTES:
        raise NotFound(_GONE)
    return timedelta(minutes=int(text))
