"""Dates as people and tools write them. A column that can be read in two ways is asked about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
NAMED = 3
"""Cells in one question."""
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
    orders: Mapping[str, Order] = field(default_factory=dict)
    """By separator, where its own dates settle it: 03/14 says nothing about 05.06."""
    examples: tuple[str, ...] = ()
    """Cells that another order would read in another way, or not at all."""

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
        return tuple(filter(None, map(self._read_as, self.examples)))

    def _read_as(self, example: str) -> str:
        found, numbers = self.read(example), _numbers(example)
        order = self._order(numbers["by"]) if numbers else None
        if found is None or order is None:
            return ""
        first = {"dmy": "the day", "mdy": "the month", "ymd": "the year"}[order]
        return f"{quoted([example])} is read as {long_day(found.day)}, {first} first."

    def _order(self, separator: str) -> Order | None:
        return self.orders.get(separator, self.order)

    def _find(self, cell: str) -> tuple[re.Match[str], date] | None:
        text = WEEKDAY.sub("", " ".join(cell.split()), count=1)
        for pattern in (ISO, COMPACT, DAY_FIRST, MONTH_FIRST):
            if found := pattern.fullmatch(text):
                day = _day(found)
                return (found, day) if day else None
        found = NUMBERS.fullmatch(text)
        order = self._order(found["by"]) if found else None
        day = _in_order(found, order) if found and order else None
        return (found, day) if found and day else None


def is_near(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def long_day(day: date) -> str:
    """Such as "7 April 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def column(name: str, cells: Iterable[tuple[int, str]], order: Order | None) -> Dates:
    """How a column is to be read, from its cells with their rows: dates with slashes by what other
    dates with slashes say, and so with dots and dashes. Raises Unreadable with the question where
    some can be read in more than one way."""
    formats: set[str] = set()
    kinds: dict[str, Separated] = {}
    for row, cell in cells:
        if found := _numbers(cell):
            kinds.setdefault(found["by"], Separated()).add(row, cell, found)
        elif cell.strip():
            formats.add("words" if any(map(str.isalpha, cell.strip()[:3])) else "iso")
    settled = {by: kind.settled(order) for by, kind in kinds.items()}
    unsettled = [kinds[by] for by, found in settled.items() if found is None]
    if unsettled:
        raise Unreadable(_question(name, unsettled, len(formats) + len(kinds)), "dates")
    orders = {by: found for by, found in settled.items() if found}
    return Dates(order, orders, tuple(filter(None, (each.example for each in kinds.values()))))


@dataclass
class Separated:
    """The dates of one column whose numbers stand between the same signs."""

    fits: dict[Order, dict[str, int]] = field(default_factory=lambda: {o: {} for o in ORDERS})
    """Cells that an order can read, with their first rows."""
    cells: dict[str, int] = field(default_factory=dict)
    unclear: dict[str, int] = field(default_factory=dict)
    """Those that can be read in two ways."""

    def add(self, row: int, cell: str, found: re.Match[str]) -> None:
        if cell in self.cells:
            return
        self.cells[cell] = row
        for order in ORDERS:
            if _in_order(found, order):
                self.fits[order][cell] = row
        if found["a"] != found["b"] and all(cell in self.fits[each] for each in ("dmy", "mdy")):
            self.unclear[cell] = row

    def settled(self, told: Order | None) -> Order | None:
        """What somebody told, unless the dates themselves say that it is another; None while it
        has to be asked."""
        fits = [order for order in ORDERS if len(self.fits[order]) == self._most]
        if told and (told in fits or self.contradicts_itself):
            return told
        spoken = [order for order in fits if order != "ymd"]
        if self.contradicts_itself or (len(spoken) > 1 and self.unclear):
            return None
        return next(iter(spoken or fits))

    @property
    def contradicts_itself(self) -> bool:
        """Some have the day first, and others the month."""
        return bool(self._only("dmy") and self._only("mdy"))

    @property
    def _most(self) -> int:
        return max(len(cells) for cells in self.fits.values())

    def _only(self, order: Order) -> dict[str, int]:
        """Days above twelve: cells that the other order can't read."""
        other = self.fits["mdy" if order == "dmy" else "dmy"]
        return {cell: row for cell, row in self.fits[order].items() if cell not in other}

    @property
    def lost(self) -> Sequence[dict[str, int]]:
        """What the one answer can't read, and the other."""
        return (self._only("mdy"), self._only("dmy")) if self.contradicts_itself else ()

    @property
    def example(self) -> str:
        """One that another order would read in another way, or else not at all."""
        apart = (cell for cell in self.cells if len(set(re.split(r"\D", cell)[:2])) > 1)
        return next(iter(self.unclear), next(apart, ""))


def _numbers(cell: str) -> re.Match[str] | None:
    return NUMBERS.fullmatch(" ".join(cell.split()))


def _question(name: str, unsettled: Sequence[Separated], formats: int) -> str:
    """Names what an answer would decide, and what no answer can read."""
    column = f"The column “{name}”"
    mixed = f" has dates in {formats} formats, and" if formats > 1 else ""
    unclear = {cell: row for each in unsettled for cell, row in each.unclear.items()}
    says = f"{column}{mixed} can be read in two ways: {_in_rows(unclear)}." if unclear else ""
    for each in unsettled:
        if each.lost:
            day, month = map(_in_rows, each.lost)
            lost = f"With the day first I can't read {day}; with the month first, {month}."
            says = f"{says or f'{column} has days that disagree.'} {lost} Those are left out."
    return f"{says} What comes first in it: the day, the month or the year?"


def _in_rows(cells: Mapping[str, int]) -> str:
    shown = ", ".join(f"{quoted([cell])} in row {row}" for cell, row in list(cells.items())[:NAMED])
    return f"{shown} and {len(cells) - NAMED:,} more" if len(cells) > NAMED else shown


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
