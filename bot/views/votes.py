"""Who has approved, who is still awaited, and who does not count."""

from bot.domain.approval import Approval
from bot.views.mrkdwn import joined, user, users, when, words

_SHOWN_GROUPS = 8
_NAME = 40


def votes(approval: Approval, *, awaited: bool) -> str:
    """The count and the people; while answers are awaited, also whose."""
    count = f"*Approvals {len(approval.votes)} of {approval.rule.required}*"
    if not awaited:
        given = users([vote.by for vote in approval.votes])
        return f"{count} · {given}" if given else count
    lines = [f"{count} · until {when(approval.expires_at)}", *_musts(approval), *_others(approval)]
    if not approval.rule.allow_self:
        lines.append(f"Not {user(approval.requester)}, who asked for it (four eyes).")
    return "\n".join(lines)


def _musts(approval: Approval) -> list[str]:
    """The groups that have to be among the approvers."""
    lines = []
    for group in [each for each in approval.rule.groups if each.min][:_SHOWN_GROUPS]:
        given = [vote.by for vote in approval.votes if group.name in vote.groups]
        mark = "✅" if len(given) >= group.min else "⏳"
        said = users(given) or "waiting"
        if 0 < len(given) < group.min:
            said += f" ({len(given)} of {group.min})"
        lines.append(f"{mark} *{words(group.name, _NAME)}* {said}")
    return lines


def _others(approval: Approval) -> list[str]:
    """Votes that fill no group's minimum, and who else may answer."""
    musts = {group.name for group in approval.rule.groups if group.min}
    free = [vote.by for vote in approval.votes if not vote.groups & musts]
    lines = [f"✅ {users(free)}"] if free else []
    missing = approval.rule.required - len(approval.votes)
    if missing > 0 and missing > len(approval.missing_groups):
        groups = [f"*{words(group.name, _NAME)}*" for group in approval.rule.groups]
        lines.append(f"⏳ somebody of {joined(groups[:_SHOWN_GROUPS], 'or')}")
    return lines
