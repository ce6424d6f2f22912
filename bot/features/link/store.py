"""What is read and written to join people and communities. Nothing here commits."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.codes import code as new_code
from bot.context import Context, Scene
from bot.db import Table
from bot.errors import UserError
from bot.features.events import places
from bot.features.events.model import Event
from bot.features.link.model import LETTERS_IN_ALL, LIVES, Code, digest
from bot.joining import absorb
from bot.outbox import pause, readdress
from bot.people import Account, Caller, Community, FormerKey, Person, Space, Where

T = TypeVar("T", bound=Table)

ANEW = "Type `/link` on the other platform for a new one."
GONE = f"That code works no more: each works once, and for ten minutes. {ANEW}"


@dataclass(frozen=True, slots=True)
class Side:
    """Where a code was given, and by whom."""

    community: Community
    space: Space
    user: str

    @property
    def platform(self) -> str:
        return platform_of(self.space)

    @property
    def caller(self) -> Caller:
        return Caller(Where(self.space.platform, self.space.external_id), self.user, "")


@dataclass(frozen=True, slots=True)
class Known:
    """One account of a person, and its platform's name."""

    account: Account
    space: Space

    @property
    def platform(self) -> str:
        return platform_of(self.space)


def platform_of(space: Space) -> str:
    return space.platform.title()


async def give(ctx: Context, joins: str) -> str:
    """A new code for whoever acts; an earlier one of theirs stops working, and old ones go."""
    user = ctx.call.caller.user
    theirs = (Code.space_id == ctx.space.id) & (Code.account == user)
    await ctx.session.execute(delete(Code).where(theirs | (Code.expires_at <= ctx.now)))
    code = new_code(ctx.new_id(), LETTERS_IN_ALL)
    ctx.session.add(
        Code(
            id=ctx.new_id(),
            digest=digest(code),
            joins=joins,
            space_id=ctx.space.id,
            account=user,
            expires_at=ctx.now + LIVES,
        )
    )
    await ctx.session.flush()
    return code


async def typed(scene: Scene, text: str) -> Code | None:
    wanted = select(Code).where(Code.digest == digest(text), Code.expires_at > scene.now)
    return await scene.session.scalar(wanted)


async def code_of(scene: Scene, code_id: str) -> Code:
    """A code whose preview was shown. Raises UserError when it was used or is too old."""
    found = await scene.session.get(Code, code_id)
    if found is None or found.expires_at <= scene.now:
        raise UserError(GONE)
    return found


async def use(scene: Scene, code_id: str) -> None:
    """Once, also when two press at the same time. Raises UserError for whoever comes second."""
    used: Any = await scene.session.execute(delete(Code).where(Code.id == code_id))
    if not used.rowcount:
        raise UserError(GONE)


async def side_of(scene: Scene, code: Code) -> Side:
    found = await scene.session.execute(
        select(Community, Space)
        .join(Space, Space.community_id == Community.id)
        .where(Space.id == code.space_id)
    )
    community, space = found.one()
    return Side(community, space, code.account)


async def spaces(session: AsyncSession, community_id: str) -> list[Space]:
    wanted = select(Space).where(Space.community_id == community_id)
    return list(await session.scalars(wanted.order_by(Space.platform, Space.id)))


async def accounts(session: AsyncSession, person_id: str) -> list[Known]:
    found = await session.execute(
        select(Account, Space)
        .join(Space, Space.id == Account.space_id)
        .where(Account.person_id == person_id)
        .order_by(Account.preferred_at.desc().nulls_last(), Account.created_at, Account.id)
    )
    return [Known(row[0], row[1]) for row in found]


async def known(scene: Scene, account_id: str) -> Known | None:
    found = await scene.session.execute(
        select(Account, Space)
        .join(Space, Space.id == Account.space_id)
        .where(Account.id == account_id, Space.community_id == scene.community.id)
    )
    row = found.first()
    return Known(row[0], row[1]) if row else None


