"""The channels that the room of an incident leaves behind, and what is done about them. Pure.

    messages, topic and purpose, pin and bookmarks, name ── archive

Only what is private takes back what everybody could read: the channels that it had before it became
so, and a private one that somebody opened and that was then given up for another. A channel that
the bot made for the incident is emptied of the bot's words, renamed and archived. Any other belongs
to somebody else, also when it is a private one: only what the bot has hung on it is taken away.
Nothing of an archived channel can be changed any more, so that it is archived last.
"""

from collections.abc import Iterator

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Left, Progress, Room, RoomKind, Status, Step

LEAVING = frozenset(
    {Step.LEFT_WORDS, Step.LEFT_TEXTS, Step.LEFT_LINKS, Step.LEFT_NAME, Step.LEFT_ARCHIVE}
)
# Somebody else's channel keeps its name and its description, and stays open.
_OF_MADE = frozenset({Step.LEFT_TEXTS, Step.LEFT_NAME, Step.LEFT_ARCHIVE})
_SETTLED = frozenset({Status.DONE, Status.REFUSED})


def leaving_steps(incident: Incident) -> tuple[Step, ...]:
    """The steps that take back what everybody could read, in the order in which they are shown.

    A room that was a thread has left nothing but words below the alert.
    """
    room = incident.room
    left = [each for each in room.left if not each.retired]
    if not incident.private or not (left or _alerted(room)):
        return ()
    made = any(each.made for each in left)
    return tuple(
        step
        for step in Step
        if step in LEAVING and (left or step is Step.LEFT_WORDS) and (made or step not in _OF_MADE)
    )


def may_archive(incident: Incident) -> bool:
    """Whether everything else has been done about the channels, or was refused: what only a person
    can mend must not keep a channel open in which people go on talking.
    """
    others = (step for step in leaving_steps(incident) if step is not Step.LEFT_ARCHIVE)
    return all(incident.room.progress(step).status in _SETTLED for step in others)


def unfinished(incident: Incident) -> bool:
    """Whether something that everybody could read has been left, and can be tried again."""
    steps = leaving_steps(incident)
    return any(incident.room.progress(step).status is not Status.DONE for step in steps)


def hidden(room: Room) -> Room:
    """The room of an incident that has just become private: one that has yet to be made.

    Somebody else's private channel is left like any other: whoever is in there was never asked into
    what only some may know. Nothing is found again under the old token, which they can read.
    """
    return _unknown_to_all(emptied(room, Progress(), private=False))


def given_up(room: Room, channel: Progress) -> Room:
    """The room of a private incident that leaves a channel which somebody has opened to everybody.

    That one has yet to be retired. Those that were left before and are archived have been: nothing
    of them can be changed any more.
    """
    before = tuple(
        each.model_copy(update={"retired": each.retired or _finished(room, each)})
        for each in room.left
    )
    moved = emptied(room.model_copy(update={"left": before}), channel, private=False)
    steps = {step: progress for step, progress in moved.steps.items() if step not in LEAVING}
    return _unknown_to_all(moved.model_copy(update={"steps": steps}))


def emptied(room: Room, channel: Progress, *, private: bool) -> Room:
    """A room that begins anew in another channel; the broadcast stays where it is.

    What it leaves is remembered, unless it was `private`, so that nobody else could read it.
    """
    kept = LEAVING | {Step.BROADCAST}
    steps = {step: progress for step, progress in room.steps.items() if step in kept}
    left = room.left if private else (*room.left, *_left(room))
    return room.model_copy(
        update={
            "kind": RoomKind.CHANNEL,
            "channel": None,
            "name": None,
            "adopted": False,
            "closed": False,
            "card": None,
            "people": frozenset(),
            "left": left,
            "steps": {Step.CHANNEL: channel, **steps},
        }
    )


def without(room: Room, channel: str) -> Room:
    """The room when a channel is its own again: that one has not been left."""
    kept = tuple(each for each in room.left if each.channel != channel)
    return room if kept == room.left else room.model_copy(update={"left": kept})


def _left(room: Room) -> Iterator[Left]:
    """The channel that a room is, or may be: one may be there before anybody knows its id."""
    if room.kind is RoomKind.THREAD:
        return
    making = room.progress(Step.CHANNEL)
    if room.channel is not None:
        card = room.progress(Step.CARD)
        since = card.begun if room.card is None else None
        yield Left(channel=room.channel, made=not room.adopted, since=since, card=room.card)
    elif making.begun is not None and making.status not in {Status.REFUSED, Status.SKIPPED}:
        yield Left(made=True, since=making.begun)


def _unknown_to_all(room: Room) -> Room:
    """A room that goes by another token than the one that everybody could read."""
    return room.model_copy(update={"token": f"{room.token}p", "open_token": room.token})


def _finished(room: Room, left: Left) -> bool:
    """Whether all has been done about a channel that was left."""
    last = (Step.LEFT_ARCHIVE,) if left.made else (Step.LEFT_WORDS, Step.LEFT_LINKS)
    return all(room.progress(step).status is Status.DONE for step in last)


def _alerted(room: Room) -> bool:
    """Whether there is, or may be, an alert that everybody could read."""
    return room.broadcast is not None or _begun(room, Step.BROADCAST)


def _begun(room: Room, step: Step) -> bool:
    return room.progress(step).begun is not None
