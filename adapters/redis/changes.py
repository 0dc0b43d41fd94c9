"""A change as the keys and arguments of commit.lua, in the order that it reads them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from adapters.redis import keys
from adapters.redis.connection import Argument
from bot.domain.checklist import Checklist, checklist_key
from bot.domain.deploy import Deploy
from bot.domain.history import Ending
from bot.domain.lane import Lane
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.ports import Change, Document, review_item

_NEVER = "+inf"
_OVER = ""

Row = tuple[Argument, ...]


def commit_call(change: Change, audit_kept: timedelta) -> tuple[list[str], list[Argument]]:
    """The keys and arguments of one change."""
    once, result = change.once or ("", "")
    named = [
        keys.DUE,
        keys.DUE_NUDGE,
        keys.OUTBOX_DUE,
        keys.OUTBOX_NUDGE,
        keys.OPEN,
        keys.LAST,
        keys.once(once),
    ]
    arguments: list[Argument] = ["1" if change.once else "", result]
    arguments += [_seconds(keys.ONCE_KEPT), _seconds(keys.STORY_KEPT), _seconds(audit_kept)]

    def group(rows: Sequence[Row]) -> None:
        arguments.append(len(rows))
        arguments.extend(argument for row in rows for argument in row)

    documents = [write.value for write in change.writes]
    named += [_key(document) for document in documents]
    group([(write.version, write.value.model_dump_json()) for write in change.writes])
    named += [_key(known.value) for known in change.unchanged]
    group([(known.version,) for known in change.unchanged])
    group([(item, "" if due is None else score(due)) for item, due in change.wake.items()])
    named += [keys.outbox(entry.channel) for entry in change.entries]
    group([(entry.channel, entry.model_dump_json()) for entry in change.entries])
    named += [keys.audit(entry.at.date()) for entry in change.audit]
    group([(entry.model_dump_json(),) for entry in change.audit])
    group([row for document in documents for row in _open(document)])
    landed = {record.deploy for record in change.records if record.ending is Ending.COMPLETED}
    deploys = [each for each in documents if isinstance(each, Deploy) and each.id in landed]
    group([(deploy.target, deploy.model_dump_json()) for deploy in deploys])
    named += [keys.ledger(record.target) for record in change.records]
    group([(record.model_dump_json(), keys.RECORDS_KEPT) for record in change.records])
    stories = [story for document in documents for story in _stories(document)]
    named += [key for key, _ in stories]
    group([ids for _, ids in stories])
    return named, arguments


def score(moment: datetime) -> int:
    """A moment as the score of a sorted set."""
    return int(moment.timestamp() * 1000)


def _key(document: Document) -> str:
    match document:
        case Deploy():
            return keys.deploy(document.id)
        case Lane():
            return keys.lane(document.target)
        case Restrictions():
            return keys.RESTRICTIONS
        case Checklist():
            return keys.checklist(document.key)
        case Review():
            return keys.review(document.deploy)
        case _:
            assert_never(document)


def _open(document: Document) -> Iterator[Row]:
    """Whether it is over, and when somebody has to look at it otherwise."""
    match document:
        case Deploy(id=name, over=over, due=due, since=since):
            # Without a time it is looked at as soon as it is missed.
            yield name, _OVER if over else score(due or since)
        case Review(deploy=deploy, open=waits, overdue=overdue, due=due):
            # Those who have to review it were called already: it waits for them only.
            waiting: Argument = _NEVER if overdue else score(due)
            yield review_item(deploy), waiting if waits else _OVER
        case _:
            return


def _stories(document: Document) -> Iterator[tuple[str, tuple[str, str]]]:
    """The keys that live as long as one of two things is open; see `keys`."""
    match document:
        case Deploy(id=name, edition=edition):
            yield from _story(name)
            for each in range(edition + 1):
                yield keys.checklist(checklist_key(name, each)), (name, name)
        case Review(deploy=name):
            yield from _story(name)
        case Checklist(deploy=name):
            yield keys.checklist(document.key), (name, name)
        case _:
            return


def _story(deploy: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for key in (keys.deploy(deploy), keys.review(deploy), keys.cards(deploy)):
        yield key, (deploy, review_item(deploy))


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
