"""The whole story, with real processes: ask, be refused, approve, roll out, look at the result."""

import asyncio
from pathlib import Path

import pytest
from desk import DANA, MAX, SAM, desk, ready

from bot.settings import SlackMode


@pytest.mark.parametrize("mode", list(SlackMode))
async def test_a_production_deploy_is_approved_by_a_button(tmp_path: Path, mode: SlackMode) -> None:
    """Dana asks, her own click is refused, Sam's approves, and the card ends with the digest."""
    async with desk(tmp_path, mode=mode) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
        await people.private(DANA, "is on its way")
        card = await people.card("Waiting for approval")
        await people.click(DANA, card, "deploy.approve")
        await people.private(DANA, "four-eyes")
        await people.click(MAX, card, "deploy.approve")
        await people.private(MAX, "Only members of")
        await people.click(SAM, card, "deploy.approve")
        done = await people.card("Serving")
        assert done["ts"] == card["ts"]
        assert "sha256:" in str(done)

        async def said() -> bool:
            thread = await people.messages(SAM, thread=card["ts"])
            told = " ".join(str(message["blocks"]) for message in thread)
            return "approved" in told and "is serving" in told

        await people.until(said)
        assert people.writes() == [
            ("template", "traffic", "annotations"),
            ("traffic", "annotations"),
            ("traffic", "annotations"),
        ]


async def test_staging_needs_no_approval_and_status_shows_what_runs(tmp_path: Path) -> None:
    """And afterwards `/status` names the version, its share, its health and who deployed it."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")
        done = await people.card("Serving")
        assert "Approvals" not in str(done)
        await people.say(DANA, "/status api", "deploys")
        table = await people.private(DANA, "'table'")
        rows = str(table["blocks"])
        for shown in ("staging", "v1.2.0", "100 %", "ready", DANA):
            assert shown in rows
        await people.say(DANA, "/status", "deploys")
        whole = await people.private(DANA, "failing")
        assert "15 targets" in str(whole)


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    """Unknown names, missing authority, a version that does not exist: in words, with a way out."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        for text, answer in (
            ("/deploy apy v1.2.0 staging", "Did you mean api"),
            ("/deploy api v1.2.0 prodution", "Did you mean production"),
            ("/deploy api", "Which version of api"),
            ("/deploy help", "SERVICE [VERSION] [to] ENVIRONMENT"),
            ("/status nope", "There is no service"),
        ):
            await people.say(DANA, text, "deploys")
            await people.private(DANA, answer)
        await people.say(MAX, "/deploy api v1.2.0 staging", "deploys")
        await people.private(MAX, "You may not deploy")
        await people.say(DANA, "/deploy api v9.9.9 staging", "deploys")
        failed = await people.card("There is no image")
        assert "v1.5.0" in str(failed)
        assert people.stack.cloud.model.journal == []


async def test_two_clicks_at_once_and_a_click_delivered_twice_are_one_rollout(
    tmp_path: Path,
) -> None:
    """The effect happens once, and everybody gets an answer."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
        card = await people.card("Waiting for approval")
        await asyncio.gather(
            *(people.click(who, card, "deploy.approve") for who in (SAM, "U0OLIVIA1", SAM))
        )
        await people.card("Serving")
        await people.private(SAM, "approve")
        await people.private("U0OLIVIA1", "D-")
        assert len(people.writes()) == 3


async def test_guests_and_strangers_are_refused_although_they_see_the_card(tmp_path: Path) -> None:
    """Being in the channel gives no authority, and neither does a shared channel."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
        card = await people.card("Waiting for approval")
        for outsider in ("U0GUEST01", "U0STRNGR1"):
            await people.click(outsider, card, "deploy.approve")
            await people.private(outsider, "🚫")
        assert "Waiting for approval" in str(await people.card("→ production"))
        assert people.stack.cloud.model.journal == []
