"""Maintenance lists in their channel, and what is said when one is overdue."""

from bot.domain.maintenance import MaintenanceRun
from bot.views.blocks import Rendered, context, rendered, section
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.procedures import Ticking, procedure_blocks, tally
from bot.views.incidents.wording import moment, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

_SHOWN = 10
_LINE = 200


def maintenance_card(run: MaintenanceRun, language: str = "en") -> Rendered:
    """A list as it came up, with what is done of it, and until when there is time."""
    ticking = Ticking(
        value=run.id,
        tick=IncidentAction.MAINTENANCE_TICK,
        untick=IncidentAction.MAINTENANCE_UNTICK,
    )
    blocks = procedure_blocks(language, run.procedure, ticking, live=True)
    if not run.done:
        due = say(language, Phrase.DUE, at=moment(run.due))
        if run.called:
            due = say(language, Phrase.OVERDUE_SINCE, at=moment(run.due))
        blocks.insert(1, context(due))
    return rendered(f"{tally(language, run.procedure)} ({escape(run.id)})", blocks)


def maintenance_overdue(run: MaintenanceRun, language: str = "en") -> Rendered:
    """What of a list was not done in time."""
    left = run.procedure.open
    lines = [
        say(
            language,
            Phrase.MAINTENANCE_OVERDUE,
            title=short(run.procedure.title, 200),
            at=moment(run.due),
            count=len(left),
        ),
        *(f"• {short(item.text, _LINE)}" for item in left[:_SHOWN]),
    ]
    if len(left) > _SHOWN:
        lines.append(say(language, Phrase.MORE, count=len(left) - _SHOWN))
    text = say(
        language, Phrase.MAINTENANCE_TEXT, title=short(run.procedure.title, 200), count=len(left)
    )
    return rendered(text, [section("\n".join(lines))])
