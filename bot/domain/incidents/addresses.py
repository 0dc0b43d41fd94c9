"""Addresses of pages that people link."""

import re

from bot.domain.errors import UsageError

# What else there is in an address is written in percents (RFC 3986, “Characters”).
_ADDRESS = re.compile(r"[^\s<>\"\x00-\x20\x7f-\x9f]+")


def require_address(url: str) -> None:
    """Raise `UsageError` unless this is the address of a page, of signs that addresses have."""
    if not url.startswith(("https://", "http://")):
        raise UsageError("“{url}” is no address.", hint="It begins with https://.", url=url)
    if not _ADDRESS.fullmatch(url):
        raise UsageError(
            "“{url}” is no address.",
            hint="It has no blanks or angle brackets; write %20 instead.",
            url=url,
        )
