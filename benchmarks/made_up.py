"""Made-up communities with a known truth, to see whether ranges hold what they promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.numbers.plans import Count

TODAY = date(2026, 1, 1)
QUARTER = 91


@dataclass(frozen=True)
class Kind:
    """`drift` of the log level in a quarter; `spread` beyond a Poisson's, as the model has it."""

    people: float
    drift: float
    spread: float
    events: int
    """In a quarter."""


KINDS = {
    "stationary": Kind(30, 0.0, 0.02, 6),
    "drifting": Kind(30, 0.2, 0.05, 6),
    "over-dispersed": Kind(30, 0.05, 0.4, 6),
    "tiny": Kind(4, 0.1, 0.1, 2),
}


@dataclass(frozen=True)
class Case:
    """A community on the day of a forecast, the days ahead of its events, and who came then."""

    counts: list[Count]
    ahead: list[int]
    came: int


def communities(kind: Kind, quarters: int, number: int, seed: int) -> Iterator[Case]:
    for each in range(number):
        yield community(kind, quarters, np.random.default_rng([seed, quarters, each]))


def community(kind: Kind, quarters: int, chance: np.random.Generator) -> Case:
    past = -np.sort(chance.integers(1, quarters * QUARTER, quarters * kind.events))[::-1]
    ahead = np.sort(chance.integers(0, QUARTER, kind.events))
    days = np.concatenate([past, ahead])
    steps = np.sqrt(np.diff(days, prepend=days[0]) / QUARTER) * kind.drift
    level = np.log(kind.people) + 0.5 * chance.standard_normal()
    mean = np.exp(level + np.cumsum(steps * chance.standard_normal(len(days))))
    came = chance.poisson(chance.gamma(1 / kind.spread, mean * kind.spread))
    counts = [
        Count(TODAY + timedelta(days=int(day)), int(number))
        for day, number in zip(past, came, strict=False)
    ]
    return Case(counts, [int(day) for day in ahead], int(came[len(past) :].sum()))