async def account_here(ctx: Context) -> Account:
    """Of whoever acts, who is stored already."""
    wanted = select(Account).where(
        Account.space_id == ctx.space.id, Account.external_id == ctx.call.caller.user
    )
    return (await ctx.session.scalars(wanted)).one()


async def community_here(ctx: Context) -> Community:
    """As it is now: another process may have joined it a moment ago."""
    wanted = select(Community).join(Space, Space.community_id == Community.id)
    return (await ctx.session.scalars(wanted.where(Space.id == ctx.space.id))).one()


async def person_behind(scene: Scene, side: Side) -> tuple[Person, Account] | None:
    found = await scene.session.execute(
        select(Person, Account)
        .join(Account, Account.person_id == Person.id)
        .where(Account.space_id == side.space.id, Account.external_id == side.user)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


async def sizes(session: AsyncSession, community: Community) -> tuple[int, int]:
    """How many events and how many people it has."""
    counted = [
        await session.scalar(
            select(func.count()).select_from(table).where(table.community_id == community.id)
        )
        for table in (Event, Person)
    ]
    return counted[0] or 0, counted[1] or 0


async def join_people(ctx: Context, giver: Person, typist: Person) -> Person:
    """Two people are one: whoever came first is kept, with all that was the other's."""
    locked = await _locked(ctx.session, Person, giver.id, typist.id)
    kept, gone = sorted(locked, key=lambda each: (each.created_at, each.id == typist.id))
    await readdress(ctx.session, kept.community_id, gone.id, kept.id, ctx.now)
    for column in Person.__table__.columns:
        if getattr(kept, column.name) is None:
            setattr(kept, column.name, getattr(gone, column.name))
    await ctx.session.flush()
    await _absorb(ctx.session, gone, kept)
    await places.make_up(ctx, kept.id)
    return kept


async def join_communities(ctx: Context, kept_id: str, gone_id: str) -> Community:
    """All of the one belongs to the other. What both have once only, the kept one's stays."""
    locked = {each.id: each for each in await _locked(ctx.session, Community, kept_id, gone_id)}
    kept, gone = locked[kept_id], locked[gone_id]
    await pause(ctx.session, gone.id, ctx.now)
    ctx.session.add(FormerKey(feed_key=gone.feed_key, community_id=kept.id))
    await ctx.session.flush()
    kept.channels = json.dumps({**json.loads(gone.channels), **json.loads(kept.channels)})
    await _absorb(ctx.session, gone, kept)
    ctx.community, ctx.resettled = kept, True
    ctx.space = await ctx.session.get_one(Space, ctx.space.id, populate_existing=True)
    return kept


async def separate(ctx: Context, person: Person, account: Account) -> None:
    """The account is somebody's of their own again. What was kept stays with the others."""
    alone = Person(
        id=ctx.new_id(), community_id=person.community_id, name=person.name, created_at=ctx.now
    )
    ctx.session.add(alone)
    await ctx.session.flush()
    account.person_id = alone.id
    account.preferred_at = None
    await ctx.session.flush()


async def _locked(session: AsyncSession, table: type[T], *ids: str) -> list[T]:
    """As they are now, held until the end; always in the same order, so that two who join at once
    wait for each other."""
    id_: Any = table.__table__.c.id
    wanted = select(table).where(id_.in_(ids)).order_by(id_).with_for_update()
    found = list(await session.scalars(wanted.execution_options(populate_existing=True)))
    if len(found) != len(set(ids)):
        raise UserError(GONE)
    return found


async def _absorb(session: AsyncSession, gone: Table, kept: Table) -> None:
    """What the session knew of the rows that moved is forgotten: it is another truth now."""
    table: Any = kept.__table__
    names = [column.name for column in table.columns]
    rows = [{name: getattr(each, name) for name in names} for each in (gone, kept)]
    await absorb(session, table, *rows)
    for each in list(session.identity_map.values()):
        if each is not kept:
            session.expunge(each)
