"""What the metrics read: plain rows, whatever they were stored as.

Days are calendar days of the community's zone; a window is half-open. People are opaque keys:
accounts are merged, bots and staff left out, before rows get here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day up to, and without, the last."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Window":
        """As long, and right before it."""
        return Window(self.start - timedelta(days=self.days), self.start)


def last(days: int, as_of: date) -> Window:
    return Window(as_of - timedelta(days=days), as_of)


@dataclass(frozen=True, slots=True)
class Night:
    """One event that was held. Counts are people.

    `present` is None where nobody noted who came. `nameless` of those present have no account, so
    nobody knows whether they came before; of the others `newcomers` came for the first time on
    record. `approved` had said yes and had a place, and it is known whether they came; `shown` of
    them did, None while the list is not closed. Of `unknown` others with a place it is not known.
    """

    id: str
    title: str
    day: date
    present: int | None = None
    newcomers: int = 0
    approved: int = 0
    shown: int | None = None
    slots: int = 0
    """For demos."""
    nameless: int = 0
    unknown: int = 0
    here: Set[str] = field(default=frozenset(), compare=False, repr=False)
    """Those present who have an account: to count who met whom, and never shown."""

    @property
    def recognised(self) -> int:
        return (self.present or 0) - self.nameless


@dataclass(frozen=True, slots=True)
class First:
    """Somebody's first check-in on record."""

    person: str
    day: date
    night: str


@dataclass(frozen=True, slots=True)
class Build:
    """Somebody built: showed a demo, gave a talk, or helped. `night` is where, if at an event.

    `person` is GONE where they have left: it was shown, and nobody knows any more by whom.
    Of a demo, `unfinished` says that it was shown as work in progress, and `heard` that feedback
    reached its presenter within 48 hours.
    """

    person: str
    day: date
    kind: str
    night: str = ""
    unfinished: bool = False
    heard: bool = False

    @property
    def on_stage(self) -> bool:
        return self.kind in (DEMO, TALK)


DEMO, TALK, HELP = "demo", "talk", "help"
GONE = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """Joint work that everybody named has confirmed, on the day it was told of."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Term:
    """What a sponsor agreed to, up to and without the day `end`. Values in the smallest coins.

    `renewed_on` and `renewed_value` are of the term that followed, if one did.
    """

    id: str
    sponsor: str
    end: date
    value: int
    currency: str
    one_off: bool = False
    renewed_on: date | None = None
    renewed_value: int = 0


@dataclass(frozen=True, slots=True)
class Project:
    """What somebody builds, from its demo or spark on."""

    id: str
    began: date
    shipped: date | None = None
    let_go: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message that was due; `kept` when it was done in time."""

    id: str
    due: date
    kept: bool


@dataclass(frozen=True, slots=True)
class Retro:
    """How many were asked after an event, and how many of them answered within seven days."""

    night: str
    opened: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A champion or a hire."""

    id: str
    day: date
    kind: str


@dataclass(frozen=True, slots=True)
class History:
    """All that is on record about one community, each in order of its day.

    `since` is when records begin: who came before that day is unknown, not new. `left_out` counts
    the bots and staff that are in none of the rows.
    """

    nights: tuple[Night, ...] = ()
    firsts: tuple[First, ...] = ()
    builds: tuple[Build, ...] = ()
    sparks: tuple[Spark, ...] = ()
    terms: tuple[Term, ...] = ()
    projects: tuple[Project, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    retros: tuple[Retro, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    left_out: int = 0

    @property
    def since(self) -> date | None:
        return self.nights[0].day if self.nights else None

    @property
    def first_list(self) -> Night | None:
        """The first event of which it is known who came: everybody there was new to the records."""
        return next((night for night in self.nights if night.present is not None), None)

    def held(self, window: Window) -> tuple[Night, ...]:
        first, after = (
            bisect_left(self.nights, day, key=_day) for day in (window.start, window.end)
        )
        return self.nights[first:after]


def newest(nights: Sequence[Night], day: date, within: timedelta) -> Night | None:
    """The last one on that day or before it, if it is not longer ago than that."""
    at = bisect_right(nights, day, key=_day)
    found = nights[at - 1] if at else None
    return found if found and found.day >= day - within else None


def _day(night: Night) -> date:
    return night.day
