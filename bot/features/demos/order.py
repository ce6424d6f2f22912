"""`/demo order`: the running order, moved by buttons and exported as text."""

from collections.abc import Sequence
from typing import Annotated

from bot.actions import Role, Suggest
from bot.context import Context
from bot.features.demos import cards, store
from bot.features.demos.choosing import NONE, nights_like
from bot.features.demos.feature import feature
from bot.features.demos.model import BOOKED, SHOWN, Demo
from bot.features.demos.sign_up import DemoId
from bot.features.events import store as events
from bot.features.events.choosing import choose
from bot.features.events.model import Event
from bot.replies import OPTIONS, TEXT, Button, Card, File, Reply

ROOM = TEXT - 100


@feature.command("demo order", role=Role.HOST, example="Demo night")
async def order(
    ctx: Context,
    event: Annotated[str | None, "Which event: number, title or day", Suggest(nights_like)] = None,
) -> Reply:
    """Set the running order of an evening, and take it along as text."""
    nights = await store.nights_now(ctx)
    among = nights if event else events.heads(nights)
    found = await choose(ctx, order, event, among, NONE, numbered=events.heads)
    return found if isinstance(found, Reply) else await _order(ctx, found)


@feature.action("demo pick", role=Role.HOST)
async def pick(ctx: Context, demo: DemoId) -> Reply:
    found = await store.demo_of(ctx, demo)
    return await _order(ctx, await store.event_of(ctx, found), found)


@feature.action("demo up", role=Role.HOST)
async def up(ctx: Context, demo: DemoId) -> Reply:
    return await _shift(ctx, demo, -1)


@feature.action("demo down", role=Role.HOST)
async def down(ctx: Context, demo: DemoId) -> Reply:
    return await _shift(ctx, demo, 1)


@feature.action("demo export", role=Role.HOST)
async def export(ctx: Context, event: Annotated[str, "Which event"]) -> Reply:
    found = await events.event_of(ctx, event)
    demos = await store.at(ctx, found, BOOKED, SHOWN)
    text = cards.order_text(found, ctx.community.zone, demos, await store.names(ctx, demos))
    file = File("running-order.txt", text.encode(), "text/plain")
    shown = text.replace("`", "'")
    fits = len(shown) <= ROOM
    body = f"```\n{shown}```" if fits else "It is in the file: too long to show here."
    return Reply(Card("Running order as text", body), files=(file,))


async def _shift(ctx: Context, demo_id: str, by: int) -> Reply:
    """One place earlier or later. The event is held, so that two hosts move one after the other."""
    demo = await store.demo_of(ctx, demo_id, lock=True)
    event = await store.event_of(ctx, demo)
    demos = list(await store.at(ctx, event, BOOKED, SHOWN))
    if demo in demos:
        at = demos.index(demo)
        to = min(max(at + by, 0), len(demos) - 1)
        demos.insert(to, demos.pop(at))
        for place, each in enumerate(demos, start=1):
            each.place = place
        await ctx.session.flush()
    return await _order(ctx, event, demo)


async def _order(ctx: Context, event: Event, focus: Demo | None = None) -> Reply:
    demos = await store.at(ctx, event, BOOKED, SHOWN)
    names = await store.names(ctx, demos)
    focus = focus if focus in demos else None
    options = cards.options(demos[:OPTIONS], names)
    choice = pick.choice("Move one", "demo", options) if options else None
    card = cards.order(
        event, ctx.community.zone, demos, names, focus, _buttons(event, focus, demos), choice
    )
    return Reply(card, update=True)


def _buttons(event: Event, focus: Demo | None, demos: Sequence[Demo]) -> tuple[Button, ...]:
    arrows: tuple[Button, ...] = ()
    if focus:
        arrows = (up.button("↑ Earlier", demo=focus.id), down.button("↓ Later", demo=focus.id))
    return (*arrows, *((export.button("As text", event=event.id),) if demos else ()))
