"""What the migrations build is what the models say, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.db import Database, Table
from bot.errors import StartError


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "render_as_batch": True}
    )
    found: list[object] = compare_metadata(context, Table.metadata)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
async def bare(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """No tables yet."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    else:
        postgres = request.getfixturevalue("postgres")
        postgres.server.psql("DROP DATABASE IF EXISTS bare")
        postgres.server.psql("CREATE DATABASE bare")
        database = postgres.database("bare")
    yield database
    await database.close()


async def test_migrations_build_the_models(bare: Database) -> None:
    database = bare
    await database.migrate()
    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
        assert "outgoing" in tables
    await database.migrate()
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StartError, match="newer version"):
        await database.migrate()
