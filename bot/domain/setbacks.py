"""What follows when a step of a deploy fails, and how long a held one waits. Pure."""

from datetime import datetime, timedelta

from bot.domain.deploy import Deploy
from bot.domain.errors import Outcome
from bot.domain.events import Broke, Cause, Event, Failed, Held, Lost, Unreached
from bot.domain.history import Kind
from bot.domain.states import State

S = State


def given_up(deploy: Deploy, event: Unreached, now: datetime) -> Event:
    """What follows when a neighbour stays unreachable.

    Before anything was written it has failed. Once something may have been, the way is back; what
    is watched is held for a person; and when the way back itself fails, only the cloud could tell.
    """
    match deploy.state:
        case S.STAGING | S.TAGGING if event.outcome is Outcome.NOT_DONE:
            return Failed(reason=event.reason)
        case S.STAGING | S.TAGGING | S.SMOKE | S.ROUTING:
            return broke(deploy, event.reason)
        case S.OBSERVING:
            until = now + hold_limit(deploy)
            return Held(cause=Cause.NO_EVIDENCE, reason=event.reason, until=until)
        case S.HELD | S.RETAINING:
            return event
        case S.ROLLING_BACK:
            return Lost(reason=event.reason)
        case _:
            return Failed(reason=event.reason)


def broke(deploy: Deploy, reason: str) -> Event:
    """A step that failed after something may have been written.

    A deploy goes back to what served before. A way back that breaks has nothing to go back to that
    anybody wants, so people have to look.
    """
    return Broke(reason=reason) if deploy.kind is Kind.DEPLOY else Lost(reason=reason)


def hold_limit(deploy: Deploy) -> timedelta:
    """How long a held deploy waits before somebody is called."""
    analysis = deploy.plan.strategy.analysis if deploy.plan else None
    return analysis.max_hold if analysis else timedelta(hours=2)
