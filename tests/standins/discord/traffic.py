"""What happens to a request before and after it is served: rate limits, faults, the log.

Limits work on real time, because the client really waits. How they are announced is documented
(https://discord.com/developers/docs/topics/rate-limits); how large a route's bucket is, is not:
`RATES` holds what clients report, and every entry can be changed or taken out.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from fnmatch import fnmatch
from math import ceil
from typing import Any, Final, NamedTuple
from zlib import crc32

from .state import Json


class Rate(NamedTuple):
    limit: int
    per: float
    """Seconds."""


RATES: Final[dict[str, Rate]] = {
    "POST /channels/{channel}/messages": Rate(5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": Rate(5, 5.0),
    "DELETE /channels/{channel}/messages/{message}": Rate(5, 1.0),
    "POST /webhooks/{application}/{token}": Rate(5, 2.0),
    "PATCH /webhooks/{application}/{token}/messages/{message}": Rate(5, 2.0),
}
GLOBAL: Final = Rate(50, 1.0)
INVALID: Final = Rate(10_000, 600.0)
_TOP_LEVEL: Final = ("channel", "guild", "token")


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the log."""

    at: float
    method: str
    path: str
    route: str
    """`POST /channels/{channel}/messages`: the way it is written in `rates` and in faults."""
    status: int
    """0: served, but the answer was lost."""
    code: int | None
    """Discord's own error code."""
    body: Any


class Refused(NamedTuple):
    """A 429."""

    headers: dict[str, str]
    body: Json | None = None
    """None: Cloudflare answers, not Discord."""


@dataclass(slots=True)
class Fault:
    """Something that goes wrong for the next `times` requests that match."""

    route: str
    """A route (`POST /channels/{channel}/messages`) or a path, with `*` where anything fits."""
    times: int = 1
    status: int | None = None
    """Answer with this status instead of serving the request."""
    lost: bool = False
    """Serve it, then drop the connection instead of answering."""
    delay: float = 0.0
    """Wait so many seconds before serving it."""


@dataclass(slots=True)
class _Window:
    """A fixed window: it opens with its first request."""

    rate: Rate
    ends: float = 0.0
    left: int = 0

    def take(self, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.left = now + self.rate.per, self.rate.limit
        self.left -= 1
        return self.left >= 0


@dataclass
class Traffic:
    rates: dict[str, Rate] = field(default_factory=lambda: dict(RATES))
    global_rate: Rate | None = GLOBAL
    invalid_rate: Rate = INVALID
    """So many 401, 403 and 429 in so many seconds, and the host is banned."""
    banned: bool = False
    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=10_000))
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each route gave each status, since the start."""
    faults: list[Fault] = field(default_factory=list)
    _global: _Window | None = None
    _buckets: dict[tuple[str, ...], _Window] = field(default_factory=dict)
    _invalid: deque[float] = field(default_factory=deque)

    @property
    def invalid(self) -> int:
        """How many requests of the running ten minutes count against the host."""
        oldest = time.monotonic() - self.invalid_rate.per
        while self._invalid and self._invalid[0] < oldest:
            self._invalid.popleft()
        return len(self._invalid)

    def fail(self, route: str, status: int = 500, times: int = 1) -> None:
        """The next requests of this route answer with a server error."""
        self.faults.append(Fault(route, times, status=status))

    def lose(self, route: str, times: int = 1) -> None:
        """The next requests of this route are served, but the answer never arrives."""
        self.faults.append(Fault(route, times, lost=True))

    def slow(self, route: str, seconds: float, times: int = 1) -> None:
        self.faults.append(Fault(route, times, delay=seconds))

    def fault(self, route: str, path: str) -> Fault | None:
        """What goes wrong with this request; used up by asking."""
        for fault in self.faults:
            if fnmatch(route, fault.route) or fnmatch(path, fault.route):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def admit(self, route: str, where: dict[str, str], *, exempt: bool) -> dict[str, str] | Refused:
        """The rate limit headers of the answer, or a refusal. `exempt`: not counted globally."""
        if self.banned:
            return Refused({"Retry-After": f"{self.invalid_rate.per:.0f}"})
        now = time.monotonic()
        if not exempt and self.global_rate and not self._take_global(now):
            wait = self._global.ends - now if self._global else 0.0
            return _refusal(wait, {"X-RateLimit-Global": "true"}, "global")
        rate = self.rates.get(route)
        if rate is None:
            return {}
        window = self._window(rate, route, where)
        admitted = window.take(now)
        wait = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(rate.limit),
            "X-RateLimit-Remaining": str(max(window.left, 0)),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": f"{crc32(route.encode()):08x}",
        }
        return headers if admitted else _refusal(wait, headers, "user")

    def record(self, request: Request) -> None:
        self.requests.append(request)
        self.counts[request.route, request.status] += 1
        if request.status in (401, 403, 429):
            self._invalid.append(time.monotonic())
            self.banned = self.banned or self.invalid >= self.invalid_rate.limit

    def _take_global(self, now: float) -> bool:
        if self._global is None or self._global.rate is not self.global_rate:
            self._global = _Window(self.global_rate or GLOBAL)
        return self._global.take(now)

    def _window(self, rate: Rate, route: str, where: dict[str, str]) -> _Window:
        """Buckets are separate for each channel, guild and webhook token."""
        key = (route, *(where[name] for name in _TOP_LEVEL if name in where))
        window = self._buckets.get(key)
        if window is None or window.rate is not rate:
            if len(self._buckets) > 10_000:
                now = time.monotonic()
                self._buckets = {k: w for k, w in self._buckets.items() if w.ends > now}
            window = self._buckets[key] = _Window(rate)
        return window


def _refusal(wait: float, headers: dict[str, str], scope: str) -> Refused:
    wait = round(max(wait, 0.001), 3)
    body = {
        "message": "You are being rate limited.",
        "retry_after": wait,
        "global": scope == "global",
    }
    about = {"X-RateLimit-Scope": scope, "Retry-After": str(ceil(wait)), "Via": "1.1 google"}
    return Refused(headers | about, body)
