"""Incidents from the declaration to the end: what people say, what follows, what is left of it."""

import asyncio
from datetime import timedelta

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench
from incident_samples import RESOLUTION, ROOT_CAUSE
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UnknownName, UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Interest, Moment, Relation
from bot.domain.incidents.messages import DirectWord, Word
from bot.domain.incidents.room import Step
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.domain.message import Notice, Posted
from bot.ports import Change
from bot.usecases.incidents.responding import Draft

S = State


async def settled(bench: IncidentBench, ref: str, who: str = SAM) -> None:
    """An incident that is resolved."""
    responding = bench.cases.responding
    await responding.resolve(identity(who), ref, ROOT_CAUSE, RESOLUTION)


# ── Declaring ────────────────────────────────────────────────────────────────────────────────────


async def test_everything_that_follows_a_declaration_is_written_with_it(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    assert (incident.ref, incident.state, incident.environment) == (
        "INC-2026-001",
        S.INVESTIGATING,
        "production",
    )
    assert await bench.now(incident) == incident
    assert await bench.due() == {"room:INC-2026-001": NOW, "INC-2026-001": NOW + 5 * MINUTE}
    (frozen,) = (await bench.store.restrictions()).value.freezes
    assert (frozen.service, frozen.environment) == ("api", "production")
    assert (frozen.incident, frozen.until) == (incident.ref, NOW + timedelta(hours=4))
    (page,) = incident.pages
    assert (page.name, page.people) == ("Primary", (SAM,))
    kinds = [line.kind for line in await bench.lines(incident)]
    assert kinds == [LineKind.DECLARED, LineKind.FREEZE, LineKind.PAGE]
    said = await bench.waiting()
    assert set(said) == {"#deploys", "@pager", SAM}
    assert (DANA, "Declared", incident.ref, "P1 investigating") in await bench.audit()


async def test_the_same_declaration_twice_is_one_incident(bench: IncidentBench) -> None:
    first = await bench.declare(once="form-1")
    again = await bench.declare(once="form-1")
    assert again == first
    assert len(await bench.incidents.open()) == 1
    assert len((await bench.store.restrictions()).value.freezes) == 1


async def test_two_who_declare_one_outage_at_once_get_one_incident(bench: IncidentBench) -> None:
    alert = OUTAGE.model_copy(update={"dedup_key": "api/5xx"})
    found = await asyncio.gather(
        *(bench.declare(alert, who=who, once=f"alert-{who}") for who in (DANA, SAM, OLIVIA, MAX))
    )
    assert len({each.ref for each in found}) == 1
    (only,) = await bench.incidents.open()
    again = [line for line in await bench.lines(only) if line.kind is LineKind.ALERT]
    assert len(again) == 3
    assert len((await bench.store.restrictions()).value.freezes) == 1


async def test_what_comes_back_after_the_end_is_an_incident_of_its_own(
    bench: IncidentBench,
) -> None:
    alert = OUTAGE.model_copy(update={"dedup_key": "api/5xx"})
    first = await bench.declare(alert, once="1")
    await settled(bench, first.ref)
    second = await bench.declared(alert, once="2")
    assert second.incident.ref != first.ref
    assert not second.known
    assert [each.ref for each in second.duplicates] == [first.ref]


async def test_a_reopened_incident_takes_its_key_back_unless_it_is_anothers(
    bench: IncidentBench,
) -> None:
    alert = OUTAGE.model_copy(update={"dedup_key": "api/5xx"})
    first = await bench.declare(alert, once="1")
    await settled(bench, first.ref)
    await bench.cases.responding.reopen(identity(DANA), first.ref, "The errors are back.")
    assert (await bench.declared(alert, once="2")).known
    await settled(bench, first.ref)
    other = await bench.declare(alert, once="3")
    await bench.cases.responding.reopen(identity(DANA), first.ref, "The errors are back.")
    third = await bench.declared(alert, once="4")
    assert (third.incident.ref, third.known) == (other.ref, True)


async def test_a_key_of_a_private_incident_gives_nothing_of_it_away(bench: IncidentBench) -> None:
    secret = LEAK.model_copy(update={"dedup_key": "leak"})
    await bench.declare(secret, who=DANA)
    known = await bench.declared(
        OUTAGE.model_copy(update={"dedup_key": "leak"}), who=MAX, once="other"
    )
    assert known.known
    assert secret.title not in known.incident.model_dump_json()
    assert known.incident.ref == "INC-2026-001"


async def test_duplicates_are_shown_to_those_only_who_may_see_them(bench: IncidentBench) -> None:
    await bench.declare(LEAK, who=DANA)
    known = await bench.declare(who=DANA)
    for who, seen in ((MAX, {known.ref}), (OLIVIA, {known.ref, "INC-2026-001"})):
        outlook = await bench.cases.declaring.outlook(identity(who), "api", None, OUTAGE.title)
        assert {each.ref for each in outlook.duplicates} == seen


async def test_names_that_the_catalog_does_not_have_are_refused(bench: IncidentBench) -> None:
    for wrong in ({"service": "nobody"}, {"environment": "nowhere"}):
        with pytest.raises(UnknownName):
            await bench.declare(OUTAGE.model_copy(update=wrong))
    assert await bench.incidents.open() == ()


async def test_strangers_declare_nothing(bench: IncidentBench) -> None:
    with pytest.raises(NotPermitted):
        await bench.declare(who="U0STRANGE")


async def test_what_signalbox_notices_itself_needs_nobody(bench: IncidentBench) -> None:
    made = await bench.cases.declaring.by_itself(OUTAGE, once="D-1")
    assert (made.incident.declared_by, made.incident.responders) == ("signalbox", frozenset())


# ── Its course ───────────────────────────────────────────────────────────────────────────────────


async def test_an_incident_from_the_alert_to_the_post_mortem(bench: IncidentBench) -> None:
    cases, dana, sam = bench.cases, identity(DANA), identity(SAM)
    incident = await bench.furnish(await bench.declare())
    ref = incident.ref
    bench.clock.move(3 * MINUTE)
    acked = await cases.responding.ack(sam, ref)
    assert (acked.lead, acked.at(Moment.ACKED)) == (SAM, NOW + 3 * MINUTE)
    await bench.furnish(acked)
    room = bench.premises.channels[incident.room.channel or ""]
    assert room.people == {DANA, SAM}

    draft = Draft(progress="Rolling back.", eta="10 min", next_update=20 * MINUTE, to=S.MITIGATING)
    told = await cases.responding.update(dana, ref, draft)
    assert (told.state, told.clocks.update_by) == (S.MITIGATING, NOW + 23 * MINUTE)
    again = await cases.responding.no_change(sam, ref)
    assert [each.progress for each in again.updates] == ["Rolling back.", "Rolling back."]
    later = await cases.responding.snooze(sam, ref, 15 * MINUTE)
    assert later.clocks.update_by == NOW + 48 * MINUTE

    await cases.responding.move(sam, ref, S.MONITORING)
    await cases.records.task(sam, ref, "follow-up", "Raise the pool", DANA, once="t")
    with pytest.raises(UsageError):
        await cases.responding.resolve(sam, ref, "", RESOLUTION)
    resolved = await cases.responding.resolve(sam, ref, ROOT_CAUSE, RESOLUTION)
    assert (resolved.state, resolved.freeze and resolved.freeze.lifted_by) == (S.RESOLVED, SAM)
    assert (await bench.store.restrictions()).value.freezes == ()
    thawed = [each.message for each in (await bench.waiting())["#deploys"]]
    assert [each.said for each in thawed if isinstance(each, Notice)] == [
        Posted.FROZEN,
        Posted.THAWED,
    ]

    assert (await cases.records.draft(dana, ref)).state is S.POST_MORTEM
    with pytest.raises(UsageError):
        await cases.responding.move(sam, ref, S.CLOSED)
    await cases.records.publish(dana, ref, "https://wiki.example/pm")
    closed = await cases.responding.move(sam, ref, S.CLOSED)
    assert closed.over
    # Its topic is the last thing that says so.
    assert [each.step for each in await cases.rooming.tick(ref)] == [Step.TOPIC]
    await cases.rooming.tick(ref)
    assert await bench.due() == {}
    assert await bench.incidents.open() == ()


async def test_raising_the_severity_freezes_what_a_grave_one_freezes(bench: IncidentBench) -> None:
    small = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P3}))
    assert (await bench.store.restrictions()).value.freezes == ()
    raised = await bench.cases.responding.severity(identity(MAX), small.ref, Severity.P1)
    assert raised.freeze is not None
    assert len((await bench.store.restrictions()).value.freezes) == 1
    again = await bench.cases.responding.severity(identity(SAM), small.ref, Severity.P2, "Less.")
    assert again.freeze == raised.freeze


