"""The answer to one interaction: Discord takes the first within three seconds, and only one."""

import asyncio
from collections.abc import Iterable
from typing import Any, assert_never

import aiohttp
import discord
from discord import InteractionResponseType as Kind
from discord import InteractionType

from adapters.discord import render
from adapters.discord.parse import Json
from adapters.discord.wire import ask
from bot.actions import Registry
from bot.people import Where
from bot.replies import File, OpenForm, Option, Outcome, Refusal, Reply

Interaction = discord.Interaction[Any]

EPHEMERAL: Json = {"flags": discord.MessageFlags(ephemeral=True).value}


class Answer:
    """Shows outcomes where they belong: at once, or within fifteen minutes of `later`."""

    def __init__(
        self, interaction: Interaction, session: aiohttp.ClientSession, registry: Registry
    ) -> None:
        self._to = interaction
        self._session = session
        self._registry = registry
        self._direct = interaction.guild_id is None
        self._space = ""
        self._deferring: asyncio.Task[None] | None = None

    def about(self, where: Where) -> None:
        """In direct messages each button has to bring its server along."""
        self._space = where.space if self._direct else ""

    def later(self) -> None:
        """Ask for more time. A press keeps its message, so that it can still be changed."""
        pressed = self._to.message is not None
        kind = Kind.deferred_message_update if pressed else Kind.deferred_channel_message
        first = self._first(kind, {} if pressed or self._direct else EPHEMERAL)
        self._deferring = asyncio.create_task(first)

    async def suggest(self, options: Iterable[Option], *, integer: bool) -> None:
        suggested = render.suggestions(options, integer=integer)
        await self._first(Kind.autocomplete_result, {"choices": suggested})

    async def show(self, outcome: Outcome) -> None:
        if self._deferring:
            await self._deferring
        match outcome:
            case _ if self._to.type is InteractionType.autocomplete:
                await self.suggest((), integer=False)  # there is no room for words
            case OpenForm():
                await self._open(outcome)
            case Refusal():
                await self._say(outcome.reply)
            case Reply() if self._takes_the_place_of_the_pressed(outcome):
                await self._replace(render.message(outcome, self._space))
            case Reply():
                await self._say(outcome)
            case _:
                assert_never(outcome)

    def _takes_the_place_of_the_pressed(self, reply: Reply) -> bool:
        pressed = self._to.message
        if not reply.update or pressed is None:
            return False
        return self._direct or pressed.flags.ephemeral == reply.private

    async def _open(self, asks: OpenForm) -> None:
        """A form opens only at once, and never out of another form: else a button opens it."""
        if self._deferring or self._to.type is InteractionType.modal_submit:
            await self._send(render.offer(asks, self._space), private=True)
        else:
            action = self._registry.get(asks.action)
            await self._first(Kind.modal, render.form(asks, action, self._space))

    async def _say(self, reply: Reply) -> None:
        await self._send(render.message(reply, self._space), private=reply.private)

    async def _send(self, drawn: render.Message, *, private: bool) -> None:
        body = drawn.body | EPHEMERAL if private and not self._direct else drawn.body
        if not self._deferring:
            await self._first(Kind.channel_message, body, drawn.files)
            return
        if not private and self._to.message is None:
            await self._later("DELETE", "/messages/@original")  # which only one person sees
        await self._later("POST", "", body, drawn.files)

    async def _replace(self, drawn: render.Message) -> None:
        if self._deferring:
            await self._later("PATCH", "/messages/@original", drawn.body, drawn.files)
        else:
            await self._first(Kind.message_update, drawn.body, drawn.files)

    async def _first(self, kind: Kind, data: Json, files: tuple[File, ...] = ()) -> None:
        path = f"/interactions/{self._to.id}/{self._to.token}/callback"
        await ask(self._session, "POST", path, {"type": kind.value, "data": data}, files)

    async def _later(
        self, method: str, what: str, body: Json | None = None, files: tuple[File, ...] = ()
    ) -> None:
        path = f"/webhooks/{self._to.application_id}/{self._to.token}{what}"
        await ask(self._session, method, path, body, files)
