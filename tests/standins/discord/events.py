"""Scheduled events: https://discord.com/developers/docs/resources/guild-scheduled-event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from .bits import Intent, Permission
from .faults import ApiError, Faults, names
from .routes import Call, route
from .state import STAGE, VOICE, Guild, Json, User
from .world import World

IN_STAGE, IN_VOICE, EXTERNAL = 1, 2, 3
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
AT_MOST: Final = 100
_NEXT: Final = {
    SCHEDULED: {ACTIVE, CANCELED},
    ACTIVE: {COMPLETED},
    COMPLETED: set(),
    CANCELED: set(),
}
_KNOWN: Final = names(
    "channel_id entity_metadata name privacy_level scheduled_start_time scheduled_end_time"
    " description entity_type image recurrence_rule"
)


@dataclass(eq=False, repr=False)
class ScheduledEvent:
    guild: Guild
    id: int
    creator: User
    data: Json
    interested: dict[int, User] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<event {self.name!r} at {self.data['scheduled_start_time']}>"

    @property
    def name(self) -> str:
        return self.data["name"]

    @property
    def status(self) -> int:
        return self.data["status"]

    @property
    def starts(self) -> datetime:
        return datetime.fromisoformat(self.data["scheduled_start_time"])

    @property
    def over(self) -> bool:
        return self.status in (COMPLETED, CANCELED)

    def payload(self) -> Json:
        return {
            **self.data,
            "id": str(self.id),
            "guild_id": str(self.guild.id),
            "creator_id": str(self.creator.id),
            "creator": self.creator.payload(),
            "user_count": len(self.interested),
        }

    def mark(self, user: User, interested: bool) -> None:
        """Someone says that they are interested, or no longer."""
        if interested:
            self.interested[user.id] = user
        else:
            self.interested.pop(user.id, None)
        body = {
            "guild_scheduled_event_id": str(self.id),
            "user_id": str(user.id),
            "guild_id": str(self.guild.id),
        }
        event = f"GUILD_SCHEDULED_EVENT_USER_{'ADD' if interested else 'REMOVE'}"
        self.guild.world.emit(event, body, self.guild, Intent.SCHEDULED_EVENTS)


def create(guild: Guild, creator: User, body: Json) -> ScheduledEvent:
    """Check and keep a new event, and tell the bot. People's own events go through here too."""
    data = {
        "channel_id": None,
        "description": None,
        "scheduled_end_time": None,
        "entity_metadata": None,
        "entity_id": None,
        "image": None,
        "recurrence_rule": None,
        **body,
        "status": SCHEDULED,
    }
    _check(guild, body, data, {"name", "privacy_level", "scheduled_start_time", "entity_type"})
    if sum(not event.over for event in guild.events.values()) >= AT_MOST:
        words = f"Maximum number of uncompleted guild scheduled events reached ({AT_MOST})"
        raise ApiError(400, 30038, words)
    event = ScheduledEvent(guild, guild.world.new_id(), creator, data)
    guild.events[event.id] = event
    tell(event, "CREATE")
    return event


def change(event: ScheduledEvent, body: Json) -> ScheduledEvent:
    if event.over:
        raise ApiError(400, 180000, "Cannot update a finished event")
    data = {**event.data, **body}
    _check(event.guild, body, data, set(), event.status)
    event.data = data
    tell(event, "UPDATE")
    return event


def delete(event: ScheduledEvent) -> None:
    del event.guild.events[event.id]
    tell(event, "DELETE")


def tell(event: ScheduledEvent, what: str) -> None:
    name = f"GUILD_SCHEDULED_EVENT_{what}"
    event.guild.world.emit(name, event.payload(), event.guild, Intent.SCHEDULED_EVENTS)


