"""A backup is whole, and goes back whole or not at all: into either database, at any revision."""

import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy import Table as Plain

from adapters.local.workspace import Workspace
from bot.actions import Registry, Role
from bot.backups import restoring
from bot.backups.archive import MANIFEST, Archive, Part, Row, written
from bot.backups.making import back_up, place_for
from bot.backups.silence import pass_over
from bot.backups.tables import fill, loosen, reader, rows_of, tables_at, tighten
from bot.content import Content
from bot.context import Place
from bot.db import Database, Table, UtcDateTime, build
from bot.errors import StartError
from bot.features import FEATURES
from bot.people import Community
from tests.conftest import Postgres
from tests.features.evenings import NOW, Evenings, dump, new_id, text_in
from tests.features.years import three_years
from tests.warm import bot

pytestmark = pytest.mark.usefixtures("everyone_agrees")
ROOT = Path(__file__).parent.parent
GENERAL = Place("#general")
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
KINDS = ("sqlite", "postgresql")
OTHER = dict(zip(KINDS, reversed(KINDS), strict=True))
Fresh = Callable[[str], Awaitable[Database]]


@pytest.fixture
async def fresh(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Fresh]:
    """Makes databases without any table."""
    made: list[Database] = []

    async def of(kind: str) -> Database:
        if kind == "postgresql":
            name = f"fresh_{new_id()}"
            postgres.server.psql(f"CREATE DATABASE {name}")
            made.append(postgres.database(name))
        else:
            made.append(Database(f"sqlite+aiosqlite:///{tmp_path}/{len(made)}.db"))
        return made[-1]

    yield of
    for database in made:
        await database.close()


@pytest.fixture
async def lived(fresh: Fresh, content: Content, request: pytest.FixtureRequest) -> Evenings:
    """A community with three years, and a member who writes reviews and comes on Friday."""
    database = await fresh(getattr(request, "param", "sqlite"))
    await database.migrate()
    evenings = Evenings(content, database, features=FEATURES)
    evenings.workspace.roles["olga"] = Role.ORGANISER
    await three_years(evenings.workspace)
    hands = Hands(evenings.workspace)
    await hands.say("olga", '/event create "Supper 🎈" "Friday 18:30" 2h')
    await hands.press("olga", "Yes, announce it")
    await hands.say("ada", "/events")
    await hands.press("ada", "Coming")
    await hands.say("ada", "/review")
    await hands.press("ada", "Answer")
    lines = {"first": "Mara\nand Jon", "second": "שלום 🎈", "third": "The ladder"}
    await evenings.workspace.fill("ada", lines)
    await hands.press("ada", "Send me this once a week")
    await hands.say("ada", "/map")
    for _ in range(9):
        if not await hands.go_on("ada"):
            break
    return evenings


@dataclass
class Hands:
    workspace: Workspace

    async def say(self, who: str, line: str) -> str:
        await self.workspace.say(who, GENERAL, line)
        return text_in(self.workspace.seen_by(who)[-1])

    async def press(self, who: str, label: str) -> None:
        await self.workspace.press(who, label)

    async def go_on(self, who: str) -> bool:
        """Take the first answer to a question of the map."""
        newest = self.workspace.seen_by(who)[-1].card
        if "map" not in newest.title.lower() or not newest.buttons:
            return False
        await self.press(who, newest.buttons[0].label)
        return True

    async def all_told(self) -> list[str]:
        lines = ("/metric returning-builder-rate", "/pulse", "/events", "/flywheel")
        told = [await self.say("olga", line) for line in lines]
        return told + [await self.say("ada", line) for line in ("/review ledger", "/map", "/home")]

    def direct(self, who: str) -> list[str]:
        return [each.card.title for each in self.workspace.seen_by(who) if each.place.direct]


async def moved(evenings: Evenings, to: Database, file: Path) -> Evenings:
    """The same community, restored elsewhere; a bot that has not started yet."""
    await back_up(evenings.database, file, evenings.now)
    with Archive(file) as archive:
        restoring.look(archive, evenings.now)
        await restoring.restore(to, archive)
    there = Evenings(evenings.content, to, features=FEATURES)
    there.restart(evenings.now)
    there.workspace.roles = evenings.workspace.roles
    return there


