"""What is hidden, in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.hidings import Hiding

HIDINGS: Mapping[Hiding, str] = MappingProxyType(
    {
        Hiding.REDACTED: "🔒 {ref} is private now. Whoever works on it sees it in its own channel.",
        Hiding.CLOSED: (
            "{ref} is private now. This channel is closed: write nothing here. "
            "Those who are in it go on in a private channel."
        ),
        Hiding.LEFT: (
            "🔒 {ref} is private now. Write nothing about it here. "
            "Those who are in it go on in a private channel."
        ),
        Hiding.OPENED: (
            "🔒 {ref} is private, and everybody can read this channel: nothing more is told here. "
            "Make it private again, or type `/incident convert {ref}` in a private channel."
        ),
        Hiding.ASK: (
            "{ref} will be hidden from all who are not in it. There is no way back. A "
            "channel made for it is archived without what the bot said; one that was there before "
            "stays open. What people wrote there can still be read by everybody."
        ),
    }
)
