"""Discord's own calendar and ours in step, both ways, without an echo."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select, update

from adapters.discord.mirrors import MAY_NOT, NOWHERE
from bot.actions import Role
from bot.content import Content
from bot.db import Database, Table
from bot.features.events.mirror import Mirrors
from bot.features.events.model import CANCELLED, PLANNED, Event, Interest, Mirror
from bot.outbox import Outgoing
from tests.adapters.discord_hands import DiscordHands
from tests.adapters.hands import Seen
from tests.adapters.process import NOW, Life, on_discord
from tests.conftest import Empty
from tests.standins.discord import Discord, Permission
from tests.standins.discord.events import ScheduledEvent
from tests.standins.discord.traffic import Fault

pytestmark = pytest.mark.usefixtures("everyone_agrees")

STARTS = datetime(2026, 5, 8, 18, 30, tzinfo=UTC)
EVENTS = "/guilds/{guild}/scheduled-events"
WORDS = ("Cancelled: Supper", "Demo night", "Picnic")
T = TypeVar("T", bound=Table)


@dataclass
class Town:
    """A server with a host and a bot, which can be restarted."""

    discord: Discord
    hands: DiscordHands
    life: Life

    async def plan(self, **options: object) -> Event:
        asked = {"title": "Demo night", "when": "Friday 18:30", "minutes": "2h"} | options
        await self.hands.say("olga", "event create", **asked)
        await self.hands.press("olga", "Yes, announce it")
        await self.life.advance(seconds=20)
        return (await self.all(Event))[-1]

    async def edit(self, **values: object) -> None:
        await self.hands.say("olga", "event edit", event="1")
        await self.hands.press("olga", "Change")
        await self.hands.fill("olga", **values)
        await self.hands.press("olga", "Save")
        await self.life.advance(seconds=20)

    @property
    def calendar(self) -> list[ScheduledEvent]:
        return [event for event in self.hands.guild.events.values() if not event.over]

    @property
    def announced(self) -> list[Seen]:
        return [each for each in self.hands.sees("bystander") if not each.private]

    def writes(self) -> list[str]:
        """What the bot asked of Discord's calendar, besides looking."""
        methods = (each.route.split()[0] for each in self.discord.requests if EVENTS in each.route)
        return [method for method in methods if method != "GET"]

    async def all(self, table: type[T]) -> Sequence[T]:
        async with self.life.database.session() as session:
            return list(await session.scalars(select(table)))

    async def only(self) -> Event:
        (event,) = await self.all(Event)
        return event

    async def until(self, true: Callable[[Event], object]) -> Event:
        """Wait until our only event is so."""

        async def there() -> bool:
            events = await self.all(Event)
            return len(events) == 1 and true(events[0])

        await soon(there)
        return await self.only()

    async def quiet(self) -> None:
        """Time for what must not happen."""
        await asyncio.sleep(0.1)
        await self.life.advance(seconds=30)


