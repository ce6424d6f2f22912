"""All maps together, so that no map can be read out of it. Pure.

**Who counts.** Only people who said yes, each with their latest map of the last 90 days, from five
people up. The picture holds no count of answers at all. For each area it says in which of three
bands the mean of all lies, and every mean is over five people or more: a band of the mean leaves
each single answer open, also when all have answered alike. How many maps there are is rounded down
to fives.

**Why two looks can't be subtracted.** A picture is taken of what was finished before a Monday and
kept; until the next it stays as it is, whoever joins, leaves, corrects an answer or deletes it all.
The next is taken only when it holds five maps that no picture has counted before. So whatever
differs between two pictures comes from five people at least, and whoever left is among them. A
corrected answer makes a map uncounted again.

**What is left.** Somebody who fills in four of five maps themselves learns in which of three bands
the mean lies, and no more. Below five uncounted maps nothing is said, not even how many there are.

**When a thin spot is named.** Only when the data can tell: people's level there lies below the mean
of their own other areas by half a level or more on average, and by three standard errors.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

FEWEST = 5
DAYS = 90
BANDS = ("thin for many", "in between", "well filled")
LOW, HIGH = 1.5, 2.5
"""Where the bands of a mean from 0 to 4 meet."""
GAP, ERRORS = 0.5, 3


@dataclass(frozen=True, slots=True)
class Together:
    """What may be said of many maps: the band of each area, counted from 0, and the thin spot."""

    at_least: int
    bands: Mapping[str, int]
    thin: str | None


def together(maps: Sequence[Mapping[str, int]], areas: Collection[str]) -> Together:
    """`maps` are levels by area, five at least, and each answers all areas."""
    if len(maps) < FEWEST:
        raise ValueError("Fewer than five maps are not looked at together.")
    bands = {area: _band(fmean(each[area] for each in maps)) for area in areas}
    return Together(len(maps) // FEWEST * FEWEST, bands, _thin_spot(maps, areas))


def _band(mean: float) -> int:
    return 0 if mean < LOW else 1 if mean <= HIGH else 2


def _thin_spot(maps: Sequence[Mapping[str, int]], areas: Collection[str]) -> str | None:
    """None when two are thinnest, and when it may well be chance."""
    totals = sorted((sum(each[area] for each in maps), area) for area in areas)
    (least, thinnest), (second, _) = totals[:2]
    if least == second:
        return None
    gaps = [_gap(each, thinnest, areas) for each in maps]
    error = stdev(gaps) / sqrt(len(gaps))
    return thinnest if fmean(gaps) >= max(GAP, ERRORS * error) else None


def _gap(levels: Mapping[str, int], area: str, areas: Collection[str]) -> float:
    """How far one person's level lies below the mean of their other areas."""
    return fmean(levels[each] for each in areas if each != area) - levels[area]
