"""What all parts of a running workspace share."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from adapters.local.workspace.app import App
from adapters.local.workspace.faults import Faults
from adapters.local.workspace.hub import Hub
from adapters.local.workspace.model import Channel, Json, Model
from adapters.local.workspace.rules import Rules
from adapters.local.workspace.tickets import (
    RESPONSE_LIFE,
    TRIGGER_LIFE,
    ResponseUrl,
    Tickets,
    Trigger,
)
from adapters.local.workspace.traffic import Traffic
from bot.ports import Clock, Ids


@dataclass(slots=True, kw_only=True)
class Site:
    """The workspace's memory, its clock and ids, and the ways to tell what happened.

    `emit` offers an event to the Events API by its subscription name; `spawn` runs a coroutine
    beside the caller for as long as the workspace runs. `cloud_url` is where the console of the
    simulated cloud is, or empty.
    """

    clock: Clock
    ids: Ids
    model: Model
    app: App
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    emit: Callable[[str, Json], None]
    url: str = ""
    cloud_url: str = ""
    rules: Rules = field(default_factory=Rules)
    hub: Hub = field(default_factory=Hub)
    tickets: Tickets = field(default_factory=Tickets)
    faults: Faults = field(default_factory=Faults)
    traffic: Traffic = field(init=False)

    def __post_init__(self) -> None:
        """Show traffic to every open page."""
        self.traffic = Traffic(self.hub.publish)

    def next_ts(self) -> str:
        """The timestamp of something that happens now."""
        return self.model.next_ts(self.clock.now())

    def tell(self, channel: Channel, event: Json) -> None:
        """Tell a change to the pages of those who may look into a channel."""
        self.hub.publish(event, lambda user: self.model.sees(user, channel))

    def tell_user(self, user: str, event: Json) -> None:
        """Tell a change to one person's pages."""
        self.hub.publish(event, lambda reader: reader == user)

    def new_trigger(self, user: str, channel: str | None, view: str | None) -> str:
        """A trigger id in Slack's form: two numbers and a secret, with dots between."""
        moment = self.next_ts().replace(".", "")
        trigger_id = f"{moment}.{self.model.last_number}.{self.ids.token().lower()}"
        expires = self.clock.now() + TRIGGER_LIFE
        self.tickets.add_trigger(
            trigger_id, Trigger(user=user, channel=channel, view=view, expires=expires)
        )
        return trigger_id

    def new_response_url(
        self, user: str, channel: str, *, original: str | None = None, thread_ts: str | None = None
    ) -> str:
        """An address to which the bot may post answers to an interaction."""
        secret = self.ids.token()
        self.tickets.add_response(
            secret,
            ResponseUrl(
                user=user,
                channel=channel,
                original=original,
                thread_ts=thread_ts,
                expires=self.clock.now() + RESPONSE_LIFE,
            ),
        )
        return f"{self.url}/response/{secret}"
