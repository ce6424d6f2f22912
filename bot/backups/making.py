"""Making a backup: every table as it was at one moment, while the bot goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.backups.archive import written
from bot.backups.tables import rows_of, tables_at
from bot.db import WHERE, Database, reason, revision_of
from bot.errors import StartError


def file_name(now: datetime, about: str = "") -> str:
    return f"community-os-{about}{now:%Y-%m-%d-%H%M%S}.zip"


def place_for(out: Path | None, now: datetime) -> Path:
    """A file by its own name; in a folder, by the date. What has no ending is a folder."""
    out = out or Path()
    return out / file_name(now) if out.is_dir() or not out.suffix else out


async def back_up(database: Database, path: Path, now: datetime, *, force: bool = False) -> None:
    """Raises StartError. Then there is no such file, and what was there stays as it was."""
    database.must_exist()
    with written(path, force=force) as writer, in_words(database):
        async with database.snapshot() as connection:
            revision = await connection.run_sync(revision_of)
            if revision is None:
                raise StartError(f"The database at {database.place} has no tables yet. {WHERE}")
            for table in tables_at(revision).sorted_tables:
                await writer.add(table.name, rows_of(connection, table))
        writer.finish(
            version=version("community-os"),
            revision=revision,
            database="SQLite" if database.is_sqlite else "PostgreSQL",
            made_at=now,
        )


@contextmanager
def in_words(database: Database) -> Iterator[None]:
    """Whatever the database refuses is one sentence, without anything that people wrote."""
    try:
        yield
    except DBAPIError as error:
        raise StartError(f"The database at {database.place} refused: {reason(error)}.") from None
    except OSError as error:
        raise StartError(f"I can't reach the database at {database.place}: {error}.") from None
