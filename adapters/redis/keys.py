"""Every key that Signalbox keeps in Redis, what it means, and how long it is kept.

All keys share the hash tag `{signalbox}`, so that one script may touch any of them in a cluster.

    key                   type    what                                                   kept
    deploy:<id>           hash    a deploy: `v` its version, `doc` its JSON              story
    review:<id>           hash    the review of a deploy that nobody approved, likewise  story
    checklist:<name>      hash    the checklist of a plan (<deploy>.<edition>), likewise story
    outbox:cards:<id>     hash    name of a message about a deploy → where it was        story
                                  posted, as JSON
    lane:<target>         hash    the lane of a target, as a deploy                      always
    restrictions          hash    locks, freezes and denied versions, as a deploy        always
    ledger:<target>       list    how deploys of a target ended, as JSON, newest first   1000
    last                  hash    target → JSON of the newest deploy that landed there   always
    open                  zset    deploy id or review:<id> that is not over → when it    always
                                  is due (+inf: never)
    due                   zset    deploy id or review:<id> → when the worker looks at    always
                                  it; for one that a worker has claimed, when its lease
                                  ends
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

What is kept “always” is the present state; it is bounded by the number of targets, or by what is
under way. A number is how many of the newest are kept; “entries” means until no entry is left. The
audit log can be kept longer or shorter (`SIGNALBOX_AUDIT_DAYS`). A “story” is a deploy with all
that hangs on it: it has no time to live as long as the deploy is not over or its review is not
signed, and from then on `STORY_KEPT`; a checklist waits for its deploy only. Nothing that is live
ever expires.

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

DUE = PREFIX + "due"
DUE_NUDGE = PREFIX + "nudge:due"
OUTBOX_DUE = PREFIX + "outbox:due"
OUTBOX_NUDGE = PREFIX + "nudge:outbox"
DEAD = PREFIX + "outbox:dead"
OPEN = PREFIX + "open"
LAST = PREFIX + "last"
RESTRICTIONS = PREFIX + "restrictions"


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


def ledger(target: str) -> str:
    """The ledger of a target."""
    return f"{PREFIX}ledger:{target}"


def outbox(channel: str) -> str:
    """The entries of a channel."""
    return f"{PREFIX}outbox:to:{channel}"


def begun(channel: str) -> str:
    """What of a channel's entries has been begun to be posted."""
    return f"{PREFIX}outbox:begun:{channel}"


def cards(deploy_id: str) -> str:
    """Where the messages about a deploy stand."""
    return f"{PREFIX}outbox:cards:{deploy_id}"


def audit(day: date) -> str:
    """The audit log of a day."""
    return f"{PREFIX}audit:{day:%Y%m%d}"


def once(key: str) -> str:
    """What happened once; the empty key stands for a change that may be repeated."""
    return f"{PREFIX}once:{key}"
