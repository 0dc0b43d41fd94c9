"""Where incidents meet deploys: suspects, ways back, freezes."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.incidents.linked import Part
from bot.domain.worded import worded
from bot.usecases.incidents.joins import Joins
from bot.views import answers as deploy_answers
from bot.views.blocks import Rendered
from bot.views.incidents import lists
from bot.views.incidents.names import IncidentAction, IncidentField
from bot.views.languages.deeds import Deed
from bot.views.modals import window
from commands.incidents.desk import Desk, about, subject
from commands.incidents.filled import text_of
from commands.incidents.forms import Forms, loading
from commands.incidents.wishes import FreezeWish, LinkWish, RollbackWish
from commands.incoming import Click, Command, Submission
from commands.replies import Later, OpenModal, Reply, Say, UpdateModal, View
from commands.rollback import proposed

A = IncidentAction
F = IncidentField


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinsController:
    """Shows suspects, and asks for ways back, which are confirmed and approved as every other."""

    desk: Desk
    forms: Forms
    joins: Joins

    async def freeze(self, click: Click) -> Reply:
        """Stop deploys of what is affected; the button has asked whether that is meant."""
        incident = await self.joins.freeze(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.FROZEN)

    async def thaw(self, click: Click) -> Reply:
        """Let them go on."""
        incident = await self.joins.thaw(click.identity, subject(click.value))
        return self.desk.pressed(click, incident, Deed.THAWED)

    async def pressed(self, click: Click) -> Reply:
        """The button of a suspect: the way back from it, to be confirmed; the form without one."""
        named, _, deploy = click.value.partition(":")
        ref = subject(named)
        if not deploy:
            return self.forms.ask(A.ROLL_BACK, click.identity, ref, click.channel)

        async def fill() -> View:
            return window(await self._proposal(click.identity, ref, deploy, click.trigger))

        return OpenModal(view=loading(self.desk.language(click.identity)), fill=fill)

    async def chosen(self, submission: Submission) -> Reply:
        """The deploy to go back from: the exact goal is shown, with the button that goes there.

        The cloud is asked for it, once the window says that it is.
        """
        ref, _ = about(submission.private, 1)
        empty = self.desk.missing(submission, {F.DEPLOY: worded("Choose a deploy.")})
        if empty:
            return empty
        deploy, why = text_of(submission, F.DEPLOY), text_of(submission, F.REASON)

        async def fill() -> View:
            return window(
                await self._proposal(submission.identity, ref, deploy, submission.view, why)
            )

        return UpdateModal(view=loading(self.desk.language(submission.identity)), fill=fill)

    async def rollback(self, command: Command, wish: RollbackWish) -> Reply:
        """`rollback [ID]`: the form with the suspects, or the way back from one deploy."""
        if not wish.deploy:
            return self.forms.ask(A.ROLL_BACK, command.identity, wish.ref, command.channel)
        ref = (await self.desk.which(command, wish.ref)).ref

        async def look() -> Rendered:
            return await self._proposal(command.identity, ref, wish.deploy, command.trigger)

        reading = deploy_answers.reading(f"what was there before {wish.deploy}")
        return Later(first=reading, job=look)

    async def frozen(self, command: Command, wish: FreezeWish) -> Reply:
        """`freeze [--for DURATION]`."""
        ref = (await self.desk.which(command, wish.ref)).ref
        after = await self.joins.freeze(command.identity, ref, wish.lasts)
        return self.desk.typed(command, after, Deed.FROZEN)

    async def thawed(self, command: Command, ref: str) -> Reply:
        """`thaw`."""
        found = (await self.desk.which(command, ref)).ref
        after = await self.joins.thaw(command.identity, found)
        return self.desk.typed(command, after, Deed.THAWED)

    async def suspects(self, command: Command, ref: str) -> Reply:
        """`deploys`: those that may have caused it, looked for anew while it goes on."""
        incident = await self.desk.which(command, ref)
        if incident.active and not incident.drill:
            incident = await self.joins.look(command.identity, incident.ref)
        shown = lists.suspect_list(incident, self.desk.language(command.identity))
        return Say(rendered=shown)

    async def link(self, command: Command, wish: LinkWish) -> Reply:
        """`link deploy ID`: a suspect is to blame then, every other one is to mend it."""
        incident = await self.desk.which(command, wish.ref)
        suspected = any(each.deploy == wish.target for each in incident.suspects)
        part = Part.CAUSE if suspected else Part.FIX
        after = await self.joins.link(command.identity, incident.ref, wish.target, part)
        return self.desk.typed(command, after, Deed.LINKED, what=wish.target)

    async def _proposal(
        self, identity: Identity, ref: str, deploy: str, once: str, why: str = ""
    ) -> Rendered:
        found = await self.joins.propose_rollback(identity, ref, deploy)
        return proposed(found, why or found.reason, once)
