"""A disk that is full, and a clock that jumps: nothing is lost, doubled or stuck."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.content import Content
from bot.context import Call
from bot.db import Database, disk_is_full
from bot.people import Caller
from bot.replies import Refusal, Reply
from bot.schedule import Clockwork
from tests.test_outbox import NOW, PLACE, WHERE, Start, on_wire, rows, said, start

__all__ = ["start"]

ADA = Caller(WHERE, "ada", "ada")
DAY = timedelta(days=1)
LONG = "x" * 120


# A full disk


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/small.db")
    await database.create_tables()
    yield database
    await database.close()


async def give_room(database: Database, pages: int) -> None:
    """The file may grow by so many pages, of 4 kB."""
    async with database.single() as connection:
        used = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")


async def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_half_written(
    small: Database, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.PAUSES", (0.001,))
    wire = on_wire(content, small)
    wire.go.set()
    await give_room(small, 8)
    kept: list[str] = []
    refused: list[str] = []
    for number in range(400):
        call = Call("promise", {"hours": "1", "key": f"{number}{LONG}"}, ADA, PLACE)
        match await wire.app.run(call):
            case Reply():
                kept.append(f"said {number}{LONG}")
            case Refusal(says):
                refused.append(says)
    assert kept
    assert set(refused) == {"My disk is full, so nothing was changed. Please tell an organiser."}
    assert len(await rows(small)) == len(kept)
    wire.now += timedelta(hours=1)
    for _ in range(5):
        await wire.app.tick()
        wire.now += timedelta(minutes=3)
    await give_room(small, 10_000)
    await wire.app.tick()
    assert sorted(wire.seen) == sorted(kept)
    assert all(row.settled_at and not row.parked for row in await rows(small))


async def test_a_job_that_finds_no_room_waits_and_costs_no_try(
    start: Start, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(Exception):
        sqlstate = "53100"

    error = DBAPIError("INSERT", {}, Full())
    assert disk_is_full(error)
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    workspace.now += timedelta(hours=1)
    build = workspace.app._delivery._build
    calls = iter([error])

    async def full(*args: object) -> object:
        if trouble := next(calls, None):
            raise trouble
        return await build(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace.app._delivery, "_build", full)
    await workspace.app.tick()
    assert [(row.tries, row.settled_at) for row in await rows(database)] == [(0, None)]
    workspace.now += timedelta(minutes=3)
    await workspace.app.tick()
    assert said(workspace) == ["said a"]


async def test_a_database_that_can_not_be_asked_for_more_breaks_off_nothing(
    content: Content, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = on_wire(content, database)
    await wire.say("ada", PLACE, "/promise 1 a")
    wire.now += timedelta(hours=1)
    post = wire.app._delivery.post
    claim, asked = post.claim, iter([True])

    async def once(now: datetime, limit: int) -> object:
        if next(asked, False):
            return await claim(now, limit)
        await wire.sending.wait()
        wire.go.set()
        raise OSError("the database went away")

    monkeypatch.setattr("bot.outbox.Post.claim", lambda self, *args: once(*args))
    await wire.app.tick()
    assert wire.seen == ["said a"]
    assert (await rows(database))[0].settled_at


# A clock that jumps


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_clock_that_jumps_while_a_message_is_under_way_doubles_nothing(
    jump: timedelta, content: Content, database: Database
) -> None:
    wire = on_wire(content, database)
    await wire.say("ada", PLACE, "/promise 1 a")
    await wire.say("ada", PLACE, "/promise 2 b")
    wire.now += timedelta(hours=1)
    if jump < timedelta(0):
        wire.now += DAY
    begun = asyncio.create_task(wire.app.tick())
    await wire.sending.wait()
    wire.now += jump
    again = asyncio.create_task(wire.app.tick())
    await asyncio.sleep(0.1)
    wire.go.set()
    await asyncio.gather(begun, again)
    wire.now = NOW + 2 * DAY
    await wire.app.tick()
    assert sorted(wire.seen) == ["said a", "said b"]
    assert all(row.sent for row in await rows(database))


async def test_a_row_held_by_a_clock_that_ran_ahead_is_not_stuck(
    start: Start, database: Database
) -> None:
    ahead, right = start(), start()
    await ahead.say("ada", PLACE, "/promise 1 a")
    ahead.now = NOW + timedelta(hours=1) + DAY
    (claim,) = await ahead.app._delivery.post.claim(ahead.now, 10)  # and then it is killed
    right.now = NOW + timedelta(hours=1)
    await right.app.tick()
    assert said(right) == ["said a"]
    assert not await ahead.app._delivery.post.holds(claim)


async def test_the_clockwork_goes_on_when_the_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hour = timedelta(hours=1)
    wrong = [hour]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + wrong[0]

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Clock)
    monkeypatch.setattr("bot.schedule.TICK_SECONDS", 0.02)
    ran: list[timedelta] = []

    async def job() -> None:
        ran.append(wrong[0])

    clockwork = Clockwork(Clock.now)
    clockwork.every(0.05, job)
    clockwork.start()
    for jump in (hour, timedelta(0), hour, timedelta(0)):
        wrong[0], before = jump, len(ran)
        async with asyncio.timeout(30):
            while jump not in ran[before + 1 :]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await clockwork.stop(1)
    assert len(ran) <= 25
