"""What a deploy is and how it stands, in a title, a headline and a sentence or two."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.deploy import Deploy
from bot.domain.events import Cause
from bot.domain.history import Kind
from bot.domain.states import State
from bot.views.mrkdwn import clock, code, user, when, words
from bot.views.steps import done_at, served_before

S = State
_NAME = 60
_SHOWN_REASONS = 5

_HEADLINES: Mapping[State, str] = MappingProxyType(
    {
        S.REQUESTED: "⏳ Planning",
        S.CHECKING: "📋 Waiting for the checklist",
        S.AWAITING_APPROVAL: "🔶 Waiting for approval",
        S.QUEUED: "⏳ Next in line",
        S.BACKING_UP: "💾 Backing up the database",
        S.STAGING: "🚀 Rolling out",
        S.TAGGING: "🚀 Rolling out",
        S.SMOKE: "🚀 Rolling out",
        S.ROUTING: "🚀 Rolling out",
        S.OBSERVING: "🚀 Rolling out",
        S.HELD: "✋ Held",
        S.ROLLING_BACK: "↩️ Rolling back",
        S.RETAINING: "✅ Deployed, the old version is kept",
        S.COMPLETED: "✅ Deployed",
        S.ROLLED_BACK: "↩️ Rolled back",
        S.CANCELLED: "🚫 Cancelled",
        S.REFUSED: "⛔ Refused",
        S.REJECTED: "⛔ Rejected",
        S.EXPIRED: "⌛ Expired",
        S.FAILED_SAFE: "❌ Failed, the old version is serving",
        S.FAILED_UNKNOWN: "❓ Failed, and the outcome is not known",
    }
)
_GOING_BACK: Mapping[State, str] = MappingProxyType(
    dict.fromkeys((S.STAGING, S.TAGGING, S.SMOKE, S.ROUTING, S.OBSERVING), "↩️ Going back")
    | {S.COMPLETED: "✅ Back", S.RETAINING: "✅ Back"}
)
_UNPINNING: Mapping[State, str] = MappingProxyType(
    dict.fromkeys((S.STAGING, S.TAGGING, S.SMOKE, S.ROUTING, S.OBSERVING), "📌 Unpinning")
    | {S.COMPLETED: "✅ Unpinned", S.RETAINING: "✅ Unpinned"}
)
_BY_KIND: Mapping[Kind, Mapping[State, str]] = MappingProxyType(
    {Kind.DEPLOY: {}, Kind.ROLLBACK: _GOING_BACK, Kind.UNPIN: _UNPINNING}
)
_CAUSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.INCONCLUSIVE: "too little evidence",
        Cause.BLOCKED: "a gate blocks it",
        Cause.NO_EVIDENCE: "the evidence cannot be read",
        Cause.CHANGED_OUTSIDE: "somebody else moved the traffic",
        Cause.PAUSED: "paused",
    }
)


def title(deploy: Deploy) -> str:
    """What is to happen, in plain text."""
    version = deploy.version if len(deploy.version) <= _NAME else f"{deploy.version[:_NAME]}…"
    match deploy.kind:
        case Kind.DEPLOY:
            return f"{deploy.service} {version} → {deploy.environment}"
        case Kind.ROLLBACK:
            return f"{deploy.service} back to {version} in {deploy.environment}"
        case Kind.UNPIN:
            return f"{deploy.service} follows the newest in {deploy.environment}"


def headline(deploy: Deploy) -> str:
    """The state in a few words, with an emoji in front and without markup."""
    said = _BY_KIND[deploy.kind].get(deploy.state) or _HEADLINES[deploy.state]
    if deploy.state is S.QUEUED and deploy.waiting_for:
        said = "⏳ In the queue"
    if deploy.state in {S.OBSERVING, S.ROUTING} and len(deploy.agreed.phases) > 1:
        return f"{said}: {deploy.present_phase.percent} %"
    if deploy.state is S.HELD and deploy.hold:
        share = f" at {deploy.trail[-1].percent} %" if deploy.trail else ""
        return f"{said}{share}: {_CAUSES[deploy.hold.cause]}"
    return said


def state_in_words(deploy: Deploy) -> str:
    """The headline without its emoji, for notifications."""
    return headline(deploy).split(" ", 1)[1]


def verdict(deploy: Deploy) -> str:
    """What follows the headline: why it is so, and what comes next. Empty when that is plain."""
    match deploy.state:
        case S.REQUESTED | S.CHECKING | S.AWAITING_APPROVAL | S.QUEUED | S.BACKING_UP:
            return _before(deploy)
        case S.OBSERVING | S.HELD | S.ROLLING_BACK:
            return _under_way(deploy)
        case S.RETAINING | S.COMPLETED:
            return _landed(deploy)
        case S.ROLLED_BACK:
            return _rolled_back(deploy)
        case S.CANCELLED | S.REFUSED | S.REJECTED | S.EXPIRED:
            return _not_done(deploy)
        case S.FAILED_SAFE:
            return f"{words(deploy.problem or '')} No traffic was moved.".strip()
        case S.FAILED_UNKNOWN:
            look = f"Look at {code(deploy.service)} in the cloud console before anything else."
            return f"{words(deploy.problem or '')} {look}".strip()
        case _:
            return ""


def _before(deploy: Deploy) -> str:
    lines = []
    if deploy.edition and deploy.cause:
        lines.append(f"🔁 A new plan: {words(deploy.cause)}. Earlier approvals do not count.")
    if deploy.state is S.CHECKING and deploy.decide_by:
        lines.append(f"Answers are awaited until {when(deploy.decide_by)}.")
    if deploy.state in {S.QUEUED, S.BACKING_UP} and deploy.blocked:
        lines.append(f"⛔ {words(deploy.blocked)} It goes on by itself when that is over.")
    return "\n".join(lines)


def _under_way(deploy: Deploy) -> str:
    if deploy.state is S.HELD and deploy.hold:
        waits = f"It waits for a decision; approvers are called at {clock(deploy.hold.until)}."
        if deploy.hold.paged:
            waits = f"📣 Approvers were called: it has waited since {when(deploy.hold.since)}."
        return f"{_why(deploy.hold.reason)}\n{waits}"
    if deploy.state is S.ROLLING_BACK:
        who = f"by {user(deploy.undone_by)}" if deploy.undone_by else "by itself"
        return f"{who}: {_why(deploy.cause)}" if deploy.cause else who
    done = done_at(deploy)
    return f"If all stays well, it is done at {clock(done)}." if done else ""


def _why(reason: str) -> str:
    """A reason; where it is several gates, each on a line of its own."""
    return "\n".join(words(part) for part in reason.split("; ")[:_SHOWN_REASONS])


def _landed(deploy: Deploy) -> str:
    plan = deploy.agreed
    lines = [f"Serving {code(plan.artifact.version)}, {code(plan.artifact.digest)}"]
    if deploy.state is S.RETAINING and deploy.keep_until:
        kept = f"{served_before(plan)} is kept until {when(deploy.keep_until)}."
        lines.append(f"{kept} It has no traffic, so it comes back cold.")
    if deploy.kind is Kind.UNPIN:
        lines.append("The newest revision gets the traffic by itself again.")
    left = plan.replaced
    if deploy.kind is Kind.ROLLBACK and left and left.digest != plan.artifact.digest:
        lines.append(_forbidden(code(left.version)))
    return "\n".join(lines)


def _rolled_back(deploy: Deploy) -> str:
    plan = deploy.agreed
    who = f" by {user(deploy.undone_by)}" if deploy.undone_by else ""
    why = f"\nWhy{who}: {_why(deploy.cause)}" if deploy.cause else (who and f"\nUndone{who}.")
    said = f"{served_before(plan)} serves again.{why}"
    if deploy.kind is not Kind.DEPLOY:
        return said
    left = f"{code(plan.artifact.version)} ({code(plan.artifact.short_digest)})"
    return f"{said}\n{_forbidden(left)}"


def _forbidden(left: str) -> str:
    """What the way back leaves behind, and the words of the command that lift it."""
    return (
        f"🔒 {left} is denied everywhere until somebody allows it (deploy allow), "
        "and this target is locked for a while (deploy unlock)."
    )


def _not_done(deploy: Deploy) -> str:
    match deploy.state:
        case S.CANCELLED:
            who = f"by {user(deploy.undone_by)}" if deploy.undone_by else "by Signalbox"
            why = f": {words(deploy.cause)}" if deploy.cause else "."
            untouched = "" if deploy.moved or deploy.trail else " No traffic was moved."
            return f"{who}{why}{untouched}"
        case S.REJECTED if deploy.decided_by:
            return f"by {user(deploy.decided_by)}: {words(deploy.problem or '')}"
        case S.EXPIRED:
            asked = "decided" if deploy.approval else "answered the checklist"
            return (
                f"Nobody {asked} in time. Nothing was changed; ask again when somebody is around."
            )
        case _:
            return f"{words(deploy.problem or '', 600)} Nothing was changed.".strip()
