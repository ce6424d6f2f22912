"""What is said later, as rows of the same transaction as the reason for saying it.

A row holds a kind and ids, never text: delivery reads the world again and may decide to say
nothing. A kind that answers with nothing is a dated job; it may add more rows. Each row is one
message at most, so that settling it right after the send loses nothing.

claim (lease) -> commit -> build -> send -> settle: no transaction is open across the network.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.actions import Kind
from bot.db import Database, Id, Table
from bot.errors import UserError
from bot.markup import shorten
from bot.people import Community, Where
from bot.personal import WITHHELD, Leaves, person_column
from bot.platform import Sent

LEASE = timedelta(minutes=2)
STRAY = timedelta(hours=1)
"""Nobody holds a row for this long: such a lease was given by a clock that ran ahead."""
BACKOFF = (5, 15, 60, 300, 900, 3600)
"""Seconds before each further try; the last one repeats."""
TRIES = 30
"""About a day of trying. After that the row is parked, with its reason."""
REASON = 300
PORTION = 250
"""Rows stored at once; between portions the event loop does what else is waiting."""
UNASKED = "They have not said yet that I may write to them."
"""Why a row is parked that nobody has to mend: it is told when they come by."""
TOGETHER = 10
"""Seconds in which changes are gathered for one edit of a message."""
SETTLED = timedelta(seconds=5)
"""How long a change may take to be stored, so that the edit does not miss it."""
OPEN = text("settled_at IS NULL")
UNDER_WAY = "I am sending something at this very moment. Please press the button again in a minute."


class Outgoing(Table):
    """One message or job that is promised."""

    __tablename__ = "outgoing"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_outgoing_open", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200), info=WITHHELD)
    args: Mapped[str] = mapped_column(Text, info=WITHHELD)
    person_id: Mapped[str | None] = person_column(Leaves.ROW, "messages to you and plans for them")
    due_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    """When it was due before the first of the tries that failed."""
    claimed_until: Mapped[datetime | None] = mapped_column(info=WITHHELD)
    tries: Mapped[int] = mapped_column(default=0, info=WITHHELD)
    settled_at: Mapped[datetime | None]
    parked: Mapped[str | None] = mapped_column(String(REASON))
    """Why it will not be sent, in words an organiser can act on."""
    sent_platform: Mapped[str | None] = mapped_column(String(16))
    sent_space: Mapped[str | None] = mapped_column(String(64))
    sent_channel: Mapped[str | None] = mapped_column(String(64))
    sent_message: Mapped[str | None] = mapped_column(String(64))
    told_at: Mapped[datetime | None]
    """When somebody whose direct messages were closed heard of it after all."""

    @property
    def arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.args)
        return found

    @property
    def sent(self) -> Sent | None:
        if not (self.sent_platform and self.sent_space and self.sent_channel and self.sent_message):
            return None
        where = Where(self.sent_platform, self.sent_space)
        return Sent(where, self.sent_channel, self.sent_message)


# Statements that run for every row are put together once.
_TABLE: Any = Outgoing.__table__
_ROW = _TABLE.c
_KEEP = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}
_OURS = (
    _ROW.id == bindparam("held"),
    _ROW.claimed_until == bindparam("until"),
    _ROW.settled_at.is_(None),
)
_HELD = select(_ROW.id).where(*_OURS)
_WRITE = update(_TABLE).where(*_OURS)
_FREE = (
    _ROW.settled_at.is_(None),
    or_(
        _ROW.claimed_until.is_(None),
        _ROW.claimed_until <= bindparam("now"),
        _ROW.claimed_until > bindparam("stray"),
    ),
)
_DUE = (
    select(_ROW.id)
    .where(*_FREE, _ROW.due_at <= bindparam("now"))
    .order_by(_ROW.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")
"""PostgreSQL keeps a statement's plan. One that was made while few rows were waiting reads the
whole table after a big day was planned, until the table is next analysed."""
_CLAIM = (
    update(_TABLE)
    .where(_ROW.id.in_(_DUE), *_FREE)
    .values(claimed_until=bindparam("until"))
    .returning(
        _ROW.community_id,
        _ROW.id,
        _ROW.kind,
        _ROW.args,
        _ROW.person_id,
        _ROW.due_at,
        _ROW.failing_since,
        _ROW.tries,
    )
)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something to say or do later."""

    kind: str
    key: str
    due: datetime
    person: str | None = None
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class Outbox:
    """Promises of one community, made in a feature's own transaction."""

    session: AsyncSession
    community_id: str
    new_id: Callable[[], str]
    kinds: Collection[str]
    now: datetime

    async def later(
        self, kind: str, *, key: str, due: datetime, person: str | None = None, **args: str | int
    ) -> None:
        """Promise it. A promise of the same key is kept as it is: a repeat changes nothing."""
        await self.later_many([Promise(kind, key, due, person, args)])

    async def later_many(self, promises: Iterable[Promise]) -> None:
        """Promise each. However many there are, nothing else in the process waits long."""
        keep = _KEEP[self.session.get_bind().dialect.name]
        rows = map(self._row, promises)
        while portion := list(islice(rows, PORTION)):
            await self.session.execute(keep, portion)

    async def soon(self, kind: str, *, key: str, **args: str | int) -> None:
        """Promise it for some seconds from now; many of one key until then are one."""
        slot = int(self.now.timestamp()) // TOGETHER + 1
        due = datetime.fromtimestamp(slot * TOGETHER, self.now.tzinfo) + SETTLED
        await self.later(kind, key=f"{key}:{slot}", due=due, person=None, **args)

    async def move(self, key: str, due: datetime) -> None:
        """The same promise at another time, unless it was kept already or is being kept."""
        await self.session.execute(
            update(Outgoing)
            .where(self._open([key]))
            .values(due_at=due, failing_since=None, tries=0)
        )

    async def cancel(self, *keys: str) -> None:
        """Take promises back, unless they were kept already or are being kept.

        A message that is under way can't be called back; its row stays, so that it can be edited.
        """
        await self.session.execute(delete(Outgoing).where(self._open(keys)))

    async def find(self, key: str) -> Outgoing | None:
        """A promise, kept or not; its `sent` says where the message stands."""
        return await self.session.scalar(
            select(Outgoing).where(Outgoing.community_id == self.community_id, Outgoing.key == key)
        )

    def _row(self, promise: Promise) -> dict[str, Any]:
        if promise.kind not in self.kinds:
            raise ValueError(f"Nobody delivers {promise.kind!r}.")
        return {
            "id": self.new_id(),
            "community_id": self.community_id,
            "kind": promise.kind,
            "key": promise.key,
            "args": json.dumps(promise.args),
            "person_id": promise.person,
            "due_at": promise.due,
            "tries": 0,
        }

    def _open(self, keys: Iterable[str]) -> Any:
        """Not kept yet, and nobody is at it."""
        return and_(
            Outgoing.community_id == self.community_id,
            Outgoing.key.in_(list(keys)),
            Outgoing.settled_at.is_(None),
            or_(
                Outgoing.claimed_until.is_(None),
                Outgoing.claimed_until <= self.now,
                Outgoing.claimed_until > self.now + STRAY,
            ),
        )


