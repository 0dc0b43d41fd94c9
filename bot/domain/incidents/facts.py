"""What is known of an incident: its fields, its moments, what belongs to it, who sees it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.deadlines import watched
from bot.domain.incidents.declaring import clean_text, clean_title
from bot.domain.incidents.events import (
    Dated,
    DeployLinked,
    Described,
    FreezeLifted,
    FreezeSet,
    Linked,
    MadePrivate,
    Parted,
    RelatedTo,
    SuspectsFound,
)
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Related, Relation, Stamp
from bot.domain.incidents.linked import LinkedDeploy, Part, Suspect
from bot.domain.incidents.moments import dated, dated_afterwards
from bot.domain.incidents.room import Progress, Room, Status, Step
from bot.domain.incidents.room_leaving import hidden
from bot.domain.incidents.states import State

Fact = (
    Described
    | Dated
    | MadePrivate
    | Linked
    | RelatedTo
    | Parted
    | SuspectsFound
    | DeployLinked
    | FreezeSet
    | FreezeLifted
)
Fields = dict[str, object]
# A moment that stands for something somebody has to do, and what that is.
_DONE_BY: Mapping[Moment, str] = {
    Moment.ACKED: "/incident ack",
    Moment.RESOLVED: "/incident resolve",
    Moment.CLOSED: "/incident status closed",
}


def fields_of(
    before: Incident, event: Fact, by: str, now: datetime, policy: IncidentPolicy
) -> Mapping[str, object]:
    """What a fact changes. Raises as `transition.advance`."""
    match event:
        case Described():
            return _described(before, event)
        case Dated():
            return _dated(before, event, by, now)
        case MadePrivate(doers=doers):
            return _made_private(before, doers)
        case SuspectsFound(suspects=suspects):
            return {"suspects": suspects}
        case FreezeSet() | FreezeLifted():
            return _freeze(before, event, by)
        case DeployLinked(deploy=deploy):
            return _deployed(before, deploy, now, policy)
        case Linked() | RelatedTo():
            return _linked(before, event)
        case Parted(incident=other):
            double = Related(incident=other, relation=Relation.DUPLICATE)
            return {"related": tuple(each for each in before.related if each != double)}
        case _:
            assert_never(event)


def _made_private(before: Incident, doers: frozenset[str]) -> Fields:
    """Whoever only came to look is not in it; their sight ends with that of everybody."""
    if before.private:
        return {}
    staying = before.responders | (before.visitors & doers)
    return {
        "private": True,
        "room": hidden(before.room),
        "responders": staying,
        "visitors": frozenset(),
    }


def _described(before: Incident, event: Described) -> Fields:
    """The fields that are given. An empty service or environment is not known any more.

    Runbooks that are to be read elsewhere get their place in the room.
    """
    fields: Fields = {}
    if event.title is not None:
        fields["title"] = clean_title(event.title)
    if event.summary is not None:
        fields["summary"] = clean_text("summary", event.summary)
    if event.impact is not None:
        fields["impact"] = clean_text("impact", event.impact)
    if event.service is not None:
        fields["service"] = event.service or None
    if event.environment is not None:
        fields["environment"] = event.environment or None
    if event.runbooks is not None:
        fields["runbooks"] = event.runbooks
        if any(each.url for each in event.runbooks if each not in before.runbooks):
            fields["room"] = _bookmarked(before.room)
    return fields


def _bookmarked(room: Room) -> Room:
    """The room with its bookmarks to be looked after once more, if they were there."""
    before = room.progress(Step.BOOKMARKS)
    if before.status is not Status.DONE:
        return room
    steps = {**room.steps, Step.BOOKMARKS: Progress(begun=before.begun)}
    return room.model_copy(update={"steps": steps})


def _dated(before: Incident, event: Dated, by: str, now: datetime) -> Fields:
    """A moment as it was. What has yet to be done, or was written down by the bot, has no date."""
    moment, known = event.moment, before.times.get(event.moment)
    if moment is Moment.DECLARED and before.kind is not IncidentKind.BACKFILLED:
        raise UsageError(
            "When {ref} was declared is known.",
            hint="Correct when it occurred, instead.",
            ref=before.ref,
        )
    # Nobody has to answer what is over: there, that somebody had done so is a date like others.
    told = before.afterwards and moment is Moment.ACKED
    if known is None and moment in _DONE_BY and not told:
        raise UsageError(
            "{ref} is not {moment} yet.",
            hint="First {command}, then date it.",
            ref=before.ref,
            moment=moment,
            command=_DONE_BY[moment],
        )
    if known is not None and (known.at, known.override) == (event.at, event.override):
        return {}
    stamp = Stamp(at=event.at, recorded=now, by=by, override=event.override)
    if before.afterwards:
        written = before.clocks.since
        return {"times": dated_afterwards(before.times, moment, stamp, written)}
    return {"times": dated(before.times, moment, stamp)}


def _freeze(before: Incident, event: FreezeSet | FreezeLifted, by: str) -> Fields:
    if isinstance(event, FreezeSet):
        if before.drill:
            raise UsageError(
                "{ref} is a drill: it freezes nothing.", hint="Say that it would.", ref=before.ref
            )
        return {"freeze": event.freeze}
    freeze = before.freeze
    if freeze is None or freeze.lifted:
        return {}
    return {"freeze": freeze.model_copy(update={"lifted_by": by})}


def _deployed(
    before: Incident, deploy: LinkedDeploy, now: datetime, policy: IncidentPolicy
) -> Fields:
    """A deploy that belongs to it. Another fix that lands is watched for as long as the first."""
    fields: Fields = {"deploys": _with_deploy(before, deploy)}
    if deploy.landed and deploy.part is not Part.CAUSE:
        fields["suspects"] = tuple(_replaced(each, deploy) for each in before.suspects)
    known = any(each.deploy == deploy.deploy and each.landed for each in before.deploys)
    fixed = deploy.landed and deploy.part is not Part.CAUSE and not known
    if fixed and before.state is State.MONITORING:
        fields["clocks"] = watched(before.clocks, now, policy)
    return fields


def _replaced(suspect: Suspect, landed: LinkedDeploy) -> Suspect:
    """A suspect that serves no longer, because another version landed where it ran."""
    here = (suspect.service, suspect.environment) == (landed.service, landed.environment)
    if not here or suspect.version == landed.version:
        return suspect
    return suspect.model_copy(update={"undone": True, "running": False})


def _linked(before: Incident, event: Linked | RelatedTo) -> Fields:
    match event:
        case Linked(link=link):
            known = any(each.url == link.url for each in before.links)
            return {} if known else {"links": (*before.links, link)}
        case RelatedTo(incident=other, relation=relation):
            return _related(before, Related(incident=other, relation=relation))
        case _:
            assert_never(event)


def _related(before: Incident, link: Related) -> Fields:
    if link.incident == before.ref:
        raise UsageError("{ref} is the same incident.", hint="Name another one.", ref=before.ref)
    if link in before.related:
        return {}
    parent = next((each for each in before.related if each.relation is Relation.PARENT), None)
    if link.relation is Relation.PARENT and parent is not None:
        raise UsageError(
            "{ref} is a part of {other} already.",
            hint="Relate it, instead.",
            ref=before.ref,
            other=parent.incident,
        )
    return {"related": (*before.related, link)}


def _with_deploy(before: Incident, deploy: LinkedDeploy) -> tuple[LinkedDeploy, ...]:
    """The deploys with one, which takes the place of what was known of it in the same part."""
    found = list(before.deploys)
    for place, known in enumerate(found):
        if (known.deploy, known.part) == (deploy.deploy, deploy.part):
            found[place] = deploy
            return tuple(found)
    return (*found, deploy)
