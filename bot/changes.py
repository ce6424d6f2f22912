"""What hosts and organisers changed, by whom, and the way back: noted once, for every feature.

An action of theirs that wrote something is listed by the title of its own answer, which says what
it did; the button "Undo" on that answer is kept with it.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.context import Context, Scene
from bot.db import Id, Table, written_by
from bot.markup import shorten, text_of
from bot.personal import Leaves, person_column
from bot.replies import PRESS, Button, Card, Press

KEEP = timedelta(days=365)
UNDO = "Undo"
WHAT = 250
LEFT = "Something about somebody who left"
OURS = {"person", "account", "form", "outgoing", "change"}
"""Tables of the kernel that are written beside what was meant; features mark theirs."""


class Change(Table):
    """One thing that a host or organiser did."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_community_id_at", "community_id", "at"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str | None] = person_column(
        Leaves.NAME, "changes you made as host or organiser"
    )
    what: Mapped[str] = mapped_column(String(WHAT))
    undo: Mapped[str | None] = mapped_column(String(PRESS))
    """The press that takes it back."""
    at: Mapped[datetime]
    by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    """At the command line, by whoever runs the bot."""


async def note(ctx: Context, card: Card) -> None:
    """List what this action did, if it did anything."""
    if not ctx.is_open:
        return
    await ctx.session.flush()
    if all(_is_beside(table) for table in written_by(ctx.session)):
        return
    change = _change(ctx, card)
    change.person_id = (await ctx.person()).id
    ctx.session.add(change)


def note_by_hand(scene: Scene, card: Card) -> None:
    """The same for the command line, where nobody is a person here."""
    change = _change(scene, card)
    change.by_hand = True
    scene.session.add(change)


async def taken_back(scene: Scene, press: Press) -> None:
    """What this press takes back is taken back by another way: it is offered no more."""
    listed = Change.community_id == scene.community.id, Change.undo == press.encoded()
    await scene.session.execute(update(Change).where(*listed).values(undo=None))


def _change(scene: Scene, card: Card) -> Change:
    undo = next((each for each in card.buttons if each.label == UNDO), None)
    return Change(
        id=scene.new_id(),
        community_id=scene.community.id,
        what=_said(card),
        undo=undo.press.encoded() if isinstance(undo, Button) else None,
        at=scene.now,
    )


def _is_beside(table: str) -> bool:
    return table in OURS or "beside" in Table.metadata.tables[table].info


def _said(card: Card) -> str:
    """The answer's title, and its first line where there is room."""
    first = text_of(card.text).partition("\n")[0].removeprefix("• ")
    return shorten(f"{card.title} · {first}" if first else card.title, WHAT)


async def forget_words(session: AsyncSession, community_id: str, words: Iterable[str]) -> None:
    """What somebody takes along is not kept in this list either. The change itself stays."""
    named = [re.escape(each) for each in words if each.strip()]
    if not named:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(named)})(?!\w)", re.IGNORECASE)
    for change in await session.scalars(select(Change).where(Change.community_id == community_id)):
        if pattern.search(change.what):
            change.what, change.undo = LEFT, None


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Change).where(Change.at < now - KEEP))
