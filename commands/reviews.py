"""The button of a review that is due after a deploy without approval."""

from dataclasses import dataclass

from bot.usecases.reviews import Reviews
from bot.views import answers
from commands.incoming import Click
from commands.replies import Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewController:
    """Takes reviews."""

    reviews: Reviews

    async def sign(self, click: Click) -> Reply:
        """Somebody has looked at it."""
        return Say(rendered=answers.reviewed(await self.reviews.sign(click.identity, click.value)))
