"""When a million members want their weekly message, and the fullest hour of them planned.

The first part computes the next weekly time of each, in 41 zones. The second one promises 163,000
messages for one hour, by a job that does a part and promises the job for the next part. Meanwhile
somebody types `/principle 37` all the time, and every time their community is read again. Another
process does nothing but look how long the whole machine stands still at worst.

    python -m benchmarks.weekly_times [--members 1000000] [--peak 163000] [--rounds 3]
"""

import argparse
import asyncio
from datetime import timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Annotated, NamedTuple
from zoneinfo import available_timezones

from benchmarks.measure import (
    PRINCIPLE,
    NullPlatform,
    add_people,
    app_on,
    both,
    feature,
    machine,
    now,
    person_id,
    standstill,
)
from bot.app import App
from bot.context import Call, Context, Scene
from bot.outbox import Promise
from bot.replies import Card, Reply
from bot.schedule import WEEKDAYS, next_weekly

ZONES = 41
LOOK = 0.001
PART = 500
"""Promises of one job, so of one transaction: on SQLite everybody else waits for its end."""


class Planned(NamedTuple):
    """Seconds for the plan; milliseconds for the rest."""

    took: float
    longest_stall: float
    answer: float
    slowest_answer: float


@feature.delivery("plan", grace=timedelta(days=3))
async def plan(scene: Scene, hour: int, first: int, end: int) -> None:
    """Promise a message to a part of the members, and a job that goes on with the others."""
    then = min(first + PART, end)
    due = scene.now + timedelta(hours=1)
    await scene.outbox.later_many(
        Promise("say", f"weekly:{hour}:{number}", due, person_id(number))
        for number in range(first, then)
    )
    if then < end:
        key = f"plan:{hour}:{then}"
        await scene.outbox.later("plan", key=key, due=scene.now, hour=hour, first=then, end=end)


@feature.action("begin")
async def begin(
    ctx: Context, hour: Annotated[int, "Which hour"], end: Annotated[int, "Of how many"]
) -> Reply:
    await ctx.outbox.later("plan", key=f"plan:{hour}:0", due=ctx.now, hour=hour, first=0, end=end)
    return Reply(Card("Begun"))


def weekly_times(members: int) -> float:
    """Seconds for the next time of each."""
    chance = Random(ZONES)
    zones = chance.sample(sorted(available_timezones()), ZONES)
    wanted = [
        (chance.choice(zones), chance.choice(WEEKDAYS), chance.randrange(24), chance.randrange(60))
        for _ in range(members)
    ]
    moment = now()
    begun = perf_counter()
    for zone, weekday, hour, minute in wanted:
        next_weekly(zone, weekday, hour, minute, moment)
    return perf_counter() - begun


async def peak_hour(app: App, hour: int, peak: int) -> Planned:
    """Plan it, and watch the event loop and what somebody else waits for."""
    wish = {"hour": str(hour), "end": str(peak)}
    begun_well = await app.run(Call("begin", wish, PRINCIPLE.caller, PRINCIPLE.place))
    assert isinstance(begun_well, Reply), begun_well
    stalls: list[float] = []
    answers: list[float] = []
    watching = [asyncio.create_task(watch(stalls)), asyncio.create_task(ask(app, answers))]
    begun = perf_counter()
    await app.tick()
    took = perf_counter() - begun
    assert took > 0.001 * peak / PART, "nothing was planned"
    for task in watching:
        task.cancel()
    return Planned(took, max(stalls) * 1000, median(answers) * 1000, max(answers) * 1000)


async def watch(stalls: list[float]) -> None:
    """How long the event loop keeps a task waiting that wants to go on."""
    while True:
        begun = perf_counter()
        await asyncio.sleep(LOOK)
        stalls.append(perf_counter() - begun - LOOK)


async def ask(app: App, answers: list[float]) -> None:
    while True:
        app._homes.clear()  # else their community is remembered for half a minute
        begun = perf_counter()
        outcome = await app.run(PRINCIPLE)
        assert isinstance(outcome, Reply), outcome
        answers.append(perf_counter() - begun)
        await asyncio.sleep(0.005)


async def measure(members: int, peak: int, rounds: int) -> None:
    times = median(weekly_times(members) for _ in range(rounds))
    print(f"the next weekly time of {members:,} members in {ZONES} zones: {times:.1f} s")
    worst = []
    async with both() as databases:
        for name, database in databases.items():
            app = app_on(database, NullPlatform())
            await add_people(database, peak)
            with standstill() as still:
                plans = [await peak_hour(app, hour, peak) for hour in range(rounds)]
            took = median(plan.took for plan in plans)
            stall = median(plan.longest_stall for plan in plans)
            answer = median(plan.answer for plan in plans)
            slowest = median(plan.slowest_answer for plan in plans)
            worst.append((took, stall, slowest))
            print(
                f"{name:10} {peak:,} promised in {took:.1f} s; longest stall {stall:.0f} ms; "
                f"/principle {answer:.1f} ms, at worst {slowest:.0f} ms; "
                f"the machine itself stood still for {still()} ms"
            )
    took, stall, slowest = (max(column) for column in zip(*worst, strict=True))
    print(
        f"weekly_times: {members:,} times in {times:.1f} s, {peak:,} promised in {took:.1f} s with "
        f"a longest stall of {stall:.0f} ms and /principle after {slowest:.0f} ms at worst, on the "
        f"slower database; medians of {rounds} rounds, {machine()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.weekly_times", description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--peak", type=int, default=163_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    asyncio.run(measure(asked.members, asked.peak, asked.rounds))


if __name__ == "__main__":
    main()
