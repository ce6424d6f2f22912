"""What the migrations build is what the models say, on both databases."""

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


def drop_all(connection: Connection) -> None:
    Table.metadata.drop_all(connection)
    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


async def test_migrations_build_the_models(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(drop_all)
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
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE alembic_version")
