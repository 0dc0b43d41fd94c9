"""Messages that ask somebody for something: once that is decided they are shown as it stands. Pure.

A task is decided when somebody has it or has done it, an offer of the lead when it was taken, or
when another took its place, a reminder when what it asked for is done, or when it is over.
"""

from collections.abc import Iterator

from bot.domain.incidents.clocks import bell_of
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, Task
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid, Word
from bot.domain.incidents.remarks import Remark, suggestion
from bot.domain.incidents.reminders import UPDATE_BELLS, answered, reminded, waits


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
    for bell, mark in answered(before, after):
        yield _reminder(before, bell, mark, in_thread=in_thread)


def decided_alerts(before: Incident, after: Incident) -> Iterator[IncidentNote]:
    """The notes below the alert that are to be shown again, where the room is elsewhere."""
    for bell, mark in answered(before, after):
        if bell is Bell.RESOLUTION_BREACHED:
            yield _reminder(before, bell, mark, in_thread=True)


def decided_words(before: Incident, after: Incident) -> Iterator[DirectWord]:
    """What single persons were asked, to be shown to them again."""
    for was, task in _tasks(before, after):
        if was.owner is not None:
            yield _word(after, was.owner, Word.TASK, task.id)
    offer = before.handoff
    if offer is not None and offer != after.handoff:
        yield _word(after, offer.to, Word.HANDOFF)
    for mark in sorted(before.clocks.fired):
        bell = bell_of(mark)
        if bell in UPDATE_BELLS and waits(before, mark):
            kept = reminded(after, bell) if waits(after, mark) else ()
            for person in reminded(before, bell):
                if person not in kept:
                    word = _word(after, person, Word.UPDATE_DUE, bell)
                    yield word.model_copy(update={"mark": mark})


def _reminder(before: Incident, bell: Bell, mark: str, *, in_thread: bool) -> IncidentNote:
    """Nobody is called by it any more, but for whom a question names."""
    asked = Remark(IncidentSaid.BELL, bell)
    said = suggestion(before) if bell is Bell.FIXED_AWHILE else asked
    return IncidentNote(
        incident=before.ref,
        said=said.said,
        word=said.word,
        detail=said.detail,
        people=said.people,
        mark=mark,
        in_thread=in_thread,
        again=True,
    )


def _tasks(before: Incident, after: Incident) -> Iterator[tuple[Task, Task]]:
    """Those that somebody else has, or that are done now, as they were and as they are."""
    known = {task.id: task for task in before.tasks}
    for task in after.tasks:
        was = known.get(task.id)
        if was is not None and (was.owner, was.done_by) != (task.owner, task.done_by):
            yield was, task


def _word(after: Incident, to: str, word: Word, about: str = "") -> DirectWord:
    return DirectWord(incident=after.ref, to=to, word=word, about=about, again=True)
