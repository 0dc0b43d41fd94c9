"""The forms about an incident: each opens at once, and is looked up once its window is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.actor import Identity
from bot.domain.approval import rule_for
from bot.domain.history import Kind
from bot.domain.incidents.events import (
    Event,
    HandoffOffered,
    Informed,
    Paged,
    RoleGiven,
    Settled,
    SeverityChanged,
    TaskAdded,
)
from bot.domain.incidents.gates import lacking
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import require_possible
from bot.domain.plan import Terms
from bot.views.incidents.answers import one_moment, undecided
from bot.views.incidents.forms import people, records, steer
from bot.views.incidents.names import IncidentAction
from bot.views.modals import window
from commands.incidents.desk import Desk, subject
from commands.incoming import Click
from commands.replies import OpenModal, Reply, View

A = IncidentAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form is made of: `channel` is where its answer is shown, `about` what was said."""

    desk: Desk
    incident: Incident
    channel: str
    language: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Opens forms. Who may send them is decided by the use cases."""

    desk: Desk

    async def open(self, click: Click) -> Reply:
        """A button that leads to a form."""
        action = IncidentAction(click.action)
        return self.ask(action, click.identity, subject(click.value), click.channel)

    def ask(
        self,
        action: IncidentAction,
        identity: Identity,
        ref: str,
        channel: str,
        said: str = "",
    ) -> OpenModal:
        """The form that an action leads to, of an incident ("": that of the channel).

        Nobody sees more of it than a window until it is known that they may.
        """

        async def fill() -> View:
            incident = await self.desk.sight.which(identity, ref, channel)
            return self.made(action, identity, incident, channel, said)

        return OpenModal(view=loading(self.desk.language(identity)), fill=fill)

    def made(
        self,
        action: IncidentAction,
        identity: Identity,
        incident: Incident,
        channel: str,
        said: str = "",
    ) -> View:
        """The form of an incident that is at hand.

        Raises `IllegalTransition` for one that could not be sent: a button may be older than the
        end of its incident, and nobody is to write what is refused afterwards.
        """
        if action in _LEADS_TO:
            require_possible(incident, _LEADS_TO[action])
        asked = Asked(
            desk=self.desk,
            incident=incident,
            channel=channel,
            language=self.desk.language(identity),
            about=said,
        )
        return FORMS[action](asked)


def loading(language: str) -> View:
    """A window that says that something comes."""
    return window(one_moment(language))


def _resolve(asked: Asked) -> View:
    incident, policy = asked.incident, asked.desk.policy
    if incident.state is State.TRIAGE:
        return window(undecided(incident, asked.language))
    require_possible(incident, Settled)
    lacks = lacking(incident, State.RESOLVED, policy)
    return steer.resolve_form(incident, asked.channel, language=asked.language, lacks=lacks)


def _reason(to: State) -> Callable[[Asked], View]:
    return lambda asked: steer.reason_form(
        asked.incident, to, asked.channel, language=asked.language
    )


def _task(kind: TaskKind) -> Callable[[Asked], View]:
    return lambda asked: records.task_form(
        asked.incident, kind, asked.channel, language=asked.language
    )


def _roll_back(asked: Asked) -> View:
    places = {(each.service, each.environment) for each in asked.incident.suspects}
    targets = (
        each for each in asked.desk.catalog.targets() if (each.service, each.environment) in places
    )
    rules = (rule_for(each, Terms(kind=Kind.ROLLBACK)) for each in targets)
    approvals = max((rule.required for rule in rules), default=0)
    return records.roll_back_form(
        asked.incident, asked.channel, language=asked.language, approvals=approvals
    )


def _simple(form: Callable[..., View]) -> Callable[[Asked], View]:
    return lambda asked: form(asked.incident, asked.channel, language=asked.language)


# What a form brings about, where it is always the same.
_LEADS_TO: Mapping[IncidentAction, type[Event]] = MappingProxyType(
    {
        A.UPDATE: Informed,
        A.SEVERITY: SeverityChanged,
        A.ROLES: RoleGiven,
        A.HANDOFF: HandoffOffered,
        A.PAGE: Paged,
        A.TASK: TaskAdded,
        A.FOLLOW_UP: TaskAdded,
    }
)

FORMS: Mapping[IncidentAction, Callable[[Asked], View]] = MappingProxyType(
    {
        A.UPDATE: lambda asked: steer.update_form(
            asked.incident,
            asked.desk.policy,
            asked.channel,
            language=asked.language,
            progress=asked.about,
        ),
        A.STATUS: _simple(steer.status_form),
        A.SEVERITY: _simple(steer.severity_form),
        A.EDIT: lambda asked: steer.edit_form(
            asked.incident, asked.desk.catalog, asked.channel, language=asked.language
        ),
        A.RESOLVE: _resolve,
        A.REOPEN: _simple(steer.reopen_form),
        A.DECLINE: _reason(State.DECLINED),
        A.CANCEL: _reason(State.CANCELLED),
        A.ROLES: _simple(people.role_form),
        A.HANDOFF: _simple(people.handoff_form),
        A.PAGE: lambda asked: people.page_form(
            asked.incident, asked.desk.policy, asked.channel, language=asked.language
        ),
        A.NOTE: _simple(records.note_form),
        A.TASK: _task(TaskKind.TASK),
        A.FOLLOW_UP: _task(TaskKind.FOLLOW_UP),
        A.PUBLISH: _simple(records.publish_form),
        A.ROLL_BACK: _roll_back,
    }
)
