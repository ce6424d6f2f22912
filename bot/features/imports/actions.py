"""`/event import`: what is planned or was held elsewhere, shown before it is kept."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import Attachment, Long, Role
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.imports import bringing, cards, review, store
from bot.features.imports.bringing import About
from bot.features.imports.feature import feature
from bot.features.imports.model import ImportBatch, ImportLink
from bot.features.imports.plan import Plan, rest_did_not_come
from bot.imports import Reading, Settled, Unreadable
from bot.imports.dates import ORDERS, Order
from bot.imports.fetch import LARGEST, TOO_LARGE, cleaned, fetch
from bot.markup import plain, shorten
from bot.replies import BUTTON_LABEL, Button, Card, OpenForm, Reply, Style

VALID = timedelta(hours=1)
SHOWN = 5
OLD = "That preview is more than an hour old. Please begin again with `/event import`."
BOTH = "You gave me a file and an address. Please type it again with one of the two."
CHANGED = "What stands at that address has changed since, so here it is anew."

EXAMPLE = 'event:"Spring supper" starts:"2026-03-20 19:00"'
ADDRESS = 1000
"""Characters: what a calendar or a file is called at such an address may be long, and signed."""

Title = Annotated[str, "For the guest list of one event: its title"]
Starts = Annotated[str, "If I don't know it yet: 2026-05-15 18:30"]
FIRST = "What comes first in dates"
Link = Annotated[str, "Which preview"]
Batch = Annotated[str, "Which import"]


@feature.command(
    "event import",
    role=Role.HOST,
    example="https://example.org/calendar.ics",
    form="Bring events and lists",
)
async def import_(
    ctx: Context,
    address: Annotated[str, "The https address of a calendar or a CSV list", Long(ADDRESS)] = "",
    file: Annotated[Attachment | None, "A calendar (ICS) or a list (CSV)"] = None,
    event: Title = "",
    starts: Starts = "",
    dates: Annotated[Order | None, FIRST] = None,
) -> Reply:
    """Bring events and guest lists from elsewhere. You see what comes before it is kept."""
    if not address and not file:
        return await _overview(ctx)
    link = ImportLink(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        address=_source(address, file),
        event=event[:200],
        starts=starts[:200],
        dates=dates or "",
        digest="",
        made_at=ctx.now,
    )
    return Reply(await _preview(ctx, link))


@feature.action("event read", role=Role.HOST, noted=False)
async def read_as(ctx: Context, link: Link, dates: Annotated[Order, FIRST]) -> Reply:
    """The same with its dates read like this."""
    found = await _link(ctx, link)
    found.dates = dates
    return Reply(await _preview(ctx, found), update=True)


@feature.action("event name", role=Role.HOST, noted=False, form="Which event")
async def name(
    ctx: Context, link: Link, event: Title = "", starts: Starts = ""
) -> Reply | OpenForm:
    """Which event a list is of: one that I know, or a new one that began then."""
    found = await _link(ctx, link)
    if ctx.call.via is not Via.FORM:
        draft = {"event": found.event, "starts": found.starts}
        return replace(name.form(ctx, link=link), draft=draft)
    found.event, found.starts = event, starts
    return Reply(await _preview(ctx, found), update=True)


@feature.action("event bring", role=Role.HOST)
async def bring(
    ctx: Context, link: Link, rest: Annotated[bool, "Whether the rest did not come"] = False
) -> Reply:
    """Fetch it again and keep it, if it is what was shown."""
    plan, digest = await _look(ctx, await _link(ctx, link))
    found = await _link(ctx, link, lock=True)
    if digest != found.digest:
        found.digest = digest
        card = cards.preview(plan, _buttons(found, plan))
        return Reply(replace(card, text=f"{CHANGED}\n\n{card.text}"), update=True)
    await ctx.session.delete(found)
    if rest:
        rest_did_not_come(plan)
    if plan.is_empty:
        return Reply(cards.preview(plan, (leave.button("Leave it", link=link),)), update=True)
    batch = await store.add(ctx, plan, ctx.spot, (await ctx.person()).id)
    return Reply(done(plan, batch), update=True)


def done(plan: Plan, batch: ImportBatch) -> Card:
    buttons: tuple[Button, ...] = (undo.button("Undo", Style.RISKY, batch=batch.id),)
    if plan.people.pairs:
        buttons += (review.people.button("Look at who is who"),)
    return cards.done(batch, cards.counted(plan), buttons)


@feature.action("event leave", role=Role.HOST, noted=False)
async def leave(ctx: Context, link: Link) -> Reply:
    await ctx.session.execute(
        delete(ImportLink).where(ImportLink.id == link, ImportLink.community_id == ctx.community.id)
    )
    return Reply(Card("Left alone", "Nothing was imported."), update=True)


@feature.action(store.UNDO, role=Role.HOST)
async def undo(ctx: Context, batch: Batch) -> Reply:
    """Take back all that an import added."""
    found = await store.batch_of(ctx, batch)
    return Reply(cards.taken_back(found, await store.take_back(ctx, found)), update=True)


def _source(address: str, file: Attachment | None) -> str:
    """Where it is fetched: a file, too, stands at an address."""
    if file is None:
        return cleaned(address)
    if address:
        raise UserError(BOTH)
    if file.size > LARGEST:
        raise Unreadable(TOO_LARGE)
    return cleaned(file.address)


async def _preview(ctx: Context, link: ImportLink) -> Card:
    """What it would add, or what has to be said first. The address need not be typed again."""
    try:
        plan, link.digest = await _look(ctx, link)
        card = cards.preview(plan, _buttons(link, plan))
    except Unreadable as error:
        buttons = _to_say(error, link)
        at_its_field = ctx.call.via is Via.FORM and error.field != "dates"
        if at_its_field or not buttons:
            raise
        card = Card("One thing first", f"{error.says} {_how(error)}", buttons=buttons)
    await ctx.session.merge(link)
    return card


def _to_say(error: Unreadable, link: ImportLink) -> tuple[Button, ...]:
    """What it can be answered with, if it is a question."""
    match error.field:
        case "dates":
            named = {"dmy": "Day first", "mdy": "Month first", "ymd": "Year first"}
            return tuple(read_as.button(says, link=link.id, dates=o) for o, says in named.items())
        case "event" | "starts":
            return (name.button("Name the event", Style.MAIN, link=link.id),)
        case _:
            return ()


def _how(error: Unreadable) -> str:
    """Buttons answer it, and so does the command itself."""
    example = "dates:dmy" if error.field == "dates" else EXAMPLE
    return f"Choose below, or type it with the address: `/event import https://… {example}`."


async def _look(ctx: Context, link: ImportLink) -> tuple[Plan, str]:
    """What stands at the address as a plan, and a digest of what was read. No transaction is open
    while the web is asked."""
    about = About(link.event, link.starts)
    dates: Order | None = next((each for each in ORDERS if each == link.dates), None)
    settled = Settled(ctx.community.zone, ctx.now, dates)
    address = link.address
    await ctx.close()
    data = await fetch(address)
    try:
        readings, digest = await asyncio.to_thread(_read, data, settled)
        return await bringing.prepare(ctx, readings, settled.zone, about), digest
    except Unreadable as error:  # with words out of the file
        raise Unreadable(plain(error.says), error.field) from None


def _read(data: bytes, settled: Settled) -> tuple[list[Reading], str]:
    readings = bringing.read_all([("", data)], settled)
    return readings, hashlib.sha256(repr(readings).encode()).hexdigest()


async def _link(ctx: Context, id_: str, *, lock: bool = False) -> ImportLink:
    found = await ctx.get_own(ImportLink, id_, OLD, lock=lock)
    if ctx.now - found.made_at > VALID:
        raise UserError(OLD)
    return found


def _buttons(link: ImportLink, plan: Plan) -> tuple[Button, ...]:
    absent = (bring.button(cards.REST, link=link.id, rest="yes"),) if plan.rest else ()
    return (
        bring.button("Import", Style.MAIN, link=link.id),
        *absent,
        leave.button("Leave it", link=link.id),
    )


async def _overview(ctx: Context) -> Reply:
    found = await store.batches(ctx, SHOWN)
    alike, _ = await review.waiting(ctx)
    buttons = [review.people.button("Look at who is who")] if alike else []
    buttons += [
        undo.button(shorten(f"Undo {number}: {batch.what}", BUTTON_LABEL), batch=batch.id)
        for number, batch in found
        if batch.undone_at is None
    ]
    return Reply(cards.overview(found, alike, tuple(buttons), ctx.platform.takes_files))


@feature.forget
async def forget_links(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(ImportLink).where(ImportLink.made_at < now - VALID))
