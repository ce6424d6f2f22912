"""What any file comes to: events, who was on their lists, and talks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.errors import UserError
from bot.markup import one_line

SHOWN = 5
"""Row numbers in one sentence."""


class Unreadable(UserError):
    """A file that can't be taken as it is: one sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Which:
    """How a row names its event: by an id of ours or another tool's key, else by title and day."""

    title: str = ""
    day: date | None = None
    id: str = ""
    key: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One event. Without `hour_known` only its day is."""

    title: str
    starts_at: datetime
    minutes: int = 120
    place: str = ""
    details: str = ""
    capacity: int | None = None
    cancelled: bool = False
    hour_known: bool = True
    id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """One line of a list. `event` is None where the file does not name it.

    `handle` is their id at the other tool; `person` one of ours. `present` is None for unknown.
    """

    name: str
    email: str = ""
    handle: str = ""
    person: str = ""
    event: Which | None = None
    answer: str = ""
    present: bool | None = None
    answered_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    event: Which
    speaker: str
    title: str
    person: str = ""


@dataclass
class Doubts:
    """What a reader left out or was not sure of: each sentence once, with its rows."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, says: str, row: int) -> None:
        self.rows.setdefault(says, []).append(row)

    def sentences(self) -> list[str]:
        return [f"{_rows(numbers)}: {says}" for says, numbers in self.rows.items()]


def _rows(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"Row {numbers[0]}"
    shown = ", ".join(str(number) for number in numbers[:SHOWN])
    more = len(numbers) - SHOWN
    return f"Rows {shown} and {more:,} more" if more > 0 else f"Rows {shown}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read."""

    kind: str
    meetings: tuple[Meeting, ...] = ()
    guests: tuple[Guest, ...] = ()
    talks: tuple[Talk, ...] = ()
    doubts: tuple[str, ...] = ()
    shares_email: bool = False
    """Guests stand with the address of whoever bought their ticket."""
    about_one: bool = False
    """It is the list of one event, which it does not name."""


def quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{one_line(text, 40)}”" for text in texts)
