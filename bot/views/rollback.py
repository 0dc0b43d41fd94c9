"""A way back before it is taken: from what to what, and what it means."""

from collections.abc import Sequence

from bot.domain.artifact import short_digest
from bot.domain.catalog import Target
from bot.domain.history import Record, Version
from bot.views.blocks import Block, Rendered, actions, button, confirm, context, rendered, section
from bot.views.mrkdwn import code, escape, words
from bot.views.names import Action

_SHOWN_BLOCKING = 5
_NAME = 60


def proposal(
    target: Target,
    goal: Version,
    *,
    serving: Sequence[str],
    notes: Sequence[str],
    button_value: str | None,
) -> Rendered:
    """The exact goal of a way back, with the button that takes it (None: it may not be taken)."""
    digest = f" ({code(short_digest(goal.digest))})" if goal.digest else ""
    lines = [
        f"↩️ *{escape(target.service)}* in *{escape(target.environment)}* goes back to "
        f"*{code(goal.version)}*{digest}.",
        f"Now: {escape(', '.join(serving)) or 'nothing serves'}",
    ]
    blocks: list[Block] = [section("\n".join(lines))]
    if notes:
        blocks.append(section("\n".join(notes)))
    if button_value is not None:
        blocks.append(actions(f"rollback:{target.key}"[:255], _take(target, goal, button_value)))
        blocks.append(context("Nothing was changed yet."))
    return rendered(words(f"Roll {target.key} back to {goal.version}?"), blocks)


def gone() -> str:
    """The revision is not there any more."""
    return "🐢 Its revision is gone, so the image is deployed again: that takes longer."


def others(versions: Sequence[Version]) -> str:
    """Where else one can go."""
    known = ", ".join(code(each.version, _NAME) for each in versions)
    return f"Or with {code('--to VERSION')}: {known}"


def schema_risk(blocked_by: Sequence[Record], *, accepted: bool) -> str:
    """Deploys since then changed the database for good."""
    names = ", ".join(
        f"{code(each.version, _NAME)} ({code(each.deploy)})"
        for each in blocked_by[:_SHOWN_BLOCKING]
    )
    more = len(blocked_by) - _SHOWN_BLOCKING
    says = f"🛑 {names}{f' and {more} more' if more > 0 else ''} changed the database for good. "
    if accepted:
        return says + "You accept that risk; somebody else has to approve it."
    add = code("--accept-schema-risk")
    return says + f"The old version may not work with that. To go back all the same, add {add}."


def for_incident(ref: str) -> str:
    """The incident that it is to end."""
    return f"🧯 To end {code(ref)}; what becomes of it is on its timeline."


def because(reason: str) -> str:
    """Why somebody goes back."""
    return f"> {words(reason)}"


def _take(target: Target, goal: Version, value: str) -> Block:
    where, what = target.environment, f"{target.service} to {goal.version[:_NAME]}"
    return button(
        "Roll back",
        action=Action.ROLL_BACK,
        value=value,
        style="danger",
        confirm=confirm(
            f"Roll {target.service} back?"[:100],
            f"All traffic of {what} in {where}. It does not wait for freezes or for its turn.",
            yes="Roll back",
            no="Not yet",
            style="danger",
        ),
    )
