"""What a plan will bring, as ranges: one chain of draws from events to renewals.

Every draw is one possible quarter. It keeps its own numbers along the chain, so that a quarter with
many newcomers is also the one with many first demos. What a plan costs changes opportunities:
events, slots, host hours. What one more hour brings is the organisers' own assumption, and is
labelled so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
from scipy.optimize import isotonic_regression

from bot.numbers.chances import chance_of, of
from bot.numbers.counts import DRAWS, Ahead, Draws, level_of, people
from bot.numbers.demand import fills, reached, shown
from bot.numbers.plans import (
    BANDS,
    CHANCE,
    DRIFT,
    LEVEL,
    OUTCOMES,
    QUANTILES,
    QUARTER,
    SHARE,
    STOP,
    VERSION,
    Cases,
    Count,
    CountPrior,
    Forecast,
    Outlook,
    Plan,
    Priors,
    Records,
    SharePrior,
    Stop,
)

LEAST = 200
"""Draws that a level to stop at has to rest on."""


@dataclass(frozen=True, slots=True)
class Part:
    """One outcome's draws: by events, or in one column. `causes` has what varied with each draw.
    Of what organisers assume on top, so many fit."""

    draws: Draws
    causes: Mapping[str, Draws]
    fits: float | None = None

    @property
    def whole(self) -> Draws:
        return np.asarray(self.draws.sum(axis=1))


def forecast(plan: Plan, records: Records, priors: Priors, as_of: date, seed: int) -> Forecast:
    """Ranges for every outcome of a plan. The events are in order of their day, none before
    `as_of`."""
    parts = _chain(plan, records, priors, as_of, seed)
    known = _rests_on(records)
    outlooks = [
        _outlook(plan, name, parts[name], known[name]) for name in OUTCOMES if name in parts
    ]
    return Forecast(as_of, VERSION, seed, tuple(outlooks), _fan(parts["attendance"].draws))


def _chain(plan: Plan, records: Records, priors: Priors, as_of: date, seed: int) -> dict[str, Part]:
    """By outcome. Each keeps the draws of what it comes from, and has chances of its own: what
    changes for one outcome moves those that come from it, and no other."""
    ahead = [max(0, (day - as_of).days) for day in plan.events]
    quarters = ahead[len(ahead) // 2] / QUARTER if ahead else 0.5
    found: dict[str, Part] = {}

    def count(name: str, counts: Sequence[Count], prior: CountPrior) -> None:
        chance = _chances(seed, name)
        drawn = people(level_of(counts, as_of, prior, chance), ahead, chance)
        more = _more(drawn.people, plan.extra.get(name, 0.0), chance)
        found[name] = Part(more, _causes_of(drawn))

    def share(
        name: str,
        wholes: Draws,
        cases: Sequence[Cases],
        prior: SharePrior,
        *comes_from: str,
        spans: float = 1.0,
    ) -> None:
        chance = _chances(seed, name)
        shares = chance_of(cases, as_of, prior, quarters).shares(DRAWS, chance)
        drawn = of(wholes, 1 - (1 - shares) ** spans, chance)
        causes = {each: found[each].whole for each in comes_from}
        found[name] = Part(drawn, causes | {SHARE: shares[:, 0]})

    def draws(name: str) -> Draws:
        return found[name].draws

    count("attendance", records.attendance, priors.attendance)
    share("newcomers", draws("attendance"), records.newcomers, priors.newcomers, "attendance")
    chance = _chances(seed, "demos")
    known = tuple(fills(records.slots, as_of, priors.slots, plan.slots, quarters))
    reach = reached(known, chance)
    alone = shown(reach, len(ahead), _chances(seed, "demos at events"))
    extra = _more(alone, plan.extra.get("demos", 0.0), _chances(seed, "more demos"))
    more = np.minimum(extra, plan.slots)
    found["demos"] = Part(
        more, {SHARE: reach.sum(axis=1)}, fits=float((more - alone).sum() / DRAWS)
    )
    share("first_demos", more, records.first_demos, priors.first_demos, "demos")
    share("feedback", more, records.feedback, priors.feedback, "demos")
    count("sparks", records.sparks, priors.sparks)
    under_way = (found["demos"].whole + found["sparks"].whole + plan.begun).reshape(-1, 1)
    long = max(1, (plan.end - plan.start).days) / QUARTER
    share("ships", under_way, records.ships, priors.ships, "demos", "sparks", spans=long)
    if plan.terms:
        terms = np.full((DRAWS, 1), float(plan.terms))
        share("renewals", terms, records.renewals, priors.renewals)
    return found


def _chances(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()),)))


def _causes_of(drawn: Ahead) -> dict[str, Draws]:
    """What is not known of today, and what may change until then."""
    today = drawn.now * drawn.usual.shape[1]
    return {LEVEL: today, DRIFT: drawn.usual.sum(axis=1) - today}


def _fan(draws: Draws) -> tuple[tuple[float, ...], ...]:
    so_far = np.quantile(draws.cumsum(axis=1), BANDS, axis=0, method="closest_observation")
    return tuple(tuple(float(each) for each in event) for event in so_far.T)


def _more(draws: Draws, extra: float, chance: np.random.Generator) -> Draws:
    """What organisers assume on top, spread over the events, as a count with its own chance."""
    if extra <= 0 or draws.shape[1] == 0:
        return draws
    return draws + chance.poisson(extra / draws.shape[1], draws.shape)


def _rests_on(records: Records) -> dict[str, int]:
    """Events for counts and demos, cases for shares."""
    shares = {
        "newcomers": records.newcomers,
        "first_demos": records.first_demos,
        "feedback": records.feedback,
        "ships": records.ships,
        "renewals": records.renewals,
    }
    found = {name: sum(each.whole for each in cases) for name, cases in shares.items()}
    counts = {
        "attendance": records.attendance,
        "demos": records.slots,
        "sparks": records.sparks,
    }
    return found | {name: len(events) for name, events in counts.items()}


def _outlook(plan: Plan, name: str, part: Part, rests_on: int) -> Outlook:
    draws = part.whole
    target = plan.targets.get(name)
    quantiles = np.quantile(draws, QUANTILES, method="closest_observation")
    return Outlook(
        name,
        tuple(float(each) for each in quantiles),
        rests_on,
        target,
        float((draws >= target).mean()) if target is not None else None,
        _cost(plan, draws),
        _drivers(part),
        _stop(plan, part.draws, target) if target is not None else None,
        part.fits,
    )


def _cost(plan: Plan, draws: Draws) -> tuple[float | None, float | None, float | None] | None:
    """Dearer means fewer: the quantiles of the price are those of the count, turned round."""
    if not plan.money:
        return None
    low, middle, high = np.quantile(draws, [0.9, 0.5, 0.1], method="closest_observation")
    return _price(plan, low), _price(plan, middle), _price(plan, high)


def _price(plan: Plan, number: float) -> float | None:
    return float(plan.money / number) if number > 0 else None


def _drivers(part: Part) -> tuple[tuple[str, float], ...]:
    """By squared rank correlation; what no cause accounts for is chance."""
    whole = part.whole
    if not np.ptp(whole):
        return ()
    found = {
        cause: float(np.corrcoef(_ranks(whole), _ranks(draws))[0, 1] ** 2)
        for cause, draws in part.causes.items()
        if np.ptp(draws)
    }
    found[CHANCE] = max(0.0, 1 - sum(found.values()))
    return tuple(sorted(found.items(), key=lambda each: -each[1]))


def _ranks(draws: Draws) -> Draws:
    """Equal ones share theirs. By hand, as scipy.stats alone takes longer to load than all else."""
    _, at, there = np.unique(draws, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(there) - there / 2)[at])


def _stop(plan: Plan, parts: Draws, target: int) -> Stop | None:
    """The count at half-time from which on the target is reached often enough. Asked at the count
    itself, as the best chance that never falls while the count rises: an average over all that is
    lower would let a plan die that can still be saved."""
    half = parts.shape[1] // 2
    if half == 0 or len(plan.events) != parts.shape[1]:
        return None
    by_then, reached = parts[:, :half].sum(axis=1), parts.sum(axis=1) >= target
    levels, at, draws = np.unique(by_then, return_inverse=True, return_counts=True)
    chances = isotonic_regression(np.bincount(at, reached) / draws, weights=draws).x
    below = int(np.searchsorted(chances, STOP))
    if reached.mean() < STOP or draws[:below].sum() < LEAST:
        return None
    return Stop(plan.events[half - 1], int(levels[below]), half)
