"""What a demo leads to elsewhere: its presenter's place on the speakers' board, a follow-up, and
the question, weeks later, whether it shipped."""

from bot.context import Scene
from bot.features import ships
from bot.features.demos import cards, store
from bot.features.demos.model import NO_SHOW, SHOWN, Demo
from bot.features.events.model import Event
from bot.features.followups import store as followups
from bot.features.followups.model import DEMO, DONE
from bot.features.ships.model import DEMO as PROJECT
from bot.features.speakers import pipeline
from bot.features.speakers.model import BOOKED, DELIVERED, FOLLOWED_UP, PARKED, Stage

SOURCE = "demo"
OUT = "shipped"
"""The state of a demo of something that is out already."""


async def booked(scene: Scene, demo: Demo, event: Event) -> None:
    await _off_the_board(scene, demo, PARKED)
    await _on_the_board(scene, demo, event, BOOKED)


async def left(scene: Scene, demo: Demo, event: Event) -> None:
    """Whoever has a slot at another evening is booked still."""
    if not await store.has_slot_ahead(scene, demo):
        await _on_the_board(scene, demo, event, PARKED)


async def marked(scene: Scene, demo: Demo, event: Event) -> None:
    """What was shown is worth a follow-up, and is asked about; what was not is not."""
    if demo.status != SHOWN:
        await unmarked(scene, demo)
        if demo.status == NO_SHOW:
            await left(scene, demo, event)
        return
    await _off_the_board(scene, demo, PARKED)
    title = cards.title("Demo: ", demo)
    await followups.open_for(
        scene, DEMO, demo.id, title, since=event.ends_at, owner_id=event.created_by
    )
    await _on_the_board(scene, demo, event, DELIVERED)
    if demo.state != OUT:
        await ships.begin(
            scene,
            PROJECT,
            demo.id,
            demo.title,
            person_id=demo.presenter_id,
            since=event.ends_at,
        )


async def unmarked(scene: Scene, demo: Demo) -> None:
    """It was not shown after all, or nobody knows yet."""
    await followups.take_back(scene, DEMO, demo.id)
    await ships.forget(scene, PROJECT, demo.id)
    for stage in (FOLLOWED_UP, DELIVERED, PARKED):
        await _off_the_board(scene, demo, stage)


async def followed_up(scene: Scene, demo: Demo, event: Event) -> None:
    """Once every message about it is written, or one is opened again."""
    found = await followups.about(scene, DEMO, demo.id)
    if found and demo.status == SHOWN and all(each.status == DONE for each in found):
        await _on_the_board(scene, demo, event, FOLLOWED_UP)
    else:
        await _off_the_board(scene, demo, FOLLOWED_UP)


async def _off_the_board(scene: Scene, demo: Demo, stage: Stage) -> None:
    await pipeline.unsaid(scene, source=SOURCE, source_id=demo.id, stage=stage)


async def _on_the_board(scene: Scene, demo: Demo, event: Event, stage: Stage) -> None:
    if demo.presenter_id is None:
        return
    await pipeline.entered(
        scene,
        source=SOURCE,
        source_id=demo.id,
        person_id=demo.presenter_id,
        name=await store.name_of(scene, demo),
        topic=demo.title,
        stage=stage,
        about=event.title,
    )
