"""Messages that ask somebody for something: once that is decided they are shown as it stands. Pure.

A task is decided when somebody has it or has done it, an offer of the lead when it was taken, or
when another took its place.
"""

from collections.abc import Iterator

from bot.domain.incidents.incident import Incident, Task
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid, Word


def decided_notes(before: Incident, after: Incident, *, in_thread: bool) -> Iterator[IncidentNote]:
    """The notes in the room that are to be shown again."""
    for _, task in _tasks(before, after):
        yield IncidentNote(
            incident=after.ref,
            said=IncidentSaid.TASK_ADDED,
            by=task.by,
            word=task.id,
            detail=task.text,
            in_thread=in_thread,
            again=True,
        )
    offer = before.handoff
    if offer is not None and offer != after.handoff:
        yield IncidentNote(
            incident=after.ref,
            said=IncidentSaid.HANDOFF,
            by=offer.by,
            people=(offer.to,),
            in_thread=in_thread,
            again=True,
        )


def decided_words(before: Incident, after: Incident) -> Iterator[DirectWord]:
    """What single persons were asked, to be shown to them again."""
    for was, task in _tasks(before, after):
        if was.owner is not None:
            yield _word(after, was.owner, Word.TASK, task.id)
    offer = before.handoff
    if offer is not None and offer != after.handoff:
        yield _word(after, offer.to, Word.HANDOFF)


def _tasks(before: Incident, after: Incident) -> Iterator[tuple[Task, Task]]:
    """Those that somebody else has, or that are done now, as they were and as they are."""
    known = {task.id: task for task in before.tasks}
    for task in after.tasks:
        was = known.get(task.id)
        if was is not None and (was.owner, was.done_by) != (task.owner, task.done_by):
            yield was, task


def _word(after: Incident, to: str, word: Word, about: str = "") -> DirectWord:
    return DirectWord(incident=after.ref, to=to, word=word, about=about, again=True)
