"""What a plan will bring, as ranges: one chain of draws from events to renewals.

Every draw is one possible quarter. It keeps its own numbers along the chain, so that a quarter with
many newcomers is also the one with many first demos. What a plan costs changes opportunities:
events, slots, host hours. What one more hour brings is the organisers' own assumption, and is
labelled so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from scipy.stats import spearmanr

from bot.numbers.chances import Cases, Chance, SharePrior, chance_of
from bot.numbers.counts import DRAWS, Count, CountPrior, Draws, Guess, level_of, people

VERSION = 1
QUANTILES = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""What is kept of each outcome, so that it can be scored when its time has come."""
STOP = 0.1
"""Below this chance of reaching the target a plan is not working."""
LEAST = 200
"""Draws that a level to stop at has to rest on."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done. `money` in the smallest coins of `currency`.

    `extra` is what organisers assume themselves: by outcome, how many more for the whole plan.
    `targets` by outcome. `terms` sponsors' terms end in the plan's time; `begun` things are under
    way as it starts.
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
    """Slots that were filled with a demo that was shown, of those there were."""
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
    cost: tuple[float, float, float] | None = None
    """Of one, in the smallest coins: 10, 50 and 90 % of the draws; infinite where there is none."""
    drivers: tuple[tuple[str, float], ...] = ()
    """What its spread comes from: the share of it, most first."""
    stop: "Stop | None" = None

    def at(self, share: float) -> float:
        return self.quantiles[QUANTILES.index(share)]


@dataclass(frozen=True, slots=True)
class Stop:
    """The plan is not working if by this day there are fewer than this."""

    by: date
    below: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Frozen with its day, version and seed: the same again from the same records."""

    issued: date
    version: int
    seed: int
    outlooks: tuple[Outlook, ...]


def forecast(plan: Plan, records: Records, priors: Priors, as_of: date, seed: int) -> Forecast:
    """Ranges for every outcome of a plan. The events are in order of their day, none before
    `as_of`."""
    chance = np.random.default_rng(seed)
    parts = _chain(plan, records, priors, as_of, chance)
    wholes = {name: part.sum(axis=1) for name, part in parts.items()}
    known = _rests_on(records)
    outlooks = [
        _outlook(plan, name, parts[name], wholes, known[name]) for name in OUTCOMES if name in parts
    ]
    return Forecast(as_of, VERSION, seed, tuple(outlooks))


def _chain(
    plan: Plan, records: Records, priors: Priors, as_of: date, chance: np.random.Generator
) -> dict[str, Draws]:
    """By outcome, draws by events; what has no event of its own has one column."""
    ahead = [max(0, (day - as_of).days) for day in plan.events]
    quarters = ahead[len(ahead) // 2] / 91 if ahead else 0.5

    def share(cases: Sequence[Cases], prior: SharePrior) -> Chance:
        return chance_of(cases, as_of, prior, quarters)

    attendance = people(
        level_of(records.attendance, as_of, priors.attendance, chance), ahead, chance
    )
    attendance = _more(attendance, plan.extra.get("attendance", 0.0), chance)
    newcomers = share(records.newcomers, priors.newcomers).of(attendance, chance)
    slots = np.full((DRAWS, len(ahead)), float(plan.slots))
    demos = share(records.slots, priors.slots).of(slots, chance)
    demos = np.minimum(_more(demos, plan.extra.get("demos", 0.0), chance), slots)
    first = share(records.first_demos, priors.first_demos).of(demos, chance)
    first = np.minimum(first, newcomers + demos)
    feedback = share(records.feedback, priors.feedback).of(demos, chance)
    sparks = people(level_of(records.sparks, as_of, priors.sparks, chance), ahead, chance)
    sparks = _more(sparks, plan.extra.get("sparks", 0.0), chance)
    under_way = (demos.sum(axis=1) + sparks.sum(axis=1) + plan.begun).reshape(-1, 1)
    found = {
        "attendance": attendance,
        "newcomers": newcomers,
        "demos": demos,
        "first_demos": first,
        "feedback": feedback,
        "sparks": sparks,
        "ships": share(records.ships, priors.ships).of(under_way, chance),
    }
    if plan.terms:
        terms = np.full((DRAWS, 1), float(plan.terms))
        found["renewals"] = share(records.renewals, priors.renewals).of(terms, chance)
    return found


def _more(draws: Draws, extra: float, chance: np.random.Generator) -> Draws:
    """What organisers assume on top, spread over the events, as a count with its own chance."""
    if extra <= 0 or draws.shape[1] == 0:
        return draws
    return draws + chance.poisson(extra / draws.shape[1], draws.shape)


def _rests_on(records: Records) -> dict[str, int]:
    """Events for counts, cases for shares."""
    shares = {
        "newcomers": records.newcomers,
        "demos": records.slots,
        "first_demos": records.first_demos,
        "feedback": records.feedback,
        "ships": records.ships,
        "renewals": records.renewals,
    }
    found = {name: sum(each.whole for each in cases) for name, cases in shares.items()}
    return found | {"attendance": len(records.attendance), "sparks": len(records.sparks)}


def _outlook(
    plan: Plan, name: str, parts: Draws, wholes: Mapping[str, Draws], rests_on: int
) -> Outlook:
    draws = wholes[name]
    target = plan.targets.get(name)
    quantiles = np.quantile(draws, QUANTILES, method="closest_observation")
    return Outlook(
        name,
        tuple(float(each) for each in quantiles),
        rests_on,
        target,
        float((draws >= target).mean()) if target is not None else None,
        _cost(plan, draws),
        _drivers(name, wholes),
        _stop(plan, parts, target) if target is not None else None,
    )


def _cost(plan: Plan, draws: Draws) -> tuple[float, float, float] | None:
    if not plan.money:
        return None
    with np.errstate(divide="ignore"):
        each = np.where(draws > 0, plan.money / np.maximum(draws, 1), np.inf)
    low, middle, high = np.quantile(each, [0.1, 0.5, 0.9], method="closest_observation")
    return float(low), float(middle), float(high)


COMES_FROM: Mapping[str, tuple[str, ...]] = {
    "newcomers": ("attendance",),
    "first_demos": ("demos",),
    "feedback": ("demos",),
    "ships": ("demos", "sparks"),
}


def _drivers(name: str, wholes: Mapping[str, Draws]) -> tuple[tuple[str, float], ...]:
    """Which earlier outcome its spread comes from, by squared rank correlation; the rest is its
    own."""
    found = [
        (earlier, float(spearmanr(wholes[name], wholes[earlier]).statistic ** 2))
        for earlier in COMES_FROM.get(name, ())
        if np.ptp(wholes[name]) and np.ptp(wholes[earlier])
    ]
    return tuple(sorted(found, key=lambda each: -each[1]))


def _stop(plan: Plan, parts: Draws, target: int) -> Stop | None:
    """The highest count at half-time from below which the target is hardly ever reached."""
    half = parts.shape[1] // 2
    if half == 0 or len(plan.events) != parts.shape[1]:
        return None
    by_then, whole = parts[:, :half].sum(axis=1), parts.sum(axis=1)
    below = None
    for level in np.unique(by_then):
        under = by_then < level
        if under.sum() >= LEAST and (whole[under] >= target).mean() < STOP:
            below = int(level)
    return Stop(plan.events[half - 1], below) if below is not None else None
