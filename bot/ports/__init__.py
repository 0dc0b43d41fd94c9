"""What Signalbox asks of the world, as Protocols. Adapters implement them; use cases call them.

Every method may raise the `Unavailable` error of its neighbour (`StoreUnavailable`,
`SlackUnavailable`, `CloudUnavailable`); further errors are named at the method.
"""

from bot.ports.cloud import (
    Database,
    DeployTarget,
    DeployTargets,
    Metrics,
    Prober,
    Progress,
    Registry,
)
from bot.ports.incidents import (
    Incidents,
    Pager,
    RoomJob,
    RoomLooks,
    Rooms,
    Search,
)
from bot.ports.outbox import (
    Agenda,
    Claimed,
    Mail,
    Outbox,
)
from bot.ports.people import (
    Directory,
    Languages,
    Notifier,
    Painter,
    Scene,
)
from bot.ports.store import (
    Change,
    Document,
    Store,
    Stored,
    maintained,
    maintenance_item,
    review_item,
    reviewed,
    room_item,
    roomed,
)
from bot.ports.system import (
    Clock,
    Ids,
)

__all__ = [
    "Agenda",
    "Change",
    "Claimed",
    "Clock",
    "Database",
    "DeployTarget",
    "DeployTargets",
    "Directory",
    "Document",
    "Ids",
    "Incidents",
    "Languages",
    "Mail",
    "Metrics",
    "Notifier",
    "Outbox",
    "Pager",
    "Painter",
    "Prober",
    "Progress",
    "Registry",
    "RoomJob",
    "RoomLooks",
    "Rooms",
    "Scene",
    "Search",
    "Store",
    "Stored",
    "maintained",
    "maintenance_item",
    "review_item",
    "reviewed",
    "room_item",
    "roomed",
]
