"""The Web API's door: tokens, scopes, quotas, faults, the log, and the register of methods."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.standins.slack.model import Channel, Request, User, Workspace
from tests.standins.slack.reading import Json
from tests.standins.slack.rules import Fault
from tests.standins.slack.state import State

STATE: web.AppKey[State] = web.AppKey("state", State)


class SlackError(Exception):
    """A refusal: `{"ok": false, "error": ...}`, perhaps with more to say. Its HTTP status is 200,
    but for the few that say so."""

    def __init__(
        self, error: str, *, status: int = 200, retry_after: int | None = None, **more: Any
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.body: Json = {"ok": False, "error": error, **more}


def invalid(error: str, faults: list[str]) -> SlackError:
    """A refusal that lists what is wrong with blocks or a view, as Slack words it."""
    messages = [f"[ERROR] {fault}" for fault in faults]
    return SlackError(error, errors=faults, response_metadata={"messages": messages})


@dataclass
class Call:
    """One call of a method by an app whose token was accepted."""

    state: State
    workspace: Workspace
    method: str
    args: Json

    def need(self, name: str) -> str:
        """A required argument that is a string."""
        value = self.args.get(name)
        if value in (None, ""):
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return str(value)

    def parsed(self, name: str) -> Any:
        """An argument that may come as JSON or as a string of JSON."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(f"invalid_{name}_format") from None

    def flag(self, name: str) -> bool:
        return self.args.get(name) in (True, 1, "1", "true", "True")

    def require(self, *scopes: str) -> None:
        require(self.workspace.scopes, set(scopes))

    def user(self, user_id: str) -> User:
        user = self.workspace.users.get(user_id)
        if user is None:
            raise SlackError("user_not_found")
        return user

    def channel(self, channel_id: str) -> Channel:
        """A channel that the bot can see: a private one only when it is in it."""
        channel = self.workspace.channels.get(channel_id)
        hidden = channel and channel.private and self.workspace.bot.id not in channel.members
        if channel is None or hidden:
            raise SlackError("channel_not_found")
        return channel


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    name: str
    handler: Handler
    scopes: frozenset[str]
    tier: int
    args: frozenset[str]


METHODS: dict[str, Method] = {}


def method(
    name: str, *, scope: str = "", tier: int = 3, args: str = ""
) -> Callable[[Handler], Handler]:
    """Register a method. Any one of the space-separated scopes will do; the SDK's pagination and
    team arguments are always known."""

    def register(handler: Handler) -> Handler:
        known = frozenset(f"{args} team_id limit cursor".split())
        METHODS[name] = Method(name, handler, frozenset(scope.split()), tier, known)
        return handler

    return register


def require(provided: set[str], needed: set[str]) -> None:
    if needed and not needed & provided:
        raise SlackError(
            "missing_scope", needed=",".join(sorted(needed)), provided=",".join(sorted(provided))
        )


async def handle(request: web.Request) -> web.Response:
    """POST or GET /api/{method}."""
    state, name = request.app[STATE], request.match_info["method"]
    args = await _args(request)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = bearer or args.pop("token", "")
    workspace = next((w for w in state.workspaces.values() if w.bot_token == token), None)
    fault = state.faults.take(name)
    headers = _scope_headers(workspace, name) if workspace else {}
    status = 200
    try:
        await suffer(fault)
        _keep_quota(state, workspace, name, args)
        body = _run(state, workspace, token, name, args)
    except SlackError as refusal:
        status, body, headers = refusal.status, refusal.body, headers | refusal.headers
    team = workspace.id if workspace else ""
    state.requests.append(Request(name, args, team, time.time(), status, body.get("error")))
    state.touch()
    return reply(request, fault, web.json_response(body, status=status, headers=headers))


async def suffer(fault: Fault | None) -> None:
    """Be slow, or refuse, as the fault says."""
    if fault is None:
        return
    await asyncio.sleep(fault.delay)
    if fault.retry_after is not None:
        raise SlackError("ratelimited", status=429, retry_after=fault.retry_after)
    if fault.error or fault.status != 200:
        raise SlackError(fault.error or "service_unavailable", status=fault.status)


def reply(request: web.Request, fault: Fault | None, response: web.Response) -> web.Response:
    """The response, unless a fault says that it never arrives."""
    if fault and fault.lose_reply and request.transport:
        request.transport.abort()
    return response


async def _args(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json() if request.can_read_body else {}
    else:
        args |= dict(await request.post())
    return args


def _keep_quota(state: State, workspace: Workspace | None, name: str, args: Json) -> None:
    if workspace and name in METHODS:
        tier, channel = METHODS[name].tier, args.get("channel")
        wait = state.rate_limits.retry_after(workspace.id, name, tier, channel)
        if wait is not None:
            raise SlackError("ratelimited", status=429, retry_after=wait)


def _run(state: State, workspace: Workspace | None, token: str, name: str, args: Json) -> Json:
    if name not in METHODS:
        raise SlackError("unknown_method", req_method=name)
    found = METHODS[name]
    if name == "apps.connections.open":
        return _as_app(state, token, found)
    if not token:
        raise SlackError("not_authed")
    if workspace is None:
        known = token == state.app_token
        raise SlackError("not_allowed_token_type" if known else "invalid_auth")
    if not workspace.installed:
        raise SlackError("account_inactive")
    require(workspace.scopes, set(found.scopes))
    for unknown in sorted(args.keys() - found.args):
        state.problem("unknown_argument", f"{name}: {unknown}")
    return {"ok": True, **found.handler(Call(state, workspace, name, args))}


def _as_app(state: State, token: str, found: Method) -> Json:
    """A method of the app itself: it takes the `xapp-` token and no other."""
    if token != state.app_token:
        known = any(token == workspace.bot_token for workspace in state.workspaces.values())
        raise SlackError("not_allowed_token_type" if known else "invalid_auth")
    require(state.app_scopes, set(found.scopes))
    home = next(iter(state.workspaces.values()))
    return {"ok": True, **found.handler(Call(state, home, found.name, {}))}


def _scope_headers(workspace: Workspace, name: str) -> dict[str, str]:
    headers = {"x-oauth-scopes": ",".join(sorted(workspace.scopes))}
    if name in METHODS:
        headers["x-accepted-oauth-scopes"] = ",".join(sorted(METHODS[name].scopes))
    return headers
