"""Who may do what here: the platform's own permissions, and what organisers gave beside them.

The higher of the two counts. Both are asked at every action that is not for everyone, so that a
change holds at once.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.actions import Role
from bot.db import Table
from bot.errors import TryLater
from bot.joining import OUTRANKS, Row
from bot.people import Account, Caller, Person, Space
from bot.personal import Leaves, person_column

if TYPE_CHECKING:
    from bot.context import Context

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds for the platform to say who somebody is."""


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


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that was given: to whom, by whom, and since when."""

    person_id: str
    name: str
    role: Role
    by: str | None
    since: datetime


async def role_of(ctx: "Context", caller: Caller) -> Role:
    """What somebody may do, on whichever platform. Raises TryLater when it can't be asked."""
    if caller.role is Role.ORGANISER:
        return caller.role
    granted = await _granted(ctx, caller)
    if granted is Role.ORGANISER:
        return granted
    return max(await _told(ctx, caller), granted)


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
    platform = ctx.platforms.get(caller.where.platform)
    if platform is None:
        raise TryLater(f"{caller.where.platform.title()} is not connected.")
    return await platform.role_of(caller)


async def _granted(ctx: "Context", caller: Caller) -> Role:
    """In the transaction if there is one; else without opening one, since most only look."""
    found = (
        select(GrantedRole.role)
        .join(Account, Account.person_id == GrantedRole.person_id)
        .join(Space, Space.id == Account.space_id)
        .where(
            Space.platform == caller.where.platform,
            Space.external_id == caller.where.space,
            Account.external_id == caller.user,
        )
    )
    given: Any
    if ctx.is_open:
        given = await ctx.session.scalar(found)
    else:
        async with ctx.database.single() as connection:
            given = await connection.scalar(found)
    return Role(given or 0)
