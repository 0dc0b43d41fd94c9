"""What can be typed after /incident: one table for the grammar, the help and the documentation.

As in `bot.views.verbs`: in `usage` and `examples` capital words are to be replaced. INC is the
reference of an incident; inside its room it can be left out. What steers an incident stands here;
what is written down about it, and looked at, in `record_verbs`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.incidents.record_verbs import DEPLOYS, LOOKING, RECORDS, RELATIONS
from bot.views.incidents.spelling import text_flag, value_flag, verb
from bot.views.verbs import REASON, Flag, Verb

_STATES = "investigating|identified|mitigating|monitoring|resolved|…"
_DECLARE = "[P1|P2|P3|P4] [service:SERVICE] [env:ENVIRONMENT] TITLE"
_DECLARE_FLAGS = (
    text_flag("impact", "what customers notice"),
    text_flag("summary", "what is known so far"),
    value_flag("since", "TIME", "when it began, if that was earlier", "14:05"),
    Flag(name="private", says="for those who are called in; as a title that begins so"),
    Flag(name="drill", says="an exercise, as the verb begins one"),
    Flag(name="thread", says="in a thread below the alert instead of a channel of its own"),
    Flag(name="backfill", says="over by now: written down with --since, without a form or a page"),
)

INCIDENT = Verb(
    name="",
    usage=_DECLARE,
    says=(
        "declares an incident; alone it shows the incident of this channel, or a form to declare "
        "one and what is open"
    ),
    flags=_DECLARE_FLAGS,
    examples=(
        "P1 service:{service} checkout returns 500s",
        "P2 --private tokens in a public log",
        "checkout is slow",
    ),
)

_DECLARING = (
    verb(
        "declare",
        _DECLARE,
        "declares an incident; a form asks for what is not typed",
        "declare P1 service:{service} env:{environment} checkout returns 500s",
        "declare --backfill --since 13:05 P2 service:{service} checkout was down",
        flags=_DECLARE_FLAGS,
    ),
    verb(
        "drill",
        "[P1|P2|P3|P4] [service:SERVICE] [TITLE]",
        "begins an exercise: nobody is paged or told outside of it, nothing is frozen",
        "drill",
        "drill P1 service:{service} the database is gone",
    ),
    verb("convert", "INC", "makes this channel the room of an incident", "convert INC-2026-001"),
    verb(
        "room",
        "[INC]",
        "opens a channel for an incident that has been a thread so far",
        "room INC-2026-001",
    ),
    verb("sub", "[INC] TITLE", "declares a part of an incident", "sub search is down as well"),
)

_COURSE = (
    verb("ack", "[INC]", "says that you are on it; you lead, if nobody does", "ack"),
    verb(
        "update",
        "[INC] [TEXT]",
        "tells everybody how it stands; without a text a form asks",
        "update",
        "update we are rolling back --eta 15:30 UTC --next 30m",
        flags=(
            text_flag("eta", "when it will be over"),
            value_flag("next", "DURATION", "when the next update comes", "30m"),
        ),
    ),
    verb("snooze", "[INC] [DURATION]", "moves the update that is due, this one only", "snooze 15m"),
    verb(
        "status",
        f"[INC] [{_STATES}] [REASON]",
        "moves it to another state; says what is missing where it cannot",
        "status identified the connection pool is exhausted",
        flags=(REASON,),
    ),
    verb(
        "severity",
        "[INC] [P1|P2|P3|P4] [REASON]",
        "makes it worse or less bad, and its deadlines with it; lowering needs a reason",
        "severity P1",
        "severity P3 one customer only",
        flags=(REASON,),
    ),
    verb(
        "edit",
        "[INC]",
        "corrects what it is about; without a flag a form asks",
        'edit --impact "40 % of checkouts fail"',
        flags=(
            text_flag("title", "its title"),
            text_flag("summary", "what is known"),
            text_flag("impact", "what customers notice"),
            value_flag("service", "SERVICE", "what is affected", "{service}"),
            value_flag("environment", "ENVIRONMENT", "where", "{environment}"),
        ),
    ),
    verb(
        "date",
        "[INC] occurred|detected|declared|acked|mitigated|resolved TIME",
        "corrects when something was; a moment out of order needs a reason",
        "date occurred 13:52",
        flags=(REASON,),
    ),
    verb("resolve", "[INC]", "opens the form that ends it, with what is missing", "resolve"),
    verb("reopen", "[INC] [REASON]", "takes it up again", "reopen the errors are back"),
    verb("close", "[INC] [REASON]", "closes it when everything is done", "close", flags=(REASON,)),
    verb("cancel", "[INC] [REASON]", "calls it off", "cancel it was a test", flags=(REASON,)),
    verb("accept", "[INC]", "takes it out of triage; or the lead that is offered to you", "accept"),
    verb(
        "decline",
        "[INC] [REASON]",
        "says that it is none, while it is in triage",
        "decline planned work",
        flags=(REASON,),
    ),
)

_CREW = (
    verb("lead", "[INC] [@USER]", "gives the lead to somebody, or to you", "lead", "lead @ana"),
    verb(
        "role",
        "[INC] [lead|comms|scribe [@USER]]",
        "gives a role to somebody, or to you",
        "role comms @li",
    ),
    verb(
        "handoff",
        "[INC] [@USER]",
        "offers the lead with a briefing; alone takes what was offered to you, or asks to whom",
        "handoff @kim",
    ),
    verb("join", "[INC]", "brings you into its room", "join INC-2026-001"),
    verb("page", "[INC] [RUNG|@USER]", "calls a rung of the ladder, or somebody", "page secondary"),
    verb("escalate", "[INC]", "calls the next rung of the ladder now", "escalate"),
    verb("call", "[INC] @USER…", "lets people into a private incident", "call @ana @li"),
    verb(
        "subscribe",
        "[INC] [updates|all|resolved]",
        "tells you privately how it goes on",
        "subscribe INC-2026-001 updates",
    ),
    verb("unsubscribe", "[INC]", "tells you no longer", "unsubscribe INC-2026-001"),
    verb(
        "private",
        "[INC]",
        "asks, then hides it from all who are not in it, and archives its old channel, for good",
        "private",
    ),
)

# The groups are those of the help.
INCIDENT_GROUPS: Mapping[str, tuple[Verb, ...]] = MappingProxyType(
    {
        "Declare": _DECLARING,
        "Steer": _COURSE,
        "People": _CREW,
        "Write down": RECORDS,
        "Deploys": DEPLOYS,
        "Other incidents": RELATIONS,
        "Look": LOOKING,
    }
)
# What may follow /incident as its first word; anything else declares one with that title.
INCIDENT_VERBS: Mapping[str, Verb] = MappingProxyType(
    {each.name: each for group in INCIDENT_GROUPS.values() for each in group}
)
# Other words for some of them.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "new": "declare",
        "open": "declare",
        "sev": "severity",
        "follow-up": "followup",
        "duplicate": "merge",
        "post-mortem": "postmortem",
        "acknowledge": "ack",
    }
)
