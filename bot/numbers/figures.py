"""A figure, and how sure it is: intervals, comparisons, and what may be shown of a small number.

Intervals are 95 %: Wilson's for shares, the exact one of Garwood for counts, and Newcombe's hybrid
score interval for the difference of two shares (Statistics in Medicine 17, 873-890, 1998).

numpy and scipy are imported at the first figure, so that a start does not pay for them.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from math import hypot, sqrt

from bot.numbers.rows import Window

FEW = 5
"""Below it a share is not shown: its count alone is, and nothing that could point to one person."""
ENOUGH = 20
"""From here on a change may be told."""
NORMAL = 1.959963984540054
"""Of a normal distribution 95 % lie within so many standard deviations."""


class Size(Enum):
    """What a figure of this many people or events may say."""

    FEW = "the count alone"
    SOME = "the count and its interval"
    ENOUGH = "the rate, its interval and its change"


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float

    @property
    def is_around_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`: people, or things of one kind."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole

    @property
    def range(self) -> Range:
        return _wilson(self.part, self.whole)

    def since(self, before: "Share") -> Range:
        """By how much it differs from `before`, as a 95 % interval of the difference."""
        return _difference(self, before)


@dataclass(frozen=True, slots=True)
class PerEvent:
    """`count` of something over so many events."""

    count: int
    events: int

    @property
    def value(self) -> float:
        return self.count / self.events

    @property
    def range(self) -> Range:
        low, high = _poisson(self.count)
        return Range(low / self.events, high / self.events)

    def since(self, before: "PerEvent") -> Range:
        """By how much it differs from `before`, put together as for shares."""
        return _difference(self, before)


@dataclass(frozen=True, slots=True)
class Days:
    """How long something takes, with what has not happened yet counted as that.

    `median` is None while fewer than half have shipped; `by` has the share by so many days, None
    where nothing was followed for so long. `whole` began, `part` have shipped, `let_go` never will.
    """

    median: float | None
    range: Range
    by: tuple[tuple[int, float | None], ...]
    part: int
    whole: int
    let_go: int


Measure = Share | PerEvent | Days


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric at one moment. `measure` is None where nobody had the opportunity.

    `before` is the same over the window before; from `compared_from` on records reach back so far.
    `rows` are the ids of what it counts, the counted ones first; `why_not` says in a sentence why
    there is no measure.
    """

    metric: str
    version: int
    window: Window
    as_of: date
    measure: Measure | None
    before: Measure | None = None
    why_not: str = ""
    notes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    left_out: int = 0
    compared_from: date | None = None

    @property
    def n(self) -> int:
        match self.measure:
            case None:
                return 0
            case PerEvent(events=events):
                return events
            case Share(whole=whole) | Days(whole=whole):
                return whole

    @property
    def size(self) -> Size:
        return size_of(self.n)

    @property
    def change(self) -> Range | None:
        """None where it may not be told: too few now or before, or nothing to compare."""
        return change_of(self.measure, self.before)

    @property
    def is_changed(self) -> bool:
        return self.change is not None and not self.change.is_around_zero


def size_of(n: int) -> Size:
    if n < FEW:
        return Size.FEW
    return Size.SOME if n < ENOUGH else Size.ENOUGH


def change_of(now: Measure | None, then: Measure | None) -> Range | None:
    """None where it may not be told: too few now or before, or nothing to compare."""
    match now, then:
        case Share(), Share() if min(now.whole, then.whole) >= ENOUGH:
            return now.since(then)
        case PerEvent(), PerEvent() if min(now.events, then.events) >= ENOUGH:
            return now.since(then)
        case _:
            return None


def _difference(now: Share | PerEvent, then: Share | PerEvent) -> Range:
    """Newcombe's: the distance from each estimate to the limit on the other one's side."""
    change = now.value - then.value
    down = hypot(now.value - now.range.low, then.range.high - then.value)
    up = hypot(now.range.high - now.value, then.value - then.range.low)
    return Range(change - down, change + up)


@lru_cache(maxsize=4096)
def _wilson(part: int, whole: int) -> Range:
    share, square = part / whole, NORMAL**2 / whole
    middle = share + square / 2
    reach = NORMAL * sqrt((share * (1 - share) + square / 4) / whole)
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return Range(low if part else 0.0, high if part < whole else 1.0)


@lru_cache(maxsize=4096)
def _poisson(count: int) -> tuple[float, float]:
    from scipy.special import gammaincinv

    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))
