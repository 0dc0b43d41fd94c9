"""Charts as pictures: what stands where, told by the pixels."""

import asyncio
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.charts.painter import PillowPainter
from adapters.charts.picture import HEIGHT, LIMIT, LINE, MARK, PAPER, RIGHT, WIDTH
from adapters.charts.scales import MAX_MOMENTS, moments, value_scale
from adapters.charts.sheet import PIXELS
from adapters.charts.wording import fitted, spelled, spread
from bot.domain.chart import (
    Chart,
    Limit,
    Line,
    Mark,
    MarkKind,
    Panel,
    Role,
    Severity,
    Unit,
    drawn,
)

START = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
SPAN = timedelta(minutes=40)
GATE = Limit(label="roll back", value=2, severity=Severity.CRITICAL)
HOLD = Limit(label="hold", value=1, severity=Severity.WARNING)
CANDIDATE, STABLE = LINE[Role.CANDIDATE], LINE[Role.STABLE]
ROLLED_BACK = MARK[MarkKind.ROLLED_BACK]
# Where the panels end and the labels begin, as a share of the width.
EDGE = (WIDTH - RIGHT) / WIDTH


def line(*values: float | None, role: Role = Role.CANDIDATE) -> Line:
    """Values at equal distances over the whole time."""
    step = SPAN / max(1, len(values) - 1)
    points = tuple((START + n * step, value) for n, value in enumerate(values))
    return Line(name=role.value, points=points, role=role)


def panel(*lines: Line, limits: tuple[Limit, ...] = (), unit: Unit = Unit.PERCENT) -> Panel:
    return Panel(title="Error rate", unit=unit, lines=lines, limits=limits)


def chart(*panels: Panel, **fields: Any) -> Chart:
    made: dict[str, Any] = {"title": "Canary", "start": START, "end": START + SPAN}
    return drawn(**(made | fields), panels=panels)


