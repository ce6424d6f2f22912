"""`/week`: what comes next, and the organisers' say in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from bot.actions import Role, Suggest
from bot.context import Context
from bot.errors import UserError
from bot.features.principles.actions import principles_like
from bot.features.principles.pages import find, title
from bot.features.settings import change, setting_called
from bot.features.weekly import chain
from bot.features.weekly.choice import Choice, choice_for, refuse_repeats
from bot.features.weekly.post import feature
from bot.features.weekly.store import PASS, Week, choose_ahead, weeks
from bot.markup import bulleted, plain
from bot.people import spot_words
from bot.replies import Card, Reply, Style
from bot.weekly import words

__all__ = ["feature"]

LAST = 5


@feature.command("week", role=Role.ORGANISER, example="37")
async def show(
    ctx: Context,
    number: Annotated[int | None, "Which principle, 1 to 52", Suggest(principles_like)] = None,
) -> Reply:
    """See which principle of the week comes next, or choose it."""
    if number is not None:
        find(ctx.content.principles, number, "principles")
        return await _choose(ctx, number)
    last = await _last(ctx)
    coming = await _coming(ctx)
    if coming is None:
        buttons = () if ctx.place.direct else (here.button("Post it in this channel", Style.MAIN),)
        return Reply(Card("Principle of the week", f"{chain.OFF}{last}", buttons=buttons))
    chosen = coming.by_hand is not None
    button = clear.button("Take it back") if chosen else skip.button("Let this one pass")
    return Reply(Card("Principle of the week", f"{coming.words}{last}", buttons=(button,)))


@feature.command("week skip", role=Role.ORGANISER)
async def skip(ctx: Context) -> Reply:
    """Let the principle of the week pass once."""
    return await _choose(ctx, PASS)


@feature.command("week clear", role=Role.ORGANISER)
async def clear(ctx: Context) -> Reply:
    """Take back what was chosen for next week."""
    return await _choose(ctx, None)


@feature.command("week here", role=Role.ORGANISER)
async def here(ctx: Context) -> Reply:
    """Post the principle of the week in this channel."""
    return await change(ctx, setting_called("principle-channel"), "here")


@feature.action("week undo", role=Role.ORGANISER)
async def undo(
    ctx: Context,
    slot: Annotated[str, "Which week"],
    number: Annotated[int | None, "What was chosen before"] = None,
) -> Reply:
    coming = await _coming(ctx)
    if coming is None or coming.slot != slot:
        raise UserError("That week has gone by. `/week` shows what comes next.")
    return await _choose(ctx, number)


@dataclass(frozen=True, slots=True)
class Coming:
    """The next week to get a post: what it will be as things stand, in words too."""

    slot: str
    choice: Choice
    words: str

    @property
    def by_hand(self) -> int | None:
        """What organisers chose; None while the order decides."""
        return self.choice.number if self.choice.by_hand else None


async def _coming(ctx: Context) -> Coming | None:
    """None when weekly posts are off."""
    await ctx.own_community()
    due = await chain.promise(ctx)
    if due is None:
        return None
    slot = chain.slot_of(ctx, due)
    choice = await choice_for(ctx, slot)
    return Coming(slot, choice, await _words(ctx, choice, due))


async def _words(ctx: Context, choice: Choice, due: datetime) -> str:
    if choice.number == PASS:
        then = await chain.next_due(ctx, after=due)
        passes, comes = words(ctx, due), words(ctx, then)
        return f"Nothing is posted on {passes}. The next one comes on {comes}."
    where = spot_words(ctx.community, ctx.community.prefs.principle_channel or "", ctx.spot)
    page = plain(title(ctx.content.principles[choice.number]))
    chosen = " An organiser chose it." if choice.by_hand else ""
    return f"Next: **{page}**, on {words(ctx, due)}, {where}.{chosen} {choice.why}".strip()


async def _choose(ctx: Context, number: int | None) -> Reply:
    """Write down what organisers want for the coming week; None leaves it to the order."""
    before = await _coming(ctx)
    if before is None:
        raise UserError(chain.OFF)
    if number:
        await refuse_repeats(ctx, number, before.slot)
    await choose_ahead(ctx, before.slot, number)
    now = await _coming(ctx)
    assert now, "posts are on"
    if now.by_hand == before.by_hand:
        return Reply(Card("Nothing to change", now.words))
    was = {} if before.by_hand is None else {"number": before.by_hand}
    button = undo.button("Undo", slot=now.slot, **was)
    return Reply(Card("The next principle is changed", now.words, buttons=(button,)), update=True)


async def _last(ctx: Context) -> str:
    """The last weeks, also those whose post did not arrive, and why."""
    gone = [each for each in await weeks(ctx) if each.posted][:LAST]
    lines = [f"{chain.day(date.fromisoformat(each.slot))}: {_told(ctx, each)}" for each in gone]
    return f"\n\n**The last ones, by week**\n\n{bulleted(lines)}" if lines else ""


def _told(ctx: Context, week: Week) -> str:
    page = plain(title(ctx.content.principles[week.number]))
    return f"{page} did not arrive. {plain(week.parked, 120)}" if week.parked else page
