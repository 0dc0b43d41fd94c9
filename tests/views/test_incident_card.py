"""The pinned card: what applies in a state is there, and nothing else."""

import re
from datetime import timedelta

import incident_samples as made
import pytest
from incident_samples import MINUTE
from samples import DANA, NOW, SAM
from screens import accepted, buttons, screen

from bot.domain.incident_policy import Role
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, IncidentKind, PostMortem, Related, Relation
from bot.domain.incidents.linked import FreezeLink, Part, SuggestedRunbook
from bot.domain.incidents.room import Left, Progress, RoomKind, Status, Step
from bot.domain.incidents.states import ACTIVE, State
from bot.views.incidents.card import incident_card
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.panel import control_panel
from bot.views.incidents.verbs import INCIDENT_VERBS

POLICY = made.incident_policy()
FREEZE = FreezeLink(service="api", environment="production", until=NOW + timedelta(hours=4))
LABELS = {
    State.TRIAGE: "Acknowledge, Accept as incident, Update…, Status…, Take lead, Decline…, More…",
    State.INVESTIGATING: "Update…, Status…, Take comms, Page…, Freeze deploys, Resolve…, More…",
    State.IDENTIFIED: "Update…, Status…, Take comms, Page…, Freeze deploys, Resolve…, More…",
    State.MITIGATING: "Update…, Status…, Take comms, Page…, Freeze deploys, Resolve…, More…",
    State.MONITORING: "Update…, Status…, Take comms, Page…, Freeze deploys, Resolve…, More…",
    State.RESOLVED: "Start post-mortem, Close…, Add follow-up…, Reopen…, More…",
    State.POST_MORTEM: "Start post-mortem, Close…, Add follow-up…, Reopen…, More…",
    State.CLOSED: "Reopen…, More…",
    State.DECLINED: "Take it up again, More…",
    State.CANCELLED: "Take it up again, More…",
    State.MERGED: "Take it up again, More…",
}


def shown(incident: Incident) -> str:
    return screen(accepted(incident_card(incident, POLICY)))


def labels(incident: Incident) -> list[str]:
    return list(buttons(incident_card(incident, POLICY)))


@pytest.mark.parametrize("state", sorted(State))
def test_the_buttons_of_a_state(state: State) -> None:
    assert ", ".join(labels(made.incident(state))) == LABELS[state]


def test_the_card_says_how_it_stands() -> None:
    card = made.incident(
        updates=(made.status_update(),), suspects=(made.suspect(),), deploys=(made.linked_deploy(),)
    )
    assert shown(card).splitlines()[:-1] == [
        "# 🔴 P1 · INC-2026-001 · Checkout answers 500s",
        "*Status* Investigating · began 11:50 · *Service* api (production) · "
        "*Impact* One in five customers cannot pay.",
        f"*Lead* <@{SAM}> · *Next Update* 12:30",
        "*SLA* ack ✅ 3 min of 15 min · resolve ⏱️ by 13:00 (1 h)",
        f"*Last update* 12:10 <@{SAM}>: "
        "The pool is exhausted; we look for what holds its connections.",
        f"*Suspect deploy* `api v1.2.0` (api-00002), by <@{DANA}>, approved by <@{SAM}>, "
        "15 min before start",
        "*Deploys* ⏳ Rollback `api v1.1.0` (D-8G4L3)",
    ]


def test_a_role_that_nobody_has_is_a_button_and_no_label() -> None:
    alone = made.incident(roles={})
    assert "*Lead*" not in shown(alone)
    assert buttons(incident_card(alone, POLICY))["Take lead"]["value"] == "INC-2026-001:lead"
    led = made.incident()
    assert buttons(incident_card(led, POLICY))["Take comms"]["value"] == "INC-2026-001:comms"
    both = made.incident(roles={Role.LEAD: SAM, Role.COMMS: DANA})
    assert not [label for label in labels(both) if label.startswith("Take")]


def test_missed_deadlines_are_marked() -> None:
    base = made.incident(State.TRIAGE)
    clocks = base.clocks
    marks = frozenset(
        f"{bell}/0/{by.isoformat()}"
        for bell, by in (
            (Bell.RESPONSE_BREACHED, clocks.respond_by),
            (Bell.RESOLUTION_BREACHED, clocks.resolve_by),
            (Bell.UPDATE_OVERDUE, clocks.update_by),
        )
        if by is not None
    )
    late = base.model_copy(update={"clocks": clocks.model_copy(update={"fired": marks})})
    assert "⚠️ 16:00" in shown(late)
    assert "ack 🔥 by 16:00 (4 h) · resolve 🔥 by" in shown(late)
    assert "🔥" not in shown(base)


def test_a_target_that_was_missed_stays_missed() -> None:
    late = made.incident(State.RESOLVED)
    resolved = {
        moment: stamp.model_copy(update={"at": stamp.at + 30 * MINUTE})
        for moment, stamp in late.times.items()
    }
    assert "resolve ❌ 1 h 20 min of 1 h" in shown(late.model_copy(update={"times": resolved}))


