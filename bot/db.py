"""The database: engine, sessions, the column types that both databases share, migrations."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

from sqlalchemy import DateTime, MetaData, String, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, mapped_column
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.types import TypeDecorator

from bot.errors import StartError
from bot.pack import packaged

BUSY_SECONDS = 5
POOL = 20
"""Connections to PostgreSQL: one for each delivery under way, and some for people. SQLite has one
that writes: its transactions wait for each other anyway, and in line they wait shorter."""
READERS = 4
"""Connections to SQLite that only read: one long look leaves the others to short ones."""
SINGLE = "each statement is a transaction"
WRITTEN = "tables written"
DISK_FULL = "53100"
"""PostgreSQL's word for it."""
MIGRATION_LOCK = 20_520_052
"""Two processes that start at once migrate one after the other (PostgreSQL advisory lock)."""
WHERE = "Are you in the bot's own folder, where its .env is?"
APPLICATION = "community-os"
"""What our connections are called in PostgreSQL."""

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = :name AND pid <> pg_backend_pid()"
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment needs its zone before it is stored.")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What every table derives from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}


BESIDE = {"beside": True}
"""For a table's `info`: what is written there is kept along with what somebody did, or before it,
and is not what they did."""


class Noting(Session):
    """A session that remembers which tables it wrote to."""


def written_by(session: AsyncSession) -> set[str]:
    """Tables that a session wrote to so far. Flush it first."""
    found: set[str] = session.sync_session.info.setdefault(WRITTEN, set())
    return found


@event.listens_for(Noting, "before_flush")
def _note_flush(session: Session, *_: object) -> None:
    changed = (each for each in session.dirty if session.is_modified(each))
    names = {each.__tablename__ for each in (*session.new, *changed, *session.deleted)}
    session.info.setdefault(WRITTEN, set()).update(names)


