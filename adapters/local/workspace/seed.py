"""The demonstration workspace "Olympus": a few people, their channels, and the bot."""

from datetime import datetime, timedelta

from adapters.local.workspace.model import Channel, Message, Model, Note, Team, User, UserGroup

TEAM = "T0SIGNAL"
OTHER_TEAM = "T0OTHER1"
DANA = "U0DANA001"
SAM = "U0SAM0001"
OLIVIA = "U0OLIVIA1"
MEI_LING = "U0MEILIN1"
MAX = "U0MAX0001"
GUEST = "U0GUEST01"
STRANGER = "U0STRNGR1"
BOT = "U0SIGNBOX"

GENERAL = "C0GENERAL"
DEPLOYS = "C0DEPLOYS"
INCIDENTS = "C0INCIDNT"
ALERTS = "C0ALERTS1"

# The age of the workspace, so that what was said before looks like yesterday's and not like now.
_AGE = timedelta(days=200)

_PEOPLE = (
    (DANA, "dana", "Dana Reyes", "Developer", "b5532a"),
    (SAM, "sam", "Sam Okafor", "Site reliability engineer", "2a6fb5"),
    (OLIVIA, "olivia", "Olivia Lindqvist", "Owner of api", "7a4fb0"),
    (MEI_LING, "meiling", "Mei-Ling Chen", "Site reliability engineer, Taipei", "b0417f"),
    (MAX, "max", "Max Tanaka", "Finance", "3d8a4e"),
    (GUEST, "gus", "Gus Marino", "Contractor (single-channel guest)", "8a7a2e"),
    (STRANGER, "erin", "Erin Vale", "Partner at another company", "a03a6b"),
    (BOT, "signalbox", "Signalbox", "Deploys and incidents", "30506a"),
)

# What the clients of those are set to who do not read English.
_LOCALES = {MEI_LING: "zh-TW"}

_CHANNELS = (
    (GENERAL, "general", "Everybody at Olympus"),
    (DEPLOYS, "deploys", "Requests, approvals and progress of deploys"),
    (INCIDENTS, "incidents", "What is broken, and who is on it"),
    (ALERTS, "ops-alerts", "Alerts from monitoring"),
)

# Minutes before the start, channel, author, text: what makes the place look lived in.
_SAID = (
    (190, GENERAL, OLIVIA, "Morning! The quarterly report is out, thanks to everybody who helped."),
    (184, GENERAL, MAX, "Budget for the new cluster is through :tada:"),
    (95, DEPLOYS, DANA, "I'd like to ship the new search to production this afternoon."),
    (88, DEPLOYS, SAM, "Fine with me, error rates have been flat all day."),
    (61, INCIDENTS, SAM, "Quiet shift so far. Handover notes are in the runbook."),
    (30, ALERTS, SAM, "Disk alert on the build machine was mine, cleaned up."),
)


def olympus(now: datetime) -> Model:
    """A fresh copy of the demonstration workspace as of `now`."""
    model = Model(
        team=Team(id=TEAM, name="Olympus", domain="olympus"),
        bot_user=BOT,
        bot_id="B0SIGNBOX",
        app_id="A0SIGNBOX",
        users={user.id: user for user in _people()},
        usergroups={
            "S0SRE0001": UserGroup(
                id="S0SRE0001", handle="sre", name="Site reliability", users=[SAM, MEI_LING]
            )
        },
    )
    members = [u.id for u in model.users.values() if u.team_id == TEAM and not u.is_restricted]
    created = int((now - _AGE).timestamp())
    for channel_id, name, purpose in _CHANNELS:
        model.channels[channel_id] = Channel(
            id=channel_id,
            name=name,
            created=created,
            creator=OLIVIA,
            is_general=channel_id == GENERAL,
            purpose=Note(value=purpose, creator=OLIVIA, last_set=created),
            # The guest and the stranger are where approvals are asked for: both must be refused.
            members=[*members, GUEST, STRANGER] if channel_id == DEPLOYS else [*members],
        )
    for minutes, channel_id, user, text in _SAID:
        ts = model.next_ts(now - timedelta(minutes=minutes))
        channel = model.channels[channel_id]
        channel.messages[ts] = Message(channel=channel_id, ts=ts, user=user, text=text)
        channel.last_read = dict.fromkeys(channel.members, ts)
    return model


def _people() -> tuple[User, ...]:
    return tuple(
        User(
            id=user,
            name=name,
            real_name=real_name,
            title=title,
            team_id=OTHER_TEAM if user == STRANGER else TEAM,
            color=color,
            is_restricted=user == GUEST,
            is_ultra_restricted=user == GUEST,
            is_bot=user == BOT,
            locale=_LOCALES.get(user, "en-US"),
        )
        for user, name, real_name, title, color in _PEOPLE
    )
