"""Driving the stand-in from another process: a benchmark, or a test that kills the bot.

All under `/_control`, JSON in and out. These requests are neither limited nor logged.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

from aiohttp import web

from .messages import Message
from .people import Modal, NotAnswered, Person, Reply
from .screen import Impossible
from .server import Discord
from .state import Channel, Json, dumps
from .traffic import Fault, Rate


class Control:
    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.modals: dict[str, Modal] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/state", self.state),
            web.get("/_control/people", self.people),
            web.get("/_control/requests", self.requests),
            web.post("/_control/act", self.act),
            web.post("/_control/load", self.load),
            web.post("/_control/fault", self.fault),
            web.post("/_control/limits", self.limits),
            web.post("/_control/advance", self.advance),
            web.post("/_control/drop", self.drop),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """The summary; with `?messages=general` every message of that channel as well, with
        `?dms=Ada` everything that Ada got."""
        body = summary(self.discord)
        if name := request.query.get("messages"):
            body["messages"] = [_told(message) for message in self._channel(name).messages]
        if name := request.query.get("dms"):
            body["dms"] = [_told(message) for message in self._person(name).dms]
        return _json(body)

    async def people(self, request: web.Request) -> web.Response:
        """Everybody's id, and how many direct messages they got."""
        dms, people = self.discord.world.dms, self.discord.world.users.values()
        return _json(
            {
                str(each.id): len(dms[each.id].log) if each.id in dms else 0
                for each in people
                if isinstance(each, Person)
            }
        )

    async def requests(self, request: web.Request) -> web.Response:
        """Of the last 10,000: when, which route, and the status it got."""
        log = self.discord.traffic.requests
        return _json([[each.at, each.route, each.status] for each in log])

    async def act(self, request: web.Request) -> web.Response:
        """`{"user", "do": "command", "channel", "name", "options"}`, `{"user", "do": "press",
        "message", "label"}`, `"choose"` with `message` and `picks`, `"submit"` with `modal` and
        `answers`. Answers what the person then sees, and after how many milliseconds; 504 where
        the bot kept silent, 409 where Discord's app would not let them."""
        wish = await request.json()
        begun = time.perf_counter()
        try:
            reply = await self._do(self._person(wish["user"]), wish)
        except NotAnswered as silence:
            return _json({"error": str(silence)}, 504)
        except Impossible as reason:
            return _json({"error": str(reason)}, 409)
        took = {"ms": round((time.perf_counter() - begun) * 1000, 3)}
        if isinstance(reply, Modal):
            self.modals[reply.interaction.token] = reply
            form = {"modal": reply.interaction.token, "title": reply.title, "fields": reply.fields}
            return _json(took | form)
        return _json(took | {"message": reply and _told(reply)})

    async def _do(self, person: Person, wish: Json) -> Reply:
        what = wish["do"]
        if what == "command":
            channel = self._channel(wish["channel"], person)
            return await person.command(channel, wish["name"], **wish.get("options", {}))
        if what == "press":
            return await person.press(self._message(wish["message"]), wish["label"])
        if what == "choose":
            return await person.choose(self._message(wish["message"]), *wish["picks"])
        if what == "submit":
            return await person.submit(self.modals[wish["modal"]], **wish.get("answers", {}))
        raise web.HTTPBadRequest(text=f"Nobody can {what!r}.")

    async def load(self, request: web.Request) -> web.Response:
        """`{"channel", "name", "options", "count", "in_flight"}`: that command `count` times, by
        everyone in turn. Answers how many per second, and how long the bot took."""
        wish = await request.json()
        channel, options = self._channel(wish["channel"]), wish.get("options", {})
        people = [user for user in self.discord.world.users.values() if isinstance(user, Person)]
        left, times, failed = iter(range(wish["count"])), [], Counter[str]()

        async def worker() -> None:
            for number in left:
                begun = time.perf_counter()
                try:
                    person = people[number % len(people)]
                    await person.command(channel, wish["name"], **options)
                    times.append(time.perf_counter() - begun)
                except NotAnswered as silence:
                    failed[str(silence.interaction.refusals[-1:])] += 1

        begun = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(wish.get("in_flight", 32))))
        seconds = time.perf_counter() - begun
        times.sort()
        spread = {
            f"p{part}_ms": round(times[int((len(times) - 1) * part / 100)] * 1000, 3)
            for part in (50, 95, 99, 100)
            if times
        }
        told = {"answered": len(times), "failed": dict(failed), "seconds": round(seconds, 3)}
        return _json(told | {"per_second": round(len(times) / seconds, 1)} | spread)

    async def fault(self, request: web.Request) -> web.Response:
        """The fields of `Fault`."""
        self.discord.traffic.faults.append(Fault(**await request.json()))
        return _json({})

    async def limits(self, request: web.Request) -> web.Response:
        """`{"answer_within": 1, "global": [50, 1] or null, "rates": {route: [5, 5]}}`; what is
        left out stays."""
        wish = await request.json()
        traffic = self.discord.traffic
        self.discord.desk.answer_within = wish.get("answer_within", self.discord.desk.answer_within)
        if "global" in wish:
            traffic.global_rate = Rate(*wish["global"]) if wish["global"] else None
        if "rates" in wish:
            traffic.rates = {route: Rate(*rate) for route, rate in wish["rates"].items()}
        return _json({})

    async def advance(self, request: web.Request) -> web.Response:
        self.discord.clock.advance((await request.json())["seconds"])
        return _json({"now": self.discord.clock.now()})

    async def drop(self, request: web.Request) -> web.Response:
        self.discord.gateway.drop((await request.json()).get("shard"))
        return _json({})

    def _person(self, name: str) -> Person:
        for user in self.discord.world.users.values():
            if isinstance(user, Person) and user.name == name:
                return user
        raise web.HTTPNotFound(text=f"There is no {name}.")

    def _channel(self, name: str, person: Person | None = None) -> Channel:
        """By name; `dm` is the person's own with the bot."""
        if person and name == "dm":
            return person.dm
        for channel in self.discord.world.channels.values():
            if channel.name == name:
                return channel
        raise web.HTTPNotFound(text=f"There is no #{name}.")

    def _message(self, number: str) -> Message:
        for channel in self.discord.world.channels.values():
            if message := channel.log.get(int(number)):
                return message
        raise web.HTTPNotFound(text=f"There is no message {number}.")


