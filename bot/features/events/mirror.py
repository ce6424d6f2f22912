"""The platform's own copy of an event, such as a Discord scheduled event, kept in step both ways.

What comes from there is stored with the version it made, and a copy that shows the newest version
is not written again: nothing echoes.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import delete, select

from bot.context import Scene
from bot.db import Database
from bot.features.events import lifecycle
from bot.features.events.feature import feature
from bot.features.events.model import CANCELLED, PLANNED, Event, Interest, Mirror, Shape
from bot.markup import one_line
from bot.people import Space, Where, channel_at, space_at
from bot.platform import Errand, Platform

USUAL = timedelta(minutes=90)
"""How long an event takes that does not say when it ends."""


@dataclass(frozen=True, slots=True)
class External:
    """An event as the platform shows it now.

    `place` and `details` are None where the platform could not hold ours whole: then ours stay.
    `channel` is where it is announced if hosts never announced one here. `by_us`: our own account
    made it.
    """

    id: str
    title: str
    starts_at: datetime
    channel: str
    ends_at: datetime | None = None
    place: str | None = None
    details: str | None = None
    cancelled: bool = False
    by_us: bool = False


@runtime_checkable
class Mirrors(Protocol):
    """What a platform with events of its own can do. All may raise Undeliverable or TryLater."""

    async def put_event(self, where: Where, shape: Shape, external_id: str | None) -> str:
        """Make the copy, or bring it up to date; returns its id. Asked to make the same one again
        after a crash, it finds the one it made."""
        ...

    async def drop_event(self, where: Where, external_id: str) -> None:
        """Remove the copy. One that is gone already is fine."""
        ...

    async def has_event(self, where: Where, external_id: str) -> bool:
        """Whether the copy is still there."""
        ...


@feature.heard("event mirrored")
async def shown(scene: Scene, space: Space, **facts: Any) -> None:
    """The platform shows an event like this now: the fields of `External`."""
    await taken_over(scene, space, External(**facts))


async def taken_over(scene: Scene, space: Space, external: External) -> Event | None:
    """Take up what somebody did on the platform: made, changed or cancelled an event there."""
    found = await _known(scene, space, external.id)
    if found is None:
        return await _new(scene, space, external)
    event, copy = found
    if event.ends_at <= scene.now < external.starts_at and not external.cancelled:
        await scene.session.delete(copy)  # the same one comes round again: a new date
        await scene.session.flush()
        return await _new(scene, space, replace(external, by_us=False))
    if event.status != PLANNED or event.ends_at <= scene.now:
        return event
    if external.cancelled:
        await _gone(scene, event, copy)
        return event
    shape = _shape(external, event.shape)
    if shape != event.shape:
        await lifecycle.revise(scene, event, shape)
        copy.version = event.version
    return event


@feature.heard("event interest")
async def interested(
    scene: Scene, space: Space, external_id: str, account: str, *, is_so: bool
) -> None:
    """Somebody marked themselves interested there, or no more. That is no answer to us."""
    found = await _known(scene, space, external_id)
    if found is None:
        return
    event, _ = found
    if is_so:
        await scene.session.merge(Interest(event_id=event.id, account=account))
    else:
        gone = delete(Interest).where(Interest.event_id == event.id, Interest.account == account)
        await scene.session.execute(gone)


@feature.heard("events listed")
async def listed(scene: Scene, space: Space, ids: Collection[str]) -> None:
    """All that is there, told when we come back. What we miss may have been deleted meanwhile."""
    copies = await scene.session.execute(
        select(Event.id, Mirror.external_id)
        .join(Mirror, Mirror.event_id == Event.id)
        .where(
            Mirror.platform == space.platform,
            Event.community_id == space.community_id,
            Event.spot.startswith(f"{space.id}/", autoescape=True),
            Event.status == PLANNED,
            Event.starts_at > scene.now,
        )
    )
    for event, external_id in copies:
        if external_id not in ids:
            key = f"lost:{event}:{external_id}:{int(scene.now.timestamp())}"
            await scene.outbox.later("events.lost", key=key, due=scene.now, event=event)


@feature.delivery("events.lost", grace=timedelta(days=2))
async def lost(scene: Scene, event: str) -> Errand | None:
    """Ask again before an event is called off: the list may be older than the copy."""
    found = await scene.session.get(Event, event)
    to = await channel_at(scene.session, found.spot) if found else None
    copy = await scene.session.get(Mirror, (event, to.where.platform)) if to else None
    if to is None or copy is None:
        return None
    return Errand(to.where, partial(_look_for, replace(scene), to.where, copy.external_id))


@feature.delivery("events.mirror", grace=timedelta(days=2))
async def mirror(scene: Scene, event: str) -> Errand | None:
    """Bring the platform's copy to the newest version, unless it shows it already."""
    found = await scene.session.get(Event, event)
    to = await channel_at(scene.session, found.spot) if found else None
    if found is None or to is None:
        return None
    copy = await scene.session.get(Mirror, (event, to.where.platform))
    if found.status == CANCELLED:
        return Errand(to.where, partial(_drop, scene.database, to.where, copy)) if copy else None
    if copy.version == found.version if copy else found.starts_at <= scene.now:
        return None
    if found.ends_at <= scene.now:
        return None
    new = Mirror(
        event_id=event,
        platform=to.where.platform,
        external_id=copy.external_id if copy else "",
        version=found.version,
    )
    return Errand(to.where, partial(_put, scene.database, to.where, found.shape, new))


