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
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.wording import Names, nobody
from adapters.telemetry import logs
from bot.domain.errors import (
    IllegalTransition,
    NotFound,
    NotPermitted,
    SignalboxError,
    Unavailable,
    UsageError,
)
from bot.event_payloads import event_of
from bot.payloads import click_of, command_of, lookup_of, shortcut_of, submission_of
from bot.ports import Ids
from bot.replying import (
    Background,
    Reader,
    Replying,
    Responder,
    asker_of,
    ephemeral,
    in_the_usual,
    log_failure,
)
from bot.views.errors import apology
from bot.views.modals import window
from commands.incoming import Incoming, Mention, MessageDeleted, MessageEdited, Submission
from commands.replies import (
    FieldErrors,
    Later,
    Options,
    PushModal,
    Reply,
    Say,
    UpdateModal,
)
from commands.router import Router

log = logging.getLogger(__name__)

# Slack shows a failure to the person after 3 s (docs.slack.dev, "Acknowledging requests"); the rest
# is for the way there and back.
DEADLINE = timedelta(seconds=2)
_ANY = re.compile(r".*", re.DOTALL)
# What no field of a form can mend.
_ABOUT_ALL = IllegalTransition | NotFound | NotPermitted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """What the router said, or an apology: it was refused, or something failed."""

    reply: Reply
    refused: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Answers Slack's requests, whichever way they come in."""

    router: Router
    responder: Responder
    background: Background
    ids: Ids
    team: str
    observe: Callable[[str, str], None]
    names: Names = nobody
    language: Reader = in_the_usual

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

        async def on_event(ack: AsyncAck, body: dict[str, Any]) -> BoltResponse | None:
            return await self._on_event(ack, body, bot_user)

        app.command(_ANY)(self._on_command)
        app.block_action(_ANY)(self._on_click)
        app.view_submission(_ANY)(self._on_submission)
        app.options(_ANY)(self._on_lookup)
        app.shortcut(_ANY)(self._on_shortcut)
        app.event(_ANY)(on_event)
        return app

    @property
    def _replying(self) -> Replying:
        return Replying(
            responder=self.responder,
            background=self.background,
            ids=self.ids,
            language=self.language,
        )

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = (await self._answer("command", lambda: command_of(body))).reply
        match reply:
            case Say(rendered=rendered):
                await ack(ephemeral(rendered))
                self._replying.follow(reply, asker_of(body))
                return
            case Later(first=first):
                await ack(ephemeral(first))
            case _:
                await ack()
        self._replying.start(reply, asker_of(body))

    async def _on_click(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        # Links are clicked too, but there is nothing to answer.
        if body.get("actions") and not body["actions"][0].get("url"):
            answered = await self._answer("click", lambda: click_of(body))
            self._replying.start(answered.reply, asker_of(body))
        await ack()

    async def _on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        answered = await self._answer("shortcut", lambda: shortcut_of(body, self.names))
        self._replying.start(answered.reply, asker_of(body))
        await ack()

    async def _on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = (await self._answer("submission", lambda: submission_of(body))).reply
        match reply:
            case FieldErrors(errors=errors):
                await ack({"response_action": "errors", "errors": dict(errors)})
            case Say(rendered=rendered, channel=""):
                await ack({"response_action": "update", "view": window(rendered)})
                self._replying.follow(reply, asker_of(body))
            case UpdateModal(view=view):
                await ack({"response_action": "update", "view": view})
            case PushModal(view=view):
                await ack({"response_action": "push", "view": view})
            case _:
                await ack()
                self._replying.start(reply, asker_of(body))

    async def _on_lookup(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = (await self._answer("lookup", lambda: lookup_of(body))).reply
        await ack(reply.options if isinstance(reply, Options) else {"options": []})

    async def _on_event(
        self, ack: AsyncAck, body: dict[str, Any], us: str | None
    ) -> BoltResponse | None:
        """Hear of something. What did not work is not acknowledged, so that Slack says it again."""
        try:
            event = event_of(body, us, self.names)
        except UsageError as error:
            log.warning("an event cannot be read: %s", error)
            event = None
        if event is not None:
            kind, heard = "mention" if isinstance(event, Mention) else "event", event
            answered = await self._answer(kind, lambda: heard)
            if answered.failed and not isinstance(event, Mention):
                return BoltResponse(status=503, body="Not now; please say it again.")
            # Who only put an emoji on something did not ask, and is told nothing.
            if not answered.refused or isinstance(event, Mention):
                self._replying.start(answered.reply, asker_of(body))
        await ack()
        return None

    async def _answer(self, kind: str, read: Callable[[], Incoming]) -> _Answered:
        """The router's reply within the deadline, or an apology; never an exception."""
        reference = self.ids.token()[-8:]
        with logs.bind(request=reference):
            return await self._guarded(kind, read, reference)

    async def _guarded(self, kind: str, read: Callable[[], Incoming], reference: str) -> _Answered:
        incoming: Incoming | None = None
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                incoming = read()
                reply = await self.router.answer(incoming)
                if isinstance(incoming, Submission):
                    reply = await _filled(reply)
        except SignalboxError as error:
            failed = isinstance(error, Unavailable)
            self.observe(kind, "unavailable" if failed else "refused")
            reply = self._sorry(error, incoming, reference)
            return _Answered(reply=reply, refused=not failed, failed=failed)
        except TimeoutError as error:
            self.observe(kind, "late")
            return _Answered(reply=self._sorry(error, incoming, reference), failed=True)
        except Exception as error:  # noqa: BLE001 - the last line: a person is waiting for an answer
            self.observe(kind, "broken")
            return _Answered(reply=self._sorry(error, incoming, reference), failed=True)
        self.observe(kind, "answered")
        return _Answered(reply=reply)

    def _sorry(self, error: BaseException, incoming: Incoming | None, reference: str) -> Reply:
        """The apology, where the person looks: as a message, or in the form. Slack shows it below a
        field only: the first one, when no field can mend it, else the last one, to send it again.
        """
        log_failure(error)
        rendered = apology(error, reference, self.language(_reader(incoming)))
        if isinstance(incoming, Submission) and incoming.values:
            place = 0 if isinstance(error, _ABOUT_ALL) else -1
            return FieldErrors(errors={list(incoming.values)[place]: rendered.text})
        channel = incoming.channel if isinstance(incoming, Mention) else ""
        return Say(rendered=rendered, channel=channel)


def _reader(incoming: Incoming | None) -> str:
    """The id of whoever reads the answer; "" when nobody is known to have asked."""
    if incoming is None or isinstance(incoming, MessageEdited | MessageDeleted):
        return ""
    return incoming.identity.user


async def _filled(reply: Reply) -> Reply:
    """A form that answers a submission, filled: there is nothing that could be filled later.

    Slack would show the acknowledgement after whatever the form was given meanwhile.
    """
    if isinstance(reply, UpdateModal | PushModal) and reply.fill is not None:
        return replace(reply, view=await reply.fill(), fill=None)
    return reply


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
