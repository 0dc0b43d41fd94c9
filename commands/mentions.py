"""Somebody speaks to the bot in a channel: say what it can do."""

from dataclasses import dataclass

from bot.usecases.greetings import Greetings
from bot.views import help as help_view
from commands.incoming import Mention
from commands.replies import Nothing, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionController:
    """Answers mentions with the names of the commands."""

    greetings: Greetings
    deploy: str
    rollback: str
    status: str
    incident: str

    async def mention(self, mention: Mention) -> Reply:
        """Shown to the person who wrote, and to nobody else."""
        if not await self.greetings.first(mention.identity, mention.event):
            return Nothing()
        said = help_view.overview(self.deploy, self.rollback, self.status, self.incident)
        return Say(rendered=said, channel=mention.channel)
