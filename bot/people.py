"""Who is here: communities and the spaces they live in, people and their accounts."""

import json
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
from bot.errors import Undeliverable, UserError
from bot.markup import channel, plain
from bot.personal import Leaves, person_column

MENTION = re.compile(r"<@!?(\w+)(?:\|([^>]*))?>")
GROUP_MENTION = re.compile(r"<(?:@&|!subteam\^)(\w+)(?:\|[^>]*)?>")
NOT_IN_A_NAME = re.compile(r"[<>|]")
BETWEEN = re.compile(r"\s*(?:[,;&\n]|\band\b|\s(?=@)|(?<=>)\s*(?=<)|(?<=>)\s)\s*")
"""What stands between several mentions or names."""
MEET = "ask them to type `/privacy` and to press “You may write to me”."


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
    groups: frozenset[str] | None = None
    """Ids of the groups they are in there. None where the platform has to be asked."""


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
    pulse_channel: str | None = None
    pulse_day: str = "mon"
    pulse_hour: int = 10
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
    channels: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    """Platform and name of each channel that organisers chose, for readers on another platform."""
    setup_next: Mapped[int | None] = mapped_column(default=1, server_default="1")
    """The step of `/setup` that comes next; None when it is done."""
    created_at: Mapped[datetime]

    @property
    def prefs(self) -> Prefs:
        return Prefs.model_validate_json(self.choices)

    def prefer(self, **choices: object) -> None:
        """Change some preferences, proved as a whole. Raises pydantic's ValidationError."""
        changed = Prefs.model_validate({**self.prefs.model_dump(), **choices})
        self.choices = changed.model_dump_json(exclude_defaults=True)

    def name_channel(self, spot: str, platform: str, name: str) -> None:
        """Note how a channel is called, when it is chosen."""
        self.channels = json.dumps({**json.loads(self.channels), spot: [platform, name]})

    def channel(self, spot: str) -> str:
        """A channel kept as `space id/channel id`, as markup."""
        id_ = spot.partition("/")[2]
        known = json.loads(self.channels).get(spot)
        return channel(known[1], known[0], id_) if known else f"`{id_}`"


class FormerKey(Table):
    """The calendar key of a community that was joined to this one: its address goes on working."""

    __tablename__ = "former_key"

    feed_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)


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
    preferred_at: Mapped[datetime | None]
    """When they last chose to be written to here."""


def quiet_hours(person: Person, community: Community) -> tuple[int, int]:
    """The first one and the first that is not, on their own clock. The same twice: there are
    none."""
    prefs = community.prefs
    start = prefs.quiet_from if person.quiet_from is None else person.quiet_from
    end = prefs.quiet_until if person.quiet_until is None else person.quiet_until
    return start, end


def quiet_until(person: Person, community: Community, now: datetime) -> datetime | None:
    """When their quiet hours end, if it is one of them now."""
    zone = ZoneInfo(person.zone or community.zone)
    start, end = quiet_hours(person, community)
    local = now.astimezone(zone)
    quiet = start <= local.hour < end if start <= end else not end <= local.hour < start
    if not quiet:
        return None
    day = local.date() + timedelta(days=local.hour >= end)
    return datetime.combine(day, time(end), zone).astimezone(UTC)


