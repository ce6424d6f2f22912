"""`community-os doctor`: what could keep the bot from its work, each a line with what to do."""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.actions import Registry
from bot.content import ContentError, load
from bot.db import Database, reason
from bot.errors import StartError
from bot.outbox import parked_since
from bot.platform import Check, Platform

LATELY = timedelta(days=14)
SHOWN = 5
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)


async def examine(
    registry: Registry,
    folders: Iterable[Path],
    database: Database,
    platforms: Iterable[Platform],
    clock: Callable[[], datetime],
) -> AsyncIterator[Check]:
    """Every check, also after one that failed."""
    yield _clock(clock())
    yield _content(folders)
    async for check in _database(database, clock()):
        yield check
    connected = False
    for platform in platforms:
        connected = True
        async for check in platform.checks(registry):
            yield check
    if not connected:
        yield Check(
            "Platforms",
            False,
            "No token is set. Run `community-os init`, or fill in .env by hand.",
        )


def _clock(now: datetime) -> Check:
    if now < WRITTEN:
        return Check("Clock", False, f"It says {now:%Y-%m-%d}. Set the machine's time.")
    return Check("Clock", True, f"{now:%Y-%m-%d %H:%M} UTC; this machine is on {time.tzname[0]}")


def _content(folders: Iterable[Path]) -> Check:
    try:
        content = load(*folders)
    except ContentError as error:
        says = f"{len(error.faults)} faults. `community-os check` lists them."
        return Check("Content", False, says)
    pages = f"{len(content.principles)} principles and {len(content.chapters)} chapters"
    return Check("Content", True, pages)


async def _database(database: Database, now: datetime) -> AsyncIterator[Check]:
    try:
        await database.migrate()
        async with database.transaction() as session:
            parked = await parked_since(session, now - LATELY)
    except StartError as error:
        yield Check("Database", False, str(error))
        return
    except DBAPIError as error:
        yield Check("Database", False, f"{database.place}: {reason(error)}.")
        return
    yield Check("Database", True, f"{database.place}, up to date")
    if parked:
        why = " ".join(dict.fromkeys(row.parked for row in parked[:SHOWN] if row.parked))
        yield Check("Messages", False, f"{len(parked)} lately could not be delivered. {why}")
