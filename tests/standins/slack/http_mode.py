"""HTTP mode: signed requests to the app's URL, and the forged and stale ones it must refuse."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession

from tests.standins.slack.delivery import NotAcked, late
from tests.standins.slack.model import Attempt, Delivery
from tests.standins.slack.state import State

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the app's server said."""

    status: int
    content_type: str
    body: str
    no_retry: bool = False

    @property
    def content(self) -> Any:
        """JSON as a dict, plain text as a message's text, nothing as None."""
        if self.content_type == JSON:
            return json.loads(self.body) if self.body else None
        return {"text": self.body} if self.body else None


class HttpMode:
    """One request URL for commands, interactivity and events."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._session: ClientSession | None = None
        self._late: set[asyncio.Task[Answer]] = set()
        self.url = ""

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Any:
        content_type, body = _encode(delivery)
        attempt.body, attempt.headers = body, self._signed(body, content_type)
        if attempt.number:
            attempt.headers["X-Slack-Retry-Num"] = str(attempt.number)
            attempt.headers["X-Slack-Retry-Reason"] = attempt.reason
        started = time.monotonic()
        task = asyncio.create_task(self.send(attempt.headers, body))
        done, _ = await asyncio.wait({task}, timeout=self._state.rules.ack)
        if not done:
            self._keep_waiting(task, delivery, attempt, started)
            raise NotAcked("http_timeout")
        try:
            answer = task.result()
        except ClientError:
            raise NotAcked("connection_failed") from None
        attempt.seconds, attempt.status = time.monotonic() - started, answer.status
        if not 200 <= answer.status < 300:
            raise NotAcked("http_error", final=answer.no_retry)
        try:
            return answer.content
        except ValueError:
            raise NotAcked("http_error") from None

    async def resend(
        self,
        delivery: Delivery,
        *,
        timestamp: str | None = None,
        signature: str | None = None,
        body: str | None = None,
    ) -> Answer:
        """Send a request that was sent before: a replay, byte for byte.

        With `timestamp` it is signed anew for that moment; `signature` and `body` are taken as they
        are, so that the signature no longer fits.
        """
        first = delivery.attempts[0]
        headers = dict(first.headers)
        if timestamp is not None:
            headers = self._signed(first.body, headers["Content-Type"], timestamp)
        if signature is not None:
            headers["X-Slack-Signature"] = signature
        return await self.send(headers, first.body if body is None else body)

    async def verify(self, url: str) -> bool:
        """Try an address as Slack does before it takes it: the app must echo the challenge."""
        challenge = self._state.new_id("challenge")
        asked = {"token": self._state.verification_token, "type": "url_verification"}
        body = json.dumps(asked | {"challenge": challenge})
        before, self.url = self.url, url
        answer = await self.send(self._signed(body, JSON), body)
        echoed = answer.status == 200 and challenge in answer.body
        if not echoed:
            self.url = before
        return echoed

    async def send(self, headers: dict[str, str], body: str) -> Answer:
        """Post to the app's URL, whatever the headers say."""
        if self._session is None:
            self._session = ClientSession()
        async with self._session.post(self.url, data=body.encode(), headers=headers) as response:
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
            text = await response.text()
            return Answer(response.status, response.content_type, text, no_retry)

    async def close(self) -> None:
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _signed(self, body: str, content_type: str, timestamp: str | None = None) -> dict[str, str]:
        timestamp = str(int(time.time())) if timestamp is None else timestamp
        secret, signed = self._state.signing_secret.encode(), f"v0:{timestamp}:{body}".encode()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest(),
        }

    def _keep_waiting(
        self, task: asyncio.Task[Answer], delivery: Delivery, attempt: Attempt, started: float
    ) -> None:
        """Slack has hung up; we listen on, to record how late the app was."""

        def answered(task: asyncio.Task[Answer]) -> None:
            self._late.discard(task)
            if not task.cancelled() and task.exception() is None:
                late(self._state, delivery, attempt, time.monotonic() - started)

        self._late.add(task)
        task.add_done_callback(answered)


def _encode(delivery: Delivery) -> tuple[str, str]:
    if delivery.kind == "events_api":
        return JSON, json.dumps(delivery.payload)
    if delivery.kind == "slash_commands":
        return FORM, urlencode(delivery.payload)
    return FORM, urlencode({"payload": json.dumps(delivery.payload)})