async def _put(
    database: Database, where: Where, shape: Shape, copy: Mirror, platform: Platform
) -> None:
    if not isinstance(platform, Mirrors):
        return
    copy.external_id = await platform.put_event(where, shape, copy.external_id or None)
    async with database.transaction() as session:
        await session.merge(copy)


async def _look_for(scene: Scene, where: Where, external_id: str, platform: Platform) -> None:
    if not isinstance(platform, Mirrors) or await platform.has_event(where, external_id):
        return
    try:
        home = await space_at(scene.session, where)
        known = await _known(scene, home[0], external_id) if home else None
        if known and known[0].status == PLANNED:
            await _gone(scene, *known)
        await scene.commit()
    finally:
        await scene.close()


async def _drop(database: Database, where: Where, copy: Mirror, platform: Platform) -> None:
    if not isinstance(platform, Mirrors):
        return
    await platform.drop_event(where, copy.external_id)
    async with database.transaction() as session:
        await session.execute(
            delete(Mirror).where(Mirror.event_id == copy.event_id, Mirror.platform == copy.platform)
        )


async def _gone(scene: Scene, event: Event, copy: Mirror) -> None:
    """The copy was cancelled there, so the event is."""
    await scene.session.delete(copy)
    await lifecycle.call_off(scene, event)


async def _known(scene: Scene, space: Space, external_id: str) -> tuple[Event, Mirror] | None:
    """Our event of that copy, locked."""
    row = (
        await scene.session.execute(
            select(Event, Mirror)
            .join(Mirror, Mirror.event_id == Event.id)
            .where(
                Mirror.platform == space.platform,
                Mirror.external_id == external_id,
                Event.community_id == space.community_id,
            )
            .with_for_update()
        )
    ).first()
    return (row[0], row[1]) if row else None


async def _new(scene: Scene, space: Space, external: External) -> Event | None:
    """Ours from now on. A copy that we made ourselves comes back here before its id is stored."""
    if external.by_us or external.cancelled or external.starts_at <= scene.now:
        return None
    shape = _shape(external, Shape("", external.starts_at, int(USUAL / timedelta(minutes=1))))
    spot = await _usual_spot(scene, space) or f"{space.id}/{external.channel}"
    event = await lifecycle.plan(scene, shape, spot, None)
    scene.session.add(
        Mirror(
            event_id=event.id,
            platform=space.platform,
            external_id=external.id,
            version=event.version,
        )
    )
    await scene.session.flush()
    return event


async def _usual_spot(scene: Scene, space: Space) -> str | None:
    """Where the last event was announced in this space."""
    return await scene.session.scalar(
        select(Event.spot)
        .where(
            Event.community_id == space.community_id,
            Event.spot.startswith(f"{space.id}/", autoescape=True),
        )
        .order_by(Event.created_at.desc(), Event.id)
        .limit(1)
    )


def _shape(external: External, ours: Shape) -> Shape:
    """What the platform says; the rest is ours."""
    minutes = ours.minutes
    if external.ends_at:
        minutes = max(1, round((external.ends_at - external.starts_at) / timedelta(minutes=1)))
    return replace(
        ours,
        title=one_line(external.title, 100) or "Event",
        starts_at=external.starts_at,
        minutes=minutes,
        place=ours.place if external.place is None else one_line(external.place, 200),
        details=ours.details if external.details is None else external.details[:1000],
    )
