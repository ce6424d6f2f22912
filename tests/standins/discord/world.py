"""The world as a whole: its clock, everything that is in it, and who is told when it changes."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .bits import IN_DMS, Intent
from .cdn import Cdn
from .state import DM, Channel, Guild, Json, User

if TYPE_CHECKING:
    from .interactions import Interaction

EPOCH_MS: Final = 1_420_070_400_000


class Clock:
    """Discord's idea of the time, in seconds since 1970: the real time plus what a test adds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


Emit = Callable[[str, Json, Guild | None, int], None]


@dataclass(eq=False)
class World:
    """Everything there is. `emit` is set by the gateway; until then events reach nobody."""

    bot: User = field(init=False)
    clock: Clock = field(default_factory=Clock)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    dms: dict[int, Channel] = field(default_factory=dict)
    """The direct message channels that are open, by the person's id."""
    commands: dict[int | None, list[Json]] = field(default_factory=dict)
    """What the bot registered: under None for everywhere, under a guild's id for there alone."""
    interactions: OrderedDict[str, Interaction] = field(default_factory=OrderedDict)
    """By token, oldest first."""
    remember: int = 20_000
    """How many messages a channel, and how many interactions the world, keeps."""
    emit_to: list[Emit] = field(default_factory=list)
    cdn: Cdn = field(init=False)
    _last: int = 0

    def __post_init__(self) -> None:
        self.bot = User(self, self.new_id(), "Community OS", bot=True)
        self.users[self.bot.id] = self.bot
        self.cdn = Cdn(self)

    def new_id(self, shard: int = 0, of: int = 1) -> int:
        """A snowflake: milliseconds since 2015, then a counter. Always larger than the last.
        A guild's also decides which of the shards looks after it."""
        stamp = (int(self.clock.now() * 1000) - EPOCH_MS) << 22
        self._last = max(stamp, self._last + 1)
        self._last += ((shard - (self._last >> 22)) % of) << 22
        return self._last

    def emit(self, event: str, body: Json, guild: Guild | None, needs: int = Intent.GUILDS) -> None:
        """Tell the bot, if it asked for such events and is where they happen."""
        for emit in self.emit_to:
            emit(event, body, guild, needs)

    async def until(self, true: Callable[[], object], within: float = 10.0) -> None:
        """Wait for the world, or the bot, to become so; TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110  (a bot tells nobody when it has changed)
                await asyncio.sleep(0.002)

    def dm(self, user: User) -> Channel:
        """The channel between the bot and this person."""
        if user.id not in self.dms:
            channel = Channel(self, self.new_id(), "", DM, recipient=user)
            self.dms[user.id] = self.channels[channel.id] = channel
        return self.dms[user.id]

    def bot_permissions(self, channel: Channel) -> int:
        if channel.guild is None:
            return IN_DMS
        member = channel.guild.members.get(self.bot.id)
        return member.permissions(channel) if member else 0
