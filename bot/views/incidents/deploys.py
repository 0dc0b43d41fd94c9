"""What whoever looks at a deploy should know of incidents, in a line."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.views.incidents.wording import room_link, short, state_name
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

_SHOWN = 3
_TITLE = 120
# What is said of deploys is said in English.
_LANGUAGE = "en"


def open_incidents_line(incidents: Sequence[Incident]) -> str:
    """The open incidents at the target of a deploy, in mrkdwn; "" when there is none.

    Everybody sees a deploy: of a private incident nothing is said.
    """
    public = [each for each in incidents if not each.private]
    if not public:
        return ""
    shown = [_one(each) for each in public[:_SHOWN]]
    if len(public) > _SHOWN:
        shown.append(say(_LANGUAGE, Phrase.MORE, count=len(public) - _SHOWN))
    return say(_LANGUAGE, Phrase.OPEN_HERE, refs="; ".join(shown))


def _one(incident: Incident) -> str:
    name = f"*{incident.severity.value} {escape(incident.ref)}*"
    title = short(incident.title, _TITLE)
    state = state_name(_LANGUAGE, incident.state)
    return " ".join(part for part in (name, title, f"({state})", room_link(incident)) if part)
