"""Discord as a Platform, on a stock discord.py client."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack
from typing import Self, cast

import aiohttp
import discord
from cachetools import TTLCache
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters.discord import commands, doctor, invite, parse, render
from adapters.discord.door import Door
from adapters.discord.limits import NONCE, insist
from adapters.discord.mirrors import Calendar, Shape
from adapters.discord.pacer import REASONS, UNKNOWN_SERVER, Pacer
from adapters.discord.parse import Json
from adapters.discord.wire import open_session, parts
from bot.actions import Registry, Role
from bot.app import App
from bot.errors import StartError, TryLater, Undeliverable
from bot.people import Address, Caller, Where
from bot.platform import Channel, Check, Group, Profile, Sent
from bot.replies import File, Reply
from bot.settings import Settings

log = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds that answers under way get at shutdown."""

DMS_KNOWN, DMS_FOR = 10_000, 24 * 60 * 60.0
"""How many people's direct messages are remembered, for how many seconds: about 2 MB."""

DMS = "/users/@me/channels"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"

NOT_CONNECTED = "I am not connected to Discord right now."
NOT_LET_IN = (
    "Discord does not know this token. Reset it on the developer portal, page Bot, and put the new "
    "one into DISCORD_TOKEN."
)


class DiscordPlatform:
    """`connect` an App, then `run`."""

    name = "discord"
    keeps_forms_open = False
    knows_repeats = True
    calls_groups = "role"
    takes_files = True

    def __init__(
        self,
        token: str,
        api_url: str | None = None,
        gateway_url: str | None = None,
        *,
        guild_ready_timeout: float = 0.5,
    ) -> None:
        if api_url:
            Route.BASE = api_url
        if gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)
        self._gateway_url = gateway_url
        self._token = token
        self._client = _stock_client(guild_ready_timeout)
        self._client.event(self.on_ready)
        self._pacer = Pacer()
        self._door = Door(self._client, self._pacer)
        self._client.event(self._door.on_interaction)
        self._calendar = Calendar(self._client, self._pacer)
        for each in self._calendar.listeners:
            self._client.event(each)
        self._dms: TTLCache[str, str] = TTLCache(DMS_KNOWN, DMS_FOR)
        self._ready = asyncio.Event()
        self._open = AsyncExitStack()
        self.app: App

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        assert settings.discord_token, "asked for only where there is one"
        token = settings.discord_token.get_secret_value()
        return cls(token, settings.discord_api_url, settings.discord_gateway_url)

    def connect(self, app: App) -> None:
        self.app = self._door.app = self._calendar.app = app

    async def run(self) -> None:
        """Stay connected until cancelled. Raises StartError when Discord won't have it."""
        try:
            await self._login()
            await self._sync()
            if self._gateway_url:  # else the library asks Discord where its gateway is
                self._client.shard_count, *_ = await self._client.http.get_bot_gateway()
            await self._client.connect()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise StartError(f"Discord ended the connection: {error}") from error
        finally:
            await self.close()

    async def ready(self) -> None:
        await self._ready.wait()

    async def close(self) -> None:
        await self._door.close(GRACE)
        await self._calendar.close(GRACE)
        await self._open.aclose()

    async def role_of(self, caller: Caller) -> Role:
        guild = self._guild(caller.where)
        member = await self._door.member(guild, int(caller.user)) if guild else None
        return parse.role(member.guild_permissions) if member else Role.MEMBER

    async def profile_of(self, where: Where, user: str) -> Profile | None:
        guild = self._guild(where)
        if guild is None or not user.isdecimal():
            return None
        member = await self._door.member(guild, int(user))
        if member is None:
            return None
        return Profile(member.display_name, parse.role(member.guild_permissions), member.bot)

    async def groups(self, where: Where) -> tuple[Group, ...]:
        """What Discord has told me of its own accord."""
        guild = self._guild(where)
        known = guild.roles if guild else ()
        return tuple(
            Group(str(each.id), each.name.removeprefix("@"), each.is_default()) for each in known
        )

    async def groups_of(self, where: Where, user: str, among: Collection[str]) -> Collection[str]:
        guild = self._guild(where)
        member = await self._door.member(guild, int(user)) if guild else None
        return parse.groups(member) if member else frozenset()

    async def channels(self, where: Where) -> tuple[Channel, ...]:
        guild = self._guild(where)
        seen = guild.text_channels if guild else ()
        return tuple(Channel(str(each.id), each.name) for each in seen)

    async def zone_of(self, caller: Caller) -> str | None:
        return None

    async def obstacle(self, to: Address) -> str | None:
        if to.channel is None:
            return None
        guild = self._guild(to.where)
        if guild is None:
            return REASONS[UNKNOWN_SERVER]
        channel = guild.get_channel_or_thread(int(to.channel) if to.channel.isdecimal() else 0)
        if channel is None:
            return "I can't see that channel. Choose another one, or allow my role to view it."
        lacking = invite.missing(channel.permissions_for(guild.me), invite.POSTING)
        return f"In #{channel.name}, please allow my role: {lacking}." if lacking else None

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        insist("A nonce", len(nonce), NONCE)
        drawn = render.message(reply, to.where.space)
        once = {**drawn.body, "nonce": nonce, "enforce_nonce": True}
        channel = to.channel or await self._dm(to)
        sent = await self._request(Route("POST", MESSAGES, channel_id=channel), once, drawn.files)
        if reply.thread and to.channel:
            await self._open_thread(channel, sent["id"], reply.thread)
        return Sent(to.where, channel, sent["id"])

    async def edit(self, sent: Sent, reply: Reply) -> None:
        drawn = render.message(reply, sent.where.space)
        route = Route("PATCH", MESSAGE, channel_id=sent.channel, message_id=sent.message)
        await self._request(route, drawn.body, drawn.files)

    async def checks(self, registry: Registry) -> AsyncIterator[Check]:
        """For a process of its own: logs in, looks, and leaves."""
        try:
            await self._login()
            wanted = commands.payload(registry)
            async for check in doctor.checks(self._client, self._pacer, wanted):
                yield check
        except StartError as error:
            yield Check("Discord", False, str(error))
        finally:
            await self.close()

    async def put_event(self, where: Where, shape: Shape, external_id: str | None) -> str:
        return await self._calendar.put(self._present(where), shape, external_id)

    async def drop_event(self, where: Where, external_id: str) -> None:
        await self._calendar.drop(self._present(where), external_id)

    async def has_event(self, where: Where, external_id: str) -> bool:
        return await self._calendar.has(self._present(where), external_id)

    async def on_ready(self) -> None:
        log.info("Discord is connected")
        self._ready.set()

    def _guild(self, where: Where) -> discord.Guild | None:
        """None where I am not any more. Raises TryLater while I can't know."""
        guild = self._client.get_guild(int(where.space))
        if guild is None and not self._ready.is_set():
            raise TryLater(NOT_CONNECTED)
        return guild

    def _present(self, where: Where) -> discord.Guild:
        """Raises Undeliverable where I am not any more, and TryLater."""
        guild = self._guild(where)
        if guild is None:
            raise Undeliverable(REASONS[UNKNOWN_SERVER])
        return guild

    async def _dm(self, to: Address) -> str:
        assert to.user, "an address names a channel or a person"
        channel = self._dms.get(to.user)
        if channel is None:
            opened = await self._request(Route("POST", DMS), {"recipient_id": to.user})
            channel = self._dms[to.user] = opened["id"]
        return channel

    async def _open_thread(self, channel: str, message: str, name: str) -> None:
        """The message has arrived: that its thread does not open must not send it again."""
        route = Route("POST", f"{MESSAGE}/threads", channel_id=channel, message_id=message)
        try:
            await self._request(route, {"name": name})
        except (Undeliverable, TryLater) as error:
            log.warning("No thread under message %s: %s", message, error)

    async def _request(self, route: Route, body: Json, files: tuple[File, ...] = ()) -> Json:
        """In turn, and within the limits the library learns. Raises Undeliverable or TryLater."""
        if self._client.user is None or self._client.is_closed():
            raise TryLater(NOT_CONNECTED)
        content = {"form": parts(body, files)} if files else {"json": body}
        async with self._pacer.turn():
            return cast("Json", await self._client.http.request(route, **content))

    async def _login(self) -> None:
        """Raises StartError with one line that says what to do."""
        try:
            session = open_session(self._client.http.user_agent)
            self._door.session = await self._open.enter_async_context(session)
            await self._open.enter_async_context(self._client)
            await self._client.login(self._token)
        except (discord.LoginFailure, ValueError):
            raise StartError(NOT_LET_IN) from None
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise StartError(f"Discord can't be reached: {error}") from error

    async def _sync(self) -> None:
        """Register the commands, unless Discord has these already."""
        wanted = commands.payload(self.app.registry)
        try:
            if not await doctor.in_sync(self._client, self._pacer, wanted):
                application = cast("int", self._client.application_id)
                async with self._pacer.turn():
                    await self._client.http.bulk_upsert_global_commands(application, wanted)
        except (Undeliverable, TryLater) as error:
            log.error("The commands could not be registered: %s", error)  # noqa: TRY400


def _stock_client(guild_ready_timeout: float) -> discord.AutoShardedClient:
    """Least intents, nothing cached that is not needed, and nobody is ever pinged."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    library = logging.getLogger("discord")
    # At DEBUG it logs addresses that hold the tokens of interactions.
    library.setLevel(max(logging.INFO, logging.getLogger().level))
    return discord.AutoShardedClient(
        intents=invite.intents(),
        allowed_mentions=discord.AllowedMentions.none(),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
        max_ratelimit_timeout=30.0,
        enable_debug_events=True,  # the raw messages: see mirrors.py
        guild_ready_timeout=guild_ready_timeout,
    )
