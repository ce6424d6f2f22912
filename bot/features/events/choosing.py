"""Which event somebody means: by its button, number in `/events`, some of its title, or its day."""

import re
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process, utils

from bot.actions import Action
from bot.context import Context
from bot.errors import UserError
from bot.features.events import cards, store, when
from bot.features.events.model import Event
from bot.markup import plain
from bot.replies import OPTIONS, Card, Option, Reply

FIELD = "event"
ID = re.compile(r"[0-9a-f]{16}")
WORDS_OF_A_DAY = 4
NONE = "Nothing is planned. `/event create` begins."
ALIKE = 70
"""Of 100: how like a title words must be to mean it."""


async def coming_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return _options(ctx, await store.coming(ctx), text)


async def begun_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return _options(ctx, await store.begun(ctx), text)


async def choose(
    ctx: Context,
    action: Action,
    said: str | None,
    among: Sequence[Event],
    none: str = NONE,
    numbered: Callable[[Sequence[Event]], Sequence[Event]] = list,
) -> Event | Reply:
    """The event that is meant, locked, or the question which one. Raises UserError.

    `none` says why there is nothing to choose from; `numbered` is what numbers count.
    """
    if said:
        found = await _named(ctx, said, among, numbered(among))
        return await store.event_of(ctx, found, lock=True)
    if not among:
        raise UserError(none)
    if len(among) == 1:
        return await store.event_of(ctx, among[0].id, lock=True)
    options = _options(ctx, among, "")
    text = ""
    if len(among) > OPTIONS:
        text = f"These are {OPTIONS} of {len(among)}. For another, write its day: "
        text += f"`/{action.name} 15 May`."
    return Reply(Card("Which one?", text, choice=action.choice("Pick an event", FIELD, options)))


async def _named(ctx: Context, said: str, among: Sequence[Event], numbered: Sequence[Event]) -> str:
    """The id of what is meant. An id is taken as it is: it is looked up in this community only."""
    if ID.fullmatch(said):
        return said
    if said.isdecimal() and len(said) < 4:
        if 1 <= int(said) <= len(numbered):
            return numbered[int(said) - 1].id
        raise UserError(f"There is no number {int(said)}. {_numbers(numbered)}")
    if near := _on_day(ctx, among, said) or _like(among, said):
        return near[0].id
    raise UserError(f"I find no event like “{plain(said, 40)}”. `/events` lists them.")


def _numbers(numbered: Sequence[Event]) -> str:
    if not numbered:
        return NONE
    if len(numbered) == 1:
        return f"There is only number 1: {plain(numbered[0].title, 60)}."
    return f"Numbers go from 1 to {len(numbered)}."


def _on_day(ctx: Context, events: Sequence[Event], said: str) -> Sequence[Event]:
    """Those on the day that the words are, or end in: `15 May`, `supper 15 May`."""
    zone = ZoneInfo(ctx.community.zone)
    today = ctx.now.astimezone(zone).date()
    words = said.split()
    for start in range(max(0, len(words) - WORDS_OF_A_DAY), len(words)):
        try:
            day = when.read_day(" ".join(words[start:]), today)
        except UserError:
            continue
        local = [(event, event.starts_at.astimezone(zone)) for event in events]
        there = [event for event, at in local if (at.month, at.day) == (day.month, day.day)]
        title = " ".join(words[:start])
        if found := _like(there, title) if title else there:
            return found
    return []


def _options(ctx: Context, events: Sequence[Event], text: str) -> tuple[Option, ...]:
    found = _on_day(ctx, events, text) or _like(events, text) if text.strip() else events
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
