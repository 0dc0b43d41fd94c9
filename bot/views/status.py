"""Services × environments as a table, with what is wrong spelled out below it."""

from collections.abc import Sequence
from typing import Any

from bot.domain.observation import Health
from bot.domain.overview import TargetStatus
from bot.views.blocks import (
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
from bot.views.mrkdwn import code, escape

_MARK = {
    Health.READY: "🟢 ready",
    Health.CHANGING: "🔵 changing",
    Health.FAILING: "🔴 failing",
    Health.UNKNOWN: "⚪ unknown",
}
_HEADINGS = ("Service", "Environment", "Version", "Traffic", "Health", "Deployed")
_SHOWN_TROUBLES = 10


def reading(count: int) -> Rendered:
    """What is shown while the clouds are asked."""
    return sentence(f"⏳ Reading {count} target{'s' if count != 1 else ''} …")


def table(statuses: Sequence[TargetStatus]) -> Rendered:
    """The overview; at most 99 targets, which is what one Slack table holds below its heading."""
    shown = statuses[: MAX_TABLE_ROWS - 1]
    rows = [[_raw(heading) for heading in _HEADINGS], *(_row(status) for status in shown)]
    blocks: list[Block] = [{"type": "table", "rows": rows}]
    blocks += _troubles(shown)
    blocks += _pinned(shown)
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


def _pinned(statuses: Sequence[TargetStatus]) -> list[Block]:
    """Targets whose traffic stays where it is although a newer revision exists."""
    stuck = [
        f"{escape(status.target.key)} stays on {code(status.split[0][0])}"
        for status in statuses
        if status.seen
        and status.seen.pinned
        and status.split
        and status.seen.newest is not None
        and status.seen.newest not in status.seen.serving
    ]
    if not stuck:
        return []
    return [context(cut(f"📌 A newer revision gets no traffic: {'; '.join(stuck)}.", MAX_SECTION))]
