"""Replies that an acknowledgement cannot carry: brought to people in the background, after it."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, assert_never

from adapters.telemetry import logs
from bot.domain.errors import SignalboxError, Unavailable
from bot.ports import Ids
from bot.views.blocks import Rendered
from bot.views.errors import apology
from bot.views.languages.saying import USUAL
from bot.views.modals import window
from commands.replies import (
    FieldErrors,
    Fill,
    Later,
    Nothing,
    OpenModal,
    Options,
    PublishHome,
    PushModal,
    Reply,
    Say,
    Then,
    UpdateModal,
    View,
)

log = logging.getLogger(__name__)
# The language of a person, by their id; "" is nobody's.
Reader = Callable[[str], str]


class Responder(Protocol):
    """Answers that do not fit into an acknowledgement. Everything raises `SlackUnavailable`."""

    async def respond(self, response_url: str, reply: Mapping[str, Any]) -> None:
        """Answer a command or a click."""

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """Say something in a channel that one person sees."""

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a form, within three seconds of the trigger; returns its id."""

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Put a form on top of the one that was clicked, as `open_view`."""

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Show something else in an open form; nothing happens when it was closed."""

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show a view in somebody's home tab."""


class Background(Protocol):
    """Runs what is done after the answer; drained before the process ends."""

    def start(self, work: Awaitable[None]) -> None:
        """Run it; a failure is logged and goes no further."""

    def watch(self, begin: Callable[[], Awaitable[None]]) -> None:
        """As `start`, for what only waits: the end of the process leaves it undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who waits for a reply, and where; what there is none of is empty.

    `view` is the form in which they clicked.
    """

    user: str
    url: str = ""
    trigger: str = ""
    view: str = ""


def asker_of(body: Mapping[str, Any]) -> Asker:
    """Read it from a payload, of whatever kind."""
    person, event, view = _part(body, "user"), _part(body, "event"), _part(body, "view")
    return Asker(
        user=str(person.get("id") or body.get("user_id") or event.get("user") or ""),
        url=str(body.get("response_url") or ""),
        trigger=str(body.get("trigger_id") or ""),
        view=str(view.get("id") or "") if view.get("type") == "modal" else "",
    )


def ephemeral(rendered: Rendered, *, instead: bool = False) -> dict[str, Any]:
    """A message that only the person who asked sees, beside what stands there or `instead`."""
    return {
        "response_type": "ephemeral",
        "replace_original": instead,
        "text": rendered.text,
        "blocks": rendered.blocks,
    }


def in_the_usual(_user: str) -> str:
    """The language of somebody of whom nothing is known."""
    return USUAL


