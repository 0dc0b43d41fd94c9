"""What people wrote, as they read it: without Slack's marks for mentions, links and entities.

https://docs.slack.dev/messaging/formatting-message-text ("Retrieving formatted messages")
"""

import re
from collections.abc import Awaitable, Callable, Iterable

# Knows the name of a person by id, as far as it is known; and looks people up, so that it is.
Names = Callable[[str], str | None]
Meet = Callable[[Iterable[str]], Awaitable[None]]

_MARK = re.compile(r"<([@#!][^<>|]*|[a-z][a-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^<>]*)?>")


def nobody(_: str) -> None:
    """Knows no names."""
    return


async def meet_nobody(_: Iterable[str]) -> None:
    """Looks nobody up."""


def mentioned(text: str) -> frozenset[str]:
    """The ids of the people that a message mentions."""
    return frozenset(_PERSON.findall(text))


def as_read(text: str, names: Names = nobody) -> str:
    """The text with names in place of ids, where `names` knows them, and addresses in full."""

    def shown(mark: re.Match[str]) -> str:
        target, label = mark[1], mark[2] or ""
        match target[:1]:
            case "@":
                return f"@{names(target[1:]) or label or target[1:]}"
            case "#":
                return f"#{label or target[1:]}"
            case "!":
                return label or f"@{target[1:].partition('^')[0]}"
            case _:
                return _link(target, label)

    plain = _MARK.sub(shown, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _link(target: str, label: str) -> str:
    """An address; with its label, when that says something else."""
    if not label or target.removeprefix("mailto:").removeprefix("tel:") == label:
        return label or target
    return target if label in target else f"{label} ({target})"
