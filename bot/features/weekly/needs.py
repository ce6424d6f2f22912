"""What this community needs most, from whoever knows: it may choose the principle of the week.

A feature that learns something adds its source to `sources`. They are asked in order, and the first
that knows a need with a principle for it decides.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.content import Content
from bot.context import Scene


@dataclass(frozen=True, slots=True)
class Need:
    """`key` is what principles name in `moves`: a map area, a flywheel stage or a metric.

    `why` is one sentence for everybody to read.
    """

    key: str
    why: str


Source = Callable[[Scene], Awaitable[Need | None]]


def places(content: Content) -> dict[str, str]:
    """Stages and map areas that at least one principle moves, with their names."""
    moved = {key for principle in content.principles.values() for key in principle.moves}
    names = {key: stage.name for key, stage in content.stages.items()}
    names |= {key: area.name for key, area in content.areas.items()}
    return {key: name for key, name in names.items() if key in moved}


async def named_by_organisers(scene: Scene) -> Need | None:
    """What organisers said themselves in the settings, ahead of anything that we could count."""
    key = scene.community.prefs.principle_need
    if key is None or key not in (known := places(scene.content)):
        return None
    return Need(key, f"Our organisers would like to see more of this here: {known[key]}.")


sources: list[Source] = [named_by_organisers]


async def said(scene: Scene) -> list[Need]:
    """What organisers said themselves: it takes no counting."""
    need = await named_by_organisers(scene)
    return [need] if need else []


async def known(scene: Scene) -> list[Need]:
    """Every need that is known, the most telling first."""
    asked = [await source(scene) for source in sources]
    return [need for need in asked if need]