async def test_an_event_that_changes_nothing_writes_nothing(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.crew.join(identity(MAX), incident.ref)
    before = await bench.incidents.incident(incident.ref)
    lines = len(await bench.lines(incident))
    await bench.cases.crew.join(identity(MAX), incident.ref)
    assert await bench.incidents.incident(incident.ref) == before
    assert len(await bench.lines(incident)) == lines


async def test_everybody_who_acts_at_once_is_heard(bench: IncidentBench) -> None:
    incident = await bench.declare()
    crew = bench.cases.crew
    people = (DANA, SAM, OLIVIA, MAX)
    await asyncio.gather(
        *(crew.join(identity(who), incident.ref) for who in people),
        *(crew.subscribe(identity(who), incident.ref, Interest.ALL) for who in people),
    )
    now = await bench.now(incident)
    assert (now.responders, set(now.subscribers)) == (frozenset(people), set(people))


async def test_a_correction_names_what_the_catalog_has(bench: IncidentBench) -> None:
    incident = await bench.declare()
    responding = bench.cases.responding
    with pytest.raises(UnknownName):
        await responding.describe(identity(MAX), incident.ref, Described(service="nobody"))
    changed = await responding.describe(identity(MAX), incident.ref, Described(service="auth"))
    assert changed.service == "auth"
    dated = await responding.date(identity(MAX), incident.ref, Moment.OCCURRED, NOW - MINUTE)
    assert dated.began == NOW - MINUTE


async def test_what_was_called_off_is_judged_anew(bench: IncidentBench) -> None:
    incident = await bench.declare()
    responding = bench.cases.responding
    gone = await responding.move(identity(DANA), incident.ref, S.CANCELLED, "A test alert.")
    assert (gone.over, (await bench.store.restrictions()).value.freezes) == (True, ())
    back = await responding.reopen(identity(DANA), incident.ref, "It was real after all.")
    assert back.state is S.TRIAGE
    assert incident.ref in await bench.due()


# ── What it takes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "what", ["cancel", "lower", "close", "merge", "hide", "decline", "accept", "reopen"]
)
async def test_what_ends_or_hides_it_takes_somebody_who_leads(
    bench: IncidentBench, what: str
) -> None:
    small = OUTAGE.model_copy(update={"severity": Severity.P3, "title": "A slow page"})
    grave, doubted = await bench.declare(who=DANA), await bench.declare(small, who=DANA)
    cases = bench.cases

    async def say(who: str) -> object:
        match what:
            case "cancel":
                return await cases.responding.move(identity(who), grave.ref, S.CANCELLED, "No.")
            case "lower":
                return await cases.responding.severity(identity(who), grave.ref, Severity.P3, "No.")
            case "close":
                await settled(bench, grave.ref)
                return await cases.responding.move(identity(who), grave.ref, S.CLOSED)
            case "merge":
                return await cases.relations.merge(identity(who), doubted.ref, grave.ref)
            case "hide":
                return await cases.relations.make_private(identity(who), grave.ref)
            case "decline":
                return await cases.responding.move(identity(who), doubted.ref, S.DECLINED, "No.")
            case "reopen":
                await cases.responding.move(identity(DANA), doubted.ref, S.CANCELLED, "No.")
                return await cases.responding.move(identity(who), doubted.ref, S.TRIAGE)
            case _:
                return await cases.responding.move(identity(who), doubted.ref, S.INVESTIGATING)

    verb = {"lower": "lower the severity of"}.get(what, what)
    with pytest.raises(NotPermitted, match=f"^To {verb} INC-2026-00[12] takes its lead"):
        await say(MAX)
    refused = [entry for entry in await bench.audit() if entry[1].startswith("Refused")]
    assert [(who, ref) for who, _, ref, _ in refused] in (
        [(MAX, grave.ref)],
        [(MAX, doubted.ref)],
    )
    if what == "close":
        with pytest.raises(UsageError):  # it is his to say, and yet too early
            await say(SAM)
    else:
        await say(SAM)


