"""What a world is made of: guilds, channels, people, roles, and who may do what where.

Everything a test may want to look at is a plain attribute here, and every object can write itself
down as Discord would (`payload`). Bodies are shaped after https://discord.com/developers/docs.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .bits import INVITED_WITH, Intent, Permission

if TYPE_CHECKING:
    from .events import ScheduledEvent
    from .messages import Message
    from .world import World

Json = dict[str, Any]
dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

PUBLIC_THREAD: Final = 11
TEXT, DM, VOICE, CATEGORY, NEWS, STAGE, FORUM = 0, 1, 2, 4, 5, 13, 15
THREADS: Final = frozenset({10, PUBLIC_THREAD, 12})


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class Overwrite(NamedTuple):
    """What a channel allows or denies to one role (kind 0) or one member (kind 1)."""

    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False, repr=False)
class User:
    world: World
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    dms_closed: bool = False
    """Closed: the bot's direct messages are refused with 50007."""

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False, repr=False)
class Role:
    guild: Guild
    id: int
    name: str
    permissions: int = 0

    def __repr__(self) -> str:
        return f"<@{self.name}>"

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": list(self.guild.roles).index(self.id),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False, repr=False)
class Member:
    guild: Guild
    user: User
    roles: list[Role]
    extra: int = 0
    """Permissions this person has beside those of the roles, to keep a test short."""
    joined: float = 0.0

    def permissions(self, channel: Channel | None = None) -> int:
        """Discord's own algorithm: roles first, then the channel's overwrites, in that order."""
        bits = self.guild.everyone.permissions | self.extra
        for role in self.roles:
            bits |= role.permissions
        if self.user is self.guild.owner or bits & Permission.ADMINISTRATOR:
            return Permission.ALL
        rules = (channel.parent or channel).overwrites if channel else None
        if not rules:
            return bits
        none = Overwrite(0)
        whole = rules.get(self.guild.id, none)
        held = [rules.get(role.id, none) for role in self.roles]
        own = rules.get(self.user.id, none)
        bits = (bits & ~whole.deny) | whole.allow
        for rule in held:
            bits &= ~rule.deny
        for rule in held:
            bits |= rule.allow
        bits = (bits & ~own.deny) | own.allow
        return bits if bits & Permission.VIEW_CHANNEL else 0

    def payload(self) -> Json:
        return {"user": self.user.payload(), **self.partial(), "deaf": False, "mute": False}

    def partial(self, channel: Channel | None = None) -> Json:
        """Without `user`, `deaf` and `mute`; with permissions where a channel is named."""
        body = {
            "roles": [str(role.id) for role in self.roles],
            "joined_at": iso(self.joined),
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "pending": False,
            "flags": 0,
            "communication_disabled_until": None,
        }
        if channel:
            body["permissions"] = str(self.permissions(channel))
        return body


@dataclass(eq=False, repr=False)
class Channel:
    world: World
    id: int
    name: str
    kind: int = TEXT
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    recipient: User | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    log: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    """Every message still remembered: deleted and private ones too."""
    pinned: list[Message] = field(default_factory=list)
    archive_after: int = 1440
    """Minutes of silence before a thread is archived."""
    born: float = 0.0

    def __repr__(self) -> str:
        return f"<DM with {self.recipient}>" if self.kind == DM else f"<#{self.name}>"

    @property
    def messages(self) -> list[Message]:
        """What everyone in the channel sees, oldest first."""
        return [m for m in self.log.values() if not m.deleted and m.seen_by is None]

    @property
    def threads(self) -> list[Channel]:
        return [c for c in self.world.channels.values() if c.parent is self and c.kind in THREADS]

    def keep(self, message: Message) -> None:
        self.log[message.id] = message
        if len(self.log) > self.world.remember:
            self.log.popitem(last=False)

    def allow(self, who: Role | User, bits: int) -> None:
        rule = self._rule(who)
        self._set(who, rule._replace(allow=rule.allow | bits, deny=rule.deny & ~bits))

    def deny(self, who: Role | User, bits: int) -> None:
        rule = self._rule(who)
        self._set(who, rule._replace(allow=rule.allow & ~bits, deny=rule.deny | bits))

    def _rule(self, who: Role | User) -> Overwrite:
        return self.overwrites.get(who.id, Overwrite(0 if isinstance(who, Role) else 1))

    def _set(self, who: Role | User, rule: Overwrite) -> None:
        self.overwrites[who.id] = rule
        self.world.emit("CHANNEL_UPDATE", self.payload(), self.guild)

    def delete(self) -> None:
        """As a moderator would: gone for everyone, and the bot is told."""
        self.world.channels.pop(self.id, None)
        event = "THREAD_DELETE" if self.kind in THREADS else "CHANNEL_DELETE"
        self.world.emit(event, self.payload(), self.guild)

    def payload(self) -> Json:
        newest = next(reversed(self.log), None)
        body: Json = {
            "id": str(self.id),
            "type": self.kind,
            "last_message_id": newest and str(newest),
            "flags": 0,
        }
        if self.recipient:
            return body | {"recipients": [self.recipient.payload()]}
        body |= {
            "guild_id": str(self.guild.id) if self.guild else None,
            "name": self.name,
            "parent_id": str(self.parent.id) if self.parent else None,
            "rate_limit_per_user": 0,
        }
        return body | (self._thread() if self.kind in THREADS else self._place())

    def _place(self) -> Json:
        body: Json = {
            "position": 0,
            "nsfw": False,
            "topic": None,
            "permission_overwrites": [
                {"id": str(key), "type": o.kind, "allow": str(o.allow), "deny": str(o.deny)}
                for key, o in self.overwrites.items()
            ],
        }
        if self.kind in (VOICE, STAGE):
            body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        if self.kind == FORUM:
            body |= {"available_tags": [], "default_reaction_emoji": None}
            body |= {"default_sort_order": None, "default_forum_layout": 0}
        return body

    def _thread(self) -> Json:
        count = len(self.messages)
        born = iso(self.born)
        return {
            "owner_id": str(self.owner.id) if self.owner else None,
            "message_count": count,
            "total_message_sent": count,
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": self.archive_after,
                "archive_timestamp": born,
                "create_timestamp": born,
                "locked": False,
            },
        }


