"""Calls and answers: who is on it, which rungs were paged, which bells have rung. Pure.

Which page is due, and to whom, is said by `escalation`; when bells ring, by `clocks`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.domain.audit import is_person
from bot.domain.errors import NotFound, UsageError
from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents import deadlines
from bot.domain.incidents.calls import Clocks, Page
from bot.domain.incidents.events import SAME_CLICK, Acked, Event, PageAcked, Paged, Rang
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.moments import stamped
from bot.domain.incidents.people import given, joined

Call = Acked | Paged | PageAcked | Rang
Fields = dict[str, object]


def fields_of(
    before: Incident, event: Call, by: str, now: datetime, policy: IncidentPolicy
) -> Mapping[str, object]:
    """What a call or an answer changes. Raises as `transition.advance`."""
    match event:
        case Acked():
            return _acked(before, by, now, policy)
        case Paged(page=page):
            return _paged(before, page, policy)
        case PageAcked(page=name):
            return _page_acked(before, name, by, now, policy)
        case Rang(mark=mark):
            return {"clocks": _fired(before.clocks, mark)}
        case _:
            assert_never(event)


def _acked(before: Incident, by: str, now: datetime, policy: IncidentPolicy) -> Fields:
    """Somebody is on it. That answers every page that this person has, and the first time the
    present rung as well, whoever was called by it. Whoever comes later and was not called is on it,
    too. What is over when it is written down waits for nobody's answer.
    """
    if before.afterwards:
        raise UsageError(
            "{ref} was written down afterwards: nothing is left to be answered.",
            hint="Say when somebody did: /incident date acked 13:10.",
            ref=before.ref,
        )
    first = Moment.ACKED not in before.times
    answered = {
        page.id
        for page in before.pages
        if page.acked_by is None and first and _present(before, page)
    } | _own(before, by)
    if not first and not answered:
        return _on_it_too(before, by)
    fields = _answered(before, answered, by, now, policy)
    if first:
        fields |= _taken_on(before, by, now, fields)
    return fields


def _on_it_too(before: Incident, by: str) -> Fields:
    """One more is in, once; no page is answered by that, and nothing that runs stops. A machine is
    nobody to turn to.
    """
    clocks = before.clocks
    known = clocks.present | {before.times[Moment.ACKED].by}
    if not is_person(by) or by in known:
        return {}
    within = clocks.model_copy(update={"present": clocks.present | {by}})
    return {"responders": joined(before, (by,)), "clocks": within}


def came_too(before: Incident, after: Incident) -> bool:
    """Whether an acknowledgement was neither the first one nor the answer to a page."""
    return before.at(Moment.ACKED) is not None and before.pages == after.pages


def _page_acked(
    before: Incident, name: str, by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    """A page is answered by the first who says so, and with it all that this person has. Whoever
    answers takes part, and leads if nobody does and the ladder has called; answers that come when
    all is over are only written down. Who answers a page of before it was opened again is on it
    now, and so answers what is asked now.
    """
    page = before.page(name)
    if page is None:
        raise NotFound("{ref} has no page {name}.", ref=before.ref, name=name)
    if before.outlived(page):
        return _acked(before, by, now, policy) if before.active else {}
    if page.acked_by is not None:
        return {}
    fields = _answered(before, {name} | _own(before, by), by, now, policy)
    if before.active and Moment.ACKED not in before.times:
        fields |= _taken_on(before, by, now, fields, leads=not page.by_hand)
    return fields


def heard(
    before: Incident, event: Event, by: str, now: datetime, policy: IncidentPolicy
) -> Incident:
    """An incident after an event of somebody who has a role or has acknowledged: whoever that is is
    in from now on, and has answered every page that called them.

    A role that others gave says nothing: whoever has it may be asleep.
    """
    takes_part = isinstance(event, Acked | PageAcked) or by in before.roles.values()
    if not before.active or not is_person(by) or not takes_part or by in before.clocks.present:
        return before
    clocks = before.clocks.model_copy(update={"present": before.clocks.present | {by}})
    after = before.model_copy(update={"clocks": clocks})
    names = _own(after, by)
    return after.model_copy(update=_answered(after, names, by, now, policy)) if names else after


def _own(incident: Incident, person: str) -> set[str]:
    """The pages that call a person, and that nobody has answered."""
    return {
        page.id
        for page in incident.pages
        if page.acked_by is None and person in page.people and not incident.outlived(page)
    }


def _answered(
    before: Incident, names: set[str], by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    """Pages that are answered; the ladder waits when the present rung is among them."""
    ack = {"acked_by": by, "acked_at": now}
    pages = tuple(
        page.model_copy(update=ack) if page.id in names else page for page in before.pages
    )
    fields: Fields = {"pages": pages, "responders": joined(before, (by,))}
    last = next(
        (page for page in before.pages if page.id in names and _present(before, page)), None
    )
    if last is not None and before.clocks.climb_at is not None:
        rule = policy.rule(before.severity)
        fields["clocks"] = deadlines.answered(before.clocks, last, rule, now)
    return fields


def _taken_on(
    before: Incident, by: str, now: datetime, fields: Fields, *, leads: bool = True
) -> Fields:
    """The first answer of all: the response clock stops, and somebody leads.

    A machine that acknowledges cannot be asked anything, and so leads nothing.
    """
    clocks = before.model_copy(update=fields).clocks
    taken: Fields = {
        "times": stamped(before.times, Moment.ACKED, by, now),
        "clocks": deadlines.acknowledged(clocks),
    }
    if leads and before.lead is None and is_person(by):
        taken |= given(before, Role.LEAD, by)
    return taken


def _present(before: Incident, page: Page) -> bool:
    """Whether a page is that of the present rung."""
    clocks = before.clocks
    return not page.by_hand and (page.rung, page.epoch) == (clocks.rung, clocks.severity_epoch)


def _paged(before: Incident, page: Page, policy: IncidentPolicy) -> Fields:
    """A page of the ladder raises its rung. Each rung counts once in a severity epoch, and never
    after a higher one.
    """
    if before.kind is not IncidentKind.REAL:
        raise UsageError(
            "{ref} is a drill: nobody is paged."
            if before.drill
            else "{ref} is written down afterwards: nobody is paged.",
            hint="Ask them to join.",
            ref=before.ref,
        )
    known = before.page(page.id)
    if known is not None:
        return _reached(before, known, page, policy)
    if any(_repeats(each, page) for each in before.pages):
        return {}
    fields: Fields = {"pages": (*before.pages, page)}
    clocks = before.clocks
    if not page.by_hand:
        if page.epoch != clocks.severity_epoch or page.rung <= clocks.rung:
            return {}
        rule = policy.rule(before.severity)
        fields["clocks"] = deadlines.climbed(clocks, page, rule)
    return fields


def _reached(before: Incident, known: Page, page: Page, policy: IncidentPolicy) -> Fields:
    """Who stands on a rung is known at last: from now on they have their time to answer."""
    if not known.unknown or page.unknown or known.acked_by is not None:
        return {}
    fields: Fields = {"pages": tuple(page if each.id == page.id else each for each in before.pages)}
    if _present(before, page):
        fields["clocks"] = deadlines.climbed(before.clocks, page, policy.rule(before.severity))
    return fields


def _repeats(known: Page, page: Page) -> bool:
    """Whether somebody calls the same people once more, by a second click or a form sent again."""
    if not page.by_hand or known.acked_by is not None:
        return False
    same = (known.rung, known.by, known.people) == (page.rung, page.by, page.people)
    return same and abs(page.at - known.at) < SAME_CLICK


def _fired(clocks: Clocks, mark: str) -> Clocks:
    return clocks.model_copy(update={"fired": clocks.fired | {mark}})
