"""Slack's Web API as the adapter uses it: paced, retried for a while, refusals in plain words."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.pacer import Pacer
from adapters.slack.parse import Json
from bot.errors import TryLater, Undeliverable
from bot.replies import File

OFFICIAL = "https://slack.com/api/"
TIMEOUT = 20
"""Seconds for one request."""

PATIENCE = 10
"""Seconds of Slack's Retry-After that a call sits out itself; the outbox waits for longer ones."""

Method = Callable[..., Awaitable[AsyncSlackResponse]]

REASONS = {
    "channel_not_found": "The channel is gone, or I can't see it.",
    "not_in_channel": "I am not in that channel. Invite me there with /invite.",
    "is_archived": "The channel is archived.",
    "is_inactive": "The channel is archived.",
    "user_not_found": "There is no such member.",
    "user_disabled": "Their account is closed.",
    "cannot_dm_bot": "Bots take no direct messages.",
    "message_not_found": "The message is gone.",
    "messages_tab_disabled": "My Messages tab is switched off in the app's settings, App Home.",
    "restricted_action": "The workspace doesn't let me post there.",
    "restricted_action_read_only_channel": "The channel is read-only for me.",
    "restricted_action_thread_only_channel": "The channel takes only replies in threads.",
    "account_inactive": "I was removed from the workspace.",
}
"""Why something will never arrive, by Slack's name for it."""

BUSY = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
TOKEN = {"invalid_auth", "not_authed", "not_allowed_token_type", "token_expired", "token_revoked"}


class NotShown(Undeliverable):
    """Slack does not take these blocks; with a fresh picture it may a moment later."""


class Lacking(TryLater):
    """The app was not given the permission. An organiser can add it and install the app again."""


class WrongToken(TryLater):
    """Slack does not know the token any more. A new one mends it."""


IN_VAIN = (Undeliverable, Lacking, WrongToken)
"""What no waiting mends."""


class Api:
    """One bot token, so one workspace. Calls raise Undeliverable or TryLater, nothing else."""

    def __init__(self, token: str, url: str | None, logger: logging.Logger) -> None:
        self.web = AsyncWebClient(
            token=token,
            base_url=url or OFFICIAL,
            timeout=TIMEOUT,
            retry_handlers=_retries(),
            logger=logger,
        )
        self._pacer = Pacer()

    async def open(self) -> None:
        """Keep connections between calls. Without it each call opens its own."""
        if self.web.session is None:
            self.web.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))

    async def close(self) -> None:
        if self.web.session:
            await self.web.session.close()
            self.web.session = None

    async def call(self, method: Method, **args: Any) -> AsyncSlackResponse:
        await self._pacer.wait(method.__name__, args.get("channel", ""))
        try:
            return await method(**args)
        except SlackApiError as error:
            _refused(error)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise TryLater("I can't reach Slack right now.") from error

    async def respond(self, url: str, body: Json) -> None:
        """Answer at a response_url."""
        client = AsyncWebhookClient(
            url,
            timeout=TIMEOUT,
            session=self.web.session,
            retry_handlers=_retries(),
            logger=self.web.logger,
        )
        try:
            answer = await client.send_dict(body)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise TryLater("I can't reach Slack right now.") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise TryLater("Slack is busy.")
        if "invalid_blocks" in answer.body:
            raise NotShown("Slack does not take the message's blocks.")
        if answer.status_code != 200:
            raise Undeliverable("It is too late to answer there.")

    async def upload(self, file: File, *, alt: str = "", channel: str | None = None) -> str:
        """The file's id. With a channel it is also shown there."""
        sent = await self.call(
            self.web.files_upload_v2,
            filename=file.name,
            content=file.data,
            title=file.name,
            alt_txt=alt or None,
            channel=channel,
        )
        return str(sent["file"]["id"])


class _RateLimitRetry(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack asks, but not for ever: a person or the outbox is waiting, too."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        return (_retry_after(response.headers) or 0) <= PATIENCE


def _retries() -> list[AsyncRetryHandler]:
    return [AsyncConnectionErrorRetryHandler(), _RateLimitRetry(max_retry_count=2)]


def _refused(error: SlackApiError) -> NoReturn:
    """What the refusal means. An answer without a name was none of the Web API's."""
    response = error.response
    data = response.data if isinstance(response, AsyncSlackResponse) else None
    if not isinstance(data, dict) or "error" not in data or response.status_code >= 500:
        raise TryLater("Slack is busy.") from error
    name = data["error"]
    if name == "missing_scope":
        raise Lacking(f"Slack wants me to have the permission {data.get('needed')}.") from error
    if name in TOKEN:
        raise WrongToken(f"Slack does not accept the token ({name}).") from error
    if name in BUSY:
        raise TryLater(f"Slack says {name}.", _retry_after(response.headers)) from error
    if name == "invalid_blocks":
        raise NotShown(f"Slack does not take the blocks: {data.get('errors')}") from error
    raise Undeliverable(REASONS.get(name, f"Slack refuses it: {name}.")) from error


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    """Seconds. The SDK wraps the header's value in a list in one place and not in the other."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    value = value[0] if isinstance(value, list) else value
    return float(value) if value else None
