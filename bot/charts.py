"""Pictures of data: pure functions from numbers to PNG bytes, in one style for all features.

They are drawn at twice the size at which a phone's chat shows them, 350 points wide, on a panel of
their own: whether the chat is light or dark, ink and panel stay the same and far enough apart. No
picture says anything by colour alone; each value stands beside its mark in words.

matplotlib is imported at the first picture, so that a start does not pay for it. Call `ready`
before a transaction begins, or `warm` some steps ahead, and `drawn` where the data is known: a
picture takes about 50 ms.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from io import BytesIO
from itertools import cycle
from math import cos, radians, sin
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

WIDTH: Final = 350
SCALE: Final = 2
MARGIN: Final = 14
PANEL, INK, MUTED = "#fbfaf6", "#22252b", "#5a5f69"
MAIN, MARKED, TRACK = "#2f6690", "#a8480f", "#dedbd1"
"""What is drawn in INK, MUTED, MAIN or MARKED can be read on PANEL: 4.5 to 1 at least."""
WIDE, NARROW = "#cfdce6", "#93b4cc"
"""Bands under a line; MAIN stands out on both."""
SMALL, NORMAL = 11, 13
POINTS_PER_INCH = 72
SHOWN_PER_INCH = 100
COLUMNS: Final = 2
WHEEL: Final = 300
HUB: Final = 36
RIM: Final = 92
FAN_HIGH: Final = 250
COLOURS: Final = 48
_alone = Lock()
P = ParamSpec("P")
T = TypeVar("T")


def _one_at_a_time(draw: Callable[P, T]) -> Callable[P, T]:
    """matplotlib is not made for two threads: they share the font that measures and draws."""

    @wraps(draw)
    def drawing(*args: P.args, **kwargs: P.kwargs) -> T:
        with _alone:
            return draw(*args, **kwargs)

    return drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """`level` of `most` steps, said in words by `value`; `mark` names the one that counts."""

    label: str
    level: int
    most: int
    value: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One measure over time, a value or None for each moment; `value` says the last one in words.

    `marked` are the moments, counted from 0, at which it was the one that counts.
    """

    label: str
    points: tuple[int | None, ...]
    value: str
    marked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sector:
    """One part of a wheel, filled from the hub to its `share`; None where it is not known.

    `low` and `high` are how sure that is. `mark` names the one that counts.
    """

    label: str
    value: str
    share: float | None = None
    low: float = 0.0
    high: float = 1.0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Fan:
    """What may come, moment by moment: five quantiles each, at 10, 25, 50, 75 and 90 %.

    `at` says where each moment lies, from 0 to 1. `goal` is a level hoped for.
    """

    title: str
    at: tuple[float, ...]
    bands: tuple[tuple[float, ...], ...]
    begin: str
    end: str
    goal: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A count, None where it is not known, and a part of it that stands at its foot."""

    label: str
    count: int | None
    part: int = 0


async def ready() -> None:
    """Import what draws, beside the event loop. The first time it takes most of a second."""
    await asyncio.to_thread(_first)


def warm() -> None:
    """Begin that import and do not wait, where a picture will be wanted in a minute."""
    asyncio.get_running_loop().run_in_executor(None, _first)


async def drawn(draw: Callable[[], T]) -> T:
    """Draw beside the event loop."""
    return await asyncio.to_thread(draw)


@lru_cache
@_one_at_a_time
def _first() -> bytes:
    sheet = _Sheet(1)
    sheet.text(0, 0, "", INK)
    return sheet.png()


@lru_cache(maxsize=64)
@_one_at_a_time
def bars(rows: tuple[Bar, ...]) -> bytes:
    """One bar below the other, each with its label above it and its value at the right."""
    sheet = _Sheet(MARGIN + len(rows) * 36)
    for number, row in enumerate(rows):
        _bar(sheet, row, top=MARGIN + number * 36)
    return sheet.png()


@lru_cache(maxsize=64)
@_one_at_a_time
def lines(rows: tuple[Line, ...], most: int, span: str, mark: str) -> bytes:
    """Small panels in two columns on one scale from 0 to `most`, one step for each moment.

    At the foot `span` says from when to when, and `mark` what the marked moments are.
    """
    deep = -(-len(rows) // COLUMNS)
    sheet = _Sheet(MARGIN + deep * 74 + 32)
    wide = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS
    for number, row in enumerate(rows):
        column, line = number % COLUMNS, number // COLUMNS
        left = MARGIN + column * (wide + MARGIN)
        _panel(sheet, row, most, left=left, wide=wide, top=MARGIN + line * 74)
    foot = MARGIN + deep * 74
    used = sheet.wide(mark, SMALL)
    room = WIDTH - 2 * MARGIN - used - 30
    sheet.text(MARGIN, foot + 6, sheet.fitted(span, room, SMALL), MUTED, size=SMALL)
    if any(row.marked for row in rows):
        sheet.diamond(WIDTH - MARGIN - used - 9, foot + 6, MARKED)
        sheet.text(WIDTH - MARGIN, foot + 6, mark, MARKED, size=SMALL, right=True)
    return sheet.png()


@lru_cache(maxsize=64)
@_one_at_a_time
def wheel(sectors: tuple[Sector, ...], hub: str) -> bytes:
    """Sectors around a hub, clockwise from the top, each turning into the next. `hub` is a few
    words, at most three lines. Beside each stands its label over its value."""
    sheet = _Sheet(WHEEL)
    x, y = WIDTH / 2, WHEEL / 2
    wide = 360 / len(sectors)
    for number, sector in enumerate(sectors):
        middle = number * wide - 90
        _sector(sheet, sector, x, y, middle, wide)
        sheet.arrow(x, y, RIM + 6, middle + wide / 2)
        _beside(sheet, sector, x, y, middle)
    lines_ = hub.splitlines()
    for number, line in enumerate(lines_):
        top = y + (number - (len(lines_) - 1) / 2) * 14
        sheet.text(x, top, line, INK, size=SMALL, middle=True)
    return sheet.png()


def _sector(
    sheet: "_Sheet", sector: Sector, x: float, y: float, middle: float, wide: float
) -> None:
    """The track, what is filled of it, and the whisker of what it may be."""
    first, last = middle - wide / 2 + 1.5, middle + wide / 2 - 1.5
    if sector.share is None:
        sheet.wedge(x, y, HUB, RIM, first, last, TRACK, hollow=True)
        return
    colour = MARKED if sector.mark else MAIN
    sheet.wedge(x, y, HUB, RIM, first, last, TRACK)
    sheet.wedge(x, y, HUB, _out(sector.share), first, last, colour, striped=bool(sector.mark))
    sheet.whisker(x, y, _out(sector.low), _out(sector.high), middle)


def _out(share: float) -> float:
    return HUB + (RIM - HUB) * share


def _beside(sheet: "_Sheet", sector: Sector, x: float, y: float, middle: float) -> None:
    """Outside the rim, on the side where there is room; at the top above it."""
    across, down = cos(radians(middle)), sin(radians(middle))
    spot_x, spot_y = x + (RIM + 16) * across, y + (RIM + 18) * down
    centred = abs(across) < 0.2
    right = across < 0 and not centred
    room = 2 * MARGIN + RIM if centred else (spot_x if right else WIDTH - spot_x) - 3
    colour = MARKED if sector.mark else INK
    rows = [(sector.label, colour, True), (sector.value, MUTED, False)]
    rows += [(f"◆ {sector.mark}", MARKED, True)] if sector.mark else []
    for number, (words, ink, bold) in enumerate(rows):
        top = spot_y + (number - (len(rows) - 1) / 2) * 13
        shown = sheet.fitted(words, room, SMALL, bold=bold)
        sheet.text(spot_x, top, shown, ink, size=SMALL, bold=bold, right=right, middle=centred)


@lru_cache(maxsize=64)
@_one_at_a_time
def fan(data: Fan) -> bytes:
    """A line with its bands, which begin at nothing and change at each moment; at its end the
    numbers, at the foot what the bands are."""
    sheet = _Sheet(FAN_HIGH)
    sheet.text(MARGIN, MARGIN + 6, sheet.fitted(data.title, WIDTH - 2 * MARGIN), INK, bold=True)
    most = _rounded_up(max(data.bands[-1][4], data.goal or 0, 1))
    left = MARGIN + sheet.wide(f"{most:,}", SMALL) + 8
    right = WIDTH - MARGIN - max(sheet.wide(_whole(each), SMALL) for each in data.bands[-1]) - 10
    top, low = MARGIN + 28, FAN_HIGH - 66

    def y(value: float) -> float:
        return low - (low - top) * value / most

    for level in (0, most // 2, most):
        sheet.rules([y(level)], left, right)
        sheet.text(left - 6, y(level), f"{level:,}", MUTED, size=SMALL, right=True)
    xs = [left, *(left + (right - left) * each for each in data.at), right]
    lows, quarters, middle, uppers, highs = (
        [y(0), *(y(band[number]) for band in (*data.bands, data.bands[-1]))] for number in range(5)
    )
    sheet.area(xs, lows, highs, WIDE)
    sheet.area(xs, quarters, uppers, NARROW)
    sheet.stroke(xs, middle, MAIN, 2, stepped=True)
    if data.goal is not None:
        sheet.rules([y(data.goal)], left, right, MARKED, dashed=True)
        above = y(data.goal) - 8 if y(data.goal) > top + 10 else y(data.goal) + 9
        sheet.text(left + 4, above, f"hoped for: {data.goal:,}", MARKED, size=SMALL)
    _ends(sheet, right + 6, data.bands[-1], y)
    sheet.text(left, low + 14, data.begin, MUTED, size=SMALL)
    sheet.text(right, low + 14, data.end, MUTED, size=SMALL, right=True)
    _legend(sheet, FAN_HIGH - 22)
    return sheet.png()


def _ends(sheet: "_Sheet", x: float, band: tuple[float, ...], y: Callable[[float], float]) -> None:
    """The 80 % range and the middle, as far apart as type needs."""
    low, middle, high = y(band[0]), y(band[2]), y(band[4])
    high, low = min(high, middle - 13), max(low, middle + 13)
    sheet.text(x, high, _whole(band[4]), MUTED, size=SMALL)
    sheet.text(x, middle, _whole(band[2]), MAIN, size=SMALL, bold=True)
    sheet.text(x, low, _whole(band[0]), MUTED, size=SMALL)


def _legend(sheet: "_Sheet", y: float) -> None:
    x = float(MARGIN)
    for colour, words in ((NARROW, "5 times in 10"), (WIDE, "8 times in 10")):
        sheet.box(x, y - 5, 14, 10, colour)
        x += 20 + sheet.text(x + 19, y, words, MUTED, size=SMALL) + 12
    sheet.stroke([x, x + 14], [y, y], MAIN, 2)
    sheet.text(x + 19, y, "middle", MUTED, size=SMALL)


def _whole(value: float) -> str:
    return f"{round(value):,}"


def _rounded_up(value: float) -> int:
    """An even number with one or two digits that count."""
    step = 2
    while value > 20 * step:
        step *= 5 if str(step)[0] == "2" else 2
    return int(-(-value // step) * step)


@lru_cache(maxsize=64)
@_one_at_a_time
def columns(rows: tuple[Column, ...], whole: str, part: str) -> bytes:
    """Counts in order of time from the left, each with its label below it where it has one.

    The highest and the newest have their number above them, and one line or two say how high the
    others are; a question mark stands for what is not known. `whole` and `part` say at the head
    what is counted.
    """
    sheet = _Sheet(MARGIN + 153 + MARGIN)
    most = max([row.count or 0 for row in rows] + [1])
    low, high = MARGIN + 136, MARGIN + 46
    sheet.box(MARGIN, MARGIN, 9, 9, MAIN)
    sheet.text(MARGIN + 14, MARGIN + 5, whole, INK, size=SMALL)
    sheet.box(MARGIN, MARGIN + 15, 9, 9, MARKED)
    sheet.text(MARGIN + 14, MARGIN + 20, part, INK, size=SMALL)
    levels = _levels(most)
    begin = MARGIN + sheet.wide(f"{levels[-1]:,}", SMALL) + 6
    sheet.rules([low], begin, WIDTH - MARGIN)
    for level in levels:
        y = low - level * (low - high) / most
        sheet.rules([y], begin, WIDTH - MARGIN)
        sheet.text(begin - 6, y, f"{level:,}", MUTED, size=SMALL, right=True)
    step = (WIDTH - MARGIN - begin) / len(rows)
    named = {max(range(len(rows)), key=lambda at: rows[at].count or 0), len(rows) - 1}
    free = 0.0
    for at, row in enumerate(rows):
        left = begin + at * step
        _column(sheet, row, (left, step), (low, (low - high) / most), named=at in named)
        if row.label and left >= free:
            sheet.stroke([left, left], [low, low + 4], MUTED, 1)
            free = left + sheet.text(left, low + 12, row.label, MUTED, size=SMALL) + 6
    return sheet.png()


def _levels(most: int) -> list[int]:
    """One or two round numbers up to the highest."""
    step, factors = 1, cycle((2, 2.5, 2))
    while most // step > 2:
        step = round(step * next(factors))
    return list(range(step, most + 1, step))


def _column(
    sheet: "_Sheet",
    row: Column,
    across: tuple[float, float],
    up: tuple[float, float],
    *,
    named: bool,
) -> None:
    left, step = across
    low, unit = up
    wide = min(step * 0.75, 24)
    if row.count is None:
        sheet.text(left, low - 7, "?", MUTED, size=SMALL)
        return
    top = low - row.count * unit
    sheet.box(left, top, wide, row.count * unit, MAIN)
    sheet.box(left, low - row.part * unit, wide, row.part * unit, MARKED)
    if named:
        right = left + sheet.wide(str(row.count), SMALL) > WIDTH - MARGIN
        edge = WIDTH - MARGIN if right else left
        sheet.text(edge, top - 8, str(row.count), INK, size=SMALL, right=right)


def _bar(sheet: "_Sheet", row: Bar, *, top: float) -> None:
    colour = MARKED if row.mark else INK
    left = MARGIN + (12 if row.mark else 0)
    if row.mark:
        sheet.diamond(MARGIN + 4, top + 7, MARKED)
    value = sheet.text(WIDTH - MARGIN, top + 7, row.value, MUTED, right=True)
    mark = f" · {row.mark}" if row.mark else ""
    room = WIDTH - MARGIN - left - value - 8 - sheet.wide(mark, bold=True)
    label = sheet.fitted(row.label, room) + mark
    sheet.text(left, top + 7, label, colour, bold=bool(row.mark))
    step = (WIDTH - 2 * MARGIN + 3) / row.most
    for number in range(row.most):
        full = number < row.level
        fill = (MARKED if row.mark else MAIN) if full else TRACK
        sheet.box(MARGIN + number * step, top + 17, step - 3, 9, fill)


def _panel(sheet: "_Sheet", row: Line, most: int, *, left: float, wide: float, top: float) -> None:
    value = sheet.text(left + wide, top + 6, row.value, MAIN, size=SMALL, right=True)
    label = sheet.fitted(row.label, wide - value - 6, SMALL)
    sheet.text(left, top + 6, label, INK, size=SMALL)
    high, low = top + 20, top + 58
    levels = [low - (low - high) * level / most for level in range(most + 1)]
    sheet.rules(levels, left, left + wide)
    last = len(row.points) - 1
    spots = [
        (
            left + 4 + (wide - 8) * (at / last if last else 0.5),
            low - (low - high) * point / most,
            at,
        )
        for at, point in enumerate(row.points)
        if point is not None
    ]
    sheet.stroke([x for x, _, _ in spots], [y for _, y, _ in spots], MAIN, 1.6)
    dense = len(row.points) > 24
    for x, y, at in spots:
        if at in row.marked:
            sheet.diamond(x, y, MARKED, 3.4 if dense else 4.2)
        elif not dense or at == spots[-1][2]:
            sheet.dot(x, y, MAIN)


class _Sheet:
    """A panel of `high` points to draw on, from the top left, in the points that a phone shows."""

    def __init__(self, high: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        size = (WIDTH / SHOWN_PER_INCH, high / SHOWN_PER_INCH)
        figure = Figure(figsize=size, dpi=SHOWN_PER_INCH * SCALE, facecolor=PANEL)
        self._canvas: Any = FigureCanvasAgg(figure)
        self._axes: Axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(high, 0))
        self._axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        size: float = NORMAL,
        bold: bool = False,
        right: bool = False,
        middle: bool = False,
    ) -> float:
        """Write on one line, and return how wide it is."""
        self._axes.text(
            x,
            y,
            words,
            color=colour,
            fontproperties=_font(bold),
            fontsize=_points(size),
            ha="center" if middle else "right" if right else "left",
            va="center",
            parse_math=False,
        )
        return self.wide(words, size, bold=bold)

    def wide(self, words: str, size: float = NORMAL, *, bold: bool = False) -> float:
        from matplotlib.textpath import text_to_path

        font = _font(bold)
        whole, _, _ = text_to_path.get_text_width_height_descent(words, font, ismath=False)
        return float(whole / font.get_size_in_points() * size)

    def fitted(self, words: str, room: float, size: float = NORMAL, *, bold: bool = True) -> str:
        """As much of the words as there is room for."""
        fitting = words
        while len(fitting) > 1 and self.wide(fitting, size, bold=bold) > room:
            fitting = fitting.rstrip("…")[:-1].rstrip() + "…"
        return fitting

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        from matplotlib.patches import Rectangle

        self._axes.add_patch(Rectangle((x, y), wide, high, color=colour, linewidth=0))

    def wedge(
        self,
        x: float,
        y: float,
        inner: float,
        outer: float,
        first: float,
        last: float,
        colour: str,
        *,
        hollow: bool = False,
        striped: bool = False,
    ) -> None:
        """A piece of a ring, in degrees clockwise from the right. Hollow is dashed, without a
        fill; striped says without colour that it is the one that counts."""
        from matplotlib.patches import Wedge

        line = {"edgecolor": MUTED, "linestyle": "--", "linewidth": _points(0.8)}
        fill = {"edgecolor": PANEL, "linewidth": 0} | ({"hatch": "////"} if striped else {})
        style: dict[str, Any] = line if hollow else fill
        face = "none" if hollow else colour
        self._axes.add_patch(
            Wedge((x, y), outer, first, last, width=outer - inner, facecolor=face, **style)
        )

    def whisker(self, x: float, y: float, low: float, high: float, at: float) -> None:
        """A line from the hub outwards, with a cap at both ends; readable on full and on empty."""
        across, down = cos(radians(at)), sin(radians(at))
        for colour, wide in ((PANEL, 3.6), (INK, 1.4)):
            self.stroke(
                [x + low * across, x + high * across],
                [y + low * down, y + high * down],
                colour,
                wide,
            )
            for end in (low, high):
                self.stroke(
                    [x + end * across - 4 * down, x + end * across + 4 * down],
                    [y + end * down + 4 * across, y + end * down - 4 * across],
                    colour,
                    wide,
                )

    def arrow(self, x: float, y: float, out: float, at: float) -> None:
        """A small tip on a circle, that points clockwise."""
        from matplotlib.patches import Polygon

        across, down = cos(radians(at)), sin(radians(at))
        tip = [(8, 0), (-3, -4), (-3, 4)]
        turned = [
            (
                x + out * across - way * down - side * across,
                y + out * down + way * across - side * down,
            )
            for way, side in tip
        ]
        self._axes.add_patch(Polygon(turned, closed=True, color=MUTED, linewidth=0))

    def stroke(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str,
        wide: float,
        *,
        stepped: bool = False,
    ) -> None:
        """Stepped stays as it is until the next point."""
        how: dict[str, Any] = {"solid_capstyle": "round"}
        how |= {"drawstyle": "steps-post"} if stepped else {}
        self._axes.plot(xs, ys, color=colour, linewidth=_points(wide), **how)

    def rules(
        self,
        ys: Sequence[float],
        begin: float,
        end: float,
        colour: str = TRACK,
        *,
        dashed: bool = False,
    ) -> None:
        wide, style = (1.4, (0, (4, 3))) if dashed else (0.7, "solid")
        self._axes.hlines(ys, begin, end, color=colour, linewidth=_points(wide), linestyle=style)

    def area(
        self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str
    ) -> None:
        """Each stays as it is until the next point."""
        self._axes.fill_between(xs, lows, highs, color=colour, linewidth=0, step="post")

    def dot(self, x: float, y: float, colour: str) -> None:
        self._point(x, y, "o", colour, 2.6)

    def diamond(self, x: float, y: float, colour: str, size: float = 4.2) -> None:
        self._point(x, y, "D", colour, size * 0.8)

    def _point(self, x: float, y: float, shape: str, colour: str, size: float) -> None:
        style: dict[str, Any] = {"marker": shape, "markersize": _points(2 * size), "color": colour}
        self._axes.plot([x], [y], markeredgecolor=PANEL, markeredgewidth=0.4, **style)

    def png(self) -> bytes:
        """With a palette, which makes a small file of few colours a quarter as large."""
        from PIL import Image

        self._canvas.draw()
        size = self._canvas.get_width_height()
        picture = Image.frombytes("RGBA", size, bytes(self._canvas.buffer_rgba()))
        page = BytesIO()
        flat = picture.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE)
        flat.save(page, "PNG")
        return page.getvalue()


@lru_cache(maxsize=2)
def _font(bold: bool) -> "FontProperties":
    """The font that matplotlib brings along, so that every machine draws the same."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FontProperties(fname=Path(matplotlib.get_data_path(), "fonts", "ttf", name))


def _points(shown: float) -> float:
    """Type and lines are measured in points of 1/72 inch."""
    return shown * POINTS_PER_INCH / SHOWN_PER_INCH


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21: https://www.w3.org/TR/WCAG21/#contrast-minimum."""
    high, low = sorted((_brightness(one), _brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _brightness(colour: str) -> float:
    parts: Iterable[float] = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
