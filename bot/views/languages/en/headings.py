"""Post-mortems in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.headings import Heading

HEADINGS: Mapping[Heading, str] = MappingProxyType(
    {
        Heading.REPORT: "Post-mortem of {ref}: {title}",
        Heading.FACTS: "At a glance",
        Heading.WHAT: "What happened",
        Heading.NO_SUMMARY: "Nobody has written a summary yet.",
        Heading.TIMES: "Key moments",
        Heading.WHEN: "When (UTC)",
        Heading.AFTER: "After it began",
        Heading.MOMENT: "Moment",
        Heading.CLOCKS: "Targets and promises",
        Heading.TARGET_OF: "Target",
        Heading.TOOK_OF: "Took",
        Heading.MET: "Met",
        Heading.MISSED: "Missed",
        Heading.NOT_YET: "Not known",
        Heading.RESPONSE: "Response",
        Heading.RESTORED: "Resolution",
        Heading.BELLS: "What the clocks said",
        Heading.WHY: "Root cause",
        Heading.HOW: "How it was resolved",
        Heading.NOT_KNOWN: "Not known yet.",
        Heading.CHANGES_SEEN: "Deploys",
        Heading.NO_CHANGES: "No deploy is known to have had a part in it.",
        Heading.SUSPECTED: "suspect",
        Heading.BEFORE: "{time} before it began",
        Heading.ASKED_BY: "asked for by {who}",
        Heading.AGREED_BY: "approved by {who}",
        Heading.NO_APPROVAL: "no approval was needed",
        Heading.UNDONE_SINCE: "serves no longer",
        Heading.CALLED: "Who was called, and when",
        Heading.NOBODY_CALLED: "Nobody was called.",
        Heading.ANSWERED: "{who} after {time}",
        Heading.NO_ANSWER: "no answer",
        Heading.LISTS: "Lists",
        Heading.WHOLE: "Timeline",
        Heading.EVENT: "What",
        Heading.TASKS: "Tasks of the time",
        Heading.FOLLOW_UPS: "Follow-ups",
        Heading.NO_FOLLOW_UPS: "None were written down.",
        Heading.NO_OWNER: "nobody yet",
        Heading.LEARNT: "What we learnt",
        Heading.WELL: "What went well?",
        Heading.BADLY: "What went badly?",
        Heading.LUCKY: "Where were we lucky?",
        Heading.TO_FILL: "To be written together, without blame.",
        Heading.BELONGS: "What belongs to it",
        Heading.MADE: "Made by Signalbox from the record at {at} UTC.",
    }
)
