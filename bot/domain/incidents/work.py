"""What is to be done: tasks, lists to tick off, and the post-mortem. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.domain.errors import NotFound, UsageError
from bot.domain.incidents.events import (
    SAME_CLICK,
    LineTicked,
    PostMortemDrafted,
    PostMortemPublished,
    ProcedureAdded,
    TaskAdded,
    TaskDone,
    TaskOwned,
)
from bot.domain.incidents.incident import Incident, Task, TaskKind
from bot.domain.incidents.people import joined
from bot.domain.worded import Worded

Work = (
    TaskAdded
    | TaskOwned
    | TaskDone
    | ProcedureAdded
    | LineTicked
    | PostMortemDrafted
    | PostMortemPublished
)
Fields = dict[str, object]
_LETTERS = {TaskKind.TASK: "T", TaskKind.FOLLOW_UP: "F"}


def fields_of(before: Incident, event: Work, by: str, now: datetime) -> Mapping[str, object]:
    """What an event about its work changes. Raises as `transition.advance`."""
    match event:
        case TaskAdded():
            return _added(before, event, by, now)
        case TaskOwned(task=name, owner=owner):
            return _owned(before, name, owner)
        case TaskDone(task=name):
            return _done(before, name, by, now)
        case ProcedureAdded(procedure=procedure):
            known = before.procedure(procedure.id) is not None
            return {} if known else {"procedures": (*before.procedures, procedure)}
        case LineTicked():
            return _ticked(before, event, by, now)
        case PostMortemDrafted() | PostMortemPublished():
            return _post_mortem(before, event, by, now)
        case _:
            assert_never(event)


def owned(incident: Incident, name: str, owner: str, *, free: bool) -> TaskOwned | None:
    """That somebody does a task; None when it was to be `free` for them, and is not any more."""
    task = incident.task(name)
    if free and task is not None and (task.owner is not None or task.done_by is not None):
        return None
    return TaskOwned(task=name, owner=owner)


def _added(before: Incident, event: TaskAdded, by: str, now: datetime) -> Fields:
    text, owner = event.text.strip(), event.owner or None
    if not text:
        raise UsageError(
            "A {kind} needs a text.", hint="Say what is to be done.", kind=Worded(event.kind)
        )
    alike = [task for task in before.tasks if task.kind is event.kind]
    if event.source is not None and any(task.source == event.source for task in alike):
        return {}
    name = f"{_LETTERS[event.kind]}{len(alike) + 1}"
    made = Task(
        id=name, kind=event.kind, text=text, by=by, at=now, owner=owner, source=event.source
    )
    fields: Fields = {"tasks": (*before.tasks, made)}
    return fields | ({"responders": joined(before, (owner,))} if owner else {})


def _owned(before: Incident, name: str, owner: str) -> Fields:
    """Whoever does it takes part, and so sees what it is about."""
    _task(before, name)
    return {
        "tasks": _with_task(before, name, {"owner": owner}),
        "responders": joined(before, (owner,)),
    }


def _done(before: Incident, name: str, by: str, now: datetime) -> Fields:
    if _task(before, name).done_at is not None:
        return {}
    return {"tasks": _with_task(before, name, {"done_by": by, "done_at": now})}


def _task(before: Incident, name: str) -> Task:
    found = before.task(name)
    if found is None:
        raise NotFound("{ref} has no task {name}.", ref=before.ref, name=name)
    return found


def _with_task(before: Incident, name: str, update: Mapping[str, object]) -> tuple[Task, ...]:
    return tuple(
        task.model_copy(update=update) if task.id == name else task for task in before.tasks
    )


def _ticked(before: Incident, event: LineTicked, by: str, now: datetime) -> Fields:
    if before.procedure(event.procedure) is None:
        raise NotFound("{ref} has no list {list}.", ref=before.ref, list=event.procedure)
    return {
        "procedures": tuple(
            each
            if each.id != event.procedure
            else each.untick(event.item)
            if event.undone
            else each.tick(event.item, by, now)
            for each in before.procedures
        )
    }


def _post_mortem(
    before: Incident, event: PostMortemDrafted | PostMortemPublished, by: str, now: datetime
) -> Fields:
    """A draft can be made anew; what is published stays so, though its address may change."""
    record = before.postmortem
    if isinstance(event, PostMortemDrafted):
        if record.drafted is not None and now - record.drafted < SAME_CLICK:
            return {}
        return {"postmortem": record.model_copy(update={"drafted": now})}
    if record.published is None:
        update = {"published": now, "published_by": by, "url": event.url or record.url}
        return {"postmortem": record.model_copy(update=update)}
    return {"postmortem": record.model_copy(update={"url": event.url or record.url})}
