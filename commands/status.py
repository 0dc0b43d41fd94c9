"""The status command."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.usecases.guards import Guards
from bot.usecases.status import Status
from bot.views import help as help_view
from bot.views import status as view
from bot.views.blocks import Rendered
from commands.grammar import Help, parse_status
from commands.incoming import Command
from commands.replies import Later, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusController:
    """Shows what is running where. `deploy` is the deploy command's name."""

    catalog: Catalog
    status: Status
    guards: Guards
    name: str
    deploy: str

    async def command(self, command: Command) -> Reply:
        """`/status`, `/status SERVICE`, or `help`. The clouds are asked after the first answer."""
        parsed = parse_status(command.text, self.name, self.catalog)
        if isinstance(parsed, Help):
            return Say(rendered=help_view.status(self.name, tuple(self.catalog.services)))
        targets = await self.status.choose(command.identity, parsed)

        async def read() -> Rendered:
            found = await self.status.read(targets)
            held = await self.guards.overview(targets)
            return view.table(found, held, self.deploy)

        return Later(first=view.reading(len(targets)), job=read)
