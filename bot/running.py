"""Serving until told to stop: platforms, web, clockwork, and words that changed on disk."""

import asyncio
import logging
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.app import App
from bot.content import ContentError, load
from bot.errors import StartError
from bot.platform import Platform, Served
from bot.schedule import TICK_SECONDS, Clockwork

log = logging.getLogger(__name__)

LOOK_SECONDS = 30
TIDY_SECONDS = 6 * 60 * 60
PATIENCE = 30.0
"""Seconds that a platform may take to connect before the others are served without it."""
GRACE = 10.0
"""Seconds to finish what was begun."""


async def serve(app: App, served: Iterable[Served], folders: Iterable[Path]) -> None:
    """Returns after SIGTERM or SIGINT, once what was begun is done."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clockwork = Clockwork(app.clock)
    clockwork.every(TICK_SECONDS, app.tick)
    clockwork.every(LOOK_SECONDS, Words(app, folders).look)
    clockwork.every(TIDY_SECONDS, app.tidy)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each.run()) for each in served]
            await _until_ready(app.platforms.values(), stop)
            clockwork.start()
            try:
                await stop.wait()
                log.info("Stopping")
            finally:
                app.stop()
                await clockwork.stop(GRACE)
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:
        start, others = errors.split(StartError)
        if start is None or others:
            raise
        raise StartError(" ".join(str(error) for error in start.exceptions)) from None


async def _until_ready(platforms: Iterable[Platform], stop: asyncio.Event) -> None:
    """What is due waits for the platforms: else every restart would cost each row a try."""
    ready = asyncio.gather(*(platform.ready() for platform in platforms))
    either: set[asyncio.Future[Any]] = {ready, asyncio.ensure_future(stop.wait())}
    try:
        await asyncio.wait(either, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in either:
            future.cancel()


class Words:
    """Takes up words that changed on disk. A pack with a fault is named, and the old one stays."""

    def __init__(self, app: App, folders: Iterable[Path]) -> None:
        self.app = app
        self.folders = tuple(folders)
        self._seen = self._stamp()

    async def look(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self.app.content = await asyncio.to_thread(load, *self.folders)
            log.info("The new words are in use")
        except ContentError as error:
            log.warning("The words changed, but not well. The old ones stay in use:\n%s", error)

    def _stamp(self) -> frozenset[tuple[Path, int]]:
        files = (path for folder in self.folders for path in folder.rglob("*") if path.is_file())
        return frozenset((path, path.stat().st_mtime_ns) for path in files)
