"""Cards on their way to Slack, with their pictures and files."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import TypeVar

from cachetools import TTLCache
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import render
from adapters.slack.api import Api, Method, NotShown
from adapters.slack.parse import Json, Origin, Surface
from bot.errors import TryLater, Undeliverable
from bot.markup import plain
from bot.platform import Sent
from bot.replies import Card, File, Picture, Refusal, Reply

log = logging.getLogger(__name__)
T = TypeVar("T")

DAY = 24 * 60 * 60.0
PICTURES, DMS = 1_000, 10_000
"""How many are remembered, for a day: so that they are uploaded or opened once, in 3 MB at most."""

LOOKS = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each try: Slack looks at a new picture first, and only files:read could tell."""


class Messages:
    """What one bot says in its workspace. Raises Undeliverable or TryLater."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._files: TTLCache[str, str] = TTLCache(PICTURES, DAY)
        self._dms: TTLCache[str, str] = TTLCache(DMS, DAY)

    async def post(self, channel: str, reply: Reply) -> AsyncSlackResponse:
        """In a channel, or directly, with a member's id for the channel's."""
        chat = self._api.web.chat_postMessage
        quiet = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        sent = await self._drawn(reply.card, partial(self._call, chat, quiet))
        await self._attach(reply.files, sent["channel"])
        return sent

    async def edit(self, sent: Sent, reply: Reply) -> None:
        where = {"channel": sent.channel, "ts": sent.message}
        await self._drawn(reply.card, partial(self._call, self._api.web.chat_update, where))

    async def answer(self, reply: Reply, origin: Origin) -> None:
        """Where somebody asked. Where Slack takes it no longer, as a message of its own."""
        where = origin.place.id if render.is_public(reply, origin) else origin.caller.user
        try:
            await self._drawn(reply.card, partial(self._respond, reply, origin))
        except (Undeliverable, TryLater):
            await self.post(where, reply)
        else:
            await self._attach(reply.files, where)

    async def publish(self, user: str, view: Json) -> None:
        await self._api.call(self._api.web.views_publish, user_id=user, view=view)

    async def dm_of(self, user: str) -> str:
        """The channel in which the bot and this member talk."""
        channel = self._dms.get(user)
        if channel is None:
            opened = await self._api.call(self._api.web.conversations_open, users=user)
            channel = self._dms[user] = opened["channel"]["id"]
        return channel

    async def _drawn(self, card: Card, show: Callable[[Json], Awaitable[T]]) -> T:
        """Show a card. A picture that Slack still looks at, or never takes, is told in words."""
        picture = await self._uploaded(card.picture) if card.picture else None
        for wait in LOOKS if picture else ():
            await asyncio.sleep(wait)
            with contextlib.suppress(NotShown):
                return await show(render.message(card, picture))
        return await show(render.message(card))

    async def _uploaded(self, picture: Picture) -> str | None:
        """The id of the picture's file, uploaded once for each content."""
        digest = sha256(picture.file.data).hexdigest()
        file = self._files.get(digest)
        if file is None:
            try:
                file = self._files[digest] = await self._api.upload(picture.file, alt=picture.alt)
            except (Undeliverable, TryLater) as error:
                log.warning("A picture could not be uploaded: %s", error)
        return file

    async def _attach(self, files: Iterable[File], where: str) -> None:
        """After the message has arrived nothing may fail: it would be sent again."""
        for file in files:
            try:
                channel = await self.dm_of(where) if where.startswith(("U", "W")) else where
                await self._api.upload(file, channel=channel)
            except (Undeliverable, TryLater) as error:
                log.warning("A file could not be sent: %s", error)
                says = f"I could not send {plain(file.name)}. {error}"
                with suppress(Undeliverable, TryLater):
                    await self.post(where, Refusal(says).reply)

    async def _respond(self, reply: Reply, origin: Origin, message: Json) -> None:
        if origin.pressed is Surface.HOME:
            await self.publish(origin.caller.user, render.home(message))
        elif origin.url:
            await self._api.respond(origin.url, {**message, **render.placed(reply, origin)})
        else:
            raise Undeliverable("There is no place to answer.")

    async def _call(self, method: Method, where: Json, message: Json) -> AsyncSlackResponse:
        return await self._api.call(method, **where, **message)
