"""From a message and what it is about to what people see."""

from typing import TypeVar, assert_never

from bot.domain.errors import NotFound
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import (
    DirectWord,
    FiguresPicture,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentResolved,
    IncidentUpdate,
    MaintenanceCard,
    MaintenanceOverdue,
    OutsidePage,
    PostMortemFile,
    ProcedureCard,
)
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployFact,
    DeployMessage,
    DeployNote,
    Entry,
    FreezeEnded,
    Notice,
    ReviewCard,
)
from bot.ports import Scene
from bot.views.blocks import Rendered, sentence
from bot.views.checklist import checklist_card
from bot.views.deploy import card as deploy_card
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card
from bot.views.incidents.direct import direct_word
from bot.views.incidents.maintenance import maintenance_card, maintenance_overdue
from bot.views.incidents.notes import incident_note
from bot.views.incidents.procedures import procedure_card
from bot.views.incidents.topics import leaving, opened
from bot.views.incidents.updates import incident_resolved, incident_update
from bot.views.notes import note as deploy_note
from bot.views.notice import notice
from bot.views.review import review_card

T = TypeVar("T")


def rendered(entry: Entry, scene: Scene, policy: IncidentPolicy) -> Rendered:
    """The message as people see it. Raises `NotFound` when what it is about is not there."""
    message = entry.message
    if isinstance(message, DeployMessage):
        return _of_a_deploy(message, scene)
    if isinstance(message, MaintenanceCard):
        return maintenance_card(there(scene.maintenance, message.run), scene.language)
    if isinstance(message, MaintenanceOverdue):
        run = there(scene.maintenance, message.run)
        return maintenance_overdue(run, language=scene.language)
    if isinstance(message, FiguresPicture):
        raise TypeError("a picture is attached, never shown")
    return _of_an_incident(message, there(scene.incident, message.incident), scene, policy)


def there(found: T | None, subject: str) -> T:
    """What a message is about. Raises `NotFound` when it is gone."""
    if found is None:
        raise NotFound(f"What there is to show of {subject} is gone.")
    return found


def _of_a_deploy(message: DeployMessage, scene: Scene) -> Rendered:
    match message:
        case Notice():
            ref = message.incident
            return notice(message, there(scene.incident, ref) if ref else None)
        case DeployCard():
            return deploy_card(
                there(scene.deploy, message.deploy),
                edition=message.edition,
                checklist=scene.checklist,
                picture=scene.picture,
                incidents=scene.incidents,
            )
        case DeployNote():
            return deploy_note(there(scene.deploy, message.deploy), message)
        case ChecklistCard():
            deploy = there(scene.deploy, message.deploy)
            return checklist_card(there(scene.checklist, message.deploy), message.part, deploy)
        case ReviewCard():
            return review_card(there(scene.review, message.deploy))
        case DeployChart() | DeployFact() | FreezeEnded():
            raise AssertionError("a chart is attached, and a fact is heard; neither is shown")
        case _:
            assert_never(message)


def _of_an_incident(
    message: IncidentMessage, incident: Incident, scene: Scene, policy: IncidentPolicy
) -> Rendered:
    match message:
        case IncidentCard():
            if scene.outside:
                return sentence(opened(incident) if scene.place else leaving(incident))
            return incident_card(incident, policy, scene.incidents)
        case IncidentBroadcast():
            return incident_broadcast(incident, policy, scene.incidents)
        case IncidentNote():
            return incident_note(message, incident, scene.incidents)
        case IncidentUpdate():
            return incident_update(incident, message.number)
        case IncidentResolved():
            return incident_resolved(incident, policy)
        case ProcedureCard():
            return procedure_card(incident, message.procedure)
        case DirectWord():
            return direct_word(message, incident, policy, scene.language)
        case PostMortemFile() | OutsidePage() | MaintenanceCard() | MaintenanceOverdue():
            raise AssertionError("a file is attached, and a page is called out; neither is shown")
        case _:
            assert_never(message)
