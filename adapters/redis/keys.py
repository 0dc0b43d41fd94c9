"""Every key that Signalbox keeps in Redis, and what it means.

All keys share the hash tag `{signalbox}`, so that one script may touch any of them in a cluster.

    deploy:<id>           hash     a deploy: `v` its version, `doc` its JSON
    lane:<target>         hash     the lane of a target, as above
    restrictions          hash     locks, freezes and denied versions, as above
    checklist:<name>      hash     the checklist of a plan (<deploy>.<edition>), as above
    review:<id>           hash     the review of a deploy that nobody approved, as above
    ledger:<target>       list     how deploys of a target ended, as JSON, newest first; the newest
                                   1000 are kept
    open                  set      ids of deploys that are not over
    last                  hash     target → JSON of the newest deploy that landed there
    due                   zset     deploy id or review:<id> → when the worker looks at it; for one
                                   that a worker has claimed, when its lease ends
    outbox:to:<channel>   list     entries on their way to a channel, as JSON, oldest first
    outbox:due            zset     channel → when its entries are delivered, or its lease ends
    outbox:intents        hash     entry id → when posting it was begun (ISO 8601)
    outbox:cards          hash     name of a card → where it was posted, as JSON
    outbox:dead           stream   entries that can never be delivered, and the `reason`
    nudge:due             list     tokens that wake a blocked worker; at most 16
    nudge:outbox          list     as above
    audit:<yyyymmdd>      stream   audit entries of a day (UTC), as JSON in `entry`
    once:<key>            string   the result of what happens once; kept for 24 h, and the only
                                   key that expires

Scores are milliseconds since the epoch. When a deploy is due is said by the bot's clock, when a
lease ends by the server's; a difference between the two delays or hastens a deploy's next step and
does no other harm.
"""

from datetime import date, timedelta

PREFIX = "{signalbox}:"
ONCE_KEPT = timedelta(hours=24)
RECORDS_KEPT = 1000

DUE = PREFIX + "due"
DUE_NUDGE = PREFIX + "nudge:due"
OUTBOX_DUE = PREFIX + "outbox:due"
OUTBOX_NUDGE = PREFIX + "nudge:outbox"
INTENTS = PREFIX + "outbox:intents"
CARDS = PREFIX + "outbox:cards"
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


def audit(day: date) -> str:
    """The audit log of a day."""
    return f"{PREFIX}audit:{day:%Y%m%d}"


def once(key: str) -> str:
    """What happened once; the empty key stands for a change that may be repeated."""
    return f"{PREFIX}once:{key}"
