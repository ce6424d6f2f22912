"""What hosts do with a retro: read it, make actions of it, and see them through."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.actions import Long, Role
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.events.model import Event
from bot.features.events.when import read_day_ahead
from bot.features.retros import ahead, cards, store
from bot.features.retros.actions import Retro, Which, feature, which
from bot.features.retros.cards import day, label
from bot.features.retros.model import RetroAction
from bot.markup import one_line, plain
from bot.paging import Page
from bot.people import Person, people_called
from bot.replies import Button, Card, OpenForm, Reply, titled

UNDO = timedelta(days=1)
TITLE = 150
"""Characters of what will be done."""

One = Annotated[str, "Which action"]


@feature.command("retro summary", role=Role.HOST, example="Demo night")
async def retro_summary(ctx: Context, event: Retro = None) -> Reply:
    """Read what was said about an event, question by question."""
    found = await store.meant(ctx, event)
    if len(found) > 1:
        return which(ctx, retro_summary, found)
    return Reply(await summary(ctx, found[0]))


@feature.action("retro overview", role=Role.HOST)
async def overview(ctx: Context, event: Which) -> Reply:
    return Reply(await summary(ctx, await store.find(ctx, event)), update=True)


@feature.action("retro read", role=Role.HOST)
async def read(
    ctx: Context,
    event: Which,
    question: Annotated[int, "Which question"],
    page: Annotated[int, "Which page"] = 1,
) -> Reply:
    """The answers to one question, whole, each with the way to act on it."""
    asked, quotes = await _question(ctx, event, question)
    pages = cards.pages(quotes)
    at = Page.of(page, len(pages))
    shown = pages[at.start]
    buttons = [
        *(
            decide.button(f"Act on {number}", answer=quote.answer_id, question=question)
            for number, quote in enumerate(shown, start=1)
        ),
        *at.beside(read, event=event, question=question),
        overview.button("All questions", event=event),
    ]
    return Reply(cards.page(asked, shown, buttons), update=True)


@feature.action("retro decide", role=Role.HOST)
async def decide(
    ctx: Context,
    answer: Annotated[str, "Which answer"],
    question: Annotated[int, "Which question"],
) -> OpenForm:
    """Make an action of an answer: the form begins with its words."""
    event = await store.event_answered(ctx, answer)
    _, quotes = await _question(ctx, event, question)
    text = next((quote.text for quote in quotes if quote.answer_id == answer), None)
    if text is None:
        raise UserError("That answer was taken back.")
    return replace(
        act.form(ctx, event=event),
        draft={"what": one_line(text, TITLE), "owner": ctx.call.caller.name},
    )


@feature.action("retro action", role=Role.HOST, form="What will be done")
async def act(
    ctx: Context,
    event: Which,
    what: Annotated[str, "What will be done", Long(TITLE)],
    owner: Annotated[str, "Who does it"],
    when: Annotated[str, "By when, such as Friday or 3 June"],
) -> Reply:
    """Keep what will be done, by whom and by when."""
    found = await store.find(ctx, event)
    person = await _person_meant(ctx, owner)
    action = RetroAction(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        event_id=found.id,
        title=one_line(what, TITLE),
        owner=person.name if person else one_line(owner, TITLE),
        owner_id=person.id if person else None,
        due=read_day_ahead(when, ctx.today),
        created_at=ctx.now,
    )
    ctx.session.add(action)
    await ctx.session.flush()
    await ahead.look(ctx)
    text = f"{plain(action.owner)} will do it by {day(action.due)}. "
    text += "I will remind hosts a day before the next event."
    undo = drop.button("Undo", action=action.id)
    return Reply(Card(titled("Kept: ", action.title), text, buttons=(undo, _open_ones())))


@feature.action("retro drop", role=Role.HOST)
async def drop(ctx: Context, action: One) -> Reply:
    """Undo that an action was made."""
    found = await store.action_of(ctx, action)
    if ctx.now - found.created_at > UNDO:
        raise UserError("That was more than a day ago. Mark it as done instead.")
    await ctx.session.delete(found)
    return Reply(Card(titled("Deleted: ", found.title), buttons=(_open_ones(),)), update=True)


@feature.command("retro actions", role=Role.HOST)
async def retro_actions(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    """See what hosts said they would do, and mark what is done."""
    return Reply(await open_actions(ctx, "What we said we would do", page))


@feature.action("retro done", role=Role.HOST)
async def done(ctx: Context, action: One) -> Reply:
    found = await store.action_of(ctx, action)
    if found.done_at:
        raise UserError("That one is done already.")
    found.done_at = ctx.now
    undo = undo_done.button("Undo", action=found.id)
    return Reply(Card(titled("Done: ", found.title), buttons=(undo, _open_ones())), update=True)


@feature.action("retro undo", role=Role.HOST)
async def undo_done(ctx: Context, action: One) -> Reply:
    found = await store.action_of(ctx, action)
    if found.done_at and ctx.now - found.done_at > UNDO:
        raise UserError("That was more than a day ago. Make a new action from the retro.")
    found.done_at = None
    await ctx.session.flush()
    await ahead.look(ctx)
    return Reply(Card(titled("Open again: ", found.title), buttons=(_open_ones(),)), update=True)


async def summary(scene: Scene, event: Event) -> Card:
    found = await store.gather(scene, event)
    buttons = [
        read.button(label("Read: ", question), event=event.id, question=number)
        for number, question in enumerate(found.quotes, start=1)
    ]
    return cards.summary(found, scene.community.zone, [*buttons, _open_ones()])


async def open_actions(scene: Scene, title: str, page: int = 1) -> Card:
    """What is open, soonest first, with a button for each."""
    found = await store.open_actions(scene)
    at = Page.of(page, len(found), cards.ACTIONS_ON_PAGE)
    shown = at.shown(found)
    dones = (done.button(label("Done: ", each.title), action=each.id) for each in shown)
    buttons = [*dones, *at.on(retro_actions, f"{len(found) - at.start - len(shown)} more")]
    titles = await store.titles(scene, shown, cards.EVENT)
    return cards.actions(title, shown, titles, buttons)


async def _question(ctx: Context, event: str, number: int) -> tuple[str, Sequence[store.Quote]]:
    """One question, counted from 1, and its answers. Raises UserError while they are too few."""
    found = await store.gather(ctx, await store.find(ctx, event))
    if found.lacking:
        raise UserError("There are too few answers to show any without showing who wrote them.")
    questions = list(found.quotes.items())
    return questions[min(max(number, 1), len(questions)) - 1]


async def _person_meant(ctx: Context, owner: str) -> Person | None:
    """The member of that name; None where the name is nobody's, or several people's."""
    if owner.strip().lower().rstrip(".!") in {"me", "i", "myself"}:
        return await ctx.person()
    found = await people_called(ctx.session, ctx.space, owner)
    return found[0][0] if len(found) == 1 else None


def _open_ones() -> Button:
    return retro_actions.button("Open actions")
