"""A deploy as people see it: one card that changes in place, and notes in the thread below it."""

from typing import assert_never

from bot.domain.approval import Approval
from bot.domain.deploy import FINAL, Deploy, State
from bot.domain.message import DeployNote, Said
from bot.domain.plan import Plan
from bot.views.blocks import (
    Block,
    Rendered,
    actions,
    button,
    confirm,
    context,
    header,
    rendered,
    section,
    sentence,
)
from bot.views.mrkdwn import code, escape, joined, link, user, when
from bot.views.names import Action
from bot.views.steps import progress

_HEADLINE = {
    State.REQUESTED: "⏳ Planning",
    State.AWAITING_APPROVAL: "🔶 Waiting for approval",
    State.QUEUED: "⏳ Next in line",
    State.STAGING: "🚀 Rolling out",
    State.TAGGING: "🚀 Rolling out",
    State.ROUTING: "🚀 Rolling out",
    State.COMPLETED: "✅ Deployed",
    State.REJECTED: "⛔ Rejected",
    State.EXPIRED: "⌛ Expired",
    State.FAILED_SAFE: "❌ Failed, the old version is serving",
    State.FAILED_UNKNOWN: "❓ Failed, and the outcome is not known",
}


def card(deploy: Deploy) -> Rendered:
    """The deploy's card: what changes, who has to decide or has decided, and how far it is."""
    title = f"{deploy.service} {deploy.version} → {deploy.environment}"
    blocks: list[Block] = [
        header(title),
        section(f"*{_HEADLINE[deploy.state]}*{_verdict(deploy)}"),
        section(_change(deploy)),
    ]
    if deploy.approval:
        blocks.append(section(_approval(deploy.approval, deploy)))
    if deploy.state not in {State.REJECTED, State.EXPIRED, State.AWAITING_APPROVAL}:
        blocks.append(section(progress(deploy)))
    if deploy.problem and deploy.state not in FINAL:
        blocks.append(
            context(f"⚠️ {escape(deploy.problem)} Trying again (attempt {deploy.attempt}).")
        )
    if deploy.state is State.AWAITING_APPROVAL and deploy.plan:
        blocks.append(_buttons(deploy, deploy.plan))
    asked = f"Asked by {user(deploy.requested_by)} · {when(deploy.requested_at)}"
    blocks.append(context(f"{code(deploy.id)} · {asked}"))
    return rendered(f"{_plain_state(deploy)}: {title} ({deploy.id})", blocks)


def _plain_state(deploy: Deploy) -> str:
    return _HEADLINE[deploy.state].split(" ", 1)[1]


def _verdict(deploy: Deploy) -> str:
    """The line under the headline of a deploy that is over."""
    match deploy.state:
        case State.COMPLETED if deploy.plan:
            artifact = deploy.plan.artifact
            return f"\nServing {code(artifact.version)}, {code(artifact.digest)}"
        case State.REJECTED if deploy.decided_by:
            return f"\nby {user(deploy.decided_by)}: {escape(deploy.problem or '')}"
        case State.EXPIRED:
            return (
                "\nNobody decided in time. Nothing was changed; ask again when somebody is around."
            )
        case State.FAILED_SAFE | State.FAILED_UNKNOWN:
            return f"\n{escape(deploy.problem or '')}{_next_move(deploy)}"
        case _:
            return ""


def _next_move(deploy: Deploy) -> str:
    if deploy.state is State.FAILED_SAFE:
        return " No traffic was moved."
    return f" Look at {code(deploy.service)} in the cloud console before anything else is deployed."


def _change(deploy: Deploy) -> str:
    if deploy.plan is None:
        again = "The target changed, so the plan is made anew. " if deploy.replanned else ""
        return f"{again}Looking up {code(deploy.version)} and what is serving now …"
    old = joined([code(version) for version in deploy.plan.replaces_versions]) or "nothing"
    artifact = deploy.plan.artifact
    lines = [f"{old}  →  {code(artifact.version)}   {code(artifact.short_digest)}"]
    if deploy.preview:
        lines.append(f"{link(deploy.preview, 'Private address of the new revision')}")
    return "\n".join(lines)


def _approval(approval: Approval, deploy: Deploy) -> str:
    count = f"*Approvals {len(approval.votes)} of {approval.rule.required}*"
    voters = joined([user(vote.by) for vote in approval.votes])
    given = f" · {voters}" if voters else ""
    if deploy.state is not State.AWAITING_APPROVAL:
        return f"{count}{given}"
    groups = joined([f"*{escape(group.name)}*" for group in approval.rule.groups], "or")
    must = "".join(f" {escape(name)} is still missing." for name in approval.missing_groups)
    own = "" if approval.rule.allow_self else f" Not {user(approval.requester)}, who asked for it."
    return f"{count}{given}\nOf {groups}, until {when(approval.expires_at)}.{must}{own}"


def _buttons(deploy: Deploy, plan: Plan) -> Block:
    value = f"{deploy.id}:{plan.hash}"
    question = confirm(
        f"Deploy to {deploy.environment}?",
        f"{deploy.service} {deploy.version} ({plan.artifact.short_digest}) goes to "
        f"{deploy.environment} as soon as enough people have approved.",
        yes="Approve",
        no="Not yet",
    )
    return actions(
        f"approval:{deploy.id}",
        button("Approve", action=Action.APPROVE, value=value, style="primary", confirm=question),
        button("Reject …", action=Action.REJECT, value=value, style="danger"),
    )


def note(deploy: Deploy, said: DeployNote) -> Rendered:
    """One line in the thread below the card; the last ones mention who asked for the deploy."""
    who = user(said.by) if said.by else "Signalbox"
    asker = user(deploy.requested_by)
    detail = escape(said.detail or "")
    what = f"{code(f'{deploy.service} {deploy.version}')} in {escape(deploy.environment)}"
    match said.said:
        case Said.APPROVED:
            text = f"👍 {who} approved; more approvals are needed."
        case Said.CLEARED:
            text = f"👍 {who} approved. Off we go." if said.by else "No approval is needed here."
        case Said.REJECTED:
            text = f"⛔ {who} rejected this: {detail} ({asker})"
        case Said.EXPIRED:
            text = f"⌛ {asker}: nobody decided in time, nothing was changed."
        case Said.REPLANNED:
            text = "🔁 The target was changed outside, so approvals given before are void."
        case Said.STAGED:
            text = f"🧱 Revision {code(said.detail or '')} is ready and gets no traffic yet."
        case Said.COMPLETED:
            text = f"✅ {asker}: {what} is serving, {code(said.detail or '')}."
        case Said.FAILED:
            text = f"❌ {asker}: {what} failed. {detail}"
        case _:
            assert_never(said.said)
    return sentence(text)


def accepted(deploy: Deploy, channel: str) -> Rendered:
    """The answer to the person who asked for a deploy."""
    what = f"{code(f'{deploy.service} {deploy.version}')} to *{escape(deploy.environment)}*"
    return sentence(f"{code(deploy.id)}: {what} is on its way. Follow it in {escape(channel)}.")


def voted(deploy: Deploy) -> Rendered:
    """The answer to the person who approved."""
    if deploy.state is State.AWAITING_APPROVAL and deploy.approval:
        left = max(deploy.approval.rule.required - len(deploy.approval.votes), 1)
        return sentence(f"Your approval of {code(deploy.id)} counts; {left} more to go.")
    return sentence(f"You approved {code(deploy.id)}. It is going ahead now.")


def rejected(deploy: Deploy) -> Rendered:
    """The answer to the person who rejected."""
    return sentence(f"You rejected {code(deploy.id)}. Nothing was changed.")
