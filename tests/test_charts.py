"""Pictures: small, sharp on a phone, readable on any background, and the same each time."""

import struct
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import charts
from bot.charts import INK, MAIN, MARKED, MUTED, PANEL, SCALE, WIDTH, Bar, Line, Sector

AREAS = (
    "Close ties",
    "Weak ties",
    "Groups",
    "Local life",
    "Digital",
    "Giving",
    "Both ways",
    "Peace",
)
FANS = (
    charts.Fan("One evening", (0.5,), ((0, 0, 0, 0, 0),), "4 May", "1 June"),
    charts.Fan("$x$" * 40, (0.2, 0.9), ((9, 9, 9, 9, 9),) * 2, "4 May", "1 June", 1_000_000),
)
LONG = "A name of an area that goes on and on, $with$ signs & עברית"


def row(label: str, level: int, mark: str = "") -> Bar:
    return Bar(label, level, 4, f"{level} of 4", mark)


def weeks(count: int) -> tuple[Line, ...]:
    points = [(*range(5), *range(4, 0, -1))[at % 9] for at in range(count)]
    return tuple(Line(each, tuple(points), "2 of 4", (0, count - 1)) for each in AREAS)


@pytest.mark.parametrize(
    "png",
    [
        charts.bars(tuple(row(each, 0) for each in AREAS)),
        charts.bars(tuple(row(each, 4, "thin spot") for each in AREAS)),
        charts.bars(tuple(row(LONG, at % 5, "thin spot" * (at == 2)) for at in range(8))),
        *(
            charts.lines(weeks(count), 4, "4 May to 1 June", "thin spot")
            for count in (1, 2, 12, 60)
        ),
        charts.lines((Line("Not asked", (None, None), ""),), 4, "4 May", "thin spot"),
        charts.wheel(
            tuple(Sector(each, "nothing yet") for each in AREAS[:7]), "weakest:\ncan't be\ntold yet"
        ),
        charts.wheel(
            tuple(Sector(LONG, "12,345 of 23,456", 0.5, 0.4, 0.6, "weakest") for _ in range(7)),
            "weakest:\nCollaboration",
        ),
        *(charts.fan(each) for each in FANS),
    ],
)
def test_a_picture_fits_a_phone(png: bytes) -> None:
    width, _ = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert width == WIDTH * SCALE
    assert len(png) < 60_000


def test_the_same_data_is_the_same_picture() -> None:
    """Platforms keep a picture by its content."""
    rows = (row("Groups", 2), row("Repair", 1, "thin spot"))
    assert charts.bars.__wrapped__(rows) == charts.bars.__wrapped__(rows)


@pytest.mark.parametrize("colour", [INK, MUTED, MAIN, MARKED])
def test_every_colour_can_be_read(colour: str) -> None:
    assert charts.contrast(colour, PANEL) >= 4.5


def test_a_line_stands_out_on_its_bands() -> None:
    assert charts.contrast(MAIN, charts.WIDE) >= 3
    assert charts.contrast(charts.NARROW, charts.WIDE) >= 1.5


def test_pictures_drawn_at_once_are_the_same_as_one_by_one() -> None:
    def draw(number: int) -> bytes:
        return charts.bars((row(f"{LONG} {number}", number % 5, "thin spot"),))

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draw, range(8)))
    charts.bars.cache_clear()
    assert together == [draw(number) for number in range(8)]
