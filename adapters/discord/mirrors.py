"""Discord's own calendar: what people do there is reported, and our copies are kept there.

Read from the gateway's raw messages. discord.py drops who is "interested" unless it holds a list of
members, and hands out objects that change while they wait; the raw message does neither.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self, cast

import discord

from adapters.discord import invite
from adapters.discord.pacer import Pacer
from adapters.discord.parse import Json
from bot.app import App
from bot.errors import TryLater, Undeliverable
from bot.markup import shorten
from bot.people import Where

log = logging.getLogger(__name__)

REPORT = "GUILD_SCHEDULED_EVENT_"
OUTSIDE: Json = {"entity_type": 3, "channel_id": None}
"""Neither on a stage nor in a voice channel of the server."""
NEW: Json = OUTSIDE | {"privacy_level": 2}
COMPLETED, CANCELED = 3, 4
UNKNOWN_EVENT = 10070

NAME, LOCATION, DESCRIPTION = 100, 100, 1000
"""Characters that Discord takes."""
NOWHERE = "To be announced"
"""Discord wants a place for each event."""
CUT = "…"

MAY_NOT = (
    "I may not change this in the server's calendar. Allow my role Create Events and, for events "
    "that others made there, Manage Events."
)


class Shape(Protocol):
    """What the core says of an event."""

    @property
    def title(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...
    @property
    def place(self) -> str: ...
    @property
    def details(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Look:
    """An event as the calendar shows it."""

    name: str
    starts_at: datetime
    ends_at: datetime | None
    location: str
    description: str

    @classmethod
    def of(cls, shape: Shape) -> Self:
        return cls(
            shorten(shape.title, NAME),
            shape.starts_at,
            shape.starts_at + timedelta(minutes=shape.minutes),
            shorten(shape.place, LOCATION) or NOWHERE,
            shorten(shape.details, DESCRIPTION),
        )

    @classmethod
    def shown(cls, event: Json, guild: discord.Guild) -> Self:
        channel = guild.get_channel(int(event["channel_id"] or 0))
        return cls(
            event["name"],
            datetime.fromisoformat(event["scheduled_start_time"]),
            _time(event.get("scheduled_end_time")),
            channel.name
            if channel
            else (event.get("entity_metadata") or {}).get("location") or NOWHERE,
            event.get("description") or "",
        )

    def body(self) -> Json:
        return {
            "name": self.name,
            "scheduled_start_time": self.starts_at.isoformat(),
            "scheduled_end_time": self.ends_at and self.ends_at.isoformat(),
            "description": self.description or None,
            "entity_metadata": {"location": self.location},
        }

    def changes(self, shown: Self) -> Json:
        """What to ask of Discord, so that it shows this. An untouched start may be past."""
        before = shown.body()
        body = {name: value for name, value in self.body().items() if value != before[name]}
        return body | OUTSIDE if "entity_metadata" in body else body


class Calendar:
    """Opened by its platform, which sets the app."""

    app: App

    def __init__(self, client: discord.Client, pacer: Pacer) -> None:
        self._client = client
        self._pacer = pacer
        self._in_order = asyncio.Lock()
        self._echoes: defaultdict[str, list[Look]] = defaultdict(list)
        """By event: what I asked for, and have not been told of yet."""

    @property
    def listeners(self) -> tuple[Callable[..., Coroutine[Any, Any, None]], ...]:
        return self.on_socket_raw_receive, self.on_guild_available, self.on_guild_join

    async def on_socket_raw_receive(self, message: str) -> None:
        if REPORT in message:
            report = json.loads(message)
            if (report.get("t") or "").startswith(REPORT):
                await self._take(report["t"].removeprefix(REPORT), report["d"])

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """At each new connection: much may have happened since the last."""
        try:
            async with self._in_order:
                self._echoes.clear()
                events = await self._listed(guild)
                for event in events:
                    await self._report(guild, event)
                ids = [event["id"] for event in events]
                await self.app.hear(_where(guild), "events listed", {"ids": ids})
        except (Undeliverable, TryLater) as error:
            log.warning("The calendar of %s can't be read: %s", guild.id, error)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.on_guild_available(guild)

    async def put(self, guild: discord.Guild, shape: Shape, event_id: str | None) -> str:
        """Make it, or bring it up to date. One that I made already is found by its look."""
        look = Look.of(shape)
        shown = await self._shown(guild, event_id) if event_id else await self._twin(guild, look)
        if shown is None or shown["status"] in (COMPLETED, CANCELED):
            async with self._asking():
                http = self._client.http
                made = await http.create_guild_scheduled_event(guild.id, **NEW, **look.body())
            return cast("str", made["id"])
        if changes := look.changes(Look.shown(shown, guild)):
            await self._change(guild, shown, changes)
        return cast("str", shown["id"])

    async def drop(self, guild: discord.Guild, event_id: str) -> None:
        if await self._shown(guild, event_id):
            async with self._asking():
                await self._client.http.delete_scheduled_event(guild.id, event_id)

    async def has(self, guild: discord.Guild, event_id: str) -> bool:
        shown = await self._shown(guild, event_id)
        return shown is not None and shown["status"] != CANCELED

    async def close(self, grace: float) -> None:
        """Let what was reported be taken up, for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(grace), self._in_order:
                pass

    async def _take(self, what: str, event: Json) -> None:
        guild = self._client.get_guild(int(event["guild_id"]))
        if guild is None:
            return
        async with self._in_order:
            if what in ("USER_ADD", "USER_REMOVE"):
                facts = {
                    "external_id": event["guild_scheduled_event_id"],
                    "account": event["user_id"],
                    "is_so": what == "USER_ADD",
                }
                await self.app.hear(_where(guild), "event interest", facts)
            elif not self._is_echo(what, event, guild):
                await self._report(guild, event, gone=what == "DELETE")

    async def _report(self, guild: discord.Guild, event: Json, *, gone: bool = False) -> None:
        """What ended is neither news nor cancelled."""
        if event["status"] != COMPLETED:
            facts = self._facts(guild, event) | {"cancelled": gone or event["status"] == CANCELED}
            await self.app.hear(_where(guild), "event mirrored", facts)

    def _facts(self, guild: discord.Guild, event: Json) -> Json:
        """What was cut to fit is None: ours stays."""
        look = Look.shown(event, guild)
        no_place = look.location == NOWHERE or look.location.endswith(CUT)
        return {
            "id": event["id"],
            "title": look.name,
            "starts_at": look.starts_at,
            "ends_at": look.ends_at,
            "channel": _announce_in(guild),
            "place": None if no_place else look.location,
            "details": None if look.description.endswith(CUT) else look.description,
            "by_us": event.get("creator_id") == str(guild.me.id),
        }

    def _is_echo(self, what: str, event: Json, guild: discord.Guild) -> bool:
        """Of a change that I asked for. By now ours may be newer than what comes back here."""
        if what == "DELETE":
            self._echoes.pop(event["id"], None)
            return False
        look, asked = Look.shown(event, guild), self._echoes.get(event["id"], [])
        if look not in asked:
            return False
        asked.remove(look)
        return True

    async def _change(self, guild: discord.Guild, shown: Json, changes: Json) -> None:
        echo = Look.shown({**shown, **changes}, guild)
        self._echoes[shown["id"]].append(echo)
        try:
            async with self._asking():
                await self._client.http.edit_scheduled_event(guild.id, shown["id"], **changes)
        except (Undeliverable, TryLater):
            with suppress(ValueError):
                self._echoes[shown["id"]].remove(echo)
            raise

    async def _twin(self, guild: discord.Guild, look: Look) -> Json | None:
        """The one I made before a crash, when its id was not stored yet."""
        for event in await self._listed(guild):
            mine = event.get("creator_id") == str(guild.me.id)
            if mine and Look.shown(event, guild) == look:
                return event
        return None

    async def _listed(self, guild: discord.Guild) -> list[Json]:
        async with self._pacer.turn():
            events = await self._client.http.get_scheduled_events(guild.id, with_user_count=False)
        return cast("list[Json]", events)

    async def _shown(self, guild: discord.Guild, event_id: str) -> Json | None:
        """None once it is deleted."""
        http = self._client.http
        async with self._pacer.turn():
            try:
                event = await http.get_scheduled_event(guild.id, event_id, with_user_count=False)
            except discord.NotFound as error:
                if error.code == UNKNOWN_EVENT:
                    return None
                raise
        return cast("Json", event)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        async with self._pacer.turn():
            try:
                yield
            except discord.Forbidden:
                raise Undeliverable(MAY_NOT) from None
            except discord.NotFound as error:
                if error.code != UNKNOWN_EVENT:
                    raise
                raise TryLater("It was deleted at this moment.") from error


def _where(guild: discord.Guild) -> Where:
    return Where("discord", str(guild.id), guild.name)


def _announce_in(guild: discord.Guild) -> str:
    """Where Discord itself tells people things, or else the first channel where I may post."""
    channels = [guild.system_channel, *sorted(guild.text_channels, key=lambda each: each.position)]
    for channel in channels:
        if channel and not invite.missing(channel.permissions_for(guild.me), invite.POSTING):
            return str(channel.id)
    return ""


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
