"""Claim, build, send, settle: rows a second to a platform that does nothing, against procrastinate.

Every row is settled by itself, right after it is sent. procrastinate runs as many trivial jobs on
the same PostgreSQL, as many at once. Then a million rows and jobs that are due tomorrow stand in
both queues, and they are measured again.

    python -m benchmarks.outbox_rate [--rounds 7] [--rows 1000] [--future 1000000]
"""

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Protocol

from benchmarks.measure import NullPlatform, add_rows, app_on, both, machine, now
from benchmarks.theirs import procrastinating
from bot.app import App
from bot.db import Database


class Side(Protocol):
    async def rate(self, rows: int) -> float:
        """Do so many; how many a second."""
        ...

    async def wait(self, future: int) -> None:
        """Let so many stand in the queue that are not due yet."""
        ...


@dataclass
class Outbox:
    """Ours, on one database."""

    database: Database
    app: App

    async def rate(self, rows: int) -> float:
        await add_rows(self.database, rows, now() - timedelta(minutes=1))
        begun = perf_counter()
        assert await self.app.tick() == rows
        return rows / (perf_counter() - begun)

    async def wait(self, future: int) -> None:
        await add_rows(self.database, future, now() + timedelta(days=1))


async def compare(rounds: int, rows: int, future: int) -> None:
    async with both() as databases, procrastinating(databases["PostgreSQL"]) as theirs:
        sides: dict[str, Side] = {
            name: Outbox(database, app_on(database, NullPlatform()))
            for name, database in databases.items()
        }
        sides["procrastinate"] = theirs
        alone = await measure(sides, rounds, rows)
        for side in sides.values():
            await side.wait(future)
        behind = await measure(sides, rounds, rows)
    for name in sides:
        print(f"{name:14}{alone[name]:7,.0f}/s   behind {future:,} waiting{behind[name]:7,.0f}/s")
    ours, procrastinate = alone["PostgreSQL"], alone["procrastinate"]
    print(
        f"outbox_rate: {ours / procrastinate:.1f} times procrastinate; behind {future:,} waiting "
        f"{behind['PostgreSQL'] / ours:.2f} of our own rate, and procrastinate "
        f"{behind['procrastinate'] / procrastinate:.3f} of its own; "
        f"medians of {rounds} rounds of {rows:,}, {machine()}"
    )


async def measure(sides: Mapping[str, Side], rounds: int, rows: int) -> dict[str, float]:
    """The median rate of each; they take turns."""
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            rates[name].append(await side.rate(rows))
    return {name: median(every) for name, every in rates.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.outbox_rate", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--future", type=int, default=1_000_000)
    asked = parser.parse_args()
    asyncio.run(compare(asked.rounds, asked.rows, asked.future))


if __name__ == "__main__":
    main()
