"""Alembic runs inside a connection that `bot.db` opens, or on DATABASE_URL for maintainers."""

import asyncio

from alembic import context
from sqlalchemy.engine import Connection

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.db import Database, Table, UtcDateTime
from bot.settings import load_settings


def spelled(kind: str, item: object, _: object) -> str | bool:
    """Our own column type is written down as the plain one beneath it."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=True,
        render_item=spelled,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_from_settings() -> None:
    database = Database(load_settings().async_database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(migrate)
    await database.close()


connection = context.config.attributes.get("connection")
if connection is None:
    asyncio.run(migrate_from_settings())
else:
    migrate(connection)
