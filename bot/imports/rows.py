"""What any file comes to: events, who was on their lists, and talks."""

from collections.abc import Iterable, Sequence
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
    starts_at: datetime | None = None
    """Where the row says when it began, too."""


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
    closed: bool = False
    """Its list of who came is complete, as an export of ours says."""
    hour_known: bool = True
    id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """One line of a list. `event` is None where the file does not name it.

    `handle` is their id at the other tool; `person` one of ours, or for who was a `walk_in` at the
    door, without an account, that of the note about them. `present` is None for unknown.
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
    walk_in: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    event: Which
    speaker: str
    title: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was shown. What its row does not say stays unknown: an empty state, or no time
    at which its presenter heard of it."""

    event: Which
    presenter: str
    title: str
    person: str = ""
    id: str = ""
    state: str = ""
    minutes: int | None = None
    first_time: bool = False
    heard_at: datetime | None = None
    heard_hour_known: bool = True


@dataclass
class Doubts:
    """What a reader left out or was not sure of: each sentence once, with its rows. Where rows
    have no numbers that anybody sees, they are called by their titles."""

    rows: dict[str, list[int | str]] = field(default_factory=dict)

    def add(self, says: str, row: int | str) -> None:
        self.rows.setdefault(says, []).append(row)

    def sentences(self) -> list[str]:
        return [f"{_rows(rows)}: {says}" for says, rows in self.rows.items()]


def _rows(rows: Sequence[int | str]) -> str:
    shown = ", ".join(str(each) for each in rows[:SHOWN])
    more = len(rows) - SHOWN
    listed = f"{shown} and {more:,} more" if more > 0 else shown
    if isinstance(rows[0], str):
        return listed
    return f"Row {listed}" if len(rows) == 1 else f"Rows {listed}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read."""

    kind: str
    meetings: tuple[Meeting, ...] = ()
    guests: tuple[Guest, ...] = ()
    talks: tuple[Talk, ...] = ()
    demos: tuple[Demo, ...] = ()
    doubts: tuple[str, ...] = ()
    how: tuple[str, ...] = ()
    """How dates were read where they could be read in another way: for whoever checks."""
    shares_email: bool = False
    """Guests stand with the address of whoever bought their ticket."""
    about_one: bool = False
    """It is the list of one event, which it does not name."""
    cancelled: tuple[Meeting, ...] = ()
    """What a calendar calls off. It is never added."""
    excepted: tuple[Meeting, ...] = ()
    """Dates that a rule leaves out: worth a word only where they are known."""
    unknown: tuple[str, ...] = ()
    """What no row of it says, and what nobody will know therefore."""
    tells_heard: bool = False
    """Of demos: whether it says of any when its presenter heard of it."""


def quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{one_line(text, 40)}”" for text in texts)
