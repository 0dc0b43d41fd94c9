"""The steps of a rollout as a short list that fills up as it goes."""

from bot.domain.deploy import Deploy, State
from bot.views.mrkdwn import code, joined

DONE, NOW, LATER, BROKEN = "✅", "⏳", "▫️", "❌"
_ORDER = (State.REQUESTED, State.QUEUED, State.STAGING, State.TAGGING, State.ROUTING)


def progress(deploy: Deploy) -> str:
    """One line a step, marked done, running, to come or broken."""
    labels = {
        State.REQUESTED: "Plan: digest and what serves now",
        State.QUEUED: _queue(deploy),
        State.STAGING: f"New revision, ready at 0 %{_revision(deploy)}",
        State.TAGGING: "Private address for it",
        State.ROUTING: "All traffic to it, confirmed by the cloud",
    }
    reached = _reached(deploy)
    lines = []
    for place, state in enumerate(_ORDER):
        if deploy.state is State.COMPLETED or place < reached:
            mark = DONE
        elif place > reached:
            mark = LATER
        else:
            mark = BROKEN if deploy.over else NOW
        lines.append(f"{mark} {labels[state]}")
    return "\n".join(lines)


def _reached(deploy: Deploy) -> int:
    """The place of the running step; for a deploy that failed, of the step that broke."""
    if deploy.state in _ORDER:
        return _ORDER.index(deploy.state)
    if deploy.plan is None:
        return 0
    if deploy.turn == 0:
        return 1
    if deploy.revision is None:
        return 2
    # The tag is written by the second write of a turn, the traffic by the third.
    return min(deploy.step, 3) + 1


def _queue(deploy: Deploy) -> str:
    if deploy.waiting_for:
        ahead = joined([code(other) for other in deploy.waiting_for])
        return f"Its turn, after {ahead}"
    return "Its turn on this target"


def _revision(deploy: Deploy) -> str:
    return f": {code(deploy.revision)}" if deploy.revision else ""
