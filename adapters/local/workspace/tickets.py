"""Short-lived rights that an interaction carries: trigger ids and response URLs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.local.workspace.errors import ApiError

# https://docs.slack.dev/interactivity/handling-user-interaction: a trigger lives three seconds and
# opens one view; a response URL may be used five times within half an hour.
TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    """The right to open or push one view for a user."""

    user: str
    channel: str | None
    view: str | None
    expires: datetime
    exchanged: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """The right to answer an interaction; `original` is the message that carried the button."""

    user: str
    channel: str
    original: str | None
    thread_ts: str | None
    expires: datetime
    uses: int = 0


class Tickets:
    """The triggers and response URLs that were handed out."""

    def __init__(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def add_trigger(self, trigger_id: str, trigger: Trigger) -> None:
        """Remember a trigger."""
        self._triggers[trigger_id] = trigger

    def exchange(self, trigger_id: str, now: datetime) -> Trigger:
        """Use a trigger up. Raises `ApiError` when it is unknown, used or too old."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.exchanged:
            raise ApiError("exchanged_trigger_id")
        if now >= trigger.expires:
            raise ApiError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def add_response(self, secret: str, response: ResponseUrl) -> None:
        """Remember a response URL by its secret part."""
        self._responses[secret] = response

    def use_response(self, secret: str, now: datetime) -> ResponseUrl:
        """Count one use of a response URL. Raises `ApiError` when there is none left."""
        response = self._responses.get(secret)
        if response is None or now >= response.expires:
            raise ApiError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        response.uses += 1
        return response
