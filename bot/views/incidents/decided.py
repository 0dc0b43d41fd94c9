"""What became of what somebody was asked, where it was asked: instead of buttons of no use."""

from bot.domain.incident_policy import Role
from bot.domain.incidents.clocks import bell_of
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.remarks import keeper
from bot.domain.incidents.reminders import UPDATE_BELLS, reminded, waits
from bot.views.incidents.wording import moment, role_name, short, state_name
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


def reminder_decided(incident: Incident, mark: str, to: str = "") -> str:
    """What became of what a bell asked for, by the mark that it left, and whom it reminds now
    instead of a person (`to`); "" while that waits, or where it asked for nothing.
    """
    bell, lang = bell_of(mark), incident.language
    if not mark or bell == Bell.RESOLUTION_HALF:
        return ""
    if waits(incident, mark):
        return _passed_on(incident) if to and to not in reminded(incident, bell) else ""
    stamp, due, lead = incident.times.get(Moment.ACKED), incident.clocks.update_by, incident.lead
    if bell == Bell.POST_MORTEM_DUE and incident.postmortem.published is not None:
        return say(lang, Phrase.PM_PUBLISHED, at=moment(incident.postmortem.published))
    if bell == Bell.RESPONSE_BREACHED and stamp is not None:
        return say(lang, Phrase.NOTE_ACKED, who=user(stamp.by))
    if bell == Bell.UNCLAIMED and lead is not None:
        return say(lang, Deed.LEADS, who=user(lead))
    if bell in UPDATE_BELLS and incident.active:
        return say(lang, Deed.NEXT_DUE, at=moment(due)) if due else say(lang, Deed.NONE_DUE)
    return say(lang, Deed.MOVED, state=state_name(lang, incident.state))


def _passed_on(incident: Incident) -> str:
    """Who owes the updates now."""
    role = Role.COMMS if Role.COMMS in incident.roles else Role.LEAD
    lang = incident.language
    return say(lang, Phrase.NOTE_ROLE, word=role_name(lang, role), people=user(keeper(incident)))


def offer_gone(incident: Incident, to: str) -> str:
    """For whoever comes too late to take the lead: that it is not offered, and who leads."""
    lang, lead = incident.language, incident.lead
    gone = say(lang, Call.OFFER_GONE, who=user(to))
    leads = say(lang, Deed.LEADS, who=user(lead)) if lead else say(lang, Deed.NOBODY_LEADS)
    return f"{gone} {leads}"
