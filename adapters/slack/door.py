"""Who gets in by HTTP: what Slack signed within five minutes, and each thing once."""

import re
from collections.abc import Callable, Mapping
from time import monotonic

from slack_sdk.signature import SignatureVerifier

SECONDS_SINCE_1970 = re.compile(r"[0-9]{1,12}")


class Once:
    """Remembers what was seen, for as long as it could come again."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, float] = {}

    def first(self, key: str) -> bool:
        """Whether it is new. Asking makes it known."""
        now = self._clock()
        while self._seen and now - next(iter(self._seen.values())) > self._seconds:
            del self._seen[next(iter(self._seen))]
        if key in self._seen:
            return False
        self._seen[key] = now
        return True


class Door:
    """Knows Slack by the app's signing secret."""

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)

    def signature(self, headers: Mapping[str, str], body: str) -> str | None:
        """The signature, if it is Slack's and fresh. SignatureVerifier fails on odd headers."""
        signature = headers.get("X-Slack-Signature", "")
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        if not (signature.isascii() and SECONDS_SINCE_1970.fullmatch(timestamp)):
            return None
        return signature if self._verifier.is_valid(body, timestamp, signature) else None
