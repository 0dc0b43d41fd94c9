"""The deploy command and its form."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.domain.errors import UnknownName, UsageError
from bot.usecases.deploys import Deploys, Wish
from bot.views import deploy as view
from bot.views import help as help_view
from bot.views.modals import ask_deploy, matching
from bot.views.names import Action, Field
from commands.grammar import Form, Help, parse_deploy
from commands.incoming import Command, Lookup, Submission
from commands.replies import FieldErrors, OpenModal, Options, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployController:
    """Asks for deploys."""

    catalog: Catalog
    deploys: Deploys
    name: str

    async def command(self, command: Command) -> Reply:
        """`/deploy SERVICE VERSION ENVIRONMENT`, `help`, or nothing for the form."""
        match parse_deploy(command.text, self.name, self.catalog):
            case Help():
                services = tuple(self.catalog.services)
                return Say(
                    rendered=help_view.deploy(self.name, services, self.catalog.environments)
                )
            case Form():
                return OpenModal(view=ask_deploy(self.catalog, command.channel))
            case Wish() as wish:
                deploy = await self.deploys.request(command.identity, wish, once=command.trigger)
                return Say(rendered=view.accepted(deploy, self.catalog.deploys_channel))

    async def submit(self, submission: Submission) -> Reply:
        """The form, filled in; what is wrong is said below the field that it is about."""
        values = submission.values
        wish = Wish(
            service=values.get(Field.SERVICE, ""),
            version=values.get(Field.VERSION, "").strip(),
            environment=values.get(Field.ENVIRONMENT, ""),
        )
        try:
            deploy = await self.deploys.request(submission.identity, wish, once=submission.view)
        except UnknownName as unknown:
            field = Field.SERVICE if unknown.kind == "service" else Field.ENVIRONMENT
            return FieldErrors(errors={field.value: f"{unknown} {unknown.hint}"})
        except UsageError as wrong:
            return FieldErrors(errors={Field.VERSION.value: f"{wrong} {wrong.hint}"})
        accepted = view.accepted(deploy, self.catalog.deploys_channel)
        return Say(rendered=accepted, channel=submission.private)

    async def lookup(self, lookup: Lookup) -> Reply:
        """Search in the form's menus of services and environments."""
        services = lookup.action == Action.PICK_SERVICE
        names = list(self.catalog.services) if services else self.catalog.environments
        return Options(options=matching(names, lookup.typed))
