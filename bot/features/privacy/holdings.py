"""Which rows hold something of a person, over every table there is, by the marks on columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import Account, Person
from bot.personal import Leaves, Mark, marks

Where = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Whose:
    """One person with all their accounts: space, and the platform's own id there."""

    community: str
    person: str
    accounts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """The rows of one table that a marked column gives to a person."""

    column: Column[Any]
    mark: Mark
    where: Where

    @property
    def table(self) -> Table:
        return self.column.table


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are of what, and what becomes of them when their person goes."""

    holds: str
    leaves: Leaves
    rows: int


async def whose(session: AsyncSession, person: Person) -> Whose:
    found = await session.execute(
        select(Account.space_id, Account.external_id).where(Account.person_id == person.id)
    )
    accounts = tuple((row[0], row[1]) for row in found)
    return Whose(person.community_id, person.id, accounts)


def holdings(metadata: MetaData, who: Whose) -> Iterator[Holding]:
    """Tables that others point to come last."""
    for column, mark in marks(metadata):
        yield Holding(column, mark, _theirs(column, mark, who))


def pointing(table: Table, where: Where) -> Iterator[tuple[Table, Where]]:
    """The rows of other tables that would be left without theirs if these went."""
    for other in table.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and other is not table:
                yield other, key.parent.in_(select(key.column).where(where))


async def tallies(session: AsyncSession, metadata: MetaData, who: Whose) -> list[Tally]:
    """What is kept of a person, in numbers; only what there is."""
    found: dict[tuple[str, Leaves], int] = {}
    for each in holdings(metadata, who):
        counted = select(func.count()).select_from(each.table).where(each.where)
        rows = await session.scalar(counted) or 0
        key = each.mark.holds, each.mark.leaves
        found[key] = found.get(key, 0) + rows
    return sorted(
        (Tally(*key, rows) for key, rows in found.items() if rows), key=lambda each: each.holds
    )


def _theirs(column: Column[Any], mark: Mark, who: Whose) -> Where:
    """An account's id means somebody else in another community, though it is the same account."""
    if not mark.account:
        return column == who.person
    if "space_id" in column.table.c:
        space = column.table.c.space_id
        pairs = (and_(space == its, column == account) for its, account in who.accounts)
        return or_(false(), *pairs)
    here = within(column.table, who.community)
    return and_(column.in_([account for _, account in who.accounts]), here)


def within(table: Table, community: str) -> Where:
    """The rows of a community, by its own column or by what the table points to."""
    if "community_id" in table.c:
        return table.c.community_id == community
    for key in table.foreign_keys:
        above: Table = key.column.table
        if above is not table:
            return key.parent.in_(select(key.column).where(within(above, community)))
    raise TypeError(f"Nothing says which community a row of {table.name} belongs to.")
