"""Runbooks on the card, in lists, and as they are read."""

from datetime import date

import incident_samples as made
import pytest
from screens import accepted, buttons, screen

from bot.domain.incident_policy import ProcedureItem, Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.states import ACTIVE, State
from bot.domain.runbooks import Runbook
from bot.views.incidents.card import incident_card
from bot.views.incidents.runbooks import PAGE, runbook_heading, runbook_list, runbook_steps

POLICY = made.incident_policy()
CPU = Runbook(
    slug="high-cpu",
    title="High CPU",
    steps=(ProcedureItem(id="s1", text="`kubectl top pods`"), ProcedureItem(id="s2", text="Scale")),
    symptoms=("cpu", "slow"),
    severity=Severity.P2,
    url="https://wiki.example/cpu",
    reviewed=date(2026, 3, 1),
)


def shown(incident: Incident) -> str:
    return screen(accepted(incident_card(incident, POLICY)))


def test_a_runbook_that_fits_is_a_line_and_a_button() -> None:
    card = made.incident(runbooks=(CPU.suggestion,))
    assert "\n*Runbook* 📖 <https://wiki.example/cpu|High CPU>\n" in shown(card)
    assert buttons(incident_card(card, POLICY))["Use runbook"]["value"] == "INC-2026-001:high-cpu"


def test_of_two_both_are_named_and_the_better_one_has_the_button() -> None:
    other = made.fitting_runbook(title="5xx & <more>")
    card = made.incident(runbooks=(CPU.suggestion, other))
    assert "High CPU> · 5xx & <more>" in shown(card)
    pressed = buttons(incident_card(card, POLICY))
    assert pressed["Use runbook: High CPU"]["value"] == "INC-2026-001:high-cpu"
    assert len([label for label in pressed if label.startswith("Use runbook")]) == 1


def test_what_is_in_use_is_not_suggested_any_more() -> None:
    other = made.fitting_runbook()
    used = made.incident(runbooks=(CPU.suggestion, other), procedures=(CPU.procedure,))
    assert "*Runbook* 📖 High error rate\n" in shown(used)
    assert buttons(incident_card(used, POLICY))["Use runbook"]["value"] == "INC-2026-001:error-rate"
    both = Procedure(id=other.procedure, title=other.title, items=CPU.steps)
    done = used.model_copy(update={"procedures": (CPU.procedure, both)})
    assert "Runbook" not in shown(done)
    assert "Use runbook" not in buttons(incident_card(done, POLICY))


@pytest.mark.parametrize("state", sorted(State))
def test_only_what_is_under_way_needs_a_runbook(state: State) -> None:
    card = made.incident(state, runbooks=(CPU.suggestion,))
    assert ("*Runbook*" in shown(card)) is (state in ACTIVE)
    assert ("Use runbook" in buttons(incident_card(card, POLICY))) is (state in ACTIVE)


def test_the_line_shares_the_sixth_with_the_deploys() -> None:
    card = made.incident(
        updates=(made.status_update(),),
        suspects=(made.suspect(),),
        deploys=(made.linked_deploy(),),
        runbooks=(CPU.suggestion,),
    )
    text = incident_card(card, POLICY).blocks[1]["text"]["text"]
    assert len(text.splitlines()) == 6
    assert text.splitlines()[-1].startswith("*Deploys*")
    assert text.endswith("*Runbook* 📖 <https://wiki.example/cpu|High CPU>")


def test_an_address_that_takes_too_much_room_is_no_link_on_the_card() -> None:
    long = CPU.model_copy(update={"url": "https://wiki.example/" + "x" * 200})
    assert "*Runbook* 📖 High CPU\n" in shown(made.incident(runbooks=(long.suggestion,)))


def test_the_card_speaks_the_language_of_its_room() -> None:
    card = made.incident(runbooks=(CPU.suggestion,), language="zh-TW")
    assert "*處理手冊* 📖" in shown(card)
    assert "使用處理手冊" in buttons(incident_card(card, POLICY))


def test_a_list_says_what_each_is_about_and_how_many_more_there_are() -> None:
    many = [CPU.model_copy(update={"slug": f"cpu-{number}"}) for number in range(PAGE + 3)]
    listed = screen(
        accepted(runbook_list(many, runbook_heading("en", None), "/inc", "en", made.incident()))
    )
    assert "P2 · 2 steps · cpu, slow · reviewed 2026-03-01 · " in listed
    assert listed.count("[Use runbook]") == PAGE
    assert "3 more" in listed
    assert "`/inc runbook`" in listed


def test_the_steps_of_the_longest_runbook_are_all_there() -> None:
    """As long as files may be."""
    steps = tuple(ProcedureItem(id=f"s{at}", text=f"{at:03} {'x' * 296}") for at in range(40))
    read = screen(accepted(runbook_steps(CPU.model_copy(update={"steps": steps}), "en")))
    assert "1. 000 xxx" in read
    assert "36. 035 xxx" in read
    assert "… and 4 more" in read
    assert "`kubectl top pods`" in screen(runbook_steps(CPU, "en"))
