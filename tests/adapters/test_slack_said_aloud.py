"""A note that is shown in the channel as well, as it arrives in the local workspace."""

from collections.abc import AsyncIterator

import pytest
from fakes import VirtualClock
from incident_samples import incident, incident_policy
from installed import installed
from samples import NOW, SAM

from adapters.local.workspace.model import Channel
from adapters.local.workspace.seed import INCIDENTS
from adapters.slack.channels import SlackChannels
from adapters.slack.notifier import SlackNotifier
from bot.domain.incidents.messages import IncidentBroadcast, IncidentNote, IncidentSaid
from bot.domain.message import entry_of
from bot.ports import Scene

SCENE = Scene(incident=incident(title="Checkout is down"))


@pytest.fixture
async def desk() -> AsyncIterator[tuple[SlackNotifier, Channel]]:
    clock = VirtualClock()
    async with installed(clock, frozenset()) as (workspace, client):
        notifier = SlackNotifier(
            client=client,
            channels=SlackChannels(client=client, clock=clock),
            clock=clock,
            policy=incident_policy(channel="#incidents"),
        )
        yield notifier, workspace.model.channels[INCIDENTS]


async def test_what_is_said_aloud_stands_in_the_thread_and_in_the_channel(
    desk: tuple[SlackNotifier, Channel],
) -> None:
    notifier, channel = desk
    ref = SCENE.incident.ref if SCENE.incident else ""
    alert = await notifier.show(
        entry_of("01A", "#incidents", IncidentBroadcast(incident=ref)), SCENE, None, None
    )
    for token, aloud in (("01B", False), ("01C", True)):
        note = IncidentNote(
            incident=ref,
            said=IncidentSaid.REOPENED,
            word="investigating",
            detail="It is back",
            by=SAM,
            in_thread=True,
            aloud=aloud,
        )
        entry = entry_of(token, "#incidents", note)
        posted = await notifier.show(entry, SCENE, None, alert)
        assert await notifier.find(entry, alert, NOW) == posted
    quiet, loud = channel.replies(alert.ts)
    shown = channel.timeline()
    assert quiet not in shown
    assert shown[-1] is loud
    assert "Checkout is down" in str(loud.blocks)
    assert "Checkout is down" not in str(quiet.blocks)
    assert f"*{ref}*" in str(loud.blocks)
