"""Everything that people do on Discord comes in here, and its answer goes out here."""

import asyncio
import logging
from contextlib import suppress
from typing import cast

import aiohttp
import discord
from discord import InteractionType

from adapters.discord import parse
from adapters.discord.answer import Answer, Interaction
from adapters.discord.pacer import Pacer
from adapters.discord.wire import TOO_LATE
from bot.app import App
from bot.context import Call, Place
from bot.errors import TryLater, Undeliverable
from bot.people import Caller, Where
from bot.replies import Refusal

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds a handler may take before I ask Discord for more time; it gives three in all."""

FEW = 10
"""In how many servers I look for somebody who writes to me directly."""

WHICH_SERVER = Refusal("I can't tell which server this is about. Please type it there.")
BROKEN = Refusal("I can't show the answer. If it stays so, tell an organiser when it happened.")


class Door:
    """Opened by its platform, which sets the app and the session."""

    app: App
    session: aiohttp.ClientSession

    def __init__(self, client: discord.Client, pacer: Pacer) -> None:
        self._client = client
        self._pacer = pacer
        self._answering: set[asyncio.Task[None]] = set()

    async def on_interaction(self, interaction: Interaction) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        answer = Answer(interaction, self.session, self.app.registry)
        try:
            await self._act(interaction, answer)
        except Exception as error:
            if isinstance(error, discord.HTTPException) and error.code == TOO_LATE:
                log.warning("An answer came too late: %s", error)
                return
            log.exception("An answer could not be shown")
            with suppress(discord.DiscordException, aiohttp.ClientError, OSError):
                await answer.show(BROKEN)

    async def close(self, grace: float) -> None:
        """Let the answers under way be given, for so many seconds."""
        if not self._answering:
            return
        _, left = await asyncio.wait(self._answering, timeout=grace)
        for task in left:
            task.cancel()

    async def member(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        """Asked for each time: I hold no list of members. Raises TryLater."""
        try:
            async with self._pacer.turn():
                return await guild.fetch_member(user_id)
        except Undeliverable:
            return None

    async def _act(self, interaction: Interaction, answer: Answer) -> None:
        kind, data = interaction.type, cast("parse.Data", interaction.data)
        try:
            found = await self._who_and_where(interaction, data)
        except TryLater as error:
            says = f"{error} Nothing was changed. Please try again in a minute."
            await answer.show(Refusal(says))
            return
        if found is None:
            await answer.show(WHICH_SERVER)
            return
        caller, place = found
        answer.about(caller.where)
        call = parse.call(kind, data, self.app.registry, caller, place)
        if kind is InteractionType.autocomplete:
            typing = parse.typing(data)
            options = await self.app.suggest(call, typing.name, typing.text)
            await answer.suggest(options, integer=typing.integer)
        elif asks := parse.offered(kind, data, self.app.registry):
            await answer.show(asks)
        else:
            await self._run(call, answer)

    async def _run(self, call: Call, answer: Answer) -> None:
        """A form opens only as the first answer: so more time is asked for as late as can be."""
        timer = asyncio.get_running_loop().call_later(PATIENCE, answer.later)
        try:
            outcome = await self.app.run(call)
        finally:
            timer.cancel()
        await answer.show(outcome)

    async def _who_and_where(
        self, interaction: Interaction, data: parse.Data
    ) -> tuple[Caller, Place] | None:
        """The community is this server, the one that a direct message is about, or the only one.

        None for who is gone from there: an old button in a direct message opens nothing.
        """
        number, user = interaction.guild_id or parse.space(data), interaction.user
        guild = self._client.get_guild(number) if number else await self._home(user.id)
        if guild is None:
            return None
        member = user if isinstance(user, discord.Member) else await self.member(guild, user.id)
        if member is None:
            return None
        # Not interaction.permissions: those of one channel would count for the whole community.
        role, groups = parse.role(member.guild_permissions), parse.groups(member)
        where = Where("discord", str(guild.id), guild.name)
        return (
            Caller(where, str(user.id), user.display_name, role, groups),
            Place(str(interaction.channel_id), direct=interaction.guild_id is None),
        )

    async def _home(self, user_id: int) -> discord.Guild | None:
        """The only server of mine that they are in; None if there are several, or too many."""
        guilds = list(self._client.guilds)
        if 1 < len(guilds) <= FEW:
            found = await asyncio.gather(*(self.member(guild, user_id) for guild in guilds))
            guilds = [member.guild for member in found if member]
        return guilds[0] if len(guilds) == 1 else None
