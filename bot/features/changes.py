"""`/changes`: what hosts and organisers changed, by whom, with the way back where there is one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from sqlalchemy import select

from bot.actions import Feature, Role
from bot.changes import Change
from bot.context import Context
from bot.errors import UserError
from bot.markup import bulleted, moment, plain, shorten
from bot.people import Person
from bot.replies import BUTTON_LABEL, Button, Card, OpenForm, Press, Reply
from bot.schedule import zone_of

feature = Feature("changes")

SHOWN = 8
CANT = "That one can't be taken back here."
Row = tuple[Change, str | None]


@feature.command("changes", role=Role.ORGANISER)
async def changes(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    """See what hosts and organisers changed, and take something back."""
    page = max(page, 1)
    found = await _noted(ctx, page)
    shown = found[:SHOWN]
    if not shown:
        newest = (changes.button("The newest"),) if page > 1 else ()
        text = "Nothing is listed on this page." if newest else "Nothing is listed here yet."
        return Reply(Card("Changes", text, buttons=newest), update=True)
    more = (changes.button("Earlier", page=page + 1),) if len(found) > SHOWN else ()
    back = (changes.button("Later", page=page - 1),) if page > 1 else ()
    lines = [_line(change, name, ctx.community.zone) for change, name in shown]
    buttons = (*_undoing(shown), *back, *more)
    return Reply(Card("Changes, newest first", bulleted(lines), buttons=buttons), update=True)


@feature.action("changes undo", role=Role.ORGANISER)
async def undo(ctx: Context, change: Annotated[str, "Which change"]) -> Reply | OpenForm:
    """Press the "Undo" that stood on the answer; organisers may press all that others may.

    The answer is theirs alone, wherever the first one stood.
    """
    found = await ctx.get_own(Change, change, CANT, lock=True)
    if found.undo is None:
        raise UserError(CANT)
    press = Press.decode(found.undo)
    action = ctx.registry.get(press.action)
    found.undo = None
    outcome = await action.handler(ctx, **action.bind(press.values))
    return replace(outcome, private=True) if isinstance(outcome, Reply) else outcome


async def _noted(ctx: Context, page: int) -> Sequence[Row]:
    """One more than fits, to know whether there are earlier ones."""
    found = await ctx.session.execute(
        select(Change, Person.name)
        .outerjoin(Person, Person.id == Change.person_id)
        .where(Change.community_id == ctx.community.id)
        .order_by(Change.at.desc(), Change.id)
        .offset((page - 1) * SHOWN)
        .limit(SHOWN + 1)
    )
    return [(row[0], row[1]) for row in found]


def _line(change: Change, name: str | None, zone: str) -> str:
    local = change.at.astimezone(zone_of(zone))
    when = moment(f"{local.day} {local:%b, %H:%M}", int(change.at.timestamp()))
    return f"{plain(change.what)} · {plain(name or _nobody(change), 40)}, {when}"


def _nobody(change: Change) -> str:
    return "whoever runs the bot" if change.by_hand else "somebody who left"


def _undoing(shown: Sequence[Row]) -> list[Button]:
    return [
        undo.button(shorten(f"Undo: {change.what}", BUTTON_LABEL), change=change.id)
        for change, _ in shown
        if change.undo
    ]
