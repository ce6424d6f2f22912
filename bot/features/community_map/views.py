"""A stored map seen with today's words, which may have changed since."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bot.content import Area, Content
from bot.context import Scene
from bot.errors import UserError
from bot.features.community_map.cards import View
from bot.features.community_map.choosing import Chosen, Shown, changes, choose, still_there
from bot.features.community_map.model import CommunityMap
from bot.features.community_map.picture import Week
from bot.features.principles import title
from bot.people import Person

MOST_DRAWN = 60


def view(scene: Scene, person: Person, found: CommunityMap, made: Sequence[CommunityMap]) -> View:
    """`made` are all finished maps of the person, newest first, `found` among them."""
    content, earlier = scene.content, before(found, made)
    levels = levels_of(content, found)
    chosen = _chosen(content, found, earlier)
    last = levels_of(content, earlier[0]) if earlier else {}
    return View(
        made=day_of(scene, person, found),
        minutes=found.minutes,
        areas=areas_of(content, found),
        levels=levels,
        chosen=chosen,
        chapter_title=title(content.chapters[chosen.chapter]),
        changes=changes(content.map.areas, last, levels),
        before=day_of(scene, person, earlier[0]) if earlier else None,
        shared=made[0].shared,
    )


def weeks(scene: Scene, person: Person, made: Sequence[CommunityMap]) -> list[Week]:
    """The newest of them for one picture, oldest first. `made` as for `view`."""
    newest = [view(scene, person, each, made) for each in made[:MOST_DRAWN]]
    return [
        Week(each.made, each.levels, each.chosen.thin.key if each.is_thin else None)
        for each in reversed(newest)
    ]


def next_choice(content: Content, found: CommunityMap, earlier: Sequence[CommunityMap]) -> Chosen:
    """What its card shows by the rules. `earlier` are the maps before it, newest first."""
    shown = [_shown(each) for each in earlier]
    return choose(content.areas, levels_of(content, found), found.minutes, shown)


def before(found: CommunityMap, made: Sequence[CommunityMap]) -> Sequence[CommunityMap]:
    return made[made.index(found) + 1 :]


def areas_of(content: Content, found: CommunityMap) -> list[Area]:
    """The areas that it answers, in the order of the questions."""
    levels = found.levels
    return [each for each in content.map.areas if each.key in levels]


def levels_of(content: Content, found: CommunityMap) -> dict[str, int]:
    levels = found.levels
    return {each.key: levels[each.key] for each in content.map.areas if each.key in levels}


def readable(content: Content, found: CommunityMap) -> CommunityMap:
    """Raises UserError for a map of other areas than today's: the words were exchanged."""
    if areas_of(content, found):
        return found
    raise UserError("That map asked about other things than today's. `/map` begins a new one.")


def day_of(scene: Scene, person: Person, found: CommunityMap) -> date:
    """On the person's own clock."""
    moment = found.finished_at or found.begun_at
    return moment.astimezone(ZoneInfo(person.zone or scene.community.zone)).date()


def _chosen(content: Content, found: CommunityMap, earlier: Sequence[CommunityMap]) -> Chosen:
    kept = still_there(content.areas, _shown(found), found.chapter)
    return kept or next_choice(content, found, earlier)


def _shown(found: CommunityMap) -> Shown:
    return Shown(found.thin, found.invitation, found.contribution)
