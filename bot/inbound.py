"""Slack's requests: from a Bolt payload to the router, and from its reply to an acknowledgement.

Bolt reads the payloads and speaks Socket Mode; one catch-all listener a kind stands in it, because
Bolt walks its listeners one by one, and everything behind is a look-up in the router's tables. A
listener returns within the deadline in every case, and its acknowledgement tells the truth: either
the wish is stored, or the person reads what went wrong. What may take longer is started in the
background only after the answer has been given.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, assert_never

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.telemetry import logs
from bot.domain.errors import SignalboxError, Unavailable
from bot.payloads import click_of, command_of, lookup_of, mention_of, submission_of
from bot.ports import Ids
from bot.views.blocks import Rendered
from bot.views.errors import apology
from commands.incoming import Incoming, Mention, Submission
from commands.replies import FieldErrors, Later, Nothing, OpenModal, Options, Reply, Say
from commands.router import Router

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
# Slack shows a failure to the person after 3 s (docs.slack.dev, "Acknowledging requests"); the rest
# is for the way there and back.
DEADLINE = timedelta(seconds=2)
_ANY = re.compile(r".*", re.DOTALL)


class Responder(Protocol):
    """Answers that do not fit into an acknowledgement."""

    async def respond(self, response_url: str, reply: Mapping[str, Any]) -> None:
        """Answer a command or a click."""

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """Say something in a channel that one person sees."""

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a form, within three seconds of the trigger."""


