"""Where incidents meet the rest: the agenda, cards of deploys, and identities of this machine."""

from collections.abc import AsyncIterator
from datetime import timedelta

import policies
import pytest
import samples
from engine import TO_PRODUCTION, Bench, bench_of, identity
from fakes import ListedPeople
from incident_samples import incident_policy
from samples import DANA, MAX, SAM

from adapters.redis.connection import Connections
from bot.domain.actor import Identity
from bot.domain.audit import is_person
from bot.domain.errors import NotFound, NotPermitted
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import IncidentKind
from bot.domain.incidents.states import State
from bot.domain.message import DeployCard, entry_of
from bot.ports import Change
from bot.ticking import ticking
from bot.usecases.local_people import LocalPeople, local_identity

OUTAGE = Wish(title="Checkout answers 500s", severity=Severity.P3, service="api")


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Deploys and incidents together."""
    catalog = policies.catalog().model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, catalog) as built:
        yield built


async def declare(bench: Bench, **changes: object) -> str:
    """Dana declares something; returns its reference."""
    wish = OUTAGE.model_copy(update=changes)
    declaring = bench.use_cases.incidents.declaring
    return (await declaring.declare(identity(DANA), wish, once=str(changes))).incident.ref


async def test_a_deploy_s_card_names_what_is_wrong_around_it(bench: Bench) -> None:
    deploy = await bench.ask(TO_PRODUCTION)
    known = await declare(bench)
    anywhere = await declare(bench, environment="production", title="All is slow")
    await declare(bench, private=True, title="A key has leaked")
    await declare(bench, kind=IncidentKind.DRILL, title="An exercise")
    await declare(bench, service="auth", title="No logins")
    await declare(bench, environment="staging", title="Staging is down")
    over = await declare(bench, title="It was nothing")
    responding = bench.use_cases.incidents.responding
    await responding.move(identity(DANA), over, State.CANCELLED, "A test.")
    entry = entry_of("e1", "#cards", DeployCard(deploy=deploy.id))
    await bench.store.commit(Change(writes=(), entries=(entry,)))
    await bench.delivery.empty("#cards")
    (scene,) = (scene for each, scene in bench.board.scenes.values() if each.id == "e1")
    assert {each.ref for each in scene.incidents} == {known, anywhere}


async def test_every_name_in_the_agenda_has_somebody_who_handles_it(bench: Bench) -> None:
    steps: list[str] = []
    tick = ticking(bench.use_cases, steps.append)
    deploy, ref = await bench.ask(TO_PRODUCTION), await declare(bench)
    await tick(deploy.id)
    assert steps == ["plan"]
    await tick(f"room:{ref}")
    assert len(bench.premises.channels) == 1
    bench.clock.move(timedelta(minutes=6))
    await tick(ref)
    fired = (await bench.use_cases.incidents.sight.see(identity(DANA), ref))[1].clocks.fired
    assert [mark.partition("/")[0] for mark in fired] == ["unclaimed"]
    await tick("maintenance:gone")  # a rule that is not in the configuration any more
    with pytest.raises(NotFound):
        await tick("review:D-00009")


async def test_the_api_and_the_command_line_do_what_commanders_may() -> None:
    people = LocalPeople(people=ListedPeople(), groups=frozenset({"sre"}))
    who = local_identity("api", "grafana")
    actor = await people.actor(who.user, who.team)
    assert (actor.id, actor.name, actor.groups) == ("api:grafana", "grafana", {"sre"})
    assert not is_person(actor.id)
    assert (await people.actor(SAM, samples.TEAM)).id == SAM
    assert await people.members(["sre"]) == {SAM}


@pytest.mark.parametrize("team", ["", "T0OTHER"])
async def test_nobody_of_another_team_is_taken_for_one_of_this_machine(team: str) -> None:
    people = LocalPeople(people=ListedPeople(), groups=frozenset({"sre"}))
    claimed = Identity(user="api:grafana", team=team)
    with pytest.raises(NotPermitted):
        await people.actor(claimed.user, claimed.team)
    with pytest.raises(NotPermitted):
        await people.actor("cli:root", samples.TEAM)
    assert is_person(MAX)
