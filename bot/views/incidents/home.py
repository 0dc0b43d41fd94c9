"""The home tab of one person: what is theirs, what is open, what is frozen, and who is on call."""

from collections.abc import Iterator
from typing import Any

from bot.domain.incidents.home import FreezeShown, HomeScreen, OwnTask, WaitingApproval
from bot.views.blocks import Block, actions, context, header, section, stacked
from bot.views.incidents.buttons import press
from bot.views.incidents.lists import listed
from bot.views.incidents.names import NEW, IncidentAction, reference
from bot.views.incidents.wording import moment, people, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, user

A = IncidentAction
# A view has 100 blocks; a few are needed for the top and for turning pages.
ENTRIES = 80
_TITLE = 200
_REASON = 200


def home_view(screen: HomeScreen, page: int = 1) -> dict[str, Any]:
    """The tab, a page at a time (from 1)."""
    lang = screen.language
    entries = list(_entries(screen))
    pages = max((len(entries) + ENTRIES - 1) // ENTRIES, 1)
    page = min(max(page, 1), pages)
    blocks: list[Block] = [
        header(say(lang, Phrase.HOME_TITLE)),
        actions("home", press(lang, Term.DECLARE, A.DECLARE, NEW, style="danger")),
    ]
    if not entries:
        blocks.append(section(say(lang, Phrase.HOME_CALM)))
    blocks += entries[(page - 1) * ENTRIES : page * ENTRIES]
    if pages > 1:
        blocks += _turning(lang, page, pages)
    return {"type": "home", "blocks": blocks}


def _turning(language: str, page: int, pages: int) -> list[Block]:
    blocks = [context(say(language, Phrase.HOME_PAGE, page=page, pages=pages))]
    if page > 1:
        back = press(language, Term.PREVIOUS_PAGE, A.HOME_PAGE, str(page - 1))
        blocks.append(actions("home:back", back))
    if page < pages:
        on = press(language, Term.NEXT_PAGE, A.HOME_PAGE, str(page + 1))
        blocks.append(actions("home:on", on))
    return blocks


def _entries(screen: HomeScreen) -> Iterator[Block]:
    """Everything in its order: what waits for this person first."""
    lang = screen.language
    yield from _chapter(lang, Phrase.HOME_MINE, [listed(each, lang) for each in screen.mine])
    yield from _chapter(
        lang, Phrase.HOME_APPROVALS, [_approval(lang, each) for each in screen.approvals]
    )
    yield from _chapter(lang, Phrase.HOME_TASKS, [_task(lang, each) for each in screen.tasks])
    freezes = [_freeze(lang, each) for each in screen.freezes]
    yield from _chapter(lang, Phrase.HOME_FREEZES, [section(stacked(freezes))] if freezes else [])
    on_call = [f"*{short(each.rung, 60)}* {_who(lang, each.people)}" for each in screen.on_call]
    yield from _chapter(lang, Phrase.HOME_ON_CALL, [section(stacked(on_call))] if on_call else [])
    yield from _chapter(lang, Phrase.HOME_OTHERS, [listed(each, lang) for each in screen.others])


def _chapter(language: str, phrase: Phrase, blocks: list[Block]) -> Iterator[Block]:
    if blocks:
        yield {"type": "divider"}
        yield section(f"*{say(language, phrase)}*")
        yield from blocks


def _who(language: str, ids: tuple[str, ...] | None) -> str:
    if ids is None:
        return say(language, Phrase.NOT_KNOWN)
    return people(language, ids) if ids else say(language, Phrase.NOBODY)


def _approval(language: str, waiting: WaitingApproval) -> Block:
    return section(
        "🔶 "
        + say(
            language,
            Phrase.APPROVAL,
            title=f"*{short(waiting.title, _TITLE)}*",
            who=user(waiting.requested_by),
            at=moment(waiting.until),
        )
        + f" · {escape(waiting.deploy)}"
    )


def _task(language: str, own: OwnTask) -> Block:
    text = f"☐ *{escape(own.task.id)}* {short(own.task.text, _TITLE)}"
    where = f"{escape(own.incident)} · {short(own.title, _TITLE)}"
    value = reference(own.incident, own.task.id)
    done = press(language, Term.TASK_DONE, A.TASK_DONE, value)
    return section(f"{text}\n{where}", accessory=done)


def _freeze(language: str, freeze: FreezeShown) -> str:
    scope = " ".join(part for part in (freeze.service, freeze.environment) if part)
    what = f"*{escape(scope)}*" if scope else say(language, Phrase.EVERYTHING)
    until = moment(freeze.until) if freeze.until else say(language, Phrase.UNTIL_THAWED)
    reason = short(freeze.reason, _REASON)
    if freeze.incident and freeze.incident not in freeze.reason:
        reason = f"{escape(freeze.incident)} {reason}"
    return say(language, Phrase.FREEZE, what=what, at=until, reason=reason)