def test_the_way_back_leads_to_the_nearest_suspect_that_serves() -> None:
    undone = made.suspect(deploy="D-1", undone=True)
    first = made.suspect(deploy="D-2", previous=None)
    serves = made.suspect(deploy="D-3", version="v1.1.9")
    card = incident_card(made.incident(suspects=(undone, first, serves)), POLICY)
    assert buttons(card)["Roll back v1.1.9…"]["value"] == "INC-2026-001:D-3"
    assert "(+2)" in screen(card)


def test_there_is_no_second_way_back_while_one_is_under_way() -> None:
    back = made.linked_deploy()
    fix = made.linked_deploy(part=Part.FIX)
    over = made.linked_deploy(running=False)
    suspects = (made.suspect(),)
    assert "Roll back v1.2.0…" not in labels(made.incident(suspects=suspects, deploys=(back,)))
    assert "Roll back v1.2.0…" in labels(made.incident(suspects=suspects, deploys=(fix, over)))


def test_a_freeze_is_shown_and_can_be_thawed() -> None:
    frozen = made.incident(freeze=FREEZE)
    assert "❄️ deploys of *api production* frozen until 16:00" in shown(frozen)
    assert "Thaw deploys" in labels(frozen)
    assert "confirm" in buttons(incident_card(frozen, POLICY))["Thaw deploys"]
    lifted = made.incident(freeze=FREEZE.model_copy(update={"lifted_by": SAM}))
    assert "❄️" not in shown(lifted)
    assert "Freeze deploys" in labels(lifted)


@pytest.mark.parametrize("state", [State.RESOLVED, State.POST_MORTEM, State.CLOSED])
def test_the_card_of_what_has_ended_keeps_what_is_still_to_be_done(state: State) -> None:
    left = (made.task(text="Undo the limit"), made.task("F1"))
    line = "☐ Tasks still open: 1 (T1 Undo the limit)"
    assert line in shown(made.incident(state, tasks=left)).splitlines()
    assert "☐" not in shown(made.incident(state, tasks=left[1:]))
    assert "☐" not in shown(made.incident(tasks=left))
    assert "☐" not in shown(made.incident(State.CANCELLED, tasks=left))


def test_a_drill_offers_nothing_that_touches_production() -> None:
    drill = made.incident(kind=IncidentKind.DRILL, suspects=(made.suspect(),), freeze=FREEZE)
    assert "🧪 DRILL" in shown(drill).splitlines()[0]
    offered = {*labels(drill), *buttons(control_panel(drill, SAM, POLICY, "en"))}
    assert (
        not {"Page…", "Escalate", "Freeze deploys", "Thaw deploys", "Roll back v1.2.0…"} & offered
    )


@pytest.mark.parametrize("state", [State.INVESTIGATING, State.RESOLVED, State.CLOSED])
def test_what_was_written_down_afterwards_offers_nothing_that_is_too_late(state: State) -> None:
    late = made.incident(state, kind=IncidentKind.BACKFILLED)
    assert "🗒️ WRITTEN DOWN AFTERWARDS" in shown(late).splitlines()[0]
    assert "SLA" not in shown(late)
    offered = {*labels(late), *buttons(control_panel(late, SAM, POLICY, "en"))}
    too_late = {"Acknowledge", "Page…", "Escalate", "Freeze deploys", "Roll back v1.2.0…"}
    assert not {*too_late, "Reopen…"} & offered


def test_a_private_incident_says_so() -> None:
    hidden = made.incident(private=True)
    assert "🔒 PRIVATE" in shown(hidden).splitlines()[0]
    assert "Make private" not in buttons(control_panel(hidden, SAM, POLICY, "en"))


def test_each_problem_of_the_room_has_its_own_line_and_a_way_to_try_again() -> None:
    steps = {
        Step.INVITE: Progress(status=Status.REFUSED, problem="Slack refused it."),
        Step.PIN: Progress(status=Status.REFUSED, problem="too_many_pins"),
        Step.TOPIC: Progress(status=Status.PENDING, problem="later"),
    }
    card = incident_card(made.incident(room=made.room(steps=steps)), POLICY)
    lines = screen(accepted(card)).splitlines()
    assert "⚠️ *Invitations*: Slack refused it.  [Retry]" in lines
    assert "⚠️ *Pin*: too_many_pins  [Retry]" in lines
    assert not any("Topic" in line for line in lines)
    values = [block["accessory"]["value"] for block in card.blocks if "accessory" in block]
    assert values == ["INC-2026-001", "INC-2026-001"]