async def test_whoever_may_not_see_it_is_told_that_there_is_none(bench: IncidentBench) -> None:
    secret = await bench.declare(LEAK, who=DANA)
    cases = bench.cases
    with pytest.raises(NotFound) as missing:
        await bench.incidents.incident("INC-2026-099")
    for attempt in (
        cases.responding.ack(identity(MAX), secret.ref),
        cases.crew.join(identity(MAX), secret.ref),
        cases.records.note(identity(MAX), secret.ref, "Hm.", once="1"),
        cases.rooming.repair(identity(MAX), secret.ref),
        cases.sight.see(identity(MAX), secret.ref),
        cases.sight.which(identity(MAX), "inc-2026-1", "C9"),
    ):
        with pytest.raises(NotFound) as hidden:
            await attempt
        assert str(hidden.value) == str(missing.value).replace("099", "001")
    tried = [entry for entry in await bench.audit() if entry[1] == "Refused see"]
    assert [(who, ref) for who, _, ref, _ in tried] == [(MAX, secret.ref)] * 6
    assert (await cases.sight.see(identity(OLIVIA), secret.ref))[1].title == LEAK.title


async def test_the_audit_log_has_nothing_of_what_is_private(bench: IncidentBench) -> None:
    secret = await bench.declare(LEAK, who=DANA)
    await bench.cases.responding.move(identity(DANA), secret.ref, S.CANCELLED, "The key was old.")
    told = " ".join(detail for *_, detail in await bench.audit())
    assert "key" not in told.lower()


