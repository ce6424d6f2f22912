"""How many come: the newest events beside the six before them.

Attendance is counted, so that each number is exact; what a change needs is a range. It is the one
that belongs to the test of Mann and Whitney (Annals of Mathematical Statistics 18, 1947): of all 36
differences between an event of now and one of before, from the sixth smallest to the sixth largest.
It holds the true shift 96 times in 100 however widely attendance scatters, where an interval of
Poisson's would be too narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from bot.numbers.figures import Range
from bot.numbers.rows import History, Night, last

SIX = 6
SIXTH = 5
"""Counted from 0."""
YEAR = 365


@dataclass(frozen=True, slots=True)
class Came:
    """Events of the last twelve months with a list of who came; `gaps` where there are others
    among them, without one."""

    now: tuple[Night, ...]
    before: tuple[Night, ...] = ()
    gaps: bool = False

    @property
    def change(self) -> Range | None:
        """None with fewer than six and six."""
        if len(self.before) < SIX:
            return None
        apart = sorted(one - other for one in counts(self.now) for other in counts(self.before))
        return Range(apart[SIXTH], apart[-1 - SIXTH])

    @property
    def is_changed(self) -> bool:
        return self.change is not None and not self.change.is_around_zero

    @property
    def rows(self) -> tuple[Night, ...]:
        return (*self.before, *self.now)


def came(history: History, as_of: date) -> Came | None:
    """None where nobody noted who came."""
    held = history.held(last(YEAR, as_of))
    known = [night for night in held if night.present is not None]
    if not known:
        return None
    now, before = known[-SIX:], known[-2 * SIX : -SIX]
    before = before if len(before) == SIX else []
    first = (before or now)[0]
    gaps = any(night.present is None for night in held if night.day >= first.day)
    return Came(tuple(now), tuple(before), gaps)


def counts(nights: Sequence[Night]) -> list[int]:
    return [night.present or 0 for night in nights]


def middle(nights: Sequence[Night]) -> str:
    return f"{median(counts(nights)):g}"


def spread(nights: Sequence[Night]) -> str:
    low, high = min(counts(nights)), max(counts(nights))
    return f"{low}" if low == high else f"{low} to {high}"


def says(found: Came) -> str:
    """One sentence."""
    listed = " with a list of who came" if found.gaps else ""
    if len(found.now) == 1:
        return f"At the one event{listed} {found.now[0].present} came."
    told = f"At the last {len(found.now)} events{listed} {how_many(found.now)}"
    if found.change is None:
        return f"{told}."
    return f"{told}; at the {SIX} before {how_many(found.before, '')}: {_moved(found.change)}."


def how_many(nights: Sequence[Night], came: str = " came") -> str:
    told = f"{spread(nights)}{came}"
    alike = len(set(counts(nights))) == 1
    return f"{told} to each" if alike else f"{told}, {middle(nights)} in the middle"


def _moved(change: Range) -> str:
    if change.is_around_zero:
        return "no clear change"
    low, high = sorted((abs(change.low), abs(change.high)))
    return f"likely {low:.0f} to {high:.0f} {'more' if change.low > 0 else 'fewer'} now"
