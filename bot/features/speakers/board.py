"""`/speakers`: the board, its stages, how it flows; and the live one, where hosts want it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from bot.actions import Role, Suggest
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.speakers import cards, entering, store
from bot.features.speakers.choosing import anybody_like, meant, view
from bot.features.speakers.feature import feature
from bot.features.speakers.model import PATH, SpeakerBoard, Stage, flow
from bot.features.speakers.person import about, show
from bot.features.speakers.store import Line
from bot.markup import one_line, plain
from bot.paging import Page
from bot.people import Address, spot_words
from bot.replies import Button, Card, Choice, Field, Part, Reply, Style

LATELY = timedelta(days=180)

Words = Annotated[str, "Part of a name or topic", Suggest(anybody_like)]


@feature.command("speakers", role=Role.HOST, example="Ada")
async def speakers(ctx: Context, words: Words = "") -> Reply:
    """See who may speak here one day, and what is next with each."""
    if not words.strip():
        return Reply(await overview(ctx))
    found = await meant(ctx, words, "words")
    if len(found) == 1:
        return Reply(await about(ctx, found[0]))
    return Reply(_found(ctx, f"Like “{one_line(words, 40)}”", found))


@feature.home(role=Role.HOST)
async def at_home(ctx: Context) -> Part | None:
    counts = await store.counts(ctx)
    lines = [f"{counts[stage]} {cards.WORDS[stage].lower()}" for stage in PATH if counts.get(stage)]
    if not lines:
        return None
    return Part(Field("Speakers", " · ".join(lines)), (speakers.button("Speakers"),))


@feature.action("speakers back", role=Role.HOST)
async def back_to_board(ctx: Context) -> Reply:
    return Reply(await overview(ctx), update=True)


@feature.action("speakers stage", role=Role.HOST)
async def at_stage(
    ctx: Context,
    stage: Annotated[Stage, "Which stage"],
    page: Annotated[int, "Which page"] = 1,
) -> Reply:
    """Everybody at one stage, page by page."""
    count = (await store.counts(ctx)).get(stage, 0)
    at = Page.of(page, count, cards.ON_PAGE)
    lines = await store.at_stage(ctx, stage, at.size, at.start)
    title = at.titled(f"{cards.WORDS[stage]} ({count})")
    buttons = [*at.beside(at_stage, stage=stage), back_to_board.button("The whole board")]
    return Reply(cards.page(title, lines, view(ctx), buttons, _pick(lines)), update=True)


@feature.action("speakers flow", role=Role.HOST)
async def how_it_flows(ctx: Context) -> Reply:
    """How many came to each stage lately, and how many moved on."""
    moves = await store.moves_since(ctx, ctx.now - LATELY)
    return Reply(cards.flows(flow(moves), LATELY.days))


@feature.action("speakers preview", role=Role.HOST)
async def preview(ctx: Context) -> Reply:
    """What would be posted, and who would see it."""
    if ctx.place.direct:
        raise UserError("This is a conversation of two. Open `/speakers` in the hosts' channel.")
    here = Address(ctx.call.caller.where, channel=ctx.place.id)
    if obstacle := await ctx.platform.obstacle(here):
        raise UserError(f"I could not post the board here. {plain(obstacle, 300)}")
    card = await board_card(ctx)
    text = (
        "This board is posted in this channel and kept up to date. "
        "Everybody who reads here sees the names on it, so a channel for hosts is best."
    )
    more = {}
    if await store.live_board(ctx):
        text += " It takes the place of the live board that stands already."
        more = {"instead": "yes"}
    buttons = (post.button("Yes, post it here", Style.MAIN, spot=ctx.spot, **more),)
    return Reply(Card("Post this board here?", text, card.fields, buttons))


@feature.action("speakers post", role=Role.HOST)
async def post(
    ctx: Context,
    spot: Annotated[str, "Where"],
    instead: Annotated[bool, "In the place of the one that stands"] = False,
) -> Reply:
    if spot != ctx.spot:
        raise UserError("Open `/speakers` in the channel where the board should stand.")
    await ctx.own_community()  # one at a time: two hosts may have the same idea
    before = await store.live_board(ctx)
    if before and not instead:
        return _stands_already(ctx, before)
    key = f"speaker-board:{ctx.new_id()}"
    if before:
        await ctx.outbox.later(
            "speakers.left", key=f"left:{before.key}", due=ctx.now, board=before.key
        )
        before.spot, before.key = spot, key
    else:
        ctx.session.add(SpeakerBoard(community_id=ctx.community.id, spot=spot, key=key))
    await ctx.outbox.later("speakers.board", key=key, due=ctx.now, board=key)
    where = spot_words(ctx.community, spot, ctx.spot, ctx.space)
    text = f"It stands {where} in a moment, and follows each change."
    return Reply(
        Card("The board is on its way", text, buttons=(stop.button("Take it away"),)), update=True
    )


def _stands_already(ctx: Context, board: SpeakerBoard) -> Reply:
    """Somebody else has posted one since the preview."""
    where = spot_words(ctx.community, board.spot, ctx.spot, ctx.space)
    text = f"Another host has posted it in the meantime. It stands {where}."
    elsewhere = board.spot != ctx.spot
    here = (preview.button("Put it here instead"),) if elsewhere else ()
    buttons = (*here, stop.button("Take it away"))
    return Reply(Card("The board stands already", text, buttons=buttons), update=True)


@feature.action("speakers unpost", role=Role.HOST)
async def stop(ctx: Context) -> Reply:
    """No live board any more; the message says so."""
    board = await store.live_board(ctx)
    if board is None:
        raise UserError("There is no live board.")
    await ctx.outbox.cancel(board.key)
    await ctx.outbox.later("speakers.left", key=f"left:{board.key}", due=ctx.now, board=board.key)
    await ctx.session.delete(board)
    return Reply(Card("The live board is gone", "`/speakers` still shows it to you."), update=True)


async def overview(ctx: Context) -> Card:
    """The board as one host sees it, in private."""
    found = await store.board(ctx, cards.ON_BOARD)
    options = cards.stages(found.counts)
    choice = at_stage.choice("Look at one stage", "stage", options) if options else None
    buttons = [
        entering.add.button("Add somebody"),
        how_it_flows.button("How it flows"),
        preview.button("Put a live board here"),
    ]
    return cards.board(found, view(ctx), buttons, choice)


async def board_card(scene: Scene) -> Card:
    """The board for many eyes: what a live message or a host's home shows."""
    found = await store.board(scene, cards.ON_BOARD)
    buttons = (speakers.button("Look closer"), entering.add.button("Add somebody"))
    return cards.board(found, view(scene), buttons)


def _found(ctx: Context, title: str, lines: Sequence[Line]) -> Card:
    shown = lines[: cards.ON_PAGE]
    rest = len(lines) - len(shown)
    note = f"*{rest} more are like it. Write more of the name to find them.*" if rest else ""
    buttons: list[Button] = [back_to_board.button("The whole board")]
    return cards.page(title, shown, view(ctx), buttons, _pick(shown), note)


def _pick(lines: Sequence[Line]) -> Choice | None:
    return show.choice("Look at somebody", "who", cards.people(lines)) if lines else None
