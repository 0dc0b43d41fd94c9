"""Serves the page: its files, what it shows, and what a person does with it."""

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from adapters.local.cloud.console import Console
from adapters.local.cloud.page.state import View
from adapters.local.cloud.page.wishes import Behave, Load, Outage, Refused, Traffic, understood
from adapters.local.cloud.seeds import Seed
from adapters.local.cloud.states import Refusal, is_ready, short
from adapters.local.cloud.workload import Workload
from adapters.local.security import PAGE_HEADERS, Door, Handler, guard, refusal
from bot.ports import Clock

_UI = Path(__file__).parents[1] / "ui"
_KINDS = (".js", ".css", ".svg")
_ALL = 100
_ACTIONS = ("behave", "load", "traffic", "fault")
_DOOR = Door(
    place="cloud console",
    header="X-Cloud-Console",
    own=tuple(f"/console/{each}" for each in ("state", *_ACTIONS)),
)


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a refusal into a sentence with status 400."""
    try:
        return await handler(request)
    except (Refused, Refusal) as refused:
        return refusal(400, str(refused))


class Page:
    """The page of a cloud. Every change is answered with the state after it.

    It steers the simulation itself, so that it works while the cloud is away. Traffic is moved in
    the name of a person, past Signalbox.
    """

    def __init__(self, workload: Workload, seeds: Sequence[Seed], clock: Clock) -> None:
        self._workload = workload
        self._clock = clock
        self._console = Console(model=workload.model)
        self._view = View(
            workload=workload,
            seeds={seed.resource: seed for seed in seeds},
            person=self._console.who,
        )

    def application(self) -> web.Application:
        """What answers below /console."""
        app = web.Application(middlewares=[guard(_DOOR), _explain])
        app.router.add_get("", self._page)
        app.router.add_get("/state", self._state)
        app.router.add_post("/behave", self._behave)
        app.router.add_post("/load", self._load)
        app.router.add_post("/traffic", self._traffic)
        app.router.add_post("/fault", self._fault)
        app.router.add_get(r"/{file:[\w-]+\.\w+}", self._file)
        return app

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_UI / "index.html", headers=PAGE_HEADERS)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """One file of the page. The route lets no name with a slash in it come here."""
        path = _UI / request.match_info["file"]
        if path.suffix not in _KINDS or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=PAGE_HEADERS)

    async def _state(self, _: web.Request) -> web.Response:
        return self._now()

    async def _behave(self, request: web.Request) -> web.Response:
        wish = understood(Behave, await request.read())
        now = self._clock.now()
        match wish.service, wish.revision, wish.image, wish.version:
            case str(service), str(revision), None, None:
                self._workload.behave(service, revision, wish.behaviour, now)
            case None, None, str(image), str(version):
                self._published(image, version)
                self._workload.behave_version(image, version, wish.behaviour, now)
            case _:
                raise Refused("Name a service and a revision, or an image and a version.")
        return self._now()

    async def _load(self, request: web.Request) -> web.Response:
        wish = understood(Load, await request.read())
        self._workload.load(wish.service, wish.per_second, self._clock.now())
        return self._now()

    async def _traffic(self, request: web.Request) -> web.Response:
        """Move traffic as the cloud's own console does: tags stay where they are."""
        wish = understood(Traffic, await request.read())
        model, now = self._workload.model, self._clock.now()
        service = model.services.get(wish.service)
        if service is None:
            raise Refused(f"There is no service {wish.service}.")
        split = {name: percent for name, percent in wish.split.items() if percent}
        # Without any share the API would let everything follow the latest revision.
        if sum(split.values()) != _ALL:
            raise Refused("The shares of the revisions must sum to 100 percent.")
        for revision in model.revisions[wish.service]:
            if short(revision.name) in split and not is_ready(revision):
                raise Refused(f"{short(revision.name)} is not ready, so it cannot serve.")
        tags = {each.tag: short(each.revision) for each in service.traffic if each.tag}
        self._console.move_traffic(wish.service, split, now, tags=tags)
        return self._now()

    async def _fault(self, request: web.Request) -> web.Response:
        wish = understood(Outage, await request.read())
        faults = self._workload.model.faults
        if wish.fault == "cloud":
            faults.away = wish.on
        else:
            faults.blind = wish.on
        return self._now()

    def _now(self) -> web.Response:
        return web.json_response(self._view.state(self._clock.now()))

    def _published(self, image: str, version: str) -> None:
        if version not in self._workload.model.images.tags.get(image, {}):
            raise Refused(f"The registry has no {image}:{version}.")
