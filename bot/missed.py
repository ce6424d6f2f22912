"""What could not be sent directly is told at the next occasion, in private."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Scene
from bot.markup import bulleted, plain
from bot.outbox import UNASKED, Outgoing
from bot.people import Account, Caller, Space
from bot.platform import Letter
from bot.replies import Field, Reply

log = logging.getLogger(__name__)

MOST = 5
HEADING = "I could not reach you by direct message"
HEADING_UNASKED = "You have not said that I may write to you. I would have told you"
ROOM = 700


async def accounts_to_tell(session: AsyncSession) -> set[tuple[str, str, str]]:
    """Platform, space and user of everybody who has missed something and was not told yet."""
    found = await session.execute(
        select(Space.platform, Space.external_id, Account.external_id)
        .join(Account, Account.space_id == Space.id)
        .join(Outgoing, Outgoing.person_id == Account.person_id)
        .where(Outgoing.parked.is_not(None), Outgoing.told_at.is_(None))
        .distinct()
    )
    return {(row[0], row[1], row[2]) for row in found}


def account_of(caller: Caller) -> tuple[str, str, str]:
    return caller.where.platform, caller.where.space, caller.user


async def told_with(scene: Scene, caller: Caller, space: Space, reply: Reply) -> Reply:
    """The reply with a field about what was missed, if there is room; the rows are then told."""
    if not reply.has_room(ROOM, fields=2):
        return reply
    rows = await _untold(scene.session, caller, space)
    lines: dict[str, list[str]] = {HEADING_UNASKED: [], HEADING: []}
    for row in rows:
        if line := await _line(scene, row):
            lines[HEADING_UNASKED if row.parked == UNASKED else HEADING].append(line)
    _mark(rows, scene.now)
    return reply.along(*(Field(name, bulleted(said)) for name, said in lines.items() if said))


async def _untold(session: AsyncSession, caller: Caller, space: Space) -> list[Outgoing]:
    found = await session.scalars(
        select(Outgoing)
        .join(Account, Account.person_id == Outgoing.person_id)
        .where(
            Account.space_id == space.id,
            Account.external_id == caller.user,
            Outgoing.parked.is_not(None),
            Outgoing.told_at.is_(None),
        )
        .order_by(Outgoing.due_at.desc())
        .limit(MOST)
    )
    return list(found)


async def _line(scene: Scene, row: Outgoing) -> str | None:
    """What the message would say today, by its title; None when there is nothing to say.

    What building it writes is taken back: it is not sent.
    """
    kind = scene.registry.kinds.get(row.kind)
    look = await scene.session.begin_nested()
    try:
        letter = await kind.build(scene, **row.arguments) if kind else None
        return plain(letter.reply.card.title, 100) if isinstance(letter, Letter) else None
    except Exception:  # an old row must not keep anybody from what they asked for
        log.exception("A missed %s could not be told", row.kind)
        return None
    finally:
        await look.rollback()


def _mark(rows: list[Outgoing], now: datetime) -> None:
    for row in rows:
        row.told_at = now
