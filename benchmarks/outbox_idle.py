"""What a tick costs when nothing is due: with a thousand rows waiting, and with a million.

python -m benchmarks.outbox_idle [--ticks 500] [--few 1000] [--many 1000000]
"""

import argparse
import asyncio
from datetime import timedelta
from statistics import median
from time import perf_counter

from benchmarks.measure import NullPlatform, add_rows, app_on, both, machine, now
from bot.app import App


async def compare(ticks: int, few: int, many: int) -> None:
    ratios = []
    async with both() as databases:
        for name, database in databases.items():
            app = app_on(database, NullPlatform())
            await add_rows(database, few, now() + timedelta(days=1))
            light = await tick_of(app, ticks)
            await add_rows(database, many - few, now() + timedelta(days=1))
            heavy = await tick_of(app, ticks)
            ratios.append(f"{heavy / light:.2f} on {name}")
            print(f"{name:10} {light:.2f} ms at {few:,} rows   {heavy:.2f} ms at {many:,}")
    print(
        f"outbox_idle: an idle tick at {many:,} rows costs {' and '.join(ratios)} times one at "
        f"{few:,}; medians of {ticks} ticks, {machine()}"
    )


async def tick_of(app: App, ticks: int) -> float:
    """Milliseconds, the median."""
    times = []
    for _ in range(ticks):
        begun = perf_counter()
        assert await app.tick() == 0
        times.append(perf_counter() - begun)
    return median(times) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.outbox_idle", description=__doc__)
    parser.add_argument("--ticks", type=int, default=500)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=1_000_000)
    asked = parser.parse_args()
    asyncio.run(compare(asked.ticks, asked.few, asked.many))


if __name__ == "__main__":
    main()
