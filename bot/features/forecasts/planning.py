"""`/forecast`: a plan is written down, shown back, and looked at before it is kept."""

import json
from dataclasses import replace
from typing import Annotated

from bot import charts
from bot.actions import Long, Role
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.forecasts import cards, picture, store, working
from bot.features.forecasts.feature import feature
from bot.features.forecasts.keeping import promise, show
from bot.features.forecasts.model import KeptForecast, Sketch, written
from bot.features.forecasts.model import read as read_kept
from bot.replies import Button, Card, OpenForm, Reply, Style

Period = Annotated[str, "For when, such as next quarter"]
Events = Annotated[str, "Events: 6, or monthly. Empty: as planned"]
Slots = Annotated[str, "Demo slots at each event"]
Spent = Annotated[str, "Money for all of it, such as 1500 EUR"]
Targets = Annotated[str, "You hope for, such as 150 people, 20 demos", Long(300)]
Hours = Annotated[str, "Host hours more than now, for all of it"]
Mine = Annotated[str, "One more host hour brings 0.5 demos", Long(500)]
WhichPlan = Annotated[str, "Which plan"]
WhichLook = Annotated[str, "Which look at it"]
FIELDS = ("period", "events", "slots", "money", "targets")


@feature.command(
    "forecast",
    role=Role.ORGANISER,
    bare="plan",
    example='"next quarter" 6 4 "1500 EUR" "150 people, 20 demos"',
    form="Plan for a forecast",
)
async def plan(
    ctx: Context,
    period: Period,
    events: Events = "",
    slots: Slots = "",
    money: Spent = "",
    targets: Targets = "",
) -> Reply:
    """See the range of what a plan may bring, before you spend on it."""
    asked = _asked(period=period, events=events, slots=slots, money=money, targets=targets)
    wanted = await working.read(ctx, asked)
    sketch = Sketch(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        asked=working.pinned(asked, wanted),
        created_at=ctx.now,
    )
    ctx.session.add(sketch)
    working.warm()
    return Reply(cards.plan(wanted, False, _plan_buttons(sketch)))


@feature.action("forecast change", role=Role.ORGANISER, noted=False, form="Change the plan")
async def change(
    ctx: Context,
    sketch: WhichPlan,
    period: Period = "",
    events: Events = "",
    slots: Slots = "",
    money: Spent = "",
    targets: Targets = "",
) -> Reply | OpenForm:
    """Change the plan; the form has what stands there now."""
    found = await store.sketch_of(ctx, sketch, lock=True)
    before = json.loads(found.asked)
    if ctx.call.via is not Via.FORM:
        draft = {name: before[name] for name in FIELDS if name in before}
        return replace(change.form(ctx, sketch=sketch), draft=draft)
    new = _asked(period=period, events=events, slots=slots, money=money, targets=targets)
    kept = {name: before[name] for name in ("hours", "assumed") if name in before}
    return await _changed(ctx, found, {**new, **kept})


@feature.action("forecast more", role=Role.ORGANISER, noted=False, form="Hours and assumptions")
async def more(
    ctx: Context, sketch: WhichPlan, hours: Hours = "", assumed: Mine = ""
) -> Reply | OpenForm:
    """Host hours, and what you yourselves assume that they or money bring."""
    found = await store.sketch_of(ctx, sketch, lock=True)
    before = json.loads(found.asked)
    if ctx.call.via is not Via.FORM:
        draft = {name: before[name] for name in ("hours", "assumed") if name in before}
        return replace(more.form(ctx, sketch=sketch), draft=draft)
    kept = {name: before[name] for name in FIELDS if name in before}
    return await _changed(ctx, found, {**kept, **_asked(hours=hours, assumed=assumed)})


@feature.action("forecast plan-again", role=Role.ORGANISER, noted=False)
async def again(ctx: Context, sketch: WhichPlan) -> Reply:
    found = await store.sketch_of(ctx, sketch)
    wanted = await working.read(ctx, json.loads(found.asked))
    return Reply(cards.plan(wanted, False, _plan_buttons(found)), update=True)


@feature.action("forecast look", role=Role.ORGANISER, noted=False)
async def look(ctx: Context, sketch: WhichPlan) -> Reply:
    """The ranges of a plan, without keeping them."""
    await charts.ready()
    kept = await working.look(ctx, sketch)
    drawn = await charts.drawn(lambda: picture.of(kept))
    seen = working.digest(written(kept))
    buttons = (
        keep.button("Keep it, to be scored", Style.MAIN, sketch=sketch, seen=seen),
        again.button("Back to the plan", sketch=sketch),
        basis.button("What it rests on", sketch=sketch),
        drop.button("Drop it", sketch=sketch),
    )
    return Reply(cards.ranges(kept, cards.NOT_KEPT, drawn, buttons), update=True)


@feature.action("forecast basis", role=Role.ORGANISER, noted=False)
async def basis(ctx: Context, sketch: WhichPlan) -> Reply:
    """What the ranges rest on."""
    found = await store.sketch_of(ctx, sketch)
    kept = read_kept(working.said_today(ctx, found))
    back = look.button("Back to the ranges", sketch=sketch)
    return Reply(cards.basis(kept, (back,)), update=True)


@feature.action("forecast drop", role=Role.ORGANISER, noted=False)
async def drop(ctx: Context, sketch: WhichPlan) -> Reply:
    await ctx.session.delete(await store.sketch_of(ctx, sketch, lock=True))
    return Reply(Card("Dropped", "Nothing is kept of this plan."), update=True)


@feature.action("forecast keep", role=Role.ORGANISER)
async def keep(ctx: Context, sketch: WhichPlan, seen: WhichLook = "") -> Reply:
    """Issue it: as it was looked at, for good."""
    found = await store.sketch_of(ctx, sketch, lock=True)
    said = working.said_today(ctx, found, seen)
    kept = read_kept(said)
    if kept.plan.start < ctx.today:
        raise UserError("This plan has begun already. Change its days first.")
    beside = await store.is_kept_for(ctx, kept.plan.start, kept.plan.end)
    row = KeptForecast(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        starts=kept.plan.start,
        ends=kept.plan.end,
        said=said,
        issued_by=(await ctx.person()).id,
        issued_at=ctx.now,
    )
    ctx.session.add(row)
    await ctx.session.delete(found)
    await ctx.session.flush()
    due = await promise(ctx, row)
    text = (
        f"It stays as it is. From {due.day} {due:%B %Y} on it is scored, and "
        "`/forecast scores` tells how it did."
    )
    if beside:
        text += " An earlier one of these days is kept too, and counts instead of this one."
    title = f"Forecast kept, {row.starts.day} {row.starts:%b %Y} to {row.ends.day} {row.ends:%b %Y}"
    return Reply(Card(title, text, buttons=(show.button("Open it", forecast=row.id),)), update=True)


async def _changed(ctx: Context, sketch: Sketch, asked: dict[str, str]) -> Reply:
    wanted = await working.read(ctx, asked)
    sketch.asked, sketch.said = working.pinned(asked, wanted), None
    return Reply(cards.plan(wanted, True, _plan_buttons(sketch)), update=True)


def _asked(**fields: object) -> dict[str, str]:
    """As typed, without what was left out."""
    return {name: str(value) for name, value in fields.items() if value not in (None, "")}


def _plan_buttons(sketch: Sketch) -> tuple[Button, ...]:
    return (
        look.button("Show the ranges", Style.MAIN, sketch=sketch.id),
        change.button("Change it", sketch=sketch.id),
        more.button("Host hours and assumptions", sketch=sketch.id),
        drop.button("Drop it", sketch=sketch.id),
    )
