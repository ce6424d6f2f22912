"""Socket Mode: envelopes over web sockets, each acked by its `envelope_id` within three seconds."""

import asyncio
import time
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.standins.slack.delivery import NotAcked, late, takes_answer
from tests.standins.slack.model import Attempt, Delivery
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State

CONNECTIONS = 10
_Waiting = tuple[Delivery, Attempt, float, asyncio.Future[Any]]


class SocketMode:
    """The app's connections. Like Slack, it may use any of them for the next envelope."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._sockets: dict[web.WebSocketResponse, web.Request] = {}
        self._leaving: set[web.WebSocketResponse] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._turn = 0

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Any:
        envelope_id, started = str(uuid4()), time.monotonic()
        ack: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (delivery, attempt, started, ack)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": takes_answer(delivery),
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        await self._send(envelope)
        try:
            answer = await asyncio.wait_for(ack, self._state.rules.ack)
        except TimeoutError:
            raise NotAcked("timeout") from None
        attempt.seconds = time.monotonic() - started
        return answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /link/: one connection of the app, from `hello` to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets:
            return web.Response(status=401)
        self._state.tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=0.5)
        await socket.prepare(request)
        if self.connections >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            return socket
        self._sockets[socket] = request
        await socket.send_json(self._hello())
        self._state.touch()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._on_ack(message.json())
        finally:
            del self._sockets[socket]
            self._leaving.discard(socket)
            self._state.touch()
        return socket

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to open a new connection: `warning`, `refresh_requested`, `link_disabled`."""
        notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "standin"}}
        for socket in list(self._sockets):
            self._leaving.add(socket)
            await socket.send_json(notice)

    def drop(self) -> None:
        """Cut every connection without a word."""
        for request in self._sockets.values():
            if request.transport:
                request.transport.abort()

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def _send(self, envelope: Json) -> None:
        staying = [socket for socket in self._sockets if socket not in self._leaving]
        usable = staying or list(self._sockets)
        if not usable:
            raise NotAcked("connection_failed")
        self._turn += 1
        try:
            await usable[self._turn % len(usable)].send_json(envelope)
        except ConnectionError:
            raise NotAcked("connection_failed") from None

    def _on_ack(self, ack: Json) -> None:
        waiting = self._waiting.pop(ack.get("envelope_id", ""), None)
        if unknown := ack.keys() - {"envelope_id", "payload"}:
            self._state.problem("bad_ack", f"unknown keys: {', '.join(sorted(unknown))}")
        if waiting is None:
            self._state.problem("bad_ack", f"unknown envelope: {ack.get('envelope_id')}")
            return
        delivery, attempt, started, future = waiting
        if future.done():
            late(self._state, delivery, attempt, time.monotonic() - started)
        else:
            future.set_result(ack.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "connection_info": {"app_id": self._state.app_id},
            "debug_info": {
                "host": "standin",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }
