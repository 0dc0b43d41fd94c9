"""Every key that Signalbox keeps in Redis, what it means, and how long it is kept.

All keys share the hash tag `{signalbox}`, so that one script may touch any of them in a cluster.

    key                   type    what                                                   kept
    deploy:<id>           hash    a deploy: `v` its version, `doc` its JSON              story
    review:<id>           hash    the review of a deploy that nobody approved, likewise  story
    checklist:<name>      hash    the checklist of a plan (<deploy>.<edition>), likewise story
    outbox:cards:<id>     hash    name of a message about a deploy, an incident or a     story
                                  maintenance list → where it was posted, as JSON
    lane:<target>         hash    the lane of a target, as a deploy                      always
    restrictions          hash    locks, freezes and denied versions, as a deploy        always
    ledger:<target>       list    how deploys of a target ended, as JSON, newest first   1000
    last                  hash    target → JSON of the newest deploy that landed there   always
    incident:<ref>        hash    an incident, as a deploy; `ix` has what it is found    always
                                  by, one per line: its position and its terms
    timeline:<ref>        list    the lines of an incident's timeline, as JSON, as they  always
                                  were written
    incidents:index       zset    “<term> <position>” of every incident, all with score  always
                                  0: in the order of the text (see `index`)
    incidents:count:<y>   string  the highest number of an incident of a year (UTC)      always
    binding:<name>        hash    whose channel:<id> or dedup:<key> is, or which has   always
                                  left:<id>, as a deploy
    maintenance:<rule>    hash    when a maintenance list comes up next, as a deploy     always
    maintenance:run:<id>  hash    a list as it came up once, as a deploy                 90 days
    roster:<group>        hash    who was in a group of the catalog last, as a deploy    always
    open                  zset    what is not over (deploy id, review:<id>, incident's   always
                                  ref, room:<ref>, maintenance:<rule>) → when it is due
                                  (+inf: never)
    due                   zset    the same → when the worker looks at it; for one that   always
                                  a worker has claimed, when its lease ends
    outbox:to:<channel>   list    entries on their way to a channel, as JSON, oldest     always
                                  first
    outbox:due            zset    channel → when its entries are delivered, or its       always
                                  lease ends
    outbox:begun:<ch.>    hash    entry id of a channel → when posting it was begun      entries
                                  (ISO 8601)
    outbox:dead           stream  entries that can never be delivered, and the `reason`  1000
    nudge:due             list    tokens that wake a blocked worker                      16
    nudge:outbox          list    as above                                               16
    audit:<yyyymmdd>      stream  audit entries of a day (UTC), as JSON in `entry`       400 days
    once:<key>            string  the result of what happens once                        24 hours
    asked:<key>           string  a fingerprint of what was asked for under that key     24 hours

What is kept “always” is the present state; it is bounded by the number of targets or groups, by
what is under way, or by the number of incidents. A number is how many of the newest are kept;
“entries” means until no entry is left. The audit log can be kept longer or shorter
(`SIGNALBOX_AUDIT_DAYS`). A “story” is a deploy with all that hangs on it: it has no time to live as
long as the deploy is not over or its review is not signed, and from then on `STORY_KEPT`; a
checklist waits for its deploy only. Nothing that is live ever expires.

Incidents are kept for ever, over or not, with their timelines, names and the places of their
messages: an incident of three years ago is what the next one is compared with. A maintenance list
is kept for 90 days from its last change, and so are the places of its messages. Private incidents
are stored and indexed like all others: who may see what is found is for the use cases to say. What
people wrote in a private incident can be read by whoever can read the server.

Scores are milliseconds since the epoch. When a deploy is due is said by the bot's clock, when a
lease ends by the server's; a difference between the two delays or hastens a deploy's next step and
does no other harm.
"""

from datetime import date, timedelta

PREFIX = "{signalbox}:"
# Decisions of this project.
ONCE_KEPT = timedelta(hours=24)
STORY_KEPT = timedelta(days=90)
AUDIT_KEPT = timedelta(days=400)
RECORDS_KEPT = 1000
DEAD_KEPT = 1000

# How the ids of deploys begin, among all that is open.
DEPLOY_ID = "D-"

DUE = PREFIX + "due"
DUE_NUDGE = PREFIX + "nudge:due"
OUTBOX_DUE = PREFIX + "outbox:due"
OUTBOX_NUDGE = PREFIX + "nudge:outbox"
DEAD = PREFIX + "outbox:dead"
OPEN = PREFIX + "open"
LAST = PREFIX + "last"
RESTRICTIONS = PREFIX + "restrictions"
INDEX = PREFIX + "incidents:index"
# What the key of an incident begins with, for the script that reads those which it finds.
INCIDENT = PREFIX + "incident:"


def deploy(deploy_id: str) -> str:
    """The document of a deploy."""
    return f"{PREFIX}deploy:{deploy_id}"


def lane(target: str) -> str:
    """The document of a target's lane."""
    return f"{PREFIX}lane:{target}"


def checklist(name: str) -> str:
    """The document of a checklist."""
    return f"{PREFIX}checklist:{name}"


def review(deploy_id: str) -> str:
    """The document of a review."""
    return f"{PREFIX}review:{deploy_id}"


def incident(ref: str) -> str:
    """The document of an incident."""
    return f"{INCIDENT}{ref}"


def timeline(ref: str) -> str:
    """The timeline of an incident."""
    return f"{PREFIX}timeline:{ref}"


def count(year: int) -> str:
    """How many numbers of a year were given out."""
    return f"{PREFIX}incidents:count:{year}"


def binding(name: str) -> str:
    """Whose a name is."""
    return f"{PREFIX}binding:{name}"


def maintenance(rule: str) -> str:
    """When the list of a maintenance rule comes up next."""
    return f"{PREFIX}maintenance:{rule}"


def maintenance_run(run: str) -> str:
    """A maintenance list that came up."""
    return f"{PREFIX}maintenance:run:{run}"


def roster(group: str) -> str:
    """Who was in a group when that was asked last."""
    return f"{PREFIX}roster:{group}"


def ledger(target: str) -> str:
    """The ledger of a target."""
    return f"{PREFIX}ledger:{target}"


def outbox(channel: str) -> str:
    """The entries of a channel."""
    return f"{PREFIX}outbox:to:{channel}"


def begun(channel: str) -> str:
    """What of a channel's entries has been begun to be posted."""
    return f"{PREFIX}outbox:begun:{channel}"


def cards(story: str) -> str:
    """Where the messages about a deploy, an incident or a maintenance list stand."""
    return f"{PREFIX}outbox:cards:{story}"


def audit(day: date) -> str:
    """The audit log of a day."""
    return f"{PREFIX}audit:{day:%Y%m%d}"


def once(key: str) -> str:
    """What happened once; the empty key stands for a change that may be repeated."""
    return f"{PREFIX}once:{key}"


def asked(key: str) -> str:
    """What was asked for, under a key of `once`."""
    return f"{PREFIX}asked:{key}"
