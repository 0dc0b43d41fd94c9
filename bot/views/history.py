"""What was deployed, how it ended, and the figures of delivery."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from bot.domain.delivery_figures import OBJECTIVE_PERCENT, Figures, Success
from bot.domain.history import Ending, Kind, Record
from bot.domain.measures import Durations, Share
from bot.views.blocks import Block, Rendered, context, rendered, section, sentence
from bot.views.exports import as_csv, as_json
from bot.views.mrkdwn import code, escape, span

UNKNOWN = "unknown"
# What one looks at in a chat; the whole of it is an export.
_SHOWN = 20
_SHOWN_EXPORT = 2500
_PROBLEM = 80
_HEADINGS = ("When", "Environment", "Version", "Ended", "By", "Deploy")
_MARKS: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.COMPLETED: "✅",
        Ending.ROLLED_BACK: "↩️",
        Ending.CANCELLED: "🚫",
        Ending.REFUSED: "⛔",
        Ending.FAILED: "❌",
        Ending.UNKNOWN: "❓",
    }
)
_KINDS = {Kind.DEPLOY: "", Kind.ROLLBACK: "back to ", Kind.UNPIN: "follow the newest: "}


def table(
    service: str,
    days: int,
    records: Sequence[Record],
    figures: Mapping[str, Figures],
    cut: Sequence[str] = (),
) -> Rendered:
    """The figures of each environment, and the newest records below them.

    `cut` names targets of which older records of the period are not kept.
    """
    heading = f"{service}: the last {days} days"
    if not records:
        return sentence(f"*{escape(heading)}*\nSignalbox has not deployed anything in this time.")
    blocks: list[Block] = [section(f"*{escape(heading)}*")]
    blocks += [section(_figures(key, found)) for key, found in figures.items()]
    rows = [[_raw(name) for name in _HEADINGS], *(_row(each) for each in records[:_SHOWN])]
    blocks.append({"type": "table", "rows": rows})
    if len(records) > _SHOWN:
        blocks.append(context(f"… and {len(records) - _SHOWN} more."))
    if cut:
        kept = f"Older records of {escape(', '.join(cut))} are not kept any more."
        blocks.append(context(f"⚠️ {kept} The figures are of what is left."))
    return rendered(f"{escape(heading)}: {len(records)} deploys", blocks)


def exported(
    records: Sequence[Record], form: str, service: str, environment: str | None, days: int
) -> Rendered:
    """The first lines of an export, and how to get all of it: an answer holds no file."""
    text = as_csv(records) if form == "csv" else as_json(records)
    shown = text if len(text) <= _SHOWN_EXPORT else text[:_SHOWN_EXPORT].rpartition("\n")[0]
    place = f"{service} {environment}" if environment else service
    whole = code(f"signalbox history {place} --days {days} --format {form}", 200)
    fenced = f"```{escape(shown.replace('`', chr(39)))}```"
    lead = f"{len(records)} records. All of them, on a machine with the bot's settings: {whole}"
    return rendered(f"History of {escape(place)}", [section(lead), section(fenced)])


def _figures(key: str, found: Figures) -> str:
    week = UNKNOWN if found.per_week is None else f"{found.per_week:.1f} a week"
    return "\n".join(
        [
            f"*{escape(key)}*",
            f"Deployed {found.landed} times ({week})  ·  lead time {_typical(found.lead_time)}",
            f"Change failures {_share(found.change_failures)}  ·  "
            f"restored in {_typical(found.time_to_restore)}",
            f"Success {_share(found.success)}  ·  {_objective(found.success)}",
        ]
    )


def _typical(found: Durations) -> str:
    """The median and the 90th percentile, and how many are not known."""
    if found.median is None or found.p90 is None:
        return UNKNOWN if found.unknown else "– (none)"
    missing = f", {found.unknown} {UNKNOWN}" if found.unknown else ""
    return f"{_length(found.median)} (90 %: {_length(found.p90)}{missing})"


def _length(duration: timedelta) -> str:
    return span(max(duration, timedelta(0)))


def _share(found: Share) -> str:
    if found.value is None:
        return "– (none)"
    return f"{found.count} of {found.total} ({found.value:.1%})"


def _objective(found: Success) -> str:
    goal = f"objective > {OBJECTIVE_PERCENT} %"
    match found.met:
        case True:
            return f"🟢 {goal} met"
        case False:
            return f"🔴 {goal} missed"
        case None:
            return f"⚪ {goal}: {UNKNOWN}, too few deploys to tell ({found.missing} more)"


def _row(record: Record) -> list[Block]:
    moment = record.ended
    parts: list[dict[str, Any]] = [
        {
            "type": "date",
            "timestamp": int(moment.timestamp()),
            "format": "{date_short_pretty} {time}",
            "fallback": f"{moment:%Y-%m-%d %H:%M} UTC",
        }
    ]
    problem = "" if record.landed or not record.problem else f": {record.problem[:_PROBLEM]}"
    return [
        _rich(parts),
        _raw(record.target.partition("/")[2]),
        _raw(f"{_KINDS[record.kind]}{record.version}"),
        _raw(f"{_MARKS[record.ending]} {record.ending.value}{problem}"),
        _rich([{"type": "user", "user_id": record.requested_by}]),
        _raw(record.deploy),
    ]


def _rich(parts: list[dict[str, Any]]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def _raw(text: str) -> Block:
    return {"type": "raw_text", "text": text or " "}
