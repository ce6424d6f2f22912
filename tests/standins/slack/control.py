"""POST /_control/...: for benchmarks and tests that run the stand-in in a process of its own.

Each takes and returns JSON. A refusal is a 400 with `{"error": ...}`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.standins.slack import payloads
from tests.standins.slack.model import Channel, Message, User, View
from tests.standins.slack.people import Person, Seen
from tests.standins.slack.reading import Json

if TYPE_CHECKING:
    from tests.standins.slack.server import Slack


class Control:
    """One method for each path."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack

    async def user(self, name: str, **more: Any) -> Json:
        return {"id": self._slack.user(name, **more).id}

    async def channel(self, name: str, members: list[str] | None = None, **more: Any) -> Json:
        people = None if members is None else [self._person(member) for member in members]
        return {"id": self._slack.channel(name, members=people, **more).id}

    async def command(
        self,
        user: str,
        channel: str,
        command: str,
        text: str = "",
        times: int = 1,
        at_once: int = 1,
    ) -> Json:
        """Type a command; with `times`, so often, `at_once` at a time. `ack` lists the seconds that
        each ack took, None for those that came too late."""
        person, place, gate = self._person(user), self._channel(channel), asyncio.Semaphore(at_once)

        async def type_it() -> Seen:
            async with gate:
                return await person.command(place, command, text)

        seen = await asyncio.gather(*(type_it() for _ in range(times)))
        acks = [one.delivery.attempts[-1].seconds for one in seen if one.delivery]
        return {"ack": acks, **_seen(seen[-1])}

    async def press(self, user: str, channel: str, ts: str, button: str) -> Json:
        return _seen(await self._person(user).press(self._message(channel, ts), button))

    async def choose(self, user: str, channel: str, ts: str, option: str) -> Json:
        return _seen(await self._person(user).choose(self._message(channel, ts), option))

    async def submit(self, user: str, answers: Json) -> Json:
        person = self._person(user)
        assert person.modal, f"{person.name} has no modal open"
        return _seen(await person.submit(person.modal, answers))

    async def home(self, user: str) -> Json:
        return _seen(await self._person(user).open_home())

    async def event(self, event: Json, wait: bool = True) -> Json:
        if wait:
            return {"outcome": (await self._slack.event(event)).outcome}
        payload = payloads.event(self._slack.state, self._slack.home, event)
        return {"outcome": self._slack.dispatcher.soon(payload).outcome}

    async def fault(self, method: str, **how: Any) -> Json:
        self._slack.fault(method, **how)
        return {}

    async def rules(self, **values: Any) -> Json:
        for name, value in values.items():
            setattr(self._slack.rules, name, value)
        return asdict(self._slack.rules)

    async def rate_limits(self, on: bool) -> Json:
        self._slack.state.rate_limits.on = on
        return {"on": on}

    async def sockets(self, disconnect: str = "", drop: bool = False) -> Json:
        """How many connections there are; asks or forces them to end."""
        if drop:
            self._slack.sockets.drop()
        elif disconnect:
            await self._slack.sockets.disconnect(disconnect)
        return {"connections": self._slack.sockets.connections}

    async def url(self, url: str) -> Json:
        """The app's URL in HTTP mode, taken when it echoes the challenge."""
        return {"verified": await self._slack.http.verify(url)}

    async def forget(self) -> Json:
        """Empty the logs between two runs; people, channels and messages stay."""
        state = self._slack.state
        for log in (state.requests, state.deliveries, state.problems, state.sights):
            log.clear()
        return {}

    async def dump(self) -> Json:
        """Everything visible."""
        state, everyone = self._slack.state, self._slack.home.users.values()
        return {
            "channels": [_channel(channel) for channel in self._slack.home.channels.values()],
            "users": [_user(user) for user in everyone],
            "files": [
                {"id": f.id, "title": f.title, "alt_text": f.alt_text, "done": state.is_ready(f)}
                for f in state.files.values()
            ],
            "requests": [asdict(request) for request in state.requests],
            "deliveries": [
                {"kind": d.kind, "outcome": d.outcome, "attempts": [asdict(a) for a in d.attempts]}
                for d in state.deliveries
            ],
            "problems": [asdict(problem) for problem in state.problems],
        }

    def _person(self, user: str) -> Person:
        for found in self._slack.home.users.values():
            if user in (found.id, found.name):
                return Person(found, self._slack.state, self._slack.dispatcher)
        raise AssertionError(f"no user {user!r}")

    def _channel(self, channel: str) -> Channel:
        for found in self._slack.home.channels.values():
            if channel in (found.id, found.name):
                return found
        raise AssertionError(f"no channel {channel!r}")

    def _message(self, channel: str, ts: str) -> Message:
        place = self._channel(channel)
        return place.posted.get(ts) or place.ephemeral[ts]


def add_routes(app: web.Application, slack: "Slack") -> None:
    """Mount every public method of Control."""
    control = Control(slack)
    for name in vars(Control):
        if not name.startswith("_"):
            app.router.add_post(f"/_control/{name}", _handler(getattr(control, name)))


def _handler(
    act: Callable[..., Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        asked = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(await act(**asked))
        except (AssertionError, KeyError, TypeError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)

    return handle


def _seen(seen: Seen) -> Json:
    return {
        "failed": seen.failed,
        "errors": seen.errors,
        "messages": [_message(message) for message in seen.messages],
        "view": _view(seen.view),
    }


def _message(message: Message) -> Json:
    return message.payload() | {
        "channel": message.channel.id,
        "only_for": message.only_for.id if message.only_for else None,
        "shown": message.shown,
        "buttons": message.buttons,
        "pings": message.pings,
    }


def _view(view: View | None) -> Json | None:
    if view is None:
        return None
    return view.payload() | {"shown": view.shown, "errors": view.errors}


def _channel(channel: Channel) -> Json:
    messages = [*channel.posted.values(), *channel.ephemeral.values()]
    return {
        "id": channel.id,
        "name": channel.name,
        "person": channel.person.id if channel.person else None,
        "pins": channel.pins,
        "messages": [_message(message) for message in messages],
    }


def _user(user: User) -> Json:
    modals = [_view(view) for view in user.modals]
    return {"id": user.id, "name": user.name, "home": _view(user.home), "modals": modals}
