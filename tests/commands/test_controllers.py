"""What people type and press, from the words to the answer, on real neighbours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import samples
from engine import TO_STAGING, Bench, bench_of, identity
from policies import BAKE, policy
from policies import catalog as with_policy
from samples import DANA, MAX, OLIVIA, SAM
from screens import accepted, buttons, screen

from adapters.redis.connection import Connections
from bot.domain.catalog import Catalog
from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UsageError
from bot.domain.incidents.declaring import Wish as IncidentWish
from bot.domain.policy import Policy
from bot.domain.states import State
from bot.routes import CommandNames, build_router
from bot.views.names import Action, Field
from commands.incoming import Click, Command, Submission
from commands.replies import FieldErrors, Later, Nothing, OpenModal, Reply, Say
from commands.router import Router

NAMES = CommandNames(deploy="/deploy", rollback="/rollback", status="/status", incident="/incident")


@dataclass(kw_only=True)
class Chat:
    """People who type and press."""

    bench: Bench
    router: Router
    count: int = 0

    async def type(self, text: str, who: str = DANA) -> Reply:
        """A command and what follows it."""
        self.count += 1
        name, _, rest = text.partition(" ")
        command = Command(
            identity=identity(who), channel="C1", name=name, text=rest, trigger=f"{self.count}.1.x"
        )
        return await self.router.answer(command)

    async def read(self, text: str, who: str = DANA) -> str:
        """The same, as the person sees the answer in the end."""
        return await shown(await self.type(text, who))

    async def press(self, action: Action, value: str, who: str = DANA) -> Reply:
        """A button."""
        self.count += 1
        click = Click(
            identity=identity(who),
            channel="C1",
            action=action,
            value=value,
            trigger=f"{self.count}.2.x",
        )
        return await self.router.answer(click)


async def shown(reply: Reply) -> str:
    """An answer as lines of text."""
    if isinstance(reply, Later):
        accepted(reply.first)
        return screen(accepted(await reply.job()))
    assert isinstance(reply, Say)
    return screen(accepted(reply.rendered))


def chat_of(bench: Bench, catalog: Catalog) -> Chat:
    """Everything wired as in production."""
    return Chat(bench=bench, router=build_router(catalog, NAMES, bench.use_cases, bench.people))


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog."""
    catalog = samples.catalog()
    async with bench_of(memory, catalog) as bench:
        yield chat_of(bench, catalog)


@pytest.fixture
async def canary(memory: Connections) -> AsyncIterator[Chat]:
    """Production gets its traffic in shares, and nobody has to be asked."""
    catalog = with_policy(policy())
    async with bench_of(memory, catalog) as bench:
        yield chat_of(bench, catalog)


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_deploy_is_recorded_and_said_where_to_follow(chat: Chat) -> None:
    """The cloud is not asked before the answer."""
    said = await chat.read("/deploy api v1.2.0 staging --reason “it is time”")
    assert "D-00001" in said
    assert "api v1.2.0 → staging" in said
    assert "#deploys" in said
    stored = (await chat.bench.store.deploy("D-00001")).value
    assert stored.terms.reason == "it is time"


async def test_what_stands_in_the_way_is_said_with_the_way_out(chat: Chat) -> None:
    """As a command that can be typed as it stands."""
    await chat.type('/deploy lock api production --for 2h --reason "looking into errors"')
    said = await chat.read("/deploy api v1.2.0 production", SAM)
    assert "api/production is locked: looking into errors." in said
    assert f"(<@{DANA}>)" in said
    assert "Until 14:00" in said
    assert 'Way out: `/deploy unlock api production --reason "…"`' in said
    freed = await chat.read('/deploy unlock api production --reason "found it"', SAM)
    assert "`api/production` is free" in freed
    assert "on its way" in await chat.read("/deploy api v1.2.0 production", SAM)


async def test_the_form_says_what_stands_in_the_way_below_its_field(chat: Chat) -> None:
    """Without markup, which a field does not show."""
    await chat.type("/deploy freeze staging --reason storm")
    values = {Field.SERVICE: "api", Field.VERSION: "v1.2.0", Field.ENVIRONMENT: "staging"}
    submission = Submission(
        identity=identity(DANA), callback="deploy.ask", private="C1", values=values, view="V1"
    )
    reply = await chat.router.answer(submission)
    assert reply == FieldErrors(
        errors={
            "environment": 'staging is frozen: storm. Way out: /deploy thaw staging --reason "…"'
        }
    )


