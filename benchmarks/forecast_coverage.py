"""Whether ranges hold what they promise.

On made-up communities with a known truth: how often the 50 % and 80 % ranges of next quarter's
attendance hold it. On a real series, given as CSV (`group,event_date,rsvp_count`), by rolling
origin: from each quarter's start the next quarter is forecast from what lies before it, beside
last quarter's count, the mean of the last four, and two ranges of the last eight.

    python -m benchmarks.forecast_coverage [--each 400] [--csv FILE]
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np

from benchmarks.made_up import KINDS, QUARTER, TODAY, Case, communities
from bot.numbers.backtest import quantiles
from bot.numbers.counts import Count, CountPrior
from bot.numbers.forecast import QUANTILES
from bot.numbers.scores import Score, Scored, pinball, score

EIGHT = 8


def made_up(case: Case) -> Scored:
    """Each with chances of its own, so that one unlucky draw does not spoil all."""
    seed = crc32(repr(case.ahead).encode())
    return Scored(quantiles(case.counts, TODAY, case.ahead, CountPrior(), seed), case.came)


def read(path: Path) -> dict[str, list[Count]]:
    groups: defaultdict[str, list[Count]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["event_date"][:10])
            groups[row["group"]].append(Count(day, int(row["rsvp_count"])))
    return {name: sorted(counts, key=lambda each: each.day) for name, counts in groups.items()}


def rolling(name: str, counts: Sequence[Count]) -> Iterator[tuple[Scored, list[int]]]:
    """Each quarter that has eight before it, with those eight totals, oldest first. How many
    events it will have is part of the plan and so is known; when in the quarter too."""
    start = counts[0].day
    last = (counts[-1].day - start).days // QUARTER
    quarters: list[list[Count]] = [[] for _ in range(last + 1)]
    for each in counts:
        quarters[(each.day - start).days // QUARTER].append(each)
    totals = [sum(each.number for each in quarter) for quarter in quarters]
    for at in range(EIGHT, last):
        if not quarters[at]:
            continue
        as_of = start + timedelta(days=at * QUARTER - 1)
        before = [each for each in counts if each.day <= as_of]
        ahead = [(each.day - as_of).days for each in quarters[at]]
        seed = crc32(f"{name} {at}".encode())
        said = quantiles(before, as_of, ahead, CountPrior(), seed)
        mean = float(np.mean(totals[at - 4 : at]))
        yield (
            Scored(said, totals[at], float(totals[at - 1]), mean),
            totals[at - EIGHT : at],
        )


def told(name: str, found: Score) -> str:
    return (
        f"{name:28} 50 %: {found.held_50.value:.0%}   80 %: {found.held_80.value:.0%} "
        f"({found.held_80.range.low:.0%}-{found.held_80.range.high:.0%}), "
        f"mean width {found.width:.1f}, mean error {found.error:.1f}, pinball {found.loss:.2f}"
    )


def real(path: Path) -> None:
    cases = [case for name, counts in read(path).items() for case in rolling(name, counts)]
    found = score([scored for scored, _ in cases])
    print(told(f"real, {len(cases)} quarters", found))
    for rule, (theirs, ours) in found.beside.items():
        print(f"  {rule}: pinball {theirs:.2f}, ours {ours:.2f}, skill {1 - ours / theirs:.2f}")
    for rule, low, high in (("min-max of 8", 0.0, 1.0), ("10-90 % of 8", 0.1, 0.9)):
        ends = [np.quantile(totals, [low, 0.5, high]) for _, totals in cases]
        outcomes = [scored.outcome for scored, _ in cases]
        held = np.mean([a <= y <= b for (a, _, b), y in zip(ends, outcomes, strict=True)])
        width = np.mean([b - a for a, _, b in ends])
        error = np.mean([abs(m - y) for (_, m, _), y in zip(ends, outcomes, strict=True)])
        loss = np.mean(
            [
                pinball(np.quantile(totals, QUANTILES).tolist(), scored.outcome)
                for scored, totals in cases
            ]
        )
        print(
            f"  {rule}: held {held:.0%}, mean width {width:.1f}, mean error {error:.1f}, "
            f"pinball {loss:.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.forecast_coverage", description=__doc__)
    parser.add_argument("--each", type=int, default=400)
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args()
    worst = 1.0
    for name, kind in KINDS.items():
        for quarters in (1, 3, 8, 16):
            cases = communities(kind, quarters, asked.each, 7)
            found = score([made_up(case) for case in cases])
            worst = min(worst, found.held_80.value)
            print(told(f"{name}, {quarters} quarters", found))
    if asked.csv:
        real(asked.csv)
    print(f"forecast_coverage: the 80 % range held at least {worst:.0%} of {asked.each} each")


if __name__ == "__main__":
    main()
