"""How answers to interactions travel: plain requests that need no bot token and know no rate limit.

discord.py would have Discord send every answer back, build a Message of it that nobody reads, and
remember its buttons; benchmarks/discord_principle.py shows what it is worth to leave that out.
"""

import asyncio
import json
from collections.abc import Iterable

import aiohttp
import discord
from discord.http import Route, json_or_text

from adapters.discord.parse import Json
from bot.replies import File

TIMEOUT = aiohttp.ClientTimeout(total=10)
AGAIN_AFTER = 0.3
ANSWERED_ALREADY = 40060
TOO_LATE = 10062


def open_session(user_agent: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(headers={"User-Agent": user_agent}, timeout=TIMEOUT)


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    body: Json | None = None,
    files: Iterable[File] = (),
) -> None:
    """Raises discord.HTTPException or aiohttp's errors, if the second try fails as well."""
    try:
        return await _once(session, method, path, body, files)
    except (aiohttp.ClientConnectionError, discord.DiscordServerError):
        await asyncio.sleep(AGAIN_AFTER)
    try:
        await _once(session, method, path, body, files)
    except discord.HTTPException as error:
        if error.code != ANSWERED_ALREADY:  # by the first try, whose answer was lost
            raise


async def _once(
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    body: Json | None,
    files: Iterable[File],
) -> None:
    content: Json = {"data": _form(body, files)} if files else {"json": body}
    async with session.request(method, Route.BASE + path, **content) as response:
        if response.status >= 500:
            raise discord.DiscordServerError(response, await json_or_text(response))
        if response.status >= 400:
            raise discord.HTTPException(response, await json_or_text(response))


def parts(body: Json | None, files: Iterable[File]) -> list[Json]:
    """The body and the files of one request, as `aiohttp.FormData` takes them."""
    payload = {"name": "payload_json", "value": json.dumps(body)}
    return [payload, *(_part(number, file) for number, file in enumerate(files))]


def _part(number: int, file: File) -> Json:
    return {
        "name": f"files[{number}]",
        "value": file.data,
        "filename": file.name,
        "content_type": file.media_type,
    }


def _form(body: Json | None, files: Iterable[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # Discord does not know %5B
    for part in parts(body, files):
        form.add_field(**part)
    return form