def _check(
    guild: Guild, body: Json, data: Json, needed: set[str], status: int | None = None
) -> None:
    """Check what is sent (`body`) and what would come of it (`data`)."""
    faults = Faults()
    faults.keys(body, _KNOWN if status is None else _KNOWN | {"status"}, ())
    for key in sorted(needed):
        if body.get(key) is None:
            faults.add((key,), "BASE_TYPE_REQUIRED", "This field is required")
    faults.text(data, "name", (), 100, least=1)
    faults.text(data, "description", (), 1000)
    if data.get("privacy_level") not in (None, 2):
        faults.add(("privacy_level",), "BASE_TYPE_CHOICES", "Value must be one of {2}.")
    if status is not None and data["status"] not in {status, *_NEXT[status]}:
        words = f"Not possible from {status}"
        faults.add(("status",), "GUILD_SCHEDULED_EVENT_STATUS_TRANSITION", words)
    _check_place(faults, guild, data)
    starts = _time(faults, data, "scheduled_start_time")
    ends = _time(faults, data, "scheduled_end_time")
    now = datetime.fromtimestamp(guild.world.clock.now(), UTC)
    if starts and body.get("scheduled_start_time") and starts <= now:
        words = "Cannot schedule event in the past."
        faults.add(("scheduled_start_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", words)
    if starts and ends and ends <= starts:
        words = "Cannot schedule an end before the start."
        faults.add(("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_END_BEFORE_START", words)
    faults.refuse()


def _check_place(faults: Faults, guild: Guild, data: Json) -> None:
    kind, channel_id = data.get("entity_type"), data.get("channel_id")
    if kind == EXTERNAL:
        where = data.get("entity_metadata") or {}
        faults.text(where, "location", ("entity_metadata",), 100, least=1, need=True)
        if channel_id is not None:
            faults.add(("channel_id",), "BASE_TYPE_NULL", "Must be null for an external event")
        if data.get("scheduled_end_time") is None:
            faults.add(("scheduled_end_time",), "BASE_TYPE_REQUIRED", "This field is required")
    elif kind in (IN_STAGE, IN_VOICE):
        channel = guild.world.channels.get(int(channel_id or 0))
        wanted = STAGE if kind == IN_STAGE else VOICE
        if channel is None or channel.guild is not guild or channel.kind != wanted:
            faults.add(("channel_id",), "CHANNEL_INVALID", "No such stage or voice channel here")
    elif kind is not None:
        faults.add(("entity_type",), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")


def _time(faults: Faults, data: Json, key: str) -> datetime | None:
    value: Any = data.get(key)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        words = f'Could not parse "{value}". Should be ISO8601.'
        faults.add((key,), "DATE_TIME_TYPE_PARSE", words)
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


class Events:
    """The endpoints under `/guilds/{guild}/scheduled-events`."""

    def __init__(self, world: World) -> None:
        self.world = world

    @route("GET", "/guilds/{guild}/scheduled-events")
    def list_events(self, call: Call) -> list[Json]:
        return [e.payload() for e in call.guild(self.world).events.values() if not e.over]

    @route("POST", "/guilds/{guild}/scheduled-events")
    def create_event(self, call: Call) -> Json:
        guild = call.guild(self.world)
        self._may(guild, Permission.CREATE_EVENTS)
        return create(guild, self.world.bot, call.body).payload()

    @route("GET", "/guilds/{guild}/scheduled-events/{event}")
    def get_event(self, call: Call) -> Json:
        return self._event(call).payload()

    @route("PATCH", "/guilds/{guild}/scheduled-events/{event}")
    def change_event(self, call: Call) -> Json:
        return change(self._own(call), call.body).payload()

    @route("DELETE", "/guilds/{guild}/scheduled-events/{event}")
    def delete_event(self, call: Call) -> None:
        delete(self._own(call))

    @route("GET", "/guilds/{guild}/scheduled-events/{event}/users")
    def list_interested(self, call: Call) -> list[Json]:
        event = self._event(call)
        after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 100))
        users = [user for number, user in sorted(event.interested.items()) if number > after]
        about = {"guild_scheduled_event_id": str(event.id)}
        return [about | {"user": user.payload()} for user in users[:limit]]

    def _event(self, call: Call) -> ScheduledEvent:
        event = call.guild(self.world).events.get(call.id("event"))
        if event is None:
            raise ApiError(404, 10070, "Unknown Guild Scheduled Event")
        return event

    def _own(self, call: Call) -> ScheduledEvent:
        """An event that the bot may change: its own, or any with MANAGE_EVENTS."""
        event = self._event(call)
        own = Permission.CREATE_EVENTS if event.creator is self.world.bot else 0
        self._may(event.guild, own | Permission.MANAGE_EVENTS)
        return event

    def _may(self, guild: Guild, any_of: int) -> None:
        if not guild.members[self.world.bot.id].permissions() & any_of:
            raise ApiError(403, 50013, "Missing Permissions")
