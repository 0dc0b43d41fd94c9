"""All use cases, built from the neighbours that they ask: by the bot and by its tests."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.catalog import Catalog
from bot.domain.deploy import Pace
from bot.domain.runbooks import Runbook
from bot.ports import (
    Clock,
    Database,
    DeployTargets,
    Directory,
    Ids,
    Incidents,
    Metrics,
    Notifier,
    Outbox,
    Pager,
    Painter,
    Prober,
    Registry,
    RoomLooks,
    Rooms,
    Store,
)
from bot.usecases.approvals import Approvals
from bot.usecases.backing_up import BackingUp
from bot.usecases.checklists import Checklists
from bot.usecases.checks import Checks
from bot.usecases.delivery import Delivery
from bot.usecases.deploys import Deploys
from bot.usecases.fixes import Fixes
from bot.usecases.greetings import Greetings
from bot.usecases.guards import Guards
from bot.usecases.history import History, Ledgers
from bot.usecases.home import Home
from bot.usecases.incidents.cases import IncidentCases, IncidentWorld
from bot.usecases.incidents.closed_rooms import ClosedRooms
from bot.usecases.incidents.feed import Feed
from bot.usecases.incidents.figure_pictures import FigurePictures
from bot.usecases.incidents.joins import Joins
from bot.usecases.incidents.showing import Showing
from bot.usecases.incidents.suspecting import Suspecting
from bot.usecases.inquiries import Inquiries
from bot.usecases.maintenance import Maintenance
from bot.usecases.orders import Orders
from bot.usecases.pictures import Pictures
from bot.usecases.planning import Planning
from bot.usecases.requests import Requests
from bot.usecases.reviews import Reviews
from bot.usecases.rollbacks import Rollbacks
from bot.usecases.rollouts import Rollouts
from bot.usecases.scenes import Scenes
from bot.usecases.status import Status
from bot.usecases.transitions import Transitions
from bot.usecases.watching import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Everything that use cases ask of the world; `resolution` is how far apart the metrics are
    kept, `team` the workspace whose people are served. Without a `pager` pages stay in the chat.
    """

    catalog: Catalog
    store: Store
    incidents: Incidents
    clock: Clock
    ids: Ids
    directory: Directory
    targets: DeployTargets
    registry: Registry
    metrics: Metrics
    prober: Prober
    database: Database
    painter: Painter
    rooms: Rooms
    looks: RoomLooks
    team: str
    pace: Pace
    pager: Pager | None = None
    resolution: timedelta = timedelta(seconds=60)
    runbooks: tuple[Runbook, ...] = ()


