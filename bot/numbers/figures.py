"""A figure, and how sure it is: intervals, comparisons, and what may be shown of a small number.

Intervals are 95 %: Wilson's for shares, the exact one of Garwood for counts, and Newcombe's hybrid
score interval for the difference of two shares (Statistics in Medicine 17, 873-890, 1998).

Those take each visit for a draw of its own. But evenings differ by more than chance: it rained, or
friends came together. So what is counted event by event is compared as if it were as many fewer
draws as it scatters more between its events (Korn and Graubard, Survey Methodology 24, 193-201,
1998): the dispersion is Pearson's, of both windows together and never below 1, and Student's t
allows for how few events tell it.

numpy and scipy are imported at the first figure, so that a start does not pay for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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


Counts = tuple[tuple[int, int], ...]
"""Event by event, part and whole."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`: people, or things of one kind. `by` has them event by event, where what
    is the same evening may be alike."""

    part: int
    whole: int
    by: Counts = field(default=(), compare=False, repr=False)

    @property
    def value(self) -> float:
        return self.part / self.whole

    @property
    def range(self) -> Range:
        return _wilson(self.part, self.whole)

    def fewer(self, times: float) -> Range:
        """Its range if it were so many times fewer draws."""
        return _wilson(self.part / times, self.whole / times)

    def since(self, before: "Share") -> Range | None:
        """By how much it differs from `before`, as a 95 % interval of the difference. None where
        single events can't tell how much they scatter."""
        return _difference(self, before)

    @property
    def scatter(self) -> tuple[float, int]:
        """Pearson's chi-square of its events, and their degrees of freedom."""
        share = self.value
        if not 0 < share < 1:
            return 0.0, 0
        apart = [(part - whole * share) ** 2 / whole for part, whole in self.by if whole]
        return sum(apart) / (share * (1 - share)), len(apart) - 1


@dataclass(frozen=True, slots=True)
class PerEvent:
    """`count` of something over so many events; `by` has it event by event."""

    count: int
    events: int
    by: tuple[int, ...] = field(default=(), compare=False, repr=False)

    @property
    def value(self) -> float:
        return self.count / self.events

    @property
    def range(self) -> Range:
        low, high = _poisson(self.count)
        return Range(low / self.events, high / self.events)

    def fewer(self, times: float) -> Range:
        """Its range if it were so many times fewer draws."""
        low, high = _poisson(self.count / times)
        return Range(low * times / self.events, high * times / self.events)

    def since(self, before: "PerEvent") -> Range | None:
        """By how much it differs from `before`, put together as for shares."""
        return _difference(self, before)

    @property
    def scatter(self) -> tuple[float, int]:
        """Pearson's chi-square of its events, and their degrees of freedom."""
        if not self.count:
            return 0.0, 0
        return sum((each - self.value) ** 2 for each in self.by) / self.value, len(self.by) - 1


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
        return n_of(self.measure)

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


def n_of(measure: Measure | None) -> int:
    """On how many it rests."""
    match measure:
        case None:
            return 0
        case PerEvent(events=events):
            return events
        case Share(whole=whole) | Days(whole=whole):
            return whole


def change_of(now: Measure | None, then: Measure | None) -> Range | None:
    """None where it may not be told: too few now or before, or nothing to compare."""
    if min(n_of(now), n_of(then)) < ENOUGH:
        return None
    match now, then:
        case Share(), Share():
            return now.since(then)
        case PerEvent(), PerEvent():
            return now.since(then)
        case _:
            return None


def _difference(now: Share | PerEvent, then: Share | PerEvent) -> Range | None:
    """Newcombe's: the distance from each estimate to the limit on the other one's side."""
    if now.by and then.by:
        times = _times_fewer([now.scatter, then.scatter])
        if times is None:
            return None
        a, b = now.fewer(times), then.fewer(times)
    else:
        a, b = now.range, then.range
    change = now.value - then.value
    down = hypot(now.value - a.low, b.high - then.value)
    up = hypot(a.high - now.value, then.value - b.low)
    return Range(change - down, change + up)


def _times_fewer(scatter: Sequence[tuple[float, int]]) -> float | None:
    """As how many times fewer draws of their own the events are; None where nothing tells it."""
    from scipy.special import stdtrit

    square, freedom = (sum(each) for each in zip(*scatter, strict=True))
    if freedom < 1:
        return None
    return float(max(1.0, square / freedom) * (stdtrit(freedom, 0.975) / NORMAL) ** 2)


@lru_cache(maxsize=4096)
def _wilson(part: float, whole: float) -> Range:
    share, square = part / whole, NORMAL**2 / whole
    middle = share + square / 2
    reach = NORMAL * sqrt((share * (1 - share) + square / 4) / whole)
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return Range(low if part else 0.0, high if part < whole else 1.0)


@lru_cache(maxsize=4096)
def _poisson(count: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))
