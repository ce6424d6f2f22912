"""What can be wrong on Discord's side. It needs a login, but no gateway."""

from collections.abc import AsyncIterator, Iterable
from typing import cast

import discord

from adapters.discord import invite
from adapters.discord.commands import same
from adapters.discord.pacer import Pacer
from adapters.discord.parse import Json
from bot.errors import TryLater, Undeliverable
from bot.platform import Check


async def checks(client: discord.Client, pacer: Pacer, wanted: list[Json]) -> AsyncIterator[Check]:
    """`wanted`: the commands that should be registered."""
    me = cast("discord.ClientUser", client.user)
    yield Check("Discord token", True, f"I am {me.name}.")
    yield Check("Discord intents", True, "None has to be switched on in the portal.")
    try:
        async for check in _servers(client, pacer, me):
            yield check
        yield await _commands(client, pacer, wanted)
    except (TryLater, Undeliverable) as error:
        yield Check("Discord", False, str(error))


async def in_sync(client: discord.Client, pacer: Pacer, wanted: list[Json]) -> bool:
    """Whether Discord has these commands. Raises TryLater or Undeliverable."""
    application = cast("int", client.application_id)
    async with pacer.turn():
        registered = await client.http.get_global_commands(application)
    return same(cast("Iterable[Json]", registered), wanted)


async def _servers(
    client: discord.Client, pacer: Pacer, me: discord.ClientUser
) -> AsyncIterator[Check]:
    async with pacer.turn():
        servers = [each async for each in client.fetch_guilds(limit=None)]
    if not servers:
        link = invite.link(str(client.application_id))
        yield Check("Discord servers", False, f"I am on none yet. Invite me: {link}")
    for server in servers:
        yield await _server(client, pacer, server, me)


async def _server(
    client: discord.Client, pacer: Pacer, server: discord.Guild, me: discord.ClientUser
) -> Check:
    async with pacer.turn():
        whole = await client.fetch_guild(server.id)
    async with pacer.turn():
        member = await whole.fetch_member(me.id)
    lacking = invite.missing(member.guild_permissions)
    says = f"Please allow my role: {lacking}." if lacking else "I may do all that I need."
    return Check(f"Discord server {whole.name}", not lacking, says)


async def _commands(client: discord.Client, pacer: Pacer, wanted: list[Json]) -> Check:
    if await in_sync(client, pacer, wanted):
        return Check("Discord commands", True, f"{len(wanted)} are registered.")
    says = "They are not registered, or are older. `community-os run` registers them."
    return Check("Discord commands", False, says)
