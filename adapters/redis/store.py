"""The store: documents with a version, changed by one script per transition."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from adapters.redis import keys
from adapters.redis.changes import commit_call, score
from adapters.redis.connection import Connections, Script
from adapters.redis.documents import load, read
from adapters.redis.errors import translated
from bot.domain.audit import AuditEntry
from bot.domain.checklist import Checklist, checklist_key
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, KeyReused, NotFound
from bot.domain.history import Record
from bot.domain.lane import Lane
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.domain.roster import Roster
from bot.ports import Change, Stored

_COMMIT = Script("commit")
_RECOVER = Script("recover")


class RedisStore:
    """`bot.ports.Store` on Redis. How long what is over is kept, is said in `keys`.

    `audit_kept` is how long the audit log of a day is kept after its last entry.
    """

    def __init__(
        self, connections: Connections, *, audit_kept: timedelta = keys.AUDIT_KEPT
    ) -> None:
        self._client = connections.commands
        self._audit_kept = audit_kept

    async def deploy(self, deploy_id: str) -> Stored[Deploy]:
        """Load a deploy. Raises `NotFound`."""
        found = await load(self._client, keys.deploy(deploy_id), Deploy, f"Deploy {deploy_id}")
        if found is None:
            raise NotFound(f"There is no deploy {deploy_id}.")
        return found

    async def lane(self, target: str) -> Stored[Lane]:
        """Load the lane of a target; an empty one when nobody ever used it."""
        found = await load(self._client, keys.lane(target), Lane, f"The lane of {target}")
        return found or Stored(value=Lane(target=target), version=0)

    async def restrictions(self) -> Stored[Restrictions]:
        """Load what forbids deploys; nothing does when nobody ever said so."""
        found = await load(self._client, keys.RESTRICTIONS, Restrictions, "What forbids deploys")
        return found or Stored(value=Restrictions(), version=0)

    async def checklist(self, deploy_id: str, edition: int) -> Stored[Checklist]:
        """Load the checklist of a deploy's plan. Raises `NotFound`."""
        name = checklist_key(deploy_id, edition)
        found = await load(
            self._client, keys.checklist(name), Checklist, f"The checklist of {name}"
        )
        if found is None:
            raise NotFound(f"{deploy_id} has no checklist.")
        return found

    async def review(self, deploy_id: str) -> Stored[Review]:
        """Load the review of a deploy. Raises `NotFound`."""
        found = await load(
            self._client, keys.review(deploy_id), Review, f"The review of {deploy_id}"
        )
        if found is None:
            raise NotFound(f"{deploy_id} has nothing to review.")
        return found

    async def roster(self, group: str) -> Stored[Roster]:
        """Load who was in a group when that was asked last; nobody when it never was."""
        found = await load(self._client, keys.roster(group), Roster, f"The roster of {group}")
        return found or Stored(value=Roster(group=group), version=0)

    async def ledger(self, target: str, limit: int) -> tuple[Record, ...]:
        """The newest records of a target, newest first."""
        with translated(write=False):
            rows = await self._client.lrange(keys.ledger(target), 0, limit - 1)
        return tuple(read(Record, row, f"The ledger of {target}") for row in rows)

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

    async def unfinished(self) -> tuple[Deploy, ...]:
        """Every deploy that is not over, by its id: two round trips, however many there are."""
        with translated(write=False):
            items = await self._client.zrange(keys.OPEN, 0, -1)
            deploys = sorted(item for item in items if item.startswith(keys.DEPLOY_ID))
            async with self._client.pipeline(transaction=False) as pipe:
                for deploy_id in deploys:
                    pipe.hget(keys.deploy(deploy_id), "doc")
                found = await pipe.execute()
        named = zip(deploys, found, strict=True)
        open_ = [read(Deploy, json, f"Deploy {name}") for name, json in named if json]
        return tuple(each for each in open_ if not each.over)

    async def commit(self, change: Change) -> str | None:
        """Write a change in one round trip. Raises `ConcurrentUpdate` and `KeyReused`."""
        named, arguments = commit_call(change, self._audit_kept)
        answer: list[str] = await _COMMIT.run(self._client, named, arguments)
        match answer:
            case ["repeated", first]:
                return first
            case ["reused"]:
                raise KeyReused("This key was used for something else within the last 24 hours.")
            case ["conflict", key]:
                raise ConcurrentUpdate(f"{key.removeprefix(keys.PREFIX)} was changed meanwhile.")
            case _:
                return None

    async def audit(self, entry: AuditEntry) -> None:
        """Append to the audit log."""
        await self.commit(Change(writes=(), audit=(entry,)))

    async def audit_of(self, day: date) -> list[AuditEntry]:
        """The audit log of a day, oldest first."""
        with translated(write=False):
            rows = await self._client.xrange(keys.audit(day))
        return [read(AuditEntry, fields["entry"], f"Audit entry {row}") for row, fields in rows]

    async def recover(self, now: datetime) -> int:
        """Give everything open that the agenda does not know its place in it."""
        found = await _RECOVER.run(
            self._client, [keys.DUE, keys.OPEN, keys.DUE_NUDGE], [score(now)]
        )
        return int(found)
