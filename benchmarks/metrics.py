"""How long all figures and the flywheel take, from the tables on, as a community grows.

Ten years of evenings of 200 people, each of whom had said yes. Beside it one plain count of those
who were there, which is the least that a database can do for any of these numbers.
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.measure import add_people, app_on, both, machine, new_id, now, person_id, tidy
from bot.context import Scene
from bot.db import Database, Table
from bot.features.events.model import CLOSED, COMING, Attendance, Event, Rsvp
from bot.features.metrics import history
from bot.numbers.flywheel import wheel
from bot.numbers.metrics import figures
from bot.people import Community

SIZES = (10_000, 100_000, 1_000_000)
EVENING = 200
PEOPLE = 20_000
YEARS = 10
ROUNDS = 5
AIM_SECONDS = 2.0


async def fill(database: Database, community: Community, start: int, end: int, whole: int) -> None:
    """Evenings from `start` to `end` of `whole`; who comes walks through all the people."""
    for number in range(start, end):
        ago = timedelta(days=365 * YEARS * (number + 1) / whole)
        event = {
            "id": f"evening.{number}",
            "community_id": community.id,
            "title": "Demo night",
            "starts_at": now() - ago,
            "minutes": 120,
            "spot": "a/b",
            "status": CLOSED,
            "code": "1",
            "created_at": now(),
        }
        step = 1 + number % 97
        people = [person_id((number * 31 + each * step) % PEOPLE) for each in range(EVENING)]
        here = [
            {
                "id": new_id(),
                "event_id": event["id"],
                "person_id": person,
                "name": "",
                "present": True,
                "via": "code",
                "noted_at": now(),
            }
            for person in people
        ]
        coming = [
            {
                "event_id": event["id"],
                "person_id": person,
                "answer": COMING,
                "waiting": False,
                "turn": 0,
                "answered_at": now(),
            }
            for person in people
        ]
        async with database.transaction() as session:
            await _insert(session, Event, [event])
            await _insert(session, Attendance, here)
            await _insert(session, Rsvp, coming)


async def _insert(session: Any, table: type[Table], rows: list[dict[str, Any]]) -> None:
    await session.execute(insert(table), rows)


async def median(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds on the clock and of our own processor time: a shared machine stretches the first."""
    rounds = []
    for _ in range(ROUNDS):
        began, worked = perf_counter(), process_time()
        await work()
        rounds.append((perf_counter() - began, process_time() - worked))
    clock, own = zip(*rounds, strict=True)
    return statistics.median(clock), statistics.median(own)


async def all_figures(database: Database, community: Community) -> None:
    app = app_on(database)
    scene = Scene(
        now=now(),
        new_id=new_id,
        registry=app.registry,
        content=app.content,
        community=community,
        database=database,
    )
    try:
        past = await history(scene)
    finally:
        await scene.close()
    figures(past, scene.today)
    wheel(past, scene.today)


async def plain_count(database: Database) -> None:
    async with database.session() as session:
        await session.scalar(select(func.count()).select_from(Attendance).where(Attendance.present))


async def measure(name: str, database: Database) -> None:
    async with database.session() as session:
        community = (await session.scalars(select(Community))).one()
    await add_people(database, PEOPLE)
    before = 0
    for size in SIZES:
        evenings = size // EVENING
        await fill(database, community, before, evenings, SIZES[-1] // EVENING)
        before = evenings
        await tidy(database)
        ours, own = await median(lambda: all_figures(database, community))
        plain, _ = await median(lambda: plain_count(database))
        print(
            f"{name}, {size:>9,} attendances: {ours:.2f} s for all figures and the wheel, "
            f"{own:.2f} s of it our own; "
            f"a plain count {plain:.3f} s, so {ours / plain:.0f} x; "
            f"{ours / AIM_SECONDS:.2f} of the aimed {AIM_SECONDS:.0f} s"
        )


async def main() -> None:
    async with both() as databases:
        for name, database in databases.items():
            await measure(name, database)
    print(machine())


if __name__ == "__main__":
    asyncio.run(main())
