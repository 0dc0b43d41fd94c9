"""The paper that a chart is painted on: a thin layer over Pillow that thinks in points.

One point is two pixels, so that the picture is sharp on dense screens. Text is smooth by itself;
what lies at an angle is painted at twice the size and scaled down (see `Sheet.smooth`).
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from PIL import Image, ImageDraw, ImageFont

from adapters.charts.wording import fitted, spelled

PIXELS = 2
_FINER = 2
_DASH, _SPACE = 7.0, 5.0

Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in points; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> "Box":
        """The same with a border around it."""
        return Box(
            left=self.left - by, top=self.top - by, right=self.right + by, bottom=self.bottom + by
        )


class Pen:
    """Draws on an image whose point (`left`, `top`) is at its corner, `scale` pixels a point."""

    def __init__(self, image: Image.Image, left: float, top: float, scale: int) -> None:
        self._draw = ImageDraw.Draw(image)
        self._left, self._top, self._scale = left, top, scale

    def _at(self, place: Place) -> Place:
        return (place[0] - self._left) * self._scale, (place[1] - self._top) * self._scale

    def area(self, box: Box, fill: str, *, radius: float = 0) -> None:
        """A filled rectangle."""
        corners = (*self._at((box.left, box.top)), *self._at((box.right, box.bottom)))
        self._draw.rounded_rectangle(corners, radius * self._scale, fill=fill)

    def line(self, places: Sequence[Place], colour: str, width: float) -> None:
        """A line through places with round corners and ends; a single place is a dot."""
        found = [self._at(place) for place in places]
        thick = max(1, round(width * self._scale))
        if len(found) > 1:
            self._draw.line(found, fill=colour, width=thick, joint="curve")
        radius = thick / 2 if len(found) > 1 else thick
        for x, y in {found[0], found[-1]}:
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def dashes(self, begin: Place, end: Place, colour: str, width: float) -> None:
        """A dashed line along an axis."""
        (x0, y0), (x1, y1) = begin, end
        length = abs(x1 - x0) + abs(y1 - y0)
        done = 0.0
        while done < length:
            until = min(done + _DASH, length)
            a, b = done / length, until / length
            piece = [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (a, b)]
            thick = max(1, round(width * self._scale))
            self._draw.line([self._at(place) for place in piece], fill=colour, width=thick)
            done = until + _SPACE


class Sheet:
    """A picture in the making."""

    def __init__(self, width: int, height: int, paper: str) -> None:
        self._image = Image.new("RGB", (width * PIXELS, height * PIXELS), paper)
        self.pen = Pen(self._image, 0, 0, PIXELS)
        self._draw = ImageDraw.Draw(self._image)
        self._fonts: dict[float, ImageFont.FreeTypeFont] = {}

    def _font(self, size: float) -> ImageFont.FreeTypeFont:
        if size not in self._fonts:
            # With a size it is always the outline font; only without one it may be the bitmaps.
            font = ImageFont.load_default(size * PIXELS)
            self._fonts[size] = cast(ImageFont.FreeTypeFont, font)
        return self._fonts[size]

    def width_of(self, text: str, size: float) -> float:
        """How wide a text is."""
        return self._font(size).getlength(text) / PIXELS

    def worded(self, text: str, size: float, room: float) -> str:
        """The text in signs that the font has, cut where it is wider than there is room for."""
        return fitted(spelled(text), room, lambda part: self.width_of(part, size))

    def text(
        self,
        place: Place,
        text: str,
        size: float,
        colour: str,
        *,
        anchor: str = "ls",
        bold: float = 0,
    ) -> None:
        """A text that was `worded`; `anchor` is Pillow's, `bold` thickens by so many points."""
        self._draw.text(
            (place[0] * PIXELS, place[1] * PIXELS),
            text,
            fill=colour,
            font=self._font(size),
            anchor=anchor,
            stroke_width=bold * PIXELS,
        )

    @contextmanager
    def smooth(self, box: Box) -> Iterator[Pen]:
        """Draw inside a box without jagged edges, above what is there."""
        corners = [round(edge * PIXELS) for edge in (box.left, box.top, box.right, box.bottom)]
        left, top, right, bottom = corners
        size = (right - left, bottom - top)
        part = self._image.crop((left, top, right, bottom)).resize(
            (size[0] * _FINER, size[1] * _FINER), Image.Resampling.NEAREST
        )
        yield Pen(part, left / PIXELS, top / PIXELS, PIXELS * _FINER)
        self._image.paste(part.reduce(_FINER), (left, top))

    def png(self) -> bytes:
        """The picture as a PNG file."""
        out = io.BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()
