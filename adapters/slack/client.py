"""Slack as one of the platforms: one Bolt app, by Socket Mode or by HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from time import monotonic
from typing import Self

from aiohttp import web
from cachetools import TTLCache
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack import parse
from adapters.slack.api import IN_VAIN, Api, Lacking, Method
from adapters.slack.checks import APP, BOT, checks
from adapters.slack.door import Door, Once
from adapters.slack.limits import SIGNATURE
from adapters.slack.listeners import Listeners
from adapters.slack.messages import Messages
from bot.actions import Registry, Role
from bot.app import App
from bot.errors import StartError, TryLater, Undeliverable
from bot.people import Caller, Where
from bot.platform import Address, Channel, Check, Group, Profile, Sent
from bot.replies import Reply
from bot.settings import Settings

log = logging.getLogger(__name__)

sdk_log = logging.getLogger(f"{__name__}.sdk")
sdk_log.setLevel(logging.ERROR)
"""Bolt and the SDK remark on much, and at lower levels they log whole messages."""

PATH = "/slack/events"
PING = 5.0
"""Seconds between signs of life; a lost connection is noticed and made anew about as fast."""

RETRY = 10.0
"""Seconds between two tries to reach Slack at the start."""

GRACE = 10.0
"""Seconds to finish what was begun when told to stop."""

FRESH = 60.0
"""Seconds for which members and the list of channels are remembered."""

MANY = 1000
"""Channels that one answer of Slack's lists at most."""


@dataclass(frozen=True, slots=True)
class Member:
    """What Slack says of somebody."""

    name: str
    role: Role
    zone: str | None
    bot: bool
    here: bool


MEMBERS = 10_000
"""Of how many."""

GROUPS = 100
"""Of how many user groups it is remembered who is in them."""

NO_GROUPS = (
    "Slack does not let me see user groups. Whoever looks after me can mend that: add "
    "usergroups:read on the app's page OAuth & Permissions, then install the app again."
)


