"""Files that people attach to a command, and the signed addresses at which they stand for a day.

The rules: https://discord.com/developers/docs/reference#signed-attachment-cdn-urls.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

from aiohttp import web

from .messages import File
from .state import Json

if TYPE_CHECKING:
    from .world import World

SIGNED_FOR: Final = 24 * 60 * 60
"""Seconds."""
_KEY: Final = b"stand-in"
_PLAIN: Final = re.compile(r"[^A-Za-z0-9_.-]+")


class Cdn:
    """Discord's own is at another host, and speaks https alone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = "https://cdn.discordapp.com"
        self.files: dict[str, File] = {}
        """By path."""

    def put(self, name: str, data: bytes, content_type: str) -> File:
        """Names are kept as far as an address can show them."""
        safe = _PLAIN.sub("_", name).strip("_") or "unknown"
        file = File(self.world.new_id(), safe, content_type, data)
        self.files[self._path(file)] = file
        return file

    def payload(self, file: File) -> Json:
        """As an interaction resolves it: the address is signed for this once."""
        path = self._path(file)
        begins = int(self.world.clock.now())
        ends = begins + SIGNED_FOR
        query = f"ex={ends:x}&is={begins:x}&hm={_signature(path, f'{ends:x}', f'{begins:x}')}&"
        return file.payload() | {
            "url": f"{self.base}{path}?{query}",
            "proxy_url": f"https://media.discordapp.net{path}?{query}",
            "ephemeral": True,
        }

    async def serve(self, request: web.Request) -> web.Response:
        """Whoever has the address may read, while its signature holds."""
        ends, begins, signed = (request.query.get(key, "") for key in ("ex", "is", "hm"))
        file = self.files.get(request.path)
        if file is None or not hmac.compare_digest(signed, _signature(request.path, ends, begins)):
            raise web.HTTPNotFound(text="This content is no longer available.")
        if int(ends, 16) < self.world.clock.now():
            raise web.HTTPNotFound(text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.content_type)

    def _path(self, file: File) -> str:
        return f"/ephemeral-attachments/{self.world.bot.id}/{file.id}/{file.name}"


def _signature(path: str, ends: str, begins: str) -> str:
    return hmac.new(_KEY, f"{path} {ends} {begins}".encode(), hashlib.sha256).hexdigest()
