"""A bot killed with `kill -9` again and again while it delivers to Discord and to Slack.

Both stand-ins run in processes of their own and remember what they were sent. The bot is another
process, and after each kill a new one. In the end every row is looked for: lost rows, rows seen
twice on Discord, which knows a row's id again, and rows seen twice on Slack, which knows nothing
again: there one message is under way at a time, so that a kill doubles one at most.

Two things are not as in real life. Nothing is paced, so that a kill meets as many messages under
way as there can be. And a row that a killed bot held is free again after two seconds, not two
minutes, so that the next bots meet it. Discord remembers a nonce for some minutes: a bot that stays
dead for longer says twice what it was just saying when it died.

    python -m benchmarks.outbox_kill [--kills 500] [--rows 10000] [--postgres]
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from random import Random
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import ColumnElement, func, insert, select

from benchmarks.measure import (
    PRINCIPLE,
    NullPlatform,
    app_on,
    for_sqlalchemy,
    machine,
    new_id,
    now,
    postgres,
)
from benchmarks.mortal import Addresses, live
from bot.db import Database
from bot.outbox import Outgoing
from bot.people import Community

DISCORD = ("tests.standins.discord", "--unlimited")
SLACK = "tests.standins.slack"
CHANNELS = 100
LIFE = 0.3
"""Seconds that a bot has at most, once it has begun to deliver."""
EARLIER = now() - timedelta(hours=1)
Json = dict[str, Any]


# The stand-ins


@contextlib.contextmanager
def running(*command: str) -> Iterator[Json]:
    """A stand-in; its first line says where it is."""
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def ask(url: str, body: Json | None = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers}
    with urlopen(Request(url, data, headers)) as answer:
        return json.load(answer)


def discord_spots(discord: Json) -> list[Json]:
    """Each channel, as arguments of a row."""
    api, token = discord["api"], f"Bot {discord['token']}"
    (guild,) = ask(f"{api}/users/@me/guilds", Authorization=token)
    channels = ask(f"{api}/guilds/{guild['id']}/channels", Authorization=token)
    about = {"platform": "discord", "space": guild["id"]}
    return [about | {"channel": channel["id"]} for channel in channels]


def slack_spots(slack: Json) -> list[Json]:
    about = {"platform": "slack", "space": slack["team_id"]}
    made = (ask(f"{slack['control']}channel", {"name": f"c{n}"}) for n in range(CHANNELS))
    return [about | {"channel": channel["id"]} for channel in made]


def repeats(discord: Json) -> int:
    """Messages that came again and were not shown again."""
    state = ask(f"{discord['control']}/state")
    return int(state["requests"]["POST /channels/{channel}/messages 200"]) - int(state["messages"])


def seen_on_discord(discord: Json, names: list[str]) -> Counter[str]:
    pages = (ask(f"{discord['control']}/state?messages={name}") for name in names)
    return Counter(message["text"] for page in pages for message in page["messages"])


def seen_on_slack(slack: Json) -> Counter[str]:
    channels = ask(f"{slack['control']}dump", {})["channels"]
    return Counter(message["text"] for channel in channels for message in channel["messages"])


# The rows


async def promise(database: Database, spots: list[Json], rows: int) -> set[str]:
    """Rows for these channels in turn, all due now. Their names."""
    names = [f"{spots[0]['platform']} {number}" for number in range(rows)]
    async with database.transaction() as session:
        community = (await session.scalars(select(Community.id))).one()
        values = [
            {
                "id": new_id(),
                "community_id": community,
                "kind": "post",
                "key": name,
                "args": json.dumps(spots[number % len(spots)] | {"name": name}),
                "due_at": EARLIER + timedelta(milliseconds=number),
                "tries": 0,
            }
            for number, name in enumerate(names)
        ]
        await session.execute(insert(Outgoing), values)
    return set(names)


async def prepare(url: str, discord: list[Json], slack: list[Json], rows: int) -> list[set[str]]:
    database = Database(url)
    await database.create_tables()
    await app_on(database, NullPlatform()).run(PRINCIPLE)
    try:
        return [await promise(database, spots, rows) for spots in (discord, slack)]
    finally:
        await database.close()


async def count(url: str, which: ColumnElement[bool]) -> int:
    database = Database(url)
    async with database.transaction() as session:
        found = await session.scalar(select(func.count()).select_from(Outgoing).where(which))
    await database.close()
    return found or 0


# The bots


def killed(addresses: Addresses, chance: Random) -> bool:
    """Let one bot live for a moment. False if it was done before."""
    bot = born(addresses)
    bot.join(chance.uniform(0, LIFE))
    alive = bot.is_alive()
    bot.kill()
    bot.join()
    return alive


def born(addresses: Addresses) -> ForkServerProcess:
    """A bot that has begun to deliver."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.mortal"])
    news, begun = context.Pipe(duplex=False)
    bot = context.Process(target=live, args=(addresses, begun))
    bot.start()
    news.recv()
    return bot


def measure(url: str, kills: int, rows: int) -> None:
    names = [f"c{number}" for number in range(CHANNELS)]
    began = perf_counter()
    with running(*DISCORD, "--channels", ",".join(names)) as discord, running(SLACK) as slack:
        spots = discord_spots(discord), slack_spots(slack)
        on_discord, on_slack = asyncio.run(prepare(url, *spots, rows))
        addresses = Addresses(
            url,
            (discord["token"], discord["api"], discord["gateway"]),
            (slack["bot_token"], slack["app_token"], slack["base_url"]),
        )
        chance = Random(kills)
        died = sum(killed(addresses, chance) for _ in range(kills))
        left = asyncio.run(count(url, Outgoing.settled_at.is_(None)))
        born(addresses).join()
        known = repeats(discord)
        seen = seen_on_discord(discord, ["general", *names]) + seen_on_slack(slack)
    lost = (on_discord | on_slack) - set(seen)
    twice, doubled = (
        sum(seen[name] - 1 for name in said & set(seen)) for said in (on_discord, on_slack)
    )
    print(
        f"bots that were killed settled {2 * rows - left:,} of {2 * rows:,} rows; "
        f"Discord knew {known:,} repeats again; "
        f"{asyncio.run(count(url, Outgoing.parked.is_not(None)))} rows are parked"
    )
    print(
        f"outbox_kill: killed {died} times, {rows:,} rows for Discord and as many for Slack: "
        f"{len(lost)} lost, {twice} seen twice on Discord, {doubled} on Slack; "
        f"{perf_counter() - began:.0f} s, {machine()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.outbox_kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--rows", type=int, default=10_000, help="for each of the two")
    parser.add_argument("--postgres", action="store_true", help="in place of SQLite")
    asked = parser.parse_args()
    if asked.postgres:
        with postgres() as address:
            measure(for_sqlalchemy(address), asked.kills, asked.rows)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(f"sqlite+aiosqlite:///{folder}/benchmark.db", asked.kills, asked.rows)


if __name__ == "__main__":
    main()
