"""The ladder: who is paged next, and when. Pure; nothing is sent from here.

A ladder is climbed one rung at a time, each rung once in a severity epoch. Rungs that are not meant
for the severity are passed by. A rung at which nobody is on duty is written down as a page without
people, and the next one follows at once: the ladder may come to its end, but never to silence.
Where nobody can say who stands on a rung, its page is written down as unknown: its people are
called as soon as they are known, and meanwhile the ladder goes on to known people only.
Who is in already is not called: a rung with one of them counts as answered, and one with nobody
else is passed. Nothing is climbed while customers are better.
`Clocks.climb_at` says when the next rung's time has come; transitions set it.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.audit import ENGINE
from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy, Rung
from bot.domain.incidents.calls import BY_HAND, Because, Page
from bot.domain.incidents.events import Paged
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.states import State

# The members of rungs that are groups, by the rung's place in the ladder; None: nobody can say.
Members = Mapping[int, frozenset[str] | None]


def on_duty(rung: Rung, now: datetime) -> frozenset[str] | None:
    """Who stands on a rung by its rotation; None when it is a group, to be looked up elsewhere."""
    return frozenset({rung.rotation.on_duty(now)}) if rung.rotation is not None else None


def next_rung(incident: Incident, policy: IncidentPolicy) -> int | None:
    """The next rung that is meant for this severity; None at the end of the ladder."""
    return rung_after(incident.clocks.rung, incident, policy)


def rung_after(place: int, incident: Incident, policy: IncidentPolicy) -> int | None:
    """The first rung above a place (or the `FLOOR`) that is meant for this severity, or None."""
    above = range(place + 1, len(policy.ladder))
    return next((at for at in above if incident.severity in policy.ladder[at].severities), None)


def last_page(incident: Incident) -> Page | None:
    """The newest page of the ladder in the present severity epoch."""
    epoch = incident.clocks.severity_epoch
    own = (page for page in incident.pages if not page.by_hand and page.epoch == epoch)
    return max(own, key=lambda page: page.rung, default=None)


def awaited(incident: Incident) -> tuple[Page, ...]:
    """The pages of the ladder that nobody has got yet, as nobody could say who stands there."""
    if _climb_due(incident) is None:
        return ()
    return tuple(
        page
        for page in incident.pages
        if page.unknown
        and not page.by_hand
        and page.epoch == incident.clocks.severity_epoch
        and not answered(incident, page)
    )


def reached(incident: Incident, page: Page, people: frozenset[str], now: datetime) -> Paged:
    """An awaited page, as soon as it is known who stands on its rung: they are called now."""
    known = _called(incident, people)
    return Paged(page=page.model_copy(update={**known, "unknown": False, "at": now}))


def climbs_at(incident: Incident, policy: IncidentPolicy) -> datetime | None:
    """When the next rung has to be paged; None when nothing is climbed, or in a drill."""
    due = _climb_due(incident)
    if due is None or next_rung(incident, policy) is None:
        return None
    last = last_page(incident)
    if last is not None and last.rung == incident.clocks.rung and last.empty:
        return min(last.at, due)
    return due


def _climb_due(incident: Incident) -> datetime | None:
    """When its clock says that it is time; None while nobody is to be called."""
    if incident.kind is not IncidentKind.REAL or not incident.active:
        return None
    return None if incident.state is State.MONITORING else incident.clocks.climb_at


def due_page(
    incident: Incident,
    now: datetime,
    policy: IncidentPolicy,
    people: Members,
    page_id: str,
) -> Paged | None:
    """The page that is due now, if one is.

    Nobody stands on a rung that `people` leaves out. The page of a rung without people has none:
    apply it, and ask again with another `page_id`. A second rung of which nobody can say who stands
    on it is not paged as long as another one is awaited.
    """
    when = climbs_at(incident, policy)
    if when is None or now < when:
        return None
    found = _climb(incident, now, policy, people, page_id)
    return None if found is not None and found.page.unknown and awaited(incident) else found


def climb_by_hand(
    incident: Incident,
    now: datetime,
    policy: IncidentPolicy,
    people: Members,
    page_id: str,
    *,
    by: str = ENGINE,
) -> Paged:
    """The page of the next rung, which somebody wants before its time; arguments as `due_page`.

    Raises `UsageError` when no rung is left.
    """
    found = _climb(incident, now, policy, people, page_id)
    if found is None:
        raise UsageError(
            "The ladder of {ref} has no further rung for {severity}.",
            hint="Call somebody by name: /incident page @person.",
            ref=incident.ref,
            severity=incident.severity,
        )
    asked = {"by": by, "because": Because.ASKED, "waited": None}
    return Paged(page=found.page.model_copy(update=asked))


def _climb(
    incident: Incident,
    now: datetime,
    policy: IncidentPolicy,
    people: Members,
    page_id: str,
) -> Paged | None:
    place = next_rung(incident, policy)
    if place is None:
        return None
    rung = policy.ladder[place]
    called = on_duty(rung, now)
    if called is None:
        called = people.get(place, frozenset())
    page = _page(incident, now, page_id, place, rung.name, frozenset())
    fields = {"unknown": called is None, **_called(incident, called or frozenset())}
    return Paged(page=page.model_copy(update={**fields, **_reason(incident, now, policy)}))


def _called(incident: Incident, standing: frozenset[str]) -> dict[str, object]:
    """Of those who stand on a rung, whom to call; who is in already is not called."""
    present = standing & incident.clocks.present
    return {"people": tuple(sorted(standing - present)), "present": tuple(sorted(present))}


def _reason(incident: Incident, now: datetime, policy: IncidentPolicy) -> dict[str, object]:
    """Why the next rung is called now."""
    rule, last = policy.rule(incident.severity), last_page(incident)
    if last is None and rule.page:
        return {"because": Because.AT_ONCE}
    if last is None or manned(incident, last):
        return {"because": Because.UNRESOLVED, "waited": now - incident.clocks.since}
    if last.empty:
        return {"because": last.because, "waited": last.waited}
    return {"because": Because.UNANSWERED, "waited": rule.ack_within}


def page_by_hand(
    incident: Incident, now: datetime, name: str, people: frozenset[str], page_id: str, *, by: str
) -> Paged:
    """The page of people whom somebody calls; `name` is what that person typed.

    The ladder does not move. Raises `UsageError` when there is nobody to call.
    """
    if not people:
        raise UsageError(
            "Nobody is on duty as “{name}”.",
            hint="Name a rung of the ladder that has people, or a person: /incident page @person.",
            name=name,
        )
    page = _page(incident, now, page_id, BY_HAND, name, people)
    return Paged(page=page.model_copy(update={"by": by}))


def ladder_top(incident: Incident, policy: IncidentPolicy) -> datetime | None:
    """When it is certain that the last rung does not answer, either; None while it may, or has.

    The last rung has the same time to answer as every other one.
    """
    last = last_page(incident)
    if not incident.active or last is None or next_rung(incident, policy) is not None:
        return None
    if incident.state is State.MONITORING:
        return None
    if last.rung != incident.clocks.rung or manned(incident, last) or awaited(incident):
        return None
    return last.at if last.empty else last.at + policy.rule(incident.severity).ack_within


def answered(incident: Incident, page: Page) -> bool:
    """Whether somebody has answered a page, or taken the incident on since."""
    acked = incident.at(Moment.ACKED)
    return page.acked_by is not None or (acked is not None and acked >= page.at)


def manned(incident: Incident, page: Page) -> bool:
    """Whether somebody of a rung is on it: who has answered its page, or was in already."""
    return answered(incident, page) or bool(page.present)


def _page(
    incident: Incident,
    now: datetime,
    page_id: str,
    place: int,
    name: str,
    people: frozenset[str],
) -> Page:
    return Page(
        id=page_id,
        rung=place,
        epoch=incident.clocks.severity_epoch,
        name=name,
        people=tuple(sorted(people)),
        at=now,
        by=ENGINE,
    )
