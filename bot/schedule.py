"""When things are due, and the clock that looks for them. What is due is in the database alone."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TICK_SECONDS = 2

zone_of = cache(ZoneInfo)
"""The library keeps eight zones in memory; with more in use it reads a file each time."""


def next_weekly(zone: str, weekday: str, hour: int, minute: int, after: datetime) -> datetime:
    """The first such wall-clock time strictly after a moment, in UTC.

    In the hour that a clock change skips it is the same time read on the old clock (03:30 for
    02:30); in the hour that comes twice it is the first of the two. APScheduler's CronTrigger is
    not used here: it leaves out the week after some clock changes.
    """
    local = after.astimezone(zone_of(zone))
    day = local.date() + timedelta(days=(WEEKDAYS.index(weekday) - local.weekday()) % 7)
    found = at_hour(day, hour, zone, minute)
    return found if found > after else at_hour(day + timedelta(weeks=1), hour, zone, minute)


def at_hour(day: date, hour: int, zone: str, minute: int = 0) -> datetime:
    """When the clock of a zone shows it that day, in UTC."""
    return datetime.combine(day, time(hour, minute), zone_of(zone)).astimezone(UTC)


def monday(day: date) -> str:
    """A week's slot, from any day in it."""
    return (day - timedelta(days=day.weekday())).isoformat()


def slot(zone: str, moment: datetime) -> str:
    """The local date of a moment: the key of a weekly slot, the same in a doubled hour."""
    return moment.astimezone(zone_of(zone)).date().isoformat()


class Clockwork:
    """Runs jobs every few seconds. A run that takes long is not started twice, none is caught up:
    the next one finds all that is due.

    The scheduler under it waits for times of day. When the machine's clock is set back by an hour,
    it would sleep for an hour: so somebody looks."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._at_work: set[asyncio.Future[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._looking: asyncio.Task[None] | None = None

    def every(self, seconds: float, job: Callable[[], Awaitable[object]]) -> None:
        async def run() -> None:
            work = asyncio.ensure_future(job())
            self._at_work.add(work)
            work.add_done_callback(self._at_work.discard)
            with suppress(asyncio.CancelledError):  # the scheduler, when it stops, cancels this
                await asyncio.shield(work)

        self._scheduler.add_job(run, "interval", seconds=seconds, next_run_time=self._clock())

    def start(self) -> None:
        self._scheduler.start()
        self._looking = asyncio.create_task(self._look_at_the_clock())

    async def stop(self, within: float) -> None:
        """Start nothing more, and wait for what runs, for so many seconds."""
        if self._looking:
            self._looking.cancel()
        self._scheduler.shutdown(wait=False)
        if self._at_work:
            _, left = await asyncio.wait(self._at_work, timeout=within)
            for work in left:
                work.cancel()

    async def _look_at_the_clock(self) -> None:
        """A job is never further away than its interval, unless the clock was set back."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._clock()
            for job in self._scheduler.get_jobs():
                if job.next_run_time - now > job.trigger.interval:
                    job.modify(next_run_time=now)
