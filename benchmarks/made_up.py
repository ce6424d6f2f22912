"""Made-up communities with a known truth, to see whether ranges hold what they promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.numbers.plans import Cases, Count

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


DEMANDS = {
    "steady demos": Kind(3, 0.0, 0.02, 6),
    "drifting demos": Kind(3, 0.2, 0.05, 6),
    "over-dispersed demos": Kind(3, 0.05, 0.4, 6),
    "keen presenters": Kind(6, 0.1, 0.1, 6),
}
"""Of whom would show something at an event, whatever slots it has."""
SLOTS = (3, 4, 5, 6)
"""An event on record had any of these."""


@dataclass(frozen=True)
class Shows:
    """The same for demos: what was shown of the slots there were, and the slots planned at each."""

    nights: list[Cases]
    ahead: list[int]
    slots: int
    came: int


def shows(kind: Kind, slots: int, quarters: int, number: int, seed: int) -> Iterator[Shows]:
    for each in range(number):
        yield show(kind, slots, quarters, np.random.default_rng([seed, quarters, each]))


def show(kind: Kind, slots: int, quarters: int, chance: np.random.Generator) -> Shows:
    days, wanted, past = drawn(kind, quarters, chance)
    offered = chance.choice(SLOTS, past)
    nights = [
        Cases(TODAY + timedelta(days=int(day)), int(min(number, there)), int(there))
        for day, number, there in zip(days, wanted, offered, strict=False)
    ]
    ahead = [int(day) for day in days[past:]]
    return Shows(nights, ahead, slots, int(np.minimum(wanted[past:], slots).sum()))


def communities(kind: Kind, quarters: int, number: int, seed: int) -> Iterator[Case]:
    for each in range(number):
        yield community(kind, quarters, np.random.default_rng([seed, quarters, each]))


def community(kind: Kind, quarters: int, chance: np.random.Generator) -> Case:
    days, came, past = drawn(kind, quarters, chance)
    counts = [
        Count(TODAY + timedelta(days=int(day)), int(number))
        for day, number in zip(days[:past], came, strict=False)
    ]
    return Case(counts, [int(day) for day in days[past:]], int(came[past:].sum()))


def drawn(
    kind: Kind, quarters: int, chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Days of events, how many there were at each, and how many of the events are past."""
    past = -np.sort(chance.integers(1, quarters * QUARTER, quarters * kind.events))[::-1]
    ahead = np.sort(chance.integers(0, QUARTER, kind.events))
    days = np.concatenate([past, ahead])
    steps = np.sqrt(np.diff(days, prepend=days[0]) / QUARTER) * kind.drift
    level = np.log(kind.people) + 0.5 * chance.standard_normal()
    mean = np.exp(level + np.cumsum(steps * chance.standard_normal(len(days))))
    return days, chance.poisson(chance.gamma(1 / kind.spread, mean * kind.spread)), len(past)
