"""The stand-in as a whole: a world, served over HTTP and a websocket on 127.0.0.1."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import BodyPartReader, web

from .bits import EVERYONE, INVITED_WITH
from .events import Events
from .faults import ApiError
from .gateway import Gateway
from .interactions import Interaction, Interactions
from .messages import Upload
from .people import Person
from .rest import Rest
from .routes import Call, Handler, Route, routes_of
from .state import Guild, Json, Role, User, dumps
from .traffic import Fault, Refused, Request, Traffic
from .world import Clock, World

TOKEN: Final = "stand-in.for.discord"
API: Final = "/api/v10"
BODY: Final = 30 * 1024 * 1024
"""Bytes a request may have."""
_FILE: Final = re.compile(r"files\[(\d+)\]")
_log = logging.getLogger(__name__)


class Discord:
    """Use it as `async with Discord() as discord:`, make guilds and people, point a bot at `api`.

    world      guilds, channels, messages, commands: what there is
    gateway    sessions, intents, and `drop()`
    traffic    rate limits, faults to come, and the log of requests
    desk       interactions, and how long the bot may take to answer
    """

    def __init__(self, *, port: int = 0, token: str = TOKEN, shards: int = 1) -> None:
        self.port = port
        self.token = token
        self.world = World()
        self.gateway = Gateway(self.world, token, shards)
        self.traffic = Traffic()
        self.desk = Interactions(self.world)
        self.world.emit_to.append(self.gateway.dispatch)
        self._runner: web.AppRunner | None = None

    # Addresses

    @property
    def api(self) -> str:
        """For `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """For `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    # The world

    def guild(
        self, name: str, *, bot_permissions: int = INVITED_WITH, locale: str = "en-US"
    ) -> Guild:
        """A new guild with a #general, and the bot invited. Guilds go round the shards in turn."""
        world, shards = self.world, self.gateway.shards
        owner = User(world, world.new_id(), f"Owner of {name}")
        world.users[owner.id] = owner
        number = world.new_id(len(world.guilds) % shards, shards)
        guild = Guild(world, number, name, owner, locale)
        guild.roles[number] = Role(guild, number, "@everyone", EVERYONE)
        world.guilds[number] = guild
        guild.join(owner)
        guild.channel("general")
        guild.invite_bot(bot_permissions)
        return guild

    def user(
        self,
        name: str,
        *,
        guilds: Iterable[Guild] | None = None,
        roles: Iterable[Role] = (),
        permissions: int = 0,
        locale: str = "en-US",
        dms_closed: bool = False,
    ) -> Person:
        """A person, who joins these guilds, or those of their roles, or all there are."""
        roles = list(roles)
        person = Person(
            self.world,
            self.world.new_id(),
            name,
            locale=locale,
            dms_closed=dms_closed,
            desk=self.desk,
        )
        self.world.users[person.id] = person
        if guilds is None:
            guilds = {role.guild for role in roles} or self.world.guilds.values()
        for guild in guilds:
            guild.join(person, [role for role in roles if role.guild is guild], permissions)
        return person

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def commands(self) -> dict[str, Json]:
        """What the bot registered for everywhere, by name."""
        return {command["name"]: command for command in self.world.commands.get(None, ())}

    @property
    def interactions(self) -> list[Interaction]:
        return list(self.world.interactions.values())

    @property
    def requests(self) -> list[Request]:
        return list(self.traffic.requests)

    async def until(self, true: Callable[[], object], within: float = 10.0) -> None:
        await self.world.until(true, within)

    # Serving

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self, also: Iterable[web.RouteDef] = ()) -> None:
        app = web.Application(client_max_size=BODY)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/ephemeral-attachments/{path:.*}", self.world.cdn.serve)
        app.router.add_routes(also)
        for part in (Rest(self.world, self.gateway), Events(self.world), self.desk):
            for route, handler in sorted(routes_of(part), key=lambda pair: pair[0].path.count("{")):
                app.router.add_route(route.method, API + route.path, self._endpoint(route, handler))
        nowhere = Route("*", "/{unknown}", exempt=True)
        app.router.add_route("*", API + "/{unknown:.*}", self._endpoint(nowhere, _unknown))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        self.world.cdn.base = f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        await self.gateway.close()
        if self._runner:
            await self._runner.cleanup()

    def _endpoint(self, route: Route, handler: Handler) -> Callable[[web.Request], Any]:
        name, traffic, clock = str(route), self.traffic, self.clock

        async def endpoint(request: web.Request) -> web.Response:
            where = dict(request.match_info)
            status, result, body, fault = 200, None, None, None
            headers = traffic.admit(name, where, exempt=route.exempt)
            if isinstance(headers, Refused):
                status, result, headers = 429, headers.body, headers.headers
            else:
                if traffic.faults:
                    fault = traffic.fault(name, f"{request.method} {request.path}")
                try:
                    await self._hinder(request, route, fault)
                    body, uploads = await _read(request)
                    result = handler(Call(where, request.query, body, uploads))
                except ApiError as refusal:
                    status, result = refusal.status, refusal.body
                except Exception as error:  # the stand-in's own fault; say so at once
                    _log.exception("%s %s", request.method, request.path)
                    status, result = 501, {"message": f"stand-in: {error!r}", "code": 0}
            if fault and fault.lost and request.transport:
                status = 0
                request.transport.abort()
            code = result.get("code") if status >= 400 and isinstance(result, dict) else None
            path = request.path.removeprefix(API)
            traffic.record(Request(clock.now(), request.method, path, name, status, code, body))
            return _response(status, result, headers)

        return endpoint

    async def _hinder(self, request: web.Request, route: Route, fault: Fault | None) -> None:
        """Refuse who may not ask, and let go wrong what shall."""
        if not route.exempt and request.headers.get("Authorization") != f"Bot {self.token}":
            raise ApiError(401, 0, "401: Unauthorized")
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and fault.status:
            raise ApiError(fault.status, 0, f"{fault.status}: injected")


async def _read(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    """The JSON of a request, and its files."""
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    raw = await request.read()
    return (_parse(raw) if raw else {}), {}


async def _read_parts(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    body: Any = {}
    uploads: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise ApiError(400, 50035, "Invalid Form Body")
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = _parse(data)
        elif found := _FILE.fullmatch(part.name or ""):
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[int(found[1])] = Upload(part.filename or "unknown", kind, data)
        else:
            raise ApiError(400, 50035, "Invalid Form Body", {str(part.name): {"_errors": []}})
    return body, uploads


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error


def _response(status: int, result: Any, headers: dict[str, str]) -> web.Response:
    if result is None:
        return web.Response(status=204 if status < 400 else status, headers=headers)
    return web.Response(
        status=status or 200,
        body=dumps(result).encode(),
        content_type="application/json",
        headers=headers,
    )


def _unknown(call: Call) -> None:
    _log.warning("The stand-in does not serve %s", call.where["unknown"])
    raise ApiError(404, 0, "404: Not Found")
