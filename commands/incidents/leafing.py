"""How a list is leafed through: a page carries where those before it began, so that it leads back.

Where a page begins is the reference that the one before it ended with; the first one begins with
nothing.
"""

from bot.views.incidents.lists import Leads

# A button carries 2,000 characters (docs.slack.dev, "Button element"), and beside these up to 300
# that were searched for.
_MOST = 80


def begun(carried: str) -> tuple[str, ...]:
    """Where the pages up to one began; of the first page nothing."""
    return tuple(each for each in carried.split(",") if each)


def leads(head: str, way: tuple[str, ...], after: str | None, tail: str = "") -> Leads:
    """The ways from a page; `after` is where the next one begins, if there is one.

    What `begun` reads stands between `head` and `tail`. Whoever went on for more than 80 pages gets
    back to 80 of them, and from there to the first.
    """

    def value(*starts: str) -> str:
        return f"{head}:{','.join(starts[-_MOST:])}{tail}"

    return Leads(on=value(*way, after) if after else "", back=value(*way[:-1]) if way else "")
