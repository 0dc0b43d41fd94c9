"""Incidents from the command line of a machine with the bot's settings: Redis alone is needed.

What is declared here gets its room, its pages and its messages from whichever bot runs, as soon as
Slack takes them. Nothing here waits for Slack. Who has the settings may do what commanders may, and
sees what is private only when they declared it themselves.
"""

import getpass
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from adapters.catalog.loading import load_catalog
from adapters.charts.painter import PillowPainter
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.store import RedisStore
from adapters.system import RandomIds, SystemClock
from bot.domain.actor import Actor, Identity
from bot.domain.errors import NotPermitted, SlackUnavailable, UsageError
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.declaring import Wish, kind_of
from bot.domain.incidents.figures_chart import figures_chart
from bot.domain.incidents.incident import Source
from bot.domain.incidents.naming import parse_reference
from bot.domain.incidents.room_events import StepResult
from bot.domain.placement import MessageRef
from bot.ports import Clock, Ids, RoomJob, Search
from bot.settings import Settings
from bot.usecases.incidents.cases import IncidentCases, IncidentWorld
from bot.usecases.incidents.suspecting import Suspecting
from bot.usecases.local_people import LOCAL_TEAM, LocalPeople, local_identity
from bot.views.incidents.exports import as_csv, as_json
from bot.views.incidents.postmortem import nameless, postmortem
from bot.views.incidents.tables import figures_text, flat, incident_table, incident_text
from commands.moments import parse_past
from commands.words import Word

_AWAY = "The command line does not ask Slack; a bot that runs does what has to be done there."
_LISTED = 50
# What ends an incident that was written down afterwards.
_ENDING = 'signalbox incident resolve {ref} --root-cause "…" --resolution "…" --ended TIME'


