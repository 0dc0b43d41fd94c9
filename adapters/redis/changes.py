"""A change as the keys and arguments of commit.lua, in the order that it reads them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from adapters.redis import keys
from adapters.redis.connection import Argument
from adapters.redis.index import declared, found_by
from bot.domain.checklist import Checklist, checklist_key
from bot.domain.deploy import Deploy
from bot.domain.history import Ending
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import parse_reference
from bot.domain.lane import Lane
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.domain.roster import Roster
from bot.ports import Change, Document, maintained, maintenance_item, review_item, roomed

_NEVER = "+inf"
_OVER = ""
# Whether a time counts when there is one already, or none yet.
_ANYWAY, _UNLESS_KNOWN, _IF_KNOWN = "", "NX", "XX"

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
        keys.INDEX,
        keys.asked(once),
    ]
    arguments: list[Argument] = ["1" if change.once else "", result, change.asked]
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
    group([*(row for each in documents for row in _open(each, change.wake)), *_woken(change)])
    landed = {record.deploy for record in change.records if record.ending is Ending.COMPLETED}
    deploys = [each for each in documents if isinstance(each, Deploy) and each.id in landed]
    group([(deploy.target, deploy.model_dump_json()) for deploy in deploys])
    named += [keys.ledger(record.target) for record in change.records]
    group([(record.model_dump_json(), keys.RECORDS_KEPT) for record in change.records])
    stories = [story for document in documents for story in _stories(document)]
    named += [key for key, _ in stories]
    group([ids for _, ids in stories])
    named += [keys.timeline(ref) for ref, _ in change.timeline]
    group([(line.model_dump_json(),) for _, line in change.timeline])
    incidents = [each for each in documents if isinstance(each, Incident)]
    named += [keys.incident(each.ref) for each in incidents]
    group([(found_by(each),) for each in incidents])
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
        case Incident():
            return keys.incident(document.ref)
        case _:
            return _other_key(document)


def _other_key(document: Binding | MaintenanceRun | MaintenanceSchedule | Roster) -> str:
    match document:
        case Binding():
            return keys.binding(document.key)
        case MaintenanceRun():
            return keys.maintenance_run(document.id)
        case MaintenanceSchedule():
            return keys.maintenance(document.rule)
        case Roster():
            return keys.roster(document.group)
        case _:
            assert_never(document)


def _open(document: Document, wake: Mapping[str, datetime | None]) -> Iterator[Row]:
    """Whether it is over, and when somebody has to look at it otherwise."""
    match document:
        case Deploy(id=name, over=over, due=due, since=since):
            # Without a time it is looked at as soon as it is missed.
            yield name, _OVER if over else score(due or since), _ANYWAY
        case Review(deploy=deploy, open=waits, overdue=overdue, due=due):
            # Those who have to review it were called already: it waits for them only.
            waiting: Argument = _NEVER if overdue else score(due)
            yield review_item(deploy), waiting if waits else _OVER, _ANYWAY
        case Incident(ref=ref, over=True):
            yield ref, _OVER, _ANYWAY
        case Incident(ref=ref) if ref in wake:
            yield ref, _looked_at(wake[ref], _NEVER), _ANYWAY
        case Incident(ref=ref):
            yield ref, score(declared(document)), _UNLESS_KNOWN
        case MaintenanceSchedule(rule=rule, next_at=next_at):
            yield maintenance_item(rule), score(next_at), _UNLESS_KNOWN
        case _:
            return


def _woken(change: Change) -> Iterator[Row]:
    """What has no document that says when it is looked at: only whoever wakes it does."""
    written = {each.value.ref for each in change.writes if isinstance(each.value, Incident)}
    for item, due in change.wake.items():
        if roomed(item) is not None or maintained(item) is not None:
            yield item, _looked_at(due, _OVER), _ANYWAY
        elif item not in written and parse_reference(item) == item:
            yield item, _looked_at(due, _NEVER), _IF_KNOWN


def _looked_at(due: datetime | None, otherwise: str) -> Argument:
    return otherwise if due is None else score(due)


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
        case MaintenanceRun(id=name):
            # It is never in the agenda: it is kept from its last change on.
            yield keys.maintenance_run(name), (name, name)
            yield keys.cards(name), (name, name)
        case _:
            return


def _story(deploy: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for key in (keys.deploy(deploy), keys.review(deploy), keys.cards(deploy)):
        yield key, (deploy, review_item(deploy))


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