class Picture:
    """A painted chart, read back."""

    def __init__(self, png: bytes) -> None:
        with Image.open(io.BytesIO(png)) as image:
            image.load()
            self.format, self.image = image.format, image.convert("RGB")

    def places(self, colour: str, *, left: float = 0, right: float = 1) -> set[tuple[int, int]]:
        """Where exactly this colour is, between two shares of the width."""
        wanted = tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))
        edges = (int(left * self.image.width), int(right * self.image.width))
        part = self.image.crop((edges[0], 0, edges[1], self.image.height))
        return {
            (edges[0] + place % part.width, place // part.width)
            for place, found in enumerate(part.get_flattened_data())
            if found == wanted
        }

    def height(self, colour: str) -> float:
        """The middle of the rows in which a level line of this colour lies, inside the panels."""
        rows = {y for _, y in self.places(colour, left=0.3, right=0.6)}
        assert rows, f"nothing is {colour}"
        return (min(rows) + max(rows)) / 2


async def painted(made: Chart) -> Picture:
    return Picture(await PillowPainter().paint(made))


# ── The picture ──────────────────────────────────────────────────────────────────────────────────


async def test_a_picture_is_a_png_of_a_known_size_on_light_paper() -> None:
    picture = await painted(chart(panel(line(1, 1))))

    assert picture.format == "PNG"
    assert picture.image.size == (WIDTH * PIXELS, HEIGHT * PIXELS)
    assert picture.image.getpixel((40, 40)) == (255, 255, 255)
    assert PAPER == "#ffffff"


async def test_the_same_chart_gives_the_same_bytes_also_side_by_side() -> None:
    made = chart(panel(line(0.1, 3, None, 0.2), limits=(GATE, HOLD)))

    first, second = await asyncio.gather(PillowPainter().paint(made), PillowPainter().paint(made))

    assert first == second


async def test_lines_and_limits_stand_at_their_values() -> None:
    made = chart(panel(line(1.5, 1.5), line(0.5, 0.5, role=Role.STABLE), limits=(GATE, HOLD)))

    picture = await painted(made)

    gate, hold = picture.height(LIMIT[GATE.severity]), picture.height(LIMIT[HOLD.severity])
    per_percent = hold - gate
    assert per_percent > 100
    assert picture.height(CANDIDATE) == pytest.approx(gate + per_percent / 2, abs=2)
    assert picture.height(STABLE) == pytest.approx(hold + per_percent / 2, abs=2)


async def test_a_limit_is_dashed_and_a_line_is_not() -> None:
    picture = await painted(chart(panel(line(1, 1), limits=(GATE,))))

    def share(colour: str) -> float:
        level = round(picture.height(colour))
        row = [x for x, y in picture.places(colour, left=0.3, right=0.6) if y == level]
        return len(row) / (0.3 * picture.image.width)

    assert share(CANDIDATE) == pytest.approx(1, abs=0.01)
    assert 0.4 < share(LIMIT[Severity.CRITICAL]) < 0.75


async def test_no_data_is_a_gap_and_not_a_zero() -> None:
    whole = await painted(chart(panel(line(1, 1, 1, 1, 1))))
    parted = await painted(chart(panel(line(1, 1, None, None, 1))))

    middle = (0.35, 0.55)
    assert whole.places(CANDIDATE, left=middle[0], right=middle[1])
    assert not parted.places(CANDIDATE, left=middle[0], right=middle[1])
    assert parted.places(CANDIDATE, left=0.1, right=0.2)


async def test_a_single_value_between_gaps_is_seen() -> None:
    picture = await painted(chart(panel(line(None, None, 1, None, None))))

    found = picture.places(CANDIDATE, left=0.3, right=0.6)
    assert len(found) > 20


async def test_a_line_without_any_value_is_named_but_not_drawn() -> None:
    picture = await painted(chart(panel(line(None, None), line(1, 1, role=Role.STABLE))))

    assert not picture.places(CANDIDATE, right=EDGE)
    assert picture.places(CANDIDATE, left=EDGE + 0.02)


async def test_panels_without_any_value_are_painted_all_the_same() -> None:
    picture = await painted(chart(panel(line()), panel(line(None))))

    assert not picture.places(CANDIDATE, right=EDGE)


async def test_both_panels_share_the_time_and_a_mark_goes_through_both() -> None:
    mark = Mark(at=START + SPAN / 2, label="rolled back", kind=MarkKind.ROLLED_BACK)
    flat = panel(line(1, 1), unit=Unit.MILLISECONDS)

    picture = await painted(chart(panel(line(1, 1)), flat, marks=(mark,)))

    column = {x: 0 for x, _ in picture.places(ROLLED_BACK)}
    for x, _ in picture.places(ROLLED_BACK):
        column[x] += 1
    longest = max(column.values())
    (left, *_, right) = sorted(x for x, count in column.items() if count > longest * 0.9)
    lines = {x for x, _ in picture.places(CANDIDATE, right=EDGE)}
    assert longest > 0.7 * picture.image.height
    assert (left + right) / 2 == pytest.approx((min(lines) + max(lines)) / 2, abs=6)


async def test_what_lies_outside_the_time_is_not_drawn() -> None:
    late = Mark(at=START + 2 * SPAN, label="later", kind=MarkKind.ROLLED_BACK)
    beyond = Line(
        name="candidate",
        points=((START - SPAN, 1.0), (START + 2 * SPAN, 1.0)),
        role=Role.CANDIDATE,
    )

    picture = await painted(chart(panel(beyond), marks=(late,)))

    assert not picture.places(ROLLED_BACK)
    assert not picture.places(CANDIDATE, right=EDGE)


@pytest.mark.parametrize(
    "made",
    [
        chart(panel(line(*[0.0] * 50), line(*[0.0] * 50, role=Role.STABLE))),
        chart(panel(line(0.2, 1e12, 0.2), unit=Unit.MILLISECONDS)),
        chart(panel(line(1e-300, 1e-12)), panel(line(0.001, 0.002))),
        chart(panel(line(1)), end=START + timedelta(seconds=1)),
        chart(panel(line(1, 2)), end=START + timedelta(days=4000)),
        chart(panel(line(*[float(n % 7) for n in range(500)]))),
        chart(
            panel(line(1, 2), limits=(GATE, HOLD, GATE, HOLD)),
            panel(line(1, 2)),
            panel(line(1, 2)),
            title="Ünïcode 漢字 🚀 " + "x" * 140,
            subtitle="→ " * 80,
            marks=tuple(
                Mark(at=START + n * SPAN / 23, label=f"{n} " + "y" * 60, kind=kind)
                for n, kind in enumerate([*MarkKind] * 6)
            ),
        ),
    ],
    ids=["zeros", "spike", "tiny", "second", "years", "many", "crowded"],
)
async def test_every_chart_can_be_painted_and_stays_on_its_paper(made: Chart) -> None:
    picture = await painted(made)

    border = {picture.image.getpixel((x, 6)) for x in range(6, picture.image.width - 6)}
    side = {
        picture.image.getpixel((picture.image.width - 8, y))
        for y in range(6, picture.image.height - 6)
    }
    assert border | side == {(255, 255, 255)}


def test_pillow_is_not_loaded_before_a_chart_is_asked_for() -> None:
    look = "import sys, adapters.charts.painter; print('PIL' in sys.modules)"

    said = subprocess.run(
        [sys.executable, "-c", look],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == "False"


# ── Axes ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ((0.0,), Unit.PERCENT, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        ((0.0,), Unit.MILLISECONDS, ["0", "25", "50", "75", "100"]),
        ((0.3,), Unit.PERCENT, ["0.0", "0.1", "0.2", "0.3", "0.4"]),
        ((3.1,), Unit.PERCENT, ["0", "1", "2", "3", "4"]),
        ((100.0,), Unit.PERCENT, ["0", "25", "50", "75", "100"]),
        ((480.0,), Unit.MILLISECONDS, ["0", "200", "400", "600"]),
        ((9000.0,), Unit.MILLISECONDS, ["0", "2,500", "5,000", "7,500", "10,000"]),
    ],
)
def test_a_value_axis_starts_at_zero_and_has_round_steps(
    values: tuple[float, ...], unit: Unit, ticks: list[str]
) -> None:
    scale = value_scale(panel(line(*values), unit=unit))

    assert [written for _, written in scale.ticks()] == ticks
    assert scale.share(0) == 0
    assert 0 <= scale.share(max(values)) <= 1


