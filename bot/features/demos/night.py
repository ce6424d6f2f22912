"""What demos promise for later about one event, and who has a slot.

The event is held while slots change hands, so that the last one is given once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.context import Scene
from bot.features.demos import onward, store
from bot.features.demos.feature import feature
from bot.features.demos.model import (
    BOOKED,
    COMING,
    KEPT_UNTIL,
    MOVED,
    WAITING,
    WITHDRAWN,
    Demo,
)
from bot.features.events import places
from bot.features.events import store as events
from bot.features.events.model import CANCELLED, Event, Rsvp
from bot.features.events.model import COMING as COMES
from bot.people import Person, quiet_until

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
COLLECTED = timedelta(hours=36)
"""After the end: with the quiet hours of a night still within the 48 that are promised."""


def moments(event: Event) -> dict[str, datetime]:
    """When something is said about an event's demos, by kind."""
    return {
        "demos.week": event.starts_at - 7 * DAY,
        "demos.release": event.starts_at - KEPT_UNTIL,
        "demos.day": event.starts_at - DAY,
        "demos.after": event.ends_at + HOUR,
        "demos.collect": event.ends_at + COLLECTED,
    }


async def promise(scene: Scene, event: Event) -> None:
    """All that is still ahead. The key holds the moment: an event that moves has new ones."""
    for kind, due in moments(event).items():
        at = int(due.timestamp())
        if due > scene.now:
            key = key_of(kind, event)
            await scene.outbox.later(kind, key=key, due=due, event=event.id, at=at)


def key_of(kind: str, event: Event) -> str:
    return f"{kind}:{event.id}:{int(moments(event)[kind].timestamp())}"


async def at_its_moment(scene: Scene, kind: str, event_id: str, at: int) -> Event | None:
    """The event, unless it was cancelled or has other hours by now."""
    found = await events.find(scene, event_id)
    if found is None or found.status == CANCELLED:
        return None
    return found if int(moments(found)[kind].timestamp()) == at else None


async def seat(scene: Scene, event: Event, demo: Demo) -> None:
    """Give a slot, or a place on the waiting list. The event is held.

    Whoever waited goes first: a slot may have fallen free without anybody's doing.
    """
    await fill(scene, event)
    demo.event_id = event.id
    demo.turn = await store.next_turn(scene, event)
    demo.place = await store.next_place(scene, event)
    seats = await store.seats(scene, event)
    demo.status = BOOKED if seats.free_for(first_time=demo.first_time) else WAITING
    demo.settled_at = None
    await scene.session.flush()
    await promise(scene, event)
    await attend(scene, event, demo)
    if demo.status == BOOKED:
        await onward.booked(scene, demo, event)
    if demo.status == BOOKED and demo.confirmed_at is None:
        await ask_host(scene, demo)


async def attend(scene: Scene, event: Event, demo: Demo) -> None:
    """Whoever shows something comes: so they hear with the others when the event changes."""
    if demo.presenter_id is None:
        return
    rsvp = await scene.session.get(Rsvp, (event.id, demo.presenter_id))
    if rsvp is None:
        await places.answer(scene, event, demo.presenter_id, COMES)
    else:
        rsvp.batch_id = None


async def fill(scene: Scene, event: Event) -> int:
    """Give free slots to those who wait longest and may have one, and tell them."""
    given = 0
    for demo in await store.waiting(scene, event):
        if (await store.seats(scene, event)).free_for(first_time=demo.first_time):
            demo.status = BOOKED
            await scene.session.flush()
            await tell(scene, "demos.moved-up", demo)
            await onward.booked(scene, demo, event)
            await ask_host(scene, demo)
            given += 1
    return given


