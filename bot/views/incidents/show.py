"""All of an incident for one person: what is known, and its timeline a page at a time."""

from collections.abc import Sequence

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident, Task, TaskKind
from bot.domain.incidents.timeline import TimelineLine
from bot.views.blocks import Block, Rendered, actions, rendered, section, stacked, titled
from bot.views.incidents.buttons import press
from bot.views.incidents.card import heading
from bot.views.incidents.chapters import told
from bot.views.incidents.lines import (
    DOT,
    deploys_line,
    ending_line,
    people_line,
    sla_line,
    status_line,
    suspect_line,
    update_line,
)
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.procedures import tally
from bot.views.incidents.wording import (
    labelled,
    named,
    people,
    prose,
    room_link,
    short,
)
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, link, user

A = IncidentAction
LINES = 15  # on a page
_PROSE = 1200
_SHOWN = 10
_SHOWN_TASKS = 3
_TITLE = 400


def incident_details(
    incident: Incident,
    lines: Sequence[TimelineLine],
    policy: IncidentPolicy,
    language: str,
    page: int | None = None,
) -> Rendered:
    """What is known, and a page of its timeline (None: the first, which has the newest lines).

    Pages are counted from the newest back, so that the one that everybody begins with is full.
    """
    own = incident.model_copy(update={"language": language})
    blocks: list[Block] = [titled(heading(own), _TITLE)]
    standing = (
        status_line(own),
        people_line(own),
        sla_line(own, policy),
        update_line(own) or ending_line(own),
        suspect_line(own),
        deploys_line(own),
    )
    blocks.append(section("\n".join(line for line in standing if line)))
    blocks += [section(text) for text in (_texts(own), _belongings(own)) if text]
    blocks += _timeline(own, lines, page)
    return rendered(escape(heading(own)), blocks)


def _texts(incident: Incident) -> str:
    """What people wrote about it."""
    lang = incident.language
    parts = ((Term.SUMMARY, incident.summary), (Term.RESOLUTION, incident.resolution))
    return "\n".join(labelled(lang, term, prose(text, _PROSE)) for term, text in parts if text)


def _belongings(incident: Incident) -> str:
    """Who is in it, and what belongs to it, each on a line."""
    lang = incident.language
    found = [
        (Term.RESPONDERS, people(lang, sorted(incident.responders))),
        (Term.ROOM, room_link(incident)),
        (Term.TASKS, _tasks(incident, TaskKind.TASK)),
        (Term.FOLLOW_UPS, _tasks(incident, TaskKind.FOLLOW_UP)),
        (Term.CHECKLISTS, DOT.join(tally(lang, each) for each in incident.procedures[:_SHOWN])),
        (
            Term.INCIDENT,
            DOT.join(
                f"{named(lang, 'relation', each.relation.value)} {escape(each.incident)}"
                for each in incident.related[:_SHOWN]
            ),
        ),
    ]
    lines = [labelled(lang, term, value) for term, value in found if value]
    lines += [f"🔗 {link(each.url, each.title[:100])}" for each in incident.links[-_SHOWN:]]
    return stacked(lines)


def _tasks(incident: Incident, kind: TaskKind) -> str:
    tasks = [task for task in incident.tasks if task.kind is kind]
    left = [task for task in tasks if task.done_by is None]
    shown = [_task(task) for task in left[:_SHOWN_TASKS]]
    if len(left) > len(shown):
        shown.append(say(incident.language, Phrase.MORE, count=len(left) - len(shown)))
    done = len(tasks) - len(left)
    return DOT.join([*shown, f"✅ {done}"] if done else shown)


def _task(task: Task) -> str:
    owner = f" ({user(task.owner)})" if task.owner is not None else ""
    return f"☐ {escape(task.id)} {short(task.text, 80)}{owner}"


def _timeline(incident: Incident, lines: Sequence[TimelineLine], page: int | None) -> list[Block]:
    lang, ref = incident.language, incident.ref
    pages = max((len(lines) + LINES - 1) // LINES, 1)
    at = min(max(page or 1, 1), pages)
    end = len(lines) - (at - 1) * LINES
    shown = [told(lang, line) for line in lines[max(end - LINES, 0) : end]]
    title = f"*{say(lang, Phrase.TIMELINE_PAGE, page=at, pages=pages)}*"
    blocks = [section(stacked([title, *shown]))]
    row = []
    if at < pages:
        row.append(press(lang, Term.OLDER, A.SHOW, reference(ref, str(at + 1))))
    row.append(press(lang, Term.SHOW_TASKS, A.TASKS, ref))
    row.append(press(lang, Term.EXPORT, A.EXPORT, ref))
    blocks.append(actions(f"show:{ref}", *row))
    if at > 1:
        newer = press(lang, Term.NEWER, A.SHOW, reference(ref, str(at - 1)))
        blocks.append(actions(f"newer:{ref}", newer))
    return blocks


def postmortem_comment(incident: Incident) -> str:
    """What stands above the file of a post-mortem, in mrkdwn."""
    return say(incident.language, Phrase.POSTMORTEM_FILE, ref=escape(incident.ref))
