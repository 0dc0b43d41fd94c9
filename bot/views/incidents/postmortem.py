"""A post-mortem as Markdown, from the record: what happened is there, what was learnt is not.

What the record does not know is left to be written, and said to be so. Times are in UTC.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Incident, Moment, Task, TaskKind
from bot.domain.incidents.linked import Suspect
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.chapters import told, what_happened
from bot.views.incidents.markups import FileMarkup, Names
from bot.views.incidents.wording import length, named, role_name, severity_name, state_name
from bot.views.languages.calls import Call
from bot.views.languages.headings import Heading
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.markdown import code, inline, link, moment, plain

H = Heading


def nameless(_: str) -> None:
    """Knows nobody: ids stand where names would."""


def postmortem(
    incident: Incident,
    lines: Sequence[TimelineLine],
    policy: IncidentPolicy,
    names: Names,
    now: datetime,
) -> str:
    """The whole document. `lines` are to be read as they are; `names` knows people's."""
    language = incident.language
    title = say(language, H.REPORT, ref=incident.ref, title=plain(incident.title))
    chapters = (
        (H.FACTS, _facts(incident, names)),
        (H.WHAT, _what(incident)),
        (H.TIMES, _times(incident)),
        (H.CLOCKS, _clocks(incident, lines, policy)),
        (H.WHY, [_said(language, incident.root_cause)]),
        (H.HOW, [_said(language, incident.resolution)]),
        (H.CHANGES_SEEN, _deploys(incident, names)),
        (H.CALLED, _pages(incident, names)),
        (H.LISTS, _lists(incident, names)),
        (H.WHOLE, _timeline(language, lines, names)),
        (H.TASKS, _tasks(incident, names)),
        (H.FOLLOW_UPS, _follow_ups(incident, names)),
        (H.LEARNT, _learnt(language)),
        (H.BELONGS, _belongs(incident)),
    )
    text = [f"# {title}", ""]
    for heading, found in chapters:
        body = list(found)
        if body:
            text += [f"## {say(language, heading)}", "", *body, ""]
    made = say(language, H.MADE, at=moment(now))
    return "\n".join([*text, "---", made, ""])


def _facts(incident: Incident, names: Names) -> Iterator[str]:
    language = incident.language
    place = " / ".join(filter(None, (incident.service, incident.environment)))
    lasted = incident.lasted
    facts = [
        (Term.SEVERITY, severity_name(language, incident.severity)),
        (Term.STATUS, state_name(language, incident.state)),
        (Term.SERVICE, plain(place)),
        (Term.IMPACT, plain(incident.impact)),
        (Term.DURATION, length(language, lasted) if lasted is not None else ""),
    ]
    yield from (f"- **{say(language, term)}:** {value}" for term, value in facts if value)
    if incident.afterwards:
        yield f"- **{say(language, Phrase.BACKFILLED)}**"
    for role in Role:
        if role in incident.roles:
            yield f"- **{role_name(language, role)}:** {_name(incident.roles[role], names)}"


def _what(incident: Incident) -> Iterator[str]:
    language = incident.language
    yield plain(incident.summary) if incident.summary else say(language, H.NO_SUMMARY)
    for update in incident.updates:
        yield ""
        yield f"> {moment(update.at)}: {plain(update.progress)}"


def _times(incident: Incident) -> Iterator[str]:
    language = incident.language
    yield from _table(language, (H.MOMENT, H.WHEN, H.AFTER))
    for times in (*incident.earlier, incident.times):
        for each in Moment:
            stamp = times.get(each)
            if stamp is None:
                continue
            after = stamp.at - incident.first_began
            late = length(language, after) if after > timedelta(0) else "—"
            what = named(language, "moment", each.value)
            note = f" ({plain(stamp.override)})" if stamp.override else ""
            yield f"| {what}{note} | {moment(stamp.at)} | {late} |"


def _clocks(
    incident: Incident, lines: Sequence[TimelineLine], policy: IncidentPolicy
) -> Iterator[str]:
    """Whether the targets were met, and every time that a clock had to say something; nothing where
    no clock ran.
    """
    if incident.afterwards:
        return
    language, rule = incident.language, policy.rule(incident.severity)
    first = incident.first_times
    declared, acked = first.get(Moment.DECLARED), first.get(Moment.ACKED)
    since, resolved = incident.times.get(Moment.DECLARED), incident.times.get(Moment.RESOLVED)
    rows = (
        (H.RESPONSE, rule.response, acked.at - declared.at if acked and declared else None),
        (H.RESTORED, rule.resolution, resolved.at - since.at if resolved and since else None),
    )
    yield from _table(language, (H.CLOCKS, H.TARGET_OF, H.TOOK_OF, H.MET))
    for heading, target, took in rows:
        met = H.NOT_YET if took is None else H.MET if took <= target else H.MISSED
        spent = length(language, took) if took is not None else "—"
        shown = (say(language, heading), length(language, target), spent, say(language, met))
        yield f"| {' | '.join(shown)} |"
    rung = [line for line in lines if line.kind is LineKind.CLOCK]
    if rung:
        yield ""
        unnamed = FileMarkup(nameless)
        yield f"**{say(language, H.BELLS)}:**"
        yield ""
        yield from (f"- {told(language, line, unnamed)}" for line in rung)


