"""What concerns a whole target or environment, said to everybody in the channel."""

from typing import assert_never

from bot.domain.incidents.incident import Incident
from bot.domain.message import Notice, Posted
from bot.views.blocks import Rendered, rendered, section
from bot.views.mrkdwn import code, escape, user, when, words


def notice(message: Notice, incident: Incident | None = None) -> Rendered:
    """One short message: what, by whom, why, and until when. An `incident` is the reason itself."""
    who = user(message.by) if message.by else "Signalbox"
    subject = code(message.subject)
    match message.said:
        case Posted.LOCKED:
            text = f"🔒 {who} locked {subject}"
        case Posted.UNLOCKED:
            text = f"🔓 {who} unlocked {subject}"
        case Posted.FROZEN:
            text = f"❄️ {who} froze {subject}: nothing is deployed there"
        case Posted.THAWED:
            text = f"☀️ {who} ended a freeze of {subject}"
        case Posted.ALLOWED:
            text = f"✅ {who} allowed {subject} again"
        case _:
            assert_never(message.said)
    text += f" until {when(message.until)}." if message.until else "."
    reason = _because(incident) if incident else message.reason
    if reason:
        text += f"\n> {words(reason)}"
    return rendered(escape(f"{message.subject}: {message.said.value}"), [section(text)])


def _because(incident: Incident) -> str:
    """What everybody who deploys may read of it."""
    return f"{incident.ref}: {'a private incident' if incident.private else incident.title}"
