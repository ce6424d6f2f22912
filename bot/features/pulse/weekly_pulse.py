"""When the next pulse is due, for the settings too."""

from bot.context import Scene
from bot.weekly import Weekly

WEEKLY = Weekly("pulse", "pulse.turn", "pulse.weekly", "pulse:")
OFF = (
    "No pulse is posted. To begin, type `/settings pulse-channel here` in the organisers' channel."
)


async def follow(scene: Scene, here: str = "") -> str:
    """Carry a change of the settings out, and say what comes of it."""
    await WEEKLY.promise(scene)
    return await outlook(scene, here)


async def outlook(scene: Scene, here: str = "") -> str:
    """What comes next, in a sentence. It only looks."""
    return await WEEKLY.outlook(scene, here, "The next pulse") if WEEKLY.is_on(scene) else OFF