async def test_a_preview_shows_the_plan_and_changes_nothing(chat: Chat) -> None:
    """What changes, how, who has to agree, and what stands in the way."""
    await chat.type("/deploy freeze production --reason sale", SAM)
    said = await chat.read("/deploy plan api v1.2.0 to production")
    assert said.startswith("# Plan: api v1.2.0 → production")
    assert "`v1.1.0`  →  *`v1.2.0`*" in said
    assert "all traffic at once" in said
    assert "1 of *sre* or *owners*, not who asks for it" in said
    assert "production is frozen: sale." in said
    assert "Way out: `/deploy thaw production" in said
    assert "Nothing was changed." in said
    assert chat.bench.cloud.model.journal == []
    with pytest.raises(NotPermitted):
        await chat.type("/deploy plan api v1.2.0 production", MAX)


async def test_a_preview_of_what_serves_already_says_so(chat: Chat) -> None:
    """Nobody needs to ask for that."""
    said = await chat.read("/deploy plan api v1.1.0 production")
    assert "v1.1.0 serves everything already." in said
    assert "Nothing stands in the way" not in said


async def test_help_is_given_for_the_command_and_for_a_verb(chat: Chat) -> None:
    """By what the workspace calls the command."""
    whole = await chat.read("/deploy help")
    for verb in ("freeze", "promote", "history", "allow"):
        assert f"*{verb}*" in whole
    one = await chat.read("/deploy help freeze")
    assert "/deploy freeze ENVIRONMENT|--all [--for DURATION] [--until TIME] --reason TEXT" in one
    assert "--until 2026" not in one
    assert "/rollback api production" in await chat.read("/rollback help")
    assert "/status api" in await chat.read("/status help")


async def test_nothing_typed_opens_the_form(chat: Chat) -> None:
    """As before."""
    assert isinstance(await chat.type("/deploy"), OpenModal)


# ── Approving ────────────────────────────────────────────────────────────────────────────────────


async def test_approving_by_words_shows_the_plan_with_its_button(chat: Chat) -> None:
    """The words alone count for nothing: the button carries the plan that was seen."""
    deploy = await chat.bench.ask()
    waiting = await chat.bench.work(deploy, until=State.AWAITING_APPROVAL)
    reply = await chat.type(f"/deploy approve {deploy.id.lower()}", SAM)
    assert isinstance(reply, Say)
    assert (await chat.bench.now(deploy)).approval == waiting.approval
    value = buttons(reply.rendered)["Approve"]["value"]
    assert waiting.plan is not None
    assert value == f"{deploy.id}:{waiting.plan.hash}"
    await chat.press(Action.APPROVE, value, SAM)
    assert (await chat.bench.now(deploy)).state is State.QUEUED
    with pytest.raises(IllegalTransition, match="“approve” is not possible"):
        await chat.type("/deploy approve api production", OLIVIA)


async def test_rejecting_by_words_takes_a_reason_or_asks_for_it(chat: Chat) -> None:
    """One no is final, so it is not said by accident."""
    deploy = await chat.bench.ask()
    await chat.bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert isinstance(await chat.type(f"/deploy reject {deploy.id}", SAM), OpenModal)
    with pytest.raises(NotPermitted):
        await chat.type(f"/deploy reject {deploy.id} --reason no", MAX)
    said = await chat.read(f"/deploy reject {deploy.id} --reason not before the sale", SAM)
    assert "You rejected" in said
    done = await chat.bench.now(deploy)
    assert (done.state, done.problem) == (State.REJECTED, "not before the sale")


async def test_a_button_of_another_release_is_answered(chat: Chat) -> None:
    """Rather than with a failure."""
    for action, value in [
        (Action.APPROVE, "D-00001"),
        (Action.TICK, "D-00001:x:item"),
        (Action.TICK, "D-00001:٣:item"),
        (Action.ROLL_BACK, "1:api:production"),
    ]:
        with pytest.raises(NotFound):
            await chat.press(action, value)


# ── Steering ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_rollout_is_paused_resumed_promoted_and_undone_by_words(canary: Chat) -> None:
    """By its id, and by what is under way in a place."""
    deploy = await canary.bench.ask()
    await canary.bench.work(deploy, until=State.OBSERVING)
    assert "It stays where it is" in await canary.read("/deploy pause api production")
    assert (await canary.bench.now(deploy)).state is State.HELD
    assert "goes on" in await canary.read(f"/deploy resume {deploy.id} --for 10m")
    assert (await canary.bench.now(deploy)).state is State.ROUTING
    await canary.bench.work(deploy, until=State.OBSERVING)
    assert "You promoted" in await canary.read("/deploy promote api in production")
    shown_now = await canary.read("/deploy status api production", MAX)
    assert "api v1.2.0 → production" in shown_now
    assert deploy.id in shown_now
    said = await canary.read('/deploy abort api production --reason "errors in checkout"')
    assert "Rolling back" in said
    undone = await canary.bench.work(deploy)
    assert undone.state is State.ROLLED_BACK
    assert undone.undone_by == DANA
    with pytest.raises(NotFound, match="Nothing is under way"):
        await canary.type("/deploy pause api production")


