"""Who is here: communities and the spaces they live in, people and their accounts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.actions import Role
from bot.db import Id, Table
from bot.errors import Undeliverable
from bot.personal import Leaves, person_column

MENTION = re.compile(r"<@!?(\w+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Where:
    """A space as its platform names it: one Discord server, one Slack workspace."""

    platform: str
    space: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a channel, or one person directly, by the platform's own ids."""

    where: Where
    channel: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts, as their platform tells it. `role` is None where the platform has to be asked."""

    where: Where
    user: str
    name: str
    role: Role | None = None


class Prefs(BaseModel):
    """What organisers choose; a new choice needs a default here and no migration.

    A channel is written `space id/channel id`, since a community may live on two platforms.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    hosts_channel: str | None = None
    principle_channel: str | None = None
    principle_day: str = "mon"
    principle_hour: int = 9
    principle_order: Literal["number", "needs"] = "number"
    principle_need: str | None = None
    """A map area or flywheel stage that organisers name themselves."""
    retro_hours: int = 48
    retro_summary_hours: int = 120
    follow_up_count: int = 1
    follow_up_hours: int = 72
    demo_slots: int = 4
    demo_minutes: int = 5
    demo_first_timers: Literal["none", "quarter", "third", "half"] = "third"
    quiet_from: int = 21
    quiet_until: int = 8
    messages_a_week: int = 7


class Community(Table):
    """One community; everything else belongs to exactly one."""

    __tablename__ = "community"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    choices: Mapped[str] = mapped_column(Text, default="{}")
    feed_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Who knows it may read the calendar."""
    created_at: Mapped[datetime]

    @property
    def prefs(self) -> Prefs:
        return Prefs.model_validate_json(self.choices)

    def prefer(self, **choices: object) -> None:
        """Change some preferences, proved as a whole. Raises pydantic's ValidationError."""
        changed = Prefs.model_validate({**self.prefs.model_dump(), **choices})
        self.choices = changed.model_dump_json(exclude_defaults=True)


class Space(Table):
    """A server or workspace in which a community lives."""

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    platform: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))


class Person(Table):
    """Somebody in a community, on however many platforms."""

    __tablename__ = "person"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str | None] = mapped_column(String(64))
    """Their own, where it differs from the community's."""
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    """When they were told what the bot keeps, and asked."""
    agreed_at: Mapped[datetime | None]
    """When they said that the bot may write to them; until then it does not."""
    created_at: Mapped[datetime]


class Account(Table):
    """A person as one platform knows them."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("space_id", "external_id"),)

    id: Mapped[Id]
    person_id: Mapped[str] = person_column(Leaves.ROW, "accounts")
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


def quiet_until(person: Person, community: Community, now: datetime) -> datetime | None:
    """When their quiet hours end, if it is one of them now. Hours on their own clock."""
    zone = ZoneInfo(person.zone or community.zone)
    prefs = community.prefs
    start = prefs.quiet_from if person.quiet_from is None else person.quiet_from
    end = prefs.quiet_until if person.quiet_until is None else person.quiet_until
    local = now.astimezone(zone)
    quiet = start <= local.hour < end if start <= end else not end <= local.hour < start
    if not quiet:
        return None
    day = local.date() + timedelta(days=local.hour >= end)
    return datetime.combine(day, time(end), zone).astimezone(UTC)


async def directly(session: AsyncSession, person_id: str) -> Address | None:
    """Where to write to one person: the account they came with first."""
    found = await session.execute(
        select(Space.platform, Space.external_id, Account.external_id)
        .join(Space, Space.id == Account.space_id)
        .where(Account.person_id == person_id)
        .order_by(Account.created_at, Account.id)
        .limit(1)
    )
    row = found.first()
    return Address(Where(row[0], row[1]), user=row[2]) if row else None


async def people_called(session: AsyncSession, space: Space, text: str) -> list[tuple[Person, str]]:
    """Who in a space is meant by a mention or a name, each with their user id there."""
    found = (
        select(Person, Account.external_id)
        .join(Account, Account.person_id == Person.id)
        .where(Account.space_id == space.id)
    )
    if mention := MENTION.fullmatch(text.strip()):
        found = found.where(Account.external_id == mention[1])
    else:
        name = text.strip().removeprefix("@")
        found = found.where(or_(Person.name == name, func.lower(Person.name) == name.lower()))
    return [(row[0], row[1]) for row in await session.execute(found)]


async def channel_at(session: AsyncSession, spot: str) -> Address | None:
    """A channel kept as `space id/channel id`, as an address; None when the space has gone."""
    space_id, _, channel = spot.partition("/")
    space = await session.get(Space, space_id)
    return Address(Where(space.platform, space.external_id), channel=channel) if space else None


def spot_words(spot: str, here: str = "") -> str:
    """A channel kept as `space id/channel id`, in a sentence: "in …". `here` is where we are."""
    return "in this channel" if spot == here else f"in the channel `{spot.partition('/')[2]}`"


async def space_at(session: AsyncSession, where: Where) -> tuple[Space, Community] | None:
    found = await session.execute(
        select(Space, Community)
        .join(Community, Community.id == Space.community_id)
        .where(Space.platform == where.platform, Space.external_id == where.space)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


async def hosts_of(
    session: AsyncSession, community: Community, otherwise: str | None = None
) -> Address:
    """Where hosts read: their channel, or else one person directly. Raises Undeliverable."""
    spot = community.prefs.hosts_channel
    found = await channel_at(session, spot) if spot else None
    if found is None and otherwise:
        found = await directly(session, otherwise)
    if found is None:
        raise Undeliverable("There is no channel for hosts: choose one in /settings.")
    return found


async def community_with_key(session: AsyncSession, key: str) -> Community | None:
    return await session.scalar(select(Community).where(Community.feed_key == key))


async def settle_in(
    session: AsyncSession, where: Where, now: datetime, new_id: Callable[[], str], zone: str
) -> tuple[Space, Community]:
    """The space and its community, made at first sight. Two processes may see it first."""
    if found := await space_at(session, where):
        return found
    community = Community(
        id=new_id(),
        name=where.name or "Our community",
        zone=zone,
        feed_key=new_id() + new_id(),
        created_at=now,
    )
    space = Space(
        id=new_id(),
        community_id=community.id,
        platform=where.platform,
        external_id=where.space,
    )
    try:
        async with session.begin_nested():
            session.add(community)
            await session.flush()
            session.add(space)
    except IntegrityError:
        found = await space_at(session, where)
        assert found, "the other process has just made it"
        return found
    return space, community


async def person_of(
    session: AsyncSession,
    caller: Caller,
    space: Space,
    now: datetime,
    new_id: Callable[[], str],
) -> Person:
    """The person behind an account, stored when they first do something that is kept."""
    found = (
        select(Person)
        .join(Account)
        .where(Account.space_id == space.id, Account.external_id == caller.user)
    )
    if person := await session.scalar(found):
        return person
    person = Person(id=new_id(), community_id=space.community_id, name=caller.name, created_at=now)
    account = Account(
        id=new_id(), person_id=person.id, space_id=space.id, external_id=caller.user, created_at=now
    )
    try:
        async with session.begin_nested():
            session.add(person)
            await session.flush()
            session.add(account)
    except IntegrityError:
        return (await session.scalars(found)).one()
    return person
