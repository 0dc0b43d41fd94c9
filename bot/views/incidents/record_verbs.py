"""Verbs about what an incident leaves: its record, its deploys, other incidents, and looking.

They are a part of the table in `verbs`, which says how they are written.
"""

from bot.views.incidents.spelling import choice_flag, value_flag, verb
from bot.views.verbs import Flag

RECORDS = (
    verb(
        "note",
        "[INC] [TEXT] [at TIME]",
        "puts something on the timeline",
        "note the pool is at 100 %",
        "note first alert at 14:05",
        flags=(value_flag("at", "TIME", "when it was", "14:05"),),
    ),
    verb(
        "task",
        "[INC] [list|done ID|own ID [@USER]|TEXT]",
        "something to do now: adds one, or shows, ends or takes over what there is",
        "task look at the slow queries",
        "task done T1",
    ),
    verb(
        "followup",
        "[INC] [list|done ID|own ID [@USER]|TEXT]",
        "something to do afterwards",
        "followup raise the limit of the pool",
        "followup own F1 @ana",
    ),
    verb("checklist", "[INC] [NAME]", "shows a list to tick off", "checklist"),
    verb(
        "runbook",
        "[INC] [NAME|WORDS|search WORDS]",
        "brings a runbook in, to be ticked off; alone it lists them, the fitting ones first",
        "runbook",
        "runbook high cpu",
        "runbook search connection pool",
    ),
    verb(
        "link",
        "[INC] deploy ID|incident INC|alert URL|URL [TITLE]",
        "adds what belongs to it",
        "link deploy D-7F3K2",
        "link https://grafana.example/d/1 error rate",
    ),
)

DEPLOYS = (
    verb(
        "deploys", "[INC]", "shows the deploys that may have caused it, with a way back", "deploys"
    ),
    verb("rollback", "[INC] [ID]", "shows the way back, to be confirmed", "rollback"),
    verb(
        "freeze",
        "[INC]",
        "stops deploys of what is affected; what ends the incident still passes",
        "freeze --for 2h",
        flags=(value_flag("for", "DURATION", "until it ends by itself", "2h"),),
    ),
    verb("thaw", "[INC]", "ends the freeze of the incident", "thaw"),
)

RELATIONS = (
    verb(
        "merge",
        "[INC] INTO",
        "says that it is one with another, which goes on",
        "merge INC-2026-002",
    ),
    verb("relate", "[INC] OTHER", "says that another has to do with it", "relate INC-2026-002"),
)

LOOKING = (
    verb(
        "list",
        "[open|closed|all]",
        "shows incidents, newest first",
        "list",
        "list all --service {service} --severity P1",
        flags=(
            value_flag("service", "SERVICE", "of this service", "{service}"),
            choice_flag("severity", "LEVEL", "of this severity", ("p1", "p2", "p3", "p4")),
        ),
    ),
    verb(
        "search", "WORDS", "finds incidents by words of their title and summary", "search checkout"
    ),
    verb("show", "[INC]", "shows all of an incident, with its timeline", "show INC-2026-001"),
    verb(
        "postmortem",
        "[INC] [draft|publish [URL]]",
        "draws up the post-mortem from the record, or says that it is agreed on",
        "postmortem",
        "postmortem publish https://wiki.example/pm-1",
    ),
    verb(
        "export",
        "[INC]",
        "shows all of an incident as text, to be copied",
        "export --format json",
        flags=(choice_flag("format", "FORMAT", "of which kind (md)", ("md", "json", "csv")),),
    ),
    verb(
        "metrics",
        "[SERVICE]",
        "shows how well incidents are answered",
        "metrics",
        "metrics {service} --days 90",
        "metrics --chart",
        flags=(
            value_flag("days", "NUMBER", "how far back (30)", "90"),
            Flag(name="chart", says="as a picture, sent to you alone"),
        ),
    ),
    verb("repair", "[INC]", "makes again what is missing in its room", "repair"),
)
