"""No table goes along, or stays here, by accident; and nobody waits for an export."""

import asyncio
import io
import threading
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.actions import Role
from bot.content import Content
from bot.context import Place
from bot.db import Database, Table
from bot.features import exports, ships, sparks
from bot.features.exports import actions, files
from bot.features.exports.tables import HIDDEN, LEFT_OUT, exported
from bot.features.sparks.model import Spark
from bot.replies import File
from tests.features.evenings import Evenings

TABLES = Table.metadata.tables
HALL = Place("#general")


@pytest.fixture
async def evenings(content: Content, database: Database) -> Evenings:
    found = Evenings(content, database, features=(exports.feature, sparks.feature, ships.feature))
    found.workspace.roles["olga"] = Role.ORGANISER
    for name in ("ada", "bob"):
        await found.person(name)
    return found


async def sheet(evenings: Evenings, name: str) -> str:
    """One file of what /export hands over."""
    await evenings.workspace.say("olga", HALL, "/export")
    (file,) = evenings.workspace.messages[-1].files
    assert isinstance(file, File)
    return zipfile.ZipFile(io.BytesIO(file.data)).read(name).decode("utf-8-sig")


@pytest.mark.usefixtures("everyone_agrees")
async def test_a_spark_goes_along_once_all_have_said_yes(evenings: Evenings) -> None:
    say, press = evenings.workspace.say, evenings.workspace.press
    await say("ada", HALL, "/spark @bob a secret startup")
    await evenings.workspace.advance(timedelta())
    for name in ("spark", "spark_member"):
        assert len((await sheet(evenings, f"tables/{name}.csv")).splitlines()) == 1
    await press("bob", "Yes, we did")
    assert (await evenings.all(Spark))[0].confirmed_at
    assert "a secret startup" in await sheet(evenings, "tables/spark.csv")
    assert len((await sheet(evenings, "tables/spark_member.csv")).splitlines()) == 3


@pytest.mark.usefixtures("everyone_agrees")
async def test_whoever_acts_meanwhile_does_not_wait(
    evenings: Evenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, real = threading.Event(), threading.Event(), files.as_csv

    def slow(names: Sequence[str], rows: Any) -> bytes:
        begun.set()
        go.wait(30)
        return real(names, rows)

    monkeypatch.setattr(files, "as_csv", slow)
    asking = asyncio.create_task(evenings.workspace.say("olga", HALL, "/export"))
    await asyncio.to_thread(begun.wait, 30)
    await evenings.workspace.say("ada", HALL, "/spark @bob a tiny parser")
    assert len(await evenings.all(Spark)) == 1
    go.set()
    await asking
    assert evenings.workspace.messages[-1].files


async def test_what_is_too_large_to_send_is_not_begun(
    evenings: Evenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_VISITS", -1)
    await evenings.workspace.say("olga", HALL, "/export")
    assert "too large to be sent" in evenings.words("olga")


def test_each_table_is_decided() -> None:
    assert HIDDEN.keys() | LEFT_OUT.keys() == TABLES.keys()
    assert not HIDDEN.keys() & LEFT_OUT.keys()


def test_no_secret_and_nothing_anonymous_goes_along() -> None:
    found = {f"{t.name}.{c.name}" for t, columns in exported(Table.metadata) for c in columns}
    assert not {"event.code", "community.feed_key", "change.undo"} & found
    assert not any(
        each.startswith(("retro_answer.", "community_map.", "outgoing.")) for each in found
    )
    for name, hidden in HIDDEN.items():
        assert set(hidden) <= set(TABLES[name].columns.keys()), name
