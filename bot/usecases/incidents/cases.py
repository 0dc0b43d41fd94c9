"""All use cases of incidents, built from the neighbours that they ask."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.domain.runbooks import Runbook
from bot.ports import Clock, Directory, Ids, Incidents, RoomLooks, Rooms, Store
from bot.usecases.incidents.acting import Acting
from bot.usecases.incidents.archive import Archive
from bot.usecases.incidents.closed_rooms import ClosedRooms
from bot.usecases.incidents.crew import Crew
from bot.usecases.incidents.declaring import Declaring, SuspectsOf
from bot.usecases.incidents.paging import Paging
from bot.usecases.incidents.records import Records
from bot.usecases.incidents.relations import Relations
from bot.usecases.incidents.responding import Responding
from bot.usecases.incidents.ringing import Ringing
from bot.usecases.incidents.rooms import Rooming
from bot.usecases.incidents.sight import Sight
from bot.usecases.incidents.transitions import IncidentTransitions


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWorld:
    """What incidents ask of the world. `team` is the workspace that their people are of;
    `suspects` finds the deploys that may be to blame, `runbooks` are those that can be brought in.
    `leaves_paging`: whom to call is found by another process, which can ask the chat system.
    """

    catalog: Catalog
    store: Store
    incidents: Incidents
    directory: Directory
    clock: Clock
    ids: Ids
    rooms: Rooms
    looks: RoomLooks
    team: str
    suspects: SuspectsOf
    runbooks: tuple[Runbook, ...] = ()
    leaves_paging: bool = False


class IncidentCases:
    """What can be asked for about incidents, each by its noun."""

    def __init__(self, world: IncidentWorld) -> None:
        policy = world.catalog.incidents
        self.transitions = IncidentTransitions(
            policy=policy,
            store=world.store,
            incidents=world.incidents,
            clock=world.clock,
            ids=world.ids,
            deploys_channel=world.catalog.deploys_channel,
        )
        self.sight = Sight(
            policy=policy,
            incidents=world.incidents,
            directory=world.directory,
            store=world.store,
            clock=world.clock,
        )
        self.acting = Acting(sight=self.sight, transitions=self.transitions)
        self.paging = Paging(
            catalog=world.catalog,
            directory=world.directory,
            transitions=self.transitions,
            team=world.team,
            leaves=world.leaves_paging,
        )
        self.declaring = Declaring(
            catalog=world.catalog,
            sight=self.sight,
            transitions=self.transitions,
            paging=self.paging,
            suspects=world.suspects,
            runbooks=world.runbooks,
        )
        self.responding = Responding(
            catalog=world.catalog, acting=self.acting, runbooks=world.runbooks
        )
        self.crew = Crew(acting=self.acting, paging=self.paging, looks=world.looks)
        self.records = Records(
            acting=self.acting, paging=self.paging, looks=world.looks, runbooks=world.runbooks
        )
        self.relations = Relations(acting=self.acting, declaring=self.declaring)
        closed = ClosedRooms(looks=world.looks, clock=world.clock)
        self.rooming = Rooming(
            acting=self.acting, rooms=world.rooms, closed=closed, paging=self.paging
        )
        self.ringing = Ringing(
            incidents=world.incidents, transitions=self.transitions, paging=self.paging
        )
        self.archive = Archive(sight=self.sight, incidents=world.incidents, clock=world.clock)
