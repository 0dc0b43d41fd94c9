"""The deploy command and its form: asking for a deploy, and looking at what one would do."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.domain.errors import UnknownName, UsageError
from bot.usecases.deploys import Deploys, Forbidden, Wish
from bot.views import answers
from bot.views.blocks import Rendered
from bot.views.incidents.deploys import open_incidents_line
from bot.views.modals import ask_deploy, matching
from bot.views.names import Action, Field
from commands.incoming import Command, Lookup, Submission
from commands.replies import FieldErrors, Later, OpenModal, Options, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployController:
    """Asks for deploys. `name` is the command's, for what people are told to type."""

    catalog: Catalog
    deploys: Deploys
    name: str

    async def request(self, command: Command, wish: Wish) -> Reply:
        """Record a deploy, or say what stands in the way and how to get past it."""
        try:
            deploy = await self.deploys.request(command.identity, wish, once=command.trigger)
        except Forbidden as refusal:
            around = open_incidents_line(refusal.incidents)
            return Say(rendered=answers.forbidden(refusal.obstacles, self.name, around))
        return Say(rendered=answers.asked(deploy, self.catalog.deploys_channel))

    async def preview(self, command: Command, wish: Wish) -> Reply:
        """What a deploy would do. The cloud is asked after the first answer."""
        await self.deploys.check(command.identity, wish)
        subject = f"{wish.service} {wish.version} → {wish.environment}".replace("  ", " ")

        async def look() -> Rendered:
            draft = await self.deploys.preview(command.identity, wish)
            rule = draft.rule
            names = tuple(group.name for group in rule.groups)
            version = draft.plan.artifact.version
            done = f"{version} serves everything already." if draft.nothing_to_do else None
            return answers.preview(
                f"{wish.service} {version} → {wish.environment}",
                draft.plan,
                draft.obstacles,
                approval=answers.approvers(rule.required, names, allow_self=rule.allow_self),
                refusal=draft.problem or done,
                command=self.name,
                incidents=open_incidents_line(draft.incidents),
            )

        return Later(first=answers.reading(f"what {subject} would change"), job=look)

    async def form(self, command: Command) -> Reply:
        """Nothing was typed: the form."""
        return OpenModal(view=ask_deploy(self.catalog, command.channel))

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
            return FieldErrors(errors={Field.VERSION.value: f"{wrong} {wrong.hint}".rstrip()})
        except Forbidden as refusal:
            says = answers.in_plain_text(refusal.obstacles, self.name)
            return FieldErrors(errors={Field.ENVIRONMENT.value: says})
        accepted = answers.asked(deploy, self.catalog.deploys_channel)
        return Say(rendered=accepted, channel=submission.private)

    async def lookup(self, lookup: Lookup) -> Reply:
        """Search in the form's menus of services and environments."""
        services = lookup.action == Action.PICK_SERVICE
        names = list(self.catalog.services) if services else self.catalog.environments
        return Options(options=matching(names, lookup.typed))
