"""What became of what somebody was asked, where it was asked: instead of buttons of no use."""

from bot.domain.incidents.incident import Incident
from bot.views.incidents.wording import short
from bot.views.languages.calls import Call
from bot.views.languages.deeds import Deed
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import user

_NAME = 80
_TEXT = 600


def task_decided(incident: Incident, name: str) -> str:
    """Who has done a task, or does it; "" while nobody does, or it is not there."""
    task = incident.task(name)
    if task is None:
        return ""
    lang, named, text = incident.language, short(task.id, _NAME), short(task.text, _TEXT)
    if task.done_by is not None:
        who = user(task.done_by)
        return say(lang, Phrase.NOTE_TASK_DONE, who=who, word=named, detail=text)
    if task.owner is None:
        return ""
    return f"{say(lang, Phrase.NOTE_TASK_ADDED, word=named, detail=text)} · {user(task.owner)}"


def offer_decided(incident: Incident, to: str) -> str:
    """Whether somebody has taken the lead that was offered to them, or it is offered no more; ""
    while they may take it.
    """
    if incident.handoff is not None and incident.handoff.to == to:
        return ""
    lead = incident.lead
    if lead is not None and lead == to:
        return say(incident.language, Phrase.NOTE_HANDED_OVER, people=user(lead))
    return say(incident.language, Call.OFFER_GONE, who=user(to))


def offer_gone(incident: Incident, to: str) -> str:
    """For whoever comes too late to take the lead: that it is not offered, and who leads."""
    lang, lead = incident.language, incident.lead
    gone = say(lang, Call.OFFER_GONE, who=user(to))
    leads = say(lang, Deed.LEADS, who=user(lead)) if lead else say(lang, Deed.NOBODY_LEADS)
    return f"{gone} {leads}"
