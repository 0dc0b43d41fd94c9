"""Processes die, twins run side by side, neighbours go away: one rollout, nothing lost."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from desk import DANA, PATIENCE, SAM, Desk, desk, ready

from adapters.local.workspace.faults import Away
from adapters.redis import keys
from adapters.redis.connection import Connections
from bot.domain.states import FINAL, State

ONE_ROLLOUT = [
    ("template", "traffic", "annotations"),
    ("traffic", "annotations"),
    ("traffic", "annotations"),
]


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Desk]:
    """A stack whose cloud takes a third of a second for an operation."""
    async with desk(tmp_path) as people:
        people.stack.cloud.model.faults.delay = timedelta(milliseconds=300)
        yield people


async def documents(people: Desk) -> list[dict[str, Any]]:
    """All deploys as they are stored."""
    connections = Connections(people.stack.store.url, PATIENCE)
    try:
        names = await connections.commands.keys(keys.deploy("*"))
        return [json.loads(await connections.commands.hget(name, "doc")) for name in names]
    finally:
        await connections.aclose()


async def kill(bot: Process) -> None:
    """As a crash or a power cut would."""
    if bot.returncode is None:
        bot.kill()
    await bot.wait()


async def start(people: Desk) -> Process:
    """A bot that serves."""
    bot = await people.stack.start_bot()
    await ready(people)
    return bot


async def test_a_bot_killed_at_every_step_boundary_finishes_one_rollout(people: Desk) -> None:
    """Whenever the deploy has reached a new state, step or operation, the bot is killed there."""
    # Long enough for each of them to be seen, on a busy machine as well.
    people.stack.cloud.model.faults.delay = timedelta(seconds=2)
    bot = await start(people)
    await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
    seen: set[tuple[str, int, bool]] = set()
    approved = False
    while True:
        found = await documents(people)
        if not found:
            continue
        deploy = found[0]
        if deploy["state"] in FINAL:
            break
        boundary = (deploy["state"], deploy["step"], deploy["operation"] is not None)
        if boundary not in seen:
            seen.add(boundary)
            await kill(bot)
            bot = await start(people)
        if deploy["state"] == State.AWAITING_APPROVAL and not approved:
            card = await people.card("Waiting for approval")
            await people.click(SAM, card, "deploy.approve")
            approved = True
        # The stack is in this process, and its turn has come.
        await asyncio.sleep(0)
    assert deploy["state"] == State.COMPLETED
    states = {state for state, _, _ in seen}
    assert states >= {State.AWAITING_APPROVAL, State.STAGING, State.TAGGING, State.ROUTING}
    assert people.writes() == ONE_ROLLOUT
    await people.card("Serving")
    cards = [m for m in await people.messages(SAM) if "D-" in str(m) and not m["ephemeral"]]
    assert len(cards) == 1


async def test_a_bot_killed_while_the_cloud_answers_does_not_write_again(people: Desk) -> None:
    """The write has taken effect and the bot dies before it hears of it, at each of the writes."""
    bots = [await start(people)]
    died = asyncio.Event()

    def die() -> None:
        bots[-1].kill()
        died.set()

    people.stack.cloud.model.faults.accepted = die
    await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")
    for number in range(len(ONE_ROLLOUT)):
        await asyncio.wait_for(died.wait(), PATIENCE)
        died.clear()
        assert len(people.writes("olympus-staging")) == number + 1
        await kill(bots[-1])
        bots.append(await start(people))
    await people.card("Serving")
    assert people.writes("olympus-staging") == ONE_ROLLOUT


async def test_two_replicas_on_the_same_events_make_one_rollout_each(people: Desk) -> None:
    """Two bots on one Redis, deliveries doubled: every deploy happens once, with one card."""
    await start(people)
    await start(people)
    services = ("api", "auth", "platform", "commerce")
    for service in services:
        people.stack.workspace.faults.duplicate_next += 1
        await people.say(DANA, f"/deploy {service} v1.2.0 staging", "deploys")
    for service in services:
        await people.card(f"{service} v1.2.0 → staging")

    async def over() -> bool:
        return all(deploy["state"] == State.COMPLETED for deploy in await documents(people))

    await people.until(over)
    assert len(await documents(people)) == len(services)
    assert sorted(people.writes("olympus-staging")) == sorted(ONE_ROLLOUT * len(services))


async def test_with_slack_away_the_deploy_goes_on_and_the_messages_come_later(
    people: Desk,
) -> None:
    """In order: the card first, then its notes."""
    await start(people)
    # Who Dana is has been looked up before; of a stranger nothing would be known now.
    await people.say(DANA, "/status api", "deploys")
    await people.private(DANA, "'table'")
    people.stack.workspace.faults.away = Away.UNREACHABLE
    await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")

    async def completed() -> bool:
        return any(deploy["state"] == State.COMPLETED for deploy in await documents(people))

    await people.until(completed)
    assert not [m for m in await people.messages(SAM) if "→ staging" in str(m)]
    people.stack.workspace.faults.away = None
    card = await people.card("Serving")
    assert not card["edited"]

    async def said() -> bool:
        thread = await people.messages(SAM, thread=card["ts"])
        return "is serving" in str(thread[-1])

    await people.until(said)
    thread = await people.messages(SAM, thread=card["ts"])
    assert ["is ready" in m["text"] for m in thread[1:]] == [True, False]


async def test_with_redis_away_the_person_hears_that_nothing_was_done(people: Desk) -> None:
    """Within Slack's three seconds, and nothing reaches the cloud."""
    await start(people)
    await people.say(DANA, "/deploy help", "deploys")
    await people.private(DANA, "SERVICE VERSION")
    await people.stack.store.stop()
    await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")
    answer = await people.private(DANA, "cannot be reached")
    assert "Nothing was done" in str(answer)
    assert not answer["failure"]
    assert people.stack.cloud.model.journal == []


async def test_a_bot_told_to_stop_finishes_what_it_is_at(people: Desk) -> None:
    """SIGTERM drains: the process ends by itself, and the next one goes on."""
    bot = await start(people)
    await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")
    await people.card("→ staging")
    bot.terminate()
    assert await asyncio.wait_for(bot.wait(), PATIENCE) == 0
    await start(people)
    await people.card("Serving")
    assert people.writes("olympus-staging") == ONE_ROLLOUT


async def test_the_probes_tell_alive_from_ready(people: Desk) -> None:
    """Without Redis the process is alive and not ready; figures are served in any case."""
    await start(people)
    base = (people.stack.workspace.bot_url or "").replace("/slack/events", "")
    async with aiohttp.ClientSession() as http:

        async def status(path: str) -> int:
            async with http.get(base + path) as answer:
                return answer.status

        assert [await status(path) for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3
        await people.stack.store.stop()
        assert [await status(path) for path in ("/healthz", "/readyz")] == [200, 503]
