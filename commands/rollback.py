"""The rollback command, its button, and the switch back to a version that is kept."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.usecases.rollbacks import Goal, Proposal, Rollbacks
from bot.views import answers
from bot.views import help as help_view
from bot.views import rollback as view
from bot.views.blocks import Rendered
from bot.views.modals import window
from commands.grammar import Help
from commands.incoming import Click, Command
from commands.replies import Later, Reply, Say, UpdateModal, parts
from commands.rollback_grammar import parse_rollback

_ACCEPTED, _NOT_ACCEPTED = "accepted", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackController:
    """Takes people back: shows the exact goal first, and goes there when it is confirmed."""

    catalog: Catalog
    rollbacks: Rollbacks
    name: str

    async def command(self, command: Command) -> Reply:
        """`/rollback SERVICE ENVIRONMENT`: the goal with a button. The cloud is asked meanwhile."""
        wish = parse_rollback(command.text, self.name, self.catalog)
        if isinstance(wish, Help):
            services, environments = tuple(self.catalog.services), self.catalog.environments
            return Say(rendered=help_view.rollback(self.name, services, environments))
        service, environment = wish.place.service, wish.place.environment
        await self.rollbacks.check(command.identity, service, environment, wish.to, wish.incident)

        async def propose() -> Rendered:
            found = await self.rollbacks.propose(
                command.identity, service, environment, wish.to, wish.incident
            )
            return proposed(found, wish.reason, command.trigger, accepted=wish.accept_schema_risk)

        what = f"what {service} in {environment} can go back to"
        return Later(first=answers.reading(what), job=propose)

    async def take(self, click: Click) -> Reply:
        """The Roll back button of a proposal. A second click of the same one is the same way back.

        What it carries is checked again, as if it had been typed.
        """
        once, service, environment, terms, carried = parts(click.value, 5)
        risk, _, incident = terms.partition("/")
        version, _, reason = carried.partition(" ")
        deploy = await self.rollbacks.request(
            click.identity,
            Goal(
                service=service,
                environment=environment,
                version=version,
                incident=incident or None,
            ),
            reason=reason,
            accept_schema_risk=risk == _ACCEPTED,
            once=once,
        )
        said = answers.going_back(deploy, self.catalog.deploys_channel)
        # In a window it takes the place of the proposal, which is not to be taken twice.
        return UpdateModal(view=window(said)) if click.view else Say(rendered=said)

    async def switch_back(self, click: Click) -> Reply:
        """The button of a deploy whose old version is kept: one deploy is switched back once."""
        deploy = await self.rollbacks.switch_back(
            click.identity, click.value, once=f"switch back {click.value}"
        )
        return Say(rendered=answers.going_back(deploy, self.catalog.deploys_channel))


def proposed(found: Proposal, reason: str, once: str, *, accepted: bool = False) -> Rendered:
    """A way back before it is taken, with the button that takes it; `once` makes a second click of
    that button the same way back. `accepted`: the risk for the schema is.
    """
    notes = []
    if found.needs_acceptance:
        notes.append(view.schema_risk(found.blocked_by, accepted=accepted))
    if found.gone:
        notes.append(view.gone())
    if found.incident:
        notes.append(view.for_incident(found.incident))
    if reason:
        notes.append(view.because(reason))
    names = [group.name for group in found.rule.groups]
    own = found.rule.allow_self
    notes.append(answers.approvers(found.rule.required, names, allow_self=own))
    if found.others:
        notes.append(view.others(found.others))
    may = accepted or not found.needs_acceptance
    return view.proposal(
        found.target,
        found.goal,
        serving=found.serving,
        notes=notes,
        button_value=_carried(found, reason, once, accepted=accepted) if may else None,
    )


def _carried(found: Proposal, reason: str, once: str, *, accepted: bool) -> str:
    """What the button carries; the goal is the exact image or revision, never a name that moves."""
    risk = _ACCEPTED if accepted else _NOT_ACCEPTED
    goal = found.goal.digest or found.goal.revision
    place = f"{found.target.service}:{found.target.environment}"
    terms = f"{risk}/{found.incident}" if found.incident else risk
    return f"{once}:{place}:{terms}:{goal} {reason}".rstrip()