@dataclass(slots=True)
class Claim:
    """A row that is ours to deliver until the lease ends; its community as it was when taken."""

    until: datetime
    community: Community
    id: str
    kind: str
    args: str
    person_id: str | None
    due_at: datetime
    failing_since: datetime | None
    tries: int

    @property
    def promised_for(self) -> datetime:
        """When it was due; how often it was tried since changes nothing."""
        return self.failing_since or self.due_at

    @property
    def arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.args)
        return found


async def still_holds(where: AsyncSession | AsyncConnection, claim: Claim) -> bool:
    """Whether the row is open, due and ours: not settled, moved, taken back or taken over."""
    found = await where.execute(_HELD, {"held": claim.id, "until": claim.until})
    return found.first() is not None


async def write(where: AsyncSession | AsyncConnection, claim: Claim, **values: object) -> bool:
    """Change the row, but only while it is ours: whoever took it over settles it."""
    done: Any = await where.execute(_WRITE, {"held": claim.id, "until": claim.until, **values})
    return bool(done.rowcount)


@dataclass(slots=True)
class Post:
    """The outbox as a deliverer sees it: every statement is a transaction of its own."""

    database: Database
    lease: timedelta = LEASE

    async def claim(self, now: datetime, limit: int) -> list[Claim]:
        """The longest due rows that nobody holds. Two processes never hold the same one."""
        until = now + self.lease
        taken = {"now": now, "until": until, "stray": now + STRAY, "most": limit}
        async with self.database.engine.begin() as connection:
            if not self.database.is_sqlite:
                await connection.execute(_PLAN_ANEW)
            rows: Sequence[Any] = (await connection.execute(_CLAIM, taken)).all()
            known = await _communities(connection, {row.community_id for row in rows})
        claims = [Claim(until, known[row.community_id], *row[1:]) for row in rows]
        return sorted(claims, key=lambda claim: claim.due_at)

    async def renew(self, claim: Claim, now: datetime) -> bool:
        """Hold the row for longer. False when another process took it over."""
        until = now + self.lease
        renewed = await self._update(claim, claimed_until=until)
        if renewed:
            claim.until = until
        return renewed

    async def holds(self, claim: Claim) -> bool:
        async with self.database.single() as connection:
            return await still_holds(connection, claim)

    async def settle(self, claim: Claim, now: datetime, sent: Sent | None = None) -> None:
        """Done: said, or nothing to say."""
        where: dict[str, str] = {}
        if sent:
            where = {
                "sent_platform": sent.where.platform,
                "sent_space": sent.where.space,
                "sent_channel": sent.channel,
                "sent_message": sent.message,
            }
        await self._update(claim, settled_at=now, **where)

    async def park(self, claim: Claim, now: datetime, why: str) -> None:
        """It will not be sent, and organisers can read why."""
        await self._update(claim, settled_at=now, parked=shorten(why, REASON))

    async def postpone(self, claim: Claim, due: datetime, *, failed: bool, why: str = "") -> None:
        """Later: after a failure, or because this is no hour to write to somebody."""
        tries = claim.tries + failed
        if tries >= TRIES:
            await self.park(claim, due, f"I tried {tries} times. The last answer: {why}")
        else:
            since = claim.promised_for if failed else None
            await self._update(
                claim, due_at=due, failing_since=since, claimed_until=None, tries=tries
            )

    async def next_due(self) -> datetime | None:
        """When the next open row falls due, claimed or not."""
        async with self.database.single() as connection:
            found = select(func.min(Outgoing.due_at)).where(Outgoing.settled_at.is_(None))
            due: datetime | None = await connection.scalar(found)
            return due

    async def _update(self, claim: Claim, **values: object) -> bool:
        async with self.database.single() as connection:
            return await write(connection, claim, **values)


