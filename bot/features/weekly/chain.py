"""When the next principle is due, and the chain of promises that never lets go.

Two kinds of rows. A *turn* is a dated job at one moment: it promises the post of its week, if that
moment is still the one that organisers want, and the turn after it. A *post* is the message. So a
post that can't arrive never breaks the chain; and after a change of day, hour or zone a turn more
is enough, since one that has become wrong does nothing.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.context import Scene
from bot.features.weekly import needs
from bot.features.weekly.store import POST, monday
from bot.markup import moment
from bot.people import spot_words
from bot.schedule import next_weekly

TURN = "weekly.turn"
OFF = "No principle of the week is posted. To begin, type `/week here` in the channel for it."
A_MOMENT = timedelta(seconds=1)


def is_on(scene: Scene) -> bool:
    return scene.community.prefs.principle_channel is not None


def slot_of(scene: Scene, due: datetime) -> str:
    """The week of a moment on the community's clock."""
    return monday(_local(scene, due).date())


def is_wanted(scene: Scene, due: datetime) -> bool:
    """Whether this moment is the weekly one by the settings of now."""
    return _after(scene, due - A_MOMENT) == due


async def next_due(scene: Scene, after: datetime | None = None) -> datetime:
    """The next weekly moment in a week that has no post yet."""
    due = _after(scene, after or scene.now)
    while await scene.outbox.find(POST + slot_of(scene, due)):
        due = _after(scene, due)
    return due


async def promise(scene: Scene, after: datetime | None = None) -> datetime | None:
    """See to it that the next one comes. Asked twice, it changes nothing. None: posts are off."""
    if not is_on(scene):
        return None
    due = await next_due(scene, after)
    at = int(due.timestamp())
    await scene.outbox.later(TURN, key=f"{TURN}:{at}", due=due, at=at)
    return due


async def follow(scene: Scene, here: str = "") -> str:
    """Carry a change of the settings out, and say what comes of it."""
    await promise(scene)
    return await outlook(scene, here)


async def outlook(scene: Scene, here: str = "") -> str:
    """What comes next, in a sentence. It only looks."""
    if not is_on(scene):
        return OFF
    due = await next_due(scene)
    said = f"The next principle of the week comes on {words(scene, due)}, {_where(scene, here)}."
    return f"{said}{await _unknown(scene)}"


def words(scene: Scene, due: datetime) -> str:
    """A moment as markup, in words on the community's clock."""
    local = _local(scene, due)
    label = f"{local:%A} {day(local.date())}, {local:%H:%M}"
    return moment(label, int(due.timestamp()))


def day(each: date) -> str:
    return f"{each.day} {each:%B}"


def _where(scene: Scene, here: str) -> str:
    return spot_words(scene.community, scene.community.prefs.principle_channel or "", here)


async def _unknown(scene: Scene) -> str:
    """The plain truth when need should choose and nobody knows one."""
    if scene.community.prefs.principle_order == "number" or await needs.known(scene):
        return ""
    return (
        " I know of no need yet, so it goes by number until I do. "
        "To name one, type `/settings principle-need`."
    )


def _after(scene: Scene, moment: datetime) -> datetime:
    prefs = scene.community.prefs
    return next_weekly(
        scene.community.zone, prefs.principle_day, prefs.principle_hour, 0, moment
    ).astimezone(UTC)


def _local(scene: Scene, due: datetime) -> datetime:
    return due.astimezone(ZoneInfo(scene.community.zone))
