"""What follows the command for incidents, passed to whoever answers it."""

from dataclasses import dataclass
from typing import Literal, assert_never

from bot.views.incidents.help import incident_help
from commands.grammar import Help
from commands.incidents.archive import ArchiveController, PostMortemController
from commands.incidents.archive_wishes import (
    ExportWish,
    ListWish,
    MetricsWish,
    PostMortemWish,
    SearchWish,
)
from commands.incidents.course_verbs import CourseVerbs
from commands.incidents.crew import CrewController
from commands.incidents.declaring import DeclaringController
from commands.incidents.desk import Desk
from commands.incidents.forms import Forms
from commands.incidents.grammar import parse_incident
from commands.incidents.joins import JoinsController
from commands.incidents.records import RecordsController
from commands.incidents.relations import RelationsController, RoomController
from commands.incidents.responding import RespondingController
from commands.incidents.wishes import (
    CourseWish,
    CrewWish,
    Declaration,
    DrillWish,
    FreezeWish,
    IncidentWish,
    LinkKind,
    LinkWish,
    Plain,
    PlainWish,
    RecordWish,
    RelationWish,
    RollbackWish,
)
from commands.incoming import Command
from commands.replies import Reply, Say

_Rest = Literal[Plain.DEPLOYS, Plain.THAW, Plain.PRIVATE, Plain.SHOW]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentVerbs:
    """The command for incidents with all of its verbs."""

    desk: Desk
    forms: Forms
    declaring: DeclaringController
    responding: RespondingController
    course: CourseVerbs
    crew: CrewController
    records: RecordsController
    relations: RelationsController
    rooms: RoomController
    joins: JoinsController
    archive: ArchiveController
    postmortem: PostMortemController

    async def command(self, command: Command) -> Reply:
        """Parse, and pass on. Raises `UsageError` for what cannot be understood."""
        now = self.desk.clock.now()
        catalog = self.desk.catalog
        wish = parse_incident(command.text, self.desk.name, catalog, now)
        if isinstance(wish, Help):
            services, environments = tuple(catalog.services), catalog.environments
            return Say(rendered=incident_help(self.desk.name, services, environments, wish.verb))
        return await self._wish(command, wish)

    async def _wish(self, command: Command, wish: IncidentWish) -> Reply:
        if isinstance(wish, Declaration):
            return await self.declaring.command(command, wish)
        if isinstance(wish, DrillWish):
            return await self.declaring.drill(command, wish)
        if isinstance(wish, PlainWish):
            return await self._plain(command, wish)
        if isinstance(wish, CourseWish):
            return await self.course.order(command, wish)
        if isinstance(wish, CrewWish):
            return await self.crew.order(command, wish)
        if isinstance(wish, RecordWish):
            return await self.records.order(command, wish)
        if isinstance(wish, RelationWish):
            return await self.relations.order(command, wish)
        return await self._more(command, wish)

    async def _more(
        self,
        command: Command,
        wish: LinkWish
        | RollbackWish
        | FreezeWish
        | ListWish
        | SearchWish
        | MetricsWish
        | PostMortemWish
        | ExportWish,
    ) -> Reply:
        match wish:
            case LinkWish():
                return await self._link(command, wish)
            case RollbackWish():
                return await self.joins.rollback(command, wish)
            case FreezeWish():
                return await self.joins.frozen(command, wish)
            case ListWish():
                return await self.archive.list(command, wish)
            case SearchWish():
                return await self.archive.search(command, wish)
            case MetricsWish():
                return await self.archive.metrics(command, wish)
            case ExportWish():
                return await self.archive.exported(command, wish)
            case PostMortemWish():
                return await self.postmortem.order(command, wish)
            case _:
                assert_never(wish)

    async def _link(self, command: Command, wish: LinkWish) -> Reply:
        match wish.kind:
            case LinkKind.DEPLOY:
                return await self.joins.link(command, wish)
            case LinkKind.INCIDENT:
                return await self.relations.link(command, wish)
            case LinkKind.URL:
                return await self.records.link(command, wish)
            case _:
                assert_never(wish.kind)

    async def _plain(self, command: Command, wish: PlainWish) -> Reply:
        """What needs nothing but an incident."""
        what, ref = wish.what, wish.ref
        match what:
            case Plain.PANEL:
                return await self._panel(command, ref)
            case Plain.ACK:
                return await self.course.acked(command, ref)
            case Plain.RESOLVE:
                return await self.course.resolve(command, ref)
            case Plain.ACCEPT:
                return await self.crew.accepted(command, ref)
            case Plain.ESCALATE | Plain.JOIN | Plain.UNSUBSCRIBE:
                return await self.crew.plain(command, what, ref)
            case Plain.REPAIR | Plain.ROOM | Plain.CONVERT:
                return await self.rooms.order(command, what, ref)
            case _:
                return await self._rest(command, what, ref)

    async def _rest(self, command: Command, what: _Rest, ref: str) -> Reply:
        match what:
            case Plain.DEPLOYS:
                return await self.joins.suspects(command, ref)
            case Plain.THAW:
                return await self.joins.thawed(command, ref)
            case Plain.PRIVATE:
                return await self.relations.hide(command, ref)
            case Plain.SHOW:
                return await self.archive.shown(command, ref)
            case _:
                assert_never(what)

    async def _panel(self, command: Command, ref: str) -> Reply:
        """Nothing was typed: the panel of the channel's incident, or what begins one elsewhere."""
        if not ref and await self.desk.sight.here(command.channel) is None:
            return await self.declaring.nothing_typed(command)
        incident = await self.desk.which(command, ref)
        return Say(rendered=self.archive.panel_of(command.identity, incident))
