"""`/map`: eight questions, the card that follows from them, and how it went over the weeks."""

from typing import Annotated

from bot import charts
from bot.actions import Feature
from bot.content import Area
from bot.context import Context
from bot.errors import UserError
from bot.features.community_map import cards, picture, store, views
from bot.features.community_map.cards import View
from bot.features.community_map.choosing import HIGHEST, next_open
from bot.features.community_map.model import FRESH, CommunityMap
from bot.features.principles import chapter
from bot.features.privacy import ask_first
from bot.paging import Page
from bot.people import Person
from bot.replies import Button, Card, Reply, Style

feature = Feature("community map")

PAGE = 8
"""Maps on one page of the history."""
Of = Annotated[str, "Which map"]


@feature.command("map", bare="build")
async def build(ctx: Context) -> Reply:
    """Make my community map: eight short questions, and a card for my week."""
    if first := await ask_first(ctx, build):
        return first
    person = await ctx.person()
    begun = await store.draft(ctx, person)
    if begun and is_fresh(ctx, begun) and (area := next_of(ctx, begun)):
        return _question(ctx, begun, area, note="You stopped here. Nothing is lost.")
    return await _minutes(ctx, person)


@feature.action("map restart")
async def restart(ctx: Context) -> Reply:
    """Leave what was begun, and begin anew."""
    person = await store.hold(ctx)
    await store.discard(ctx, person)
    return await _minutes(ctx, person, update=True)


@feature.action("map ask-minutes")
async def ask_minutes(ctx: Context) -> Reply:
    return await _minutes(ctx, await ctx.person(), update=True)


@feature.action("map begin")
async def begin(ctx: Context, minutes: Annotated[int, "How many minutes"]) -> Reply:
    """The first answer. An unfinished map of these days keeps its other answers."""
    if first := await ask_first(ctx, build):
        return first
    if minutes not in ctx.content.map.minutes.options:
        raise UserError("Please choose one of the buttons. `/map` shows them.")
    person = await store.hold(ctx)
    begun = await store.draft(ctx, person)
    if begun is None or not is_fresh(ctx, begun):
        begun = await store.begin(ctx, person, minutes)
    begun.minutes = minutes
    return _question(ctx, begun, next_of(ctx, begun) or ctx.content.map.areas[0])


@feature.action("map ask")
async def ask(ctx: Context, of: Of, area: Annotated[str, "Which question"]) -> Reply:
    """One question again, on the way back or to change its answer."""
    person = await ctx.person()
    found = await store.map_of(ctx, person, of)
    await _still_open(ctx, person, found)
    return _question(ctx, found, _area(ctx, area))


@feature.action("map answer")
async def answer(
    ctx: Context,
    of: Of,
    area: Annotated[str, "Which question"],
    level: Annotated[int, "Which answer, 0 to 4"],
) -> Reply:
    """Keep an answer: the last one to a question holds, whichever card it stands on."""
    charts.warm()
    person = await store.hold(ctx)
    found = await store.map_of(ctx, person, of)
    await _still_open(ctx, person, found)
    asked = _area(ctx, area)
    if not 0 <= level <= HIGHEST:
        raise UserError("Please choose one of the buttons. `/map` shows them.")
    changed = found.finished_at and found.levels.get(asked.key) != level
    found.answer(asked.key, level)
    if following := next_of(ctx, found):
        return _question(ctx, found, following)
    note = f"Changed: {asked.name}." if changed else ""
    await _finish(ctx, person, found)
    return Reply(await _card(ctx, person, found, note), update=True)


@feature.command("map card")
async def latest(ctx: Context) -> Reply:
    """Read my latest card again."""
    await charts.ready()
    if first := await ask_first(ctx, latest, looks=True):
        return first
    person = await ctx.person()
    made = await made_by(ctx, person)
    if not made:
        return Reply(_nothing_yet())
    return Reply(await _card(ctx, person, made[0]))


@feature.action("map show")
async def show(ctx: Context, of: Of) -> Reply:
    await charts.ready()
    person = await ctx.person()
    found = await _finished(ctx, person, of)
    return Reply(await _card(ctx, person, found), update=True)


@feature.action("map copy")
async def copy(ctx: Context, of: Of) -> Reply:
    """The card as one text to paste."""
    view = await _view_of(ctx, of)
    return Reply(cards.copied(view, ctx.content.map.care, [_back(of)]), update=True)


@feature.action("map why")
async def why(ctx: Context, of: Of) -> Reply:
    """How the card came about."""
    return Reply(cards.why(await _view_of(ctx, of), [_back(of)]), update=True)


