"""The home tab, which is looked up after it was acknowledged that somebody looks at it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.errors import NotFound
from bot.usecases.home import Home
from bot.views.incidents.home import home_view
from bot.views.languages.saying import supported
from commands.incidents.filled import whole
from commands.incoming import Click, HomeOpened
from commands.replies import Nothing, PublishHome, Reply, Say, View

Answer = Callable[[Click], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeController:
    """Shows one person what concerns them."""

    home: Home

    async def opened(self, event: HomeOpened) -> Reply:
        """Somebody looks at the tab."""
        return self._shown(event.identity)

    async def page(self, click: Click) -> Reply:
        """Another page of it."""
        if not whole(click.value):
            raise NotFound("This page does not exist any more.")
        return self._shown(click.identity, int(click.value))

    def kept_up(self, answer: Answer) -> Answer:
        """The answer to a button, which in the home tab is the tab as it is afterwards."""

        async def answered(click: Click) -> Reply:
            reply = await answer(click)
            if click.home and isinstance(reply, Nothing | Say):
                return self._shown(click.identity)
            return reply

        return answered

    def _shown(self, identity: Identity, page: int = 1) -> Reply:
        async def look() -> View:
            screen = await self.home.of(identity)
            spoken = screen.model_copy(update={"language": supported(screen.language)})
            return home_view(spoken, page)

        return PublishHome(job=look)
