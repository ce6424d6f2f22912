"""The gateway: the websocket on which Discord tells a bot what happens.

Protocol: https://discord.com/developers/docs/events/gateway. Events of a session are kept as they
were sent, so that a client that lost its connection resumes without missing one.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from .bits import Intent
from .state import Guild, Json, dumps
from .world import World

try:  # discord.py asks for zstd where this package is installed, and for zlib elsewhere
    import zstandard
except ImportError:
    zstandard = None

(DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, _, RESUME) = range(7)
(RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK) = range(7, 12)

UNKNOWN_OPCODE: Final = 4001
DECODE_ERROR: Final = 4002
NOT_AUTHENTICATED: Final = 4003
AUTHENTICATION_FAILED: Final = 4004
ALREADY_AUTHENTICATED: Final = 4005
INVALID_SEQUENCE: Final = 4007
RATE_LIMITED: Final = 4008
SESSION_TIMED_OUT: Final = 4009
INVALID_SHARD: Final = 4010
INVALID_INTENTS: Final = 4013
DISALLOWED_INTENTS: Final = 4014

FRAME: Final = 4096
"""Bytes a client may send in one message."""
COMMANDS: Final = (120, 60.0)
"""Messages a client may send, in how many seconds."""


Codec = Callable[[str], str | bytes]


def zlib_stream() -> Codec:
    deflate = zlib.compressobj(level=1)

    def encode(text: str) -> bytes:
        return deflate.compress(text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)

    return encode


def zstd_stream() -> Codec:
    squeeze = zstandard.ZstdCompressor().compressobj()

    def encode(text: str) -> bytes:
        return squeeze.compress(text.encode()) + squeeze.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    return encode


CODECS: Final[dict[str | None, Callable[[], Codec]]] = {
    None: lambda: lambda text: text,
    "zlib-stream": zlib_stream,
} | ({"zstd-stream": zstd_stream} if zstandard else {})


@dataclass(eq=False)
class Session:
    """One identified shard. It outlives its connections."""

    id: str
    shard: tuple[int, int]
    intents: int
    seq: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=10_000))
    link: Link | None = None

    def dispatch(self, event: str, body: str) -> None:
        """`body`: JSON already, because several shards may get the same."""
        self.seq += 1
        text = f'{{"op":0,"s":{self.seq},"t":"{event}","d":{body}}}'
        self.sent.append((self.seq, text))
        if self.link:
            self.link.send(text)

    def missed_after(self, seq: int) -> list[str] | None:
        """What the client has not seen; None if that is no longer known."""
        if seq > self.seq:
            raise Close(INVALID_SEQUENCE, "Invalid seq.")
        if self.sent and seq < self.sent[0][0] - 1:
            return None
        return [text for number, text in self.sent if number > seq]


class Close(Exception):
    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(eq=False)
class Link:
    """One websocket connection, from HELLO to its end."""

    gateway: Gateway
    socket: web.WebSocketResponse
    transport: asyncio.Transport
    encode: Codec
    session: Session | None = None
    outbox: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    commands: deque[float] = field(default_factory=deque)
    timer: asyncio.TimerHandle | None = None

    def send(self, text: str) -> None:
        self.outbox.put_nowait(text)

    def say(self, op: int, body: Any = None) -> None:
        self.send(dumps({"op": op, "d": body, "s": None, "t": None}))

    async def run(self) -> None:
        writer = asyncio.create_task(self._write())
        self.say(HELLO, {"heartbeat_interval": int(self.gateway.heartbeat_interval * 1000)})
        self._expect_heartbeat()
        try:
            async for frame in self.socket:
                if frame.type is not WSMsgType.TEXT:
                    raise Close(DECODE_ERROR, "Only text is understood.")
                self._receive(frame.data)
        except Close as end:
            await self.socket.close(code=end.code, message=str(end).encode())
        finally:
            if self.timer:
                self.timer.cancel()
            writer.cancel()
            self._let_go()

    def drop(self) -> None:
        """Cut the wire without a word."""
        self.transport.abort()
        self._let_go()

    def _let_go(self) -> None:
        session, self.session = self.session, None
        if session and session.link is self:
            session.link = None
            if self.socket.close_code in (1000, 1001):  # the client said that it is done
                self.gateway.sessions.pop(session.id, None)

    async def _write(self) -> None:
        while True:
            text = await self.outbox.get()
            payload = self.encode(text)
            try:
                if isinstance(payload, str):
                    await self.socket.send_str(payload)
                else:
                    await self.socket.send_bytes(payload)
            except ConnectionError:
                return

    def _expect_heartbeat(self) -> None:
        if self.timer:
            self.timer.cancel()
        loop = asyncio.get_running_loop()
        self.timer = loop.call_later(self.gateway.heartbeat_interval * 1.5, self._too_late)

    def _too_late(self) -> None:
        if self.session:
            self.gateway.sessions.pop(self.session.id, None)
        self.gateway.close_soon(self, SESSION_TIMED_OUT, "Session timed out.")

    def _receive(self, text: str) -> None:
        now = asyncio.get_running_loop().time()
        self.commands.append(now)
        while self.commands[0] < now - COMMANDS[1]:
            self.commands.popleft()
        if len(self.commands) > COMMANDS[0]:
            raise Close(RATE_LIMITED, "You are being rate limited.")
        try:
            frame = json.loads(text)
            op, body = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError) as error:
            raise Close(DECODE_ERROR, "Error while decoding payload.") from error
        if len(text) > FRAME:
            raise Close(DECODE_ERROR, "Payload is larger than 4096 bytes.")
        if op == HEARTBEAT:
            self._expect_heartbeat()
            self.gateway.heartbeats += 1
            if self.gateway.acknowledges:
                self.say(HEARTBEAT_ACK)
        elif op == IDENTIFY:
            self._identify(body)
        elif op == RESUME:
            self._resume(body)
        elif self.session is None:
            raise Close(NOT_AUTHENTICATED, "Not authenticated.")
        elif op == REQUEST_MEMBERS:
            self.gateway.send_members(self.session, body)
        elif op not in (PRESENCE, VOICE):
            raise Close(UNKNOWN_OPCODE, "Unknown opcode.")

    def _authenticate(self, body: Json) -> None:
        if self.session:
            raise Close(ALREADY_AUTHENTICATED, "Already authenticated.")
        if body.get("token") != self.gateway.token:
            raise Close(AUTHENTICATION_FAILED, "Authentication failed.")

    def _identify(self, body: Json) -> None:
        self._authenticate(body)
        gateway, intents = self.gateway, body.get("intents", 0)
        shard, count = body.get("shard") or (0, 1)
        gateway.identifies.append({key: body[key] for key in body if key != "token"})
        if not 0 <= shard < count:
            raise Close(INVALID_SHARD, "Invalid shard.")
        if intents & ~Intent.KNOWN:
            raise Close(INVALID_INTENTS, "Invalid intent(s).")
        if intents & Intent.PRIVILEGED & ~gateway.privileged:
            raise Close(DISALLOWED_INTENTS, "Disallowed intent(s).")
        if gateway.may_identify(shard):
            self.session = gateway.open_session(shard, count, intents)
            self.session.link = self
            gateway.greet(self.session)
        else:
            self.say(INVALID_SESSION, False)

    def _resume(self, body: Json) -> None:
        self._authenticate(body)
        session = self.gateway.sessions.get(body.get("session_id", ""))
        missed = session.missed_after(body.get("seq") or 0) if session else None
        if session is None or missed is None:
            self.say(INVALID_SESSION, False)
            return
        if session.link:
            session.link.drop()
        self.session, session.link = session, self
        self.gateway.resumes += 1
        for text in missed:
            self.send(text)
        session.dispatch("RESUMED", "{}")


@dataclass(eq=False)
class Gateway:
    """All sessions, and the test's hand on the wire."""

    world: World
    token: str
    shards: int = 1
    privileged: int = 0
    """The privileged intents that are switched on for this bot; any other is refused with 4014."""
    heartbeat_interval: float = 41.25
    """Seconds. A client that is silent half as long again is closed with 4009."""
    acknowledges: bool = True
    max_concurrency: int = 1
    identify_every: float = 0.0
    """Seconds between two IDENTIFYs in one of the `max_concurrency` places, else INVALID_SESSION.
    Discord's 5 would slow every test that starts a bot twice."""
    url: str = ""
    sessions: dict[str, Session] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    identifies: list[Json] = field(default_factory=list)
    heartbeats: int = 0
    resumes: int = 0
    _identified: dict[int, float] = field(default_factory=dict)
    _closing: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def connected(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.link]

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """The handler of the websocket."""
        codec = CODECS.get(request.query.get("compress"))
        if codec is None or request.query.get("v") != "10" or request.transport is None:
            raise web.HTTPBadRequest(text=f"Not served here: {request.query_string}")
        socket = web.WebSocketResponse(compress=False, timeout=1.0)
        await socket.prepare(request)
        link = Link(self, socket, request.transport, codec())
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)
        return socket

    def drop(self, shard: int | None = None) -> None:
        """Cut the connection of one shard, or of all, in the middle of things."""
        for link in self._of(shard):
            link.drop()

    def ask_to_reconnect(self, shard: int | None = None) -> None:
        for link in self._of(shard):
            link.say(RECONNECT)

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        for link in self._of(shard):
            if not resumable and link.session:
                self.sessions.pop(link.session.id, None)
            link.say(INVALID_SESSION, resumable)

    async def close(self) -> None:
        for link in list(self.links):
            self.close_soon(link, 1001, "The stand-in stops.")
        while self._closing:
            await asyncio.gather(*self._closing)

    def close_soon(self, link: Link, code: int, words: str) -> None:
        task = asyncio.ensure_future(link.socket.close(code=code, message=words.encode()))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def dispatch(
        self, event: str, body: Json, guild: Guild | None, needs: int = Intent.GUILDS
    ) -> None:
        """Send an event to the shard that looks after this guild (or, for DMs, to shard 0)."""
        if guild and self.world.bot.id not in guild.members:
            return
        text = ""
        for session in self.sessions.values():
            index, count = session.shard
            mine = (guild.id >> 22) % count if guild else 0
            if mine == index and (not needs or session.intents & needs):
                text = text or dumps(body)
                session.dispatch(event, text)

    def may_identify(self, shard: int) -> bool:
        place, now = shard % self.max_concurrency, asyncio.get_running_loop().time()
        if now < self._identified.get(place, -self.identify_every) + self.identify_every:
            return False
        self._identified[place] = now
        return True

    def open_session(self, shard: int, count: int, intents: int) -> Session:
        for old in [s for s in self.sessions.values() if s.shard == (shard, count) and not s.link]:
            del self.sessions[old.id]
        session = Session(f"{self.world.new_id():x}", (shard, count), intents)
        self.sessions[session.id] = session
        return session

    def greet(self, session: Session) -> None:
        """READY, then one GUILD_CREATE for each guild of the shard."""
        index, count = session.shard
        here = [
            guild
            for guild in self.world.guilds.values()
            if (guild.id >> 22) % count == index and self.world.bot.id in guild.members
        ]
        bot = self.world.bot
        ready = {
            "v": 10,
            "user": bot.payload() | {"verified": True, "mfa_enabled": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in here],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [index, count],
            "application": {"id": str(bot.id), "flags": 0},
        }
        session.dispatch("READY", dumps(ready))
        for guild in here:
            session.dispatch("GUILD_CREATE", dumps(guild.payload(session.intents)))

    def send_members(self, session: Session, body: Json) -> None:
        """Answer REQUEST_GUILD_MEMBERS in one chunk."""
        guild = self.world.guilds.get(int(body["guild_id"]))
        if guild is None:
            return
        asked = {int(number) for number in body.get("user_ids") or ()}
        prefix, limit = (body.get("query") or "").lower(), body.get("limit") or None
        found = [
            member.payload()
            for member in guild.members.values()
            if (member.user.id in asked if asked else member.user.name.lower().startswith(prefix))
        ]
        chunk = {
            "guild_id": str(guild.id),
            "members": found[:limit],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": body.get("nonce"),
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", dumps(chunk))

    def _of(self, shard: int | None) -> list[Link]:
        return [
            link
            for link in self.links
            if link.session and (shard is None or link.session.shard[0] == shard)
        ]
