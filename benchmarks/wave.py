"""Two thousand direct messages at once, against a Discord that takes 50 requests a second.

The stand-in keeps Discord's limits, in a process of its own: it refuses what comes too fast, counts
that, and knows what every member got. The first wave has to open a conversation with everybody, so
that a message costs two requests; for the second one they are open. All the while a member types
`/principle 37`; the stand-in tells how long each answer took.

    python -m benchmarks.wave [--messages 2000]
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Annotated, Any, NamedTuple

import aiohttp

from adapters.discord import DiscordPlatform
from benchmarks.measure import app_on, feature, machine
from bot.actions import Registry
from bot.app import App
from bot.context import Call, Context, Place, Scene
from bot.db import Database
from bot.outbox import Promise
from bot.people import Address, Caller, Where
from bot.platform import Letter
from bot.replies import Card, Reply
from tests.standins.discord import Discord
from tests.standins.discord.control import Control

ALLOWED = 50
"""Requests a second."""
BETWEEN = 0.1
"""Seconds from one /principle to the next."""
TYPED = {"user": "member 0", "do": "command", "channel": "general", "name": "principle"}
SENT, OPENED = "POST /channels/{channel}/messages", "POST /users/@me/channels"
Json = dict[str, Any]


class Wave(NamedTuple):
    requests: int
    seconds: float
    answers: list[float]
    """Milliseconds until /principle was answered."""

    @property
    def share(self) -> float:
        return self.requests / self.seconds / ALLOWED


@feature.delivery("wave", grace=timedelta(days=1), asked_for=True)
async def wave(scene: Scene, space: str, user: str) -> Letter:
    return Letter(Address(Where("discord", space), user=user), Reply(Card("This week")))


# The stand-in


async def serve(members: int) -> None:
    discord = Discord()
    guild = discord.guild("Gathering")
    people = [str(discord.user(f"member {number}").id) for number in range(members)]
    await discord.start(Control(discord).routes())
    about = {"api": discord.api, "gateway": discord.gateway_url, "token": discord.token}
    control = f"http://127.0.0.1:{discord.port}/_control"
    print(json.dumps({**about, "control": control, "guild": str(guild.id), "people": people}))
    sys.stdout.flush()
    await asyncio.Event().wait()


@contextlib.contextmanager
def standin(members: int) -> Iterator[Json]:
    command = [sys.executable, "-m", "benchmarks.wave", "--serve", "--messages", str(members)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


# The waves


async def roll(app: App, web: aiohttp.ClientSession, discord: Json, number: int) -> Wave:
    """One wave: all promised for now, delivered by one tick."""
    await promise(app, discord, number)
    before = await requests(web)
    answers: list[float] = []
    asking = asyncio.create_task(ask(web, answers))
    begun = perf_counter()
    assert await app.tick() == len(discord["people"])
    seconds = perf_counter() - begun
    asking.cancel()
    return Wave(await requests(web) - before, seconds, answers)


async def promise(app: App, discord: Json, number: int) -> None:
    ...


async def ask(web: aiohttp.ClientSession, answers: list[float]) -> None:
    while True:
        async with web.post("act", json=TYPED | {"options": {"number": 37}}) as answer:
            told = await answer.json()
        assert "37" in told["message"]["text"], told
        answers.append(told["ms"])
        await asyncio.sleep(BETWEEN)
