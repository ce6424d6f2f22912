"""Putting a backup into a database: whole or not at all, and at the newest revision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text, update

from bot.backups.archive import Archive, Row
from bot.backups.making import in_words
from bot.backups.tables import fill, loosen, reader, tables_at, tighten
from bot.db import Database, build, is_known, revision_of, take_turn
from bot.errors import StartError
from bot.outbox import Outgoing
from bot.people import Community, Person

COUNTED = {"person": "people", "event": "events", "attendance": "check-ins"}
PATIENCE = text("SET LOCAL lock_timeout = '10s'")
"""PostgreSQL waits for as long as somebody looks at a table that is to go."""


@dataclass(frozen=True, slots=True)
class Contents:
    communities: tuple[str, ...]
    due: int
    """Promises in it that were open, and have fallen due since."""


@dataclass(frozen=True, slots=True)
class There:
    """Ids of what a database holds before it is replaced."""

    communities: frozenset[str]
    people: frozenset[str]


def look(archive: Archive, now: datetime) -> Contents:
    """What is in a backup. Raises StartError where it can't be put into any database."""
    made = archive.manifest
    if not is_known(made.revision):
        raise StartError(
            f"{archive.path} was made by a newer version of me, {made.version}. "
            "Upgrade first, then restore it."
        )
    archive.prove()
    names = archive.rows("community", lambda row: str(row["name"]))
    open_ones = archive.rows("outgoing", lambda row: _was_due(row, now))
    return Contents(tuple(names), sum(open_ones))


def lines(archive: Archive, contents: Contents) -> list[str]:
    """For whoever restores it."""
    made = archive.manifest
    rows = sum(part.rows for part in made.tables)
    who = ", ".join(contents.communities) or "no community yet"
    counts = ", ".join(f"{made.rows(name):,} {words}" for name, words in COUNTED.items())
    moment = f"{made.made_at.day} {made.made_at:%B %Y, %H:%M} UTC"
    found = [
        f"{archive.path} is whole: {rows:,} rows.",
        f"Made on {moment} by version {made.version}, from {made.database}.",
        f"In it: {who}; {counts}.",
    ]
    if contents.due:
        found.append(
            f"{contents.due:,} messages and tasks in it were due by now. If the bot ran on after "
            "the backup was made, members have had them."
        )
    return found


async def what_is_there(database: Database, *, replace: bool) -> There | None:
    """What a database holds now. Raises StartError while the bot is at it, and where it holds
    something that nobody asked to replace."""
    with in_words(database):
        if await database.is_in_use():
            raise StartError(
                f"Somebody else has the database at {database.place} open, most likely the bot. "
                "Stop it, and try again."
            )
        async with database.snapshot() as connection:
            revision = await connection.run_sync(revision_of)
            if revision is None:
                return None
            if not is_known(revision):
                raise StartError(
                    f"The database at {database.place} is from a newer version of me, so I can't "
                    "save it first. Move it away, or name an empty one in .env, and restore again."
                )
            found = await connection.execute(select(Community.id, Community.name))
            communities = {row.id: row.name for row in found}
            people = frozenset(await connection.scalars(select(Person.id)))
    if communities and not replace:
        raise StartError(
            f"The database at {database.place} holds something: {', '.join(communities.values())}. "
            "To put the backup in its place, add --replace. What is there is saved first."
        )
    return There(frozenset(communities), people) if communities else None


def come_back(archive: Archive, there: There) -> list[str]:
    """Names of those who are not in the database any more, and would be with this backup: most
    likely they asked to be forgotten. What was there can't tell that from two joined accounts, nor
    from an even older backup, so nobody is deleted here."""

    def name_of(row: Row) -> str | None:
        gone = row["community_id"] in there.communities and row["id"] not in there.people
        return row["name"] if gone else None

    return sorted(filter(None, archive.rows("person", name_of)))


async def restore(database: Database, archive: Archive) -> None:
    """What the database held before goes, in the same transaction. Raises StartError."""
    tables = tables_at(archive.manifest.revision)
    with in_words(database):
        async with database.engine.begin() as connection:
            await connection.run_sync(_make_room)
            await connection.run_sync(build, archive.manifest.revision)
            await connection.run_sync(loosen, tables)
            for table in tables.sorted_tables:
                read = reader(table, connection.dialect.name)
                await fill(connection, table, archive.rows(table.name, read))
            await connection.run_sync(tighten, tables)
            await connection.run_sync(build)
            nobody_is_at_it = update(Outgoing).values(claimed_until=None)
            await connection.execute(nobody_is_at_it.where(Outgoing.settled_at.is_(None)))


def _make_room(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(PATIENCE)
    take_turn(connection)
    if there := revision_of(connection):
        tables_at(there).drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")


def _was_due(row: Row, now: datetime) -> bool:
    return row["settled_at"] is None and datetime.fromisoformat(row["due_at"]) <= now
