"""The checklist of a deploy: what was found, who answered for what, and what is still asked."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.domain.checklist import Checklist, Line, Part
from bot.domain.checks import lines_now
from bot.domain.deploy import Deploy
from bot.domain.policy import AutoCheck
from bot.domain.states import DECIDING, FINAL, LANDED, State
from bot.views.blocks import Block, Rendered, button, context, rendered, section, stacked
from bot.views.evidence import BAD, GOOD, UNCLEAR
from bot.views.headlines import title
from bot.views.mrkdwn import code, escape, user, when, words
from bot.views.names import Action

DONE, OPEN = "✅", "☐"
_SHOWN_OPEN = 3
# A message has 50 blocks and about 13,000 characters.
_MAX_ASKED = 30
_QUESTION = 200

_TITLES: Mapping[Part, str] = MappingProxyType(
    {
        Part.PRE: "Before the deploy",
        Part.DURING: "While it rolls out",
        Part.POST: "Afterwards",
    }
)


def checklist_card(checklist: Checklist, part: Part, deploy: Deploy) -> Rendered:
    """A part of the checklist, one line an item, with a button for each open question."""
    lines = lines_now(checklist, part, deploy)
    settled = [line for line in lines if line.item.ask is None or line.tick]
    asked = [line for line in lines if line.item.ask is not None and line.tick is None]
    heading = f"{_TITLES[part]}: {_count(lines)}"
    blocks: list[Block] = [section(f"📋 *{heading}*")]
    if settled:
        blocks.append(section(stacked(_settled(settled))))
    takes = _takes_answers(checklist, part, deploy)
    blocks += [_question(checklist, line, takes=takes) for line in asked[:_MAX_ASKED]]
    if len(asked) > _MAX_ASKED:
        blocks.append(context(f"… and {len(asked) - _MAX_ASKED} more, when these are answered."))
    if asked and not takes:
        blocks.append(context("No answers are needed any more."))
    return rendered(escape(f"Checklist of {title(deploy)} – {heading}"), blocks)


def summary(checklist: Checklist, deploy: Deploy) -> str:
    """The checklist on the deploy's own card: the count, and what is open. Empty without items."""
    part = _part_of(deploy)
    lines = lines_now(checklist, part, deploy) if part else ()
    if not lines:
        return ""
    shown = [f"*Checklist* {_count(lines)}"]
    shown += [_found(line) for line in lines if _worth_saying(line)][:_SHOWN_OPEN]
    asked = [line.item.ask for line in lines if line.item.ask and line.tick is None]
    shown += [f"{OPEN} {words(question, _QUESTION)}" for question in asked[:_SHOWN_OPEN]]
    if len(asked) > _SHOWN_OPEN:
        shown.append(f"… and {len(asked) - _SHOWN_OPEN} more")
    return "\n".join(shown)


def _part_of(deploy: Deploy) -> Part | None:
    """The part whose time it is."""
    if deploy.state in DECIDING | {State.QUEUED}:
        return Part.PRE
    if deploy.state in LANDED:
        return Part.POST
    return None if deploy.state in FINAL else Part.DURING


def _count(lines: Sequence[Line]) -> str:
    return f"{sum(line.done for line in lines)} of {len(lines)}"


def _worth_saying(line: Line) -> bool:
    """What approvers look for by name, and everything that is not as it should be."""
    if line.item.auto is None:
        return False
    return line.item.auto is AutoCheck.STAGING_VERIFIED or not line.done


def _settled(lines: Sequence[Line]) -> list[str]:
    return [_found(line) if line.item.ask is None else _ticked(line) for line in lines]


def _found(line: Line) -> str:
    check = line.check
    if check is None:
        return f"{UNCLEAR} {code(line.item.id)} not looked at yet"
    mark = UNCLEAR if check.passed is None else GOOD if check.passed else BAD
    return f"{mark} {code(line.item.id)} {words(check.says, _QUESTION)}"


def _ticked(line: Line) -> str:
    said = f"{DONE} {words(line.item.ask or '', _QUESTION)}"
    return f"{said}  {user(line.tick.by)} · {when(line.tick.at)}" if line.tick else said


def _question(checklist: Checklist, line: Line, *, takes: bool) -> Block:
    text = f"{OPEN} {words(line.item.ask or '', _QUESTION)}"
    if not takes:
        return section(text)
    value = f"{checklist.deploy}:{checklist.edition}:{line.item.id}"
    return section(text, accessory=button("Yes", action=Action.TICK, value=value))


def _takes_answers(checklist: Checklist, part: Part, deploy: Deploy) -> bool:
    """Whether an answer still changes anything."""
    if checklist.edition != deploy.edition:
        return False
    match part:
        case Part.PRE:
            return deploy.state is State.CHECKING
        case Part.DURING:
            return not deploy.over
        case Part.POST:
            return deploy.landed
