"""All that is kept of a person as one JSON file, with names that people can read."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Scene
from bot.db import UtcDateTime
from bot.features.privacy.holdings import Where, Whose, holdings, pointing, whose
from bot.people import Person
from bot.personal import MARK, Leaves, Mark

WEEK = "week"
LABELS = ("title", "name", "platform", WEEK)
"""Columns by which another row is named, the best first."""
OURS = re.compile(r"[0-9a-f]{16,32}")
"""An id that we gave: it tells nobody anything, and might be somebody else's."""
SPOT = re.compile(rf"{OURS.pattern}/(.+)")
PORTION = 500
"""Ids in one question to the database."""


async def export(scene: Scene, person: Person) -> bytes:
    who = await whose(scene.session, person)
    sections = await _sections(scene.session, who)
    labels = await _labels(scene.session, who, sections)
    (_, people, (row,)), *others = sections
    told: dict[str, Any] = {
        "about": f"All that {scene.community.name} keeps about you.",
        "made at": scene.now.isoformat(),
        "you": _told(people, row, who, labels),
    }
    for name, table, rows in others:
        told.setdefault(name, []).extend(_told(table, row, who, labels) for row in rows)
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


Section = tuple[str, Table, list[RowMapping]]


async def _sections(session: AsyncSession, who: Whose) -> list[Section]:
    """A name, its table and the rows: you, each mark, and what hangs on rows that are yours."""
    people: Any = Person.__table__
    found = [await _section(session, "you", people, people.c.id == who.person)]
    for each in holdings(people.metadata, who):
        found.append(await _section(session, each.mark.holds, each.table, each.where))
        if each.mark.leaves is Leaves.ROW:
            for table, where in _parts(each.table, each.where):
                found.append(await _section(session, _words(table.name), table, where))
    return found


async def _section(session: AsyncSession, name: str, table: Table, where: Where) -> Section:
    """As it came about, where the table says when."""
    times = [each for each in table.columns if each.name == WEEK or _is_moment(each)][:1]
    wanted = select(table).where(where).order_by(*times, *table.primary_key)
    return name, table, list((await session.execute(wanted)).mappings())


def _parts(table: Table, where: Where) -> Iterator[tuple[Table, Where]]:
    """What hangs on these rows, unless it has a mark of its own."""
    for other, theirs in pointing(table, where):
        if not any(MARK in column.info for column in other.columns):
            yield other, theirs
            yield from _parts(other, theirs)


async def _labels(
    session: AsyncSession, who: Whose, sections: Sequence[Section]
) -> Mapping[str, str]:
    """What the ids in these rows stand for, as far as it is of this community and no person."""
    wanted = sorted(
        {each for _, table, rows in sections for row in rows for each in _ids(table, row)}
    )
    found = {
        row["id"]: row[label.name]
        for _, table, rows in sections
        if (label := _label(table)) is not None and _is_named(table)
        for row in rows
    }
    for table in Person.metadata.sorted_tables:
        label = _label(table)
        if label is None or "community_id" not in table.c or not _is_named(table):
            continue
        for start in range(0, len(wanted), PORTION):
            ids = wanted[start : start + PORTION]
            named = select(table.c.id, label).where(
                table.c.id.in_(ids), table.c.community_id == who.community
            )
            found |= {row[0]: row[1] for row in await session.execute(named)}
    return found


def _label(table: Table) -> Column[Any] | None:
    return next((table.c[name] for name in LABELS if name in table.c), None)


def _is_moment(column: Column[Any]) -> bool:
    return isinstance(column.type, UtcDateTime)


def _is_named(table: Table) -> bool:
    return [column.name for column in table.primary_key] == ["id"] and table.name != "person"


def _ids(table: Table, row: RowMapping) -> Iterator[str]:
    for column in table.columns:
        value = row[column.name]
        if _is_reference(column) and isinstance(value, str):
            yield value
        elif isinstance(value, str):
            yield from OURS.findall(value)


def _told(table: Table, row: RowMapping, who: Whose, labels: Mapping[str, str]) -> dict[str, Any]:
    """One row in words, without whatever names anybody else."""
    others = set(_of_others(table, row, who))
    told: dict[str, Any] = {}
    for column in table.columns:
        name, value = column.name, row[column.name]
        if name == "id" or name in others or _is_hidden(column):
            continue
        if _is_reference(column):
            if value in labels:
                told[_words(name.removesuffix("_id"))] = labels[value]
        else:
            told[_words(name)] = _readable(value, labels)
    return told


def _of_others(table: Table, row: RowMapping, who: Whose) -> Iterator[str]:
    """Columns that say who somebody else in this row is."""
    for column in table.columns:
        mark: Mark | None = column.info.get(MARK)
        if mark and not mark.account and row[column.name] not in (None, who.person):
            yield from mark.wipes


def _is_hidden(column: Column[Any]) -> bool:
    """Secrets, our bookkeeping, and who: that is always the one who asks, or nobody's business."""
    mark: Mark | None = column.info.get(MARK)
    return bool(column.info.get("withheld") or (mark and not mark.account))


def _is_reference(column: Column[Any]) -> bool:
    named = column.name.endswith("_id") and column.name != "external_id"
    return named or bool(column.foreign_keys)


def _readable(value: Any, labels: Mapping[str, str]) -> Any:
    """A value as a person reads it: a moment with its zone, a channel by its name, JSON as JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if spot := SPOT.fullmatch(value):
        return spot[1]
    if value.startswith(("{", "[")):
        try:
            return _unpacked(json.loads(value), labels)
        except ValueError:
            return value
    return value


def _unpacked(value: Any, labels: Mapping[str, str]) -> Any:
    """What was stored as JSON, with titles for ids of ours."""
    match value:
        case dict():
            return {name: _unpacked(each, labels) for name, each in value.items()}
        case list():
            return [_unpacked(each, labels) for each in value]
        case str() if OURS.fullmatch(value):
            return labels.get(value)
        case _:
            return value


def _words(name: str) -> str:
    return name.replace("_", " ")
