"""Contributions: somebody helped, and says so. Nobody else sees who, and nobody is compared."""

from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.actions import Feature, Long
from bot.context import Context
from bot.db import Id, Table
from bot.errors import UserError
from bot.markup import bulleted, moment, one_line, plain
from bot.personal import Leaves, person_column
from bot.replies import Card, Field, Reply, titled

feature = Feature("contributions")

WHAT = 150
UNDO = timedelta(days=7)
SHOWN = 5


class Contribution(Table):
    """Help that somebody gave, in their own words."""

    __tablename__ = "contribution"
    __table_args__ = (Index("ix_contribution_community_id_given_at", "community_id", "given_at"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str | None] = person_column(
        Leaves.NAME, "contributions you told of", wipes=("what",)
    )
    what: Mapped[str] = mapped_column(String(WHAT))
    given_at: Mapped[datetime]


@feature.command("contribution", example="Brought chairs and swept up", form="How you helped")
async def contribution(ctx: Context, what: Annotated[str, "How you helped", Long(WHAT)]) -> Reply:
    """Write down how you helped, so that it counts as building."""
    given = Contribution(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        person_id=(await ctx.person()).id,
        what=one_line(what, WHAT),
        given_at=ctx.now,
    )
    earlier = await _mine(ctx)
    ctx.session.add(given)
    undo = take_back.button("Undo", contribution=given.id)
    text = "Written down. It counts for all of us together, without your name."
    return Reply(Card(_title("Thank you: ", given), text, _before(earlier), (undo,)))


@feature.action("contribution undo")
async def take_back(ctx: Context, contribution: Annotated[str, "Which one"]) -> Reply:
    found = await ctx.session.get(Contribution, contribution)
    if found is None or found.person_id != (await ctx.person()).id:
        raise UserError("That one is gone already.")
    if ctx.now - found.given_at > UNDO:
        raise UserError("That was more than a week ago, so it stays as it is.")
    await ctx.session.delete(found)
    return Reply(Card(_title("Taken back: ", found), "As if you had not said it."), update=True)


async def _mine(ctx: Context) -> list[Contribution]:
    person = await ctx.person()
    found = await ctx.session.scalars(
        select(Contribution)
        .where(Contribution.community_id == ctx.community.id, Contribution.person_id == person.id)
        .order_by(Contribution.given_at.desc(), Contribution.id)
        .limit(SHOWN)
    )
    return list(found)


def _before(earlier: list[Contribution]) -> tuple[Field, ...]:
    if not earlier:
        return ()
    lines = [
        f"{plain(each.what, 100)} · "
        + moment(f"{each.given_at.day} {each.given_at:%B}", int(each.given_at.timestamp()))
        for each in earlier
    ]
    return (Field("What you told of before", bulleted(lines)),)


def _title(before: str, given: Contribution) -> str:
    return titled(before, given.what)
