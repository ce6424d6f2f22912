"""A wave of direct messages against a Discord that takes 50 requests a second and no more.

The stand-in, a process of its own, refuses what is above that with 429 and counts it. Everybody is
written to for the first time, so that a message is two requests: the conversation is opened first.
Meanwhile somebody types `/principle 37` ten times a second; what they wait is measured at the
stand-in, from the command to its answer.

    python -m benchmarks.wave [--messages 2000] [--postgres]
"""

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import insert

from adapters.discord import DiscordPlatform
from adapters.discord.client import DMS, MESSAGES
from benchmarks.discord_principle import WISH, running
from benchmarks.measure import app_on, feature, for_sqlalchemy, machine, new_id, now, postgres
from bot.context import Scene
from bot.db import Database
from bot.outbox import Outbox, Promise
from bot.people import Account, Person, Where, directly, settle_in
from bot.platform import Letter
from bot.replies import Card, Reply
from bot.running import serve

ALLOWED = 50
"""Requests a second, of one bot: https://discord.com/developers/docs/topics/rate-limits"""
PAUSE = 0.1
"""Seconds between two who ask for a principle."""
WARM = 30
"""How often it is asked for before the wave."""
COUNTED = f"POST {DMS}", f"POST {MESSAGES.replace('channel_id', 'channel')}"
Json = dict[str, Any]


@feature.delivery("wave", grace=timedelta(days=1))
async def wave(scene: Scene, whom: str) -> Letter | None:
    """Like every personal message: the hours, the week's budget and the address are looked up."""
    to = await directly(scene.session, whom)
    return Letter(to, Reply(Card("Hello", "The next evening is on Friday."))) if to else None


# The bot


async def live(url: str, api: str, gateway: str, token: str) -> None:
    """Deliver and answer until told to stop. Says when it is there."""
    logging.basicConfig(level=logging.ERROR)
    database = Database(url)
    platform = DiscordPlatform(token, api, gateway, guild_ready_timeout=0.1)
    app = app_on(database, platform)
    platform.connect(app)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(app, [platform], []))
            await platform.ready()
            print("{}", flush=True)
    finally:
        await database.close()


async def make_tables(url: str) -> None:
    database = Database(url)
    await database.create_tables()
    await database.close()


async def promise(url: str, guild: str, users: list[str]) -> None:
    """A message to each of them, due now. Nobody sleeps, whatever the hour is."""
    database = Database(url)
    moment = now()
    people = {new_id(): user for user in users}
    kinds = app_on(database).registry.kinds
    async with database.transaction() as session:
        where = Where("discord", guild)
        space, community = await settle_in(session, where, moment, new_id, "UTC")
        community.prefer(quiet_from=0, quiet_until=0)
        about = {"community_id": community.id, "name": "Somebody", "created_at": moment}
        agreed = {"asked_at": moment, "agreed_at": moment}
        await session.execute(insert(Person), [{"id": each, **about, **agreed} for each in people])
        accounts = [
            {
                "id": new_id(),
                "person_id": person,
                "space_id": space.id,
                "external_id": user,
                "created_at": moment,
            }
            for person, user in people.items()
        ]
        await session.execute(insert(Account), accounts)
        outbox = Outbox(session, community.id, new_id, kinds, moment)
        await outbox.later_many(
            Promise("wave", f"wave:{person}", moment, person, {"whom": person}) for person in people
        )
    await database.close()


# What is measured


@dataclass
class Asking:
    """Somebody who types `/principle 37` all the time."""

    control: str
    waited: list[float] = field(default_factory=list)
    """Milliseconds."""

    def once(self) -> None:
        told = ask(f"{self.control}/act", WISH | {"do": "command", "user": "member 1"})
        self.waited.append(told["ms"])

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        over = Event()

        def go_on() -> None:
            while not over.wait(PAUSE):
                self.once()

        thread = Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def part(self, share: float) -> float:
        return sorted(self.waited)[int((len(self.waited) - 1) * share)]


def ask(url: str, body: Json | None = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers)) as answer:
        return json.load(answer)


def measure(url: str, messages: int) -> None:
    asyncio.run(make_tables(url))
    standin = ("tests.standins.discord", "--members", str(messages))
    with running(*standin) as (_, told):
        control = told["control"]
        address = (told["api"], told["gateway"], told["token"])
        (guild,) = ask(f"{told['api']}/users/@me/guilds", Authorization=f"Bot {told['token']}")
        users = list(ask(f"{control}/people"))
        with running("benchmarks.wave", "--bot", url, *address):
            for _ in range(WARM):
                Asking(control).once()
            asyncio.run(promise(url, guild["id"], users))
            asking = Asking(control)
            with asking.meanwhile():
                wait_for_all(control, messages)
        report(control, messages, asking)


def wait_for_all(control: str, messages: int) -> None:
    """Until everybody was written to, or nothing moves any more."""
    before, still = 0, 0
    while before < messages and still < 10:
        time.sleep(2)
        got = sum(ask(f"{control}/people").values())
        before, still = got, still + 1 if got == before else 0


def report(control: str, messages: int, asking: Asking) -> None:
    log = ask(f"{control}/requests")
    got = ask(f"{control}/people").values()
    refused = sum(status == 429 for _, _, status in log)
    times = sorted(at for at, route, _ in log if route in COUNTED)
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"{len(times):,} requests in {times[-1] - times[0]:.1f} s, at most "
        f"{busiest(times)} in any second; {sum(got):,} messages"
    )
    print(
        f"wave: {messages:,} direct messages: {refused} refused, {sum(not n for n in got)} lost, "
        f"{sum(n > 1 for n in got)} doubled, at {rate / ALLOWED:.0%} of the allowed rate; "
        f"/principle meanwhile p50 {asking.part(0.5):.1f} ms, p95 {asking.part(0.95):.1f} ms, "
        f"at worst {asking.part(1):.1f} ms of {len(asking.waited)}; {machine()}"
    )


def busiest(times: list[float]) -> int:
    first, most = 0, 0
    for number, moment in enumerate(times):
        while moment - times[first] >= 1:
            first += 1
        most = max(most, number - first + 1)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.wave", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--postgres", action="store_true", help="in place of SQLite")
    parser.add_argument("--bot", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bot:
        asyncio.run(live(*asked.bot))
    elif asked.postgres:
        with postgres() as address:
            measure(for_sqlalchemy(address), asked.messages)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(f"sqlite+aiosqlite:///{folder}/benchmark.db", asked.messages)


if __name__ == "__main__":
    main()
