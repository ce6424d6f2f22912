"""Whether ranges hold what they promise.

On made-up communities with a known truth: how often the 50 % and 80 % ranges of next quarter's
attendance hold it. On a real series, given as CSV (`group,event_date,rsvp_count`), by rolling
origin: from each quarter's start the next quarter is forecast from what lies before it, beside
last quarter's count, the mean of the last four, and two ranges of the last eight. First with the
number of its events known, as it is where somebody plans; then without, as those rules have it.

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
from bot.numbers.counts import level_of, people
from bot.numbers.plans import QUANTILES, Count, CountPrior, Guess, Score, Scored
from bot.numbers.scores import pinball, score

EIGHT = 8
EVENTS = CountPrior(Guess(4, 3.0), Guess(0.02, 4.0), Guess(0.15, 2.0))
"""In a quarter."""
MOST = 60


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


def unplanned(
    counts: Sequence[Count], held: Sequence[Count], as_of: date, seed: int
) -> tuple[float, ...]:
    """Where nobody knows how many events there will be: that number is a drifting count too."""
    chance = np.random.default_rng(seed)
    number = people(level_of(held, as_of, EVENTS, chance), [QUARTER // 2], chance).people
    most = int(max(1, min(np.quantile(number, 0.995), MOST)))
    ahead = [int((each + 0.5) * QUARTER / most) for each in range(most)]
    came = people(level_of(counts, as_of, CountPrior(), chance), ahead, chance).people
    turns = chance.random(came.shape).argsort(axis=1)
    whole = np.where(turns < number, came, 0).sum(axis=1)
    return tuple(float(q) for q in np.quantile(whole, QUANTILES, method="closest_observation"))


def rolling(
    name: str, counts: Sequence[Count], *, planned: bool
) -> Iterator[tuple[Scored, list[int]]]:
    """Each quarter that has eight before it, with those eight totals, oldest first. `planned`: the
    number of its events, and when they are, is known."""
    start = counts[0].day
    last = (counts[-1].day - start).days // QUARTER
    quarters: list[list[Count]] = [[] for _ in range(last + 1)]
    for each in counts:
        quarters[(each.day - start).days // QUARTER].append(each)
    totals = [sum(each.number for each in quarter) for quarter in quarters]
    for at in range(EIGHT, last):
        if planned and not quarters[at]:
            continue
        as_of = start + timedelta(days=at * QUARTER - 1)
        before = [each for each in counts if each.day <= as_of]
        ahead = [(each.day - as_of).days for each in quarters[at]]
        seed = crc32(f"{name} {at}".encode())
        if planned:
            said = quantiles(before, as_of, ahead, CountPrior(), seed)
        else:
            ends = [start + timedelta(days=(each + 1) * QUARTER - 1) for each in range(at)]
            held = [Count(end, len(events)) for end, events in zip(ends, quarters, strict=False)]
            said = unplanned(before, held, as_of, seed)
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


def real(path: Path, *, planned: bool) -> None:
    cases = [
        case
        for name, counts in read(path).items()
        for case in rolling(name, counts, planned=planned)
    ]
    if not cases:
        print("real: no group has nine quarters")
        return
    found = score([scored for scored, _ in cases])
    events = "known" if planned else "unknown"
    print(told(f"real, {len(cases)} quarters, events {events}", found))
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
        real(asked.csv, planned=True)
        real(asked.csv, planned=False)
    print(f"forecast_coverage: the 80 % range held at least {worst:.0%} of {asked.each} each")


if __name__ == "__main__":
    main()