@pytest.mark.parametrize("lived", KINDS, indirect=True)
async def test_a_community_moves_between_databases_as_it_is(
    lived: Evenings, fresh: Fresh, tmp_path: Path
) -> None:
    there = await moved(
        lived,
        await fresh("postgresql" if lived.database.is_sqlite else "sqlite"),
        tmp_path / "x.zip",
    )
    assert (tmp_path / "x.zip").stat().st_mode & 0o077 == 0
    assert await dump(there.database) == await dump(lived.database)
    assert any(row.settled_at is None for row in await there.rows())
    told = await Hands(there.workspace).all_told()
    assert told == await Hands(lived.workspace).all_told()
    assert "שלום 🎈" in told[4]
    for each in (lived, there):
        await each.workspace.advance(WEEK)
    assert Hands(there.workspace).direct("ada") == Hands(lived.workspace).direct("ada")[-3:]


async def test_what_was_said_since_the_backup_is_not_said_again(
    lived: Evenings, fresh: Fresh, tmp_path: Path
) -> None:
    file, made = tmp_path / "x.zip", lived.now
    await back_up(lived.database, file, made)
    await lived.workspace.advance(timedelta(days=3, hours=2))
    assert Hands(lived.workspace).direct("ada") == ["Supper 🎈 is tomorrow"]
    heard: dict[bool, list[str]] = {}
    for hold in (False, True):
        there = Evenings(lived.content, await fresh("sqlite"), features=FEATURES)
        there.restart(lived.now)
        with Archive(file) as archive:
            contents = restoring.look(archive, there.now)
            assert contents.communities == ("Sample community",)
            assert contents.due > 0
            await restoring.restore(there.database, archive)
        if hold:
            registry = Registry(FEATURES)
            args = (registry, there.content, there.database, made, there.now, new_id)
            assert await pass_over(*args) >= contents.due
        await there.workspace.advance(WEEK)
        heard[hold] = Hands(there.workspace).direct("ada")
    later = ["Supper 🎈 is in an hour", "Your weekly review"]
    assert heard[True] == later
    assert heard[False] == ["Supper 🎈 is tomorrow", *later]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("revision", ["0001", "0011", "head"])
async def test_every_column_of_an_older_revision_comes_along(
    kind: str, revision: str, fresh: Fresh, tmp_path: Path
) -> None:
    """A row with something in each column of each table, and the tables are the newest at last."""
    before, after = await fresh(OTHER[kind]), await fresh(kind)
    tables = tables_at(revision)
    await full(before, revision)
    await back_up(before, tmp_path / "x.zip", NOW)
    with Archive(tmp_path / "x.zip") as archive:
        assert restoring.look(archive, NOW).communities == ("x",)
        await restoring.restore(after, archive)
        assert {part.rows for part in archive.manifest.tables} == {1}
    kept = {
        (table.name, column.name) for table in tables.tables.values() for column in table.columns
    }
    async with after.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            if table.name in tables.tables:
                (row,) = (await connection.execute(select(table))).mappings()
                for column in table.columns:
                    if (table.name, column.name) in kept and column.name != "claimed_until":
                        assert row[column] == something(column), column
    await after.migrate()


async def full(database: Database, revision: str = "head") -> None:
    """A row in each table."""
    async with database.engine.begin() as connection:
        await connection.run_sync(build, revision)
        for table in tables_at(revision).sorted_tables:
            await connection.execute(insert(table), {c.name: something(c) for c in table.columns})


def something(column: Column[Any]) -> Any:
    """All ids are the same, so whatever refers to something finds it."""
    known = {UtcDateTime: NOW, Date: NOW.date(), Integer: 7, BigInteger: 7, Boolean: True}
    return known.get(type(column.type), "x")


def test_no_table_numbers_its_rows_itself() -> None:
    """One that did would need its counter set in PostgreSQL after a restore."""
    for table in Table.metadata.sorted_tables:
        assert table.autoincrement_column is None, table.name


AROUND = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
JSONS = st.recursive(st.booleans() | st.integers(-9, 9) | WORDS, st.lists, max_leaves=5)
ODD = MetaData()
THINGS = Plain(
    "things",
    ODD,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("next", ForeignKey("things.id", name="fk_things_next")),
    Column("at", UtcDateTime),
    Column("day", Date),
    Column("big", BigInteger),
    Column("yes", Boolean),
    Column("raw", LargeBinary),
    Column("price", Numeric(20, 6)),
    Column("half", Float),
    Column("short", String(40)),
    Column("words", Text),
    Column("more", JSON),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": AROUND | st.none(),
            "day": st.dates() | st.none(),
            "big": st.integers(-(2**63), 2**63 - 1) | st.none(),
            "yes": st.booleans() | st.none(),
            "raw": st.binary(max_size=40) | st.none(),
            "price": st.decimals(-(10**9), 10**9, places=6) | st.none(),
            "half": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            "short": WORDS | st.none(),
            "words": WORDS | st.none(),
            "more": JSONS,
        }
    ),
    max_size=5,
)