def summary(discord: Discord) -> Json:
    """What happened so far, in numbers."""
    world, traffic, gateway = discord.world, discord.traffic, discord.gateway
    messages = [message for channel in world.channels.values() for message in channel.log.values()]
    return {
        "guilds": {guild.name: len(guild.members) for guild in world.guilds.values()},
        "channels": {channel.name: len(channel.log) for channel in world.channels.values()},
        "messages": len(messages),
        "private": sum(message.private for message in messages),
        "direct": sum(len(channel.log) for channel in world.dms.values()),
        "commands": sorted(discord.commands),
        "interactions": len(world.interactions),
        "unanswered": sum(found.answer is None for found in world.interactions.values()),
        "requests": {f"{route} {status}": n for (route, status), n in traffic.counts.items()},
        "invalid_requests": traffic.invalid,
        "banned": traffic.banned,
        "sessions": len(gateway.sessions),
        "connected": len(gateway.connected),
        "identifies": len(gateway.identifies),
        "resumes": gateway.resumes,
    }


def _told(message: Message) -> Json:
    return {
        "id": message.data["id"],
        "at": message.data["timestamp"],
        "from": message.author.name,
        "private_to": message.seen_by and message.seen_by.name,
        "text": message.text,
        "buttons": message.buttons,
        "pictures": [file.alt for file in message.files],
        "nonce": message.data.get("nonce"),
    }


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, text=dumps(body), content_type="application/json")
