"""Deleting a person: their rows, whatever points to them, and their name in what is shared."""

from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.changes import forget_words
from bot.context import Scene
from bot.features.privacy.holdings import Holding, Tally, Where, holdings, pointing, tallies, whose
from bot.outbox import forget_mentions
from bot.people import Person
from bot.personal import Leaves


async def erase(scene: Scene, person: Person) -> list[Tally] | None:
    """Leave nothing of them. Returns what there was, or None if another device was first."""
    for leave in scene.registry.farewells:
        await leave(scene, person.id)
    session = scene.session
    await session.flush()
    locked = select(Person.id).where(Person.id == person.id).with_for_update()
    if await session.scalar(locked) is None:
        return None
    metadata = Person.metadata
    who = await whose(session, person)
    there_was = await tallies(session, metadata, who)
    words = [person.name]
    for each in holdings(metadata, who):
        words += await _taken_along(session, each)
        await _let_go(session, each)
    await forget_words(session, who.community, words)
    await forget_mentions(session, who.community, who.person)
    await session.execute(delete(Person).where(Person.id == who.person))
    return there_was


async def _taken_along(session: AsyncSession, each: Holding) -> list[str]:
    """What goes from rows that stay, such as the title of a demo."""
    if each.mark.leaves is Leaves.ROW or not each.mark.wipes:
        return []
    columns = [each.table.c[name] for name in each.mark.wipes]
    rows = await session.execute(select(*columns).where(each.where))
    return [value for row in rows for value in row if isinstance(value, str)]


async def _let_go(session: AsyncSession, each: Holding) -> None:
    if each.mark.leaves is Leaves.ROW:
        await _delete(session, each.table, each.where)
        return
    columns = (each.table.c[name] for name in each.mark.wipes)
    values = {each.column.name: None, **{column.name: _empty(column) for column in columns}}
    await session.execute(update(each.table).where(each.where).values(values))


async def _delete(session: AsyncSession, table: Table, where: Where) -> None:
    for other, theirs in pointing(table, where):
        await _delete(session, other, theirs)
    await session.execute(delete(table).where(where))


def _empty(column: Column[Any]) -> str | None:
    return None if column.nullable else ""
