"""What forecasts are made of: plans, what they rest on, and what is said and scored.

Plain records, so that whoever shows them needs none of what works them out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.numbers.figures import Share
from bot.numbers.rows import Window

QUARTER = 91.0
"""Days."""
VERSION = 4
STOP = 0.1
"""Below this chance of reaching the target a plan is not working."""
QUANTILES = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""What is kept of each outcome, so that it can be scored when its time has come."""
BANDS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Of people so far, after each event: what a picture draws."""
OUTCOMES: Mapping[str, str] = {
    "attendance": "People at the events, counted at each",
    "newcomers": "People who come for the first time",
    "demos": "Demos shown",
    "first_demos": "Demos by people who never showed one here",
    "feedback": "Demos with feedback within 48 hours",
    "sparks": "Sparks that everybody confirms",
    "ships": "Things that ship",
    "renewals": "Sponsors that renew",
}
LEVEL, DRIFT, SHARE, CHANCE = "level", "drift", "share", "chance"
CAUSES: Mapping[str, str] = {
    LEVEL: "how many are usual here",
    DRIFT: "how the usual number changes until then",
    SHARE: "which share of them does it",
    CHANCE: "plain chance",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A positive number that is about `middle`, and could as well be `times` more or less."""

    middle: float
    times: float


@dataclass(frozen=True, slots=True)
class CountPrior:
    """What is assumed before there are records; shown, and organisers may change the level.

    `spread` is the variance beyond a Poisson's, as a share of the squared level. `drift` is the
    standard deviation of the level's logarithm over one quarter.
    """

    level: Guess = Guess(20, 3.0)
    spread: Guess = Guess(0.08, 3.0)
    drift: Guess = Guess(0.15, 2.5)


@dataclass(frozen=True, slots=True)
class Count:
    """An event that was held, and how many there were."""

    day: date
    number: int


@dataclass(frozen=True, slots=True)
class SharePrior:
    """A share that is assumed before there are records, and how many cases it weighs."""

    share: float
    weight: float = 4.0


@dataclass(frozen=True, slots=True)
class Cases:
    """`part` of `whole` on a day."""

    day: date
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done. `money` in the smallest coins of `currency`.

    `extra` is what organisers assume themselves: by outcome, how many more for the whole plan.
    `targets` by outcome. `terms` sponsors' terms end in the plan's time; `begun` things are under
    way on the day of the forecast.
    """

    start: date
    end: date
    events: tuple[date, ...]
    slots: int
    host_hours: float = 0.0
    money: int = 0
    currency: str = ""
    targets: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)
    terms: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Records:
    """What the forecast rests on. Each of the shares is by event or by day."""

    attendance: Sequence[Count] = ()
    newcomers: Sequence[Cases] = ()
    slots: Sequence[Cases] = ()
    """By event, slots that were filled with a demo that was shown, of those there were."""
    first_demos: Sequence[Cases] = ()
    feedback: Sequence[Cases] = ()
    sparks: Sequence[Count] = ()
    ships: Sequence[Cases] = ()
    """Of what was under way or begun in a quarter, what shipped in it."""
    renewals: Sequence[Cases] = ()


@dataclass(frozen=True, slots=True)
class Priors:
    """Weak, shown beside the ranges, and organisers may change them."""

    attendance: CountPrior = field(default=CountPrior())
    newcomers: SharePrior = field(default=SharePrior(0.35))
    slots: SharePrior = field(default=SharePrior(0.75))
    first_demos: SharePrior = field(default=SharePrior(0.5))
    feedback: SharePrior = field(default=SharePrior(0.4))
    sparks: CountPrior = field(
        default=CountPrior(Guess(0.4, 3.0), Guess(0.2, 3.0), Guess(0.1, 2.0))
    )
    ships: SharePrior = field(default=SharePrior(0.12))
    renewals: SharePrior = field(default=SharePrior(0.6))


@dataclass(frozen=True, slots=True)
class Outlook:
    """One outcome's range. `quantiles` go with QUANTILES; `rests_on` counts the events or cases
    behind it, and 0 says that the range is the prior's."""

    outcome: str
    quantiles: tuple[float, ...]
    rests_on: int
    target: int | None = None
    reaches: float | None = None
    """The chance of reaching the target."""
    cost: tuple[float | None, float | None, float | None] | None = None
    """Of one, in the smallest coins: 10, 50 and 90 % of the draws; None where there is none."""
    drivers: tuple[tuple[str, float], ...] = ()
    """What its spread comes from, an earlier outcome or one of CAUSES, and about which share of
    it, most first."""
    stop: "Stop | None" = None
    fits: float | None = None
    """Of what organisers assume on top, as many as the slots leave room for, on average."""

    @property
    def is_hopeless(self) -> bool:
        """Whether the plan hardly ever reaches its target, so that no level tells more."""
        return self.reaches is not None and self.reaches < STOP

    def at(self, share: float) -> float:
        return self.quantiles[QUANTILES.index(share)]


@dataclass(frozen=True, slots=True)
class Stop:
    """The plan is not working if there are fewer than this after so many of its events, the last
    of them on this day. Before version 4 only the day was kept."""

    by: date
    below: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Frozen with its day, version and seed: the same again from the same records."""

    issued: date
    version: int
    seed: int
    outlooks: tuple[Outlook, ...]
    fan: tuple[tuple[float, ...], ...] = ()
    """For each event, how many people there are by then in all: quantiles by BANDS."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A range that was issued, what became of it, and what simple rules would have said."""

    quantiles: tuple[float, ...]
    outcome: float
    last_quarter: float | None = None
    mean_of_four: float | None = None

    def at(self, share: float) -> float:
        return self.quantiles[QUANTILES.index(share)]


@dataclass(frozen=True, slots=True)
class Score:
    """Over some forecasts: the share of 50 % and 80 % ranges that held, how wide the latter were,
    and the mean pinball loss. `beside` has the loss of each simple rule where there was one, and
    ours on those same occasions."""

    held_50: Share
    held_80: Share
    width: float
    loss: float
    error: float
    beside: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Look:
    """One quarter, and what a range of its first day would have said of the people at its events.
    How many events there were, and when, is part of the plan and so was known."""

    window: Window
    events: int
    scored: Scored
