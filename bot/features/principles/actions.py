"""`/principle` and `/chapter`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from bot import sharing
from bot.actions import Action, Feature, Suggest
from bot.content import Chapter, Content, Principle
from bot.context import Context, Scene
from bot.features.principles.pages import (
    START,
    Doing,
    Page,
    card,
    find,
    opening,
    suggestions,
    title,
)
from bot.features.weekly import choice
from bot.markup import plain, shorten
from bot.platform import Letter
from bot.replies import TITLE, Card, Field, Option, Reply

feature = Feature("principles")


async def principles_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return suggestions(ctx.content.principles, text)


async def chapters_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return suggestions(ctx.content.chapters, text)


@feature.command("principle", example="37")
async def principle(
    ctx: Context,
    number: Annotated[int | None, "Which principle, 1 to 52", Suggest(principles_like)] = None,
) -> Reply:
    """Read one of the 52 principles, or without a number the principle of the week."""
    page = await of_the_week(ctx) if number is None else _principle(ctx, number)
    return Reply(open_page(ctx.content, page))


@feature.action("principle read")
async def read_principle(
    ctx: Context,
    number: Annotated[int, "Which principle"],
    part: Annotated[str, "Which part"] = START,
) -> Reply:
    return Reply(open_page(ctx.content, _principle(ctx, number), part), update=True)


@feature.action("principle share")
async def share_principle(ctx: Context, number: Annotated[int, "Which principle"]) -> Reply:
    return _preview(ctx, _principle(ctx, number), post_principle)


@feature.action("principle post")
async def post_principle(
    ctx: Context, number: Annotated[int, "Which principle"], once: Annotated[str, "Which press"]
) -> Reply:
    return await _post(ctx, _principle(ctx, number), once)


@feature.command("chapter", example="3")
async def chapter(
    ctx: Context,
    number: Annotated[int, "Which chapter, 1 to 12", Suggest(chapters_like)] = 1,
) -> Reply:
    """Read one of the twelve chapters of the community map."""
    return Reply(open_page(ctx.content, _chapter(ctx, number)))


@feature.action("chapter read")
async def read_chapter(
    ctx: Context,
    number: Annotated[int, "Which chapter"],
    part: Annotated[str, "Which part"] = START,
) -> Reply:
    return Reply(open_page(ctx.content, _chapter(ctx, number), part), update=True)


@feature.action("chapter share")
async def share_chapter(ctx: Context, number: Annotated[int, "Which chapter"]) -> Reply:
    return _preview(ctx, _chapter(ctx, number), post_chapter)


@feature.action("chapter post")
async def post_chapter(
    ctx: Context, number: Annotated[int, "Which chapter"], once: Annotated[str, "Which press"]
) -> Reply:
    return await _post(ctx, _chapter(ctx, number), once)


@feature.delivery("principles.share", grace=timedelta(hours=1), asked_for=True)
async def shared(scene: Scene, page: str, number: int, whom: str, spot: str) -> Letter | None:
    """A page that somebody shares, with their name."""
    pages: Mapping[int, Page] = (
        scene.content.principles if page == "principle" else scene.content.chapters
    )
    found = await sharing.who_and_where(scene, whom, spot)
    if number not in pages or found is None:
        return None
    by, to = found
    opened = open_page(scene.content, pages[number])
    named = replace(opened, fields=(*opened.fields, Field("Shared by", plain(by.name, 80))))
    return Letter(to, Reply(named, private=False))


OF_PRINCIPLES = Doing(read_principle, share_principle, follow=read_principle)
OF_CHAPTERS = Doing(read_chapter, share_chapter, follow=read_principle)


async def of_the_week(ctx: Context) -> Principle:
    """What was posted last, or else comes next. Without weekly posts the week of the year in the
    community's zone decides, so that everyone reads the same one."""
    if known := await choice.of_the_week(ctx):
        return _principle(ctx, known)
    week = ctx.now.astimezone(ZoneInfo(ctx.community.zone)).isocalendar().week
    numbers = sorted(ctx.content.principles)
    return ctx.content.principles[numbers[(week - 1) % len(numbers)]]


def _principle(ctx: Context, number: int) -> Principle:
    return find(ctx.content.principles, number, "principles")


def _chapter(ctx: Context, number: int) -> Chapter:
    return find(ctx.content.chapters, number, "chapters")


def open_page(content: Content, page: Page, part: str = START) -> Card:
    doing = OF_PRINCIPLES if isinstance(page, Principle) else OF_CHAPTERS
    return card(content, page, part, doing)


async def _post(ctx: Context, page: Page, once: str) -> Reply:
    done = f"Shared: {title(page)}"
    ids: dict[str, str | int] = {"page": page.kind, "number": page.number}
    return await sharing.promise(ctx, "principles.share", f"shared:{once}", done, **ids)


def _preview(ctx: Context, page: Page, post: Action) -> Reply:
    asks = shorten(f"Share this? {title(page)}", TITLE)
    return sharing.preview(ctx, asks, opening(page), "the command", post, number=page.number)
