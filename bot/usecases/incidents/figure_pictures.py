"""The chart of the figures of incidents, for the one person who asked for it."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.audit import AuditEntry
from bot.domain.incidents.figures_chart import figures_chart
from bot.domain.incidents.messages import FiguresPicture
from bot.domain.message import entry_of
from bot.domain.picture import Picture
from bot.ports import Change, Clock, Ids, Painter, Store
from bot.usecases.incidents.archive import Archive

_ALL = "all services"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePictures:
    """Draws what somebody may see, and sends it to them alone: an answer holds no picture."""

    archive: Archive
    store: Store
    clock: Clock
    ids: Ids
    painter: Painter
    team: str

    async def send(self, identity: Identity, service: str | None, days: int, *, once: str) -> None:
        """Let the chart be sent to whoever asks; the same `once` twice is one.

        Raises `NotPermitted` for outsiders.
        """
        actor = await self.archive.sight.actor(identity)
        message = FiguresPicture(to=actor.id, service=service, days=days)
        await self.store.commit(
            Change(
                writes=(),
                entries=(entry_of(self.ids.token(), actor.id, message),),
                audit=(
                    AuditEntry(
                        at=self.clock.now(),
                        actor=actor.id,
                        action="Drew figures",
                        subject=service or _ALL,
                    ),
                ),
                once=(f"figures:{once}", actor.id),
            )
        )

    async def of(self, message: FiguresPicture, name: str) -> Picture | None:
        """The picture as of now; None where there is nothing to draw. `name` is its own."""
        report = await self.archive.metrics(
            Identity(user=message.to, team=self.team), message.service, message.days
        )
        chart = figures_chart(report.weeks, report.until, message.service or _ALL)
        if chart is None:
            return None
        png = await self.painter.paint(chart)
        return Picture(name=f"{name}.png", title=chart.title, alt=chart.alt, png=png)
