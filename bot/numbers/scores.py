"""How good past ranges were, said also when they were not.

Pinball loss of a quantile is how far the outcome lies on its wrong side, weighted so that the true
quantile has the least (Gneiting and Raftery, JASA 102, 2007); the mean over quantiles is half the
continuous ranked probability score. Smaller is better.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean

from bot.numbers.figures import Share
from bot.numbers.plans import QUANTILES, Score, Scored


def score(forecasts: Sequence[Scored]) -> Score:
    """Raises ValueError without any."""
    if not forecasts:
        raise ValueError("There is nothing to score.")
    return Score(
        _held(forecasts, 0.25, 0.75),
        _held(forecasts, 0.1, 0.9),
        fmean(each.at(0.9) - each.at(0.1) for each in forecasts),
        fmean(pinball(each.quantiles, each.outcome) for each in forecasts),
        fmean(abs(each.at(0.5) - each.outcome) for each in forecasts),
        dict(_beside(forecasts)),
    )


def pinball(quantiles: Sequence[float], outcome: float) -> float:
    """Mean over QUANTILES."""
    pairs = zip(QUANTILES, quantiles, strict=True)
    return fmean(
        max(share * (outcome - said), (share - 1) * (outcome - said)) for share, said in pairs
    )


def _beside(forecasts: Sequence[Scored]) -> Iterable[tuple[str, tuple[float, float]]]:
    for rule in ("last_quarter", "mean_of_four"):
        known = [each for each in forecasts if getattr(each, rule) is not None]
        if known:
            theirs = [
                pinball([getattr(each, rule)] * len(QUANTILES), each.outcome) for each in known
            ]
            ours = [pinball(each.quantiles, each.outcome) for each in known]
            yield rule, (fmean(theirs), fmean(ours))


def _held(forecasts: Sequence[Scored], low: float, high: float) -> Share:
    inside = sum(each.at(low) <= each.outcome <= each.at(high) for each in forecasts)
    return Share(inside, len(forecasts))
