"""Importing ten years of attendance: 100,000 rows, in under 20 s and 300 MB, on both databases.

Compared with the least there could be: the csv module that reads the same rows, and SQLite that
takes them by executemany into one table without keys.
"""

import asyncio
import csv
import io
import resource
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from benchmarks.measure import PRINCIPLE, NullPlatform, app_on, for_sqlalchemy, machine, postgres
from bot.context import Scene
from bot.db import Database
from bot.features.imports import bringing, store
from bot.imports import Settled
from bot.people import Community

ROWS, EVENTS, PEOPLE = 100_000, 1_000, 5_000
AIM_SECONDS, AIM_MB = 20, 300
HEADER = ("event", "event_date", "person", "email", "rsvp", "checked_in")


def sheet() -> bytes:
    """A thousand evenings of a hundred people; every tenth has an accent, a comma or a quote."""
    first = date(2016, 1, 5)
    text = io.StringIO(newline="")
    write = csv.writer(text)
    write.writerow(HEADER)
    for row in range(ROWS):
        event, seat = divmod(row, ROWS // EVENTS)
        who = (event * 37 + seat * 53) % PEOPLE
        name = f"Zoë “{who}”, O'Neil" if who % 10 == 0 else f"Person{who} Family{who % 700}"
        day = first + timedelta(days=event * 3)
        came = ("yes", "no", "")[row % 3]
        write.writerow((f"Evening {event}", day, name, f"p{who}@example.org", "coming", came))
    return text.getvalue().encode()


def plain(data: bytes) -> tuple[float, float]:
    began = perf_counter()
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    read = perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "plain.db")
        database.execute("CREATE TABLE row (a, b, c, d, e, f)")
        began = perf_counter()
        database.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)", rows[1:])
        database.commit()
        wrote = perf_counter() - began
        database.close()
    return read, wrote


async def bring(url: str, path: str) -> None:
    """In a process of its own, so that its memory is the import's."""
    database = Database(url)
    app = app_on(database, NullPlatform())
    for again in (False, True):
        began = perf_counter()
        data = await asyncio.to_thread(Path(path).read_bytes)
        now = datetime(2026, 5, 4, tzinfo=UTC)
        async with database.session() as session:
            community = (await session.scalars(select(Community))).one()
        scene = Scene(
            now, lambda: secrets.token_hex(8), app.registry, app.content, community, database
        )
        readings = bringing.read_all([("", data)], Settled("UTC", now))
        plan = await bringing.prepare(scene, readings, "UTC", bringing.About())
        if again:
            assert plan.is_empty, "a repeat adds nothing"
        else:
            assert (len(plan.answers), len(plan.seen)) == (ROWS, ROWS - ROWS // 3)
            await store.add(scene, plan, "", None)
            await scene.commit()
        await scene.close()
        print(f"{perf_counter() - began:.2f}", end=" ")
    await database.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


async def prepared(url: str) -> None:
    database = Database(url)
    await database.create_tables()
    await app_on(database, NullPlatform()).run(PRINCIPLE)
    await database.close()


def main() -> None:
    data = sheet()
    with tempfile.TemporaryDirectory() as folder, postgres() as address:
        path = Path(folder) / "attendance.csv"
        path.write_bytes(data)
        read, wrote = plain(data)
        print(f"{ROWS:,} rows, {len(data) / 2**20:.1f} MB; {machine()}")
        print(
            f"csv.reader alone: {read:.2f} s; sqlite3 executemany of the same rows: {wrote:.2f} s"
        )
        urls = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/x.db",
            "PostgreSQL": for_sqlalchemy(address),
        }
        for name, url in urls.items():
            asyncio.run(prepared(url))
            command = [sys.executable, "-m", "benchmarks.imports", url, str(path)]
            told = subprocess.run(
                command, capture_output=True, text=True, check=True
            ).stdout.split()
            first, again, megabytes = (float(each) for each in told[-3:])
            print(
                f"{name}: {first:.1f} s of the aimed {AIM_SECONDS}, "
                f"{megabytes:.0f} MB of the aimed {AIM_MB}, "
                f"{first / (read + wrote):.0f} x the plain rows; "
                f"again, adding nothing: {again:.1f} s"
            )


if __name__ == "__main__":
    asyncio.run(bring(*sys.argv[1:])) if len(sys.argv) > 1 else main()
