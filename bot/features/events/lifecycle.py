"""What happens to an event: it is planned, repeated, changed, called off and closed.

Hosts and platforms both come through here, so that promises and people are never forgotten.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from bot.codes import code
from bot.context import Scene
from bot.features.events import places, promises, repeat, store
from bot.features.events.model import (
    CANCELLED,
    CLOSED,
    COMING,
    MAYBE,
    PLANNED,
    Event,
    Series,
    Shape,
)

CODE = 6
LOOK_AGAIN = timedelta(days=7)


async def plan(
    scene: Scene,
    shape: Shape,
    spot: str,
    host: str | None,
    *,
    series: str | None = None,
    slot: str | None = None,
) -> Event:
    """A new event with all its promises; `series` and `slot` where it is one date of many."""
    event = Event(
        id=scene.new_id(),
        community_id=scene.community.id,
        series_id=series,
        slot=slot,
        shape=shape,
        spot=spot,
        status=PLANNED,
        code=code(scene.new_id(), CODE),
        checkin_open=False,
        version=0,
        created_by=host,
        created_at=scene.now,
    )
    scene.session.add(event)
    await scene.session.flush()
    await promises.promise(scene, event)
    return event


async def begin(
    scene: Scene, shape: Shape, rule: str, zone: str, first: datetime, spot: str, host: str
) -> Sequence[Event]:
    """A new series and its first dates. `first` is the first start on the zone's wall clock."""
    series = Series(
        id=scene.new_id(),
        community_id=scene.community.id,
        rule=rule,
        zone=zone,
        starts_local=first.isoformat(),
        title=shape.title,
        details=shape.details,
        place=shape.place,
        minutes=shape.minutes,
        capacity=shape.capacity,
        spot=spot,
        created_by=host,
        ended=False,
        created_at=scene.now,
    )
    scene.session.add(series)
    await scene.session.flush()
    return await extend(scene, series)


async def extend(scene: Scene, series: Series) -> Sequence[Event]:
    """Plan the dates that came within reach, and promise to look again.

    A date that was skipped or moved keeps its slot, so it does not come back. The series is locked.
    """
    if series.ended:
        return []
    slots = repeat.horizon(series.rule, series.first, series.zone, scene.now)
    series.ended = not slots
    known = set(await scene.session.scalars(select(Event.slot).where(Event.series_id == series.id)))
    new = [
        await plan(
            scene,
            series.shape_at(slot.at),
            series.spot,
            series.created_by,
            series=series.id,
            slot=slot.day.isoformat(),
        )
        for slot in slots
        if slot.day.isoformat() not in known
    ]
    if slots:
        await _look_again(scene, series)
    return new


async def _look_again(scene: Scene, series: Series) -> None:
    due = scene.now + LOOK_AGAIN
    key = f"horizon:{series.id}:{due.date()}"
    await scene.outbox.later("events.horizon", key=key, due=due, series=series.id)


class Reach(NamedTuple):
    """How many a message goes to, and how many more hear of it only when they come by, since they
    have not said that I may write to them."""

    written: int = 0
    silent: int = 0


class Told(NamedTuple):
    """Who hears of a change: because they planned with another time or place, or because they
    waited and have a place now."""

    moved: Reach = Reach()
    moved_up: int = 0


async def revise(scene: Scene, event: Event, shape: Shape, host: str | None = None) -> Told:
    """Give it a new shape; its promises move with it. The event is locked.

    Each person gets one message at most. `host`: who did it, if it was not done on the platform.
    """
    if shape == event.shape:
        return Told()
    before = event.shape
    await promises.drop(scene, event)
    event.shape = shape
    event.changed_by = host
    await scene.session.flush()
    await promises.promise(scene, event)
    await promises.changed(scene, event)
    if (before.starts_at, before.place) == (shape.starts_at, shape.place):
        return Told(moved_up=len(await places.fill(scene, event)))
    was = int(before.starts_at.timestamp())
    moved_up = await places.fill(scene, event, was=was)
    answers = await store.said(scene.session, event.id, COMING, MAYBE)
    others = [rsvp.person_id for rsvp in answers if rsvp.person_id not in moved_up]
    args = {"version": event.version, "was": was}
    for person in others:
        await promises.tell(scene, "events.moved", event, person, event.version, **args)
    return Told(await _reach(scene, others), len(moved_up))


async def call_off(scene: Scene, *events: Event) -> Reach:
    """Cancel them. Whoever meant to come is told once, with the first one that concerns them.

    The events are locked. Returns how many people hear of it.
    """
    told: dict[str, Event] = {}
    for event in events:
        for rsvp in await store.said(scene.session, event.id, COMING, MAYBE):
            told.setdefault(rsvp.person_id, event)
        await promises.drop(scene, event)
        event.status = CANCELLED
        await promises.changed(scene, event)
    for person, event in told.items():
        await promises.tell(
            scene, "events.called-off", event, person, event.version, more=len(events) - 1
        )
    return await _reach(scene, told)


async def _reach(scene: Scene, people: Collection[str]) -> Reach:
    written = await store.count_agreed(scene.session, people)
    return Reach(written, len(people) - written)


async def end(scene: Scene, series: Series) -> tuple[int, Reach]:
    """No more dates: how many were called off, and how many people hear of it."""
    series.ended = True
    ahead = await store.ahead_in(scene, series)
    return len(ahead), await call_off(scene, *ahead)


async def close(scene: Scene, event: Event) -> None:
    """The list of who came is as good as it gets. It can still be corrected."""
    event.status, event.closed_batch_id = CLOSED, None
    event.checkin_open = False
    await promises.closed(scene, event)
    await promises.refresh(scene, event)
