"""Services × environments as a table, with what is wrong spelled out below it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.observation import Health
from bot.domain.overview import Guarded, TargetStatus
from bot.views.blocks import (
    MAX_FIELD,
    MAX_SECTION,
    MAX_TABLE_ROWS,
    Block,
    Rendered,
    context,
    cut,
    rendered,
    section,
    sentence,
)
from bot.views.incidents.deploys import open_incidents_line
from bot.views.mrkdwn import code, escape, user, when, words

_MARK = {
    Health.READY: "🟢 ready",
    Health.CHANGING: "🔵 changing",
    Health.FAILING: "🔴 failing",
    Health.UNKNOWN: "⚪ unknown",
}
_HEADINGS = ("Service", "Environment", "Version", "Traffic", "Health", "Deployed")
_SHOWN_TROUBLES = 10
_SHOWN_HOLDS = 15


def reading(count: int) -> Rendered:
    """What is shown while the clouds are asked."""
    return sentence(f"⏳ Reading {count} target{'s' if count != 1 else ''} …")


def table(
    statuses: Sequence[TargetStatus], guards: Mapping[str, Guarded], command: str
) -> Rendered:
    """The overview; at most 99 targets, which is what one Slack table holds below its heading.

    `guards` says by target key what holds deploys up, `command` is the deploy command's name.
    """
    shown = statuses[: MAX_TABLE_ROWS - 1]
    rows = [[_raw(heading) for heading in _HEADINGS], *(_row(status) for status in shown)]
    blocks: list[Block] = [{"type": "table", "rows": rows}]
    blocks += _troubles(shown)
    blocks += _incidents(shown, guards)
    blocks += _held_up(shown, guards)
    blocks += _splits(shown, command)
    blocks += _pinned(shown, command)
    if len(statuses) > len(shown):
        more = len(statuses) - len(shown)
        blocks.append(context(f"{more} more targets: ask for one service to see them."))
    return rendered(_summary(statuses), blocks)


def _summary(statuses: Sequence[TargetStatus]) -> str:
    counts = [
        f"{sum(status.health is health for status in statuses)} {health.value}"
        for health in Health
        if any(status.health is health for status in statuses)
    ]
    return f"{len(statuses)} targets: {', '.join(counts)}"


def _row(status: TargetStatus) -> list[Block]:
    split = status.split
    versions = " + ".join(version for version, _ in split) or "unknown"
    shares = " / ".join(f"{share} %" for _, share in split) or "unknown"
    return [
        _raw(status.target.service),
        _raw(status.target.environment),
        _raw(versions),
        _raw(shares),
        _raw(_MARK[status.health]),
        _deployed(status),
    ]


def _deployed(status: TargetStatus) -> Block:
    if status.ours is None:
        return _raw("not by Signalbox" if status.seen else "unknown")
    moment = status.ours.since
    parts: list[dict[str, Any]] = [
        {"type": "user", "user_id": status.ours.requested_by},
        {"type": "text", "text": " "},
        {
            "type": "date",
            "timestamp": int(moment.timestamp()),
            "format": "{date_short_pretty} {time}",
            "fallback": f"{moment:%Y-%m-%d %H:%M} UTC",
        },
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def _raw(text: str) -> Block:
    return {"type": "raw_text", "text": text or " "}


def _troubles(statuses: Sequence[TargetStatus]) -> list[Block]:
    troubled = [status for status in statuses if status.trouble]
    lines = [
        f"*{escape(status.target.key)}*: {escape(status.trouble or '')}"
        for status in troubled[:_SHOWN_TROUBLES]
    ]
    if len(troubled) > _SHOWN_TROUBLES:
        lines.append(f"… and {len(troubled) - _SHOWN_TROUBLES} more.")
    return [section(cut("\n".join(lines), MAX_SECTION))] if lines else []


def _incidents(statuses: Sequence[TargetStatus], guards: Mapping[str, Guarded]) -> list[Block]:
    """What is broken at the moment, each once."""
    found = {
        incident.ref: incident
        for status in statuses
        for incident in guards.get(status.target.key, Guarded()).incidents
    }
    line = open_incidents_line(tuple(found.values()))
    return [section(cut(line, MAX_SECTION))] if line else []


def _held_up(statuses: Sequence[TargetStatus], guards: Mapping[str, Guarded]) -> list[Block]:
    """Locks of targets, and freezes of environments, also the ones that come soon."""
    lines: dict[str, None] = {}
    for status in statuses:
        held = guards.get(status.target.key, Guarded())
        for lock in held.locks:
            how = "held after" if lock.by_deploy else "locked by"
            lines[
                f"🔒 *{escape(lock.target)}* {how} {user(lock.owner)} until {when(lock.until)}: "
                f"{words(lock.reason)}"
            ] = None
        environment = f"*{escape(status.target.environment)}*"
        if held.frozen:
            until = (
                f"until {when(held.frozen.until)}" if held.frozen.until else "until it is thawed"
            )
            what = f"*{escape(status.target.key)}*" if held.frozen.service else environment
            lines[f"❄️ {what} frozen {until}: {words(held.frozen.reason)}"] = None
        elif held.upcoming:
            begins = when(held.upcoming.begins)
            lines[f"🗓️ {environment} freezes {begins}: {words(held.upcoming.reason)}"] = None
    shown = list(lines)[:_SHOWN_HOLDS]
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown)} more.")
    return [section(cut("\n".join(shown), MAX_SECTION))] if shown else []


def _splits(statuses: Sequence[TargetStatus], command: str) -> list[Block]:
    """Targets whose traffic is shared, with the deploy that shares it."""
    found = [
        f"🚦 {escape(status.target.key)}: {code(status.rollout)} shares the traffic, "
        f"{code(f'{command} status {status.rollout}')} says how far it is."
        for status in statuses
        if status.rollout
    ]
    return [context(cut("\n".join(found), MAX_FIELD))] if found else []


def _pinned(statuses: Sequence[TargetStatus], command: str) -> list[Block]:
    """Targets whose traffic stays where it is: a deploy made elsewhere would serve nothing there.

    Where that has happened already it is said; for a single service also where it would happen.
    """
    pinned = [status for status in statuses if status.seen and status.seen.pinned and status.split]
    stuck = [status for status in pinned if not _serves_newest(status)]
    blocks = []
    if stuck:
        names = "; ".join(
            f"{escape(status.target.key)} stays on {code(status.split[0][0])}" for status in stuck
        )
        deploys = code(f"{command} SERVICE VERSION ENVIRONMENT")
        text = (
            f"📌 A newer revision gets no traffic: {names}. {deploys} deploys a version properly."
        )
        blocks.append(context(cut(text, MAX_FIELD)))
    calm = [status for status in pinned if _serves_newest(status)]
    if calm and len({status.target.service for status in statuses}) == 1:
        goal = calm[0].target
        names = ", ".join(escape(status.target.environment) for status in calm)
        unpin = code(f"{command} unpin {goal.service} {goal.environment}")
        text = f"📌 Pinned: {names}. {unpin} lets the traffic follow the newest revision again."
        blocks.append(context(cut(text, MAX_FIELD)))
    return blocks


def _serves_newest(status: TargetStatus) -> bool:
    seen = status.seen
    return seen is not None and (seen.newest is None or seen.newest in seen.serving)