@event.listens_for(Noting, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        statement: Any = state.statement
        state.session.info.setdefault(WRITTEN, set()).add(statement.table.name)


Id = Annotated[str, mapped_column(String(32), primary_key=True)]


class Database:
    """One engine and its sessions. SQLite writes are serialised from the transaction's start; what
    only reads has connections of its own there, and waits for nobody who writes."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        try:
            self.url = make_url(url)
            if self.is_sqlite and self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = self._engine(1 if self.is_sqlite else POOL)
            self._reader = self._engine(READERS) if self._in_file else self.engine
        except ArgumentError:
            raise StartError("DATABASE_URL is not a database address I can read.") from None
        except OSError as error:
            raise StartError(f"I can't make the database's folder: {error}.") from None
        if self.is_sqlite:
            prepare = partial(_prepare_sqlite, busy_seconds)
            for engine in {self.engine, self._reader}:
                event.listen(engine.sync_engine, "connect", prepare)
            event.listen(self.engine.sync_engine, "begin", _begin_immediate)
        self._sessions = async_sessionmaker(
            self.engine, sync_session_class=Noting, expire_on_commit=False
        )
        self._reading = async_sessionmaker(self._reader, expire_on_commit=False)
        option = {SINGLE: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._single = self.engine.execution_options(**option)

    def session(self) -> AsyncSession:
        return self._sessions()

    def reading(self) -> AsyncSession:
        """For a look that somebody waits for. It sees what was committed before it."""
        return self._reading()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with self._sessions.begin() as session:
            yield session

    def single(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection on which each statement is a transaction of its own: one trip, not three."""
        return self._single.connect()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """For a look that takes long: all it reads is of one moment, and nobody waits for it."""
        async with self._reader.connect() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN")
            else:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield connection

    async def is_in_use(self) -> bool:
        """Whether another process of ours has it open, such as the bot; or, for a file, anyone."""
        async with self.single() as connection:
            if not self.is_sqlite:
                return bool(await connection.scalar(_OTHERS, {"name": APPLICATION}))
            try:
                await connection.exec_driver_sql("PRAGMA busy_timeout = 0")
                alone = await connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
                return alone.scalar() != "delete"
            except DBAPIError as error:
                if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                    return True
                raise
            finally:
                await connection.invalidate()

    async def migrate(self) -> None:
        """Bring the tables up to date. Raises StartError in one sentence."""
        try:
            async with self.engine.begin() as connection:
                await connection.run_sync(_upgrade)
        except DBAPIError as error:
            raise StartError(
                f"I can't open the database at {self.place}: {reason(error)}."
            ) from None
        except OSError as error:
            raise StartError(f"I can't reach the database at {self.place}: {error}.") from None

    async def create_tables(self) -> None:
        """The tables at once, without migrations: for a workspace that lasts an evening."""
        async with self.engine.begin() as connection:
            await connection.run_sync(Table.metadata.create_all)

    async def close(self) -> None:
        for engine in {self.engine, self._reader}:
            await engine.dispose()

    def _engine(self, connections: int) -> AsyncEngine:
        """What people wrote stays out of errors, and so out of the logs."""
        name = {"server_settings": {"application_name": APPLICATION}}
        return create_async_engine(
            self.url,
            connect_args={} if self.is_sqlite else name,
            hide_parameters=True,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=connections,
            max_overflow=0,
        )

    @property
    def place(self) -> str:
        """Where it is, without the password."""
        return self.url.database or "memory" if self.is_sqlite else self.url.render_as_string()

    @property
    def exists(self) -> bool:
        """Whether its file is there. A server is asked by connecting to it."""
        return not self._in_file or Path(self.url.database or "").exists()

    def must_exist(self) -> None:
        """Raises StartError, so that a mistyped address makes no new database."""
        if not self.exists:
            raise StartError(f"There is no database at {self.place}. {WHERE}")

    @property
    def _in_file(self) -> bool:
        return self.is_sqlite and self.url.database not in (None, "", ":memory:")

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"


async def insert_new(session: AsyncSession, table: type[Table], values: dict[str, Any]) -> bool:
    """Add a row unless its key is taken, also by somebody who adds it at this moment."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    added: Any = await session.execute(insert(table).values(values).on_conflict_do_nothing())
    return bool(added.rowcount)


def disk_is_full(error: DBAPIError) -> bool:
    return (
        getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(error.orig, "sqlstate", None) == DISK_FULL
    )


def reason(error: DBAPIError) -> str:
    """The driver's own words, without SQL or values."""
    return str(error.orig).splitlines()[0].rpartition(": ")[2].rstrip(".")


def _prepare_sqlite(busy_seconds: float, connection: Any, _: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, below
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
    except Exception:
        connection.close()  # the pool does not, and a locked database is met often
        raise


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock first: a transaction that read can then always write."""
    if SINGLE not in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def take_turn(connection: Connection) -> None:
    """Whoever else would change the tables waits until this transaction ends. SQLite's does by
    itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


def build(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, in the transaction that is open."""
    from alembic import command  # costs 0.1 s and 4 MB, and most starts need it not
    from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError:
        raise StartError(
            "The database is from a newer version of me. Upgrade the bot, or restore a backup."
        ) from None


def revision_of(connection: Connection) -> str | None:
    """The newest migration that has run; None where none has."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    ran: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return ran


def _upgrade(connection: Connection) -> None:
    take_turn(connection)
    if not _is_current(connection):
        build(connection)


def is_known(revision: str) -> bool:
    """Whether this program has that migration."""
    return revision in _revisions()


def _is_current(connection: Connection) -> bool:
    """Whether the newest migration has run."""
    return revision_of(connection) == max(_revisions())


def _revisions() -> set[str]:
    """They are numbered in their file names."""
    files = (packaged("migrations") / "versions").glob("[0-9]*.py")
    return {path.name.partition("_")[0] for path in files}


def alembic_config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(packaged("migrations")))
    return config
