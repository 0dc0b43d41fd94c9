"""Paints charts in a thread, with a library that is loaded when the first one is asked for.

Most runs of the bot never paint, and none needs a picture for its answer to Slack: so Pillow is no
part of a cold start. Painting is work for the processor, which must not hold up the event loop.
"""

import asyncio
import importlib

from bot.domain.chart import Chart


class PillowPainter:
    """Implements `bot.ports.Painter`."""

    async def paint(self, chart: Chart) -> bytes:
        """The chart as a PNG of 2400 × 1440 pixels; the same chart gives the same bytes."""
        return await asyncio.to_thread(_painted, chart)


def _painted(chart: Chart) -> bytes:
    # A late import, for the reason at the top of this module.
    png: bytes = importlib.import_module("adapters.charts.picture").png(chart)
    return png
