"""A small web server for what programs fetch. Nothing here changes anything."""

import asyncio

from aiohttp import web

from bot.app import App
from bot.errors import StartError

GRACE = 2.0
CACHED = {"Cache-Control": "private, max-age=300"}


class WebServer:
    """Serves until cancelled: `/health`, and `/<key>/<document>` for who knows the key."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._ready = asyncio.Event()
        self._app: App

    def connect(self, app: App) -> None:
        self._app = app

    async def ready(self) -> None:
        await self._ready.wait()

    async def run(self) -> None:
        """Raises StartError when the port can't be used."""
        served = web.Application()
        served.router.add_get("/health", self._health)
        served.router.add_get("/{key}/{name}", self._document)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            await web.TCPSite(runner, "0.0.0.0", self.port).start()  # noqa: S104
            self.port = runner.addresses[0][1]
            self._ready.set()
            await asyncio.Event().wait()
        except OSError as error:
            raise StartError(f"WEB_PORT {self.port} can't be used: {error.strerror}.") from None
        finally:
            await runner.cleanup()

    async def _health(self, request: web.Request) -> web.Response:
        """Well while the database answers: what load balancers and service managers ask."""
        try:
            await self._app.next_due()
        except Exception:  # whatever it is, the answer is the same
            return web.json_response({"status": "the database does not answer"}, status=503)
        return web.json_response({"status": "ok"})

    async def _document(self, request: web.Request) -> web.Response:
        found = await self._app.document(request.match_info["name"], request.match_info["key"])
        if found is None:
            raise web.HTTPNotFound(text="There is nothing here.")
        media_type, body = found
        return web.Response(body=body, content_type=media_type, headers=CACHED)