async def directly(session: AsyncSession, person_id: str) -> Address | None:
    """Where to write to one person: where they chose, or else the account they came with."""
    found = await session.execute(
        select(Space.platform, Space.external_id, Account.external_id)
        .join(Space, Space.id == Account.space_id)
        .where(Account.person_id == person_id)
        .order_by(Account.preferred_at.desc().nulls_last(), Account.created_at, Account.id)
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


async def everyone_called(
    session: AsyncSession, space: Space, text: str, field: str | None = None
) -> list[Person]:
    """Who is meant by several mentions or names, each once. Raises UserError with what to type."""
    people: dict[str, Person] = {}
    for name in filter(None, BETWEEN.split(text.strip())):
        person, _ = await one_called(session, space, name, field)
        people[person.id] = person
    return list(people.values())


async def one_called(
    session: AsyncSession, space: Space, name: str, field: str | None = None
) -> tuple[Person, str]:
    """The one person of a mention or name, with their user id there. Raises UserError, at the
    field if one is named, with what to do instead."""
    found = await people_called(session, space, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"I know more than one “{plain(name, 40)}” here. Type @ and choose them from the list.",
            field,
        )
    if MENTION.fullmatch(name.strip()):
        raise UserError(f"I have not met them yet. Please {MEET}", field)
    raise UserError(
        f"I have not met anybody called “{plain(name, 40)}” here. "
        f"Type @ and choose them from the list, or {MEET}",
        field,
    )


async def people_like(session: AsyncSession, space: Space, text: str, most: int) -> list[str]:
    """Names in a space that have these letters."""
    found = await session.scalars(
        select(Person.name)
        .join(Account, Account.person_id == Person.id)
        .where(
            Account.space_id == space.id,
            func.lower(Person.name).contains(text.strip().lower(), autoescape=True),
        )
        .distinct()
        .order_by(Person.name)
        .limit(most)
    )
    return list(found)


def mention(user: str, name: str = "") -> str:
    """Somebody of a platform as an argument, with their name there where it is known."""
    called = NOT_IN_A_NAME.sub(" ", name).strip()[:100]
    return f"<@{user}|{called}>" if called else f"<@{user}>"


def group_mention(group: str) -> str:
    """A role or user group of a platform as an argument."""
    return f"<@&{group}>"


async def channel_at(session: AsyncSession, spot: str) -> Address | None:
    """A channel kept as `space id/channel id`, as an address; None when the space has gone."""
    space_id, _, channel = spot.partition("/")
    space = await session.get(Space, space_id)
    return Address(Where(space.platform, space.external_id), channel=channel) if space else None


def spot_words(community: Community, spot: str, here: str = "", space: Space | None = None) -> str:
    """A channel kept as `space id/channel id`, in a sentence: "in …". `here` is where we are, and
    `space` where the reader is: its platform knows the names of its own channels."""
    if spot == here:
        return "in this channel"
    space_id, _, id_ = spot.partition("/")
    if space and space.id == space_id:
        return f"in the channel {channel('', space.platform, id_)}"
    return f"in the channel {community.channel(spot)}"


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
    former = select(FormerKey.community_id).where(FormerKey.feed_key == key)
    return await session.scalar(
        select(Community).where(or_(Community.feed_key == key, Community.id.in_(former)))
    )


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


async def known_person(session: AsyncSession, space: Space, user: str) -> Person | None:
    """The person behind an account, if anything is kept about them."""
    return await session.scalar(
        select(Person)
        .join(Account)
        .where(Account.space_id == space.id, Account.external_id == user)
    )


async def reader_at(session: AsyncSession, to: Address) -> Person | None:
    """Whom a direct message reaches, if anything is kept about them."""
    return await session.scalar(
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Space, Space.id == Account.space_id)
        .where(
            Space.platform == to.where.platform,
            Space.external_id == to.where.space,
            Account.external_id == to.user,
        )
    )


async def person_of(
    session: AsyncSession,
    caller: Caller,
    space: Space,
    now: datetime,
    new_id: Callable[[], str],
) -> Person:
    """The person behind an account, stored when they first do something that is kept.

    They are called as the platform of their first account calls them now.
    """
    known = await session.execute(
        select(Person, Account.created_at)
        .join(Account)
        .where(Account.space_id == space.id, Account.external_id == caller.user)
    )
    if row := known.first():
        person, came = row
        told = caller.name not in ("", caller.user)  # Slack's home tab tells only the id
        if told and caller.name != person.name and came == person.created_at:
            person.name = caller.name
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
        met = await known_person(session, space, caller.user)
        assert met, "another process has just stored them"
        return met
    return person