async def test_the_buttons_of_a_running_deploy_do_the_same(canary: Chat) -> None:
    """One click and its confirmation, no form."""
    deploy = await canary.bench.ask()
    await canary.bench.work(deploy, until=State.OBSERVING)
    with pytest.raises(NotPermitted):
        await canary.press(Action.PAUSE, deploy.id, MAX)
    assert isinstance(await canary.press(Action.PAUSE, deploy.id), Say)
    assert "watched for longer" in await shown(await canary.press(Action.WAIT, deploy.id))
    waits = await canary.bench.work(deploy, until=State.OBSERVING)
    assert waits.bake == canary.bench.clock.now() + BAKE
    await canary.press(Action.PAUSE, deploy.id)
    await canary.press(Action.RESUME, deploy.id)
    await canary.bench.work(deploy, until=State.OBSERVING)
    await canary.press(Action.PROMOTE, deploy.id)
    with pytest.raises(NotPermitted, match="changed outside"):
        await canary.press(Action.LEAVE, deploy.id)
    assert isinstance(await canary.press(Action.SHOW_DIFF, deploy.id), OpenModal)
    assert "Rolling back" in await shown(await canary.press(Action.ABORT, deploy.id))


async def test_a_question_is_answered_by_its_button(memory: Connections) -> None:
    """And the checklist itself shows who it was."""
    catalog = with_policy(Policy(checklist=samples.CHECKS.model_copy(update={"post": ()})))
    async with bench_of(memory, catalog) as bench:
        chat = chat_of(bench, catalog)
        deploy = await bench.ask(TO_STAGING)
        await bench.work(deploy)
        deploy = await bench.ask()
        await bench.work(deploy, until=State.CHECKING, most=5)
        assert (await bench.now(deploy)).state is State.CHECKING
        reply = await chat.press(Action.TICK, f"{deploy.id}:0:plan", SAM)
        assert reply == Nothing()
        (tick,) = (await bench.store.checklist(deploy.id, 0)).value.ticks
        assert (tick.item, tick.by) == ("plan", SAM)


# ── Guarding ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_target_that_is_held_names_the_person(chat: Chat) -> None:
    """As a mention, not as an id that nobody knows."""
    said = await chat.read("/deploy lock api production --reason looking")
    assert "is yours until 14:00" in said
    taken = await chat.read("/deploy lock api production --reason me too", SAM)
    assert f"locked by <@{DANA}> until" in taken
    with pytest.raises(NotPermitted):
        await chat.type("/deploy lock api production --reason x", MAX)


async def test_a_freeze_is_set_and_lifted_by_words(chat: Chat) -> None:
    """For a time, and for everything."""
    assert "*production* is frozen until 20:00" in await chat.read(
        "/deploy freeze production --for 8h --reason sale", SAM
    )
    assert "everything is frozen until somebody thaws it" in await chat.read(
        "/deploy freeze —all —reason “the provider is down”", SAM
    )
    assert "Still frozen: everything" in await chat.read(
        "/deploy thaw production --reason over", SAM
    )
    with pytest.raises(UsageError, match="is over already"):
        await chat.type("/deploy freeze staging --until 2020-01-01T00:00Z --reason x", SAM)


# ── Going back ───────────────────────────────────────────────────────────────────────────────────


async def test_a_rollback_names_its_goal_and_waits_for_the_button(chat: Chat) -> None:
    """Two clicks of one button are one way back."""
    await chat.bench.work(await chat.bench.ask(TO_STAGING))
    reply = await chat.type('/rollback api staging --reason "errors in checkout: many"')
    assert isinstance(reply, Later)
    proposed = await reply.job()
    said = screen(accepted(proposed))
    assert "*api* in *staging* goes back to *`v1.1.0`*" in said
    assert "Now: v1.2.0 100 %" in said
    assert "errors in checkout: many" in said
    value = buttons(proposed)["Roll back"]["value"]
    with pytest.raises(NotPermitted):
        await chat.press(Action.ROLL_BACK, value, MAX)
    first = await shown(await chat.press(Action.ROLL_BACK, value))
    assert "D-00002" in first
    assert await shown(await chat.press(Action.ROLL_BACK, value, SAM)) == first
    back = await chat.bench.work((await chat.bench.store.deploy("D-00002")).value)
    assert back.state is State.COMPLETED
    assert back.terms.reason == "errors in checkout: many"
    serving = await chat.bench.serving(chat.bench.catalog.target("api", "staging"))
    assert serving == {back.revision: 100}
    assert back.agreed.artifact.version == "v1.1.0"


