"""The tables of a revision, and their rows in and out, a portion at a time.

The tables of an older revision are known by building it, empty and in memory: the migrations are
the only place that says what they were.
"""

from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    RowMapping,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from bot.backups.archive import Row
from bot.db import UtcDateTime, build

PORTION = 1000
VERSIONS = "alembic_version"
READ: tuple[tuple[type[TypeEngine[Any]], Callable[[Any], Any]], ...] = (
    (DateTime, datetime.fromisoformat),
    (UtcDateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (LargeBinary, b64decode),
    (Numeric, Decimal),
)
"""How a type comes back from JSON, where JSON has none for it."""


def tables_at(revision: str) -> MetaData:
    """The tables of a revision. Raises StartError where this program does not know it."""
    engine = create_engine("sqlite://")
    found = MetaData()
    event.listen(found, "column_reflect", _in_general)
    try:
        with engine.begin() as connection:
            build(connection, revision)
            found.reflect(connection)
    finally:
        engine.dispose()
    found.remove(found.tables[VERSIONS])
    return found


async def rows_of(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[RowMapping]]:
    found = await connection.stream(select(table).execution_options(yield_per=PORTION))
    async for portion in found.mappings().partitions():
        yield portion


async def fill(connection: AsyncConnection, table: Table, rows: Iterator[Row]) -> None:
    while portion := list(islice(rows, PORTION)):
        await connection.execute(insert(table), portion)


def reader(table: Table, dialect: str) -> Callable[[Row], Row]:
    """How a line of the archive becomes a row. PostgreSQL has no room for the character NUL in a
    text, and nobody misses it there."""
    ways = {column.name: _way(column.type) for column in table.columns}
    drop_nul = dialect == "postgresql"

    def value(name: str, told: Any) -> Any:
        if not isinstance(told, str):
            return told
        back = ways[name](told)
        return back.replace("\0", "") if drop_nul and isinstance(back, str) else back

    return lambda row: {name: value(name, row[name]) for name in ways}


def loosen(connection: Connection, tables: MetaData) -> None:
    """Rows may come before those that they refer to in their own table."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # until the commit
    for name in _within_itself(connection, tables):
        connection.exec_driver_sql(f"ALTER TABLE {name} DEFERRABLE INITIALLY DEFERRED")


def tighten(connection: Connection, tables: MetaData) -> None:
    """By now they must be there."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name in _within_itself(connection, tables):
        connection.exec_driver_sql(f"ALTER TABLE {name} NOT DEFERRABLE")


def _within_itself(connection: Connection, tables: MetaData) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in tables.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is table:
                yield f"{quote(table.name)} ALTER CONSTRAINT {quote(str(key.name))}"


def _way(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    return next((read for known, read in READ if isinstance(kind, known)), str)


def _in_general(_: object, __: object, column: dict[str, Any]) -> None:
    """As both databases have it, and not as SQLite says it."""
    kind = column["type"].as_generic()
    column["type"] = UtcDateTime() if isinstance(kind, DateTime) else kind