@pytest.fixture(params=KINDS)
async def two(request: pytest.FixtureRequest, fresh: Fresh) -> tuple[Database, Database]:
    """From one kind to the other, with the table of things in both."""
    databases = await fresh(OTHER[request.param]), await fresh(request.param)
    for database in databases:
        async with database.engine.begin() as connection:
            await connection.run_sync(ODD.create_all)
    return databases


@given(rows=ROWS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_a_column_can_hold_arrives(
    two: tuple[Database, Database], rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Also where a row refers to one that comes after it."""
    before, after = two
    for number, row in enumerate(rows):
        row |= {"id": number, "next": (number + 1) % len(rows)}
    await refill(before, rows)
    with written(tmp_path / "odd.zip", force=True) as writer:
        async with before.snapshot() as connection:
            await writer.add("things", rows_of(connection, THINGS))
        writer.finish(version="1", revision="1", database="", made_at=NOW)
    with Archive(tmp_path / "odd.zip") as archive:
        read = reader(THINGS, after.engine.dialect.name)
        await refill(after, archive.rows("things", read))
    assert await things(after) == await things(before)


async def refill(database: Database, rows: Iterable[Row]) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(delete(THINGS))
        await connection.run_sync(loosen, ODD)
        await fill(connection, THINGS, iter(rows))
        await connection.run_sync(tighten, ODD)


async def things(database: Database) -> Sequence[Any]:
    async with database.engine.connect() as connection:
        return (await connection.execute(select(THINGS).order_by("id"))).all()


async def test_what_postgresql_can_not_hold_is_left_out(fresh: Fresh, tmp_path: Path) -> None:
    before, after = await fresh("sqlite"), await fresh("postgresql")
    await before.migrate()
    async with before.engine.begin() as connection:
        table = Table.metadata.tables["community"]
        values = {column.name: something(column) for column in table.columns}
        await connection.execute(insert(table), values | {"name": "a\0b"})
    await back_up(before, tmp_path / "x.zip", NOW)
    with Archive(tmp_path / "x.zip") as archive:
        await restoring.restore(after, archive)
    async with after.reading() as session:
        assert await session.scalar(select(Community.name)) == "ab"


def python(
    *args: str, cwd: Path, preexec_fn: Callable[[], None] | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        preexec_fn=preexec_fn,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def named(folder: Path, like: str = "") -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(like)]


def cut_off(data: bytes) -> bytes:
    return data[: len(data) // 2]


def one_bit(data: bytes) -> bytes:
    place = data.index(b"tables/outgoing.jsonl") + 60
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def no_backup(_: bytes) -> bytes:
    return b"Dear diary"


async def test_a_damaged_file_is_known_before_anything_is_changed(
    fresh: Fresh, tmp_path: Path
) -> None:
    database, file = await fresh("sqlite"), tmp_path / "x.zip"
    await full(database)
    await back_up(database, file, NOW)
    good = file.read_bytes()
    for harm in (cut_off, one_bit, no_backup):
        file.write_bytes(harm(good))
        with (
            pytest.raises(StartError, match="damaged, cut off, or no backup of mine"),
            Archive(file) as archive,
        ):
            restoring.look(archive, NOW)
    lost = Part(name="person", rows=2, sha256="0")
    file.write_bytes(good)
    retold(file, tables=[lost.model_dump()])
    told = bot("restore", "x.zip", "--yes", cwd=tmp_path)
    assert (told.returncode, len(told.stderr.splitlines())) == (1, 1)
    assert "damaged" in told.stderr
    assert not (tmp_path / "data").exists()


def retold(file: Path, **changed: object) -> None:
    """The archive with another manifest."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries[MANIFEST] = json.dumps(json.loads(entries[MANIFEST]) | changed).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("changed", [{"revision": "9999"}, {"format": 2}])
async def test_a_newer_backup_asks_for_an_upgrade(
    changed: dict[str, object], fresh: Fresh, tmp_path: Path
) -> None:
    database = await fresh("sqlite")
    await database.migrate()
    await back_up(database, tmp_path / "x.zip", NOW)
    retold(tmp_path / "x.zip", version="9.0", **changed)
    told = bot("restore", "x.zip", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (1, "")
    assert "made by a newer version of me, 9.0. Upgrade first" in told.stderr


@pytest.mark.parametrize("kind", KINDS)
async def test_killed_in_the_middle_leaves_what_was_there(
    kind: str, lived: Evenings, fresh: Fresh, tmp_path: Path
) -> None:
    file, target = tmp_path / "x.zip", await fresh(kind)
    await full(target)
    was = await dump(target)
    await target.close()
    await back_up(lived.database, file, NOW)
    url = target.url.render_as_string(hide_password=False)
    args = [url, str(file)]
    killed = python("-c", KILLED, *args, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert await dump(target) == was
    await target.close()
    with Archive(file) as archive:
        await restoring.restore(target, archive)
    assert await dump(target) == await dump(lived.database)


KILLED = """
import asyncio, os, pathlib, sys
from bot.backups import archive, restoring
from bot.db import Database
fill = restoring.fill
async def struck(connection, table, rows):
    await fill(connection, table, rows)
    if table.name == "attendance":
        os.kill(os.getpid(), 9)
restoring.fill = struck
asyncio.run(restoring.restore(Database(sys.argv[1]), archive.Archive(pathlib.Path(sys.argv[2]))))
"""


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_replaced_unasked_or_under_a_bot_that_runs(
    kind: str, fresh: Fresh, lived: Evenings, tmp_path: Path
) -> None:
    target = await fresh(kind)
    await target.migrate()
    await back_up(lived.database, tmp_path / "x.zip", NOW)
    url = target.url.set(drivername=kind).render_as_string(hide_password=False)

    def told(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return bot("restore", "x.zip", *args, cwd=tmp_path, stdin=stdin, DATABASE_URL=url)

    at_work = told("--yes")
    assert (at_work.returncode, "Stop it, and try again" in at_work.stderr) == (1, True)
    await target.close()
    asked = told(stdin="y\ny\n")
    assert asked.returncode == 0, asked.stderr
    assert "Did the bot run on" in asked.stdout
    assert "nobody was written to" in asked.stdout
    with pytest.raises(StartError, match="holds something: Sample community"):
        await restoring.what_is_there(target, replace=False)
    await target.close()
    await Evenings(lived.content, target, features=FEATURES).leave("ada")
    await target.close()
    replaced = told("--yes", "--replace", "--say-due")
    assert replaced.returncode == 0, replaced.stderr
    assert "back now: ada. If they" in replaced.stdout
    (aside,) = named(tmp_path, "community-os-before-restore-")
    assert aside in replaced.stdout
    assert await dump(target) == await dump(lived.database)


async def test_a_database_of_a_newer_version_is_not_thrown_away(
    fresh: Fresh, tmp_path: Path
) -> None:
    """Who goes back to an older version has one, and it can't be saved first."""
    database = await fresh("sqlite")
    await database.migrate()
    await back_up(database, tmp_path / "x.zip", NOW)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    with pytest.raises(StartError, match="from a newer version of me"):
        await restoring.what_is_there(database, replace=True)
    with pytest.raises(StartError, match="from a newer version of me"):
        await back_up(database, tmp_path / "y.zip", NOW)
    assert named(tmp_path, "y") == []


async def test_a_backup_never_harms_what_is_there(lived: Evenings, tmp_path: Path) -> None:
    url = f"sqlite:///{lived.database.place}"
    out = tmp_path / "kept"

    def told(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return bot("backup", *args, cwd=tmp_path, DATABASE_URL=url, **more)

    first = told("--out", "kept/one.zip")  # the bot of `lived` has it open, and is not disturbed
    assert first.returncode == 0, first.stderr
    was = (out / "one.zip").read_bytes()
    with pytest.raises(StartError, match="add --force"):
        await back_up(lived.database, out / "one.zip", NOW)
    no_room = python(
        *("-m", "bot", "backup", "--out", "kept/one.zip", "--force"),
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        DATABASE_URL=url,
    )
    assert no_room.returncode == 1
    assert no_room.stderr == "I can't write kept/one.zip: File too large.\n"
    with pytest.raises(StartError, match="write /proc/nowhere/x"):
        await back_up(lived.database, Path("/proc/nowhere/x.zip"), NOW)
    assert named(out) == ["one.zip"]
    assert (out / "one.zip").read_bytes() == was
    await back_up(lived.database, out / "one.zip", NOW, force=True)
    assert (out / "one.zip").stat().st_mode & 0o077 == 0


def test_a_backup_is_named_by_its_date(tmp_path: Path) -> None:
    name = "community-os-2026-05-04-180000.zip"
    assert place_for(None, NOW) == Path(name)
    assert place_for(Path("backups"), NOW) == Path("backups") / name
    assert place_for(tmp_path, NOW) == tmp_path / name
    assert place_for(Path("mine.zip"), NOW) == Path("mine.zip")