async def test_a_rollback_for_an_incident_carries_it_from_the_command_to_the_deploy(
    chat: Chat,
) -> None:
    await chat.bench.work(await chat.bench.ask(TO_STAGING))
    declaring = chat.bench.use_cases.incidents.declaring
    wish = IncidentWish(title="Checkout is slow", service="api", environment="staging")
    incident = (await declaring.declare(identity(DANA), wish, once="it")).incident
    with pytest.raises(NotFound):
        await chat.type("/rollback api staging --incident INC-2026-999")
    reply = await chat.type(f"/rollback api staging --incident {incident.ref} --reason errors")
    assert isinstance(reply, Later)
    proposed = await reply.job()
    assert f"To end `{incident.ref}`" in screen(accepted(proposed))
    await chat.press(Action.ROLL_BACK, buttons(proposed)["Roll back"]["value"])
    back = (await chat.bench.store.deploy("D-00002")).value
    assert (back.terms.incident, back.terms.reason) == (incident.ref, "errors")


async def test_a_rollback_over_a_schema_asks_for_more(chat: Chat) -> None:
    """Without the button until somebody accepts the risk, and then with a second person."""
    await chat.type("/deploy api v1.2.0 staging --migrations irreversible")
    done = await chat.bench.work((await chat.bench.store.deploy("D-00001")).value)
    reply = await chat.type("/rollback api staging")
    assert isinstance(reply, Later)
    refused = await reply.job()
    assert "changed the database for good" in screen(accepted(refused))
    assert done.id in screen(refused)
    assert "Roll back" not in buttons(refused)
    reply = await chat.type("/rollback api staging --accept-schema-risk")
    assert isinstance(reply, Later)
    value = buttons(await reply.job())["Roll back"]["value"]
    said = await shown(await chat.press(Action.ROLL_BACK, value))
    assert "Somebody else has to approve it" in said


async def test_a_rollback_without_a_goal_says_so(chat: Chat) -> None:
    """And one of outsiders is refused before the cloud is asked."""
    with pytest.raises(NotFound):
        await chat.read("/rollback api staging")
    with pytest.raises(NotPermitted):
        await chat.type("/rollback api staging", MAX)


# ── Looking ──────────────────────────────────────────────────────────────────────────────────────


async def test_the_history_has_the_figures_and_an_export(chat: Chat) -> None:
    """What cannot be told is unknown; the whole table is for the command line."""
    await chat.bench.work(await chat.bench.ask(TO_STAGING))
    said = await chat.read("/deploy history api", MAX)
    assert "api: the last 30 days" in said
    assert "*api/staging*" in said
    assert "Deployed 1 times" in said
    assert "unknown, too few deploys to tell (99 more)" in said
    export = await chat.read("/deploy history api staging --days 7 --export csv")
    assert "`signalbox history api staging --days 7 --format csv`" in export
    assert "deploy,kind,service,environment,version" in export
    assert "D-00001,deploy,api,staging,v1.2.0" in export


async def test_the_status_says_what_holds_deploys_up(chat: Chat) -> None:
    """Locks, freezes, and how pinned traffic is let go."""
    await chat.bench.work(await chat.bench.ask(TO_STAGING))
    await chat.type("/deploy lock api production --reason looking")
    await chat.type("/deploy freeze staging --for 1h --reason storm")
    said = await chat.read("/status api")
    assert f"*api/production* locked by <@{DANA}> until" in said
    assert "*staging* frozen until" in said
    assert "`/deploy unpin api staging`" in said


async def test_the_status_names_the_deploy_that_shares_the_traffic(canary: Chat) -> None:
    """And how to look at it."""
    deploy = await canary.bench.ask()
    await canary.bench.work(deploy, until=State.OBSERVING)
    said = await canary.read("/status api")
    assert f"`{deploy.id}` shares the traffic" in said
    assert f"`/deploy status {deploy.id}`" in said
