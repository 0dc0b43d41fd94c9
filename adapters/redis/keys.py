"""Every key that Signalbox keeps in Redis, and what it means.

All keys share the hash tag `{signalbox}`, so that one script may touch any of them in a cluster.

| key | type | holds | |---|---|---| | `deploy:<id>`, `lane:<target>` | hash | a document: `v` its
version, `doc` its JSON | | `open` | set | ids of deploys that are not over | | `last` | hash |
target → JSON of the newest deploy that completed there | | `due` | sorted set | deploy id → when
the worker looks at it (milliseconds since the epoch) | | `outbox:due` | sorted set | channel → when
its entries are to be delivered | | `nudge:due`, `nudge:outbox` | list | tokens that wake a blocked
worker; at most a few | | `outbox:to:<channel>` | list | entries on their way to a channel, oldest
first | | `outbox:intents` | hash | entry id → when posting it was begun | | `outbox:cards` | hash |
deploy id → where its card was posted | | `outbox:dead` | list | entries that can never be
delivered, with the reason | | `audit:<yyyymmdd>` | stream | audit entries of a day (UTC), field
`entry` | | `once:<key>` | string | the result of what happens once; kept for 24 h, the only key
that expires |
"""

from datetime import date, timedelta

PREFIX = "{signalbox}:"
ONCE_KEPT = timedelta(hours=24)

DUE = PREFIX + "due"
DUE_NUDGE = PREFIX + "nudge:due"
OUTBOX_DUE = PREFIX + "outbox:due"
OUTBOX_NUDGE = PREFIX + "nudge:outbox"
INTENTS = PREFIX + "outbox:intents"
CARDS = PREFIX + "outbox:cards"
DEAD = PREFIX + "outbox:dead"
OPEN = PREFIX + "open"
LAST = PREFIX + "last"


def deploy(deploy_id: str) -> str:
    """The document of a deploy."""
    return f"{PREFIX}deploy:{deploy_id}"


def lane(target: str) -> str:
    """The document of a target's lane."""
    return f"{PREFIX}lane:{target}"


def outbox(channel: str) -> str:
    """The entries of a channel."""
    return f"{PREFIX}outbox:to:{channel}"


def audit(day: date) -> str:
    """The audit log of a day."""
    return f"{PREFIX}audit:{day:%Y%m%d}"


def once(key: str) -> str:
    """What happened once; the empty key stands for a change that may be repeated."""
    return f"{PREFIX}once:{key}"
