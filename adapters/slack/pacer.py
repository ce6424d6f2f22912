"""Waits before a call, so that Slack has nothing to refuse."""

from functools import lru_cache

from aiolimiter import AsyncLimiter

POST = "chat_postMessage"
PER_WORKSPACE = 240, 60
"""Messages in seconds. Slack says "several hundred a minute"."""

PER_CHANNEL = 3, 3.3
"""A little less than one message a second, up to three at once."""

TIERS = {"chat_update": 50, "conversations_info": 50, "conversations_open": 50}
"""Calls a minute, for what Slack counts as tier 3; the rest here is tier 4."""

TIER_4 = 100
AT_ONCE = frozenset({"views_open", "auth_test", "apps_connections_open"})
"""A form can't wait: what opens it is good for three seconds."""

CHANNELS = 4096
"""Channels and direct messages whose last seconds are remembered."""


class Pacer:
    """One for each workspace, so for each token."""

    def __init__(self) -> None:
        self._posts = AsyncLimiter(*PER_WORKSPACE)
        self._channel = lru_cache(CHANNELS)(lambda channel: AsyncLimiter(*PER_CHANNEL))
        self._method = lru_cache(None)(lambda method: AsyncLimiter(TIERS.get(method, TIER_4), 60))

    async def wait(self, method: str, channel: str = "") -> None:
        """`method` as the SDK spells it: chat_postMessage."""
        if method == POST:
            await self._channel(channel).acquire()
            await self._posts.acquire()
        elif method not in AT_ONCE:
            await self._method(method).acquire()