async def test_asking_for_access_tells_the_lead_and_nobody_else(bench: IncidentBench) -> None:
    secret = await bench.declare(LEAK, who=DANA)
    for _ in range(2):
        await bench.cases.crew.ask_access(identity(MAX), secret.ref)
    asked = [
        each.message
        for each in (await bench.waiting())[DANA]
        if isinstance(each.message, DirectWord) and each.message.word is Word.ACCESS
    ]
    assert [each.by for each in asked] == [MAX]
    await bench.cases.crew.call_in(identity(DANA), secret.ref, frozenset({MAX}))
    assert (await bench.cases.sight.see(identity(MAX), secret.ref))[1].ref == secret.ref


# ── Which one ────────────────────────────────────────────────────────────────────────────────────


async def test_an_incident_is_meant_by_its_reference_or_its_channel(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    which, room = bench.cases.sight.which, incident.room.channel or ""
    for ref, channel in (("INC-2026-001", "C9"), ("inc-2026-1", room), ("", room)):
        assert await which(identity(MAX), ref, channel) == incident
    with pytest.raises(UsageError, match="not the channel of an incident"):
        await which(identity(MAX), "", "C9")
    with pytest.raises(UsageError, match="not the reference"):
        await which(identity(MAX), "checkout", room)


# ── People ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_lead_is_handed_over_and_accepted(bench: IncidentBench) -> None:
    incident = await bench.declare()
    crew = bench.cases.crew
    await crew.give(identity(DANA), incident.ref, Role.LEAD)
    offered = await crew.hand_off(identity(DANA), incident.ref, SAM)
    assert (offered.lead, offered.handoff and offered.handoff.to) == (DANA, SAM)
    with pytest.raises(UsageError):
        await crew.accept(identity(MAX), incident.ref)
    taken = await crew.accept(identity(SAM), incident.ref)
    assert (taken.lead, taken.handoff) == (SAM, None)


async def test_whoever_comes_into_the_room_visits_it(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    visited = await bench.cases.crew.entered(identity(MAX), incident.room.channel or "")
    assert visited is not None
    assert MAX in visited.visitors - visited.responders
    assert await bench.cases.crew.entered(identity(MAX), "C9") is None


async def test_a_guest_in_the_room_takes_no_part(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    with pytest.raises(NotPermitted):
        await bench.cases.crew.entered(identity("U0GUEST01"), incident.room.channel or "")
    assert "U0GUEST01" not in (await bench.now(incident)).responders


async def test_an_open_room_gives_no_sight_of_what_is_private_by_now(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    room = secret.room.channel or ""
    assert MAX in ((await bench.cases.crew.entered(identity(MAX), room)) or secret).responders
    bench.premises.channels[room].private = False
    assert (
        OLIVIA
        not in ((await bench.cases.crew.entered(identity(OLIVIA), room)) or secret).responders
    )


# ── Relations ────────────────────────────────────────────────────────────────────────────────────


async def test_two_incidents_become_one(bench: IncidentBench) -> None:
    small = OUTAGE.model_copy(update={"severity": Severity.P3, "title": "A slow page"})
    grave, double = await bench.declare(who=DANA), await bench.declare(small, who=MAX)
    merged = await bench.cases.relations.merge(identity(MAX), double.ref, grave.ref)
    kept = await bench.now(grave)
    assert (merged.state, kept.state) == (S.MERGED, S.INVESTIGATING)
    assert [(each.incident, each.relation) for each in kept.related] == [
        (double.ref, Relation.DUPLICATE)
    ]
    assert kept.responders == {DANA, MAX}
    assert double.ref not in await bench.due()
    with pytest.raises(UsageError, match="does not go on"):
        await bench.cases.relations.merge(identity(DANA), grave.ref, double.ref)
    with pytest.raises(UsageError, match="same incident"):
        await bench.cases.relations.merge(identity(DANA), grave.ref, grave.ref)


@pytest.mark.parametrize("way", ["reopened", "moved"])
async def test_two_that_were_merged_by_mistake_forget_each_other(
    bench: IncidentBench, way: str
) -> None:
    """Both of them, and what else they have to do with each other stays."""
    into, one = await bench.declare(who=DANA), await bench.declare(who=MAX)
    await bench.cases.relations.relate(identity(MAX), one.ref, into.ref, Relation.RELATED)
    await bench.cases.relations.merge(identity(MAX), one.ref, into.ref)
    if way == "reopened":
        back = await bench.cases.responding.reopen(identity(MAX), one.ref, "Something else.")
    else:
        back = await bench.cases.responding.move(identity(MAX), one.ref, S.TRIAGE)
    kept = await bench.now(into)
    assert (back.state, kept.state) == (S.TRIAGE, S.INVESTIGATING)
    for this, that in ((back, kept), (kept, back)):
        assert [(each.incident, each.relation) for each in this.related] == [
            (that.ref, Relation.RELATED)
        ]
    line = (await bench.lines(kept))[-1]
    assert (line.kind, line.word, line.subject, line.by) == (LineKind.LINK, "parted", one.ref, MAX)
    again = await bench.cases.relations.merge(identity(MAX), one.ref, into.ref)
    assert again.state is S.MERGED
    assert (await bench.now(into)).related[-1].relation is Relation.DUPLICATE


async def test_who_takes_a_merge_back_loses_no_word_of_the_other_room(
    bench: IncidentBench,
) -> None:
    """What goes on was changed in the same instant: both things are written."""
    into, one = await bench.declare(who=DANA), await bench.declare(who=MAX)
    await bench.cases.relations.merge(identity(MAX), one.ref, into.ref)
    commit, met = bench.store.commit, []

    async def late(change: Change) -> str | None:
        if not met:
            met.append(change)
            await bench.cases.crew.give(identity(SAM), into.ref, Role.SCRIBE)
        return await commit(change)

    bench.store.commit = late
    await bench.cases.responding.reopen(identity(MAX), one.ref, "Something else.")
    kept = await bench.now(into)
    assert (kept.related, kept.roles[Role.SCRIBE]) == ((), SAM)


async def test_merging_shows_nobody_what_is_private(bench: IncidentBench) -> None:
    open_one, secret = await bench.declare(who=MAX), await bench.declare(LEAK, who=DANA)
    await bench.cases.crew.join(identity(DANA), open_one.ref)
    with pytest.raises(NotFound):
        await bench.cases.relations.merge(identity(MAX), open_one.ref, secret.ref)
    await bench.cases.crew.give(identity(DANA), open_one.ref, Role.LEAD)
    await bench.cases.relations.merge(identity(DANA), open_one.ref, secret.ref)
    assert MAX not in (await bench.now(secret)).responders


async def test_a_part_is_declared_below_an_incident(bench: IncidentBench) -> None:
    whole = await bench.declare()
    wish = OUTAGE.model_copy(update={"title": "The mails do not go out", "service": "auth"})
    for _ in range(2):
        part = await bench.cases.relations.sub(identity(MAX), whole.ref, wish, once="sub")
    assert [(each.incident, each.relation) for each in part.related] == [
        (whole.ref, Relation.PARENT)
    ]
    assert [(each.incident, each.relation) for each in (await bench.now(whole)).related] == [
        (part.ref, Relation.SUB)
    ]


async def test_an_end_that_does_not_fit_is_refused_and_nothing_happens(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    before = await bench.incidents.incident(incident.ref)
    with pytest.raises(IllegalTransition):
        await bench.cases.responding.move(identity(DANA), incident.ref, S.DECLINED, "No.")
    assert await bench.incidents.incident(incident.ref) == before


async def test_what_is_made_private_leaves_no_word_in_what_forbids_deploys(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    (frozen,) = (await bench.store.restrictions()).value.freezes
    assert (frozen.incident, frozen.reason) == (incident.ref, f"{incident.ref}: a private incident")
