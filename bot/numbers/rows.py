"""What the metrics read: plain rows, whatever they were stored as.

Days are calendar days of the community's zone; a window is half-open. People are opaque keys:
accounts are merged, bots and staff left out, before rows get here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

SPARKED = 30
"""Days after an event within which a spark goes back to it."""
HEARD = timedelta(days=2)
"""Feedback is due within 48 hours."""
GRACE = timedelta(days=60)
"""After its end a term may still be renewed."""
NEARLY = 0.9
"""Of those who said yes: from this share on a list at the door says who came and who did not."""

Kind = Literal[
    "events",
    "visits",
    "lists",
    "demos",
    "talks",
    "help",
    "sparks",
    "terms",
    "projects",
    "follow-ups",
    "retros",
]
"""A kind of record. Each begins on its own day."""


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

    def since(self, day: date) -> "Window":
        """What of it is not before a day."""
        return Window(min(max(self.start, day), self.end), self.end)


def last(days: int, as_of: date) -> Window:
    return Window(as_of - timedelta(days=days), as_of)


@dataclass(frozen=True, slots=True)
class Night:
    """One event that was held. Counts are people.

    `present` is None where it is not known who came: nobody noted it, or a list was begun that no
    host closed and that says nothing of most who had said yes, where anybody had. `nameless` of
    those present have no account, so nobody knows whether they came before; of the others
    `newcomers` came for the first time on record. `approved` had said yes and had a place, and it
    is known whether they came; `shown` of them did, None while the list is not closed. Of `unknown`
    others with a place it is not known.
    """

    id: str
    title: str
    day: date
    present: int | None = None
    newcomers: int = 0
    approved: int = 0
    shown: int | None = None
    slots: int | None = 0
    """For demos, as far as it is on record that there were any; None where nobody said how many."""
    nameless: int = 0
    unknown: int = 0
    here: Set[str] = field(default=frozenset(), compare=False, repr=False)
    """Those present who have an account: to count who met whom, and never shown."""

    @property
    def recognised(self) -> int:
        return (self.present or 0) - self.nameless

    @property
    def expected(self) -> int:
        """Who had said yes and had a place."""
        return self.approved + self.unknown

    @property
    def tells_who_stayed_away(self) -> bool:
        """Whether it is known of nearly all who said yes. Where a door notes only who is there,
        everybody who is known of has come."""
        return self.shown is not None and 0 < NEARLY * self.expected <= self.approved


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
    reached its presenter within 48 hours; None where nobody noted it.
    """

    person: str
    day: date
    kind: str
    night: str = ""
    unfinished: bool | None = False
    heard: bool | None = False

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

    `renewed_on` and `renewed_value` are of the term that followed, if one did; the value is None
    where it is in another currency.
    """

    id: str
    sponsor: str
    end: date
    value: int
    currency: str
    one_off: bool = False
    renewed_on: date | None = None
    renewed_value: int | None = 0

    @property
    def is_renewed(self) -> bool:
        """In time."""
        return self.renewed_on is not None and self.renewed_on <= self.end + GRACE


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
    evening: date | None = None
    """What it came after, if that is known: one who forgets may forget all of an evening."""


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

    `since` is when records begin: who came before that day is unknown, not new. `unbegun` are the
    days on which something shipped whose beginning is not on record. `left_out` counts the bots and
    staff that are in none of the rows.
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
    unbegun: tuple[date, ...] = ()
    left_out: int = 0

    @property
    def since(self) -> date | None:
        return self.nights[0].day if self.nights else None

    @property
    def first_list(self) -> Night | None:
        """The first event of which it is known who came: everybody there was new to the records."""
        return next((night for night in self.nights if night.present is not None), None)

    def began(self, kind: Kind) -> date | None:
        """The day of the first row of a kind, if there is one. That nothing is on record from
        before that day does not say that nothing was."""
        return _BEGAN[kind](self)

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


def _first_demo(history: History) -> date | None:
    """Whichever is first: one that was shown, or an event with slots for them."""
    slots = next((night.day for night in history.nights if night.slots), None)
    return min(filter(None, [_first_build(history, DEMO), slots]), default=None)


def _first_build(history: History, kind: str) -> date | None:
    return next((build.day for build in history.builds if build.kind == kind), None)


def _first_sparked(history: History) -> date | None:
    """The event that the first spark goes back to."""
    if not history.sparks:
        return None
    day = history.sparks[0].day
    night = newest(history.nights, day, timedelta(days=SPARKED))
    return night.day if night else day


_BEGAN: Mapping[Kind, Callable[[History], date | None]] = {
    "events": lambda history: history.since,
    "visits": lambda history: history.firsts[0].day if history.firsts else None,
    "lists": lambda history: history.first_list.day if history.first_list else None,
    "demos": _first_demo,
    "talks": lambda history: _first_build(history, TALK),
    "help": lambda history: _first_build(history, HELP),
    "sparks": _first_sparked,
    "terms": lambda history: history.terms[0].end if history.terms else None,
    "projects": lambda history: history.projects[0].began if history.projects else None,
    "follow-ups": lambda history: history.follow_ups[0].due if history.follow_ups else None,
    "retros": lambda history: history.retros[0].opened if history.retros else None,
}
