"""Two rows that turn out to be one thing: two people who are one, two communities that become one.

It goes by the foreign keys of every table there is, so that no table can be forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]
Rule = Callable[[Row, Row], bool]

OUTRANKS = "outranks"
"""In a table's `info`: whether the first of two rows stays where only one can. Without a rule it
is the row of whoever is kept."""


async def absorb(session: AsyncSession, table: Table, gone: Row, kept: Row) -> None:
    """What points to `gone` points to `kept` from now on, and `gone` is deleted.

    Where a unique constraint leaves room for one row only, two become one in the same way.
    """
    for column, target in _pointing_to(table):
        if gone[target.name] != kept[target.name]:
            await _repoint(session, column, gone[target.name], kept[target.name])
    itself = [column == gone[column.name] for column in table.primary_key]
    await session.execute(delete(table).where(*itself))


async def _repoint(session: AsyncSession, column: Column[Any], old: Any, new: Any) -> None:
    table = column.table
    outranks: Rule = table.info.get(OUTRANKS, lambda one, other: False)
    for names in unique_with(column):
        for theirs, ours in await _twins(session, column, names, old, new):
            stays, goes = (theirs, ours) if outranks(theirs, ours) else (ours, theirs)
            await absorb(session, table, goes, stays)
    await session.execute(update(table).where(column == old).values({column.name: new}))


async def _twins(
    session: AsyncSession, column: Column[Any], names: set[str], old: Any, new: Any
) -> list[tuple[Row, Row]]:
    """Rows that would be the same by these columns, the one that moves first."""
    theirs, ours = column.table.alias(), column.table.alias()
    alike = [theirs.c[name] == ours.c[name] for name in sorted(names - {column.name})]
    apart = theirs.c[column.name] != ours.c[column.name]
    both = [*theirs.c, *ours.c]
    found = await session.execute(
        select(*(each.label(f"c{place}") for place, each in enumerate(both))).where(
            theirs.c[column.name] == old, ours.c[column.name] == new, apart, *alike
        )
    )
    keys, width = column.table.c.keys(), len(theirs.c)
    return [
        (dict(zip(keys, row[:width], strict=True)), dict(zip(keys, row[width:], strict=True)))
        for row in found
    ]


def unique_with(column: Column[Any]) -> Iterator[set[str]]:
    """The sets of columns, this one among them, that no two rows may have alike."""
    table = column.table
    sets = [
        table.primary_key.columns,
        *(each.columns for each in table.constraints if isinstance(each, UniqueConstraint)),
        *(index.columns for index in table.indexes if index.unique),
    ]
    for columns in sets:
        names = {each.name for each in columns}
        if column.name in names:
            yield names


def _pointing_to(table: Table) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """Each column that points to this table, with the column it points to."""
    for other in table.metadata.sorted_tables:
        for key in sorted(other.foreign_keys, key=lambda key: key.parent.name):
            if key.column.table is table:
                yield key.parent, key.column
