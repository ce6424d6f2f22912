"""The rows that the numbers read, from the features' tables."""

from collections import Counter

from sqlalchemy import select

from bot.context import Scene
from bot.features.events.model import CANCELLED, Attendance, Event
from bot.numbers.rows import History, Night
from bot.schedule import zone_of


async def history(scene: Scene) -> History:
    """Events and who was seen there."""
    zone = zone_of(scene.community.zone)
    held = await scene.session.scalars(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at < scene.now,
        )
        .order_by(Event.starts_at)
    )
    seen = await scene.session.execute(
        select(Attendance.event_id, Attendance.person_id, Attendance.id)
        .join(Event, Event.id == Attendance.event_id)
        .where(Event.community_id == scene.community.id, Attendance.present)
        .order_by(Event.starts_at)
    )
    present: Counter[str] = Counter()
    newcomers: Counter[str] = Counter()
    met: set[str] = set()
    for event, person, walk_in in seen:
        whom = person or walk_in
        present[event] += 1
        newcomers[event] += whom not in met
        met.add(whom)
    nights = tuple(
        Night(
            event.id,
            event.title,
            event.starts_at.astimezone(zone).date(),
            present.get(event.id),
            newcomers[event.id],
        )
        for event in held
    )
    return History(nights=nights)
