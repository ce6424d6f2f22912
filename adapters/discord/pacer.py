"""One gate in front of every request that is not the answer to an interaction.

discord.py learns a limit by running into it, and ten thousand refusals in ten minutes get a host
banned. Discord takes 50 requests a second in all; answers to interactions do not count:
https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import aiohttp
import discord
from aiolimiter import AsyncLimiter

from bot.errors import TryLater, Undeliverable

PER_SECOND = 46
"""Some below the limit: requests that left evenly do not arrive so, and signing in takes a few."""

UNKNOWN_SERVER = 10004

REASONS: Mapping[int, str] = MappingProxyType(
    {
        10003: "The channel is gone. Choose another one.",
        UNKNOWN_SERVER: "I am not on that server any more. Invite me again.",
        10007: "This person is not on the server any more.",
        10008: "The message is gone.",
        10013: "This person's account is gone.",
        50001: "I can't see the channel. Allow my role to view it.",
        50007: "This person takes no direct messages from me.",
        50013: "I may not write there. Allow my role to send messages and embed links.",
        50278: "This person shares no server with me any more.",
    }
)
"""Discord's error codes, in words an organiser can act on."""


class Pacer:
    def __init__(self, per_second: float = PER_SECOND) -> None:
        # Evenly, since a bucket that may burst lets twice as many through at first. Half a turn of
        # room, so that a loop that wakes up a little late still keeps the pace.
        self._gate = AsyncLimiter(1.5, 1.5 / per_second)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, then ask. Raises Undeliverable or TryLater in place of their errors."""
        await self._gate.acquire()
        try:
            yield
        except (discord.RateLimited, discord.HTTPException) as error:
            raise in_our_words(error) from error
        except (aiohttp.ClientError, OSError) as error:
            raise TryLater("Discord can't be reached.") from error


def in_our_words(error: discord.RateLimited | discord.HTTPException) -> Undeliverable | TryLater:
    """Whether it is worth trying again, and why not."""
    if isinstance(error, discord.RateLimited):
        return TryLater("Discord asks me to slow down.", error.retry_after)
    if error.status == 429:
        after = error.response.headers.get("Retry-After")
        return TryLater("Discord asks me to slow down.", float(after) if after else None)
    if error.status >= 500 or error.status == 401:
        return TryLater("Discord has trouble.")
    return Undeliverable(REASONS.get(error.code) or f"Discord refused it: {error.text}")
