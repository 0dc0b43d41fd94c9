"""The lines that say how an incident stands, for its card, its panel and its details.

Each is "" when there is nothing to say. Moments are tokens of the chat system, which every reader
sees in their own time: no clock needs a refresh. Lengths are bounded so that all of them together
fit one section.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.clocks import rang
from bot.domain.incidents.course import goes_on_in
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, Moment, Relation
from bot.domain.incidents.linked import LinkedDeploy, SuggestedRunbook, Suspect
from bot.domain.incidents.states import OPEN, VOID, State
from bot.views.incidents.others import where_it_goes_on
from bot.views.incidents.wording import (
    labelled,
    length,
    moment,
    named,
    people,
    role_name,
    short,
    state_name,
    where,
)
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, escape, link, user

DOT = " · "
_IMPACT = 160
_PROGRESS = 240
_REASON = 240
_VERSION = 40
_SHOWN_DEPLOYS = 3
_SHOWN_APPROVERS = 3
_SHOWN_RUNBOOKS = 2
_SHOWN_TASKS, _TASK = 5, 80
_TITLE, _ADDRESS = 60, 200


def status_line(incident: Incident) -> str:
    """Its state since when, of which it is a part, what is affected, and what customers notice."""
    lang = incident.language
    parts = [labelled(lang, Term.STATUS, standing(incident))]
    whole = [each for each in incident.related if each.relation is Relation.PARENT]
    parts += [labelled(lang, Term.RELATION_PARENT, escape(each.incident)) for each in whole[:1]]
    place = where(incident)
    if place:
        term = Term.SERVICE if incident.service else Term.ENVIRONMENT
        parts.append(labelled(lang, term, place))
    if incident.impact:
        parts.append(labelled(lang, Term.IMPACT, short(incident.impact, _IMPACT)))
    return DOT.join(parts)


def standing(incident: Incident, *, bold: bool = False) -> str:
    """Its state, and since when: since it began while it lasts, afterwards since it ended."""
    lang = incident.language
    name = state_name(lang, incident.state)
    shown = f"*{name}*" if bold else name
    if incident.active:
        return f"{shown} {say(lang, Phrase.BEGAN, at=moment(incident.began))}"
    looked_back = incident.state in {State.RESOLVED, State.POST_MORTEM}
    ended = incident.at(Moment.RESOLVED if looked_back else Moment.CLOSED)
    return f"{shown} {say(lang, Phrase.SINCE, at=moment(ended))}" if ended else shown


def people_line(incident: Incident) -> str:
    """Who does what, and when the next update comes. A role that nobody has is not shown."""
    lang = incident.language
    parts = [
        f"*{role_name(lang, role)}* {user(incident.roles[role])}"
        for role in Role
        if role in incident.roles
    ]
    if incident.handoff is not None:
        parts.append(say(lang, Phrase.OFFERED_TO, who=user(incident.handoff.to)))
    due = incident.clocks.update_by
    if due is not None:
        late = "⚠️ " if rang(incident, Bell.UPDATE_OVERDUE, due) else ""
        parts.append(labelled(lang, Term.NEXT_UPDATE, f"{late}{moment(due)}"))
    return DOT.join(parts)


def sla_line(incident: Incident, policy: IncidentPolicy) -> str:
    """Whether it was answered and resolved in time, or until when it has to be; of what was written
    down afterwards nothing, for no clock ran.
    """
    if incident.state in VOID or incident.afterwards:
        return ""
    lang, clocks = incident.language, incident.clocks
    rule = policy.rule(incident.severity)
    answered = _target(
        incident, Moment.ACKED, rule.response, clocks.respond_by, Bell.RESPONSE_BREACHED
    )
    resolved = _target(
        incident, Moment.RESOLVED, rule.resolution, clocks.resolve_by, Bell.RESOLUTION_BREACHED
    )
    parts = []
    if answered:
        parts.append(say(lang, Phrase.SLA_RESPONSE, how=answered))
    if resolved:
        parts.append(say(lang, Phrase.SLA_RESOLUTION, how=resolved))
    return labelled(lang, Term.SLA, DOT.join(parts)) if parts else ""


def _target(
    incident: Incident, goal: Moment, allowed: timedelta, by: datetime | None, breach: Bell
) -> str:
    """One target: how long it took, of how long it may take; or by when it has to be."""
    lang = incident.language
    reached = incident.at(goal)
    if reached is not None:
        took = reached - incident.clocks.since
        kept = "✅" if took <= allowed else "❌"
        times = {"took": length(lang, took), "allowed": length(lang, allowed)}
        return f"{kept} {say(lang, Phrase.TOOK, **times)}"
    if by is None:
        return ""
    sign = "🔥" if rang(incident, breach, by) else "⏱️"
    return f"{sign} {say(lang, Phrase.DUE_BY, at=moment(by), allowed=length(lang, allowed))}"


def update_line(incident: Incident) -> str:
    """What was said last."""
    last = incident.last_update
    if last is None or not incident.active:
        return ""
    said = f"{moment(last.at)} {user(last.by)}: {short(last.progress, _PROGRESS)}"
    return labelled(incident.language, Term.LAST_UPDATE, said)


def suspect_line(incident: Incident) -> str:
    """The deploy that most likely caused it, and how many others may have."""
    if not incident.suspects or not incident.active:
        return ""
    lang = incident.language
    line = labelled(lang, Term.SUSPECT, suspect(incident, incident.suspects[0]))
    others = len(incident.suspects) - 1
    return f"{line} (+{others})" if others else line


def suspect(incident: Incident, found: Suspect) -> str:
    """A deploy from the ledger: what, by whom, approved by whom, how long before it began."""
    lang = incident.language
    name = f"{found.service} {short(found.version, _VERSION)}"
    parts = [f"{code(name, 120)}{_revision(found)}"]
    parts.append(say(lang, Phrase.BY, who=user(found.requested_by)))
    if found.approved_by:
        who = people(lang, found.approved_by[:_SHOWN_APPROVERS])
        parts.append(say(lang, Phrase.APPROVED_BY, who=who))
    gap = incident.began - found.at
    before = gap >= timedelta(0)
    phrase = Phrase.BEFORE_ONSET if before else Phrase.AFTER_ONSET
    parts.append(say(lang, phrase, length=length(lang, abs(gap))))
    if found.undone:
        parts.append(say(lang, Phrase.UNDONE))
    elif found.running:
        parts.append(say(lang, Phrase.UNDER_WAY))
    return say(lang, Phrase.LIST_COMMA).join(parts)


def _revision(found: Suspect) -> str:
    return f" ({short(found.revision, 80)})" if found.revision else ""


def runbook_line(incident: Incident) -> str:
    """The runbooks that fit and are not in use yet."""
    shown = [_runbook(each) for each in incident.unused_runbooks[:_SHOWN_RUNBOOKS]]
    if not shown or not incident.active:
        return ""
    return labelled(incident.language, Term.RUNBOOK, f"📖 {DOT.join(shown)}")


def _runbook(found: SuggestedRunbook) -> str:
    """Its title, which leads to it; an address that takes too much room is left to the list."""
    title = " ".join(found.title.split())[:_TITLE]
    linked_to = found.url and len(escape(found.url)) <= _ADDRESS
    return link(found.url, title) if found.url and linked_to else escape(title)


def deploys_line(incident: Incident) -> str:
    """Deploys that belong to it, and the freeze that it set."""
    lang = incident.language
    shown = [linked(lang, each) for each in incident.deploys[-_SHOWN_DEPLOYS:]]
    parts = [labelled(lang, Term.DEPLOYS, DOT.join(shown))] if shown else []
    freeze = incident.freeze
    if freeze is not None and not freeze.lifted and incident.state in OPEN:
        what = f"*{escape(freeze.scope)}*" if freeze.scope else say(lang, Phrase.EVERYTHING)
        parts.append(say(lang, Phrase.FROZEN_UNTIL, what=what, until=moment(freeze.until)))
    return DOT.join(parts)


def linked(language: str, deploy: LinkedDeploy) -> str:
    """A deploy that belongs to it: what it is for, and how far it is."""
    mark = "⏳" if deploy.running else "✅" if deploy.landed else "❌"
    what = code(f"{deploy.service} {deploy.version[:_VERSION]}", 120)
    part = named(language, "part", deploy.part.value)
    return f"{mark} {part} {what} ({escape(deploy.deploy)})"


def ending_line(incident: Incident, others: Sequence[Incident] = ()) -> str:
    """How it ended: how long it took, why it is no incident, or in which of `others` it goes on."""
    lang = incident.language
    if incident.state in VOID:
        if (goes_on := goes_on_in(incident)) is not None:
            return say(lang, Phrase.GOES_ON_IN, ref=where_it_goes_on(goes_on, others))
        return (
            labelled(lang, Term.REASON, short(incident.reason, _REASON)) if incident.reason else ""
        )
    lasted = incident.lasted
    if incident.active or lasted is None:
        return ""
    parts = [labelled(lang, Term.DURATION, length(lang, lasted))]
    if incident.root_cause:
        parts.append(labelled(lang, Term.ROOT_CAUSE, short(incident.root_cause, _REASON)))
    if incident.postmortem.published is not None:
        parts.append(labelled(lang, Term.POST_MORTEM, published(incident)))
    return DOT.join(parts)


def unfinished(incident: Incident, language: str) -> str:
    """How many tasks are open, and which; "" when none is. It forbids nothing: whoever ends an
    incident is to know of them.
    """
    tasks = incident.open_tasks
    if not tasks:
        return ""
    named = (f"{escape(each.id)} {short(each.text, _TASK)}" for each in tasks[:_SHOWN_TASKS])
    shown = say(language, Phrase.LIST_COMMA).join(named)
    more = len(tasks) - _SHOWN_TASKS
    if more > 0:
        shown = say(language, Phrase.AND_MORE, shown=shown, count=more)
    return say(language, Phrase.TASKS_LEFT, count=len(tasks), tasks=shown)


def left_line(incident: Incident) -> str:
    """What is still to be done although it has ended; "" while it lasts, and where it was void."""
    if incident.active or incident.state in VOID:
        return ""
    return unfinished(incident, incident.language)


def published(incident: Incident) -> str:
    """When the post-mortem was published, and where it is to be read; "" before."""
    lang, how = incident.language, incident.postmortem
    if how.published is None:
        return ""
    said = say(lang, Phrase.PM_PUBLISHED, at=moment(how.published))
    read = link(how.url, say(lang, Phrase.READ_ALL)) if how.url else ""
    # An address of thousands of characters is left to the record: a card has to fit.
    return f"{said} · {read}" if read and len(read) <= _ADDRESS else said
