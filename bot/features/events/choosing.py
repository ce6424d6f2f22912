"""Which event somebody means: by its button, its number in `/events`, or some of its title."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

from bot.actions import Action
from bot.context import Context
from bot.errors import UserError
from bot.features.events import cards, store
from bot.features.events.model import Event
from bot.markup import plain
from bot.replies import OPTIONS, Card, Option, Reply

FIELD = "event"
ID = re.compile(r"[0-9a-f]{16}")
NONE = "Nothing is planned. `/event create` begins."
ALIKE = 70
"""Of 100: how like a title words must be to mean it."""


async def coming_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return _options(ctx, await store.coming(ctx), text)


async def begun_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return _options(ctx, await store.begun(ctx), text)


async def choose(
    ctx: Context, action: Action, said: str | None, among: Sequence[Event], none: str = NONE
) -> Event | Reply:
    """The event that is meant, locked, or the question which one. Raises UserError.

    `none` says why there is nothing to choose from.
    """
    if said:
        return await store.event_of(ctx, await _named(ctx, said, among), lock=True)
    if not among:
        raise UserError(none)
    if len(among) == 1:
        return await store.event_of(ctx, among[0].id, lock=True)
    options = _options(ctx, among, "")
    return Reply(Card("Which one?", choice=action.choice("Pick an event", FIELD, options)))


async def _named(ctx: Context, said: str, among: Sequence[Event]) -> str:
    """The id of what is meant. An id is taken as it is: it is looked up in this community only."""
    if ID.fullmatch(said):
        return said
    if said.isdecimal() and len(said) < 4:
        if 1 <= int(said) <= len(among):
            return among[int(said) - 1].id
        raise UserError(f"There is no number {int(said)}: I count {len(among)}.", FIELD)
    if near := _like(among, said):
        return near[0].id
    raise UserError(f"I find no event like “{plain(said, 40)}”. `/events` lists them.", FIELD)


def _options(ctx: Context, events: Sequence[Event], text: str) -> tuple[Option, ...]:
    found = _like(events, text) if text.strip() else events
    return tuple(cards.option(event, ctx.community.zone) for event in found[:OPTIONS])


def _like(events: Sequence[Event], text: str) -> Sequence[Event]:
    """Those of such a title, the best first, in time order among equals."""
    scored = process.extract(
        text,
        [event.title for event in events],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=None,
    )
    return [events[index] for _, _, index in sorted(scored, key=lambda each: (-each[1], each[2]))]
