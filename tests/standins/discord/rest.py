"""The REST endpoints (v10) for channels, messages, guilds and commands.

What a bot may not see answers 50001, what it may not do 50013, what isn't there its own code:
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json.
"""

from __future__ import annotations

from typing import Any, Final

from .bits import Intent, Permission
from .commands import register
from .faults import ApiError, Faults
from .gateway import Gateway
from .limits import check_message
from .messages import Message, compose, remove, revise, tell, visible
from .routes import Call, route
from .state import (
    CATEGORY,
    DM,
    FORUM,
    NEWS,
    PUBLIC_THREAD,
    THREADS,
    Channel,
    Json,
    User,
)
from .world import World

NONCE_LIVES: Final = 300.0
"""Seconds in which a repeated nonce gets the first message back ("a few minutes")."""
PINS: Final = 250
THREAD_NAME: Final = 100
ARCHIVE_AFTER: Final = (60, 1440, 4320, 10080)


class Rest:
    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        self.nonces: dict[tuple[int, str], tuple[float, Message]] = {}

    # The bot itself

    @route("GET", "/users/@me")
    def me(self, call: Call) -> Json:
        return self.world.bot.payload() | {"verified": True, "mfa_enabled": True, "email": None}

    @route("GET", "/applications/@me")
    @route("GET", "/oauth2/applications/@me")
    def application(self, call: Call) -> Json:
        bot = self.world.bot
        owner = next(iter(self.world.guilds.values())).owner if self.world.guilds else bot
        return {
            "id": str(bot.id),
            "name": bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": owner.payload(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": 0,
            "rpc_origins": [],
            "bot": bot.payload(),
        }

    @route("GET", "/gateway/bot")
    def gateway_bot(self, call: Call) -> Json:
        return {
            "url": self.gateway.url,
            "shards": self.gateway.shards,
            "session_start_limit": {
                "total": 1000,
                "remaining": 1000 - len(self.gateway.identifies),
                "reset_after": 86_400_000,
                "max_concurrency": self.gateway.max_concurrency,
            },
        }

    # Commands

    @route("GET", "/applications/{application}/commands")
    @route("GET", "/applications/{application}/guilds/{guild}/commands")
    def list_commands(self, call: Call) -> list[Json]:
        return self.world.commands.get(self._scope(call), [])

    @route("PUT", "/applications/{application}/commands")
    @route("PUT", "/applications/{application}/guilds/{guild}/commands")
    def replace_commands(self, call: Call) -> list[Json]:
        return register(self.world, call.body, self._scope(call))

    def _scope(self, call: Call) -> int | None:
        if call.id("application") != self.world.bot.id:
            raise ApiError(403, 20012, "You are not authorized to act on this application")
        return call.guild(self.world).id if "guild" in call.where else None

    # People

    @route("GET", "/users/{user}")
    def get_user(self, call: Call) -> Json:
        user = self.world.users.get(call.id("user"))
        if user is None:
            raise ApiError(404, 10013, "Unknown User")
        return user.payload()

    @route("GET", "/users/@me/guilds")
    def my_guilds(self, call: Call) -> list[Json]:
        """Without what only the guild's own endpoint tells."""
        after, bot = int(call.query.get("after", 0)), self.world.bot.id
        mine = [g for n, g in sorted(self.world.guilds.items()) if n > after and bot in g.members]
        return [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(guild.members[bot].permissions()),
                "features": [],
            }
            for guild in mine[: int(call.query.get("limit", 200))]
        ]

    @route("POST", "/users/@me/channels")
    def open_dm(self, call: Call) -> Json:
        number = str(call.body.get("recipient_id"))
        user = self.world.users.get(int(number) if number.isdecimal() else 0)
        if user is None or user is self.world.bot:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return self.world.dm(user).payload()

    # Guilds

    @route("GET", "/guilds/{guild}")
    def get_guild(self, call: Call) -> Json:
        return call.guild(self.world).payload()

    @route("GET", "/guilds/{guild}/channels")
    def list_channels(self, call: Call) -> list[Json]:
        return [channel.payload() for channel in call.guild(self.world).channels]

    @route("GET", "/guilds/{guild}/roles")
    def list_roles(self, call: Call) -> list[Json]:
        return [role.payload() for role in call.guild(self.world).roles.values()]

    @route("GET", "/guilds/{guild}/threads/active")
    def list_threads(self, call: Call) -> Json:
        threads = [thread.payload() for thread in call.guild(self.world).threads]
        return {"threads": threads, "members": [], "has_more": False}

    @route("GET", "/guilds/{guild}/members")
    def list_members(self, call: Call) -> list[Json]:
        guild = call.guild(self.world)
        if not self.gateway.privileged & Intent.MEMBERS:
            raise ApiError(403, 50001, "Missing Access")
        after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
        found = [member for number, member in sorted(guild.members.items()) if number > after]
        return [member.payload() for member in found[:limit]]

    @route("GET", "/guilds/{guild}/members/{user}")
    def get_member(self, call: Call) -> Json:
        member = call.guild(self.world).members.get(call.id("user"))
        if member is None:
            raise ApiError(404, 10007, "Unknown Member")
        return member.payload()

    # Channels and threads

    @route("GET", "/channels/{channel}")
    def get_channel(self, call: Call) -> Json:
        return self._channel(call).payload()

    @route("POST", "/channels/{channel}/typing")
    def type(self, call: Call) -> None:
        self._may(self._channel(call), Permission.SEND_MESSAGES)

    @route("POST", "/channels/{channel}/threads")
    def start_thread(self, call: Call) -> Json:
        if call.body.get("type") != PUBLIC_THREAD:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        return self._thread(self._channel(call), self.world.new_id(), call.body)

    @route("POST", "/channels/{channel}/messages/{message}/threads")
    def start_thread_from(self, call: Call) -> Json:
        message = self._message(call)
        if message.thread:
            words = "A thread has already been created for this message"
            raise ApiError(400, 160004, words)
        return self._thread(message.channel, message.id, call.body)

    def _thread(self, parent: Channel, number: int, body: Json) -> Json:
        self._may(parent, Permission.CREATE_PUBLIC_THREADS)
        if parent.guild is None or parent.kind in {DM, FORUM, CATEGORY, *THREADS}:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        faults = Faults()
        known = ("name", "auto_archive_duration", "rate_limit_per_user", "type", "invitable")
        faults.keys(body, known, ())
        faults.text(body, "name", (), THREAD_NAME, least=1, need=True)
        lives = body.get("auto_archive_duration") or 1440
        if lives not in ARCHIVE_AFTER:
            words = f"Value must be one of {ARCHIVE_AFTER}."
            faults.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", words)
        faults.refuse()
        kind = 10 if parent.kind == NEWS else PUBLIC_THREAD
        thread = Channel(
            self.world, number, body["name"], kind, parent.guild, parent, owner=self.world.bot
        )
        thread.archive_after, thread.born = lives, self.world.clock.now()
        self.world.channels[number] = thread
        announced = thread.payload() | {"newly_created": True}
        self.world.emit("THREAD_CREATE", announced, parent.guild)
        return thread.payload()

    # Messages

    @route("POST", "/channels/{channel}/messages")
    def create_message(self, call: Call) -> Json:
        channel, body = self._channel(call), call.body
        self._may_write(channel)
        check_message(body, call.uploads)
        self._may_show(channel, call)
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        if nonce is not None and (first := self._said_already(channel, nonce)):
            return first.data
        message = compose(channel, self.world.bot, body, call.uploads, **self._reply(channel, body))
        if nonce is not None:
            self.nonces[channel.id, str(nonce)] = (self.world.clock.now(), message)
        return message.data

    def _may_write(self, channel: Channel) -> None:
        if channel.recipient:
            if channel.recipient.dms_closed or not self._shares_guild(channel.recipient):
                raise ApiError(403, 50007, "Cannot send messages to this user")
        elif channel.kind in (CATEGORY, FORUM):
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        elif channel.kind in THREADS:
            self._may(channel, Permission.SEND_MESSAGES_IN_THREADS)
        else:
            self._may(channel, Permission.SEND_MESSAGES)

    def _shares_guild(self, user: User) -> bool:
        guilds = self.world.guilds.values()
        return any({user.id, self.world.bot.id} <= guild.members.keys() for guild in guilds)

    def _may_show(self, channel: Channel, call: Call) -> None:
        if call.body.get("embeds"):
            self._may(channel, Permission.EMBED_LINKS)
        if call.uploads:
            self._may(channel, Permission.ATTACH_FILES)

    def _said_already(self, channel: Channel, nonce: Any) -> Message | None:
        oldest = self.world.clock.now() - NONCE_LIVES
        while self.nonces and next(iter(self.nonces.values()))[0] < oldest:
            del self.nonces[next(iter(self.nonces))]
        found = self.nonces.get((channel.id, str(nonce)))
        return found[1] if found else None

    def _reply(self, channel: Channel, body: Json) -> dict[str, Any]:
        reference = body.get("message_reference")
        if not reference:
            return {}
        number = str(reference.get("message_id"))
        target = channel.log.get(int(number) if number.isdecimal() else 0)
        if target is None or target.deleted:
            if not reference.get("fail_if_not_exists", True):
                return {}
            faults = Faults()
            code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
            faults.add(("message_reference",), code, "Unknown message")
            faults.refuse()
        about = {"message_id": number, "channel_id": str(channel.id), "type": 0}
        return {"kind": 19, "extra": {"message_reference": about}}

    @route("GET", "/channels/{channel}/messages")
    def list_messages(self, call: Call) -> list[Json]:
        channel, query = self._channel(call), call.query
        if channel.guild and not self._can(channel, Permission.READ_MESSAGE_HISTORY):
            return []
        after, before = int(query.get("after", 0)), int(query.get("before", 1 << 63))
        limit = int(query.get("limit", 50))
        found = [m for m in channel.messages if after < m.id < before]
        chosen = found[:limit] if "after" in query else found[-limit:]
        return [visible(message) for message in reversed(chosen)]

    @route("GET", "/channels/{channel}/messages/{message}")
    def get_message(self, call: Call) -> Json:
        return visible(self._message(call))

    @route("PATCH", "/channels/{channel}/messages/{message}")
    def edit_message(self, call: Call) -> Json:
        message = self._message(call)
        if message.author is not self.world.bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        check_message(call.body, call.uploads, old=message)
        self._may_show(message.channel, call)
        return revise(message, call.body, call.uploads).data

    @route("DELETE", "/channels/{channel}/messages/{message}")
    def delete_message(self, call: Call) -> None:
        message = self._message(call)
        if message.author is not self.world.bot:
            self._may(message.channel, Permission.MANAGE_MESSAGES)
        remove(message)

    # Pins

    @route("GET", "/channels/{channel}/messages/pins")
    def list_pins(self, call: Call) -> Json:
        pinned = reversed(self._channel(call).pinned)
        items = [{"pinned_at": m.data["timestamp"], "message": visible(m)} for m in pinned]
        return {"items": items, "has_more": False}

    @route("PUT", "/channels/{channel}/messages/pins/{message}")
    def pin(self, call: Call) -> None:
        message = self._message(call)
        self._may(message.channel, Permission.PIN_MESSAGES)
        if message.pinned:
            return
        if len(message.channel.pinned) >= PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached ({PINS})")
        message.data["pinned"] = True
        message.channel.pinned.append(message)
        tell(message, "MESSAGE_UPDATE")

    @route("DELETE", "/channels/{channel}/messages/pins/{message}")
    def unpin(self, call: Call) -> None:
        message = self._message(call)
        self._may(message.channel, Permission.PIN_MESSAGES)
        if message.pinned:
            message.data["pinned"] = False
            message.channel.pinned.remove(message)
            tell(message, "MESSAGE_UPDATE")

    def _channel(self, call: Call) -> Channel:
        channel = self.world.channels.get(call.id("channel"))
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel")
        if not channel.recipient and not self._can(channel, Permission.VIEW_CHANNEL):
            raise ApiError(403, 50001, "Missing Access")
        return channel

    def _message(self, call: Call) -> Message:
        message = self._channel(call).log.get(call.id("message"))
        if message is None or message.deleted or message.private:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    def _can(self, channel: Channel, permission: int) -> bool:
        return bool(self.world.bot_permissions(channel) & permission)

    def _may(self, channel: Channel, permission: int) -> None:
        """In a direct message everything is allowed that makes sense there."""
        if channel.guild and not self._can(channel, permission):
            raise ApiError(403, 50013, "Missing Permissions")
