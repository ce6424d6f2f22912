"""`/map community`: all maps together, and the need that they tell the principle of the week."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot import charts
from bot.actions import Role
from bot.content import Principle
from bot.context import Context, Scene
from bot.features.community_map import cards, picture, store
from bot.features.community_map.actions import feature
from bot.features.community_map.model import MapPicture
from bot.features.community_map.together import DAYS, FEWEST, Together, together
from bot.features.principles import chapter, principle, title
from bot.features.weekly.needs import Need
from bot.replies import Button, Reply
from bot.schedule import monday

WINDOW = timedelta(days=DAYS)
MOST_NAMED = 3


@feature.command("map community", role=Role.ORGANISER, noted=False)
async def community(ctx: Context) -> Reply:
    """See where this community's maps are thin, all together, from five maps up."""
    await charts.ready()
    return await _community(ctx)


@feature.action("map all", role=Role.ORGANISER, noted=False)
async def again(ctx: Context) -> Reply:
    await charts.ready()
    return await _community(ctx, update=True)


@feature.action("map all-why", role=Role.ORGANISER)
async def why(ctx: Context) -> Reply:
    """How the picture of all comes about."""
    return Reply(cards.how_together([again.button("Back to the picture")]), update=True)


async def thinnest(scene: Scene) -> Need | None:
    """For the principle of the week: said of all together, and so of nobody."""
    kept = await _kept(scene)
    area = scene.content.areas.get(kept.thin or "") if kept else None
    if area is None:
        return None
    return Need(
        area.key, f"Taken together, the maps of our members are thinnest here: {area.name}."
    )


async def _community(ctx: Context, *, update: bool = False) -> Reply:
    kept = await _kept(ctx)
    if kept is None:
        return Reply(cards.too_few([why.button("Why this?")]), update=update)
    all_ = Together(kept.at_least, json.loads(kept.bands), kept.thin)
    areas = [each for each in ctx.content.map.areas if each.key in all_.bands]
    drawn = await charts.drawn(lambda: picture.of_all(areas, all_))
    read_on, buttons = _to_read(ctx, all_.thin)
    buttons.append(why.button("Why this?"))
    taken = date.fromisoformat(kept.slot)
    return Reply(cards.community(areas, all_, taken, drawn, read_on, buttons), update=update)


def _to_read(ctx: Context, thin: str | None) -> tuple[str, list[Button]]:
    """What fits the thin spot, or what members themselves read where no principle does."""
    area = ctx.content.areas.get(thin or "")
    if area is None:
        return "", []
    fitting = ctx.content.moving(area.key)
    if fitting:
        named = fitting[:MOST_NAMED]
        return f" {_names(named)} fits.", [_read(each) for each in named]
    number = area.chapters[0]
    words = f" No principle is about it, and chapter {number} is."
    return words, [chapter.button(f"Read chapter {number}", number=number)]


def _names(found: list[Principle]) -> str:
    return f"Principle {title(found[0])}"


def _read(page: Principle) -> Button:
    return principle.button(f"Read {title(page)}", number=page.number)


async def _kept(scene: Scene) -> MapPicture | None:
    """This week's picture, taken now if nobody looked before, or the last one that holds."""
    today = scene.now.astimezone(ZoneInfo(scene.community.zone)).date()
    slot = monday(today)
    last = await store.latest_picture(scene, monday(today - WINDOW))
    if last and last.slot == slot:
        return last
    return await _take(scene, slot) or last


async def _take(scene: Scene, slot: str) -> MapPicture | None:
    """None unless five maps are new in it: see `together`."""
    areas = scene.content.areas
    until = datetime.combine(date.fromisoformat(slot), time(), ZoneInfo(scene.community.zone))
    maps = await store.shared(scene, until - WINDOW, until)
    whole = [each for each in maps if areas.keys() <= each.levels.keys()]
    if sum(not each.counted for each in whole) < FEWEST:
        return None
    all_ = together([each.levels for each in whole], areas.keys())
    if await store.keep_picture(scene, slot, all_.at_least, json.dumps(all_.bands), all_.thin):
        for each in whole:
            each.counted = True
        await scene.session.flush()
    return await store.latest_picture(scene, slot)