async def soon(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(5):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def _town(discord: Discord, content: Content, database: Database) -> Town:
    town = Town(discord, DiscordHands(discord), Life(content, database))
    town.discord.clock.ahead = NOW.timestamp() - datetime.now(UTC).timestamp()
    await town.hands.join("olga", Role.HOST)
    town.hands.person("bystander")
    return town


@pytest.fixture
async def down(content: Content, on_sqlite: Empty) -> AsyncIterator[Town]:
    """The bot does not run yet."""
    async with on_sqlite() as database, Discord() as discord:
        yield await _town(discord, content, database)


@pytest.fixture
async def town(down: Town) -> AsyncIterator[Town]:
    async with on_discord(down.life, down.discord, down.hands):
        yield down


@pytest.fixture
async def either(content: Content, database: Database) -> AsyncIterator[Town]:
    """On both databases."""
    async with Discord() as discord:
        town = await _town(discord, content, database)
        async with on_discord(town.life, discord, town.hands):
            yield town


async def test_both_ways_without_an_echo(either: Town) -> None:
    town = either
    assert isinstance(town.hands.platform, Mirrors)
    await town.plan(place="Old mill", details="Bring a *demo*.")
    (there,) = town.calendar
    assert (there.name, there.starts, there.data["description"]) == (
        "Demo night",
        STARTS,
        "Bring a *demo*.",
    )
    assert there.data["entity_metadata"] == {"location": "Old mill"}
    assert datetime.fromisoformat(there.data["scheduled_end_time"]) == STARTS + timedelta(hours=2)
    await town.quiet()
    assert (await town.only()).version == 0
    assert town.writes() == ["POST"]

    await town.hands.press("ada", "Coming")
    later = STARTS + timedelta(days=1)
    town.hands.person("eve").reschedule(there, later, later + timedelta(hours=3))
    event = await town.until(lambda event: event.starts_at == later)
    assert (event.minutes, event.place) == (180, "Old mill")
    await town.quiet()
    told = [each.title for each in town.hands.sees("ada") if each.private][-1]
    assert told.startswith("Changed: Demo night")
    (card,) = town.announced
    assert f"({int(later.timestamp())})" in card.words
    assert town.writes() == ["POST"]

    await town.edit(title="Show and tell")
    assert there.name == "Show and tell"
    await town.quiet()
    assert (await town.only()).version == 2
    assert town.writes() == ["POST", "PATCH"]

    town.hands.person("eve").call_off(there)
    await town.until(lambda event: event.status == CANCELLED)
    await town.quiet()
    assert town.announced[0].title.startswith("Cancelled: Show and tell")
    assert await town.all(Mirror) == []
    assert town.writes() == ["POST", "PATCH"]


async def test_reminders_move_with_what_was_moved_there(town: Town) -> None:
    await town.plan()
    await town.hands.press("ada", "Coming")
    (there,) = town.calendar
    later = STARTS + timedelta(days=1)
    town.hands.person("eve").reschedule(there, later, later + timedelta(hours=2))
    await town.until(lambda event: event.starts_at == later)
    await town.life.advance(days=4, hours=9)
    assert town.life.now < later - timedelta(days=1)
    assert not any("tomorrow" in each.title for each in town.hands.sees("ada"))
    await town.life.advance(hours=2)
    told = [each.title for each in town.hands.sees("ada") if "tomorrow" in each.title]
    assert len(told) == 1


async def test_cancelled_here_is_gone_there(town: Town) -> None:
    await town.plan()
    await town.hands.say("olga", "event cancel", event="1")
    await town.hands.press("olga", "Cancel this one")
    await town.life.advance(seconds=30)
    assert town.hands.guild.events == {}
    await town.quiet()
    assert town.writes() == ["POST", "DELETE"]
    assert await town.all(Mirror) == []


async def test_deleted_there_is_cancelled_here(town: Town) -> None:
    await town.plan()
    town.hands.person("eve").delete_event(town.calendar[0])
    await town.until(lambda event: event.status == CANCELLED)
    await town.quiet()
    assert town.writes() == ["POST"]


async def test_ended_there_is_not_cancelled(town: Town) -> None:
    await town.plan()
    await town.life.advance(days=4, hours=10)
    eve, (there,) = town.hands.person("eve"), town.calendar
    eve.start(there)
    eve.end(there)
    eve.delete_event(there)
    await town.quiet()
    assert (await town.only()).status == PLANNED


async def test_made_there_becomes_ours_and_is_announced(town: Town) -> None:
    eve = town.hands.person("eve")
    there = eve.schedule(
        town.hands.guild,
        "Picnic",
        STARTS,
        STARTS + timedelta(hours=3),
        location="Park",
        description="Bring a hat.",
    )
    event = await town.until(lambda event: event.title == "Picnic")
    assert (event.place, event.details, event.minutes) == ("Park", "Bring a hat.", 180)
    await town.quiet()
    (card,) = town.announced
    assert card.title.startswith("Picnic")
    assert "Coming" in card.buttons
    town.hands.person("ada").interested(there)
    town.hands.person("bob").interested(there)
    town.hands.person("ada").interested(there, False)

    async def noted() -> bool:
        accounts = [each.account for each in await town.all(Interest)]
        return accounts == [str(town.hands.person("bob").id)]

    await soon(noted)
    await town.quiet()
    assert town.writes() == []


async def test_announced_where_hosts_announce(town: Town) -> None:
    await town.plan()
    town.hands.guild.channel("a-newer-one")
    town.hands.person("eve").schedule(
        town.hands.guild, "Picnic", STARTS, STARTS + timedelta(hours=1), location="Park"
    )
    await soon(lambda: _count(town, 2))
    assert len({event.spot for event in await town.all(Event)}) == 1


async def _count(town: Town, events: int) -> bool:
    return len(await town.all(Event)) == events


async def test_what_others_made_needs_a_permission_to_change(town: Town) -> None:
    town.hands.person("eve").schedule(
        town.hands.guild, "Picnic", STARTS, STARTS + timedelta(hours=3), location="Park"
    )
    await town.until(lambda event: event.title == "Picnic")
    await town.life.advance(seconds=20)
    await town.edit(place="River")
    parked = [row.parked for row in await town.all(Outgoing) if row.parked]
    assert parked == [MAY_NOT]
    bot = town.hands.guild.members[town.discord.world.bot.id]
    bot.roles.append(town.hands.guild.role("Calendar", Permission.MANAGE_EVENTS))
    await town.edit(place="Lake")
    (there,) = town.calendar
    assert there.data["entity_metadata"] == {"location": "Lake"}
    await town.quiet()
    assert (await town.only()).place == "Lake"


async def test_in_a_voice_channel(town: Town) -> None:
    lounge = town.hands.guild.channel("Lounge", 2)
    bot = town.hands.guild.members[town.discord.world.bot.id]
    bot.roles.append(town.hands.guild.role("Calendar", Permission.MANAGE_EVENTS))
    town.hands.person("eve").schedule(town.hands.guild, "Talk", STARTS, channel=lounge)
    event = await town.until(lambda event: event.title == "Talk")
    assert (event.place, event.minutes) == ("Lounge", 90)
    await town.life.advance(seconds=20)
    await town.edit(title="Long talk")
    (there,) = town.calendar
    assert (there.name, there.data["channel_id"]) == ("Long talk", str(lounge.id))
    await town.edit(place="Park")
    assert there.data["entity_metadata"] == {"location": "Park"}
    assert there.data["channel_id"] is None
    await town.quiet()
    assert (await town.only()).place == "Park"


async def test_what_discord_can_not_hold_stays_ours(town: Town) -> None:
    await town.plan(place="A long way round " * 10)
    long = (await town.only()).place
    (there,) = town.calendar
    assert len(there.data["entity_metadata"]["location"]) <= 100
    later = STARTS + timedelta(days=1)
    town.hands.person("eve").reschedule(there, later, later + timedelta(hours=2))
    event = await town.until(lambda event: event.starts_at == later)
    assert event.place == long


async def test_without_a_place(town: Town) -> None:
    await town.plan()
    (there,) = town.calendar
    assert there.data["entity_metadata"] == {"location": NOWHERE}
    await town.edit(title="Another")
    assert there.name == "Another"
    assert (await town.only()).place == ""


async def test_an_old_echo_does_not_undo_what_is_newer(town: Town) -> None:
    await town.plan()
    told = town.hands.platform._calendar._in_order
    async with told:  # the gateway is slow
        await town.edit(title="Second")
        await town.edit(title="Third")
    await town.quiet()
    event = await town.only()
    assert (event.title, event.version) == ("Third", 2)
    assert town.calendar[0].name == "Third"
    town.hands.person("eve").reschedule(
        town.calendar[0], STARTS + timedelta(days=1), STARTS + timedelta(days=1, hours=1)
    )
    await town.until(lambda event: event.minutes == 60)


async def test_a_lost_answer_makes_no_second_copy(town: Town) -> None:
    town.discord.traffic.faults.append(Fault(f"POST {EVENTS}", lost=True))
    await town.plan()
    await town.life.advance(minutes=5)
    assert len(town.calendar) == 1
    assert len(await town.all(Mirror)) == 1
    assert len(await town.all(Event)) == 1


async def test_without_the_permission_the_event_is_planned_all_the_same(town: Town) -> None:
    (role,) = town.hands.guild.members[town.discord.world.bot.id].roles
    role.permissions &= ~Permission.CREATE_EVENTS
    await town.plan()
    assert len(town.announced) == 1
    assert town.calendar == []
    assert [row.parked for row in await town.all(Outgoing) if row.parked] == [MAY_NOT]


async def test_what_happened_while_we_were_away(down: Town) -> None:
    town = down
    async with on_discord(town.life, town.discord, town.hands):
        await town.plan()
        await town.plan(title="Supper", when="Saturday 18:30")
        moved, dropped = town.calendar
    eve = town.hands.person("eve")
    later = STARTS + timedelta(hours=1)
    eve.reschedule(moved, later, later + timedelta(hours=2))
    eve.delete_event(dropped)
    eve.schedule(town.hands.guild, "Picnic", later, later + timedelta(hours=1), location="Park")
    for _ in range(2):
        async with on_discord(town.life, town.discord, town.hands):
            await soon(lambda: _count(town, 3))
            await town.quiet()
            known = {event.title: event for event in await town.all(Event)}
            assert known["Demo night"].starts_at == later
            assert known["Supper"].status == CANCELLED
            assert known["Picnic"].status == PLANNED
            assert len(known) == 3
    assert town.writes() == ["POST", "POST"]
    titles = sorted(each.title for each in town.announced)
    assert len(titles) == 3
    assert all(title.startswith(words) for title, words in zip(titles, WORDS, strict=True))


async def test_killed_between_making_it_and_noting_it(down: Town) -> None:
    town = down
    async with on_discord(town.life, town.discord, town.hands):
        await town.plan()
    async with town.life.database.transaction() as session:
        for copy in await session.scalars(select(Mirror)):
            await session.delete(copy)
        ours = update(Outgoing).where(Outgoing.kind == "events.mirror")
        await session.execute(ours.values(settled_at=None, claimed_until=None))
    async with on_discord(town.life, town.discord, town.hands):
        await town.life.advance(minutes=5)
    assert len(town.calendar) == 1
    assert len(await town.all(Mirror)) == 1
    assert len(await town.all(Event)) == 1
    assert town.writes() == ["POST"]
