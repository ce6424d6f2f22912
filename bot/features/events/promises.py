"""All that an event promises for later, in one place: made, moved and dropped together.

A promise that was kept stays kept. The reminders' keys hold the start, so that an event that moves
after a reminder is announced again for its new hour, and one that moves back is not.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.context import Scene
from bot.features.events import store
from bot.features.events.model import Event

AHEAD = timedelta(days=7)
"""How long before it starts a date of a series is announced."""
REMINDERS = (24, 1)
"""Hours before the start."""
CLOSE_AFTER = timedelta(hours=2)

EVENT_CHANGED = ".event-changed"


class Promise(NamedTuple):
    """A row of the outbox about one event."""

    kind: str
    key: str
    due: datetime
    args: dict[str, str | int]


async def promise(scene: Scene, event: Event, *, announce: bool = True) -> None:
    """Promise what is still ahead. Kinds of features that are not there are passed over.

    Without `announce` nothing is posted or mirrored: an import brings many at once.
    """
    for each in _of_its_hours(event, scene.community.prefs.retro_hours):
        if each.kind in scene.registry.kinds and each.due > scene.now:
            await scene.outbox.later(
                each.kind, key=each.key, due=each.due, person=None, event=event.id, **each.args
            )
    if not announce:
        return
    due = await announced_at(scene, event)
    await scene.outbox.later("events.announce", key=announce_key(event.id), due=due, event=event.id)
    await _mirror(scene, event, due)


async def drop(scene: Scene, event: Event) -> None:
    """Take back what was not kept yet. Call it before the start changes."""
    keys = [each.key for each in _of_its_hours(event, 0)]
    await scene.outbox.cancel(*keys, announce_key(event.id), _mirror_key(event))


async def closed(scene: Scene, event: Event) -> None:
    """Nobody has to be asked any more."""
    await scene.outbox.cancel(f"close:{event.id}", f"ask:{event.id}")
    await _let_others_know(scene, event)


async def refresh(scene: Scene, event: Event) -> None:
    """Bring the announcement up to date soon; many answers at once are one edit."""
    await scene.outbox.soon("events.refresh", key=f"refresh:{event.id}", event=event.id)


async def changed(scene: Scene, event: Event) -> None:
    """A newer version: shown in the announcement and in the platform's copy."""
    event.version += 1
    await refresh(scene, event)
    await _let_others_know(scene, event)
    announced = await scene.outbox.find(announce_key(event.id))
    await _mirror(scene, event, announced.due_at if announced else scene.now)


async def _let_others_know(scene: Scene, event: Event) -> None:
    """A feature that follows events has a kind `….event-changed`: it looks at the event again
    after every change, call-off and close."""
    for kind in scene.registry.kinds:
        if kind.endswith(EVENT_CHANGED):
            moment = int(scene.now.timestamp())
            key = f"{kind}:{event.id}:{event.version}:{event.status}:{moment}"
            await scene.outbox.later(kind, key=key, due=scene.now, event=event.id)


async def tell(
    scene: Scene, kind: str, event: Event, person: str, occasion: int, **args: str | int
) -> None:
    """A direct word to one person, once for each occasion."""
    key = f"{kind.removeprefix('events.')}:{event.id}:{person}:{occasion}"
    await scene.outbox.later(
        kind, key=key, due=scene.now, person=person, event=event.id, whom=person, **args
    )


async def announced_at(scene: Scene, event: Event) -> datetime:
    """Now; for a series a week ahead, but not before the date before it is over."""
    if event.series_id is None:
        return scene.now
    before = await store.before_it(scene, event)
    earliest = [scene.now, event.starts_at - AHEAD]
    return max([*earliest, before.ends_at] if before else earliest)


def announce_key(event: str) -> str:
    return f"announce:{event}"


def stamp(event: Event) -> int:
    return int(event.starts_at.timestamp())


def _of_its_hours(event: Event, retro_hours: int) -> Iterator[Promise]:
    for hours in REMINDERS:
        due = event.starts_at - timedelta(hours=hours)
        key = f"remind:{event.id}:{hours}:{stamp(event)}"
        yield Promise("events.remind", key, due, {"hours": hours})
    retro = event.ends_at + timedelta(hours=retro_hours)
    yield Promise("events.close", f"close:{event.id}", event.ends_at + CLOSE_AFTER, {})
    yield Promise("retros.open", f"retro:{event.id}", retro, {})
    yield Promise("followups.open", f"followups:{event.id}", event.ends_at, {})


async def _mirror(scene: Scene, event: Event, due: datetime) -> None:
    key = _mirror_key(event)
    await scene.outbox.later("events.mirror", key=key, due=max(due, scene.now), event=event.id)


def _mirror_key(event: Event) -> str:
    return f"mirror:{event.id}:{event.version}"