async def _communities(connection: AsyncConnection, ids: set[str]) -> dict[str, Community]:
    if not ids:
        return {}
    table: Any = Community.__table__
    found = await connection.execute(select(table).where(table.c.id.in_(ids)))
    return {row["id"]: Community(**row) for row in found.mappings()}


async def personal_since(session: AsyncSession, person_id: str, since: datetime) -> list[datetime]:
    """When this person got messages from us, oldest first."""
    said = (
        select(Outgoing.settled_at)
        .where(
            Outgoing.person_id == person_id,
            Outgoing.settled_at > since,
            Outgoing.sent_message.is_not(None),
        )
        .order_by(Outgoing.settled_at)
    )
    return [moment for moment in await session.scalars(said) if moment]


async def parked_since(
    session: AsyncSession, since: datetime, community_id: str | None = None
) -> list[Outgoing]:
    """What could not be delivered since then, newest first; of all communities if none is named.

    Not what waits for somebody's yes: that is theirs to give, and no fault.
    """
    found = select(Outgoing).where(Outgoing.parked != UNASKED, Outgoing.settled_at > since)
    if community_id:
        found = found.where(Outgoing.community_id == community_id)
    return list(await session.scalars(found.order_by(Outgoing.settled_at.desc(), Outgoing.id)))


async def pause(session: AsyncSession, community_id: str, now: datetime) -> None:
    """Nothing of this community is taken up until the transaction ends. Raises UserError while
    something is under way: its deliverer knows the community as it was."""
    held = await session.scalars(
        select(Outgoing.claimed_until)
        .where(Outgoing.community_id == community_id, OPEN)
        .with_for_update()
    )
    if any(until and until > now for until in held):
        raise UserError(UNDER_WAY)


async def readdress(
    session: AsyncSession, community_id: str, gone: str, kept: str, now: datetime
) -> None:
    """What is promised to one person, or about them, is another's: ids in keys and arguments too.

    Where two promises become the same, the one that was kept already stays, so nothing is said
    twice. Raises UserError while one of them is under way.
    """
    named = or_(
        Outgoing.person_id == gone, Outgoing.key.contains(gone), Outgoing.args.contains(gone)
    )
    found = select(Outgoing).where(Outgoing.community_id == community_id, named).with_for_update()
    for row in (await session.scalars(found)).all():
        key = row.key.replace(gone, kept)
        twin = await _promised(session, community_id, key) if key != row.key else None
        for each in filter(None, (row, twin)):
            if each.settled_at is None and each.claimed_until and each.claimed_until > now:
                raise UserError(UNDER_WAY)
        if twin:
            stays, goes = (twin, row) if twin.settled_at or not row.settled_at else (row, twin)
            await session.delete(goes)
            await session.flush()
            row = stays
        row.key, row.args = key, row.args.replace(gone, kept)
        row.person_id = kept if row.person_id == gone else row.person_id
        await session.flush()


async def _promised(session: AsyncSession, community_id: str, key: str) -> Outgoing | None:
    wanted = select(Outgoing).where(Outgoing.community_id == community_id, Outgoing.key == key)
    return await session.scalar(wanted.with_for_update())


async def forget_mentions(session: AsyncSession, community_id: str, person_id: str) -> None:
    """Drop the rows that were no message to this person and yet name them, as a shared page does.

    A row that is under way goes too: whoever is at it finds that it is theirs no more.
    """
    named = or_(
        Outgoing.key.contains(person_id, autoescape=True),
        Outgoing.args.contains(person_id, autoescape=True),
    )
    await session.execute(delete(Outgoing).where(Outgoing.community_id == community_id, named))


async def forget_old(session: AsyncSession, kinds: Iterable[Kind], now: datetime) -> None:
    """Rows that were settled so long ago that nothing asks for them any more."""
    for kind in kinds:
        old = Outgoing.settled_at < now - kind.keep
        await session.execute(delete(Outgoing).where(Outgoing.kind == kind.name, old))


def backoff(tries: int, asked: float | None) -> timedelta:
    """How long to wait after the nth failure; never less than the platform asked for."""
    ours = BACKOFF[min(tries, len(BACKOFF) - 1)]
    return timedelta(seconds=max(ours, asked or 0))
