"""procrastinate on the same PostgreSQL, with its tables beside ours."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import procrastinate
from sqlalchemy import text

from benchmarks.measure import tidy
from bot.db import Database
from bot.delivery import AT_ONCE

PATIENCE = 15.0
"""Seconds that one round gets; it is judged by the jobs that are done by then."""

WAITING = text(
    "INSERT INTO procrastinate_jobs (task_name, queue_name, args, scheduled_at)"
    " SELECT 'nothing', 'default', '{}', now() + interval '1 day' FROM generate_series(1, :count)"
)
DONE = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")


async def nothing() -> None:
    """The least there is to do."""


@dataclass
class Procrastinate:
    """The side that the outbox is compared with."""

    database: Database
    app: procrastinate.App

    async def rate(self, jobs: int) -> float:
        """Jobs a second, as many at once as the outbox delivers."""
        await self.app.tasks["nothing"].batch_defer_async(*({} for _ in range(jobs)))
        await tidy(self.database)
        before, begun = await self._done(), perf_counter()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.app.run_worker_async(
                    concurrency=AT_ONCE, wait=False, install_signal_handlers=False
                )
        took = perf_counter() - begun
        return (await self._done() - before) / took

    async def wait(self, future: int) -> None:
        """Add jobs that are due tomorrow."""
        async with self.database.transaction() as session:
            await session.execute(WAITING, {"count": future})

    async def _done(self) -> int:
        async with self.database.transaction() as session:
            return await session.scalar(DONE) or 0


@contextlib.asynccontextmanager
async def procrastinating(database: Database) -> AsyncIterator[Procrastinate]:
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    pool: dict[str, Any] = {"min_size": AT_ONCE, "max_size": AT_ONCE + 4}
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, **pool))
    app.task(name="nothing")(nothing)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        yield Procrastinate(database, app)
