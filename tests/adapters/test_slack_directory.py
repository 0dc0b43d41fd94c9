"""Who may act at all: only full members of our own workspace, with the groups of this moment."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fakes import VirtualClock
from samples import DANA, MAX, OLIVIA, SAM, TEAM, catalog
from slack_clients import slack_client
from slack_wire import Wire, breaks, refuses, says, wire
from workspaces import Stage, stage

from adapters.local.workspace.seed import GUEST, MEI_LING, OTHER_TEAM, STRANGER
from adapters.slack.client import SlackClient
from adapters.slack.directory import MEMBERS_TTL, PERSON_TTL, SlackDirectory
from bot.domain.catalog import Group
from bot.domain.errors import NotPermitted, SlackRefused, SlackUnavailable

TOKEN = "xoxb-local"


def profile(user: str = SAM, **changes: Any) -> dict[str, Any]:
    """What Slack shows of a full member."""
    shown = {
        "id": user,
        "team_id": TEAM,
        "name": "sam",
        "real_name": "Sam Okafor",
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"display_name": "Sam"},
    }
    return {key: value for key, value in (shown | changes).items() if value is not None}


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack that knows Sam, who is the only one in the user group."""
    async with wire() as server:
        server.always("users.info", says(user=profile()))
        server.always("usergroups.users.list", says(users=[SAM]))
        yield server


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that a test moves."""
    return VirtualClock()


@pytest.fixture
async def client(slack: Wire, clock: VirtualClock) -> AsyncIterator[SlackClient]:
    """A client of the scripted Slack."""
    async with slack_client(f"{slack.url}/api/", clock, token=TOKEN) as opened:
        yield opened


@pytest.fixture
def directory(client: SlackClient, clock: VirtualClock) -> SlackDirectory:
    """The directory under test, with the sample catalog's groups."""
    return SlackDirectory(client=client, groups=catalog().groups, team=TEAM, clock=clock)


# ── Who is let in ────────────────────────────────────────────────────────────────────────────────


async def test_a_member_has_the_groups_that_list_them_and_those_of_their_user_groups(
    directory: SlackDirectory,
) -> None:
    actor = await directory.actor(SAM, TEAM)

    assert (actor.id, actor.name) == (SAM, "Sam")
    assert actor.groups == {"developers", "sre"}


