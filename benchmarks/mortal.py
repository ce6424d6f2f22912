"""A bot on both stand-ins that may be killed at any moment, for outbox_kill."""

import asyncio
import logging
import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection

from adapters.discord import DiscordPlatform
from adapters.discord.pacer import Pacer
from adapters.slack import SlackPlatform
from adapters.slack import pacer as slack
from benchmarks.measure import app_on, content, feature
from bot.app import App
from bot.context import Scene
from bot.db import Database
from bot.people import Address, Where
from bot.platform import Letter, Platform
from bot.replies import Card, Reply
from bot.running import serve

LEASE = timedelta(seconds=2)
UNPACED = 1_000_000

content()  # read once, by the server that every bot is forked from


@dataclass(frozen=True)
class Addresses:
    """Where the database and the stand-ins are."""

    database: str
    discord: tuple[str, str, str]
    """Token, API, gateway."""
    slack: tuple[str, str, str]
    """Bot token, app token, API."""


BEGUN = asyncio.Event()


@feature.delivery("post", grace=timedelta(days=1))
async def post(scene: Scene, platform: str, space: str, channel: str, name: str) -> Letter:
    BEGUN.set()
    to = Address(Where(platform, space), channel=channel)
    return Letter(to, Reply(Card(name), private=False))


def live(addresses: Addresses, born: Connection) -> None:
    """Deliver until nothing is open. Tells when it says the first word."""
    logging.basicConfig(level=logging.ERROR)
    slack.PER_WORKSPACE = slack.PER_CHANNEL = UNPACED, 1
    asyncio.run(_live(addresses, born))


async def _live(addresses: Addresses, born: Connection) -> None:
    bot_token, app_token, url = addresses.slack
    discord = DiscordPlatform(*addresses.discord, guild_ready_timeout=0)
    discord._pacer = Pacer(UNPACED)
    platforms: list[Platform] = [
        discord,
        SlackPlatform(bot_token=bot_token, app_token=app_token, api_url=url),
    ]
    database = Database(addresses.database)
    app = app_on(database, *platforms)
    app._delivery.post.lease = LEASE
    for platform in platforms:
        platform.connect(app)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(app, platforms, []))
        group.create_task(_tell(born))
        await _until_all_is_said(app)
        BEGUN.set()
        os.kill(os.getpid(), signal.SIGTERM)
    await database.close()


async def _tell(born: Connection) -> None:
    await BEGUN.wait()
    born.send(True)


async def _until_all_is_said(app: App) -> None:
    while await app.next_due():  # noqa: ASYNC110  another process may settle the last one
        await asyncio.sleep(0.2)
