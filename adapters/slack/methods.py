"""The Web API methods that Signalbox calls: how often, how, and with which scope.

Tiers are from Slack's method reference; what a tier allows per minute is from
https://docs.slack.dev/apis/web-api/rate-limits (tier 2: 20+, tier 3: 50+, tier 4: 100+, each per
method, workspace and app).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

TIER_2 = 20
TIER_3 = 50
TIER_4 = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the Web API.

    `per_minute` is what its tier allows; None where Slack publishes no number per minute.
    `repeatable` means that calling twice leaves the same as calling once, so that a lost answer
    does no harm. `scopes` are those of which the bot needs one, by kind of channel. `form` is for
    methods whose reference does not promise that they read JSON.
    """

    per_minute: int | None
    repeatable: bool
    verb: Literal["GET", "POST"] = "POST"
    scopes: tuple[str, ...] = ()
    form: bool = False


_HISTORY = ("channels:history", "groups:history", "im:history")
_MANAGE = ("channels:manage", "groups:write")

# Reads go as GET: aiohttp then repeats one by itself when a kept-alive connection turns out closed.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auth.test": Method(per_minute=None, repeatable=True),
        "users.info": Method(
            per_minute=TIER_4, repeatable=True, verb="GET", scopes=("users:read",)
        ),
        "users.conversations": Method(
            per_minute=TIER_3,
            repeatable=True,
            verb="GET",
            scopes=("channels:read", "groups:read"),
        ),
        "usergroups.users.list": Method(
            per_minute=TIER_2, repeatable=True, verb="GET", scopes=("usergroups:read",)
        ),
        "chat.postMessage": Method(per_minute=None, repeatable=False, scopes=("chat:write",)),
        "chat.update": Method(per_minute=TIER_3, repeatable=True, scopes=("chat:write",)),
        "chat.postEphemeral": Method(per_minute=TIER_4, repeatable=False, scopes=("chat:write",)),
        # Begins an upload, which shows nothing before it is completed: beginning two is harmless.
        "files.getUploadURLExternal": Method(
            per_minute=TIER_4, repeatable=True, scopes=("files:write",), form=True
        ),
        "files.completeUploadExternal": Method(
            per_minute=TIER_4, repeatable=False, scopes=("files:write",)
        ),
        # No number is published for it; it asks for no scope, but for membership.
        "chat.getPermalink": Method(per_minute=None, repeatable=True, verb="GET"),
        "views.open": Method(per_minute=TIER_4, repeatable=False),
        "views.push": Method(per_minute=TIER_4, repeatable=False),
        "views.update": Method(per_minute=TIER_4, repeatable=True),
        "views.publish": Method(per_minute=TIER_4, repeatable=True),
        "conversations.history": Method(
            per_minute=TIER_3, repeatable=True, verb="GET", scopes=_HISTORY
        ),
        "conversations.replies": Method(
            per_minute=TIER_3, repeatable=True, verb="GET", scopes=_HISTORY
        ),
        "conversations.info": Method(
            per_minute=TIER_3,
            repeatable=True,
            verb="GET",
            scopes=("channels:read", "groups:read"),
        ),
        "conversations.members": Method(
            per_minute=TIER_4,
            repeatable=True,
            verb="GET",
            scopes=("channels:read", "groups:read"),
        ),
        # A second channel of a name is refused (name_taken), but then nobody knows whose it is.
        "conversations.create": Method(per_minute=TIER_2, repeatable=False, scopes=_MANAGE),
        # Whoever is in the channel already is named as such (already_in_channel).
        "conversations.invite": Method(per_minute=TIER_3, repeatable=True, scopes=_MANAGE),
        "conversations.setTopic": Method(per_minute=TIER_2, repeatable=True, scopes=_MANAGE),
        "conversations.setPurpose": Method(per_minute=TIER_2, repeatable=True, scopes=_MANAGE),
        # What has that name, or is archived, already, is looked at by the caller.
        "conversations.rename": Method(per_minute=TIER_2, repeatable=True, scopes=_MANAGE),
        "conversations.archive": Method(per_minute=TIER_2, repeatable=True, scopes=_MANAGE),
        "conversations.open": Method(per_minute=TIER_3, repeatable=True, scopes=("im:write",)),
        "pins.add": Method(per_minute=TIER_2, repeatable=True, scopes=("pins:write",)),
        "bookmarks.add": Method(per_minute=TIER_2, repeatable=False, scopes=("bookmarks:write",)),
        # What is gone is named as such: no_pin, not_found, message_not_found.
        "pins.remove": Method(per_minute=TIER_2, repeatable=True, scopes=("pins:write",)),
        "bookmarks.remove": Method(per_minute=TIER_2, repeatable=True, scopes=("bookmarks:write",)),
        "chat.delete": Method(per_minute=TIER_3, repeatable=True, scopes=("chat:write",)),
        "bookmarks.list": Method(per_minute=TIER_3, repeatable=True, scopes=("bookmarks:read",)),
        "reactions.add": Method(per_minute=TIER_3, repeatable=True, scopes=("reactions:write",)),
    }
)
