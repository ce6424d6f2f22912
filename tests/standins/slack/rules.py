"""What a test can set: clocks, quotas and faults. Every default is Slack's own number."""

import math
import time
from dataclasses import dataclass, field


@dataclass
class Rules:
    """Slack's clocks, in seconds. Tests lower them; the protocol stays the same."""

    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 1800.0
    response_url_uses: int = 5
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    file_ready: float = 0.0
    """An upload is processed in the background: until then blocks may not show it."""
    patience: float = 0.5
    """How long a person looks at the screen for something new."""
    settle: float = 0.02
    """How long nothing more may come until the person has seen it all."""


@dataclass(frozen=True)
class Quota:
    """`calls` in every `per` seconds, and up to `burst` at once."""

    calls: float
    per: float
    burst: float


TIERS = {
    1: Quota(1, 60, 2),
    2: Quota(20, 60, 25),
    3: Quota(50, 60, 60),
    4: Quota(100, 60, 120),
}
"""Slack promises the calls per minute; the bursts are "tolerated" and not documented."""


class _Bucket:
    def __init__(self, quota: Quota, now: float) -> None:
        self.quota, self.level, self.at = quota, quota.burst, now

    def wait(self, now: float) -> float:
        """Seconds until one call fits."""
        rate = self.quota.calls / self.quota.per
        self.level = min(self.quota.burst, self.level + (now - self.at) * rate)
        self.at = now
        return max(0.0, (1 - self.level) / rate)


@dataclass
class RateLimits:
    """Token buckets per workspace and method; posting is also limited per channel. Off by default.

    Slack documents about one message a second for a channel and "several hundred" a minute for a
    workspace.
    """

    on: bool = False
    tiers: dict[int, Quota] = field(default_factory=lambda: dict(TIERS))
    methods: dict[str, Quota] = field(
        default_factory=lambda: {"chat.postMessage": Quota(300, 60, 300)}
    )
    post_in_channel: Quota = Quota(1, 1, 4)
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)

    def retry_after(self, team: str, method: str, tier: int, channel: str | None) -> int | None:
        """Take one call, or say in how many whole seconds to come back."""
        if not self.on:
            return None
        now = time.monotonic()
        wanted: dict[tuple[str, ...], Quota] = {}
        wanted[team, method] = self.methods.get(method) or self.tiers[tier]
        if method == "chat.postMessage" and channel:
            wanted[team, method, channel] = self.post_in_channel
        buckets = [self._bucket(key, quota, now) for key, quota in wanted.items()]
        if wait := max(bucket.wait(now) for bucket in buckets):
            return math.ceil(wait)
        for bucket in buckets:
            bucket.level -= 1
        return None

    def _bucket(self, key: tuple[str, ...], quota: Quota, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None or bucket.quota != quota:
            bucket = self._buckets[key] = _Bucket(quota, now)
        return bucket


@dataclass
class Fault:
    """Something that goes wrong for the next `times` calls of a method.

    `method` is a Web API method, `response_url`, `upload`, or `*`. A lost reply is the cruel one:
    Slack has done what was asked, and the app never hears of it.
    """

    method: str = "*"
    times: int = 1
    status: int = 200
    error: str | None = None
    retry_after: int | None = None
    lose_reply: bool = False
    delay: float = 0.0


class Faults(list[Fault]):
    """The faults still to come, oldest first."""

    def take(self, method: str) -> Fault | None:
        for fault in self:
            if fault.method in (method, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self.remove(fault)
                return fault
        return None