class Background(Protocol):
    """Runs what is done after the answer; drained before the process ends."""

    def start(self, work: Awaitable[None]) -> None:
        """Run it; a failure is logged and goes no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Answers Slack's requests, whichever way they come in."""

    router: Router
    responder: Responder
    background: Background
    ids: Ids
    team: str
    observe: Callable[[str, str], None]

    def bolt(self, bot_token: str, bot_id: str | None, bot_user: str | None) -> AsyncApp:
        """Build the Bolt app. Signatures are checked in front of it, before anything is parsed."""

        installation = AuthorizeResult(
            enterprise_id=None,
            team_id=self.team,
            bot_token=bot_token,
            bot_id=bot_id,
            bot_user_id=bot_user,
        )

        async def authorize() -> AuthorizeResult:
            return installation

        app = AsyncApp(
            name="signalbox",
            logger=logging.getLogger("slack_bolt"),
            authorize=authorize,
            before_authorize=_OwnTeam(self.team),
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.command(_ANY)(self._on_command)
        app.block_action(_ANY)(self._on_click)
        app.view_submission(_ANY)(self._on_submission)
        app.options(_ANY)(self._on_lookup)
        app.event("app_mention")(self._on_mention)
        return app

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await self._answer("command", lambda: command_of(body))
        match reply:
            case Say(rendered=rendered):
                await ack(_ephemeral(rendered))
            case Later(first=first):
                await ack(_ephemeral(first))
            case _:
                await ack()
        self._afterwards(reply, body)

    async def _on_click(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        # Links are clicked too, but there is nothing to answer.
        if body.get("actions") and not body["actions"][0].get("url"):
            reply = await self._answer("click", lambda: click_of(body))
            self._afterwards(reply, body)
        await ack()

    async def _on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await self._answer("submission", lambda: submission_of(body))
        if isinstance(reply, FieldErrors):
            await ack({"response_action": "errors", "errors": dict(reply.errors)})
            return
        await ack()
        self._afterwards(reply, body)

    async def _on_lookup(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await self._answer("lookup", lambda: lookup_of(body))
        await ack(reply.options if isinstance(reply, Options) else {"options": []})

    async def _on_mention(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await self._answer("mention", lambda: mention_of(body))
        self._afterwards(reply, body)
        await ack()

    async def _answer(self, kind: str, read: Callable[[], Incoming]) -> Reply:
        """The router's reply within the deadline, or an apology; never an exception."""
        reference = self.ids.token()[-8:]
        with logs.bind(request=reference):
            return await self._guarded(kind, read, reference)

    async def _guarded(self, kind: str, read: Callable[[], Incoming], reference: str) -> Reply:
        incoming: Incoming | None = None
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                incoming = read()
                reply = await self.router.answer(incoming)
        except SignalboxError as error:
            self.observe(kind, "unavailable" if isinstance(error, Unavailable) else "refused")
            return self._sorry(error, incoming, reference)
        except TimeoutError as error:
            self.observe(kind, "late")
            return self._sorry(error, incoming, reference)
        except Exception as error:  # noqa: BLE001 - the last line: a person is waiting for an answer
            self.observe(kind, "broken")
            return self._sorry(error, incoming, reference)
        self.observe(kind, "answered")
        return reply

    def _sorry(self, error: BaseException, incoming: Incoming | None, reference: str) -> Reply:
        """The apology, where the person looks: below a form's field, or as a message."""
        _log(error)
        rendered = apology(error, reference)
        if isinstance(incoming, Submission) and incoming.values:
            return FieldErrors(errors={list(incoming.values)[-1]: rendered.text})
        channel = incoming.channel if isinstance(incoming, Mention) else ""
        return Say(rendered=rendered, channel=channel)

    def _afterwards(self, reply: Reply, body: Body) -> None:
        """Start what an acknowledgement cannot carry."""
        url = str(body.get("response_url") or "")
        match reply:
            case OpenModal(view=view):
                self.background.start(self._open(str(body.get("trigger_id")), view, url))
            case Later(job=job):
                self.background.start(self._later(job, url))
            case Say(rendered=rendered) if url and "command" not in body:
                self.background.start(self.responder.respond(url, _ephemeral(rendered)))
            case Say(rendered=rendered, channel=channel) if channel:
                user = str(body.get("user", {}).get("id") or body.get("event", {}).get("user"))
                self.background.start(
                    self.responder.ephemeral(channel, user, rendered.text, rendered.blocks)
                )
            case Say() | FieldErrors() | Options() | Nothing():
                pass
            case _:
                assert_never(reply)

    async def _open(self, trigger: str, view: Mapping[str, Any], url: str) -> None:
        try:
            await self.responder.open_view(trigger, view)
        except SignalboxError as error:
            reference = self.ids.token()[-8:]
            log.warning("a form was not opened: %s", error, extra={"reference": reference})
            await self.responder.respond(url, _ephemeral(apology(error, reference)))

    async def _later(self, job: Callable[[], Awaitable[Rendered]], url: str) -> None:
        reference = self.ids.token()[-8:]
        with logs.bind(request=reference):
            try:
                rendered = await job()
            except Exception as error:  # noqa: BLE001 - “looking …” must not stand there for ever
                _log(error)
                rendered = apology(error, reference)
        await self.responder.respond(url, {**_ephemeral(rendered), "replace_original": True})


class _OwnTeam(AsyncMiddleware):
    """Refuses what comes from a workspace that this installation does not serve.

    A class and not a function, for which Bolt would gather all conceivable arguments every time.
    """

    def __init__(self, team: str) -> None:
        self._team = team

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - part of the interface
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse:
        body = req.body
        if body.get("type") == "url_verification":
            return await next()
        team = body.get("team")
        claimed = body.get("team_id") or (team.get("id") if isinstance(team, Mapping) else None)
        if claimed != self._team:
            log.warning("refused a request of a foreign workspace")
            return BoltResponse(status=403, body="This workspace is not served here.")
        return await next()


def _log(error: BaseException) -> None:
    """Log what is not the doing of whoever asked."""
    if not isinstance(error, SignalboxError):
        log.error("answering failed", exc_info=error)
    elif isinstance(error, Unavailable):
        log.warning("a neighbour failed: %s", error)


def _ephemeral(rendered: Rendered) -> dict[str, Any]:
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": rendered.text,
        "blocks": rendered.blocks,
    }
