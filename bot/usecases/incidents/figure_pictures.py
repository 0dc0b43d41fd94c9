"""The chart of the figures of incidents, for the one person who asked for it."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.audit import AuditEntry
from bot.domain.chart import Chart
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

    async def send(self, identity: Identity, service: str | None, days: int, *, once: str) -> bool:
        """Let the chart be sent to whoever asks; the same `once` twice is one. Whether there is
        anything to draw: nobody is to wait for what does not come.

        Raises `NotPermitted` for outsiders.
        """
        actor = await self.archive.sight.actor(identity)
        if await self._chart(identity, service, days) is None:
            return False
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
        return True

    async def of(self, message: FiguresPicture, name: str) -> Picture | None:
        """The picture as of now; None where there is nothing to draw. `name` is its own."""
        reader = Identity(user=message.to, team=self.team)
        chart = await self._chart(reader, message.service, message.days)
        if chart is None:
            return None
        png = await self.painter.paint(chart)
        return Picture(name=f"{name}.png", title=chart.title, alt=chart.alt, png=png)

    async def _chart(self, reader: Identity, service: str | None, days: int) -> Chart | None:
        report = await self.archive.metrics(reader, service, days)
        return figures_chart(report.weeks, report.until, service or _ALL)
