"""How good past ranges were, said also when they were not.

Pinball loss of a quantile is how far the outcome lies on its wrong side, weighted so that the true
quantile has the least (Gneiting and Raftery, JASA 102, 2007); the mean over quantiles is half the
continuous ranked probability score. Smaller is better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.numbers.figures import Share
from bot.numbers.forecast import QUANTILES


@dataclass(frozen=True, slots=True)
class Scored:
    """A range that was issued, what became of it, and what simple rules would have said."""

    quantiles: tuple[float, ...]
    outcome: float
    last_quarter: float | None = None
    mean_of_four: float | None = None


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


def score(forecasts: Sequence[Scored]) -> Score:
    """Raises ValueError without any."""
    if not forecasts:
        raise ValueError("There is nothing to score.")
    return Score(
        _held(forecasts, 0.25, 0.75),
        _held(forecasts, 0.1, 0.9),
        float(np.mean([_at(each, 0.9) - _at(each, 0.1) for each in forecasts])),
        float(np.mean([pinball(each.quantiles, each.outcome) for each in forecasts])),
        float(np.mean([abs(_at(each, 0.5) - each.outcome) for each in forecasts])),
        dict(_beside(forecasts)),
    )


def pinball(quantiles: Sequence[float], outcome: float) -> float:
    """Mean over QUANTILES."""
    said, share = np.array(quantiles), np.array(QUANTILES)
    apart = outcome - said
    return float(np.mean(np.maximum(share * apart, (share - 1) * apart)))


def _beside(forecasts: Sequence[Scored]) -> Iterable[tuple[str, tuple[float, float]]]:
    for rule in ("last_quarter", "mean_of_four"):
        known = [each for each in forecasts if getattr(each, rule) is not None]
        if known:
            theirs = [
                pinball([getattr(each, rule)] * len(QUANTILES), each.outcome) for each in known
            ]
            ours = [pinball(each.quantiles, each.outcome) for each in known]
            yield rule, (float(np.mean(theirs)), float(np.mean(ours)))


def _held(forecasts: Sequence[Scored], low: float, high: float) -> Share:
    inside = sum(_at(each, low) <= each.outcome <= _at(each, high) for each in forecasts)
    return Share(inside, len(forecasts))


def _at(scored: Scored, share: float) -> float:
    return scored.quantiles[QUANTILES.index(share)]
