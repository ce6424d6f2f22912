"""Outcomes that organisers record: a champion who speaks for us, and a hire that began here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy import delete as sql_delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.actions import Feature, Long, Role
from bot.context import Context
from bot.db import Id, Table
from bot.errors import UserError
from bot.features.events.when import read_day_past
from bot.markup import bulleted, one_line, plain
from bot.paging import Page
from bot.personal import Leaves, person_column
from bot.replies import Button, Card, Reply, titled

feature = Feature("outcomes")

WHAT = 150
SHOWN = 10
KEPT = timedelta(days=30)
GONE = "That one is gone already."
KINDS = {"champion": "A champion", "hire": "A hire"}

OneOf = Literal["champion", "hire"]


class Outcome(Table):
    """What came of the community for somebody, as an organiser knows it."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_community_id_day", "community_id", "day"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    kind: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(WHAT))
    day: Mapped[date]
    noted_by: Mapped[str | None] = person_column(Leaves.NAME, "outcomes that you recorded")
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When it was deleted: for some days it can come back."""


@feature.command(
    "outcome",
    role=Role.ORGANISER,
    example='hire "Two met here and work together"',
    form="An outcome",
)
async def outcome(
    ctx: Context,
    kind: Annotated[OneOf, "What it is"],
    what: Annotated[str, "What happened, without names if you can", Long(WHAT)],
    day: Annotated[str | None, "When: today if you leave it out"] = None,
) -> Reply:
    """Record a champion who speaks for us, or a hire that began here."""
    found = Outcome(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        kind=kind,
        what=one_line(what, WHAT),
        day=read_day_past(day, ctx.today, "day") if day else ctx.today,
        noted_by=(await ctx.person()).id,
        created_at=ctx.now,
    )
    ctx.session.add(found)
    undo = delete.button("Undo", outcome=found.id)
    return Reply(Card(_title(f"{KINDS[kind]}: ", found), _day(found.day), buttons=(undo, _all())))


@feature.command("outcome list", role=Role.ORGANISER)
async def outcomes(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    """See the outcomes that organisers recorded, newest first."""
    found = await _recorded(ctx)
    at = Page.of(page, len(found), SHOWN)
    shown = at.shown(found)
    lines = [f"{KINDS[each.kind]}, {_day(each.day)}: {plain(each.what)}" for each in shown]
    text = bulleted(lines) or "None is recorded yet. `/outcome` records one."
    buttons = (*_deleting(shown), *at.on(outcomes, "More"))
    return Reply(Card("Outcomes", text, buttons=buttons), update=True)


@feature.action("outcome delete", role=Role.ORGANISER)
async def delete(ctx: Context, outcome: Annotated[str, "Which one"]) -> Reply:
    found = await ctx.get_own(Outcome, outcome, GONE)
    if found.removed_at:
        raise UserError(GONE)
    found.removed_at = ctx.now
    text = f"Undo brings it back for {KEPT.days} days. After that nothing is kept of it."
    back = put_back.button("Undo", outcome=found.id)
    return Reply(Card(_title("Deleted: ", found), text, buttons=(back, _all())), update=True)


@feature.action("outcome put-back", role=Role.ORGANISER)
async def put_back(ctx: Context, outcome: Annotated[str, "Which one"]) -> Reply:
    """Undo that it was deleted."""
    found = await ctx.get_own(Outcome, outcome, GONE)
    found.removed_at = None
    buttons = (delete.button("Delete it", outcome=found.id), _all())
    text = f"{KINDS[found.kind]}, {_day(found.day)}."
    return Reply(Card(_title("Back: ", found), text, buttons=buttons), update=True)


@feature.forget
async def forget_deleted(session: AsyncSession, now: datetime) -> None:
    await session.execute(sql_delete(Outcome).where(Outcome.removed_at < now - KEPT))


async def _recorded(ctx: Context) -> Sequence[Outcome]:
    found = await ctx.session.scalars(
        select(Outcome)
        .where(Outcome.community_id == ctx.community.id, Outcome.removed_at.is_(None))
        .order_by(Outcome.day.desc(), Outcome.created_at.desc(), Outcome.id)
    )
    return found.all()


def _deleting(shown: Sequence[Outcome]) -> list[Button]:
    return [delete.button(f"Delete: {one_line(each.what, 50)}", outcome=each.id) for each in shown]


def _all() -> Button:
    return outcomes.button("All outcomes")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _title(before: str, found: Outcome) -> str:
    return titled(before, found.what)
