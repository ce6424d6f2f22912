"""`/principle 37` through the Discord adapter against a bare discord.py command.

The bare command answers with a constant text. Each bot is a process of its own and talks to its
own stand-in, a third and a fourth process; they take turns under the same load, and the medians of
the rounds are compared. CPU is what the bot's process used for one answer, wherever it waited.

    python -m benchmarks.discord_principle [--rounds 7] [--count 1500]
"""

import argparse
import asyncio
import contextlib
import json
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import psutil

IN_FLIGHT = 16
WISH = {"channel": "general", "name": "principle", "options": {"number": 37}}


@dataclass
class Side:
    """One bot and its stand-in."""

    name: str
    control: str
    bot: psutil.Process
    standin: psutil.Process
    rounds: list["Round"] = field(default_factory=list)

    def play(self, count: int) -> None:
        before = cpu(self.bot), cpu(self.standin)
        told = self.load(count, IN_FLIGHT)
        after = cpu(self.bot), cpu(self.standin)
        used = [(b - a) / count * 1000 for a, b in zip(before, after, strict=True)]
        alone = self.load(count // 5, 1)
        self.rounds.append(Round(told["per_second"], alone["p50_ms"], *used))

    def load(self, count: int, in_flight: int) -> dict[str, Any]:
        body = json.dumps(WISH | {"count": count, "in_flight": in_flight}).encode()
        with urlopen(Request(f"{self.control}/load", body, method="POST")) as answer:
            told: dict[str, Any] = json.load(answer)
        assert told["answered"] == count, told
        return told

    def median(self, what: str) -> float:
        return statistics.median(getattr(each, what) for each in self.rounds)

    def __str__(self) -> str:
        return (
            f"{self.name:5} {self.median('per_second'):6,.0f} answers/s, "
            f"p50 at one in flight {self.median('p50'):.2f} ms, CPU for an answer: "
            f"bot {self.median('cpu'):.2f} ms, stand-in {self.median('standin'):.2f} ms"
        )


class Round(NamedTuple):
    per_second: float
    p50: float
    """Milliseconds, at one in flight."""
    cpu: float
    standin: float


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def running(*command: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A module in a process of its own, ready: it prints one line of JSON, and ends on SIGTERM."""
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextlib.contextmanager
def side(name: str) -> Iterator[Side]:
    with running("tests.standins.discord", "--unlimited") as (standin, told):
        address = (told["api"], told["gateway"], told["token"])
        with running("benchmarks.discord_principle", "--bot", name, *address) as (bot, _):
            yield Side(name, told["control"], psutil.Process(bot.pid), psutil.Process(standin.pid))


def compare(rounds: int, count: int) -> None:
    with side("bare") as bare, side("ours") as ours:
        for each in (bare, ours):
            each.load(count // 3, IN_FLIGHT)  # warm up
        for number in range(rounds):
            for each in (bare, ours) if number % 2 else (ours, bare):
                each.play(count)
    ratios = sorted(
        mine.per_second / theirs.per_second
        for mine, theirs in zip(ours.rounds, bare.rounds, strict=True)
    )
    print(bare, ours, sep="\n")
    print(
        f"discord_principle: {statistics.median(ratios):.2f} of a bare discord.py command's "
        f"answers/s (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}), p50 {ours.median('p50'):.2f} ms "
        f"against {bare.median('p50'):.2f} ms"
    )


async def bare(api: str, gateway: str, token: str) -> None:
    import discord
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from yarl import URL

    discord.http.Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
    client = discord.AutoShardedClient(
        intents=discord.Intents(guilds=True), guild_ready_timeout=0.1
    )
    tree = app_commands.CommandTree(client)

    @tree.command(description="Read one of the principles")
    async def principle(interaction: discord.Interaction, number: int) -> None:
        await interaction.response.send_message("Introduce people with a reason.", ephemeral=True)

    await client.login(token)
    await tree.sync()
    connection = asyncio.create_task(client.connect())
    await client.wait_until_ready()
    print("{}", flush=True)
    try:
        await connection
    finally:
        await client.close()


async def ours(api: str, gateway: str, token: str) -> None:
    from adapters.discord import DiscordPlatform
    from bot.actions import Registry
    from bot.app import App
    from bot.content import load
    from bot.db import Database
    from bot.features import FEATURES
    from bot.pack import packaged

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder)}/bench.db")
        await database.create_tables()
        platform = DiscordPlatform(token, api, gateway, guild_ready_timeout=0.1)
        app = App(
            Registry(FEATURES),
            load(packaged("content")),
            database,
            [platform],
            clock=lambda: datetime.now(UTC),
            new_id=lambda: secrets.token_hex(8),
        )
        platform.connect(app)
        connection = asyncio.create_task(platform.run())
        await platform.ready()
        print("{}", flush=True)
        try:
            await connection
        finally:
            await database.close()


async def until_terminated(name: str, *address: str) -> None:
    bot = asyncio.create_task({"bare": bare, "ours": ours}[name](*address))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await bot


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.discord_principle", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--bot", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bot:
        asyncio.run(until_terminated(*asked.bot))
    else:
        compare(asked.rounds, asked.count)


if __name__ == "__main__":
    main()