class SlackPlatform:
    """One workspace, by its bot token. Without an app token it listens for HTTP."""

    name = "slack"
    keeps_forms_open = True
    knows_repeats = False
    calls_groups = "user group"
    takes_files = False

    def __init__(
        self,
        *,
        bot_token: str,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str | None = None,
        port: int = 3000,
    ) -> None:
        if not app_token and not signing_secret:
            raise StartError(
                "Slack needs SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
            )
        self.port = port
        self._app_token = app_token
        self._api = Api(bot_token, api_url, sdk_log)
        self._messages = Messages(self._api)
        self._door = Door(signing_secret) if signing_secret else None
        self._signatures = Once(SIGNATURE)
        self._members: TTLCache[str, Member] = TTLCache(MEMBERS, FRESH)
        self._channels: tuple[float, tuple[Channel, ...]] | None = None
        self._groups: TTLCache[str, tuple[Group, ...]] = TTLCache(1, FRESH)
        self._in_group: TTLCache[str, frozenset[str]] = TTLCache(GROUPS, FRESH)
        self._ready = asyncio.Event()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        app, secret = settings.slack_app_token, settings.slack_signing_secret
        assert settings.slack_bot_token, "Slack is connected only with a token"
        return cls(
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=app.get_secret_value() if app else None,
            signing_secret=secret.get_secret_value() if secret else None,
            api_url=settings.slack_api_url,
            port=settings.slack_port,
        )

    # Serving

    def connect(self, app: App) -> None:
        self._listeners = Listeners(app, self._api, self._messages)
        self._bolt = AsyncApp(
            name="community-os",
            client=self._api.web,
            logger=sdk_log,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
        )
        self._bolt.use(self._listeners)

    async def run(self) -> None:
        """Until cancelled. Raises StartError for what waiting does not mend."""
        try:
            await self._api.open()
            await self._sign_in(BOT, self._api.web.auth_test)
            await (self._by_socket(self._app_token) if self._app_token else self._by_http())
        finally:
            await self._api.close()

    async def ready(self) -> None:
        """Wait until people can be heard."""
        await self._ready.wait()

    async def _sign_in(self, says: str, method: Method, **args: str) -> None:
        while True:
            try:
                await self._api.call(method, **args)
            except IN_VAIN as error:
                raise StartError(says % error) from None
            except TryLater as error:
                log.warning("%s I try again in %d seconds.", error, RETRY)
                await asyncio.sleep(RETRY)
            else:
                return

    async def _by_socket(self, token: str) -> None:
        await self._sign_in(APP, self._api.web.apps_connections_open, app_token=token)
        handler = AsyncSocketModeHandler(
            self._bolt, token, logger=sdk_log, web_client=self._api.web, ping_interval=PING
        )
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
            await self._serve("by Socket Mode")
        finally:
            await self._listeners.finish(GRACE)
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _by_http(self) -> None:
        served = web.Application()
        served.router.add_post(PATH, self._receive)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            await web.TCPSite(runner, "0.0.0.0", self.port).start()  # noqa: S104
            self.port = runner.addresses[0][1]
            await self._serve(f"by HTTP on port {self.port}, {PATH}")
        except OSError as error:
            raise StartError(f"SLACK_PORT {self.port} can't be used: {error.strerror}.") from None
        finally:
            await runner.cleanup()
            await self._listeners.finish(GRACE)

    async def _serve(self, way: str) -> None:
        log.info("Slack is connected %s", way)
        self._ready.set()
        await asyncio.Event().wait()

    async def _receive(self, request: web.Request) -> web.Response:
        """One request of Slack's, proved and parsed here.

        Bolt would take it as it is, but believes a replay, fails on a timestamp that is no number,
        and loses every command with the word "payload" in its text (1.30).
        """
        raw = (await request.read()).decode(errors="replace")
        signature = self._door.signature(request.headers, raw) if self._door else None
        if signature is None:
            return web.Response(status=401)
        body = parse.request(raw, request.content_type)
        if "challenge" in body:
            return web.json_response({"challenge": body["challenge"]})
        if "event_id" not in body and not self._signatures.first(signature):
            return web.Response(status=401)
        answer = await self._bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        return web.Response(status=answer.status, text=answer.body, content_type="application/json")

    # The port

    async def role_of(self, caller: Caller) -> Role:
        return (await self._member(caller.user)).role

    async def profile_of(self, where: Where, user: str) -> Profile | None:
        try:
            found = await self._member(user)
        except Undeliverable:
            return None
        return Profile(found.name, found.role, found.bot) if found.here else None

    async def groups(self, where: Where) -> tuple[Group, ...]:
        known = self._groups.get(where.space)
        if known is not None:
            return known
        try:
            found = await self._api.call(self._api.web.usergroups_list)
        except Lacking:
            raise Undeliverable(NO_GROUPS) from None
        named = tuple(Group(each["id"], each["handle"]) for each in found["usergroups"])
        self._groups[where.space] = named
        return named

    async def groups_of(self, where: Where, user: str, among: Collection[str]) -> Collection[str]:
        held = await asyncio.gather(*(self._people_in(group) for group in among))
        return {group for group, people in zip(among, held, strict=True) if user in people}

    async def channels(self, where: Where) -> tuple[Channel, ...]:
        """The public ones: of the others Slack tells only with more permissions."""
        if self._channels is None or monotonic() - self._channels[0] >= FRESH:
            listing = self._api.web.conversations_list
            found = await self._api.call(listing, exclude_archived=True, limit=MANY)
            named = tuple(Channel(each["id"], each["name"]) for each in found["channels"])
            self._channels = monotonic(), named
        return self._channels[1]

    async def zone_of(self, caller: Caller) -> str | None:
        try:
            return (await self._member(caller.user)).zone
        except (Undeliverable, TryLater):
            return None

    async def obstacle(self, to: Address) -> str | None:
        try:
            if to.channel:
                return await self._channel_obstacle(to.channel)
            if to.user:
                await self._messages.dm_of(to.user)
        except Undeliverable as error:
            return str(error)
        except Lacking:
            return None
        return None

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        """Slack knows no nonce: what may have arrived and is sent again arrives twice."""
        channel = to.channel or to.user
        assert channel, "an address names a channel or a person"
        sent = await self._messages.post(channel, reply)
        return Sent(to.where, sent["channel"], sent["ts"])

    async def edit(self, sent: Sent, reply: Reply) -> None:
        await self._messages.edit(sent, reply)

    def checks(self, registry: Registry) -> AsyncIterator[Check]:
        return checks(self._api, self._app_token)

    async def _channel_obstacle(self, channel: str) -> str | None:
        found = await self._api.call(self._api.web.conversations_info, channel=channel)
        about = found["channel"]
        if about["is_archived"]:
            return f"#{about['name']} is archived."
        return None if about["is_member"] else f"I am not in #{about['name']}. Invite me there."

    async def _people_in(self, group: str) -> frozenset[str]:
        """Nobody, where there is no such group any more, or where I may not look."""
        known = self._in_group.get(group)
        if known is None:
            try:
                listing = self._api.web.usergroups_users_list
                known = frozenset((await self._api.call(listing, usergroup=group))["users"])
            except (Undeliverable, Lacking) as error:
                log.warning("User group %s makes nobody a host or organiser: %s", group, error)
                known = frozenset()
            self._in_group[group] = known
        return known

    async def _member(self, user: str) -> Member:
        if known := self._members.get(user):
            return known
        found = (await self._api.call(self._api.web.users_info, user=user))["user"]
        runs_it = any(found.get(f"is_{what}") for what in ("admin", "owner", "primary_owner"))
        member = self._members[user] = Member(
            name=found["name"],
            role=Role.ORGANISER if runs_it else Role.MEMBER,
            zone=found.get("tz"),
            bot=bool(found.get("is_bot")),
            here=not found.get("deleted"),
        )
        return member
