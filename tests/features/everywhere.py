"""Rows about a person in every table that can hold one, made from what tables say of themselves.

A new table is covered by itself; one that this can't fill fails loudly here.
"""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, FromClause, Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import Account, Person
from bot.personal import MARK, Leaves, Mark, marks

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SECRET = "not for an export"
ROOM = 40
"""Characters that a column needs before a name is written into it."""


IDS = itertools.count(1)


@dataclass
class Somebody:
    """A person with an account in each of these spaces: the platform's own ids by space."""

    id: str
    name: str
    community: str
    accounts: dict[str, str]

    @property
    def traces(self) -> set[str]:
        return {self.mark, self.name, *self.accounts.values()}

    @property
    def mark(self) -> str:
        """Begins their id, and the id of each row that is theirs alone."""
        return self.id[:8]


@dataclass
class Filler:
    """Fills tables, each row with parents of its own, so that no two rows collide."""

    session: AsyncSession
    counts: dict[str, int] = field(default_factory=dict)

    async def settle(self, who: Somebody) -> None:
        """The person and the accounts: what everything else hangs on."""
        await self._insert(
            Person, id=who.id, community_id=who.community, name=who.name, created_at=NOW
        )
        for space, external_id in who.accounts.items():
            await self._insert(
                Account,
                id=who.mark + secrets.token_hex(4),
                person_id=who.id,
                space_id=space,
                external_id=external_id,
                created_at=NOW,
            )

    async def fill(self, who: Somebody) -> dict[str, int]:
        """Rows in every marked table and in what hangs on it: how many, by what they hold."""
        self.counts = {"accounts": len(who.accounts)}
        for column, mark in marks(Person.metadata):
            if column.table.name == "account":
                continue
            for space in who.accounts if mark.account else [None]:
                row = await self.row(column.table, who, focus=column, space=space)
                await self._hang_on(column.table, row, mark, who)
        return self.counts

    async def _hang_on(self, table: Table, row: dict[str, Any], mark: Mark, who: Somebody) -> None:
        for other in table.metadata.sorted_tables if mark.leaves is Leaves.ROW else ():
            for key in other.foreign_keys:
                if key.column.table is table and not any(MARK in c.info for c in other.columns):
                    await self.row(other, who, known={key.parent.name: row[key.column.name]})

    async def row(
        self,
        table: Table,
        who: Somebody,
        *,
        focus: Column[Any] | None = None,
        space: str | None = None,
        known: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """One row. Only `focus` names the person, and whatever can't be empty."""
        space = space or next(iter(who.accounts))
        row = dict(known or {})
        for column in table.columns:
            if column.name not in row:
                row[column.name] = await self._value(column, who, focus, space)
        if focus is not None:
            mark: Mark = focus.info[MARK]
            personal = table.c if mark.leaves is Leaves.ROW else [table.c[n] for n in mark.wipes]
            for column in personal:
                if _is_prose(column) and column.name not in (known or {}):
                    row[column.name] = f"{who.name} said so"
        await self.session.execute(insert(table).values(row))
        self._count(table, row, who)
        return row

    def _count(self, table: Table, row: dict[str, Any], who: Somebody) -> None:
        for column in table.columns:
            mark: Mark | None = column.info.get(MARK)
            if mark and row[column.name] in {who.id, *who.accounts.values()}:
                self.counts[mark.holds] = self.counts.get(mark.holds, 0) + 1

    async def _value(
        self, column: Column[Any], who: Somebody, focus: Column[Any] | None, space: str
    ) -> Any:
        mark: Mark | None = column.info.get(MARK)
        if mark:
            if column is not focus and focus is not None:
                return None if column.nullable else await self._somebody_else(who, space, mark)
            return who.accounts[space] if mark.account else who.id
        if column.info.get("withheld") and _kind(column) is str:
            return f"{SECRET} {next(IDS)}"[: getattr(column.type, "length", None)]
        if column.foreign_keys:
            return await self._parent(column, who, space)
        return self._plain(column, who, focus)

    async def _somebody_else(self, who: Somebody, space: str, mark: Mark) -> str:
        if mark.account:
            return who.accounts[space]
        stranger = secrets.token_hex(8)
        await self._insert(
            Person, id=stranger, community_id=who.community, name="Stranger", created_at=NOW
        )
        return stranger

    async def _parent(self, column: Column[Any], who: Somebody, space: str) -> Any:
        (key,) = column.foreign_keys
        above: Table = key.column.table
        if above.name == "community":
            return who.community
        if above.name == "space":
            return space
        if column.nullable:
            return None
        return (await self.row(above, who, space=space))[key.column.name]

    def _plain(self, column: Column[Any], who: Somebody, focus: Column[Any] | None) -> Any:
        number = next(IDS)
        is_id = column.primary_key or column.name.endswith("_id")
        begins = who.mark if _is_theirs_alone(column.table, focus) else ""
        new_id = begins + secrets.token_hex(8)
        length = getattr(column.type, "length", None)
        made: dict[type, Any] = {
            str: new_id[:length] if is_id else str(number)[-(length or 9) :],
            bool: False,
            int: number,
            float: float(number),
            bytes: b"",
            datetime: NOW,
            date: NOW.date(),
        }
        return made[_kind(column)]

    async def _insert(self, table: type[Any], **values: Any) -> None:
        await self.session.execute(insert(table).values(values))


def _is_prose(column: Column[Any]) -> bool:
    free = not (column.foreign_keys or column.primary_key or column.name.endswith("_id"))
    free = free and not column.info and _kind(column) is str
    return free and (getattr(column.type, "length", None) or ROOM) >= ROOM


def _kind(column: Column[Any]) -> type:
    """What Python holds there; a type of our own is known by what it wraps."""
    wrapped: type = getattr(column.type, "impl", column.type).python_type
    return wrapped


def _is_theirs_alone(table: FromClause, focus: Column[Any] | None) -> bool:
    if focus is not None:
        return focus.info[MARK].leaves is Leaves.ROW
    found = (column.info.get(MARK) for column in table.columns)
    return any(mark and mark.leaves is Leaves.ROW for mark in found)