@dataclass(eq=False, repr=False)
class Guild:
    world: World
    id: int
    name: str
    owner: User
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<guild {self.name}>"

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]

    @property
    def channels(self) -> list[Channel]:
        return [
            c for c in self.world.channels.values() if c.guild is self and c.kind not in THREADS
        ]

    @property
    def threads(self) -> list[Channel]:
        return [c for c in self.world.channels.values() if c.guild is self and c.kind in THREADS]

    def channel(self, name: str, kind: int = TEXT) -> Channel:
        """The channel of this name; made, and announced, the first time it is asked for."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        channel = Channel(self.world, self.world.new_id(), name, kind, self)
        self.world.channels[channel.id] = channel
        self.world.emit("CHANNEL_CREATE", channel.payload(), self)
        return channel

    def role(self, name: str, permissions: int = 0) -> Role:
        """The role of this name; made, and announced, the first time it is asked for."""
        for role in self.roles.values():
            if role.name == name:
                return role
        role = Role(self, self.world.new_id(), name, permissions)
        self.roles[role.id] = role
        self.world.emit(
            "GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.payload()}, self
        )
        return role

    def delete_role(self, role: Role) -> None:
        """As an admin would: nobody has it any more, and the bot is told."""
        del self.roles[role.id]
        for member in self.members.values():
            member.roles = [each for each in member.roles if each is not role]
        gone = {"guild_id": str(self.id), "role_id": str(role.id)}
        self.world.emit("GUILD_ROLE_DELETE", gone, self)

    def join(self, user: User, roles: Iterable[Role] = (), permissions: int = 0) -> Member:
        member = Member(self, user, list(roles), permissions, self.world.clock.now())
        self.members[user.id] = member
        self.world.emit(
            "GUILD_MEMBER_ADD", {"guild_id": str(self.id), **member.payload()}, self, Intent.MEMBERS
        )
        return member

    def leave(self, user: User) -> None:
        self.members.pop(user.id, None)
        body = {"guild_id": str(self.id), "user": user.payload()}
        self.world.emit("GUILD_MEMBER_REMOVE", body, self, Intent.MEMBERS)

    def invite_bot(self, permissions: int = INVITED_WITH) -> None:
        bot = self.world.bot
        role = self.role(bot.name, permissions)
        self.members[bot.id] = Member(self, bot, [role], joined=self.world.clock.now())
        self.world.emit("GUILD_CREATE", self.payload(joining=True), self)

    def remove_bot(self) -> None:
        """Someone kicks the bot out: every route of this guild answers 50001 from now on."""
        self.world.emit("GUILD_DELETE", {"id": str(self.id)}, self)
        self.members.pop(self.world.bot.id, None)

    def payload(self, intents: int = Intent.GUILDS, *, joining: bool = False) -> Json:
        """The body of GUILD_CREATE. Without the members intent it names the bot alone."""
        seen = (
            self.members.values() if intents & Intent.MEMBERS else [self.members[self.world.bot.id]]
        )
        body: Json = {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "icon": None,
            "features": [],
            "preferred_locale": self.locale,
            "member_count": len(self.members),
            "large": len(self.members) > 250,
            "joined_at": iso(self.members[self.world.bot.id].joined),
            "roles": [role.payload() for role in self.roles.values()],
            "channels": [channel.payload() for channel in self.channels],
            "threads": [thread.payload() for thread in self.threads],
            "members": [member.payload() for member in seen],
            "guild_scheduled_events": [event.payload() for event in self.events.values()],
            "emojis": [],
            "stickers": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "soundboard_sounds": [],
            "verification_level": 0,
            "premium_tier": 0,
        }
        return body if joining else body | {"unavailable": False}