def _deploys(incident: Incident, names: Names) -> Iterator[str]:
    language = incident.language
    if not incident.suspects and not incident.deploys:
        yield say(language, H.NO_CHANGES)
    for suspect in incident.suspects:
        yield f"- {_suspect(incident, suspect, names)}"
    for deploy in incident.deploys:
        part = named(language, "part", deploy.part.value)
        yield f"- {part}: {code(deploy.deploy)} {plain(deploy.service)} {plain(deploy.version)}"


def _suspect(incident: Incident, suspect: Suspect, names: Names) -> str:
    language = incident.language
    before = say(language, H.BEFORE, time=length(language, incident.first_began - suspect.at))
    approvers = ", ".join(_name(each, names) for each in suspect.approved_by)
    facts = [
        f"{say(language, H.SUSPECTED)}: {code(suspect.deploy)} {plain(suspect.service)} "
        f"{plain(suspect.version)} ({code(suspect.revision or '—')})",
        before,
        say(language, H.ASKED_BY, who=_name(suspect.requested_by, names)),
        say(language, H.AGREED_BY, who=approvers) if approvers else say(language, H.NO_APPROVAL),
    ]
    if suspect.undone:
        facts.append(say(language, H.UNDONE_SINCE))
    if suspect.compare:
        facts.append(link(suspect.compare, suspect.compare))
    return "; ".join(facts)


def _pages(incident: Incident, names: Names) -> Iterator[str]:
    if not incident.pages:
        yield say(incident.language, H.NOBODY_CALLED)
    for page in incident.pages:
        yield f"- {moment(page.at)} {_name_of(page)}{_called(incident, page, names)}"


def _name_of(page: Page) -> str:
    """Its name and a colon; nothing where only a person was called."""
    return f"{plain(page.title)}: " if page.title else ""


def _called(incident: Incident, page: Page, names: Names) -> str:
    """Who was called, and who has answered; and who did not have to be called."""
    present = ", ".join(_name(each, names) for each in page.present)
    called = ", ".join(_name(each, names) for each in page.people) or "—"
    parts = [] if page.present and page.silent else [called, _answer(incident, page, names)]
    if present:
        parts.append(say(incident.language, Call.PRESENT, people=present))
    return "; ".join(parts)


def _answer(incident: Incident, page: Page, names: Names) -> str:
    language = incident.language
    if page.acked_by is None or page.acked_at is None:
        return say(language, H.NO_ANSWER)
    took = length(language, page.acked_at - page.at)
    return say(language, H.ANSWERED, who=_name(page.acked_by, names), time=took)


def _lists(incident: Incident, names: Names) -> Iterator[str]:
    for procedure in incident.procedures:
        yield f"**{plain(procedure.title)}**"
        yield ""
        for item in procedure.items:
            tick = procedure.ticked(item.id)
            who = f" ({_name(tick.by, names)}, {moment(tick.at)})" if tick else ""
            yield f"- [{'x' if tick else ' '}] {inline(item.text)}{who}"
        yield ""


def _timeline(language: str, lines: Sequence[TimelineLine], names: Names) -> Iterator[str]:
    yield from _table(language, (H.WHEN, H.EVENT))
    markup = FileMarkup(names)
    for line in lines:
        yield f"| {moment(line.at)} | {what_happened(language, line, markup)} |"


def _tasks(incident: Incident, names: Names) -> Iterator[str]:
    """What was to be done at the time; who looks back sees what is open still."""
    found = (task for task in incident.tasks if task.kind is TaskKind.TASK)
    yield from (_task(incident, task, names) for task in found)


def _follow_ups(incident: Incident, names: Names) -> Iterator[str]:
    found = [task for task in incident.tasks if task.kind is TaskKind.FOLLOW_UP]
    if not found:
        yield say(incident.language, H.NO_FOLLOW_UPS)
    yield from (_task(incident, task, names) for task in found)


def _task(incident: Incident, task: Task, names: Names) -> str:
    owner = _name(task.owner, names) if task.owner else say(incident.language, H.NO_OWNER)
    return f"- [{'x' if task.done_at else ' '}] {task.id} {plain(task.text)} ({owner})"


def _learnt(language: str) -> Iterator[str]:
    yield f"*{say(language, H.TO_FILL)}*"
    for heading in (H.WELL, H.BADLY, H.LUCKY):
        yield ""
        yield f"### {say(language, heading)}"


def _belongs(incident: Incident) -> Iterator[str]:
    yield from (f"- {link(each.url, each.title)}" for each in incident.links)
    for other in incident.related:
        yield f"- {named(incident.language, 'relation', other.relation.value)}: {other.incident}"


def _table(language: str, headings: Sequence[Heading]) -> Iterator[str]:
    yield f"| {' | '.join(say(language, each) for each in headings)} |"
    yield f"|{'---|' * len(headings)}"


def _said(language: str, text: str) -> str:
    return plain(text) if text.strip() else say(language, H.NOT_KNOWN)


def _name(person: str, names: Names) -> str:
    return FileMarkup(names).person(person)
