"""Text as rows under a header. The delimiter is the one that makes a header we know."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.imports.rows import Doubts, Unreadable, quoted

T = TypeVar("T")

DELIMITERS = (",", "\t", ";", "|")
EXCEL = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)
"""Excel's own first line."""
HEADER_SHOWN = 8
SHORT = "fewer cells than the header, as if the row was cut off. Left out."
LONG = "more cells than the header, as if a quotation mark was missing. Left out."
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Header:
    """Names of columns, as files write them and as we compare them."""

    names: tuple[str, ...]

    @property
    def plain(self) -> tuple[str, ...]:
        return tuple(" ".join(name.replace("_", " ").split()).casefold() for name in self.names)

    def places(self, known: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Where each column that we know by one of several names stands."""
        there = {name: place for place, name in reversed(list(enumerate(self.plain)))}
        found = {}
        for ours, theirs in known.items():
            place = next((there[name] for name in theirs if name in there), None)
            if place is not None:
                found[ours] = place
        return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose rows are read as they are asked for."""

    header: Header
    text: str
    delimiter: str

    def rows(self, doubts: Doubts) -> Iterator[Row]:
        """Each row with its number as a spreadsheet shows it. Raises Unreadable."""
        width = len(self.header.names)
        for number, cells in self._records():
            if number == 1 or not any(cells):
                continue
            if len(cells) < width:
                doubts.add(SHORT, number)
            elif any(cells[width:]):
                doubts.add(LONG, number)
            else:
                yield number, cells

    def first(self, count: int) -> list[list[str]]:
        return [cells for _, (number, cells) in zip(range(count), self._records(), strict=False)]

    def _records(self) -> Iterator[Row]:
        number = 0
        try:
            for number, cells in enumerate(reader(self.text, self.delimiter), start=1):
                yield number, cells
        except csv.Error as error:
            raise Unreadable(
                f"I can't read on after row {number}: {_why(error)}. Nothing was taken. "
                "Mend the row, or export the file again."
            ) from None


def _why(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quotation mark is opened and never closed"
    if "expected after" in str(error):
        return "its quotation marks do not pair"
    return "one cell is far too long"


def reader(text: str, delimiter: str) -> Any:
    """Tab-separated exports leave quotation marks as they are."""
    lines = io.StringIO(text, newline="")
    if delimiter == "\t":
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def opened(text: str, know: Callable[[Sheet], T | None]) -> tuple[Sheet, T]:
    """The table, and what its header was known as. Raises Unreadable."""
    text = EXCEL.sub("", text.lstrip("\ufeff\r\n"), count=1)
    seen: list[Header] = []
    for delimiter in DELIMITERS:
        header = Header(_header(text, delimiter))
        seen.append(header)
        sheet = Sheet(header, text, delimiter)
        if known := know(sheet):
            return sheet, known
    widest = max(seen, key=lambda header: len(header.names))
    raise Unreadable(
        f"I don't know these columns: {quoted(widest.names[:HEADER_SHOWN])}. I know the exports of "
        "Luma, Meetup and Eventbrite, calendars (ICS), and lists with the columns title and date; "
        "event and person; event_date, speaker and talk_title; or event_date, presenter and "
        "demo_title."
    )


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    """The first record; a first line that is none is simply not known."""
    try:
        return tuple(name.strip() for name in next(reader(text, delimiter), ()))
    except csv.Error:
        return ()
