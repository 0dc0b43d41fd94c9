"""The steps of a rollout as a short list that fills up as it goes.

What was prepared is one line as soon as there is traffic: from then on people look at the shares.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.deploy import Deploy
from bot.domain.history import Kind
from bot.domain.plan import Plan
from bot.domain.policy import ALL, Phase
from bot.domain.rollout import needs_backup
from bot.domain.states import State
from bot.views.mrkdwn import clock, code, joined, link, span

S = State
DONE, NOW, LATER, BROKEN, DOUBT, STOPPED, WATCHED = "✅", "⏳", "▫️", "❌", "❓", "✋", "👀"
_SHOWN_SHARES = 12
_BEFORE = 4
# Below this, two moments of one bake would read the same without seconds.
_SHORT = timedelta(minutes=3)
# The way back is under way, or has been taken.
_RETURNING = frozenset({S.ROLLING_BACK, S.ROLLED_BACK})
_FAILED = frozenset({S.FAILED_SAFE, S.FAILED_UNKNOWN})


class _Step(StrEnum):
    """What is done before there is traffic; the value is its name once it is done."""

    PLAN = "plan"
    CHECKLIST = "checklist"
    TURN = "turn"
    BACKUP = "backup"
    # Which of the two failed is not kept, so neither is said to be done.
    BACKUP_OR_REVISION = "backup, revision"
    REVISION = "revision"
    ADDRESS = "address"
    SMOKE = "smoke test"


_RUNNING = {
    S.REQUESTED: _Step.PLAN,
    S.QUEUED: _Step.TURN,
    S.BACKING_UP: _Step.BACKUP,
    S.STAGING: _Step.REVISION,
    S.TAGGING: _Step.ADDRESS,
    S.SMOKE: _Step.SMOKE,
}
# Characters of a version in a question; the whole question has 300.
_PLAIN = 60


def progress(deploy: Deploy) -> str:
    """One line a step, marked done, running, to come or broken."""
    steps = list(_steps(deploy))
    present = _present(deploy)
    if present is None:
        return "\n".join([_prepared(deploy, steps), *_shares(deploy), *_return(deploy)])
    if present not in steps:
        present = steps[-1]
    place = steps.index(present)
    lines = [f"{DONE} {_label(deploy, step)}" for step in steps[:place]]
    lines.append(f"{_mark(deploy)} {_running(deploy, present)}")
    if deploy.state not in _RETURNING | _FAILED:
        lines += [f"{LATER} {_label(deploy, step)}" for step in steps[place + 1 :]]
        lines += _shares(deploy)
    return "\n".join([*lines, *_return(deploy)])


def _steps(deploy: Deploy) -> Iterator[_Step]:
    """The steps that this deploy has."""
    plan, new = deploy.plan, deploy.kind is Kind.DEPLOY
    yield _Step.PLAN
    asked = plan is not None and new and any(item.ask for item in plan.checklist.pre)
    if asked and not deploy.terms.break_glass:
        yield _Step.CHECKLIST
    yield _Step.TURN
    saved = plan is not None and needs_backup(deploy, plan)
    if saved and deploy.state in _FAILED and deploy.revision is None:
        yield _Step.BACKUP_OR_REVISION
        return
    if saved:
        yield _Step.BACKUP
    yield _Step.REVISION
    if new or deploy.preview:
        yield _Step.ADDRESS
    if plan and new and plan.strategy.smoke:
        yield _Step.SMOKE


def _present(deploy: Deploy) -> _Step | None:
    """The running step, or the one that broke; None when there has been traffic since."""
    if deploy.state in _RUNNING:
        return _RUNNING[deploy.state]
    if deploy.moved or deploy.trail or deploy.landed or deploy.state is S.ROUTING:
        return None
    if deploy.plan is None:
        return _Step.PLAN
    if deploy.turn == 0:
        return _Step.TURN
    if deploy.revision is None:
        return _Step.REVISION
    # Without a smoke test, the address is followed by traffic at once.
    return _Step.SMOKE if deploy.preview else _Step.ADDRESS


def _mark(deploy: Deploy) -> str:
    if deploy.state is S.FAILED_UNKNOWN:
        return DOUBT
    if deploy.state is S.HELD:
        return STOPPED
    return BROKEN if deploy.over or deploy.state is S.ROLLING_BACK else NOW


def _running(deploy: Deploy, step: _Step) -> str:
    """The step that runs or broke, with what is known of it."""
    if step is _Step.TURN and deploy.waiting_for:
        return f"Its turn, after {joined([code(other) for other in deploy.waiting_for[:3]])}"
    return _label(deploy, step)


def _label(deploy: Deploy, step: _Step) -> str:
    match step:
        case _Step.PLAN:
            return "Plan: digest and what runs now"
        case _Step.CHECKLIST:
            return "Checklist answered"
        case _Step.TURN:
            return "Its turn on this target"
        case _Step.BACKUP:
            return "Backup of the database"
        case _Step.BACKUP_OR_REVISION:
            return "Backup of the database, then the new revision"
        case _Step.REVISION:
            return f"{_revision_word(deploy)}{_named(deploy)}"
        case _Step.ADDRESS:
            return _address(deploy, "Address of its own")
        case _Step.SMOKE:
            return "Smoke test"


def _revision_word(deploy: Deploy) -> str:
    return "New revision at 0 %" if deploy.kind is Kind.DEPLOY else "Revision to go to"


def _named(deploy: Deploy) -> str:
    return f": {code(deploy.revision)}" if deploy.revision else ""


def _address(deploy: Deploy, label: str) -> str:
    return link(deploy.preview, label) if deploy.preview else label


def _prepared(deploy: Deploy, steps: list[_Step]) -> str:
    """All that came before the traffic, on one line."""
    names = []
    for step in steps:
        match step:
            case _Step.REVISION:
                names.append(f"revision {code(deploy.revision)}" if deploy.revision else step.value)
            case _Step.ADDRESS:
                names.append(_address(deploy, step.value))
            case _:
                names.append(step.value)
    line = " · ".join(names)
    return f"{DONE} {line[:1].upper()}{line[1:]}"


def _shares(deploy: Deploy) -> list[str]:
    """The shares of the traffic; of very many, those around the present one."""
    plan = deploy.plan
    if plan is None:
        return [f"{LATER} Traffic"]
    if deploy.landed and len(plan.phases) > 1:
        return [_all_shares(deploy, plan)]
    numbered = list(enumerate(plan.phases))
    if deploy.state in _RETURNING | _FAILED:
        numbered = numbered[: deploy.phase + 1]
    first = max(0, min(deploy.phase - _BEFORE, len(numbered) - _SHOWN_SHARES))
    shown = numbered[first : first + _SHOWN_SHARES]
    lines = [_share(deploy, number, phase) for number, phase in shown]
    rest = len(numbered) - first - len(shown)
    before = [f"{DONE} {first} smaller share{'s' if first > 1 else ''}"] if first else []
    return [*before, *lines, *([f"{LATER} … and {rest} more"] if rest else [])]


def _all_shares(deploy: Deploy, plan: Plan) -> str:
    """The whole way on one line, when it is over; of a very long one, its end."""
    short = plan.phases[-1].bake < _SHORT
    shown = [
        f"{shift.percent} % {clock(shift.at, seconds=short)}"
        for shift in deploy.trail[-_SHOWN_SHARES:]
    ]
    return f"{DONE} {' · '.join(shown)}"


def _share(deploy: Deploy, number: int, phase: Phase) -> str:
    """One share: when it was confirmed, and until when it is watched."""
    name = "All traffic" if phase.percent == ALL else f"{phase.percent} %"
    at = next((shift.at for shift in deploy.trail if shift.percent == phase.percent), None)
    since = f" · since {_time(at, phase)}" if at else ""
    if deploy.landed or number < deploy.phase:
        return f"{DONE} {name}{since}"
    if number > deploy.phase or _present(deploy) is not None:
        watched = f" · {span(phase.bake)}" if phase.bake else ""
        return f"{LATER} {name}{watched}"
    match deploy.state:
        case S.OBSERVING:
            until = f" · watched until {_time(deploy.bake, phase)}" if deploy.bake else ""
            return f"{WATCHED} {name}{since}{until}"
        case S.HELD:
            return f"{STOPPED} {name}{since}"
        case S.ROUTING:
            return f"{NOW} {name} · being set"
        case _:
            return f"{_mark(deploy)} {name}{since}"


def _time(moment: datetime, phase: Phase) -> str:
    return clock(moment, seconds=phase.bake < _SHORT)


def _return(deploy: Deploy) -> list[str]:
    """The way back, once it has begun."""
    if deploy.state not in _RETURNING or deploy.plan is None:
        return []
    mark = DONE if deploy.state is S.ROLLED_BACK else NOW
    return [f"{mark} Back to {served_before(deploy.plan)}"]


def served_before(plan: Plan) -> str:
    """What a way back goes to."""
    return joined([code(version) for version in _before(plan)]) or "nothing"


def plainly_before(plan: Plan) -> str:
    """As above, for a text that Slack does not interpret."""
    return joined([version[:_PLAIN] for version in _before(plan)]) or "nothing"


def _before(plan: Plan) -> list[str]:
    return list(dict.fromkeys(plan.replaces_versions))[:3]


def done_at(deploy: Deploy) -> datetime | None:
    """When all shares will have been watched, if nothing stops it; None when that is open."""
    if deploy.state is not S.OBSERVING or deploy.bake is None or deploy.last_phase:
        return None
    later = deploy.agreed.phases[deploy.phase + 1 :]
    return deploy.bake + sum((phase.bake for phase in later), timedelta(0))