def test_a_thread_for_want_of_a_channel_can_become_one() -> None:
    refused = {Step.CHANNEL: Progress(status=Status.REFUSED, problem="restricted_action")}
    room = made.thread_room(steps=refused)
    card = buttons(incident_card(made.incident(room=room), POLICY))
    assert room.kind is RoomKind.THREAD
    assert card["Open a channel"]["action_id"] == IncidentAction.OPEN_CHANNEL
    assert "Retry" not in card


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("The old channel could not be archived", "Ask an admin to do it by hand")),
        ("zh-TW", ("無法封存舊頻道", "請管理員手動處理")),
    ],
)
def test_what_is_left_in_public_says_who_can_mend_it(language: str, says: tuple[str, str]) -> None:
    stuck = Progress(status=Status.REFUSED, problem="It may not.")
    left = (Left(channel="C0OLD", made=True), Left(made=True, since=NOW))
    room = made.room(closed=True, left=left, steps={Step.LEFT_ARCHIVE: stuck})
    hidden = made.incident(private=True, language=language, room=room)
    card = incident_card(hidden, POLICY)
    line = next(each for each in shown(hidden).splitlines() if says[0] in each)
    assert "It may not." in line
    assert says[1] in shown(hidden)
    assert "<#C0OLD>" in str(card.blocks)
    values = [block["accessory"]["value"] for block in card.blocks if "accessory" in block]
    assert values == [made.REF]


def test_the_post_mortem_goes_step_by_step() -> None:
    drafted = made.incident(State.POST_MORTEM, postmortem=PostMortem(drafted=NOW))
    assert labels(drafted)[:2] == ["Publish…", "Draft again"]
    done = made.incident(State.POST_MORTEM, postmortem=made.published())
    assert labels(done)[0] == "Close…"
    assert buttons(incident_card(done, POLICY))["Close…"]["style"] == "primary"


def test_the_card_leads_to_the_post_mortem() -> None:
    done = made.incident(State.CLOSED, postmortem=made.published())
    assert "<https://wiki.example/pm/1|read it>" in str(incident_card(done, POLICY).blocks)
    far = made.published(url=f"https://wiki.example/{'&' * 1900}")
    card = incident_card(made.incident(State.CLOSED, postmortem=far), POLICY)
    assert "*Post-Mortem* published" in str(card.blocks)
    assert "wiki.example" not in str(card.blocks)


def test_what_was_merged_says_where_it_goes_on() -> None:
    other = (Related(incident="INC-2026-002", relation=Relation.DUPLICATE_OF),)
    assert "🔗 It goes on in *INC-2026-002*." in shown(made.incident(State.MERGED, related=other))
    assert "*Reason* A false alarm" in shown(made.incident(State.DECLINED))


def test_a_part_says_of_what() -> None:
    """By the reference alone: the whole may be private by now."""
    whole = (Related(incident="INC-2026-002", relation=Relation.PARENT),)
    part = shown(made.incident(related=whole))
    assert "*Status* Investigating · began 11:50 · *Part of* INC-2026-002 · *Service* " in part
    alike = (Related(incident="INC-2026-002", relation=Relation.RELATED),)
    assert "INC-2026-002" not in shown(made.incident(related=alike))


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_every_button_carries_its_incident(state: State) -> None:
    full = made.incident(state, suspects=(made.suspect(),), roles={})
    for drawn in (incident_card(full, POLICY), control_panel(full, SAM, POLICY, "en")):
        assert all(each["value"].startswith("INC-2026-001") for each in buttons(drawn).values())


@pytest.mark.parametrize(
    ("language", "says"), [("en", "⌨️ To be typed"), ("zh-TW", "⌨️ 請以指令輸入")]
)
def test_the_panel_names_what_has_to_be_typed(language: str, says: str) -> None:
    """What takes another incident, an address or a name has no button, and is not left out."""
    named = screen(accepted(control_panel(made.incident(), SAM, POLICY, language))).splitlines()[-1]
    assert named.startswith(says)
    verbs = re.findall(r"`/incident (\w+) INC-2026-001 …`", named)
    assert {"merge", "relate", "sub", "link", "checklist", "runbook"} <= {*verbs}
    assert {*verbs} <= INCIDENT_VERBS.keys()
    over = screen(control_panel(made.incident(State.CLOSED), SAM, POLICY, language))
    assert "/incident merge" not in over
    assert "/incident relate INC-2026-001 …" in over


def test_the_panel_offers_the_runbook_that_fits_best() -> None:
    books = (SuggestedRunbook(slug="high-cpu", title="High CPU"),)
    fits = control_panel(made.incident(runbooks=books), SAM, POLICY, "en")
    assert buttons(accepted(fits))["Use runbook"]["value"] == "INC-2026-001:high-cpu"
    over = made.incident(State.RESOLVED, runbooks=books)
    assert "Use runbook" not in buttons(control_panel(over, SAM, POLICY, "en"))


def test_the_panel_is_in_the_language_of_whoever_asked() -> None:
    own = made.incident(handoff=None, subscribers={})
    panel = accepted(control_panel(own, DANA, POLICY, "zh-TW"))
    assert "*狀態* 調查中" in screen(panel)
    assert "訂閱" in buttons(panel)
