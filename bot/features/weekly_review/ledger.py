"""`/review ledger`: every week that was written, and what became of it. For its writer alone."""

from collections.abc import Sequence
from typing import Annotated

from bot.context import Context
from bot.features.privacy import ask_first
from bot.features.weekly_review import cards, store
from bot.features.weekly_review.actions import Week, feature, reopen, review
from bot.features.weekly_review.model import OPEN
from bot.features.weekly_review.store import Line
from bot.markup import isolated, one_line, plain, shorten
from bot.paging import Page
from bot.replies import BUTTON_LABEL, OPTIONS, Button, Card, Choice, File, Option, Reply

FILE = "my-weekly-reviews.txt"
EMPTY = "Nothing is written here yet. `/review` opens your first page."

Words = Annotated[str, "Words to look for"]
Weeks = Sequence[tuple[str, list[Line]]]


@feature.command("review ledger", example="ladder")
async def ledger(ctx: Context, words: Words = "") -> Reply:
    """Read what you wrote and what became of it, week by week. Only you see it."""
    return await _leaf(ctx, 1, words)


@feature.action("review leaf")
async def leaf(ctx: Context, page: Annotated[int, "Which page"], words: Words = "") -> Reply:
    return await _leaf(ctx, page, words)


@feature.action("review week")
async def week(ctx: Context, week: Week) -> Reply:
    """One week, whole."""
    if asks := await ask_first(ctx, ledger, looks=True):
        return asks
    lines = [line for line in await _lines(ctx) if line.week == week]
    if not lines:
        return await _leaf(ctx, 1, "")
    buttons = (
        *_outcomes_taken_back(lines),
        ledger.button("All weeks"),
        review.button("This week's review"),
    )
    return Reply(cards.one_week(ctx.content.review, week, lines, buttons), update=True)


def _outcomes_taken_back(lines: Sequence[Line]) -> list[Button]:
    """What became of a line can be said anew, however long ago it was."""
    settled = [line for line in lines if line.state != OPEN]
    return [
        reopen.button(
            shorten(f"Open again: {one_line(line.words, 60)}", BUTTON_LABEL), line=line.id
        )
        for line in settled
    ]


@feature.action("review export")
async def export(ctx: Context) -> Reply:
    """The whole ledger as a plain text file."""
    if asks := await ask_first(ctx, ledger, looks=True):
        return asks
    data = cards.as_text(ctx.content.review, await _lines(ctx)).encode()
    text = "All your weeks are in the file. It is yours to keep or to delete."
    return Reply(Card("Your ledger as a file", text), files=(File(FILE, data, "text/plain"),))


async def _leaf(ctx: Context, page: int, words: str) -> Reply:
    """One page of the ledger, or of what was found in it."""
    if asks := await ask_first(ctx, ledger, looks=True):
        return asks
    lines = await _lines(ctx)
    weeks = cards.by_week(_found(ctx, lines, words))
    at = Page.of(page, len(weeks), cards.WEEKS_ON_PAGE)
    shown = at.shown(weeks)
    text = _heading(bool(lines), len(weeks), words, at)
    buttons = [*_neighbours(at, words), *_others(bool(lines), words)]
    card = cards.ledger(ctx.content.review, text, shown, buttons, _open(weeks, shown))
    return Reply(card, update=True)


async def _lines(ctx: Context) -> list[Line]:
    return await store.lines(ctx, (await ctx.person()).id)


def _found(ctx: Context, lines: Sequence[Line], words: str) -> list[Line]:
    """Lines that have every word somewhere: in the text, in its question, in what became of it."""
    content = ctx.content.review
    wanted = words.casefold().split()
    return [
        line
        for line in lines
        if all(
            word
            in " ".join(
                (
                    line.words,
                    cards.question_of(content, line.question),
                    cards.label_of(content, line.state),
                    cards.week_name(line.week),
                )
            ).casefold()
            for word in wanted
        )
    ]


def _heading(any_lines: bool, weeks: int, words: str, at: Page) -> str:
    if not any_lines:
        return EMPTY
    where = f"{', '.join(filter(None, [at.words, 'newest first']))}.".capitalize()
    if not words:
        return f"For you alone. {where}"
    looked_for = f"“{isolated(plain(words, 80))}”"
    if not weeks:
        return f"Nothing in your ledger has {looked_for}. Try one word of it, or another."
    return f"What has {looked_for}. {where}"


def _neighbours(at: Page, words: str) -> tuple[Button, ...]:
    """Newer and older pages. What was looked for travels along, if a button has room for it."""
    looked_for = {"words": words} if words else {}
    try:
        return at.beside(leaf, "← Newer", "Older →", **looked_for)
    except ValueError:
        return ()


def _others(any_lines: bool, words: str) -> list[Button]:
    if not any_lines:
        return [review.button("Write the first page")]
    whole = [ledger.button("All weeks")] if words else []
    return [*whole, export.button("Save as a file"), review.button("This week's review")]


def _open(weeks: Weeks, shown: Weeks) -> Choice | None:
    """A week to read whole: those on this page, then the others as far as a menu goes."""
    names = dict.fromkeys([*(each for each, _ in shown), *(each for each, _ in weeks)])
    options = [Option(cards.week_name(name), name) for name in list(names)[:OPTIONS]]
    return week.choice("Read a week in full", "week", options) if options else None