@feature.action("map about")
async def about(ctx: Context, of: Of) -> Reply:
    return Reply(cards.about(ctx.content.map, [_back(of)]), update=True)


@feature.action("map change")
async def change(ctx: Context, of: Of) -> Reply:
    """Which answer to change."""
    person = await ctx.person()
    found = await _finished(ctx, person, of)
    await _still_open(ctx, person, found)
    options = cards.area_options(views.areas_of(ctx.content, found), found.levels)
    choice = ask.choice("Which answer?", "area", options, of=of)
    return Reply(cards.change(choice, [_back(of)]), update=True)


@feature.action("map share")
async def share(ctx: Context, yes: Annotated[bool, "Whether my maps may count"]) -> Reply:
    """Let my maps count in the picture of all together, or not. It holds for maps to come."""
    await charts.ready()
    person = await store.hold(ctx)
    made = await made_by(ctx, person)
    if not made:
        raise UserError(store.GONE)
    if yes:
        made[0].shared = True
        note = "Thank you. From the next picture on your maps count, never by name."
    else:
        await store.share_none(ctx, person)
        note = "Your maps do not count any more. The next picture is without them."
    return Reply(await _card(ctx, person, made[0], note), update=True)


@feature.command("map history")
async def history(ctx: Context) -> Reply:
    """See how my map changed over the weeks."""
    await charts.ready()
    if first := await ask_first(ctx, history, looks=True):
        return first
    return await _history(ctx, 0)


@feature.action("map page")
async def page(ctx: Context, number: Annotated[int, "Which page, from 0"]) -> Reply:
    await charts.ready()
    return await _history(ctx, number, update=True)


@feature.command("map forget")
async def forget(ctx: Context) -> Reply:
    """Delete all my maps, after one question."""
    person = await ctx.known_person()
    return await _forget(ctx, person) if person else Reply(_nothing_yet())


@feature.action("map delete-all")
async def delete_all(ctx: Context, count: Annotated[int, "How many were named"]) -> Reply:
    """Delete what the question named; if there is more by now, it is asked again."""
    person = await store.hold(ctx)
    if count != await store.count(ctx, person):
        return await _forget(ctx, person, update=True)
    await store.forget(ctx, person)
    return Reply(cards.forgotten(), update=True)


@feature.action("map keep")
async def keep(ctx: Context) -> Reply:
    return Reply(Card("Your maps are kept", "Nothing was deleted."), update=True)


async def _forget(ctx: Context, person: Person, *, update: bool = False) -> Reply:
    made, begun = await store.finished(ctx, person), await store.draft(ctx, person)
    if not made and not begun:
        return Reply(_nothing_yet(), update=update)
    count = await store.count(ctx, person)
    buttons = [
        delete_all.button("Delete them", Style.RISKY, count=count),
        keep.button("Keep them"),
    ]
    days = [views.day_of(ctx, person, each) for each in made]
    return Reply(cards.forget(days, begun is not None, buttons), update=update)


# One question at a time


async def _minutes(ctx: Context, person: Person, *, update: bool = False) -> Reply:
    words = ctx.content.map.minutes
    buttons = [begin.button(f"{each} minutes", minutes=each) for each in words.options]
    if await made_by(ctx, person):
        buttons.append(latest.button("My latest card"))
    return Reply(cards.minutes(ctx.content.map, buttons), update=update)


def _question(ctx: Context, found: CommunityMap, area: Area, note: str = "") -> Reply:
    """A card that was stopped at comes anew; in the midst the next takes the last one's place."""
    areas = ctx.content.map.areas
    at = areas.index(area)
    said = found.levels.get(area.key)
    buttons = [
        answer.button(
            words,
            Style.MAIN if level == said else Style.PLAIN,
            of=found.id,
            area=area.key,
            level=level,
        )
        for level, words in enumerate(area.levels)
    ]
    if found.finished_at:
        buttons.append(show.button("Keep it as it is", of=found.id))
    elif at:
        buttons.append(ask.button("Back", of=found.id, area=areas[at - 1].key))
    else:
        buttons.append(ask_minutes.button("Back"))
    if note:
        buttons.append(restart.button("Start again"))
    return Reply(cards.question(area, at + 1, len(areas), said, note, buttons), update=not note)


def _area(ctx: Context, key: str) -> Area:
    """Raises UserError for a question that the words no longer have."""
    if area := ctx.content.areas.get(key):
        return area
    raise UserError("That question is not asked any more. `/map` shows the next one.")


