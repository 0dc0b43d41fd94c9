"""What a person does with the bot: commands, clicks, modals and shortcuts, and what comes of it."""

from typing import Any

from adapters.local.workspace import changes, form, payloads, stack
from adapters.local.workspace.changes import Content
from adapters.local.workspace.courier import Courier
from adapters.local.workspace.errors import ApiError, Refused
from adapters.local.workspace.limits import MAX_VIEW_BLOCKS, check_view, walk
from adapters.local.workspace.model import Channel, Json, Message, User, View
from adapters.local.workspace.replies import Place, reply
from adapters.local.workspace.site import Site
from adapters.local.workspace.transport import Answer, Delivery
from adapters.local.workspace.typed import compose

TROUBLE = "We had some trouble connecting. Try again?"
_MAX_OPTIONS = MAX_VIEW_BLOCKS  # a select shows a hundred at most, whoever gives them
# Slack's words for what the Events API calls otherwise.
_FAILURE = {"http_timeout": "operation_timeout"}


def failure_word(failure: str) -> str:
    """The word with which Slack tells a person that the app did not answer."""
    return _FAILURE.get(failure, "dispatch_failed")


class Interactions:
    """Delivers what people do and acts on the bot's acknowledgement."""

    def __init__(self, site: Site, courier: Courier) -> None:
        self._site = site
        self._courier = courier
        self._entered: dict[tuple[str, str, str], Json] = {}

    def _fail(self, channel: Channel, user: User, text: str) -> None:
        changes.whisper(self._site, channel, user.id, Content(text=text), failure=True)

    async def command(self, user: User, channel: Channel, name: str, text: str) -> None:
        """Send a slash command and show what the bot answers, or Slack's line of failure."""
        known = self._site.app.commands[name]
        if known.should_escape:
            text = compose(self._site.model, text, labels=True)
        body = payloads.command(self._site, user, channel, name, text)
        answer = await self._courier.interact(Delivery(kind="command", name=name, body=body))
        failure = failure_word(answer.failure) if answer.failure else None
        if failure is None:
            failure = self._reply(Place(user=user.id, channel=channel.id), answer.body)
        if failure is not None:
            self._fail(channel, user, f'{name} failed with the error "{failure}"')

    def _reply(self, place: Place, body: Any) -> str | None:
        """Show the body of an acknowledged command; returns the word for one that is malformed."""
        if isinstance(body, str):
            body = {"text": body} if body.strip() else {}
        if not isinstance(body, dict):
            return "dispatch_failed"
        if body:
            try:
                reply(self._site, place, body)
            except ApiError:
                return "dispatch_failed"
        return None

    async def click_message(self, user: User, place: tuple[Channel, Message], given: Json) -> None:
        """Send a click on an element of a message. Raises `Refused` for what is not there."""
        channel, message = place
        blocks = message.blocks or []
        element = form.find_element(blocks, given["block_id"], given["action_id"])
        action = form.read_action(element, given["block_id"], given, self._site.next_ts())
        key = (channel.id, message.ts, user.id)
        values = self._entered.get(key) or form.initial_values(blocks)
        values = form.merge_values(blocks, values, {given["block_id"]: {given["action_id"]: given}})
        self._entered[key] = values
        body = payloads.message_action(self._site, user, place, action, values)
        name = action["action_id"]
        self._site.spawn(self._deliver_click(user, channel, name, body))

    async def _deliver_click(self, user: User, channel: Channel, name: str, body: Json) -> None:
        delivery = Delivery(kind="block_actions", name=name, body=body)
        answer = await self._courier.interact(delivery)
        if answer.failure:
            word = failure_word(answer.failure)
            self._fail(channel, user, f'The click failed with the error "{word}"')

    async def click_view(self, user: User, view: View, given: Json) -> Json:
        """Send a click on an element of a view. Raises `Refused` for what is not there."""
        blocks = view.body["blocks"]
        element = form.find_element(blocks, given["block_id"], given["action_id"])
        action = form.read_action(element, given["block_id"], given, self._site.next_ts())
        entered = dict(given.get("values") or {})
        entered[given["block_id"]] = entered.get(given["block_id"], {}) | {
            given["action_id"]: given
        }
        view.values = form.merge_values(blocks, view.values, entered)
        body = payloads.view_action(self._site, user, view, action)
        delivery = Delivery(kind="block_actions", name=action["action_id"], body=body)
        answer = await self._courier.interact(delivery)
        return {"failure": TROUBLE} if answer.failure else {"ok": True}

    async def submit(self, user: User, view: View, values: Json) -> Json:
        """Submit a modal; returns what the page shows: errors by block, or that it went well."""
        blocks = view.body["blocks"]
        if "submit" not in view.body:
            raise Refused("This view cannot be submitted.")
        view.values = form.merge_values(blocks, view.values, values)
        errors = form.input_errors(blocks, view.values)
        if errors:
            return {"errors": errors}
        body = payloads.submission(self._site, user, view)
        name = body["view"]["callback_id"]
        delivery = Delivery(kind="view_submission", name=name, body=body)
        answer = await self._courier.interact(delivery)
        return self._after_submission(view, answer)

    def _after_submission(self, view: View, answer: Answer) -> Json:
        body = answer.body
        if answer.failure or not (isinstance(body, dict) or str(body).strip() == ""):
            return {"failure": TROUBLE}
        try:
            return self._respond(view, body if isinstance(body, dict) else {})
        except ApiError:
            return {"failure": TROUBLE}

    def _respond(self, view: View, body: Json) -> Json:
        """Do what `response_action` says; nothing said closes the modal."""
        site = self._site
        match body.get("response_action"):
            case None if not body:
                stack.close(site, view)
            case "clear":
                stack.close(site, view, whole=True)
            case "update":
                stack.replace(site, view, check_view(body.get("view"), "modal"))
            case "push":
                stack.push(site, view.user, check_view(body.get("view"), "modal"), view.channel)
            case "errors" if self._errors_fit(view, body.get("errors")):
                return {"errors": body["errors"]}
            case _:
                return {"failure": TROUBLE}
        return {"ok": True}

    @staticmethod
    def _errors_fit(view: View, errors: Any) -> bool:
        """Whether errors are texts for input blocks of this view: Slack shows no others."""
        inputs = {b["block_id"] for b in walk(view.body["blocks"]) if b["type"] == "input"}
        return (
            isinstance(errors, dict)
            and bool(errors)
            and errors.keys() <= inputs
            and all(isinstance(text, str) for text in errors.values())
        )

    def close(self, user: User, view: View) -> None:
        """Close a modal; the bot is told when it asked for that."""
        whole = bool(view.body.get("clear_on_close"))
        for gone in stack.close(self._site, view, whole=whole):
            if gone.body.get("notify_on_close"):
                body = payloads.closed(self._site, user, gone, cleared=whole)
                name = body["view"]["callback_id"]
                delivery = Delivery(kind="view_closed", name=name, body=body)
                self._site.spawn(self._forget_answer(delivery))

    async def _forget_answer(self, delivery: Delivery) -> None:
        await self._courier.interact(delivery)

    async def shortcut(
        self, user: User, callback_id: str, place: tuple[Channel, Message] | None
    ) -> Json:
        """Use a shortcut, on a message or from the menu."""
        site = self._site
        if place is None:
            body = payloads.global_shortcut(site, user, callback_id)
        else:
            body = payloads.message_shortcut(site, user, place, callback_id)
        delivery = Delivery(kind=body["type"], name=callback_id, body=body)
        answer = await self._courier.interact(delivery)
        if answer.failure and place is not None:
            word = failure_word(answer.failure)
            self._fail(place[0], user, f'The shortcut failed with the error "{word}"')
        return {"failure": TROUBLE} if answer.failure else {"ok": True}

    async def options(
        self, user: User, where: View | tuple[Channel, Message], given: Json
    ) -> list[Json]:
        """Ask the bot for the options of a select; one that is gone has none.

        Raises `Refused` when the bot gives none.
        """
        blocks = where.body["blocks"] if isinstance(where, View) else where[1].blocks or []
        element = form.element_at(blocks, given["block_id"], given["action_id"])
        if element is None:
            return []
        action = {"action_id": element["action_id"], "block_id": given["block_id"]}
        query = str(given.get("query", ""))
        body = payloads.suggestion(self._site, user, where, action, query)
        delivery = Delivery(kind="block_suggestion", name=action["action_id"], body=body)
        answer = await self._courier.interact(delivery)
        if answer.failure or not isinstance(answer.body, dict):
            raise Refused("The app gave no options.")
        groups = answer.body.get("option_groups") or ()
        found = [*(answer.body.get("options") or ()), *(o for g in groups for o in g["options"])]
        return found[:_MAX_OPTIONS]
