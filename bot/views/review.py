"""The review of a deploy that nobody approved beforehand."""

from bot.domain.review import Review
from bot.views.blocks import Block, Rendered, actions, button, rendered, section
from bot.views.mrkdwn import escape, joined, user, when, words
from bot.views.names import Action

_SHOWN_GROUPS = 8


def review_card(review: Review) -> Rendered:
    """What has to be reviewed, by whom and until when; then who has done it."""
    what = f"{words(review.target, 80)} without approval"
    lines = [f"{user(review.by)} deployed {what}.", f"> {words(review.reason)}"]
    if review.reviewed_by is not None:
        done = f" · {when(review.reviewed_at)}" if review.reviewed_at else ""
        head = "✅ *Reviewed*"
        lines.append(f"by {user(review.reviewed_by)}{done}")
        return _card(head, lines, review)
    groups = joined([f"*{words(name, 40)}*" for name in review.groups[:_SHOWN_GROUPS]], "or")
    lines.append(f"Somebody of {groups or 'nobody'} reviews it until {when(review.due)}.")
    lines.append(f"Not {user(review.by)}, who broke the glass.")
    head = "🔴 *Review overdue*" if review.overdue else "🔍 *Review needed*"
    signing = button(
        "I have reviewed it", action=Action.REVIEWED, value=review.deploy, style="primary"
    )
    return _card(head, lines, review, actions(f"review:{review.deploy}", signing))


def _card(head: str, lines: list[str], review: Review, *more: Block) -> Rendered:
    text = escape(f"Review of {review.deploy} ({review.target})")
    return rendered(text, [section("\n".join([head, *lines])), *more])
