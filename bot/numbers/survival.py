"""How long until it ships, where some have not shipped yet and some never will.

The Aalen-Johansen estimate of the share that has shipped by each day: what is still under way
counts as that, what was let go stays in the whole and never ships. Without anything let go it is
one minus the Kaplan-Meier estimate, and its median is Kaplan-Meier's.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.numbers.figures import Days, Range
from bot.numbers.rows import Project

DRAWS = 1000
SEED = 52
SHIPPED, LET_GO, OPEN = 1, 2, 0
KINDS = 3
Numbers = NDArray[np.float64]
Kinds = NDArray[np.int64]


def time_to(projects: Sequence[Project], as_of: date, by: Iterable[int]) -> Days:
    """The measure as of the beginning of a day. The interval of the median is a percentile
    bootstrap; where a draw has no median it is without an upper end."""
    days, kinds = _observed(projects, as_of)
    times, at = np.unique(days, return_inverse=True)
    cells = KINDS * at + kinds
    share = shipped_by(_counts(cells, len(times)))
    return Days(
        _median(times, share),
        _range(times, cells),
        tuple(
            (each, _at(times, share, each) if _is_known(days, kinds, each) else None) for each in by
        ),
        int((kinds == SHIPPED).sum()),
        len(projects),
        int((kinds == LET_GO).sum()),
    )


def shipped_by(counts: Kinds) -> Numbers:
    """The share that has shipped by each day, of how many of each kind end on each."""
    at_risk = np.maximum(1, counts.sum(axis=1)[::-1].cumsum()[::-1])
    gone = counts[:, SHIPPED] + counts[:, LET_GO]
    still_open = np.concatenate([np.ones(1), np.cumprod(1 - gone / at_risk)[:-1]])
    return np.cumsum(still_open * counts[:, SHIPPED] / at_risk)


def _counts(cells: Kinds, days: int) -> Kinds:
    """A row for each day, with how many of each kind end on it."""
    return np.bincount(cells, minlength=KINDS * days).reshape(days, KINDS)


def _observed(projects: Sequence[Project], as_of: date) -> tuple[Numbers, Kinds]:
    """What is open was seen until the day before."""
    seen = as_of - timedelta(days=1)
    days, kinds = [], []
    for project in projects:
        shipped = project.shipped if project.shipped and project.shipped < as_of else None
        let_go = project.let_go if project.let_go and project.let_go < as_of else None
        end = shipped or let_go or seen
        days.append(max(0, (end - project.began).days))
        kinds.append(SHIPPED if shipped else LET_GO if let_go else OPEN)
    return np.array(days, dtype=float), np.array(kinds)


def _median(times: Numbers, share: Numbers) -> float | None:
    past = np.flatnonzero(share >= 0.5 - 1e-12)
    return float(times[past[0]]) if len(past) else None


def _range(times: Numbers, cells: Kinds) -> Range:
    chance = np.random.default_rng(SEED)
    medians = []
    for _ in range(DRAWS):
        drawn = cells[chance.integers(0, len(cells), len(cells))]
        medians.append(_median(times, shipped_by(_counts(drawn, len(times)))))
    found = np.array([np.inf if each is None else each for each in medians])
    low, high = np.quantile(found, [0.025, 0.975], method="closest_observation")
    return Range(float(low), float(high))


def _is_known(days: Numbers, kinds: Kinds, day: int) -> bool:
    """Up to the longest that anything was followed; beyond it where nothing is open by then."""
    longest = days.max()
    return bool(day <= longest or (kinds[days == longest] != OPEN).all())


def _at(times: Numbers, share: Numbers, day: int) -> float:
    past = np.flatnonzero(times <= day)
    return float(share[past[-1]]) if len(past) else 0.0
