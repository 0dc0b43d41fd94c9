"""What was just done, in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.deeds import Deed

DEEDS: Mapping[Deed, str] = MappingProxyType(
    {
        Deed.DECLARED_PRIVATE: (
            "🔒 It is private: announced nowhere, and seen only by those who are in it."
        ),
        Deed.DECLARED_DRILL: "🧪 It is a drill: nobody is paged, and it is announced nowhere.",
        Deed.ACKED: "✋ You acknowledged it. {lead}",
        Deed.ACKED_BEFORE: (
            "✋ {who} acknowledged it {length} before you; you are on it as well. {lead}"
        ),
        Deed.ACCEPTED: "🔎 It is an incident: {state}. {lead}",
        Deed.UNDECIDED: (
            "🔎 Nobody has said yet that *{ref}* is real. Accept it first, or decline it."
        ),
        Deed.OFFER_TAKEN: "🤝 {lead}",
        Deed.YOU_LEAD: "You lead it.",
        Deed.LEADS: "{who} leads it.",
        Deed.NOBODY_LEADS: "Nobody leads it yet.",
        Deed.ROLE_TAKEN: "🧭 You are its {role} now.",
        Deed.ROLE_GIVEN: "🧭 {who} is its {role} now, and has been told.",
        Deed.OFFERED: "🤝 The lead is offered to {who}, who has it once it is accepted. {lead}",
        Deed.PAGED: "📟 Paged: {paged}",
        Deed.CALLED_IN: "👋 In it now: {who}",
        Deed.TAKES_PART: "👋 You take part. {room}",
        Deed.UPDATED: "📣 Your update is out. {next}",
        Deed.SAME_AGAIN: "📣 The last update still holds, and was said again. {next}",
        Deed.SNOOZED: "💤 {next}",
        Deed.NEXT_DUE: "The next one is due {at}.",
        Deed.NONE_DUE: "No further one is due.",
        Deed.MOVED: "🔀 It is {state} now.",
        Deed.RATED: "🌡️ It is {severity} now.",
        Deed.DESCRIBED: "✏️ It says now: {about}",
        Deed.DATED: "🕰️ {moment}: {at}",
        Deed.SETTLED: "✅ It is resolved after {took}.",
        Deed.OPEN_AGAIN: "♻️ It is open again: {state}. {lead}",
        Deed.NOTED: "📌 It is on the timeline, at {at}.",
        Deed.TASK_ADDED: "☐ *{task}* {what}",
        Deed.TASK_OWNED: "👤 {who} does *{task}* {what}",
        Deed.TASK_DONE: "✅ *{task}* is done: {what}",
        Deed.LINKED: "🔗 It has now: {what}",
        Deed.MERGED: "🔗 It goes on in {what}.",
        Deed.RELATED: "🔗 {what} has to do with it, and says so as well.",
        Deed.HIDDEN: "🔒 It is private: seen only by those who are in it. {room}",
        Deed.FROZEN: "❄️ Deploys of {scope} are frozen until {at}.",
        Deed.THAWED: "☀️ It freezes no deploys now.",
        Deed.REPAIRED: "🛠️ What is missing in its room is made again.",
        Deed.ROOM_OPENED: "🚪 {room}",
        Deed.ROOM_HERE: "🚪 This channel is its room now.",
        Deed.PUBLISHED: "📝 Its post-mortem is published.",
    }
)
