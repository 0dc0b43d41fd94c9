"""What is said once in the thread below a deploy's card: one line, to the people it concerns."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.domain.deploy import Deploy
from bot.domain.history import Kind
from bot.domain.message import DeployNote, Said
from bot.views.blocks import Rendered, sentence
from bot.views.mrkdwn import code, user, users, when, words
from bot.views.steps import served_before

# `to` are the people who have to do something; the asker is mentioned when it ends.
_PLAIN: Mapping[Said, str] = MappingProxyType(
    {
        Said.ASKED: "🙋 {asker} asked for {what}.",
        Said.APPROVED: "👍 {who} approved; more approvals are needed.",
        Said.REMINDED: "⏰ {to}{what} waits for your approval{until}.",
        Said.REJECTED: "⛔ {asker}: {who} rejected this. {detail}",
        Said.EXPIRED: "⌛ {asker}: nobody answered in time, nothing was changed.",
        Said.REFUSED: "⛔ {asker}: this may not be done. {detail}",
        Said.STAGED: "🧱 Revision {code} is ready, without traffic.",
        Said.SMOKE_PASSED: "🩺 The new revision answers as it should.",
        Said.SHIFTED: "🚦 {detail} % of the traffic, confirmed.",
        Said.WARNED: "⚠️ {to}Warning: {detail}.",
        Said.CALLED: "📣 {to}{what} is still held, and nobody has decided. {detail}",
        Said.PROMOTED: "⏩ {who} promoted it to {detail} %.",
        Said.RESUMED: "▶️ {who} lets it go on at {detail} %.",
        Said.ROLLED_BACK: "↩️ {asker}: rolled back, {old} serves again. {detail}",
        Said.CANCELLED: "🚫 {asker}: cancelled by {who}. {detail}",
        Said.FAILED: "❌ {asker}: {what} failed. {detail}",
        Said.REVIEW_OVERDUE: "🔴 {to}the review of {id} is overdue.",
    }
)


def note(deploy: Deploy, message: DeployNote) -> Rendered:
    """One line about a deploy."""
    compose = _COMPOSED.get(message.said)
    text = compose(deploy, message) if compose else _filled(_PLAIN[message.said], deploy, message)
    return sentence(text)


def chart_comment(name: str) -> str:
    """What stands above a picture in the thread."""
    return f"📈 {words(name)}"


def _filled(template: str, deploy: Deploy, message: DeployNote) -> str:
    approval = deploy.approval
    return template.format(
        who=_who(message),
        to=_to(message),
        asker=_asker(deploy),
        what=_what(deploy),
        old=_old(deploy),
        id=code(deploy.id),
        code=code(message.detail or ""),
        detail=words(message.detail or ""),
        until=f" until {when(approval.expires_at)}" if approval else "",
    ).rstrip()


def _who(message: DeployNote) -> str:
    return user(message.by) if message.by else "Signalbox"


def _to(message: DeployNote) -> str:
    return f"{users(message.people)}: " if message.people else ""


def _detail(message: DeployNote, lead: str = " ") -> str:
    return f"{lead}{words(message.detail)}" if message.detail else ""


def _asker(deploy: Deploy) -> str:
    return user(deploy.requested_by)


def _what(deploy: Deploy) -> str:
    return f"{code(f'{deploy.service} {deploy.version}')} in {words(deploy.environment, 60)}"


def _old(deploy: Deploy) -> str:
    return served_before(deploy.plan) if deploy.plan else "the old version"


def _cleared(_deploy: Deploy, message: DeployNote) -> str:
    return f"👍 {_who(message)} approved. Off we go." if message.by else "No approval is needed."


def _broke_glass(deploy: Deploy, message: DeployNote) -> str:
    broke = f"🚨 {_to(message)}*{_asker(deploy)} broke the glass.*{_detail(message)}"
    return f"{broke}\nNobody approves this beforehand; it is reviewed afterwards."


def _replanned(_deploy: Deploy, message: DeployNote) -> str:
    again = "Approvals given before are void; a new card follows."
    return f"🔁 {_to(message)}The plan changed{_detail(message, ': ')}. {again}"


def _backed_up(deploy: Deploy, _message: DeployNote) -> str:
    rule = deploy.plan.database if deploy.plan else None
    name = f" of {code(rule.instance)}" if rule else ""
    if rule is not None and not rule.wait:
        return f"💾 A backup{name} has begun."
    return f"💾 The backup{name} is there."


def _held(deploy: Deploy, message: DeployNote) -> str:
    share = f" at {deploy.trail[-1].percent} %" if deploy.trail else ""
    return f"✋ {_to(message) or f'{_asker(deploy)}: '}It is held{share}.{_detail(message)}"


def _alarmed(deploy: Deploy, message: DeployNote) -> str:
    people = _to(message) or f"{_asker(deploy)}: "
    broke = f"🔴 {people}A gate broke after the deploy{_detail(message, ': ')}."
    return f"{broke} {_old(deploy)} is still kept: the card has a button to switch back."


def _rolling_back(_deploy: Deploy, message: DeployNote) -> str:
    if message.by:
        return f"↩️ {_who(message)} rolls it back.{_detail(message)}"
    return f"↩️ It is rolled back by itself.{_detail(message)}"


def _completed(deploy: Deploy, message: DeployNote) -> str:
    digest = f", {code(message.detail)}" if message.detail else ""
    end = "is back" if deploy.kind is Kind.ROLLBACK else "is serving"
    return f"✅ {_asker(deploy)}: {_what(deploy)} {end}{digest}."


_COMPOSED: Mapping[Said, Callable[[Deploy, DeployNote], str]] = MappingProxyType(
    {
        Said.CLEARED: _cleared,
        Said.BROKE_GLASS: _broke_glass,
        Said.REPLANNED: _replanned,
        Said.BACKED_UP: _backed_up,
        Said.HELD: _held,
        Said.ALARMED: _alarmed,
        Said.ROLLING_BACK: _rolling_back,
        Said.COMPLETED: _completed,
    }
)
