"""Every surface of incidents, filled with as much as is wanted, for tests of limits and escapes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import incident_samples as made
import samples

from bot.domain.incident_policy import ProcedureItem, Role, Severity
from bot.domain.incidents.events import Bell
from bot.domain.incidents.figures import by_service, by_severity, incident_figures, weekly_figures
from bot.domain.incidents.gates import Lack
from bot.domain.incidents.home import FreezeShown, HomeScreen, OnCall, OwnTask, WaitingApproval
from bot.domain.incidents.incident import (
    Handoff,
    Incident,
    Interest,
    Link,
    Related,
    Relation,
    TaskKind,
)
from bot.domain.incidents.linked import FreezeLink, SuggestedRunbook
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid, Word
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Progress, Status, Step
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.maintenance import MaintenanceRun
from bot.domain.runbooks import Runbook
from bot.views.blocks import Rendered
from bot.views.incidents import answers, lists
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card
from bot.views.incidents.deploys import open_incidents_line
from bot.views.incidents.direct import direct_word
from bot.views.incidents.export_window import export_window
from bot.views.incidents.forms import people, records, steer
from bot.views.incidents.forms.declare import DeclareFields, Hints, declare_form
from bot.views.incidents.help import incident_help
from bot.views.incidents.home import home_view
from bot.views.incidents.maintenance import maintenance_card, maintenance_overdue
from bot.views.incidents.metrics import Period, metrics
from bot.views.incidents.notes import incident_note
from bot.views.incidents.panel import control_panel
from bot.views.incidents.procedures import procedure_card
from bot.views.incidents.runbooks import (
    no_runbooks,
    runbook_heading,
    runbook_here,
    runbook_list,
    runbook_steps,
    which_runbook,
)
from bot.views.incidents.show import incident_details
from bot.views.incidents.updates import incident_resolved, incident_update
from bot.views.incidents.verbs import INCIDENT_VERBS

LANGUAGES = ("en", "zh-TW")
SIZES = (0, 1, 100, 1000)
POLICY = made.incident_policy()
# What a bell, a state or a page of a note is about, where it must be one of a kind.
WORDS = {
    IncidentSaid.MOVED: State.IDENTIFIED,
    IncidentSaid.REOPENED: State.INVESTIGATING,
    IncidentSaid.CANCELLED: State.CANCELLED,
    IncidentSaid.DECLINED: State.DECLINED,
    IncidentSaid.CLOSED: State.CLOSED,
    IncidentSaid.SEVERITY: Severity.P2,
    IncidentSaid.ROLE: Role.COMMS,
    IncidentSaid.BELL: Bell.UPDATE_DUE,
    IncidentSaid.RELATED: Relation.RELATED,
    IncidentSaid.ROOM_PROBLEM: Step.CARD,
    IncidentSaid.TASK_ADDED: "T1",
    IncidentSaid.TASK_DONE: "T1",
}
MOMENTS = frozenset({IncidentSaid.SNOOZED, IncidentSaid.FROZEN, IncidentSaid.SUGGEST_RESOLVE})
ABOUT = {
    Word.PAGED: "P1",
    Word.DUTIES: Role.LEAD,
    Word.UPDATE_DUE: Bell.UPDATE_SOON,
    Word.UPDATE: "1",
    Word.CHANGED: IncidentSaid.MOVED,
    Word.NO_ROOM: Step.CHANNEL,
    Word.TASK: "T1",
}
Drawn = Rendered | dict[str, Any]


def list_of(name: str, count: int, text: str) -> Procedure:
    """A list of so many lines, half of them done."""
    items = tuple(ProcedureItem(id=f"line-{at}", text=f"{text} {at}") for at in range(count))
    found = Procedure(id=name, title=text[:200] or name, items=items, url="https://wiki.example/x")
    for item in items[::2]:
        found = found.tick(item.id, samples.SAM, samples.NOW)
    return found


def full(state: State, count: int, text: str, **changes: object) -> Incident:
    """An incident with `count` of everything that there can be several of, all saying `text`."""
    at = samples.NOW
    base = made.incident(
        state,
        title=text[:200],
        summary=text,
        impact=text,
        root_cause=text,
        resolution=text,
        reason=text,
        roles={Role.LEAD: samples.SAM, Role.COMMS: samples.DANA},
        responders=frozenset(f"U0{number:07}" for number in range(count)),
        subscribers=dict.fromkeys((f"U0{number:07}" for number in range(count)), Interest.ALL),
        handoff=Handoff(to=samples.DANA, by=samples.SAM, at=at) if count else None,
        updates=tuple(
            made.status_update(number + 1, progress=text, eta=text[:200]) for number in range(count)
        ),
        pages=tuple(
            made.page(
                id=f"P{number + 1}",
                name=text[:100],
                people=tuple(f"U0{each:07}" for each in range(count)),
                acked_by=None,
            )
            for number in range(min(count, 20))
        ),
        tasks=tuple(
            made.task(f"{'TF'[number % 2]}{number + 1}", text=text[:300], url="https://x.example")
            for number in range(count)
        ),
        procedures=tuple(
            list_of(name, count, text[:200]) for name in ("checklist", "duties-lead", "runbook-x")
        ),
        runbooks=tuple(
            SuggestedRunbook(
                slug=f"book-{number}", title=text[:100], url="https://x.example/" + "&" * 280
            )
            for number in range(count)
        ),
        suspects=tuple(
            made.suspect(deploy=f"D-{number:05}", version=text[:128] or "v1", approved_by=("U01",))
            for number in range(count)
        ),
        deploys=tuple(
            made.linked_deploy(deploy=f"D-{number:05}", version=text[:128] or "v1")
            for number in range(count)
        ),
        freeze=FreezeLink(service="api", environment="production", until=at) if count else None,
        related=tuple(
            Related(incident=f"INC-2026-{number:03}", relation=Relation.RELATED)
            for number in range(count)
        ),
        links=tuple(
            Link(title=text, url="https://x.example/a|b", by=samples.SAM, at=at)
            for _ in range(count)
        ),
        room=made.room(
            steps={
                step: Progress(status=Status.REFUSED, problem=text or "no")
                for step in Step
                if count
            }
        ),
    )
    return base.model_copy(update=changes)


def timeline(count: int, text: str) -> tuple[TimelineLine, ...]:
    """Lines of every kind in turn."""
    known = {
        LineKind.DECLARED: Severity.P1,
        LineKind.SEVERITY: Severity.P1,
        LineKind.STATE: State.IDENTIFIED,
    }
    kinds = tuple(LineKind)
    return tuple(
        TimelineLine(
            id=str(number),
            kind=kind,
            at=samples.NOW + timedelta(minutes=number),
            recorded=samples.NOW,
            by=samples.SAM,
            word=known.get(kind, "done"),
            text=text,
            permalink="https://x.slack.example/archives/C1/p1",
        )
        for number, kind in ((at, kinds[at % len(kinds)]) for at in range(count))
    )


def note_of(said: IncidentSaid, text: str, count: int) -> IncidentNote:
    """A note of a kind, in which everything that may be free text is this one."""
    return IncidentNote(
        incident=made.REF,
        said=said,
        by=samples.SAM,
        word=WORDS.get(said, text[:100]),
        detail=samples.NOW.isoformat() if said in MOMENTS else text,
        people=tuple(f"U0{number:07}" for number in range(count)),
    )


def word_of(word: Word) -> DirectWord:
    """What one person is told, of a kind."""
    return DirectWord(
        incident=made.REF, to=samples.DANA, word=word, about=ABOUT.get(word, ""), by=samples.SAM
    )


def runbook_of(count: int, text: str) -> Runbook:
    """A runbook with so many steps."""
    return Runbook(
        slug="high-cpu",
        title=text[:100],
        steps=tuple(ProcedureItem(id=f"s{at}", text=text[:300] or "–") for at in range(count)),
        symptoms=(text[:300],) * count,
        severity=Severity.P1,
        url="https://wiki.example/x",
        reviewed=samples.NOW.date(),
    )


def run_of(count: int, text: str) -> MaintenanceRun:
    """A maintenance list."""
    return MaintenanceRun(
        id="M-daily-20260314T0600",
        rule="daily",
        channel="C0OPS",
        procedure=list_of("daily", count, text),
        posted=samples.NOW,
        due=samples.NOW,
        called=True,
    )


def screen_of(count: int, text: str, language: str) -> HomeScreen:
    """A home tab with so many of everything."""
    some = full(State.INVESTIGATING, 1, text)
    return HomeScreen(
        person=samples.SAM,
        language=language,
        mine=(some,) * count,
        others=(some,) * count,
        tasks=(OwnTask(incident=made.REF, title=text[:200], task=made.task(text=text[:300])),)
        * count,
        approvals=(
            WaitingApproval(
                deploy="D-1",
                title=text[:200],
                requested_by=samples.DANA,
                until=samples.NOW,
            ),
        )
        * count,
        freezes=(FreezeShown(service="api", environment=None, reason=text, until=None),) * count,
        on_call=(OnCall(rung=text[:100], people=(samples.SAM,)),) * count,
    )


def messages(count: int, text: str, language: str) -> dict[str, Callable[[], Rendered]]:
    """Every message, by name."""
    leads = lists.Leads(on="more", back="less")
    found: dict[str, Callable[[], Rendered]] = {}
    for state in State:
        each = full(state, count, text, language=language)
        found |= {
            f"card {state}": lambda each=each: incident_card(each, POLICY),
            f"alert {state}": lambda each=each: incident_broadcast(each, POLICY),
            f"panel {state}": lambda each=each: control_panel(each, samples.DANA, POLICY, language),
            f"details {state}": lambda each=each: incident_details(
                each, timeline(count, text), POLICY, language
            ),
            f"suspects {state}": lambda each=each: lists.suspect_list(each, language),
            f"tasks {state}": lambda each=each: lists.task_list(each, language, 2),
        }
    work = full(State.INVESTIGATING, count, text, language=language)
    many = (work,) * count
    for said in IncidentSaid:
        found[f"note {said}"] = lambda said=said: incident_note(note_of(said, text, count), work)
    for word in Word:
        found[f"word {word}"] = lambda word=word: direct_word(word_of(word), work, POLICY, language)
    until, since = samples.NOW + timedelta(days=1), samples.NOW - timedelta(days=90)
    return found | {
        "update": lambda: incident_update(work, 1),
        "resolved": lambda: incident_resolved(work, POLICY),
        "checklist": lambda: procedure_card(work, "checklist"),
        "maintenance": lambda: maintenance_card(run_of(count, text), language),
        "overdue": lambda: maintenance_overdue(run_of(count, text), language),
        "runbooks": lambda: runbook_list(
            (runbook_of(count, text),) * count,
            runbook_heading(language, work),
            "/incident",
            language,
        ),
        "runbooks of an incident": lambda: runbook_list(
            (runbook_of(count, text),) * count, "–", "/incident", language, work
        ),
        "runbooks with words": lambda: runbook_list(
            (), runbook_heading(language, None, text or "x"), "/incident", language
        ),
        "runbooks alike": lambda: runbook_list(
            (), which_runbook(language, text), "/incident", language
        ),
        "runbook": lambda: runbook_steps(runbook_of(count, text), language),
        "runbook in a room": lambda: runbook_here(work, runbook_of(count, text), language),
        "no runbooks": lambda: no_runbooks(language),
        "list": lambda: lists.incident_list(many, text or "Open", language, leads),
        "search": lambda: lists.search_results(many, text or "x", language, leads),
        "declared": lambda: answers.declared(work, many, language),
        "known": lambda: answers.declared(work, many, language, known=True),
        "lacking": lambda: answers.lacking(work, State.CLOSED, tuple(Lack), language),
        "metrics": lambda: metrics(
            Period(since=since, until=until, service=text or None, cut=True),
            incident_figures(many, POLICY, until),
            by_severity(many, POLICY, until),
            by_service(many, POLICY, until),
            [(at, week.mttr) for at, week in weekly_figures(many, POLICY, since, until)],
            language,
        ),
        "line for deploys": lambda: answers.done(work, open_incidents_line(many) or "–"),
        "help": lambda: incident_help("/incident", ["api"], ["production"]),
        "help all": lambda: incident_help("/incident", ["api"], ["production"], "all"),
        **{
            f"help {verb}": lambda verb=verb: incident_help("/incident", [], [], verb)
            for verb in INCIDENT_VERBS
        },
    }


def views(count: int, text: str, language: str) -> dict[str, Callable[[], dict[str, Any]]]:
    """Every form, and the home tab, by name."""
    work = full(State.INVESTIGATING, count, text)
    catalog = samples.catalog(
        services=tuple(f"service-{number}" for number in range(max(count, 1)))
    )
    fields = DeclareFields(
        title=text[:200], summary=text[:3000], impact=text[:3000], service="service-0", private=True
    )
    hints = Hints(duplicates=(work,) * count, suspects=work.suspects)
    near = {"channel": "C1", "language": language}
    return {
        "declare": lambda: declare_form(fields, catalog, "C1", language=language, hints=hints),
        "declare empty": lambda: declare_form(DeclareFields(), catalog, "", language=language),
        "update": lambda: steer.update_form(work, POLICY, **near),
        "status": lambda: steer.status_form(work, **near, to=State.IDENTIFIED),
        "severity": lambda: steer.severity_form(work, **near),
        "edit": lambda: steer.edit_form(work, catalog, **near),
        "resolve": lambda: steer.resolve_form(work, **near, lacks=tuple(Lack)),
        "reopen": lambda: steer.reopen_form(work, **near),
        **{
            f"reason {to}": lambda to=to: steer.reason_form(work, to, **near)
            for to in (State.DECLINED, State.CANCELLED, State.CLOSED)
        },
        "role": lambda: people.role_form(work, **near),
        "handoff": lambda: people.handoff_form(work, **near),
        "page": lambda: people.page_form(work, POLICY, **near),
        "page without a ladder": lambda: people.page_form(
            work, made.incident_policy(ladder=()), **near
        ),
        "note": lambda: records.note_form(work, **near),
        **{kind: lambda kind=kind: records.task_form(work, kind, **near) for kind in TaskKind},
        "publish": lambda: records.publish_form(work, **near),
        "roll back": lambda: records.roll_back_form(work, **near, approvals=1),
        "export": lambda: export_window(made.REF, f"{text}\n" * count, language),
        "home": lambda: home_view(screen_of(count, text, language)),
        "home page 2": lambda: home_view(screen_of(count, text, language), 2),
    }
