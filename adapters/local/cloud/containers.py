"""What the simulated containers answer over HTTP, at the addresses that Cloud Run names for them.

`/run/PROJECT/REGION/SERVICE/-/…` is a service's own address; with a tag in the place of the hyphen
it is the address of what the tag stands on. Every path of a container answers alike.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from aiohttp import web
from google.cloud.run_v2.types import Revision, Service

from adapters.local.cloud.behaviour import PROFILES
from adapters.local.cloud.states import UNTAGGED, is_ready, shares_of, short
from adapters.local.cloud.workload import Workload
from bot.ports import Clock

# A step without a common factor with 100: any hundred requests in a row are shared as the split
# says, and shorter rows nearly so.
_STEP, _ALL = 61, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """The running containers. Requests to them are in no metric: `Workload.load` makes those."""

    workload: Workload
    clock: Clock
    _taken: Counter[str] = field(default_factory=Counter)

    def mount(self, router: web.UrlDispatcher) -> None:
        """Answer under /run/."""
        address = "/run/{project}/{region}/{service}/{tag}"
        router.add_route("*", address, self._answer)
        router.add_route("*", address + "/{path:.*}", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        now = self.clock.now()
        place = request.match_info
        name = "projects/{project}/locations/{region}/services/{service}".format(**place)
        self.workload.model.settle(now)
        service = self.workload.model.services.get(name)
        if service is None:
            raise web.HTTPNotFound(text=f"There is no service {name}.")
        tag = place["tag"]
        asked = self._turn(service) if tag == UNTAGGED else _tagged(service, tag)
        revision = self._ready(service, asked)
        if revision is None:
            raise web.HTTPServiceUnavailable(text="No revision is ready here.")
        return self._response(revision, now)

    def _response(self, revision: Revision, now: datetime) -> web.Response:
        """The status that the behaviour has for probes; the headers say who answered, and how."""
        behaviour = self.workload.behaviour(revision, now)
        status = HTTPStatus(PROFILES[behaviour].probe)
        name = short(revision.name)
        return web.json_response(
            {"revision": name, "status": status.phrase},
            status=status,
            headers={"X-Revision": name, "X-Behaviour": behaviour.value},
        )

    def _turn(self, service: Service) -> str:
        """The revision whose turn it is, so that they get requests as the split says."""
        number = self._taken[service.name]
        self._taken[service.name] += 1
        place = number * _STEP % _ALL
        for name, percent in shares_of(service).items():
            if place < percent:
                return name
            place -= percent
        return ""

    def _ready(self, service: Service, name: str) -> Revision | None:
        revisions = self.workload.model.revisions[service.name]
        known = (each for each in revisions if short(each.name) == name and is_ready(each))
        return next(known, None)


def _tagged(service: Service, tag: str) -> str:
    """The revision that a tag stands on."""
    for status in service.traffic_statuses:
        if status.tag == tag:
            return short(status.revision)
    raise web.HTTPNotFound(text=f"There is no tag {tag}.")