class UseCases:
    """What can be asked for, each by its noun."""

    def __init__(self, world: Neighbours) -> None:
        self.transitions = Transitions(
            catalog=world.catalog,
            store=world.store,
            clock=world.clock,
            ids=world.ids,
            pace=world.pace,
        )
        self.fixes = Fixes(policy=world.catalog.incidents, incidents=world.incidents)
        self.planning = Planning(
            catalog=world.catalog,
            store=world.store,
            clock=world.clock,
            targets=world.targets,
            registry=world.registry,
            checks=Checks(clock=world.clock, database=world.database, fixes=self.fixes),
            fixes=self.fixes,
        )
        self._ask(world)
        self._steer(world)
        self._look(world)
        self._roll_out(world)
        self.incidents = self._respond(world)
        self.figures = FigurePictures(
            archive=self.incidents.archive,
            store=world.store,
            clock=world.clock,
            ids=world.ids,
            painter=world.painter,
            team=world.team,
        )
        self._clock = world.clock

    def delivery(self, outbox: Outbox, notifier: Notifier) -> Delivery:
        """What brings messages to people, on an outbox and a way to show them."""
        return Delivery(
            outbox=outbox,
            notifier=notifier,
            clock=self._clock,
            pictures=self.pictures,
            figures=self.figures,
            scenes=Scenes(store=self.transitions.store, showing=self._showing),
            hear=self.feed.hear,
        )

    def _respond(self, world: Neighbours) -> IncidentCases:
        """What is asked for about incidents, and where they meet deploys."""
        suspecting = Suspecting(catalog=world.catalog, store=world.store)
        cases = IncidentCases(
            IncidentWorld(
                catalog=world.catalog,
                store=world.store,
                incidents=world.incidents,
                directory=world.directory,
                clock=world.clock,
                ids=world.ids,
                rooms=world.rooms,
                looks=world.looks,
                team=world.team,
                suspects=suspecting.of,
                runbooks=world.runbooks,
            )
        )
        self.feed = Feed(transitions=cases.transitions, declaring=cases.declaring)
        self.joins = Joins(
            store=world.store,
            acting=cases.acting,
            suspecting=suspecting,
            rollbacks=self.rollbacks,
        )
        self.maintenance = Maintenance(
            rules=world.catalog.incidents.maintenance,
            store=world.store,
            incidents=world.incidents,
            directory=world.directory,
            clock=world.clock,
            ids=world.ids,
        )
        self.home = Home(
            sight=cases.sight,
            incidents=world.incidents,
            store=world.store,
            clock=world.clock,
            paging=cases.paging,
            fixes=self.fixes,
        )
        self._showing = Showing(
            transitions=cases.transitions,
            directory=world.directory,
            rooms=ClosedRooms(looks=world.looks, clock=world.clock),
            team=world.team,
            pager=world.pager,
        )
        return cases

    def _roll_out(self, world: Neighbours) -> None:
        """What moves a deploy forward."""
        self.rollouts = Rollouts(
            catalog=world.catalog,
            store=world.store,
            clock=world.clock,
            directory=world.directory,
            targets=world.targets,
            prober=world.prober,
            planning=self.planning,
            backing_up=BackingUp(
                clock=world.clock, database=world.database, planning=self.planning
            ),
            watching=Watching(
                clock=world.clock,
                targets=world.targets,
                metrics=world.metrics,
                prober=world.prober,
            ),
            transitions=self.transitions,
        )

    def _ask(self, world: Neighbours) -> None:
        """What begins a deploy or a way back."""
        requests = Requests(
            store=world.store, clock=world.clock, ids=world.ids, transitions=self.transitions
        )
        self.deploys = Deploys(
            catalog=world.catalog,
            store=world.store,
            directory=world.directory,
            clock=world.clock,
            planning=self.planning,
            requests=requests,
            fixes=self.fixes,
        )
        self.rollbacks = Rollbacks(
            catalog=world.catalog,
            store=world.store,
            directory=world.directory,
            clock=world.clock,
            targets=world.targets,
            requests=requests,
            fixes=self.fixes,
        )

    def _steer(self, world: Neighbours) -> None:
        """What people decide about one, and what they forbid."""
        store, directory, clock = world.store, world.directory, world.clock
        said = self.transitions
        self.approvals = Approvals(
            store=store, directory=directory, clock=clock, transitions=said, fixes=self.fixes
        )
        self.reviews = Reviews(store=store, directory=directory, clock=clock, transitions=said)
        self.orders = Orders(
            catalog=world.catalog,
            store=store,
            directory=directory,
            clock=clock,
            transitions=said,
        )
        self.guards = Guards(
            catalog=world.catalog,
            store=store,
            directory=directory,
            clock=clock,
            transitions=said,
            fixes=self.fixes,
        )
        self.checklists = Checklists(
            catalog=world.catalog,
            store=store,
            directory=directory,
            clock=clock,
            planning=self.planning,
            transitions=said,
        )

    def _look(self, world: Neighbours) -> None:
        """What only reads."""
        catalog, store, directory = world.catalog, world.store, world.directory
        self.inquiries = Inquiries(catalog=catalog, store=store, directory=directory)
        self.history = History(
            directory=directory, ledgers=Ledgers(catalog=catalog, store=store, clock=world.clock)
        )
        self.status = Status(
            catalog=catalog, store=store, directory=directory, targets=world.targets
        )
        self.greetings = Greetings(store=store, directory=directory)
        self.pictures = Pictures(
            catalog=catalog,
            clock=world.clock,
            metrics=world.metrics,
            painter=world.painter,
            resolution=world.resolution,
        )