def next_of(ctx: Context, found: CommunityMap) -> Area | None:
    return next_open(ctx.content.map.areas, found.levels)


def is_fresh(ctx: Context, found: CommunityMap) -> bool:
    return ctx.now - (found.finished_at or found.begun_at) < FRESH


async def _still_open(ctx: Context, person: Person, found: CommunityMap) -> None:
    """Raises UserError for what is too old to be changed, or has a newer one."""
    if not is_fresh(ctx, found) and not found.finished_at:
        raise UserError(f"You left that map over {FRESH.days} days ago. `/map` begins a new one.")
    if not is_fresh(ctx, found):
        raise UserError(
            f"That map is over {FRESH.days} days old and stays as it is. `/map` begins a new one."
        )
    if found.finished_at and (await store.finished(ctx, person))[0] is not found:
        raise UserError("There is a newer map. `/map card` shows it, and can be changed.")


async def _finish(ctx: Context, person: Person, found: CommunityMap) -> None:
    """Choose what the card shows and keep it, so that the next one shows something else."""
    earlier = [each for each in await made_by(ctx, person) if each is not found]
    chosen = views.next_choice(ctx.content, found, earlier)
    if found.finished_at is None:
        found.finished_at = ctx.now
        found.shared = bool(earlier and earlier[0].shared)
    found.thin, found.chapter = chosen.thin.key, chosen.chapter
    found.invitation, found.contribution = chosen.invitation.do, chosen.contribution.do
    await ctx.session.flush()


# The card


async def _card(ctx: Context, person: Person, found: CommunityMap, note: str = "") -> Card:
    made = await made_by(ctx, person)
    view = views.view(ctx, person, found, made)
    thin = view.chosen.thin.key
    drawn = await charts.drawn(lambda: picture.of_map(view.areas, view.levels, thin))
    newest = made[0] is found
    return cards.card(view, ctx.content.map.care, drawn, _buttons(view, found, newest), note)


def _buttons(view: View, found: CommunityMap, newest: bool) -> list[Button]:
    of, number = found.id, view.chosen.chapter
    buttons = [
        copy.button("Copy as text", of=of),
        why.button("Why this?", of=of),
        chapter.button(f"Read chapter {number}", number=number),
        about.button("About this map", of=of),
        history.button("My maps over time"),
    ]
    if not newest:
        return [*buttons, latest.button("My latest card")]
    label = "Do not count my maps" if view.shared else "Yes, count my map"
    return [
        *buttons,
        change.button("Change an answer", of=of),
        share.button(label, yes="no" if view.shared else "yes"),
        _make("Make a new map"),
    ]


def _make(label: str) -> Button:
    return build.button(label)


def _nothing_yet() -> Card:
    return cards.nothing_yet([_make("Make my map")])


def _back(of: str) -> Button:
    return show.button("Back to the card", of=of)


async def _finished(ctx: Context, person: Person, of: str) -> CommunityMap:
    found = await store.map_of(ctx, person, of)
    if found.finished_at is None:
        raise UserError("This map is not finished yet. `/map` goes on with it.")
    return views.readable(ctx.content, found)


async def made_by(ctx: Context, person: Person) -> list[CommunityMap]:
    """Their finished maps that today's words can still tell, newest first."""
    made = await store.finished(ctx, person)
    return [each for each in made if views.areas_of(ctx.content, each)]


async def _view_of(ctx: Context, of: str) -> View:
    person = await ctx.person()
    found = await _finished(ctx, person, of)
    return views.view(ctx, person, found, await made_by(ctx, person))


# Over the weeks


async def _history(ctx: Context, number: int, *, update: bool = False) -> Reply:
    person = await ctx.person()
    made = await made_by(ctx, person)
    if not made:
        return Reply(_nothing_yet(), update=update)
    at = Page.of(number + 1, len(made), PAGE)
    shown = at.shown(made)
    pages = [views.view(ctx, person, each, made) for each in shown]
    weeks = views.weeks(ctx, person, made)
    drawn = await charts.drawn(lambda: picture.of_weeks(ctx.content.map.areas, weeks))
    options = cards.week_options(zip((each.id for each in shown), pages, strict=True))
    choice = show.choice("Open a card", "of", options)
    buttons = [_make("Make a new map")]
    if at.number > 1:
        buttons.insert(0, page.button("Newer", number=at.number - 2))
    if at.number < at.last:
        buttons.insert(0, page.button("Earlier", number=at.number))
    return Reply(cards.history(pages, len(made), drawn, choice, buttons), update=update)