async def test_a_member_of_no_group_is_known_and_has_no_authority(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    slack.always("users.info", says(user=profile("U0NOBODY1")))
    directory = SlackDirectory(client=client, groups=catalog().groups, team=TEAM, clock=clock)

    assert (await directory.actor("U0NOBODY1", TEAM)).groups == frozenset()


REFUSED = {
    "deactivated": ({"deleted": True}, "deactivated"),
    "bot": ({"is_bot": True}, "Bots may not"),
    "guest": ({"is_restricted": True}, "Guests"),
    "single-channel guest": ({"is_ultra_restricted": True}, "Guests"),
    "stranger": ({"is_stranger": True}, "other workspaces"),
    "member of another team": ({"team_id": "T0OTHER1"}, "other workspaces"),
    "of no team": ({"team_id": None}, "other workspaces"),
    "somebody else": ({"id": MAX}, "does not show you"),
    "unclear whether a guest": ({"is_restricted": None}, "does not show you"),
    "unclear whether a single-channel guest": ({"is_ultra_restricted": None}, "does not show you"),
    "unclear whether a bot": ({"is_bot": None}, "does not show you"),
    "unclear whether active": ({"deleted": None}, "does not show you"),
    "a flag that is no truth value": ({"is_restricted": 0}, "does not show you"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED)
async def test_whoever_is_not_plainly_a_full_member_is_refused(
    slack: Wire, directory: SlackDirectory, changes: dict[str, Any], sentence: str
) -> None:
    slack.script("users.info", says(user=profile(**changes)))

    with pytest.raises(NotPermitted, match=sentence):
        await directory.actor(SAM, TEAM)

    assert slack.calls["usergroups.users.list"] == 0


async def test_slackbot_is_refused_though_slack_calls_it_no_bot(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.script("users.info", says(user=profile("USLACKBOT")))

    with pytest.raises(NotPermitted):
        await directory.actor("USLACKBOT", TEAM)


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible"])
async def test_somebody_whom_slack_does_not_show_is_refused(
    slack: Wire, directory: SlackDirectory, word: str
) -> None:
    slack.script("users.info", refuses(word))

    with pytest.raises(NotPermitted, match="does not show you"):
        await directory.actor("U0UNKNOWN", TEAM)


async def test_an_answer_without_a_person_refuses(slack: Wire, directory: SlackDirectory) -> None:
    slack.script("users.info", says())

    with pytest.raises(NotPermitted):
        await directory.actor(SAM, TEAM)


async def test_another_workspace_s_request_is_refused_without_asking_slack(
    slack: Wire, directory: SlackDirectory
) -> None:
    with pytest.raises(NotPermitted, match="other workspaces"):
        await directory.actor(SAM, "T0OTHER1")

    assert not slack.received


async def test_a_name_is_only_shown_and_may_be_missing(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.script("users.info", says(user=profile(profile=None, real_name=None, name=None)))

    assert (await directory.actor(SAM, TEAM)).name == ""


# ── What is remembered ───────────────────────────────────────────────────────────────────────────


async def test_a_click_after_another_asks_slack_nothing(
    slack: Wire, directory: SlackDirectory
) -> None:
    for _ in range(10):
        await directory.actor(SAM, TEAM)

    assert slack.calls == {"users.info": 1, "usergroups.users.list": 1}


async def test_many_clicks_at_once_ask_slack_once(slack: Wire, directory: SlackDirectory) -> None:
    slack.script("users.info", slack.hanging(says(user=profile())))
    clicks = [asyncio.ensure_future(directory.actor(SAM, TEAM)) for _ in range(50)]
    await slack.called("users.info", 1)
    slack.release()

    actors = await asyncio.gather(*clicks)

    assert {actor.groups for actor in actors} == {frozenset({"developers", "sre"})}
    assert slack.calls == {"users.info": 1, "usergroups.users.list": 1}


async def test_who_leaves_a_user_group_loses_its_authority_within_a_minute(
    slack: Wire, directory: SlackDirectory, clock: VirtualClock
) -> None:
    await directory.actor(SAM, TEAM)
    slack.always("usergroups.users.list", says(users=[]))
    clock.move(MEMBERS_TTL)

    assert (await directory.actor(SAM, TEAM)).groups == {"developers"}
    assert timedelta(minutes=1) >= MEMBERS_TTL
    assert slack.calls["users.info"] == 1


async def test_who_is_deactivated_is_refused_within_five_minutes(
    slack: Wire, directory: SlackDirectory, clock: VirtualClock
) -> None:
    await directory.actor(SAM, TEAM)
    slack.always("users.info", says(user=profile(deleted=True)))
    clock.move(PERSON_TTL)

    with pytest.raises(NotPermitted, match="deactivated"):
        await directory.actor(SAM, TEAM)
    assert timedelta(minutes=5) >= PERSON_TTL


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
async def test_nothing_is_guessed_when_slack_is_away_and_memory_is_old(
    slack: Wire, directory: SlackDirectory, clock: VirtualClock, method: str
) -> None:
    await directory.actor(SAM, TEAM)
    clock.move(PERSON_TTL)
    # Two, as aiohttp itself repeats a GET on a kept-alive connection that breaks.
    slack.script(method, breaks, breaks)

    with pytest.raises(SlackUnavailable):
        await directory.actor(SAM, TEAM)

    assert (await directory.actor(SAM, TEAM)).groups == {"developers", "sre"}


async def test_a_user_group_that_is_gone_has_no_members_and_says_so_in_the_log(
    slack: Wire, directory: SlackDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    slack.always("usergroups.users.list", refuses("no_such_subteam"))

    with caplog.at_level(logging.WARNING):
        actor = await directory.actor(SAM, TEAM)

    assert actor.groups == {"developers"}
    assert "S0SRE0001" in caplog.text


async def test_a_missing_scope_is_told_and_grants_nothing(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.always("usergroups.users.list", refuses("missing_scope", needed="usergroups:read"))

    with pytest.raises(SlackRefused, match="usergroups:read"):
        await directory.actor(SAM, TEAM)


async def test_several_user_groups_are_looked_up_side_by_side(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    groups = {f"g{n}": Group(name=f"g{n}", usergroup=f"S{n}") for n in range(5)}
    directory = SlackDirectory(client=client, groups=groups, team=TEAM, clock=clock)
    slack.always("usergroups.users.list", slack.hanging(says(users=[SAM])))
    click = asyncio.ensure_future(directory.actor(SAM, TEAM))

    await slack.called("usergroups.users.list", 5)
    slack.release()

    assert (await click).groups == set(groups)


# ── Who is in a group ────────────────────────────────────────────────────────────────────────────


async def test_the_members_of_groups_are_those_listed_and_those_of_their_user_groups(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.always("usergroups.users.list", says(users=[MAX]))

    assert await directory.members(["owners", "sre"]) == {OLIVIA, MAX}


async def test_only_the_user_groups_that_are_asked_for_are_looked_up(
    slack: Wire, directory: SlackDirectory
) -> None:
    assert await directory.members(["owners"]) == {OLIVIA}
    assert await directory.members([]) == frozenset()
    assert not slack.calls

    await directory.members(["sre"])
    await directory.members(["sre", "owners"])

    assert slack.calls == {"usergroups.users.list": 1}


async def test_a_group_that_the_catalog_does_not_have_is_empty(
    slack: Wire, directory: SlackDirectory
) -> None:
    assert await directory.members(["nobody"]) == frozenset()


async def test_members_are_not_guessed_when_slack_is_away(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.script("usergroups.users.list", refuses("fatal_error"))

    with pytest.raises(SlackUnavailable):
        await directory.members(["sre"])


# ── Warming up ───────────────────────────────────────────────────────────────────────────────────


async def test_after_warming_up_the_first_click_asks_slack_nothing(
    slack: Wire, directory: SlackDirectory
) -> None:
    await directory.warm([SAM])
    asked = slack.calls

    await directory.actor(SAM, TEAM)

    assert slack.calls == asked == {"users.info": 1, "usergroups.users.list": 1}


async def test_warming_up_never_fails_and_is_made_up_for_later(
    slack: Wire, directory: SlackDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    slack.script("users.info", refuses("fatal_error"))
    with caplog.at_level(logging.WARNING):
        await directory.warm([SAM])
    assert "could not all be looked up" in caplog.text

    assert (await directory.actor(SAM, TEAM)).id == SAM


# ── On the local workspace ───────────────────────────────────────────────────────────────────────


@pytest.fixture
async def olympus() -> AsyncIterator[tuple[Stage, SlackDirectory]]:
    """The demonstration workspace and a directory of it."""
    async with stage() as running:
        workspace = running.workspace
        async with slack_client(
            workspace.api_url, running.clock, token=workspace.bot_token
        ) as client:
            us = await client.auth_test()
            yield (
                running,
                SlackDirectory(
                    client=client, groups=catalog().groups, team=us.team, clock=running.clock
                ),
            )


@pytest.mark.parametrize(
    ("user", "groups"),
    [
        (DANA, {"developers"}),
        (SAM, {"developers", "sre"}),
        (OLIVIA, {"developers", "owners"}),
        (MAX, {"finance"}),
    ],
)
async def test_the_people_of_the_demonstration_have_their_groups(
    olympus: tuple[Stage, SlackDirectory], user: str, groups: set[str]
) -> None:
    assert (await olympus[1].actor(user, TEAM)).groups == groups


async def test_the_engineers_of_the_demonstration_are_its_user_group(
    olympus: tuple[Stage, SlackDirectory],
) -> None:
    assert await olympus[1].members(["sre", "finance"]) == {SAM, MEI_LING, MAX}


@pytest.mark.parametrize(
    ("user", "team"), [(GUEST, TEAM), (STRANGER, TEAM), (STRANGER, OTHER_TEAM)]
)
async def test_guests_and_strangers_of_the_demonstration_are_refused(
    olympus: tuple[Stage, SlackDirectory], user: str, team: str
) -> None:
    with pytest.raises(NotPermitted):
        await olympus[1].actor(user, team)


async def test_the_bot_itself_is_refused(olympus: tuple[Stage, SlackDirectory]) -> None:
    running, directory = olympus

    with pytest.raises(NotPermitted):
        await directory.actor(running.workspace.model.bot_user, TEAM)


# ── Names and languages ──────────────────────────────────────────────────────────────────────────


async def test_somebody_has_the_language_that_they_have_set(
    slack: Wire, directory: SlackDirectory
) -> None:
    slack.always("users.info", says(user=profile(locale="zh-TW")))

    assert directory.language_of(SAM) is None
    assert (await directory.actor(SAM, TEAM)).language == "zh-TW"
    assert directory.language_of(SAM) == "zh-TW"
    (asked,) = [one for one in slack.received if one.method == "users.info"]
    assert asked.arguments["include_locale"]


async def test_a_language_that_slack_does_not_tell_is_english(directory: SlackDirectory) -> None:
    assert (await directory.actor(SAM, TEAM)).language == "en"


async def test_names_and_languages_are_told_at_once_and_last(
    slack: Wire, directory: SlackDirectory, clock: VirtualClock
) -> None:
    """They decide nothing, so that old ones do, and Slack is not asked."""
    slack.script("users.info", says(user=profile(locale="de-DE")))
    await directory.meet([SAM])
    clock.move(10 * PERSON_TTL)
    asked = slack.calls

    assert (directory.name_of(SAM), directory.language_of(SAM)) == ("Sam", "de-DE")
    assert (directory.name_of(MAX), directory.language_of(MAX)) == (None, None)
    assert slack.calls == asked == {"users.info": 1}


async def test_meeting_people_never_fails(slack: Wire, directory: SlackDirectory) -> None:
    slack.script("users.info", refuses("fatal_error"))
    await directory.meet([SAM])
    assert directory.name_of(SAM) is None
