"""Which controller answers what about incidents: command, buttons, forms, shortcuts, events."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.composition import UseCases
from bot.domain.catalog import Catalog
from bot.ports import Languages
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentShortcut
from commands.incidents.archive import ArchiveController, PostMortemController
from commands.incidents.course_verbs import CourseVerbs
from commands.incidents.crew import CrewController
from commands.incidents.declaring import DeclaringController
from commands.incidents.desk import Desk
from commands.incidents.forms import FORMS, Forms
from commands.incidents.home import HomeController
from commands.incidents.joins import JoinsController
from commands.incidents.maintenance import MaintenanceController
from commands.incidents.records import MessagesController, RecordsController
from commands.incidents.relations import RelationsController, RoomController
from commands.incidents.responding import RespondingController
from commands.incidents.runbooks import RunbooksController
from commands.incidents.verbs import IncidentVerbs
from commands.incoming import Click, Lookup, MessageShortcut, Shortcut, Submission
from commands.replies import Reply
from commands.router import Listeners

A = IncidentAction
C = IncidentCallback
S = IncidentShortcut
Clicks = dict[str, Callable[[Click], Awaitable[Reply]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDesks:
    """All controllers of incidents."""

    verbs: IncidentVerbs
    messages: MessagesController
    home: HomeController
    maintenance: MaintenanceController

    def clicks(self) -> Mapping[str, Callable[[Click], Awaitable[Reply]]]:
        """The buttons and menus; what is done in the home tab is shown there."""
        found: Clicks = dict.fromkeys(FORMS, self.verbs.forms.open)
        found |= self._course() | self._people() | self._written()
        done = {action: self.home.kept_up(answer) for action, answer in found.items()}
        return done | self._looked_at()

    def submissions(self) -> Mapping[str, Callable[[Submission], Awaitable[Reply]]]:
        """The forms."""
        responding, crew, records = self.verbs.responding, self.verbs.crew, self.verbs.records
        return {
            C.DECLARE: self.verbs.declaring.submit,
            C.UPDATE: responding.updated,
            C.STATUS: responding.status_set,
            C.SEVERITY: responding.severity_set,
            C.EDIT: responding.edited,
            C.RESOLVE: responding.resolved,
            C.REOPEN: responding.reopened,
            C.REASON: responding.ended,
            C.ROLE: crew.role_given,
            C.HANDOFF: crew.offered,
            C.PAGE: crew.paged,
            C.NOTE: records.noted,
            C.TASK: records.task_added,
            C.ROLL_BACK: self.verbs.joins.chosen,
            C.PUBLISH: self.verbs.postmortem.published,
        }

    def lookups(self) -> Mapping[str, Callable[[Lookup], Awaitable[Reply]]]:
        """The menus that search: only services can be so many."""
        return {A.PICK_SERVICE: self.verbs.declaring.lookup}

    def shortcuts(self) -> Mapping[str, Callable[[Shortcut], Awaitable[Reply]]]:
        """The shortcuts that can be chosen anywhere."""
        return {S.DECLARE: self.verbs.declaring.shortcut}

    def message_shortcuts(self) -> Mapping[str, Callable[[MessageShortcut], Awaitable[Reply]]]:
        """The shortcuts on messages."""
        return {
            S.DECLARE_FROM: self.verbs.declaring.from_message,
            S.NOTE_FROM: self.messages.shortcut,
            S.TASK_FROM: self.messages.shortcut,
        }

    def listeners(self) -> Listeners:
        """What is heard of in rooms, and of the home tab."""
        return Listeners(
            reaction=self.messages.reaction,
            pin=self.messages.pin,
            changed=self.messages.changed,
            home=self.home.opened,
            entered=self.verbs.crew.entered,
        )

    def _course(self) -> Clicks:
        responding, joins = self.verbs.responding, self.verbs.joins
        return {
            A.DECLARE: self.verbs.declaring.button,
            A.PICK_SERVICE: self.verbs.declaring.pick_service,
            A.ACK: responding.ack,
            A.NO_CHANGE: responding.no_change,
            A.SNOOZE: responding.snooze,
            A.CLOSE: responding.close,
            A.UNDO: responding.undo,
            A.ROLL_BACK: joins.pressed,
            A.FREEZE: joins.freeze,
            A.THAW: joins.thaw,
            A.REPAIR: self.verbs.rooms.repair,
            A.OPEN_CHANNEL: self.verbs.rooms.open_channel,
        }

    def _people(self) -> Clicks:
        crew = self.verbs.crew
        return {
            A.TAKE_ROLE: crew.take_role,
            A.ACCEPT: crew.accept,
            A.CONFIRM: crew.confirm,
            A.ESCALATE: crew.escalate,
            A.ANSWER: crew.answer,
            A.JOIN: crew.join,
            A.SUBSCRIBE: crew.subscribe,
            A.UNSUBSCRIBE: crew.unsubscribe,
            A.ASK_ACCESS: crew.ask_access,
            A.LET_IN: crew.let_in,
            A.MAKE_PRIVATE: self.verbs.relations.make_private,
        }

    def _written(self) -> Clicks:
        records = self.verbs.records
        return {
            A.TASKS: records.tasks,
            A.TASK_TAKEN: records.task_taken,
            A.TASK_DONE: records.task_done,
            A.TICK: records.tick,
            A.UNTICK: records.untick,
            A.RUNBOOK: records.runbooks.use,
            A.MAINTENANCE_TICK: self.maintenance.tick,
            A.MAINTENANCE_UNTICK: self.maintenance.untick,
        }

    def _looked_at(self) -> Clicks:
        archive, postmortem = self.verbs.archive, self.verbs.postmortem
        return {
            A.PANEL: archive.panel,
            A.SHOW: archive.show,
            A.EXPORT: archive.export,
            A.LIST_PAGE: archive.page,
            A.HOME_PAGE: self.home.page,
            A.POST_MORTEM: postmortem.draft,
        }


def incident_desks(
    catalog: Catalog, name: str, use_cases: UseCases, languages: Languages
) -> IncidentDesks:
    """All controllers of incidents; `name` is what the workspace calls the command."""
    cases = use_cases.incidents
    desk = Desk(
        catalog=catalog,
        sight=cases.sight,
        languages=languages,
        clock=cases.transitions.clock,
        name=name,
    )
    forms = Forms(desk=desk)
    records = cases.records
    verbs = IncidentVerbs(
        desk=desk,
        forms=forms,
        declaring=DeclaringController(
            desk=desk, declaring=cases.declaring, archive=cases.archive, looks=records.looks
        ),
        responding=RespondingController(desk=desk, forms=forms, responding=cases.responding),
        course=CourseVerbs(desk=desk, forms=forms, responding=cases.responding),
        crew=CrewController(desk=desk, forms=forms, crew=cases.crew, responding=cases.responding),
        records=RecordsController(
            desk=desk,
            forms=forms,
            records=records,
            runbooks=RunbooksController(desk=desk, records=records),
        ),
        relations=RelationsController(desk=desk, relations=cases.relations),
        rooms=RoomController(desk=desk, rooming=cases.rooming),
        joins=JoinsController(desk=desk, forms=forms, joins=use_cases.joins),
        archive=ArchiveController(desk=desk, archive=cases.archive, figures=use_cases.figures),
        postmortem=PostMortemController(desk=desk, records=records),
    )
    return IncidentDesks(
        verbs=verbs,
        messages=MessagesController(desk=desk, records=records),
        home=HomeController(home=use_cases.home),
        maintenance=MaintenanceController(maintenance=use_cases.maintenance),
    )
