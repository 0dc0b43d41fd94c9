"""Sentences in English, in which every phrase is said; other languages fall back to it."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.phrases import Phrase

SENTENCES: Mapping[Phrase, str] = MappingProxyType(
    {
        # Units and lists
        Phrase.DAYS: "{count} d",
        Phrase.HOURS: "{count} h",
        Phrase.MINUTES: "{count} min",
        Phrase.SECONDS: "{count} s",
        Phrase.IN_MINUTES: "{count} minutes",
        Phrase.LIST_COMMA: ", ",
        Phrase.AND_MORE: "{shown} and {count} more",
        Phrase.MORE: "… and {count} more",
        Phrase.NOBODY: "nobody",
        Phrase.NOT_KNOWN: "not known yet",
        Phrase.EVERYTHING: "everything",
        Phrase.READ_ALL: "open",
        Phrase.CHANGES: "changes",
        # How it stands
        Phrase.DRILL: "🧪 DRILL",
        Phrase.BACKFILLED: "🗒️ WRITTEN DOWN AFTERWARDS",
        Phrase.PRIVATE: "🔒 PRIVATE",
        Phrase.BEGAN: "· began {at}",
        Phrase.SINCE: "· {at}",
        Phrase.OFFERED_TO: "🤝 lead offered to {who}",
        Phrase.SLA_RESPONSE: "ack {how}",
        Phrase.SLA_RESOLUTION: "resolve {how}",
        Phrase.TOOK: "{took} of {allowed}",
        Phrase.DUE_BY: "by {at} ({allowed})",
        Phrase.BY: "by {who}",
        Phrase.APPROVED_BY: "approved by {who}",
        Phrase.BEFORE_ONSET: "{length} before start",
        Phrase.AFTER_ONSET: "{length} after start",
        Phrase.UNDONE: "serves no longer",
        Phrase.UNDER_WAY: "still under way",
        Phrase.FROZEN_UNTIL: "❄️ deploys of {what} frozen until {until}",
        Phrase.GOES_ON_IN: "🔗 It goes on in {ref}.",
        Phrase.ROLL_BACK_THIS: "Roll back {version}…",
        Phrase.USE_THIS_RUNBOOK: "Use runbook: {title}",
        # The three templates
        Phrase.ALERT: "Incident alert · {ref}",
        Phrase.NOT_KNOWN_YET: "not known yet",
        Phrase.ASSESSING: "assessing",
        Phrase.TARGET: "target {at}",
        Phrase.NOBODY_YET: "nobody yet",
        Phrase.IN_ROOM: "in {room}",
        Phrase.DECLARED_BY: "declared by {who}",
        Phrase.REDACTED: "🔒 {ref} is private now. Whoever works on it sees it in its own channel.",
        Phrase.CLOSED_CHANNEL: (
            "{ref} is private now. This channel is closed: write nothing here. "
            "Those who are in it go on in a private channel."
        ),
        Phrase.LEFT_CHANNEL: (
            "🔒 {ref} is private now. Write nothing about it here. "
            "Those who are in it go on in a private channel."
        ),
        Phrase.OPENED_CHANNEL: (
            "🔒 {ref} is private, and everybody can read this channel: nothing more is told here. "
            "Make it private again, or type `/incident convert {ref}` in a private channel."
        ),
        Phrase.UPDATE_HEADING: "📣 {badges}*Incident update*",
        Phrase.NO_NEXT_UPDATE: "when there is something to say",
        Phrase.RESOLVED_HEADING: "✅ {badges}*Incident resolved*",
        Phrase.RESOLVED_TEXT: "✅ {ref} is resolved after {took}:",
        Phrase.PM_PUBLISHED: "published {at}",
        Phrase.PM_DRAFTED: "drafted, not published yet",
        Phrase.PM_DUE: "due {at}",
        Phrase.PM_NEEDED: "needed",
        Phrase.PM_NOT_NEEDED: "not required for this severity",
        # Questions before something is done
        Phrase.ASK_UNDO: "{ref} goes back to triage, and its clocks run again.",
        Phrase.ASK_FREEZE: (
            "Nothing is deployed to {scope} until this is thawed or its time is over. "
            "Deploys that end this incident still pass."
        ),
        Phrase.ASK_THAW: "Deploys of what is affected go on again.",
        Phrase.ASK_ESCALATE: (
            "The next rung of the ladder is paged now, instead of when its time has come."
        ),
        Phrase.ASK_PRIVATE: (
            "{ref} will be hidden from all who are not in it. There is no way back. A "
            "channel made for it is archived without what the bot said; one that was there before "
            "stays open. What people wrote there can still be read by everybody."
        ),
        # What is said in the room
        Phrase.NOTE_NOBODY: "📟 Nobody is on duty on the rung “{word}”.",
        Phrase.NOTE_NOT_KNOWN: (
            "📟 Slack does not say who is on the rung “{word}”. They are paged as soon as it does."
        ),
        Phrase.NOTE_ACKED: "✋ {who} is on it.",
        Phrase.NOTE_MOVED: "🔀 {who}: it is *{word}* now. {detail}",
        Phrase.NOTE_SEVERITY: "🌡️ {who} set the severity to *{word}*. {detail}",
        Phrase.NOTE_ROLE: "🧭 *{word}*: {people}",
        Phrase.NOTE_HANDOFF: "🤝 {who} offers the lead to {people}.",
        Phrase.NOTE_HANDED_OVER: "🤝 {people} leads from now on.",
        Phrase.NOTE_JOINED: "👋 {people} joined.",
        Phrase.NOTE_PAGED: "📟 Paged {word}: {people}",
        Phrase.NOTE_PAGE_ACKED: "📟 {who} answered the page of {word}.",
        Phrase.NOTE_SNOOZED: "💤 {who} moved the next update to {detail}.",
        Phrase.NOTE_TASK_ADDED: "☐ *{word}* {detail}",
        Phrase.NOTE_TASK_DONE: "✅ {who} did *{word}* {detail}",
        Phrase.NOTE_DEPLOY: "🚀 {word}: {detail}",
        Phrase.LANDED: "A deploy of this incident went well",
        Phrase.FAILED: "A deploy of this incident did not go well",
        Phrase.NOTE_FROZEN: "❄️ Deploys of {word} are frozen until {detail}.",
        Phrase.NOTE_THAWED: "☀️ Deploys of {word} go on again.",
        Phrase.NOTE_RELATED: "🔗 {who} · {word}: {detail}",
        Phrase.NOTE_MERGED: "🔗 {who} says that this is one with {detail}, which goes on.",
        Phrase.NOTE_MADE_PRIVATE: (
            "🔒 {who} made this private. Write nothing about it here. "
            "Those who are in it go on in a private channel."
        ),
        Phrase.NOTE_REOPENED: "♻️ {who} took it up again: *{word}*. {detail}",
        Phrase.NOTE_CANCELLED: "🚫 {who}: *{word}*. {detail}",
        Phrase.NOTE_DECLINED: "🚫 {who}: *{word}*, this is no incident. {detail}",
        Phrase.NOTE_CLOSED: "☑️ {who}: *{word}*. {detail}",
        Phrase.NOTE_POST_MORTEM: "📝 {who} published the post-mortem. {detail}",
        Phrase.NOTE_ROOM_PROBLEM: "⚠️ {word}: {detail}",
        Phrase.NOTE_SUGGEST_RESOLVE: (
            "⏱️ {people}: mitigated since {detail}. Is it resolved? Signalbox has measured nothing."
        ),
        # What clocks say
        Phrase.BELL_UNCLAIMED: "🧭 Nobody leads this yet.",
        Phrase.BELL_RESPONSE: "🔥 Nobody has acknowledged this in time.",
        Phrase.BELL_HALF: "⏳ Half of the time to resolve it is over.",
        Phrase.BELL_NEAR: "⏳ Four fifths of the time to resolve it are over.",
        Phrase.BELL_BREACHED: "🔥 “{title}” was not resolved in time.",
        Phrase.BELL_SOON: "⏰ Next update due",
        Phrase.BELL_DUE: "⏰ The update that was promised is due.",
        Phrase.BELL_OVERDUE: "⚠️ The update that was promised is overdue.",
        Phrase.BELL_FIXED_AWHILE: "Asked whether the fix has helped.",
        Phrase.BELL_POST_MORTEM: "📝 The post-mortem is due.",
        Phrase.BELL_LADDER: "📟 Everybody on the ladder has been paged; nobody is left.",
        # What one person is told
        Phrase.PAGE_TEXT: "📟 {ref}: you are paged. {title}",
        Phrase.PAGED_AS: "📟 You are paged as *{rung}* ({at}).",
        Phrase.PAGED_BY_HAND: "📟 {who} pages you ({at}).",
        Phrase.PAGE_ANSWERED: "✅ {who} answered {at}.",
        Phrase.PAGE_OVER: "☑️ It is over; nobody needs to come.",
        Phrase.WORD_DUTIES: "🧭 You are *{role}* of {title}. What that takes:",
        Phrase.WORD_HANDOFF: "🤝 {who} offers you the lead of {title}. How it stands:",
        Phrase.WORD_CALLED_IN: "👋 {who} brought you into {title}. How it stands:",
        Phrase.WORD_UPDATE_SOON: "⏰ The next update of {title} is due {at}.",
        Phrase.WORD_UPDATE_DUE: "⏰ The update of {title} is due now.",
        Phrase.WORD_UPDATE_LATE: "⚠️ The update of {title} is overdue.",
        Phrase.WORD_CHANGED: "🔔 {title}",
        Phrase.WORD_TASK: "☐ {who} gave you something to do in {title}.",
        Phrase.WORD_ACCESS: "🔒 {who} asks to see {title}, which is private.",
        Phrase.WORD_NO_ROOM: (
            "⚠️ No room could be made for {title}. Type `/incident convert` with its "
            "reference in a channel that shall be it."
        ),
        Phrase.WORD_LEFT: "⚠️ Not all that is public of {title} could be taken back.",
        Phrase.LEFT_BY_HAND: "Ask an admin to do it by hand {rooms}, or to let the bot.",
        # Lists to tick off
        Phrase.TALLY: "{title}: {done} of {total}",
        Phrase.MORE_LINES: "… and {count} more, when these are done.",
        Phrase.LIST_GONE: "{ref} does not have this list any more.",
        Phrase.DUE: "Due {at}",
        Phrase.OVERDUE_SINCE: "⚠️ Overdue since {at}",
        Phrase.MAINTENANCE_OVERDUE: "⚠️ *{title}* was due {at}. Still open: {count}",
        Phrase.MAINTENANCE_TEXT: "{title} is overdue: {count} left",
        # Panel and lists
        Phrase.PANEL_STEER: "Steer",
        Phrase.PANEL_PEOPLE: "People",
        Phrase.PANEL_RECORD: "Record",
        Phrase.PANEL_DEPLOYS: "Deploys",
        Phrase.PANEL_AFTER: "Afterwards",
        Phrase.NO_INCIDENTS: "There is none.",
        Phrase.FOUND_FOR: "Incidents with “{words}”",
        Phrase.TASKS_OF: "{ref}: {count} of {total} to do",
        Phrase.AFTERWARDS: "_(afterwards)_",
        Phrase.SUSPECTS_OF: "Deploys before {ref} began",
        Phrase.NO_SUSPECTS: "No deploy is known that could have caused {ref}.",
        # Runbooks
        Phrase.RUNBOOKS: "Runbooks",
        Phrase.RUNBOOKS_FOR: "Runbooks for {ref}",
        Phrase.RUNBOOKS_WITH: "Runbooks with “{words}”",
        Phrase.RUNBOOKS_ALIKE: "Several runbooks have “{words}”. Which one?",
        Phrase.NO_RUNBOOKS: "There are no runbooks: whoever runs the bot has named no folder.",
        Phrase.NO_RUNBOOK_WITH: "No runbook has these words.",
        Phrase.RUNBOOK_STEPS: "{count} steps",
        Phrase.RUNBOOK_REVIEWED: "reviewed {day}",
        Phrase.RUNBOOK_FITS: "fits this incident",
        Phrase.RUNBOOK_HOW: "Typed with its name, {command} shows a runbook; in the channel of an "
        "incident it becomes a list to tick off.",
        Phrase.RUNBOOK_HERE: "📖 The room has “{title}” to tick off.",
        # All of one incident
        Phrase.TIMELINE_PAGE: "Timeline, page {page} of {pages} (page 1 has the newest)",
        Phrase.POSTMORTEM_FILE: (
            "📝 Post-mortem of {ref}, drafted from the record. Correct it, then publish it."
        ),
        Phrase.LINE_DECLARED: "declared as {word}: {text}",
        Phrase.LINE_ACKED: "acknowledged {word}",
        Phrase.LINE_HANDOFF: "lead offered to",
        Phrase.LINE_RESPONDER: "joined",
        Phrase.LINE_OWNER: "does it",
        Phrase.LINE_DONE: "done",
        Phrase.LINE_UNDONE: "not done after all",
        Phrase.LINE_ADDED: "added",
        Phrase.LINE_SNOOZED: "next update moved to",
        Phrase.LINE_FROZEN: "deploys frozen",
        Phrase.LINE_THAWED: "deploys go on",
        Phrase.LINE_PRIVATE: "made private",
        Phrase.LINE_DRAFTED: "post-mortem drafted",
        Phrase.LINE_PUBLISHED: "post-mortem published",
        Phrase.LINE_MADE: "channel made",
        Phrase.LINE_ADOPTED: "channel adopted",
        Phrase.LINE_RETIRED: "old channel archived",
        Phrase.LINE_LEFT_OPEN: "the old channel could not be archived",
        Phrase.LINE_REFUSED: "no channel could be made",
        Phrase.LINE_SUSPECT: "suspect deploy",
        # Home
        Phrase.HOME_TITLE: "Incidents and deploys",
        Phrase.HOME_MINE: "My open incidents",
        Phrase.HOME_OTHERS: "Other open incidents",
        Phrase.HOME_TASKS: "My tasks",
        Phrase.HOME_APPROVALS: "Deploys that wait for my approval",
        Phrase.HOME_FREEZES: "Freezes",
        Phrase.HOME_ON_CALL: "On call now",
        Phrase.HOME_CALM: "🌤️ Nothing is open, and nothing waits for you.",
        Phrase.HOME_PAGE: "Page {page} of {pages}",
        Phrase.APPROVAL: "{title}, asked by {who}, until {at}",
        Phrase.FREEZE: "❄️ {what} until {at}: {reason}",
        Phrase.UNTIL_THAWED: "it is thawed",
        # Answers to one person
        Phrase.DECLARED_HERE: "{mark} *{ref}* is declared.",
        Phrase.DECLARED_ROOM: "Go to {room}.",
        Phrase.DECLARED_COMING: "Its channel is being made; you are invited first.",
        Phrase.DECLARED_THREAD: "It goes on in the thread below its alert.",
        Phrase.ALREADY_KNOWN: "ℹ️ This is known already: *{ref}* {title}",
        Phrase.WRITTEN_DOWN: "🗒️ *{ref}* is written down. Nobody was paged or told.",
        Phrase.WRITTEN_NEXT: "Next: {examples}",
        Phrase.NO_ROOM_ASKED: "It has no room; `/incident convert {ref}` makes a channel its room.",
        Phrase.MAY_BE_SAME: "May be the same as what is open already:",
        Phrase.CANNOT_YET: "{ref} cannot be *{state}* yet. What is missing:",
        Phrase.LACK_ROOT_CAUSE: "the root cause",
        Phrase.LACK_RESOLUTION: "how it was resolved",
        Phrase.LACK_DEPLOY: "the end of a deploy that belongs to it",
        Phrase.LACK_REVIEW: "the post-mortem, which comes first at this severity",
        Phrase.LACK_POST_MORTEM: "a published post-mortem",
        Phrase.LACK_OWNER: "an owner for every follow-up",
        # Forms
        Phrase.FORM_DECLARE: "Declare an incident",
        Phrase.FORM_UPDATE: "Status update",
        Phrase.FORM_STATUS: "Change the status",
        Phrase.FORM_SEVERITY: "Change the severity",
        Phrase.FORM_EDIT: "Edit the incident",
        Phrase.FORM_RESOLVE: "Resolve the incident",
        Phrase.FORM_REOPEN: "Reopen the incident",
        Phrase.FORM_ROLE: "Give a role",
        Phrase.FORM_HANDOFF: "Hand off the lead",
        Phrase.FORM_PAGE: "Page somebody",
        Phrase.FORM_NOTE: "Add to the timeline",
        Phrase.FORM_TASK: "Add a task",
        Phrase.FORM_FOLLOW_UP: "Add a follow-up",
        Phrase.FORM_ROLL_BACK: "Roll a deploy back",
        Phrase.FORM_PUBLISH: "Publish the post-mortem",
        Phrase.HINT_TITLE: "What is wrong, in one line",
        Phrase.HINT_IMPACT: "What customers notice, such as “40 % of checkouts fail”",
        Phrase.HINT_SUMMARY: "What is known so far; no guesses as facts",
        Phrase.HINT_PROGRESS: "What users see first, then what is being done",
        Phrase.HINT_ETA: "Such as “one hour”, or “15:30 UTC”: everybody reads it as typed",
        Phrase.HINT_REASON: "In a few words",
        Phrase.HINT_ROOT_CAUSE: "What caused it, without blame",
        Phrase.HINT_RESOLUTION: "What ended it",
        Phrase.HINT_ENDED: "Only if customers were fine before now",
        Phrase.HINT_OVERRIDE: (
            "A deploy that belongs to it is still running. Say why that does not matter."
        ),
        Phrase.HINT_DOWNGRADE: "Needed when a P1 or P2 becomes less bad",
        Phrase.HINT_PRIVATE: "Only those who are called in see it. It is announced nowhere.",
        Phrase.HINT_RUNG: "A rung or a person, not both",
        Phrase.HINT_HANDOFF: "They get a briefing, and lead once they accept.",
        Phrase.HINT_AT: "If it was earlier than now",
        Phrase.HINT_URL: "Where it can be read, if not here",
        Phrase.HINT_ROLL_BACK: "Approvals that it takes: {count}. The exact version comes next.",
        Phrase.HINT_SAME: "May be the same. Join instead?",
        Phrase.HINT_RECENT: "Deployed shortly before:",
        Phrase.CHOOSE: "Choose",
        Phrase.MAKE_IT_PRIVATE: "Private (security, personal data)",
        Phrase.MISSING: "Still missing:",
        # For deploys
        Phrase.OPEN_HERE: "🚨 Open incidents here: {refs}",
        # Figures
        Phrase.ONE_MOMENT: "⏳ One moment …",
        Phrase.SAID_SUBSCRIBED: "🔔 You hear in private how it goes on.",
        Phrase.SAID_UNSUBSCRIBED: "🔕 You do not hear of it any more.",
        Phrase.SAID_ASKED: "✉️ Whoever leads it has been asked to let you in.",
        Phrase.SAID_DRAFTED: "📝 The post-mortem comes into its room as a file.",
        Phrase.SAID_DRAFTED_HERE: "📝 The post-mortem is drafted: `/incident export {ref}`",
        Phrase.LIST_OPEN: "Open incidents",
        Phrase.LIST_OVER: "Incidents that are over",
        Phrase.LIST_ALL: "All incidents",
        Phrase.FIGURES_OF: "{what}: the last {days} days",
        Phrase.FIGURES_COUNT: "{count} incidents, {open} open, {reopened} reopened",
        Phrase.FIGURES_MEANS: "MTTD {mttd} · MTTA {mtta} · MTTR {mttr} · MTBF {mtbf}",
        Phrase.FIGURES_TARGETS: "Answered in time {response} · resolved in time {resolution}",
        Phrase.FIGURES_WEEKS: "MTTR by week: {trend}",
        Phrase.FIGURES_CUT: (
            "⚠️ There were more incidents than were looked at; a shorter time has all of them."
        ),
        Phrase.FIGURES_SENT: "The chart is on its way to you, as a direct message.",
    }
)
