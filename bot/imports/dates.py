"""Dates as people and tools write them. A column that can be read in two ways is asked about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from bot.imports.rows import Unreadable, quoted

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLOCK = r"(?:[ T,]+(?:at )?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?::\d{2}(?:\.\d+)?)?"
CLOCK += r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?"
ISO = re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){CLOCK}")
COMPACT = re.compile(rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){CLOCK}")
NUMBERS = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<by>[-/.])(?P<b>\d{{1,2}})(?P=by)(?P<c>\d{{2,4}}){CLOCK}"
)
NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
DAY_FIRST = re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?[ -]{NAME},?[ -](?P<y>\d{{4}}){CLOCK}")
MONTH_FIRST = re.compile(rf"{NAME} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}}){CLOCK}")
FIRST_YEAR, LAST_YEAR = 1900, 2200
WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and its hour where the file has one. Without `offset` on the wall clock."""

    day: date
    hour: time | None = None
    offset: str = ""

    def at(self, zone: ZoneInfo, otherwise: time) -> datetime:
        local = datetime.combine(self.day, self.hour or otherwise)
        if not self.offset:
            return local.replace(tzinfo=zone).astimezone(UTC)
        offset = "+00:00" if self.offset in ("Z", "UTC") else self.offset
        return datetime.fromisoformat(f"{local.isoformat()}{offset}").astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Dates:
    """One column, with the order of its numbers where they need one."""

    order: Order | None
    example: str = ""
    """A cell that another order would read in another way, or not at all."""

    def read(self, cell: str) -> Moment | None:
        """None for what is no date."""
        found = self._find(cell)
        return _moment(*found) if found and is_near(found[1]) else None

    def is_far(self, cell: str) -> bool:
        """A date, but of a year that no community has."""
        found = self._find(cell)
        return bool(found and not is_near(found[1]))

    @property
    def how(self) -> tuple[str, ...]:
        """What to check, where there was something to decide."""
        found = self.read(self.example) if self.example else None
        if found is None or self.order is None:
            return ()
        first = {"dmy": "the day", "mdy": "the month", "ymd": "the year"}[self.order]
        return (f"{quoted([self.example])} is read as {long_day(found.day)}, {first} first.",)

    def _find(self, cell: str) -> tuple[re.Match[str], date] | None:
        text = WEEKDAY.sub("", " ".join(cell.split()), count=1)
        for pattern in (ISO, COMPACT, DAY_FIRST, MONTH_FIRST):
            if found := pattern.fullmatch(text):
                day = _day(found)
                return (found, day) if day else None
        found = NUMBERS.fullmatch(text)
        day = _in_order(found, self.order) if found and self.order else None
        return (found, day) if found and day else None


def is_near(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def long_day(day: date) -> str:
    """Such as "7 April 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def column(name: str, cells: Iterable[tuple[int, str]], order: Order | None) -> Dates:
    """How a column is to be read, from its cells with their rows. Raises Unreadable with the
    question where it can be read in more than one way."""
    if order:
        return Dates(order, _example(cell for _, cell in cells))
    shapes: set[str] = set()
    orders: set[Order] = {"dmy", "mdy"}
    open_cells: dict[str, int] = {}
    example = ""
    for row, cell in cells:
        text = " ".join(cell.split())
        if not (found := NUMBERS.fullmatch(text)):
            shapes.add("words" if any(map(str.isalpha, text[:3])) else "iso" if text else "")
            continue
        shapes.add(found["by"])
        possible: set[Order] = {each for each in ("dmy", "mdy") if _in_order(found, each)}
        orders &= possible or orders
        example = example or (text if found["a"] != found["b"] else "")
        if len(possible) > 1 and found["a"] != found["b"]:
            open_cells.setdefault(text, row)
    shapes.discard("")
    clear = not open_cells or (len(orders) == 1 and len(shapes) == 1)
    if len(orders) == 1 and clear:
        return Dates(next(iter(orders)), next(iter(open_cells), example))
    if not open_cells and len(orders) == 2:
        return Dates("dmy")
    raise Unreadable(_question(name, open_cells, shapes), "dates")


def _example(cells: Iterable[str]) -> str:
    """The first of numbers alone, if possible one in which two orders give two dates."""
    first = ""
    for cell in cells:
        found = NUMBERS.fullmatch(" ".join(cell.split()))
        if not found or found["a"] == found["b"]:
            continue
        if _in_order(found, "dmy") and _in_order(found, "mdy"):
            return cell
        first = first or cell
    return first


def _question(name: str, open_cells: dict[str, int], shapes: set[str]) -> str:
    shown = ", ".join(
        f"{quoted([cell])} in row {row}" for cell, row in list(open_cells.items())[:3]
    )
    more = f" and {len(open_cells) - 3:,} more" if len(open_cells) > 3 else ""
    mixed = f" has dates in {len(shapes)} formats, and" if len(shapes) > 1 else ""
    which = (
        f"{mixed} can be read in two ways: {shown}{more}" if shown else " has days that disagree"
    )
    return f"The column “{name}”{which}. What comes first in it: the day, the month or the year?"


def clock(cell: str) -> time | None:
    """An hour that stands in a column of its own."""
    found = re.fullmatch(CLOCK, f" {cell.strip()}")
    return _hour(found) if found else None


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    name = (parts.get("name") or "")[:3].lower()
    if name and name not in MONTHS:
        return None
    month = MONTHS.index(name) + 1 if name else int(parts["m"])
    return _date(int(parts["y"]), month, int(parts["d"]))


def _in_order(found: re.Match[str], order: Order) -> date | None:
    numbers = dict(zip(order, (int(found["a"]), int(found["b"]), int(found["c"])), strict=True))
    year = numbers["y"]
    return _date(year + 2000 if year < 100 else year, numbers["m"], numbers["d"])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(found: re.Match[str], day: date) -> Moment | None:
    if found["hour"] is None:
        return Moment(day)
    hour = _hour(found)
    return Moment(day, hour, found["zone"] or "") if hour else None


def _hour(found: re.Match[str]) -> time | None:
    if found["hour"] is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(found["minute"] or 0))
    except ValueError:
        return None
