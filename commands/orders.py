"""Steering a deploy that is under way, by a button of its card or by a verb."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.actor import Identity
from bot.domain.deploy import Deploy
from bot.usecases.inquiries import Inquiries
from bot.usecases.orders import Orders
from bot.views import answers
from bot.views.deploy import card
from bot.views.modals import all_differences
from commands.grammar import Steer
from commands.incoming import Click
from commands.replies import OpenModal, Reply, Say

# What the button “Wait 30 min” says.
WAIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderController:
    """Passes orders on. Whether somebody may give one is decided by the use case."""

    orders: Orders
    inquiries: Inquiries

    async def abort(self, click: Click) -> Reply:
        """Roll back, or call off: one click and its confirmation, no form in between."""
        return _done(await self.orders.abort(click.identity, click.value), "abort")

    async def promote(self, click: Click) -> Reply:
        """On to the next share without waiting."""
        return _done(await self.orders.promote(click.identity, click.value), "promote")

    async def pause(self, click: Click) -> Reply:
        """Stay at this share."""
        return _done(await self.orders.pause(click.identity, click.value), "pause")

    async def resume(self, click: Click) -> Reply:
        """Go on from where it is held."""
        return _done(await self.orders.resume(click.identity, click.value), "resume")

    async def wait(self, click: Click) -> Reply:
        """Watch this share for longer."""
        return _done(await self.orders.resume(click.identity, click.value, WAIT), "wait")

    async def leave(self, click: Click) -> Reply:
        """End it with the traffic as somebody else has set it."""
        return _done(await self.orders.leave(click.identity, click.value), "leave")

    async def differences(self, click: Click) -> Reply:
        """Everything that will be different, by name."""
        deploy = await self.inquiries.find(click.identity, click.value)
        return OpenModal(view=all_differences(deploy))

    async def show(self, identity: Identity, steer: Steer) -> Reply:
        """`status`: the card as it stands, for one person."""
        return Say(rendered=card(await self.inquiries.newest(identity, steer.subject)))

    async def give(self, identity: Identity, steer: Steer) -> Reply:
        """`pause`, `resume`, `promote` and `abort`, about an id or what is under way in a place."""
        deploy_id = (await self.inquiries.find(identity, steer.subject)).id
        orders: Mapping[str, Callable[[], Awaitable[Deploy]]] = {
            "abort": lambda: self.orders.abort(identity, deploy_id, steer.reason),
            "promote": lambda: self.orders.promote(identity, deploy_id),
            "pause": lambda: self.orders.pause(identity, deploy_id),
            "resume": lambda: self.orders.resume(identity, deploy_id, steer.lasts),
        }
        return _done(await orders[steer.verb](), steer.verb)


def _done(deploy: Deploy, verb: str) -> Reply:
    return Say(rendered=answers.steered(deploy, verb))
