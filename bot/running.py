"""Serving until told to stop: platforms, web, clockwork, and words that changed on disk."""

import asyncio
import logging
import signal
from collections.abc import Iterable
from pathlib import Path

from bot.app import App
from bot.content import ContentError, load
from bot.errors import StartError
from bot.platform import Served
from bot.schedule import TICK_SECONDS, Clockwork

log = logging.getLogger(__name__)

LOOK_SECONDS = 30


async def serve(app: App, served: Iterable[Served], folders: Iterable[Path]) -> None:
    """Returns after SIGTERM or SIGINT, once what was begun is done."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clockwork = Clockwork(app.clock)
    clockwork.every(TICK_SECONDS, app.tick)
    clockwork.every(LOOK_SECONDS, Words(app, folders).look)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each.run()) for each in served]
            clockwork.start()
            try:
                await stop.wait()
                log.info("Stopping")
            finally:
                clockwork.stop()
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:
        start, others = errors.split(StartError)
        if start is None or others:
            raise
        raise StartError(" ".join(str(error) for error in start.exceptions)) from None


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
