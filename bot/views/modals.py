"""The forms: asking for a deploy without knowing the grammar, and the reason of a rejection."""

from collections.abc import Sequence
from typing import Any

from bot.domain.catalog import Catalog
from bot.domain.deploy import Deploy
from bot.views.blocks import (
    MAX_MODAL_TITLE,
    MAX_OPTIONS,
    Block,
    Rendered,
    context,
    option,
    plain,
    section,
)
from bot.views.headlines import title
from bot.views.mrkdwn import code, escape, words
from bot.views.names import Action, Callback, Field
from bot.views.plan import difference

View = dict[str, Any]
# A view has 100 blocks and 250 kB; a page of the longest lines fits into one section.
_PAGE = 12
_MAX_PAGES = 90


def ask_deploy(catalog: Catalog, channel: str) -> View:
    """The form for a deploy; `channel` is where the answer is shown."""
    return _modal(
        Callback.ASK_DEPLOY,
        title="Deploy",
        submit="Deploy",
        private=channel,
        blocks=[
            _select("Service", Field.SERVICE, Action.PICK_SERVICE, list(catalog.services)),
            _input(
                "Version",
                Field.VERSION,
                {
                    "type": "plain_text_input",
                    "action_id": Action.TYPE_VERSION.value,
                    "max_length": 128,
                    "placeholder": plain("v1.2.0, or sha256:…", 150),
                },
            ),
            _select(
                "Environment", Field.ENVIRONMENT, Action.PICK_ENVIRONMENT, catalog.environments
            ),
            context("Where approval is needed, a card with buttons is posted for the approvers."),
        ],
    )


def ask_reason(deploy: Deploy, plan_hash: str, channel: str) -> View:
    """The form for the reason of a rejection, which is final."""
    what = code(f"{deploy.service} {deploy.version}")
    return _modal(
        Callback.REJECT,
        title="Reject the deploy",
        submit="Reject",
        private=f"{deploy.id}:{plan_hash}:{channel}",
        blocks=[
            section(f"{what} to *{escape(deploy.environment)}* will not happen. This is final."),
            _input(
                "Why?",
                Field.REASON,
                {
                    "type": "plain_text_input",
                    "action_id": Action.TYPE_REASON.value,
                    "multiline": True,
                    "min_length": 3,
                    "max_length": 500,
                },
                hint="Whoever asked for the deploy reads this in the thread.",
            ),
        ],
    )


def all_differences(deploy: Deploy) -> View:
    """Every setting that will be different, by name; as many as a view of Slack's holds."""
    found = deploy.plan.differences if deploy.plan else ()
    pages = [found[start : start + _PAGE] for start in range(0, len(found), _PAGE)]
    blocks = [section("\n".join(map(difference, page))) for page in pages[:_MAX_PAGES]]
    left = len(found) - _PAGE * _MAX_PAGES
    if left > 0:
        blocks.append(context(f"… and {left} more, which the cloud's console shows."))
    heading = section(f"*{words(title(deploy), 150)}*\n{len(found)} settings will be different.")
    return {
        "type": "modal",
        "title": plain("All differences", MAX_MODAL_TITLE),
        "close": plain("Close", MAX_MODAL_TITLE),
        "blocks": [heading, *blocks],
    }


def window(said: Rendered) -> View:
    """A message in a window of its own, for somebody whom no channel can show it."""
    return {
        "type": "modal",
        "title": plain("Signalbox", MAX_MODAL_TITLE),
        "close": plain("Close", MAX_MODAL_TITLE),
        "blocks": said.blocks or [section(said.text)],
    }


def _select(label: str, field: Field, action: Action, names: Sequence[str]) -> Block:
    """A menu; of more names than Slack takes at once it becomes a search."""
    element: Block = {"action_id": action.value, "placeholder": plain("Choose", 150)}
    if len(names) <= MAX_OPTIONS:
        element |= {"type": "static_select", "options": [option(name, name) for name in names]}
    else:
        element |= {"type": "external_select", "min_query_length": 0}
    return _input(label, field, element)


def matching(names: Sequence[str], typed: str) -> dict[str, Any]:
    """The answer to a search in a menu: names that begin with what was typed come first."""
    query = typed.strip().lower()
    begins = [name for name in names if name.startswith(query)]
    contains = [name for name in names if query in name and name not in begins]
    return {"options": [option(name, name) for name in (begins + contains)[:MAX_OPTIONS]]}


def _input(label: str, field: Field, element: Block, *, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": field.value,
        "label": plain(label, 2000),
        "element": element,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def _modal(
    callback: Callback, *, title: str, submit: str, private: str, blocks: list[Block]
) -> View:
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": plain(title, MAX_MODAL_TITLE),
        "submit": plain(submit, MAX_MODAL_TITLE),
        "close": plain("Cancel", MAX_MODAL_TITLE),
        "private_metadata": private,
        "blocks": blocks,
    }
