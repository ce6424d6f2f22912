"""How good ranges would have been here: each past quarter as seen from its first day.

Looking back flatters a method less than one would think, since it sees only what lay before; but
nobody issued these, so they are never counted among forecasts.
"""

from collections.abc import Sequence
from datetime import date
from zlib import crc32

import numpy as np

from bot.numbers.counts import level_of, people
from bot.numbers.plans import QUANTILES, QUARTER, Count, CountPrior, Look, Scored
from bot.numbers.rows import Window


def look_back(
    counts: Sequence[Count], as_of: date, quarters: int, prior: CountPrior
) -> tuple[Look, ...]:
    """The last so many quarters before a day, oldest first, that had events and events before."""
    windows = [Window(date.fromordinal(as_of.toordinal() - int(QUARTER)), as_of)]
    while len(windows) < quarters:
        windows.append(windows[-1].before)
    return tuple(
        _look(counts, window, prior)
        for window in reversed(windows)
        if any(each.day < window.start for each in counts)
        and any(each.day in window for each in counts)
    )


def quantiles(
    counts: Sequence[Count], as_of: date, ahead: Sequence[int], prior: CountPrior, seed: int
) -> tuple[float, ...]:
    """Of the people at events so many days after a day, by QUANTILES."""
    chance = np.random.default_rng(seed)
    draws = people(level_of(counts, as_of, prior, chance), ahead, chance).people.sum(axis=1)
    return tuple(float(q) for q in np.quantile(draws, QUANTILES, method="closest_observation"))


def _look(counts: Sequence[Count], window: Window, prior: CountPrior) -> Look:
    before = [each for each in counts if each.day < window.start]
    there = sorted((each for each in counts if each.day in window), key=lambda each: each.day)
    ahead = [(each.day - window.start).days for each in there]
    said = quantiles(before, window.start, ahead, prior, crc32(window.start.isoformat().encode()))
    came = sum(each.number for each in there)
    return Look(window, len(there), Scored(said, came, *_simple(before, window, len(there))))


def _simple(
    before: Sequence[Count], window: Window, events: int
) -> tuple[float | None, float | None]:
    """For as many events: each like those of the last quarter, and like those of the last four,
    where records reach back so far."""
    since = min(each.day for each in before)
    quarters = []
    for _ in range(4):
        window = window.before
        if since <= window.start:
            quarters.append([each.number for each in before if each.day in window])
    last, all_four = quarters[:1], quarters if len(quarters) == 4 else []
    return times(events, last), times(events, all_four)


def times(events: int, quarters: Sequence[Sequence[int]]) -> float | None:
    """None without an event to go by."""
    numbers = [number for quarter in quarters for number in quarter]
    return events * sum(numbers) / len(numbers) if numbers else None
