"""Open actions come back to the hosts a day before the next event.

Events appear, move and are cancelled; so a look at the calendar each day, while something is open,
finds the next one whatever happened to the others.
"""

from datetime import timedelta

from bot.context import Scene
from bot.features.retros import store

DAY = timedelta(days=1)


async def look(scene: Scene) -> None:
    """Promise the recall for the next event, if it is near, and another look tomorrow."""
    if not await store.count_open_actions(scene):
        return
    if event := await store.next_event(scene, before=scene.now + 2 * DAY):
        begins = int(event.starts_at.timestamp())
        await scene.outbox.later(
            "retros.recall",
            key=f"retro-recall:{event.id}:{begins}",
            due=max(scene.now, event.starts_at - DAY),
            person=None if scene.community.prefs.hosts_channel else event.created_by,
            event=event.id,
            begins=begins,
        )
    tomorrow = scene.today + DAY
    await scene.outbox.later("retros.look", key=f"retro-look:{tomorrow}", due=scene.now + DAY)