def test_a_value_axis_reaches_up_to_the_limits() -> None:
    assert value_scale(panel(line(0.1), limits=(GATE,))).top >= GATE.value


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (
            timedelta(minutes=1),
            [f"14:00:{n}0" for n in range(6)] + ["14:01:00"],
        ),
        (timedelta(minutes=6), [f"14:0{n}" for n in range(7)]),
        (timedelta(minutes=40), [f"14:{n:02}" for n in range(0, 45, 5)]),
        (
            timedelta(hours=24),
            ["15:00", "18:00", "21:00", "15 Mar 00:00", "03:00", "06:00", "09:00", "12:00"],
        ),
        (
            timedelta(days=3),
            ["15 Mar 00:00", "12:00", "16 Mar 00:00", "12:00", "17 Mar 00:00", "12:00"],
        ),
        (timedelta(days=7), [f"{day} Mar" for day in range(15, 22)]),
    ],
    ids=lambda value: str(value) if isinstance(value, timedelta) else "",
)
def test_a_time_axis_has_round_moments_and_says_the_day_when_it_changes(
    span: timedelta, written: list[str]
) -> None:
    found = moments(START, START + span)

    assert [said for _, said in found] == written
    assert len(found) <= MAX_MOMENTS + 1


# ── Words in a picture ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 % · v1.2", "5 % · v1.2"),
        ("5 %\u00a0now", "5 % now"),
        ("Café Zürich", "Cafe Zurich"),
        ("p95 ≥ 2 µs – 5 → 25", "p95 >= 2 us - 5 > 25"),
        ("漢字 🚀 a\tb\x00", "?? ? a b?"),
        ("“so” it’s…", "“so” it’s…"),
    ],
)
def test_signs_that_the_font_lacks_are_spelled_out(text: str, shown: str) -> None:
    assert spelled(text) == shown


def test_a_text_is_cut_with_an_ellipsis_to_the_room_there_is() -> None:
    assert fitted("candidate", 9, len) == "candidate"
    assert fitted("candidate", 5, len) == "cand…"
    assert fitted("can didate", 5, len) == "can…"
    assert fitted("candidate", 0, len) == "…"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], []),
        ([50], [50]),
        ([-5, 200], [0, 100]),
        ([50, 50], [50, 60]),
        ([95, 96, 97], [80, 90, 100]),
        ([97, 3, 96], [100, 3, 90]),
        ([1.0] * 21, [5.0 * n for n in range(21)]),
    ],
)
def test_labels_stand_near_their_places_and_do_not_cover_one_another(
    wanted: list[float], found: list[float]
) -> None:
    assert spread(wanted, 10, 0, 100) == found
