"""Several incidents, or several things of one, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.incidents.incident import Incident, Task, TaskKind
from bot.views.blocks import Block, Rendered, actions, context, rendered, section, sentence, titled
from bot.views.incidents.buttons import press
from bot.views.incidents.controls import freezing
from bot.views.incidents.lines import DOT, standing, suspect
from bot.views.incidents.names import NEW, IncidentAction, reference
from bot.views.incidents.wording import (
    badges,
    mark,
    moment,
    room_link,
    short,
    where,
)
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, link, user

A = IncidentAction
# Each with a button of its own: as much as one reads, and far below the limit of blocks.
PAGE = 10
_MAX_LISTED = 25
_TITLE = 150
_TASK = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """The values of the buttons that turn to other pages; "" where there is none."""

    on: str = ""
    back: str = ""


def incident_list(
    incidents: Sequence[Incident], heading: str, language: str, leads: Leads | None = None
) -> Rendered:
    """Incidents, one on a line; `heading` is plain text.

    More than 25 are not shown, whatever is asked for.
    """
    title = titled(heading, _TITLE)
    turning = _turning(leads or Leads(), language)
    if not incidents:
        text = say(language, Phrase.NO_INCIDENTS)
        declare = press(language, Term.DECLARE, A.DECLARE, NEW)
        empty = [title, section(text), actions("incidents", declare), *turning]
        return rendered(escape(heading), empty)
    shown = incidents[:_MAX_LISTED]
    blocks: list[Block] = [title, *(listed(each, language) for each in shown)]
    if len(incidents) > len(shown):
        blocks.append(context(say(language, Phrase.MORE, count=len(incidents) - len(shown))))
    return rendered(escape(f"{heading}: {len(incidents)}"), [*blocks, *turning])


def _turning(leads: Leads, language: str) -> list[Block]:
    """The ways to other pages. A block takes one button of a name, so that each has its own."""
    ways = (
        ("incidents:on", Term.NEXT_PAGE, leads.on),
        ("incidents:back", Term.PREVIOUS_PAGE, leads.back),
    )
    return [
        actions(block, press(language, term, A.LIST_PAGE, value))
        for block, term, value in ways
        if value
    ]


def heading_of(ongoing: bool | None, language: str) -> str:
    """What a list is called: of open incidents, of those that are over, or (None) of both."""
    if ongoing is None:
        return say(language, Phrase.LIST_ALL)
    return say(language, Phrase.LIST_OPEN if ongoing else Phrase.LIST_OVER)


def listed(incident: Incident, language: str) -> Block:
    """One incident in a list, with a button that shows it."""
    own = incident.model_copy(update={"language": language})
    name = f"{mark(own)} *{escape(own.ref)}* {badges(own)}{short(own.title, _TITLE)}"
    parts = [own.severity.value, standing(own)]
    parts += [each for each in (where(own), room_link(own) if not own.over else "") if each]
    if own.lead is not None:
        parts.append(user(own.lead))
    details = press(language, Term.SHOW, A.SHOW, own.ref)
    return section(f"{name}\n{DOT.join(parts)}", accessory=details)


def search_results(
    incidents: Sequence[Incident], typed: str, language: str, leads: Leads | None = None
) -> Rendered:
    """What was found by words."""
    return incident_list(
        incidents,
        say(language, Phrase.FOUND_FOR, words=" ".join(typed.split())[:100]),
        language,
        leads,
    )


def task_list(incident: Incident, language: str, page: int = 1) -> Rendered:
    """Tasks and follow-ups, open ones first, a page at a time (from 1)."""
    ref = incident.ref
    tasks = sorted(incident.tasks, key=lambda task: task.done_by is not None)
    pages = max((len(tasks) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 1), pages)
    left = sum(task.done_by is None for task in tasks)
    heading = say(language, Phrase.TASKS_OF, ref=escape(ref), count=left, total=len(tasks))
    blocks: list[Block] = [section(f"*{heading}*")]
    for task in tasks[(page - 1) * PAGE : page * PAGE]:
        blocks += _task(incident, task, language)
    row = [
        press(language, Term.ADD_TASK, A.TASK, ref),
        press(language, Term.ADD_FOLLOW_UP, A.FOLLOW_UP, ref),
    ]
    if page < pages:
        row.append(press(language, Term.NEXT_PAGE, A.TASKS, reference(ref, str(page + 1))))
    blocks.append(actions(f"tasks:{ref}", *row))
    if page > 1:
        back = press(language, Term.PREVIOUS_PAGE, A.TASKS, reference(ref, str(page - 1)))
        blocks.append(actions(f"tasks-back:{ref}", back))
    return rendered(heading, blocks)


def _task(incident: Incident, task: Task, language: str) -> list[Block]:
    ref = incident.ref
    kind = say(language, Phrase.AFTERWARDS) if task.kind is TaskKind.FOLLOW_UP else ""
    parts = [f"*{escape(task.id)}*", short(task.text, _TASK), kind]
    if task.done_by is not None:
        at = f" · {moment(task.done_at)}" if task.done_at else ""
        return [section(f"✅ {' '.join(filter(None, parts))}  {user(task.done_by)}{at}")]
    if task.owner is not None:
        parts.append(user(task.owner))
    if task.url:
        parts.append(link(task.url, say(language, Phrase.READ_ALL)))
    value = reference(ref, task.id)
    done = press(language, Term.TASK_DONE, A.TASK_DONE, value)
    text = f"☐ {' '.join(filter(None, parts))}"
    if task.owner is not None:
        return [section(text, accessory=done)]
    take = press(language, Term.TAKE_TASK, A.TASK_TAKEN, value)
    return [section(text), actions(f"task:{ref}:{task.id}", take, done)]


def suspect_list(incident: Incident, language: str) -> Rendered:
    """The deploys that may have caused it, with what they changed and a way back from each."""
    own = incident.model_copy(update={"language": language})
    if not own.suspects:
        return sentence(say(language, Phrase.NO_SUSPECTS, ref=escape(own.ref)))
    heading = say(language, Phrase.SUSPECTS_OF, ref=escape(own.ref))
    blocks: list[Block] = [section(f"*{heading}*")]
    for found in own.suspects[:PAGE]:
        text = suspect(own, found)
        if found.compare:
            text += f" · {link(found.compare, say(language, Phrase.CHANGES))}"
        back = None
        if own.active and not own.drill and found.previous and not found.undone:
            value = reference(own.ref, found.deploy)
            back = press(language, Term.ROLL_BACK, A.ROLL_BACK, value, style="danger")
        blocks.append(section(text, accessory=back))
    if len(own.suspects) > PAGE:
        blocks.append(context(say(language, Phrase.MORE, count=len(own.suspects) - PAGE)))
    if own.active and not own.drill and (row := freezing(own)):
        blocks.append(actions(f"suspects:{own.ref}", *row))
    return rendered(heading, blocks)
