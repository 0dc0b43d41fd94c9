"""Incidents in Redis: read here, written by `RedisStore.commit`."""

from adapters.redis import keys
from adapters.redis.connection import Argument, Connections, Script
from adapters.redis.documents import load, read
from adapters.redis.errors import translated
from adapters.redis.index import following, moment, terms
from bot.domain.errors import NotFound
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.incidents.visibility import unknown_incident
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule
from bot.ports import Search, Stored

_FIND = Script("find")

# How much one script does at most, so that nobody else waits for it: documents that it reads, and
# incidents of the rarest term that it looks at. Whoever wants more asks again where it has stopped.
_READ = 200
_LOOKED_AT = 2000


class RedisIncidents:
    """`bot.ports.Incidents` on Redis.

    A page of a list or a search is one round trip. A search for several terms that hardly ever come
    together takes one more for every `_LOOKED_AT` incidents that have the rarest of them.
    """

    def __init__(self, connections: Connections) -> None:
        self._client = connections.commands

    async def incident(self, ref: str) -> Stored[Incident]:
        """Load one. Raises `NotFound`."""
        found = await load(self._client, keys.incident(ref), Incident, f"Incident {ref}")
        if found is None:
            raise unknown_incident(ref)
        return found

    async def binding(self, key: str) -> Stored[Binding]:
        """Whose a name is; nobody's when it never was anybody's."""
        found = await load(self._client, keys.binding(key), Binding, f"The owner of {key}")
        return found or Stored(value=Binding(key=key), version=0)

    async def timeline(self, ref: str) -> tuple[TimelineLine, ...]:
        """Every line of its timeline, oldest first; one that was written twice is there once."""
        with translated(write=False):
            rows = await self._client.lrange(keys.timeline(ref), 0, -1)
        # Hardly any line is written twice. Keeping the ids of all in a set, which every write asks,
        # takes 102 bytes a line on Redis 7.0 and 38 on Valkey 9; a line itself takes about 300.
        kept: dict[str, TimelineLine] = {}
        for row in rows:
            line = read(TimelineLine, row, f"The timeline of {ref}")
            kept.setdefault(line.id, line)
        return tuple(kept.values())

    async def next_number(self, year: int) -> int:
        """A number that no other incident of this year gets; one that is not used is a gap."""
        with translated(write=True):
            return int(await self._client.incr(keys.count(year)))

    async def open(self) -> tuple[Incident, ...]:
        """All that are open, newest first."""
        return await self._found(Search(open=True), None, None)

    async def find(self, search: Search, *, before: str | None, limit: int) -> tuple[Incident, ...]:
        """The newest that fit, at most `limit`; all of them when they are fewer.

        Raises `NotFound` when there is no incident `before`.
        """
        return await self._found(search, before, limit)

    async def maintenance(self, run: str) -> Stored[MaintenanceRun]:
        """Load one list that came up. Raises `NotFound`."""
        key = keys.maintenance_run(run)
        found = await load(self._client, key, MaintenanceRun, f"Maintenance list {run}")
        if found is None:
            raise NotFound("There is no maintenance list {name}.", name=run)
        return found

    async def schedule(self, rule: str) -> Stored[MaintenanceSchedule] | None:
        """When a rule's list comes up next; None when it never was put on the agenda."""
        name = f"The schedule of {rule}"
        return await load(self._client, keys.maintenance(rule), MaintenanceSchedule, name)

    async def _found(
        self, search: Search, before: str | None, limit: int | None
    ) -> tuple[Incident, ...]:
        since = moment(search.since) if search.since else ""
        until = following(search.until) if search.until else ""
        found: list[Incident] = []
        position, after = "", before or ""
        while limit is None or len(found) < limit:
            wanted = _READ if limit is None else min(limit - len(found), _READ)
            arguments: list[Argument] = [wanted, _LOOKED_AT, since, until, position, after]
            arguments += terms(search)
            named = [keys.INDEX, keys.INCIDENT]
            answer = await _FIND.run(self._client, named, arguments, write=False)
            if answer is None:
                raise unknown_incident(after)
            position, *documents = answer
            found += [read(Incident, json, "An incident") for json in documents if json]
            if not position:
                break
            after = ""
        return tuple(found)
