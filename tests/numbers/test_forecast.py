"""Ranges: they hold what they promise on communities whose truth is known, and stay the same."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.forecast_coverage import (
    NARROWER,
    WIDER,
    WITHIN,
    made_up,
    made_up_demos,
    rolling,
    verdict,
)
from benchmarks.made_up import DEMANDS, KINDS, communities, shows
from bot.numbers.chances import chance_of
from bot.numbers.demand import fills, reached
from bot.numbers.figures import Share
from bot.numbers.forecast import _chain, forecast
from bot.numbers.plans import (
    OUTCOMES,
    QUANTILES,
    Cases,
    Count,
    CountPrior,
    Forecast,
    Guess,
    Outlook,
    Plan,
    Priors,
    Records,
    Scored,
    SharePrior,
)
from bot.numbers.scores import pinball, score

T = date(2026, 6, 1)
WIDEST = 1.6
"""Times the range of somebody who knows how much there is spread and drift."""
FORTNIGHT = timedelta(days=14)


def days(number: int) -> tuple[date, ...]:
    return tuple(T + n * FORTNIGHT for n in range(1, number + 1))


PLAN = Plan(T, T + timedelta(days=91), days(6), slots=6, targets={"attendance": 150}, terms=2)


def records(level: int = 25, events: int = 30) -> Records:
    chance = np.random.default_rng(3)
    nights = [T - n * FORTNIGHT for n in range(1, events + 1)]
    counts = [Count(night, int(chance.poisson(level))) for night in nights]
    return Records(
        attendance=counts,
        newcomers=[Cases(each.day, each.number // 4, each.number) for each in counts],
        slots=[Cases(each.day, 4, 6) for each in counts],
    )


def said(plan: Plan = PLAN, known: Records | None = None) -> Forecast:
    return forecast(plan, known or records(), Priors(), T, seed=11)


@pytest.mark.parametrize("kind", KINDS)
def test_ranges_hold_what_they_promise(kind: str) -> None:
    """Over 60 communities it may be chance when 70 % or 37 % hold; fewer would be wrong ranges.
    Wide ones hold too, so they are measured by those of somebody who has but the level to learn."""
    true, cases = KINDS[kind], list(communities(KINDS[kind], 6, 60, seed=5))
    found = score([made_up(case) for case in cases])
    assert verdict(found) != NARROWER
    told = CountPrior(spread=Guess(true.spread, 1.02), drift=Guess(max(true.drift, 0.003), 1.02))
    best = score([made_up(case, told) for case in cases[:20]])
    ours = score([made_up(case) for case in cases[:20]])
    assert ours.width < WIDEST * best.width


def test_a_range_is_judged_by_more_than_chance() -> None:
    def judged(half: int, wide: int, number: int) -> str:
        ends = tuple(0.0 if each < 0.5 else 1.0 for each in QUANTILES)
        some = score([Scored(ends, 0.5)])
        held = {"held_50": Share(half, number), "held_80": Share(wide, number)}
        return verdict(replace(some, **held))

    assert judged(46, 76, 100) == WITHIN
    assert judged(41, 80, 100) == WITHIN
    assert judged(441, 800, 1000) == NARROWER
    assert judged(500, 740, 1000) == NARROWER
    assert judged(560, 800, 1000) == WIDER
    assert judged(560, 740, 1000) == NARROWER


def test_a_real_series_is_seen_from_the_first_day_of_each_quarter() -> None:
    """What comes later changes nothing that was said before, whether or not events are planned."""
    start = date(2020, 1, 1)
    counts = [Count(start + timedelta(days=14 * n), 20 + n % 5) for n in range(72)]
    changed = [replace(each, number=500) if n > 60 else each for n, each in enumerate(counts)]
    for planned in (True, False):
        here, there = (list(rolling("A", each, planned=planned)) for each in (counts, changed))
        assert [len(each.before) for each in here] == [8, 8]
        assert here[0] == there[0]
        assert here[1].scored.quantiles == there[1].scored.quantiles
        assert here[1].scored.outcome < there[1].scored.outcome


def test_the_same_records_say_the_same() -> None:
    assert said() == said()


def test_every_outcome_has_a_range_in_order() -> None:
    found = said()
    assert [each.outcome for each in found.outlooks] == list(OUTCOMES)
    for each in found.outlooks:
        assert len(each.quantiles) == len(QUANTILES)
        assert all(a <= b for a, b in pairwise(each.quantiles))


def test_without_records_it_is_the_priors_range_and_says_so() -> None:
    known, unknown = said().outlooks[0], said(known=Records()).outlooks[0]
    assert unknown.rests_on == 0
    assert unknown.at(0.9) - unknown.at(0.1) > 3 * (known.at(0.9) - known.at(0.1))


def test_draws_are_shared_along_the_chain() -> None:
    newcomers = next(each for each in said().outlooks if each.outcome == "newcomers")
    assert dict(newcomers.drivers)["attendance"] > 0.02
    assert newcomers.at(0.95) <= said().outlooks[0].at(0.95)


def demos(plan: Plan, known: Records | None = None) -> Outlook:
    return next(each for each in said(plan, known).outlooks if each.outcome == "demos")


def test_demos_fit_their_slots_and_what_is_assumed_finds_as_many_as_are_free() -> None:
    found = demos(replace(PLAN, extra={"demos": 100.0}))
    assert found.at(0.95) == 36
    assert found.fits
    assert 5 < found.fits < 20


def test_slots_bring_no_presenters() -> None:
    """Where 4 were shown at each event and more might have been, more slots bring no more. Where
    all 4 slots were filled, nobody knows how many more would be, and the range is wide."""
    few, many = (demos(replace(PLAN, slots=slots)) for slots in (6, 50))
    assert many.at(0.9) <= few.at(0.9) + 3
    full = Records(slots=[Cases(each.day, 4, 4) for each in records().slots])
    assert demos(replace(PLAN, slots=4), full).at(0.1) >= 20
    open_end = demos(replace(PLAN, slots=8), full)
    assert 24 < open_end.at(0.1) < 34 < open_end.at(0.9) <= 48


def test_the_first_guess_is_of_four_slots() -> None:
    for share in (0.1, 0.5, 0.75, 0.99):
        chances = fills([], T, SharePrior(share, 1e9), 4, 0.5)
        reach = reached(tuple(chances), np.random.default_rng(1))
        assert reach.mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("kind", DEMANDS)
@pytest.mark.parametrize("slots", [4, 8])
def test_ranges_of_demos_hold_what_they_promise(kind: str, slots: int) -> None:
    """Also with more slots than any event on record had."""
    cases = shows(DEMANDS[kind], slots, quarters=6, number=60, seed=5)
    assert verdict(score([made_up_demos(case) for case in cases])) != NARROWER


def test_a_target_has_a_chance_and_a_level_to_stop_at() -> None:
    found = said().outlooks[0]
    assert found.reaches
    assert 0.2 < found.reaches < 0.8
    assert found.stop
    assert found.stop.by == PLAN.events[2]
    assert found.stop.below < 75
    assert said(replace(PLAN, targets={"attendance": 10})).outlooks[0].reaches == 1


@pytest.mark.parametrize("known", [records(), records(events=1), Records()])
@pytest.mark.parametrize("hope", [150, 170, 200])
def test_at_the_level_to_stop_at_the_hope_is_nearly_lost_and_above_it_is_not(
    known: Records, hope: int
) -> None:
    """Not on average below it: then a plan would be stopped that can still be saved."""
    plan = replace(PLAN, targets={"attendance": hope})
    draws = _chain(plan, known, Priors(), T, 11)["attendance"].draws
    by_then, whole = draws[:, :3].sum(axis=1), draws.sum(axis=1)
    found = said(plan, known).outlooks[0]
    if found.reaches is not None and found.reaches < 0.1:
        assert found.is_hopeless
        assert found.stop is None
        return
    assert found.stop
    level = found.stop.below
    under = whole[(by_then >= level - 4) & (by_then < level)]
    above = whole[(by_then >= level) & (by_then < level + 4)]
    assert 0.03 < (under >= hope).mean() < 0.12
    assert 0.08 < (above >= hope).mean() < 0.3


@pytest.mark.parametrize("known", [records(), records(events=1), Records()])
def test_where_hardly_any_plan_reaches_it_no_level_is_named(known: Records) -> None:
    found = said(replace(PLAN, targets={"attendance": 100_000}), known).outlooks[0]
    assert found.is_hopeless
    assert found.stop is None


def test_an_assumption_moves_only_what_comes_of_it() -> None:
    before = {each.outcome: each.quantiles for each in said().outlooks}
    after = said(replace(PLAN, extra={"demos": 10.0})).outlooks
    moved = {each.outcome for each in after if each.quantiles != before[each.outcome]}
    assert moved == {"demos", "first_demos", "feedback", "ships"}


def test_money_has_a_price_for_each() -> None:
    cost = said(replace(PLAN, money=150_000, currency="EUR")).outlooks[0].cost
    assert cost
    low, middle, high = (each or 0 for each in cost)
    assert 0 < low < middle < high


def test_a_plan_without_events_brings_nobody() -> None:
    found = said(replace(PLAN, events=()))
    assert found.outlooks[0].at(0.95) == 0
    assert found.outlooks[0].stop is None


def test_ranges_widen_with_the_horizon() -> None:
    near = said(replace(PLAN, events=days(1))).outlooks[0]
    far = said(replace(PLAN, events=(T + timedelta(days=364),))).outlooks[0]
    assert far.at(0.9) - far.at(0.1) > near.at(0.9) - near.at(0.1)


def test_old_cases_weigh_less() -> None:
    old = [Cases(T - timedelta(days=900), 90, 100)]
    new = [Cases(T - timedelta(days=10), 10, 100)]
    assert chance_of(old + new, T, SharePrior(0.5)).share < 0.3


def test_scores_are_worked_out_by_hand() -> None:
    flat = tuple(10.0 for _ in QUANTILES)
    assert pinball(flat, 10) == 0
    assert pinball(flat, 20) == pytest.approx(5)
    spread = tuple(float(n) for n in range(1, 20))
    found = score([Scored(spread, 10, last_quarter=12), Scored(spread, 19)])
    assert (found.held_50.part, found.held_80.part, found.held_80.whole) == (1, 1, 2)
    assert found.width == 16
    assert found.beside["last_quarter"][0] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="nothing to score"):
        score([])
