"""Who may do what here: the platform's own permissions, and what organisers gave beside them, to
somebody or to a group of theirs on that platform.

The highest counts. All are asked at every action that is not for everyone, so that a change holds
at once; but a platform is not asked for groups where none of them could say more.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.actions import Role
from bot.db import Id, Table
from bot.errors import TryLater
from bot.joining import OUTRANKS, Row
from bot.people import Account, Caller, Person, Space
from bot.personal import Leaves, person_column

if TYPE_CHECKING:
    from bot.context import Context
    from bot.platform import Platform

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds for the platform to say who somebody is."""

GROUP_NAME = 100


def _higher(one: Row, other: Row) -> bool:
    return bool(one["role"] > other["role"])


class GrantedRole(Table):
    """A role that organisers gave to somebody."""

    __tablename__ = "granted_role"
    __table_args__ = ({"info": {OUTRANKS: _higher}},)

    person_id: Mapped[str] = person_column(Leaves.ROW, "roles given to you", primary_key=True)
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    role: Mapped[int]
    granted_by: Mapped[str | None] = person_column(Leaves.NAME, "roles you gave to others")
    granted_at: Mapped[datetime]


class GrantedGroup(Table):
    """A role that organisers gave to all who are in a group of one platform.

    Taken back it stays, as a member's, so that the way back finds it.
    """

    __tablename__ = "granted_group"
    __table_args__ = (UniqueConstraint("space_id", "external_id"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(GROUP_NAME))
    role: Mapped[int]
    granted_by: Mapped[str | None] = person_column(Leaves.NAME, "roles you gave to groups")
    granted_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that was given: to whom, by whom, and since when."""

    person_id: str
    name: str
    role: Role
    by: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class GroupGrant:
    """A role that was given to a group: to which, by whom."""

    group: GrantedGroup
    space: Space
    by: str | None

    @property
    def role(self) -> Role:
        return Role(self.group.role)


async def role_of(ctx: "Context", caller: Caller) -> Role:
    """What somebody may do, on whichever platform. Raises TryLater when it can't be asked."""
    if caller.role is Role.ORGANISER:
        return caller.role
    granted, groups = await _granted(ctx, caller)
    if granted is Role.ORGANISER:
        return granted
    role = max(await _told(ctx, caller), granted)
    more = {group: given for group, given in groups.items() if given > role}
    return max(role, await _by_groups(ctx, caller, more)) if more else role


async def in_time(asked: Awaitable[T]) -> T:
    """Soon or not at all: a transaction is open, and others wait for it. Raises TryLater."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except TimeoutError:
        raise TryLater("I can't find out now who somebody is.") from None


async def grants(session: AsyncSession, community_id: str) -> Sequence[Grant]:
    """The highest roles first, by name within them."""
    giver = aliased(Person)
    found = await session.execute(
        select(GrantedRole, Person.name, giver.name)
        .join(Person, Person.id == GrantedRole.person_id)
        .outerjoin(giver, giver.id == GrantedRole.granted_by)
        .where(GrantedRole.community_id == community_id)
        .order_by(GrantedRole.role.desc(), Person.name)
    )
    return [
        Grant(row.person_id, name, Role(row.role), by, row.granted_at) for row, name, by in found
    ]


async def group_grants(session: AsyncSession, community_id: str) -> Sequence[GroupGrant]:
    """The highest roles first, by name within them."""
    found = await session.execute(
        select(GrantedGroup, Space, Person.name)
        .join(Space, Space.id == GrantedGroup.space_id)
        .outerjoin(Person, Person.id == GrantedGroup.granted_by)
        .where(GrantedGroup.community_id == community_id, GrantedGroup.role > Role.MEMBER)
        .order_by(GrantedGroup.role.desc(), GrantedGroup.name, GrantedGroup.id)
    )
    return [GroupGrant(row[0], row[1], row[2]) for row in found]


async def granted_group(
    session: AsyncSession, space_id: str, external_id: str
) -> GrantedGroup | None:
    """What a group of one platform was given, also if it was taken back since."""
    return await session.scalar(
        select(GrantedGroup).where(
            GrantedGroup.space_id == space_id, GrantedGroup.external_id == external_id
        )
    )


async def grant(
    session: AsyncSession, person: Person, role: Role, by: Person, now: datetime
) -> None:
    """What they have from now on beside the platform's own; as a member that is nothing."""
    await session.execute(delete(GrantedRole).where(GrantedRole.person_id == person.id))
    if role is not Role.MEMBER:
        session.add(
            GrantedRole(
                person_id=person.id,
                community_id=person.community_id,
                role=int(role),
                granted_by=by.id,
                granted_at=now,
            )
        )
    await session.flush()


async def _told(ctx: "Context", caller: Caller) -> Role:
    if caller.role is not None:
        return caller.role
    return await _platform(ctx, caller).role_of(caller)


async def _by_groups(ctx: "Context", caller: Caller, given: Mapping[str, Role]) -> Role:
    """The highest that a group gives them."""
    held = caller.groups
    if held is None:
        asked = _platform(ctx, caller)
        held = frozenset(await asked.groups_of(caller.where, caller.user, given.keys()))
    return max((given[group] for group in held & given.keys()), default=Role.MEMBER)


def _platform(ctx: "Context", caller: Caller) -> "Platform":
    """Where somebody acts. Raises TryLater."""
    platform = ctx.platforms.get(caller.where.platform)
    if platform is None:
        raise TryLater(f"{caller.where.platform.title()} is not connected.")
    return platform


async def _granted(ctx: "Context", caller: Caller) -> tuple[Role, Mapping[str, Role]]:
    """What was given to somebody, and to which groups there: one question for both.

    In the transaction if there is one; else without opening one, since most only look.
    """
    theirs = (
        select(GrantedRole.role, literal("").label("external_id"))
        .join(Account, Account.person_id == GrantedRole.person_id)
        .join(Space, Space.id == Account.space_id)
        .where(
            Space.platform == caller.where.platform,
            Space.external_id == caller.where.space,
            Account.external_id == caller.user,
        )
    )
    groups = (
        select(GrantedGroup.role, GrantedGroup.external_id)
        .join(Space, Space.id == GrantedGroup.space_id)
        .where(
            Space.platform == caller.where.platform,
            Space.external_id == caller.where.space,
            GrantedGroup.role > Role.MEMBER,
        )
    )
    both: Any = union_all(theirs, groups)
    if ctx.is_open:
        rows = (await ctx.session.execute(both)).all()
    else:
        async with ctx.database.single() as connection:
            rows = (await connection.execute(both)).all()
    given = {group: Role(role) for role, group in rows}
    return given.pop("", Role.MEMBER), given
