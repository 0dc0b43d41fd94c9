"""Maintenance lists: put into their channels on schedule, ticked off, and called when overdue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.errors import ConcurrentUpdate, NotFound
from bot.domain.incident_policy import MaintenanceRule
from bot.domain.incidents.messages import MaintenanceCard, MaintenanceOverdue
from bot.domain.incidents.procedures import Procedure
from bot.domain.maintenance import (
    MaintenanceRun,
    MaintenanceSchedule,
    next_run,
    overdue,
    run_of,
)
from bot.domain.message import Entry, entry_of
from bot.ports import (
    Change,
    Clock,
    Directory,
    Ids,
    Incidents,
    Store,
    Stored,
    maintenance_item,
)
from bot.usecases.transitions import RACES


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Keeps the lists of the configuration going; `rules` are those lists."""

    rules: tuple[MaintenanceRule, ...]
    store: Store
    incidents: Incidents
    directory: Directory
    clock: Clock
    ids: Ids

    async def arrange(self) -> int:
        """Put every rule that is new on the agenda; returns how many were."""
        fresh = 0
        for rule in self.rules:
            if await self.incidents.schedule(rule.name) is not None:
                continue
            first = MaintenanceSchedule(rule=rule.name, next_at=next_run(rule, self.clock.now()))
            change = Change(
                writes=(Stored(value=first, version=0),),
                wake={maintenance_item(rule.name): first.next_at},
            )
            try:
                await self.store.commit(change)
            except ConcurrentUpdate:
                continue  # another replica was first
            fresh += 1
        return fresh

    async def tick(self, rule_name: str) -> None:
        """Do what is due for a rule: call its newest list overdue, and bring the next one up.

        A list that was to come up while nothing ran comes up once, now. A rule that is gone from
        the configuration leaves the agenda. Raises `ConcurrentUpdate`.
        """
        rule = next((each for each in self.rules if each.name == rule_name), None)
        if rule is None:
            await self.store.commit(Change(writes=(), wake={maintenance_item(rule_name): None}))
            return
        stored = await self.incidents.schedule(rule.name)
        if stored is None:
            await self.arrange()
            return
        now = self.clock.now()
        if now >= stored.value.next_at:
            await self._bring_up(rule, stored, now)
            return
        last = await self._last(stored.value)
        if last is not None and overdue(last.value, now):
            await self._call(stored, last)
            return
        await self.store.commit(
            Change(writes=(), wake={maintenance_item(rule.name): _next(stored.value, last)})
        )

    async def line(
        self, identity: Identity, run_id: str, item: str, *, undone: bool = False
    ) -> MaintenanceRun:
        """Tick a line of a list off, or take that back.

        Raises `NotPermitted` for people who are not of the workspace, and `NotFound`.
        """
        actor = await self.directory.actor(identity.user, identity.team)

        def decide(procedure: Procedure) -> Procedure:
            if undone:
                return procedure.untick(item)
            return procedure.tick(item, actor.id, self.clock.now())

        for _ in range(RACES):
            try:
                return await self._changed(run_id, actor, item, decide)
            except ConcurrentUpdate:
                continue
        raise ConcurrentUpdate("This list is being ticked off by several people at once.")

    async def _changed(
        self, run_id: str, actor: Actor, item: str, decide: Callable[[Procedure], Procedure]
    ) -> MaintenanceRun:
        stored = await self.incidents.maintenance(run_id)
        procedure = decide(stored.value.procedure)
        if procedure == stored.value.procedure:
            return stored.value
        after = stored.value.model_copy(update={"procedure": procedure})
        verb = "Ticked" if procedure.ticked(item) else "Unticked"
        await self.store.commit(
            Change(
                writes=(Stored(value=after, version=stored.version),),
                entries=(self._entry(after.channel, MaintenanceCard(run=run_id)),),
                audit=(self._audit(actor.id, verb, after, item),),
            )
        )
        return after

    async def _bring_up(
        self, rule: MaintenanceRule, stored: Stored[MaintenanceSchedule], now: datetime
    ) -> None:
        """Post the list. One before it that nobody finished is called first: it is over now."""
        run = run_of(rule, stored.value.next_at).model_copy(
            update={"due": now + rule.within, "posted": now}
        )
        schedule = MaintenanceSchedule(rule=rule.name, next_at=next_run(rule, now), last=run.id)
        entries = [self._entry(run.channel, MaintenanceCard(run=run.id))]
        writes: list[Stored[MaintenanceRun] | Stored[MaintenanceSchedule]] = [
            Stored(value=schedule, version=stored.version),
            Stored(value=run, version=0),
        ]
        last = await self._last(stored.value)
        if last is not None and not last.value.done and not last.value.called:
            called = last.value.model_copy(update={"called": True})
            writes.append(Stored(value=called, version=last.version))
            entries = [*self._calling(called), *entries]
        await self.store.commit(
            Change(
                writes=tuple(writes),
                entries=tuple(entries),
                wake={maintenance_item(rule.name): min(schedule.next_at, run.due)},
                audit=(self._audit(ENGINE, "Posted", run),),
            )
        )

    async def _call(
        self, stored: Stored[MaintenanceSchedule], last: Stored[MaintenanceRun]
    ) -> None:
        called = last.value.model_copy(update={"called": True})
        await self.store.commit(
            Change(
                writes=(Stored(value=called, version=last.version),),
                entries=self._calling(called),
                wake={maintenance_item(called.rule): stored.value.next_at},
                audit=(self._audit(ENGINE, "Overdue", called),),
            )
        )

    async def _last(self, schedule: MaintenanceSchedule) -> Stored[MaintenanceRun] | None:
        """The run that came up last; None when there is none, or it is not kept any more."""
        if schedule.last is None:
            return None
        try:
            return await self.incidents.maintenance(schedule.last)
        except NotFound:
            return None

    def _calling(self, run: MaintenanceRun) -> tuple[Entry, ...]:
        """What is said of a list that is overdue, and its card that shows so."""
        return (
            self._entry(run.channel, MaintenanceOverdue(run=run.id)),
            self._entry(run.channel, MaintenanceCard(run=run.id)),
        )

    def _entry(self, channel: str, message: MaintenanceCard | MaintenanceOverdue) -> Entry:
        return entry_of(self.ids.token(), channel, message)

    def _audit(self, actor: str, verb: str, run: MaintenanceRun, detail: str = "") -> AuditEntry:
        return AuditEntry(
            at=self.clock.now(), actor=actor, action=verb, subject=run.id, detail=detail
        )


def _next(schedule: MaintenanceSchedule, last: Stored[MaintenanceRun] | None) -> datetime:
    """When a rule has to be looked at again."""
    waits = last is not None and not last.value.done and not last.value.called
    return min(schedule.next_at, last.value.due) if waits and last else schedule.next_at