async def leave(scene: Scene, event: Event, demo: Demo, status: str) -> None:
    """Free the slot, and let the next one have it. The event is held."""
    had_slot = demo.status == BOOKED
    demo.status, demo.settled_at, demo.offered_to = status, scene.now, None
    demo.batch_id = None
    await scene.session.flush()
    if had_slot and status != MOVED:
        await onward.left(scene, demo, event)
    if had_slot and event.starts_at > scene.now and event.status != CANCELLED:
        await fill(scene, event)


@feature.farewell
async def say_goodbye(scene: Scene, person: str) -> None:
    """Whoever is forgotten leaves their slots to those who wait."""
    demos = [demo for demo in await store.by(scene, person) if demo.status in COMING]
    await hold(scene, (demo.event_id for demo in demos))
    for demo in demos:
        await leave(scene, await store.event_of(scene, demo), demo, WITHDRAWN)


async def move(scene: Scene, demo: Demo, to: Event) -> Demo:
    """The same demo at another event: a row of its own. Both events are held."""
    now = Demo(
        id=scene.new_id(),
        community_id=demo.community_id,
        presenter_id=demo.presenter_id,
        title=demo.title,
        state=demo.state,
        minutes=demo.minutes,
        wish=demo.wish,
        link=demo.link,
        contract_id=demo.contract_id,
        agreed_at=demo.agreed_at,
        first_time=demo.first_time,
        event_id=to.id,
        created_at=scene.now,
    )
    was = await store.event_of(scene, demo)
    await seat(scene, to, await _added(scene, now))
    await leave(scene, was, demo, MOVED)
    demo.moved_to = now.id
    return now


async def move_back(scene: Scene, before: Demo, now: Demo) -> None:
    """Undo a move. Both events are held."""
    event = await store.event_of(scene, before)
    other = await store.event_of(scene, now)
    before.moved_to = None
    if event.starts_at > scene.now:
        await seat(scene, event, before)
    else:
        before.status, before.settled_at = BOOKED, None
    await leave(scene, other, now, MOVED)
    await scene.session.delete(now)


async def hold(scene: Scene, ids: Iterable[str]) -> None:
    """Hold several events, always in the same order, so that no two wait for each other."""
    for event_id in sorted(set(ids)):
        await events.event_of(scene, event_id, lock=True)


async def tell(scene: Scene, kind: str, demo: Demo, **more: str | int) -> None:
    """A word to the presenter, once for each change of the demo's state. `more` is ids."""
    if demo.presenter_id is None:
        return
    key = f"{kind}:{demo.id}:{more.get('mine', '')}:{int(scene.now.timestamp())}"
    await scene.outbox.later(
        kind, key=key, due=scene.now, person=demo.presenter_id, demo=demo.id, **more
    )


async def ask_host(scene: Scene, demo: Demo, why: str = "asked") -> None:
    """A word to the hosts: in their channel, or to whoever made the event, outside quiet hours.

    It is none of the few messages of a week: a presenter waits for the answer. So that one person
    is not written to for each demo, those of an hour, or of a night, are one message.
    """
    event = await store.event_of(scene, demo)
    person = None if scene.community.prefs.hosts_channel else event.created_by
    host = await scene.session.get(Person, person) if person else None
    due = (quiet_until(host, scene.community, scene.now) if host else None) or scene.now
    if host and why == "asked":
        await _ask_together(scene, event, host)
        return
    key = f"demos.host:{demo.id}:{why}:{int(scene.now.timestamp())}"
    await scene.outbox.later("demos.host", key=key, due=due, person=person, demo=demo.id, why=why)


async def _ask_together(scene: Scene, event: Event, host: Person) -> None:
    hour = scene.now.replace(minute=0, second=0, microsecond=0) + HOUR
    due = quiet_until(host, scene.community, hour) or hour
    key = f"demos.asks:{event.id}:{host.id}:{int(due.timestamp())}"
    await scene.outbox.later("demos.asks", key=key, due=due, person=host.id, event=event.id)


async def _added(scene: Scene, demo: Demo) -> Demo:
    scene.session.add(demo)
    await scene.session.flush()
    return demo
