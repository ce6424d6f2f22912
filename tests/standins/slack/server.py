"""The stand-in as a whole: a Slack of its own on 127.0.0.1."""

import time
from collections.abc import Callable, Iterable
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

from tests.standins.slack import (
    chat,
    control,
    directory,
    files,
    manifest,
    payloads,
    views,
    web_api,
)
from tests.standins.slack.delivery import Dispatcher
from tests.standins.slack.http_mode import HttpMode
from tests.standins.slack.model import Channel, Delivery, Group, Problem, Request, User, Workspace
from tests.standins.slack.people import Person
from tests.standins.slack.reading import Json
from tests.standins.slack.rules import Fault, Rules
from tests.standins.slack.socket_mode import SocketMode
from tests.standins.slack.state import State

T = TypeVar("T")

SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "channels:read",
    "files:write",
    "team:read",
    "usergroups:read",
)
"""What Community OS asks for, and so what its bot may do here unless a test says otherwise."""

METHODS = (chat, directory, files, views)
"""The modules that fill the register of Web API methods."""


class Slack:
    """A Slack with one app and one workspace; more workspaces can install the app.

    Give `base_url`, `bot_token` and `app_token` (Socket Mode) or `signing_secret` (HTTP) to the
    app under test; make people with `user` and let them act.
    """

    def __init__(
        self,
        *,
        mode: Literal["socket", "http"] = "socket",
        scopes: Iterable[str] = SCOPES,
        rules: Rules | None = None,
        rate_limits: bool = False,
    ) -> None:
        self.mode = mode
        self.state = State(rules or Rules(), rate_limits=rate_limits)
        self.sockets = SocketMode(self.state)
        self.http = HttpMode(self.state)
        transport = self.sockets if mode == "socket" else self.http
        self.dispatcher = Dispatcher(self.state, transport)
        self._runner: web.AppRunner | None = None
        self.home = self.workspace("Acme", scopes=scopes)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> Self:
        """Listen on 127.0.0.1, at any free port by default."""
        app = web.Application(client_max_size=16 * 2**20)
        app[web_api.STATE] = self.state
        app.router.add_route("*", "/api/{method}", web_api.handle)
        app.router.add_post("/response/{team}/{token}", chat.handle_response)
        app.router.add_route("*", "/upload/v1/{file}", files.handle_upload)
        app.router.add_get("/link/", self.sockets.handle)
        control.add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.state.origin = f"http://{host}:{bound}"
        return self

    async def stop(self) -> None:
        await self.dispatcher.close()
        await self.http.close()
        await self.sockets.close()
        if self._runner:
            await self._runner.cleanup()

    def install(self, made: Json) -> None:
        """Take this manifest: from then on people find just what it has."""
        manifest.install(self.state, made)

    # What the app under test is given

    @property
    def base_url(self) -> str:
        return f"{self.state.origin}/api/"

    @property
    def bot_token(self) -> str:
        return self.home.bot_token

    @property
    def app_token(self) -> str:
        return self.state.app_token

    @property
    def signing_secret(self) -> str:
        return self.state.signing_secret

    # Who and where

    def workspace(self, name: str, *, scopes: Iterable[str] = SCOPES) -> Workspace:
        """Install the app in one more workspace."""
        team_id, bot_id = self.state.new_id("T"), self.state.new_id("B")
        token = f"xoxb-{team_id}-standin"
        made = Workspace(team_id, name, name.lower().replace(" ", "-"), token, bot_id, set(scopes))
        made.bot = User(self.state.new_id("U"), "Community OS", made, bot=True)
        made.users[made.bot.id] = made.bot
        self.state.workspaces[team_id] = made
        return made

    def user(self, name: str, *, workspace: Workspace | None = None, **more: Any) -> Person:
        """A member. `tz`, `admin`, `owner`, `deleted` and `bot` say what they are."""
        workspace = workspace or self.home
        user = User(self.state.new_id("U"), name, workspace, **more)
        workspace.users[user.id] = user
        for channel in workspace.channels.values():
            if channel.open:
                channel.members.add(user.id)
        return Person(user, self.state, self.dispatcher)

    def channel(
        self,
        name: str,
        *,
        members: Iterable[Person] | None = None,
        bot: bool = True,
        private: bool = False,
        archived: bool = False,
        read_only: bool = False,
        workspace: Workspace | None = None,
    ) -> Channel:
        """A channel of everyone, or of the named `members`. The bot is in it unless told not to."""
        workspace = workspace or self.home
        made = Channel(self.state.new_id("C"), name, workspace, open=members is None)
        made.private, made.archived, made.read_only = private, archived, read_only
        made.members = set(workspace.users) if members is None else {p.id for p in members}
        made.members -= {workspace.bot.id}
        made.members |= {workspace.bot.id} if bot else set()
        workspace.channels[made.id] = made
        return made

    def usergroup(self, handle: str, people: Iterable[Person]) -> Group:
        ids = [person.id for person in people]
        group = Group(self.state.new_id("S"), handle, handle.capitalize(), ids)
        self.home.groups.append(group)
        return group

    # What goes wrong, and what happens by itself

    def fault(self, method: str, **how: Any) -> Fault:
        """Let the next calls of a method go wrong: see Fault for the ways."""
        fault = Fault(method, **how)
        self.state.faults.append(fault)
        return fault

    async def event(self, event: Json, *, workspace: Workspace | None = None) -> Delivery:
        """Send an event and wait until it is acked or given up."""
        payload = payloads.event(self.state, workspace or self.home, event)
        return await self.dispatcher.event(payload)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Hand the same thing over once more, as a flaky network may. Nobody sees the answer."""
        if delivery.kind == "events_api":
            return await self.dispatcher.event(delivery.payload)
        return await self.dispatcher.interact(delivery.kind, delivery.payload)

    async def uninstall(self, workspace: Workspace | None = None) -> None:
        """Take the app away: its token is dead, and two events tell it so."""
        gone = workspace or self.home
        gone.installed = False
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [gone.bot.id]}}
        await self.event(revoked, workspace=gone)
        await self.event({"type": "app_uninstalled"}, workspace=gone)

    # What tests look at

    @property
    def rules(self) -> Rules:
        return self.state.rules

    @property
    def problems(self) -> list[Problem]:
        return self.state.problems

    @property
    def deliveries(self) -> list[Delivery]:
        return self.state.deliveries

    def requests(self, method: str = "") -> list[Request]:
        """The calls that the app made, of one method or of all."""
        return [request for request in self.state.requests if method in ("", request.method)]

    async def until(self, truth: Callable[[], T], within: float = 10.0) -> T:
        """Wait until something is true, of the visible state or of the test's own."""
        deadline = time.monotonic() + within
        while not (found := await self.state.until(truth, 0.02)):
            assert time.monotonic() < deadline, f"still not so after {within} s"
        return found

    async def connected(self, count: int = 1, within: float = 5.0) -> None:
        """Wait until the app holds this many Socket Mode connections."""
        await self.until(lambda: self.sockets.connections == count, within)
