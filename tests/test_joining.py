"""Two rows become one, over every table there is: what has no double is never lost."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.db import Database, UtcDateTime
from bot.db import Table as Base
from bot.joining import OUTRANKS, absorb, unique_with

TABLES = Base.metadata.sorted_tables
NOW = datetime(2026, 5, 4, tzinfo=UTC)
World = dict[str, list[dict[str, Any]]]
ROOTS = {"community": 2, "person": 4, "space": 3, "event": 4}


@cache
def uniques(table: Table) -> list[tuple[str, ...]]:
    return sorted({tuple(sorted(each)) for column in table.columns for each in unique_with(column)})


def populated(chance: random.Random) -> World:
    """Rows for every table, few values each, so that doubles are common."""
    world: World = {}
    for table in TABLES:
        rows: list[dict[str, Any]] = []
        taken: set[tuple[Any, ...]] = set()
        for number in range(ROOTS.get(table.name, 8)):
            row = {c.name: value(c, world, number, chance) for c in table.columns}
            keys = {(names, *(row[n] for n in names)) for names in uniques(table)}
            if not keys & taken:
                taken |= {key for key in keys if None not in key}
                rows.append(row)
        world[table.name] = rows
    return world


def value(column: Column[Any], world: World, number: int, chance: random.Random) -> Any:
    if column.nullable and chance.random() < 0.2:
        return None
    for key in column.foreign_keys:
        above = world.get(key.column.table.name)  # none yet where rows point to their own table
        return chance.choice(above)[key.column.name] if above else None
    if column.name == "id" or (column.unique and column.table.name == "community"):
        return f"{column.table.name}{number}"[:30]
    match column.type:
        case UtcDateTime():
            return NOW + timedelta(days=chance.randrange(5))
        case Boolean():
            return chance.random() < 0.5
        case Integer():
            return chance.randrange(3)
        case Date():
            return date(2026, 5, 4 + chance.randrange(3))
        case Text():
            return "{}"
        case String():
            return f"v{chance.randrange(4)}"
    raise AssertionError(f"What is a {column.type!r}?")


async def read(session: AsyncSession) -> World:
    return {
        table.name: [dict(row) for row in (await session.execute(select(table))).mappings()]
        for table in TABLES
    }


def renamed(world: World, root: str, gone: str, kept: str) -> World:
    """As it would be if no two rows got in each other's way."""
    pointing = {
        table.name: {
            c.name for c in table.columns for k in c.foreign_keys if k.column.table.name == root
        }
        for table in TABLES
    }
    return {
        name: [
            {k: kept if k in pointing[name] and v == gone else v for k, v in row.items()}
            for row in rows
            if not (name == root and row["id"] == gone)
        ]
        for name, rows in world.items()
    }


@pytest.mark.parametrize("root", ["community", "person"])
@pytest.mark.parametrize("seed", range(12))
async def test_no_row_without_a_double_is_lost(database: Database, root: str, seed: int) -> None:
    chance = random.Random(f"{root}{seed}")
    async with database.session() as session:  # never committed
        for name, rows in populated(chance).items():
            if rows:
                await session.execute(insert(Base.metadata.tables[name]), rows)
        before = await read(session)
        gone, kept = chance.sample(before[root], 2)
        await absorb(session, Base.metadata.tables[root], gone, kept)
        after = await read(session)
    wanted = renamed(before, root, gone["id"], kept["id"])
    for table in TABLES:
        left = [steady(table, root, row) for row in after[table.name]]
        hoped = [steady(table, root, row) for row in wanted[table.name]]
        assert all(row in hoped for row in left)
        for each in wanted[table.name]:
            row = steady(table, root, each)
            assert row in left or any(doubles(table, row, other) for other in left)


def steady(table: Table, root: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row without what points to something that may itself have become one with its double."""
    moving = {
        column.name
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name != root and may_have_a_double(key.column.table, root)
    }
    return {name: value for name, value in row.items() if name not in moving}


def may_have_a_double(table: Table, root: str) -> bool:
    pointing = {k.parent.name for k in table.foreign_keys if k.column.table.name == root}
    return any(pointing & {*names} for names in uniques(table))


def doubles(table: Table, one: dict[str, Any], other: dict[str, Any]) -> bool:
    alike = {name for name in one if one[name] is not None and one[name] == other[name]}
    moving = set(table.columns.keys()) - one.keys()
    return any({*names} <= alike | moving for names in uniques(table))


async def test_what_belongs_to_a_double_goes_to_the_one_that_stays(database: Database) -> None:
    """Two reviews of one week become one, with the promises of both."""
    metadata = MetaData()
    person = Table("one", metadata, Column("id", Integer, primary_key=True))
    review = Table(
        "two",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("of", ForeignKey("one.id"), nullable=False),
        Column("week", Integer),
        UniqueConstraint("of", "week"),
        info={OUTRANKS: lambda one, other: one["id"] > other["id"]},
    )
    promise = Table(
        "three",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("of", ForeignKey("two.id"), nullable=False),
        Column("number", Integer),
        Index("ix_three", "of", "number", unique=True),
    )
    async with database.session() as session:  # never committed
        await (await session.connection()).run_sync(metadata.create_all)
        await session.execute(insert(person), [{"id": 1}, {"id": 2}])
        weeks = [(1, 1, 20), (2, 2, 20), (3, 2, 21), (4, 2, None), (5, 1, None)]
        reviews = [{"id": i, "of": of, "week": week} for i, of, week in weeks]
        await session.execute(insert(review), reviews)
        promises = [(1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 3, 1)]
        rows = [{"id": i, "of": of, "number": number} for i, of, number in promises]
        await session.execute(insert(promise), rows)
        await absorb(session, person, {"id": 2}, {"id": 1})
        found = await session.execute(select(review).order_by(review.c.id))
        assert [tuple(row) for row in found] == [(2, 1, 20), (3, 1, 21), (4, 1, None), (5, 1, None)]
        found = await session.execute(select(promise).order_by(promise.c.id))
        assert [tuple(row) for row in found] == [(2, 2, 2), (3, 2, 1), (4, 3, 1)]


def test_every_table_is_of_a_kind_that_joining_understands() -> None:
    for table in TABLES:
        for index in table.indexes:
            where = index.dialect_options["sqlite"].get("where")
            assert where is None or not index.unique, (
                f"{index.name}: doubles only under a condition"
            )
        for column in table.columns:
            for key in column.foreign_keys:
                further = {each.column.table.name for each in key.column.foreign_keys}
                assert not further & {"community", "person"}, f"{column} points to what moves"
