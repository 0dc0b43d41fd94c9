"""The store: documents with a version, changed by one script per transition."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar, assert_never

from adapters.redis import keys
from adapters.redis.connection import Argument, Connections, Script
from adapters.redis.documents import read
from adapters.redis.errors import translated
from bot.domain.audit import AuditEntry
from bot.domain.base import Model
from bot.domain.checklist import Checklist, checklist_key
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, NotFound
from bot.domain.history import Ending, Record
from bot.domain.lane import Lane
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.ports import Change, Document, Stored

M = TypeVar("M", bound=Model)

_COMMIT = Script("commit")
_RECOVER = Script("recover")


class RedisStore:
    """`bot.ports.Store` on Redis."""

    def __init__(self, connections: Connections) -> None:
        self._client = connections.commands

    async def deploy(self, deploy_id: str) -> Stored[Deploy]:
        """Load a deploy. Raises `NotFound`."""
        found = await self._document(keys.deploy(deploy_id), Deploy, f"Deploy {deploy_id}")
        if found is None:
            raise NotFound(f"There is no deploy {deploy_id}.")
        return found

    async def lane(self, target: str) -> Stored[Lane]:
        """Load the lane of a target; an empty one when nobody ever used it."""
        found = await self._document(keys.lane(target), Lane, f"The lane of {target}")
        return found or Stored(value=Lane(target=target), version=0)

    async def restrictions(self) -> Stored[Restrictions]:
        """Load what forbids deploys; nothing does when nobody ever said so."""
        found = await self._document(keys.RESTRICTIONS, Restrictions, "What forbids deploys")
        return found or Stored(value=Restrictions(), version=0)

    async def checklist(self, deploy_id: str, edition: int) -> Stored[Checklist]:
        """Load the checklist of a deploy's plan. Raises `NotFound`."""
        name = checklist_key(deploy_id, edition)
        found = await self._document(keys.checklist(name), Checklist, f"The checklist of {name}")
        if found is None:
            raise NotFound(f"{deploy_id} has no checklist.")
        return found

    async def review(self, deploy_id: str) -> Stored[Review]:
        """Load the review of a deploy. Raises `NotFound`."""
        found = await self._document(keys.review(deploy_id), Review, f"The review of {deploy_id}")
        if found is None:
            raise NotFound(f"{deploy_id} has nothing to review.")
        return found

    async def ledger(self, target: str, limit: int) -> tuple[Record, ...]:
        """The newest records of a target, newest first."""
        with translated(write=False):
            rows = await self._client.lrange(keys.ledger(target), 0, limit - 1)
        return tuple(read(Record, row, f"The ledger of {target}") for row in rows)

    async def _document(self, key: str, kind: type[M], name: str) -> Stored[M] | None:
        with translated(write=False):
            version, json = await self._client.hmget(key, ["v", "doc"])
        if json is None:
            return None
        return Stored(value=read(kind, json, name), version=int(version))

    async def last_completed(self, targets: Sequence[str]) -> Mapping[str, Deploy]:
        """The newest completed deploy of each target that has one."""
        if not targets:
            return {}
        with translated(write=False):
            found = await self._client.hmget(keys.LAST, list(targets))
        return {
            target: read(Deploy, json, f"The last deploy of {target}")
            for target, json in zip(targets, found, strict=True)
            if json is not None
        }

    async def commit(self, change: Change) -> str | None:
        """Write a change in one round trip. Raises `ConcurrentUpdate`."""
        named, arguments = _commit_call(change)
        answer: list[str] = await _COMMIT.run(self._client, named, arguments)
        match answer:
            case ["repeated", first]:
                return first
            case ["conflict", key]:
                raise ConcurrentUpdate(f"{key.removeprefix(keys.PREFIX)} was changed meanwhile.")
            case _:
                return None

    async def audit(self, entry: AuditEntry) -> None:
        """Append to the audit log."""
        with translated(write=True):
            await self._client.xadd(keys.audit(entry.at.date()), {"entry": entry.model_dump_json()})

    async def audit_of(self, day: date) -> list[AuditEntry]:
        """The audit log of a day, oldest first."""
        with translated(write=False):
            rows = await self._client.xrange(keys.audit(day))
        return [read(AuditEntry, fields["entry"], f"Audit entry {row}") for row, fields in rows]

    async def recover(self, now: datetime) -> int:
        """Wake every open deploy that the agenda does not know."""
        woken = await _RECOVER.run(
            self._client, [keys.DUE, keys.OPEN, keys.DUE_NUDGE], [_score(now)]
        )
        return int(woken)


def _commit_call(change: Change) -> tuple[list[str], list[Argument]]:
    """The keys and arguments of commit.lua, in the order that it reads them."""
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
    arguments: list[Argument] = [
        "1" if change.once else "",
        result,
        int(keys.ONCE_KEPT.total_seconds()),
    ]

    def group(rows: Sequence[tuple[Argument, ...]]) -> None:
        arguments.append(len(rows))
        arguments.extend(argument for row in rows for argument in row)

    named += [_key(write.value) for write in change.writes]
    group([(write.version, write.value.model_dump_json()) for write in change.writes])
    group([(item, "" if due is None else _score(due)) for item, due in change.wake.items()])
    named += [keys.outbox(entry.channel) for entry in change.entries]
    group([(entry.channel, entry.model_dump_json()) for entry in change.entries])
    named += [keys.audit(entry.at.date()) for entry in change.audit]
    group([(entry.model_dump_json(),) for entry in change.audit])
    deploys = list(_deploys(change.writes))
    group([(deploy.id, "" if deploy.over else "1") for deploy in deploys])
    landed = {record.deploy for record in change.records if record.ending is Ending.COMPLETED}
    fresh = [deploy for deploy in deploys if deploy.id in landed]
    group([(deploy.target, deploy.model_dump_json()) for deploy in fresh])
    named += [keys.ledger(record.target) for record in change.records]
    group([(record.model_dump_json(), keys.RECORDS_KEPT) for record in change.records])
    return named, arguments


def _deploys(writes: Sequence[Stored[Document]]) -> Iterator[Deploy]:
    return (write.value for write in writes if isinstance(write.value, Deploy))


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


def _score(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