def log_failure(error: BaseException) -> None:
    """Log what is not the doing of whoever asked."""
    if not isinstance(error, SignalboxError):
        log.error("answering failed", exc_info=error)
    elif isinstance(error, Unavailable):
        log.warning("a neighbour failed: %s", error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying:
    """Brings replies to people."""

    responder: Responder
    background: Background
    ids: Ids
    language: Reader = in_the_usual

    def start(self, reply: Reply, asker: Asker) -> None:
        """Begin to bring a reply."""
        work = self._work(reply, asker)
        if work is not None:
            self.background.start(work)

    def follow(self, reply: Say, asker: Asker) -> None:
        """Begin to wait for what an answer that was given already still lacks."""
        then = reply.then
        if then is not None:
            self.background.watch(lambda: self._then(then, reply.channel, asker))

    def _work(self, reply: Reply, asker: Asker) -> Awaitable[None] | None:
        match reply:
            case Say():
                return self._say(reply, asker)
            case Later(first=first, job=job):
                return self._later(first, job, asker)
            case OpenModal(view=view, fill=fill):
                return self._open(view, fill, asker, push=False)
            case PushModal(view=view, fill=fill):
                return self._open(view, fill, asker, push=bool(asker.view))
            case UpdateModal(view=view, fill=fill):
                return self._update(view, fill, asker)
            case PublishHome(job=job):
                return self._publish(job, asker)
            case FieldErrors() | Options() | Nothing():
                return None
            case _:
                assert_never(reply)

    async def _say(self, reply: Say, asker: Asker) -> None:
        rendered = reply.rendered
        if asker.url:
            said = ephemeral(rendered, instead=reply.instead)
            await self.responder.respond(asker.url, said)
        elif reply.channel:
            await self._beside(rendered, reply.channel, asker)
        elif reply.instead and asker.view:
            await self.responder.update_view(asker.view, window(rendered))
        elif asker.trigger:
            await self._open(window(rendered), None, asker, push=bool(asker.view))
            return
        self.follow(reply, asker)

    async def _then(self, then: Then, channel: str, asker: Asker) -> None:
        """Say what an answer lacked; nothing when that does not come, for the answer stands."""
        try:
            rendered = await then()
        except SignalboxError as error:
            log_failure(error)
            return
        if rendered is None:
            return
        if asker.url:
            await self.responder.respond(asker.url, ephemeral(rendered, instead=True))
        elif channel:
            await self._beside(rendered, channel, asker)
        elif asker.view:
            await self.responder.update_view(asker.view, window(rendered))

    async def _beside(self, rendered: Rendered, channel: str, asker: Asker) -> None:
        await self.responder.ephemeral(channel, asker.user, rendered.text, rendered.blocks)

    async def _later(
        self, first: Rendered, job: Callable[[], Awaitable[Rendered]], asker: Asker
    ) -> None:
        """Say what was found out, in place of what was said first."""

        async def found() -> View:
            return window(await job())

        if not asker.url:
            await self._open(window(first), found, asker, push=bool(asker.view))
            return
        reference = self.ids.token()[-8:]
        with logs.bind(request=reference):
            try:
                rendered = await job()
            except Exception as error:  # noqa: BLE001 - “looking …” must not stand there for ever
                log_failure(error)
                rendered = self._sorry(error, reference, asker)
        await self.responder.respond(asker.url, ephemeral(rendered, instead=True))

    async def _open(self, view: View, fill: Fill | None, asker: Asker, *, push: bool) -> None:
        show = self.responder.push_view if push else self.responder.open_view
        try:
            opened = await show(asker.trigger, view)
        except SignalboxError as error:
            reference = self.ids.token()[-8:]
            log.warning("a form was not opened: %s", error, extra={"reference": reference})
            if asker.url:
                await self.responder.respond(
                    asker.url, ephemeral(self._sorry(error, reference, asker))
                )
            return
        if fill is not None:
            await self._fill(opened, fill, asker)

    async def _fill(self, view_id: str, fill: Fill, asker: Asker) -> None:
        """Show what was found out, or that it could not be; nothing stays “loading” for ever."""
        await self.responder.update_view(view_id, await self._found(fill, asker))

    async def _update(self, view: View, fill: Fill | None, asker: Asker) -> None:
        if not asker.view:
            await self._open(view, fill, asker, push=False)
            return
        await self.responder.update_view(asker.view, view)
        if fill is not None:
            await self._fill(asker.view, fill, asker)

    async def _publish(self, job: Fill, asker: Asker) -> None:
        view = await self._found(job, asker)
        if view.get("type") != "home":  # an apology
            view = {"type": "home", "blocks": view["blocks"]}
        await self.responder.publish_home(asker.user, view)

    async def _found(self, fill: Fill, asker: Asker) -> View:
        reference = self.ids.token()[-8:]
        with logs.bind(request=reference):
            try:
                return await fill()
            except Exception as error:  # noqa: BLE001 - the person is waiting, see `_fill`
                log_failure(error)
                return window(self._sorry(error, reference, asker))

    def _sorry(self, error: BaseException, reference: str, asker: Asker) -> Rendered:
        return apology(error, reference, self.language(asker.user))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
