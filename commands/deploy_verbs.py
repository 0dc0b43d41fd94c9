"""What follows the deploy command, passed to whoever answers it."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.usecases.deploys import Wish
from bot.views import help as help_view
from commands.approvals import ApprovalController
from commands.deploy import DeployController
from commands.deploy_grammar import parse_deploy
from commands.grammar import Form, Help, HistoryWish, Preview, Steer
from commands.guards import GuardController
from commands.history import HistoryController
from commands.incoming import Command
from commands.orders import OrderController
from commands.replies import Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployVerbs:
    """The deploy command with all of its verbs. `name` is what the workspace calls it."""

    catalog: Catalog
    name: str
    deploys: DeployController
    orders: OrderController
    approvals: ApprovalController
    guards: GuardController
    history: HistoryController

    async def command(self, command: Command) -> Reply:
        """Parse, and pass on. Raises `UsageError` for what cannot be understood."""
        match parse_deploy(command.text, self.name, self.catalog):
            case Form():
                return await self.deploys.form(command)
            case Help(verb=verb):
                services, environments = tuple(self.catalog.services), self.catalog.environments
                return Say(rendered=help_view.deploy(self.name, services, environments, verb))
            case Wish() as wish:
                return await self.deploys.request(command, wish)
            case Preview(wish=wish):
                return await self.deploys.preview(command, wish)
            case Steer() as steer:
                return await self._steer(command, steer)
            case HistoryWish() as wish:
                return await self.history.show(command, wish)
            case wish:
                return await self.guards.order(command, wish)

    async def _steer(self, command: Command, steer: Steer) -> Reply:
        match steer.verb:
            case "status":
                return await self.orders.show(command.identity, steer)
            case "approve":
                return await self.approvals.show(command.identity, steer)
            case "reject":
                return await self.approvals.refuse(command, steer)
            case _:
                return await self.orders.give(command.identity, steer)
