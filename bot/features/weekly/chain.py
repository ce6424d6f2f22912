"""When the next principle is due: a weekly post as any other, and what is said of it."""

from datetime import date

from bot.context import Scene
from bot.features.weekly import needs
from bot.features.weekly.store import POST
from bot.weekly import Weekly

TURN = "weekly.turn"
WEEKLY = Weekly("principle", TURN, "weekly.principle", POST)
OFF = "No principle of the week is posted. To begin, type `/week here` in the channel for it."

is_on, slot_of = WEEKLY.is_on, WEEKLY.slot_of
next_due, promise = WEEKLY.next_due, WEEKLY.promise


async def follow(scene: Scene, here: str = "") -> str:
    """Carry a change of the settings out, and say what comes of it."""
    await promise(scene)
    return await outlook(scene, here)


async def outlook(scene: Scene, here: str = "") -> str:
    """What comes next, in a sentence. It only looks."""
    if not is_on(scene):
        return OFF
    said = await WEEKLY.outlook(scene, here, "The next principle of the week")
    return f"{said}{await _unknown(scene)}"


def day(each: date) -> str:
    return f"{each.day} {each:%B}"


async def _unknown(scene: Scene) -> str:
    """The plain truth when need should choose and nobody knows one."""
    if scene.community.prefs.principle_order == "number" or await needs.known(scene):
        return ""
    return (
        " I know of no need yet, so it goes by number until I do. "
        "To name one, type `/settings principle-need`."
    )
