"""Whether ranges hold what they promise, and whether simpler rules would do as well.

On made-up communities with a known truth: how often the 50 % and 80 % ranges of next quarter's
attendance hold it, with a standard error and a verdict. A range is `within` 5 points of its
promise, or `wider` with the reason, or `narrower`, and then the benchmark fails. The same for the
demos shown, with as many slots as events on record had, and with more.

On the same communities and on a real series, given as CSV (`group,event_date,rsvp_count`) and seen
by rolling origin from each quarter's start: beside the last quarter, the mean of the last four, and
two ranges of the last eight, for as many events as are planned; these ranges also as they were. How
wide ours are is told at the coverage of theirs. The CSV is gone through once with the number of
events known, as it is where somebody plans, and once without.

    python -m benchmarks.forecast_coverage [--each 1000] [--seed 7] [--kind NAME] [--csv FILE]
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from statistics import fmean
from zlib import crc32

import numpy as np

from benchmarks.made_up import (
    DEMANDS,
    KINDS,
    QUARTER,
    TODAY,
    Case,
    Kind,
    Shows,
    communities,
    shows,
)
from bot.numbers.backtest import quantiles, times
from bot.numbers.demand import fills, reached, shown
from bot.numbers.figures import Share
from bot.numbers.plans import QUANTILES, Count, CountPrior, Guess, Priors, Score, Scored
from bot.numbers.scores import pinball, score

EIGHT = 8
QUARTERS = (1, 3, EIGHT, 16)
OURS = CountPrior()
SLOTS = Priors().slots
PLANNED = (4, 8)
"""Demo slots at each event: as many as there were, and more than there ever were."""
WHOLE_QUARTER = CountPrior(Guess(80, 4.0))
"""Where nobody knows how many events there will be, a quarter is one count."""
POINTS = 0.05
WITHIN, WIDER, NARROWER = "within", "wider", "narrower"


@dataclass(frozen=True)
class Beside:
    """A range of ours, the people at each event of the eight quarters before it, and how many
    events were planned; None where nobody knew."""

    scored: Scored
    before: list[list[int]]
    planned: int | None


Rule = Callable[[Beside], list[float]]
"""Eight quarters to draw a range from."""


def made_up(case: Case, prior: CountPrior = OURS) -> Scored:
    """Each with chances of its own, so that one unlucky draw does not spoil all."""
    seed = crc32(repr(case.ahead).encode())
    return Scored(quantiles(case.counts, TODAY, case.ahead, prior, seed), case.came)


def made_up_demos(case: Shows) -> Scored:
    """As the chain draws them."""
    chance = np.random.default_rng(crc32(repr(case.ahead).encode()))
    quarters = case.ahead[len(case.ahead) // 2] / QUARTER
    chances = fills(case.nights, TODAY, SLOTS, case.slots, quarters)
    draws = shown(reached(tuple(chances), chance), len(case.ahead), chance).sum(axis=1)
    said = np.quantile(draws, QUANTILES, method="closest_observation")
    return Scored(tuple(float(each) for each in said), case.came)


def in_quarters(counts: Sequence[Count], start: date, number: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(number)]
    for each in counts:
        found[(each.day - start).days // QUARTER].append(each.number)
    return found


def beside(case: Case, said: Scored) -> Beside:
    start = TODAY - timedelta(days=EIGHT * QUARTER)
    before = in_quarters(case.counts, start, EIGHT)
    rules = for_as_many(before, len(case.ahead))
    return Beside(Scored(said.quantiles, said.outcome, *rules), before, len(case.ahead))


def for_as_many(
    before: Sequence[Sequence[int]], planned: int | None
) -> tuple[float | None, float | None]:
    """Like the last quarter, and like the last four: event by event where it is known how many are
    planned, else as they were."""
    if planned is not None:
        return times(planned, before[-1:]), times(planned, before[-4:])
    totals = [float(sum(each)) for each in before[-4:]]
    return totals[-1], fmean(totals)


def read(path: Path) -> dict[str, list[Count]]:
    groups: defaultdict[str, list[Count]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["event_date"][:10])
            groups[row["group"]].append(Count(day, int(row["rsvp_count"])))
    return {name: sorted(counts, key=lambda each: each.day) for name, counts in groups.items()}


def rolling(name: str, counts: Sequence[Count], *, planned: bool) -> Iterator[Beside]:
    """Each quarter that has eight before it. `planned`: the number of its events, and when they
    are, is known. The last one is left out, as it may not be over."""
    start = counts[0].day
    last = (counts[-1].day - start).days // QUARTER
    quarters = in_quarters(counts, start, last + 1)
    totals = [sum(each) for each in quarters]
    middles = [start + timedelta(days=at * QUARTER + QUARTER // 2) for at in range(last + 1)]
    wholes = [Count(day, total) for day, total in zip(middles, totals, strict=True)]
    for at in range(EIGHT, last):
        if planned and not quarters[at]:
            continue
        as_of = start + timedelta(days=at * QUARTER - 1)
        end = as_of + timedelta(days=QUARTER)
        known, prior = (counts, OURS) if planned else (wholes, WHOLE_QUARTER)
        ahead = [(each.day - as_of).days for each in known if as_of < each.day <= end]
        past = [each for each in known if each.day <= as_of]
        said = quantiles(past, as_of, ahead, prior, crc32(f"{name} {at}".encode()))
        known_number = len(quarters[at]) if planned else None
        yield Beside(
            Scored(said, totals[at], *for_as_many(quarters[at - EIGHT : at], known_number)),
            quarters[at - EIGHT : at],
            known_number,
        )


def as_they_were(each: Beside) -> list[float]:
    return [float(sum(quarter)) for quarter in each.before]


def as_planned(each: Beside) -> list[float]:
    """What each quarter had at an event, times the events that are planned."""
    return [(each.planned or 0) * fmean(quarter) for quarter in each.before if quarter] or [0.0]


def held(found: Score) -> str:
    return f"50 %: {_held(found.held_50)}   80 %: {_held(found.held_80)}"


def told(found: Score) -> str:
    return (
        f"{held(found)}, mean width {found.width:.1f}, mean error {found.error:.1f}, "
        f"pinball {found.loss:.2f}"
    )


def _held(share: Share) -> str:
    return f"{share.value:.1%} ± {100 * _error(share.value, share.whole):.1f}"


def _error(share: float, number: int) -> float:
    return sqrt(share * (1 - share) / number)


def verdict(found: Score) -> str:
    """What two standard errors may explain is no finding."""
    gaps = []
    for share, promised in ((found.held_50, 0.5), (found.held_80, 0.8)):
        gap = share.value - promised
        sure = abs(gap) > max(POINTS, 2 * _error(promised, share.whole))
        gaps.append(gap if sure else 0.0)
    if min(gaps) < 0:
        return NARROWER
    return WIDER if max(gaps) > 0 else WITHIN


def why_wider(kind: Kind, cases: Sequence[Case]) -> str:
    """Ranges that are told the truth are as narrow as any could be. An outcome on the end of a
    range lies inside, which tells where ranges are a few whole numbers."""
    truth = CountPrior(spread=Guess(kind.spread, 1.02), drift=Guess(max(kind.drift, 0.003), 1.02))
    best = [made_up(case, truth) for case in cases]
    found = score(best)
    if verdict(found) == WITHIN:
        return f"drift and spread are to be learned; told them, {held(found)}, {found.width:.1f}"
    halves = " and ".join(f"{_by_half(best, low):.1%}" for low in (0.25, 0.1))
    return f"whole numbers; told drift and spread, ends counted by half, {halves}"


def _by_half(said: Sequence[Scored], low: float) -> float:
    ends = [_ends(each, 1 - 2 * low) for each in said]
    return fmean(
        ((a <= each.outcome <= b) + (a < each.outcome < b)) / 2
        for (a, b), each in zip(ends, said, strict=True)
    )


def _ends(said: Scored, share: float) -> tuple[float, float]:
    low, high = np.interp([0.5 - share / 2, 0.5 + share / 2], QUANTILES, said.quantiles)
    return float(low), float(high)


def compare(cases: Sequence[Beside]) -> None:
    found = score([each.scored for each in cases])
    for name, (theirs, ours) in found.beside.items():
        print(f"    {name}: pinball {theirs:.2f}, skill {1 - ours / theirs:.2f}")
    rules: list[tuple[str, Rule]] = [("", as_they_were)]
    if all(each.planned is not None for each in cases):
        rules.append((", for the events planned", as_planned))
    for words, rule in rules:
        for name, low, high in (("min-max of 8", 0.0, 1.0), ("10-90 % of 8", 0.1, 0.9)):
            print(f"    {name}{words}: {_against(cases, rule, low, high)}")


def _against(cases: Sequence[Beside], rule: Rule, low: float, high: float) -> str:
    drawn = [rule(each) for each in cases]
    outcomes = [each.scored.outcome for each in cases]
    ends = [np.quantile(each, [low, 0.5, high]) for each in drawn]
    inside = fmean(a <= y <= b for (a, _, b), y in zip(ends, outcomes, strict=True))
    width = fmean(b - a for a, _, b in ends)
    error = fmean(abs(m - y) for (_, m, _), y in zip(ends, outcomes, strict=True))
    theirs = fmean(
        pinball(np.quantile(each, QUANTILES).tolist(), y)
        for each, y in zip(drawn, outcomes, strict=True)
    )
    ours = fmean(pinball(each.scored.quantiles, each.scored.outcome) for each in cases)
    return (
        f"held {inside:.1%}, mean width {width:.1f}, mean error {error:.1f}, "
        f"pinball {theirs:.2f}, skill {1 - ours / theirs:.2f}; {_as_often(cases, inside, width)}"
    )


def _as_often(cases: Sequence[Beside], share: float, width: float) -> str:
    """Our narrowest range that holds as often as theirs, or our widest, when none does."""
    for level in np.arange(0.02, QUANTILES[-1] - QUANTILES[0] + 0.001, 0.01):
        ends = [_ends(each.scored, level) for each in cases]
        outcomes = [each.scored.outcome for each in cases]
        inside = fmean(a <= y <= b for (a, b), y in zip(ends, outcomes, strict=True))
        if inside >= share:
            break
    ours = fmean(b - a for a, b in ends)
    often = "as often" if inside >= share else f"less often, {inside:.1%}"
    against = f" ({ours / width - 1:+.0%})" if width else ""
    return f"our {level:.0%} range holds {often}, mean width {ours:.1f}{against}"


def on_made_up(name: str, each: int, seed: int) -> bool:
    """Whether no range is narrower than it promises."""
    kind, good = KINDS[name], True
    for quarters in QUARTERS:
        cases = list(communities(kind, quarters, each, seed))
        said = [made_up(case) for case in cases]
        found = score(said)
        judged = verdict(found)
        reason = f": {why_wider(kind, cases)}" if judged == WIDER else ""
        good &= judged != NARROWER
        print(f"{name}, {quarters} quarters: {told(found)}\n    {judged}{reason}", flush=True)
        if quarters == EIGHT:
            compare([beside(case, one) for case, one in zip(cases, said, strict=True)])
    return good


def on_demos(name: str, each: int, seed: int) -> bool:
    """The same for demos, which their slots end."""
    good = True
    for quarters in QUARTERS:
        for slots in PLANNED:
            cases = shows(DEMANDS[name], slots, quarters, each, seed)
            found = score([made_up_demos(case) for case in cases])
            judged = verdict(found)
            good &= judged != NARROWER
            print(f"{name}, {quarters} quarters, {slots} slots: {told(found)}; {judged}")
    return good


def on_real(path: Path, *, planned: bool) -> None:
    cases = [
        case
        for name, counts in read(path).items()
        for case in rolling(name, counts, planned=planned)
    ]
    if not cases:
        print("real: no group has nine quarters")
        return
    found = score([each.scored for each in cases])
    events = "known" if planned else "unknown"
    print(f"real, {len(cases)} quarters, number of events {events}: {told(found)}")
    compare(cases)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.forecast_coverage", description=__doc__)
    parser.add_argument("--each", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kind", choices=[*KINDS, *DEMANDS], action="append")
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args()
    narrow = [
        name
        for name in asked.kind or [*KINDS, *DEMANDS]
        if not (on_made_up if name in KINDS else on_demos)(name, asked.each, asked.seed)
    ]
    if asked.csv:
        on_real(asked.csv, planned=True)
        on_real(asked.csv, planned=False)
    if narrow:
        raise SystemExit(f"forecast_coverage: narrower than promised: {', '.join(narrow)}")
    print(
        f"forecast_coverage: no range is narrower than promised, of {asked.each} communities each"
    )


if __name__ == "__main__":
    main()
