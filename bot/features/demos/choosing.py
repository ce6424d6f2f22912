"""Which event a demo is for, and the select that asks."""

from collections.abc import Sequence

from bot.context import Context
from bot.errors import UserError
from bot.features.demos import store
from bot.features.events.cards import option
from bot.features.events.model import PLANNED, Event
from bot.replies import OPTIONS, Option

NONE = "No event with demo slots is planned yet. `/events` shows what is coming."


async def nights_like(ctx: Context, text: str) -> tuple[Option, ...]:
    wanted = text.strip().lower()
    found = [event for event in await store.nights(ctx) if wanted in event.title.lower()]
    return event_options(ctx, found)


def event_options(ctx: Context, found: Sequence[Event]) -> tuple[Option, ...]:
    return tuple(option(event, ctx.community.zone) for event in found[:OPTIONS])


async def elsewhere(ctx: Context, event_id: str) -> Sequence[Event]:
    """The other events ahead that have slots."""
    return [event for event in await store.nights(ctx) if event.id != event_id]


async def prove_open(ctx: Context, event: Event) -> None:
    """Raises UserError where nobody can sign up any more."""
    if event.status != PLANNED:
        raise UserError("That event was cancelled or is over. `/demo` shows what is coming.")
    if event.starts_at <= ctx.now:
        raise UserError("That event has begun. Ask a host: sometimes there is a free slot.")
    if not (await store.slots(ctx, [event]))[event.id]:
        raise UserError("That event has no demo slots. `/demo` shows one that has.")
