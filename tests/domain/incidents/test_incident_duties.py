"""Whoever is given a role gets its list; whoever takes it over goes on with that."""

from incident_samples import incident, incident_policy
from samples import DANA, NOW, SAM

from bot.domain.incident_policy import USUAL_DUTIES, Role
from bot.domain.incidents.duties import DUTIES
from bot.domain.incidents.events import LineTicked, RoleGiven
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance

POLICY = incident_policy()


def test_a_role_comes_with_its_duties_once() -> None:
    before = incident(State.INVESTIGATING, roles={}, procedures=())
    given = advance(before, RoleGiven(role=Role.COMMS, to=DANA), SAM, NOW, POLICY)
    (duties,) = given.procedures
    assert (duties.id, duties.items) == (f"{DUTIES}comms", USUAL_DUTIES[Role.COMMS])
    ticked = advance(given, LineTicked(procedure=duties.id, item="first"), DANA, NOW, POLICY)
    over = advance(ticked, RoleGiven(role=Role.COMMS, to=SAM), DANA, NOW, POLICY)
    (same,) = over.procedures
    assert [tick.by for tick in same.ticks] == [DANA]


def test_a_team_without_duties_gets_no_list() -> None:
    before = incident(State.INVESTIGATING, roles={}, procedures=())
    policy = POLICY.model_copy(update={"duties": {}})
    assert advance(before, RoleGiven(role=Role.LEAD, to=DANA), SAM, NOW, policy).procedures == ()
