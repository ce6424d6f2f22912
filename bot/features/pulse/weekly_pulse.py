"""When the next pulse is due, for the settings too."""

from bot.context import Scene
from bot.people import spot_words
from bot.weekly import Weekly, words

WEEKLY = Weekly("pulse", "pulse.turn", "pulse.weekly", "pulse:")
OFF = (
    "No pulse is posted. To begin, type `/settings pulse-channel here` in the organisers' channel."
)

READ_BY_ALL = "Everyone in that channel reads it, figures for organisers too."


async def warning(scene: Scene, here: str, spot: str | None) -> str:
    """What a channel would get, and who reads it there; nothing where it gets no more than now."""
    if spot in (None, WEEKLY.spot(scene)):
        return ""
    where = spot_words(scene.community, spot or "", here)
    return (
        "Each week I would post the pulse: the picture, the figures, what they tell, and the two "
        f"questions. It goes {where}, first on {words(scene, await WEEKLY.next_due(scene))}.\n\n"
        f"**{READ_BY_ALL}** Is it the channel of the organisers?"
    )


async def follow(scene: Scene, here: str = "") -> str:
    """Carry a change of the settings out, and say what comes of it."""
    await WEEKLY.promise(scene)
    return await outlook(scene, here)


async def outlook(scene: Scene, here: str = "") -> str:
    """What comes next, in a sentence. It only looks."""
    return await WEEKLY.outlook(scene, here, "The next pulse") if WEEKLY.is_on(scene) else OFF