class _NoSlack:
    """What incidents ask of Slack, where there is none."""

    async def actor(self, _user: str, _team: str) -> Actor:
        """Nobody of Slack acts here."""
        raise NotPermitted("People of Slack act in Slack.")

    async def members(self, _groups: Sequence[str]) -> frozenset[str]:
        """Who is in a user group, only Slack knows; listed people are known all the same."""
        raise SlackUnavailable(_AWAY)

    async def perform(self, jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        """Rooms are made by a bot."""
        return tuple(StepResult(step=job.step, problem=_AWAY) for job in jobs)

    async def name_of(self, _channel: str) -> tuple[str, bool]:
        """No channel is looked at."""
        raise SlackUnavailable(_AWAY)

    async def permalink(self, _place: MessageRef) -> str | None:
        """No message has an address."""
        return None

    async def text_of(self, _place: MessageRef) -> tuple[str, str] | None:
        """No message is read."""
        return None

    async def confirm(self, _place: MessageRef) -> None:
        """No message is marked."""
        raise SlackUnavailable(_AWAY)

    async def invite(self, _channel: str, _people: frozenset[str]) -> None:
        """Nobody is invited."""
        raise SlackUnavailable(_AWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The use cases, and who asks."""

    cases: IncidentCases
    policy: IncidentPolicy
    clock: Clock
    ids: Ids
    who: Identity


async def run_incident(settings: Settings, options: Namespace) -> str:
    """Do what a command says; returns what is to be printed.

    Raises `UsageError`, `NotFound`, `NotPermitted`, `IllegalTransition`, `ConfigError` and
    `StoreUnavailable`.
    """
    async with _desk(settings) as desk:
        return await _COMMANDS[options.verb](desk, options)


@asynccontextmanager
async def _desk(settings: Settings) -> AsyncIterator[_Desk]:
    catalog = load_catalog(settings.config)
    connections = Connections(settings.redis_url.get_secret_value())
    clock, ids, nobody = SystemClock(), RandomIds(), _NoSlack()
    store = RedisStore(connections)
    commanders = catalog.incidents.commanders
    groups = frozenset({commanders} if commanders else ())
    cases = IncidentCases(
        IncidentWorld(
            catalog=catalog,
            store=store,
            incidents=RedisIncidents(connections),
            directory=LocalPeople(people=nobody, groups=groups),
            clock=clock,
            ids=ids,
            rooms=nobody,
            looks=nobody,
            team=LOCAL_TEAM,
            suspects=Suspecting(catalog=catalog, store=store).of,
            leaves_paging=True,
        )
    )
    try:
        yield _Desk(
            cases=cases,
            policy=catalog.incidents,
            clock=clock,
            ids=ids,
            who=local_identity("cli", getpass.getuser()),
        )
    finally:
        await connections.aclose()


async def _declare(desk: _Desk, options: Namespace) -> str:
    wish = Wish(
        title=options.title,
        severity=Severity(options.severity),
        service=options.service,
        environment=options.environment,
        summary=options.summary,
        impact=options.impact,
        private=options.private,
        accepted=options.accepted,
        kind=kind_of(drill=options.drill, afterwards=options.backfill),
        source=Source.CLI,
        dedup_key=options.dedup_key,
        occurred=_time(desk, options.since),
    )
    declared = await desk.cases.declaring.declare(desk.who, wish, once=desk.ids.token())
    ref = declared.incident.ref
    lines = [f"{ref} is {'open already' if declared.known else 'declared'}."]
    if declared.incident.afterwards:
        lines = [f"{ref} is written down; nobody was paged.", f"Next: {_ENDING.format(ref=ref)}"]
    lines += [
        f"It may be the same as {each.ref}: {flat(each.title)}" for each in declared.duplicates
    ]
    return "\n".join(lines) + "\n"


async def _ack(desk: _Desk, options: Namespace) -> str:
    incident = await desk.cases.responding.ack(desk.who, _ref(options))
    leads = f"{incident.lead} leads" if incident.lead else "nobody leads yet"
    return f"{incident.ref} is acknowledged; {leads}.\n"


async def _note(desk: _Desk, options: Namespace) -> str:
    noted = await desk.cases.records.note(
        desk.who, _ref(options), options.text, once=desk.ids.token()
    )
    return f"Noted on {noted.ref}.\n"


async def _resolve(desk: _Desk, options: Namespace) -> str:
    resolved = await desk.cases.responding.resolve(
        desk.who,
        _ref(options),
        options.root_cause,
        options.resolution,
        ended=_time(desk, options.ended),
    )
    return f"{resolved.ref} is resolved.\n"


async def _list(desk: _Desk, options: Namespace) -> str:
    found = await desk.cases.archive.browse(desk.who, _search(options), limit=_LISTED)
    more = "There are more; give --service or --severity.\n" if found.after else ""
    return incident_table(found.incidents) + more


async def _find(desk: _Desk, options: Namespace) -> str:
    return incident_table((await desk.cases.archive.search(desk.who, options.text)).incidents)


async def _show(desk: _Desk, options: Namespace) -> str:
    record = await desk.cases.archive.show(desk.who, _ref(options))
    return incident_text(record.incident, record.lines)


async def _postmortem(desk: _Desk, options: Namespace) -> str:
    record = await desk.cases.archive.show(desk.who, _ref(options))
    return postmortem(record.incident, record.lines, desk.policy, nameless, desk.clock.now())


async def _export(desk: _Desk, options: Namespace) -> str:
    records = await desk.cases.archive.export(desk.who, _search(options))
    match options.format:
        case "csv":
            return as_csv([each.incident for each in records])
        case "json":
            return as_json([(each.incident, each.lines) for each in records])
        case _:
            now = desk.clock.now()
            texts = (
                postmortem(each.incident, each.lines, desk.policy, nameless, now)
                for each in records
            )
            return "\n\n".join(texts)


async def _metrics(desk: _Desk, options: Namespace) -> str:
    report = await desk.cases.archive.metrics(desk.who, options.service, options.days)
    if options.chart is not None:
        chart = figures_chart(report.weeks, report.until, options.service or "all services")
        if chart is None:
            raise UsageError("There is nothing to draw.", hint="Give more --days.")
        _write(Path(options.chart), await PillowPainter().paint(chart))
    groups = {
        **{severity.value: each for severity, each in report.severities.items()},
        **report.services,
    }
    return figures_text(report.whole, groups, cut=report.cut)


_COMMANDS: Mapping[str, Callable[[_Desk, Namespace], Awaitable[str]]] = MappingProxyType(
    {
        "declare": _declare,
        "ack": _ack,
        "note": _note,
        "resolve": _resolve,
        "list": _list,
        "search": _find,
        "show": _show,
        "postmortem": _postmortem,
        "export": _export,
        "metrics": _metrics,
    }
)


def _write(file: Path, png: bytes) -> None:
    """Raises `UsageError` for a place that cannot be written to."""
    try:
        file.write_bytes(png)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error


def _search(options: Namespace) -> Search:
    return Search(
        open=None if options.all else True,
        service=options.service,
        severity=Severity(options.severity) if options.severity else None,
    )


def _time(desk: _Desk, typed: str | None) -> datetime | None:
    """When something was, as in Slack. Raises `UsageError`."""
    return None if typed is None else parse_past(Word(text=typed, column=1), desk.clock.now())


def _ref(options: Namespace) -> str:
    found = parse_reference(options.ref)
    if found is None:
        raise UsageError(
            f"“{options.ref}” is not the reference of an incident.",
            hint="References look like INC-2026-001.",
        )
    return found
