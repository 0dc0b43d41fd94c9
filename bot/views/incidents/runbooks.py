"""Runbooks as they are listed, found and read, for the one person who asks."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.states import OPEN
from bot.domain.runbooks import Runbook
from bot.views.blocks import Block, Rendered, context, rendered, section, stacked
from bot.views.incidents.buttons import press
from bot.views.incidents.lines import DOT
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.wording import short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, escape, link

# A message takes about 13,000 characters in all its blocks.
PAGE = 20
_TITLE = 150
_SYMPTOMS = 200
_STEP = 300
_SECTION, _SECTIONS = 2900, 4


def runbook_list(
    runbooks: Sequence[Runbook],
    heading: str,
    command: str,
    language: str,
    incident: Incident | None = None,
) -> Rendered:
    """Runbooks, the best first, as many as are read at a glance; `heading` is harmless mrkdwn.

    In an incident that is open each has a button that brings it in, and those that fit are marked.
    """
    blocks: list[Block] = [section(f"*{heading}*")]
    if not runbooks:
        blocks.append(section(say(language, Phrase.NO_RUNBOOK_WITH)))
    blocks += [_listed(each, language, incident) for each in runbooks[:PAGE]]
    notes = [say(language, Phrase.RUNBOOK_HOW, command=code(f"{command} runbook"))]
    left = len(runbooks) - PAGE
    if left > 0:
        notes.insert(0, say(language, Phrase.MORE, count=left))
    return rendered(heading, [*blocks, context(*notes)])


def no_runbooks(language: str) -> Rendered:
    """Nobody has said where they are."""
    text = say(language, Phrase.NO_RUNBOOKS)
    return rendered(text, [section(text)])


def runbook_heading(language: str, incident: Incident | None, words: str = "") -> str:
    """What a list is called: of those with some words, of an incident, or all; harmless mrkdwn."""
    if words:
        return say(language, Phrase.RUNBOOKS_WITH, words=short(words, _TITLE))
    if incident is not None:
        return say(language, Phrase.RUNBOOKS_FOR, ref=escape(incident.ref))
    return say(language, Phrase.RUNBOOKS)


def which_runbook(language: str, words: str) -> str:
    """The question that several ask which fit equally well; harmless mrkdwn."""
    return say(language, Phrase.RUNBOOKS_ALIKE, words=short(words, _TITLE))


def runbook_steps(runbook: Runbook, language: str) -> Rendered:
    """A runbook to be read: its steps by number, as many as a message holds."""
    title = short(runbook.title, _TITLE)
    blocks: list[Block] = [section(f"📖 *{title}*\n{_about(runbook, language)}")]
    lines = [f"{number}. {short(step.text, _STEP)}" for number, step in enumerate(runbook.steps, 1)]
    blocks += [section(part) for part in _parts(lines)]
    return rendered(f"📖 {title}", blocks)


def runbook_here(incident: Incident, runbook: Runbook, language: str) -> Rendered:
    """It is in the room."""
    text = say(language, Phrase.RUNBOOK_HERE, title=short(runbook.title, _TITLE))
    ref = escape(incident.ref)
    return rendered(f"{ref} · {text}", [section(f"*{ref}* {text}")])


def _listed(runbook: Runbook, language: str, incident: Incident | None) -> Block:
    fits, used = False, False
    if incident is not None:
        fits = any(each.slug == runbook.slug for each in incident.runbooks)
        used = incident.procedure(runbook.procedure.id) is not None
    mark = "✅" if used else "⭐" if fits else "📖"
    lines = [
        f"{mark} *{short(runbook.title, _TITLE)}* {code(runbook.slug, 80)}",
        _about(runbook, language, fits=fits),
    ]
    button = None
    if incident is not None and incident.state in OPEN and not used:
        value = reference(incident.ref, runbook.slug)
        button = press(language, Term.USE_RUNBOOK, IncidentAction.RUNBOOK, value)
    return section("\n".join(lines), accessory=button)


def _about(runbook: Runbook, language: str, *, fits: bool = False) -> str:
    """How bad it usually is, how long it is, what it is about, and how fresh it is."""
    parts = [say(language, Phrase.RUNBOOK_FITS)] if fits else []
    if runbook.severity is not None:
        parts.append(runbook.severity.value)
    parts.append(say(language, Phrase.RUNBOOK_STEPS, count=len(runbook.steps)))
    if runbook.symptoms:
        comma = say(language, Phrase.LIST_COMMA)
        parts.append(short(comma.join(runbook.symptoms), _SYMPTOMS))
    if runbook.reviewed is not None:
        parts.append(say(language, Phrase.RUNBOOK_REVIEWED, day=runbook.reviewed.isoformat()))
    if runbook.url:
        parts.append(link(runbook.url, say(language, Phrase.READ_ALL)))
    return DOT.join(parts)


def _parts(lines: Sequence[str]) -> list[str]:
    """The lines as texts of sections; what is left over is counted in the last one."""
    left, parts = list(lines), list[str]()
    while left and len(parts) < _SECTIONS - 1:
        size = 0
        taken = 0
        for line in left:
            size += len(line) + 1
            if size > _SECTION:
                break
            taken += 1
        parts.append("\n".join(left[:taken]))
        left = left[taken:]
    return [*parts, stacked(left, _SECTION)] if left else parts
