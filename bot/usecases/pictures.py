"""Pictures of a rollout, drawn from what the cloud has measured. Off the path of any answer."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.canary_chart import chart_period, chart_window, draw
from bot.domain.catalog import Catalog
from bot.domain.deploy import Deploy
from bot.domain.picture import Picture
from bot.ports import Clock, Metrics, Painter


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Draws charts. `resolution` is the shortest time that the cloud's metrics keep apart."""

    catalog: Catalog
    clock: Clock
    metrics: Metrics
    painter: Painter
    resolution: timedelta = timedelta(seconds=60)

    async def of(self, deploy: Deploy, name: str) -> Picture | None:
        """The chart of a deploy; None when nothing was measured yet.

        `name` tells this picture from every other. Raises `UnknownName` for a target that is gone
        from the catalog, and `CloudUnavailable`.
        """
        window = chart_window(deploy, self.clock.now())
        if window is None:
            return None
        target = self.catalog.target(deploy.service, deploy.environment)
        period = chart_period(window, self.resolution)
        stable = [each for each in deploy.agreed.replaces if each != deploy.revision]
        candidate = await self.metrics.series(target, [deploy.revision or ""], window, period)
        beside = await self.metrics.series(target, stable, window, period) if stable else ()
        chart = draw(deploy, window, candidate, beside)
        png = await self.painter.paint(chart)
        return Picture(name=f"{name}.png", title=chart.title, alt=chart.alt, png=png)
