"""What is read for demos. Every question is about one community; nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, func, select

from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.demos.model import (
    BOOKED,
    COMING,
    DRAFT,
    KEPT_UNTIL,
    ON_THE_NIGHT,
    SHOWN,
    WAITING,
    Demo,
    DemoFeedback,
    DemoNight,
    Seats,
)
from bot.features.events import store as events
from bot.features.events.model import PLANNED, Attendance, Event
from bot.people import Account, Person

SHARES = {"none": 0.0, "quarter": 1 / 4, "third": 1 / 3, "half": 1 / 2}
KEEP_DRAFTS = timedelta(days=7)
GONE = "I know no such demo here. `/demo mine` lists yours, `/demo list` all that are coming."


async def demo_of(scene: Scene, demo_id: str, *, lock: bool = False) -> Demo:
    """One of this community's. Raises UserError. `lock`: its event is held too, before it, so that
    slots change hands one at a time."""
    found = await find(scene, demo_id)
    while found and lock:
        held = found.event_id
        await events.event_of(scene, held, lock=True)
        found = await find(scene, demo_id)
        lock = found is not None and found.event_id != held
    if found is None:
        raise UserError(GONE)
    return found


async def find(scene: Scene, demo_id: str) -> Demo | None:
    """Read anew: it may have changed between an earlier look and a lock."""
    return await scene.session.scalar(
        select(Demo)
        .where(Demo.id == demo_id, Demo.community_id == scene.community.id)
        .execution_options(populate_existing=True)
    )


async def own_demo(ctx: Context, demo_id: str, *, lock: bool = False) -> Demo:
    """One of the person who acts. Raises UserError."""
    found = await demo_of(ctx, demo_id, lock=lock)
    if found.presenter_id != (await ctx.person()).id:
        raise UserError("This demo is somebody else's. `/demo mine` lists yours.")
    return found


async def event_of(scene: Scene, demo: Demo) -> Event:
    return await events.event_of(scene, demo.event_id)


async def slots(scene: Scene, found: Iterable[Event]) -> Mapping[str, int]:
    """By event id."""
    ids = [event.id for event in found]
    own = await scene.session.execute(
        select(DemoNight.event_id, DemoNight.slots).where(DemoNight.event_id.in_(ids))
    )
    usual = scene.community.prefs.demo_slots
    return {**dict.fromkeys(ids, usual), **{row[0]: row[1] for row in own}}


async def nights(scene: Scene) -> Sequence[Event]:
    """Events ahead that have demo slots, in order."""
    ahead = [event for event in await events.coming(scene) if event.starts_at > scene.now]
    have = await slots(scene, ahead)
    return [event for event in ahead if have[event.id]]


async def nights_now(scene: Scene) -> Sequence[Event]:
    """Those that go on at this moment, and those ahead."""
    going_on = [event for event in await nights_begun(scene) if event.ends_at > scene.now]
    return [*going_on, *(event for event in await nights(scene) if event not in going_on)]


async def nights_begun(scene: Scene) -> Sequence[Event]:
    """Events that took place lately or begin soon and have demos, newest first."""
    found = await events.begun(scene)
    with_demos = await scene.session.scalars(
        _of(scene, ON_THE_NIGHT, Demo.event_id.in_([event.id for event in found]))
    )
    ids = {demo.event_id for demo in with_demos}
    return [event for event in found if event.id in ids]


async def seats(scene: Scene, event: Event) -> Seats:
    """The event is held while slots change hands."""
    count = (await slots(scene, [event]))[event.id]
    share = SHARES[scene.community.prefs.demo_first_timers]
    kept = int(count * share) if scene.now < event.starts_at - KEPT_UNTIL else 0
    booked = await at(scene, event, BOOKED)
    return Seats(count, kept, len(booked), sum(not demo.first_time for demo in booked))


async def at(scene: Scene, event: Event, *statuses: str) -> Sequence[Demo]:
    """Demos of an event that still have a presenter, in running order."""
    found = _of(scene, statuses, Demo.event_id == event.id, Demo.presenter_id.is_not(None))
    return (await scene.session.scalars(found.order_by(Demo.place, Demo.turn, Demo.id))).all()


async def waiting(scene: Scene, event: Event) -> Sequence[Demo]:
    """Whoever waits longest comes first."""
    return sorted(await at(scene, event, WAITING), key=lambda demo: demo.turn)


async def line_of(scene: Scene, demo: Demo) -> int:
    """Their number on the waiting list; 0 for whoever does not wait."""
    line = [each.id for each in await waiting(scene, await event_of(scene, demo))]
    return 1 + line.index(demo.id) if demo.id in line else 0


async def next_turn(scene: Scene, event: Event) -> int:
    """For whoever signs up now. The event is held."""
    last = await scene.session.scalar(select(func.max(Demo.turn)).where(Demo.event_id == event.id))
    return (last or 0) + 1


async def next_place(scene: Scene, event: Event) -> int:
    last = await scene.session.scalar(select(func.max(Demo.place)).where(Demo.event_id == event.id))
    return (last or 0) + 1


async def by(scene: Scene, person_id: str) -> Sequence[Demo]:
    """All demos of one person, newest first."""
    found = select(Demo).where(
        Demo.community_id == scene.community.id, Demo.presenter_id == person_id
    )
    return (await scene.session.scalars(found.order_by(Demo.created_at.desc(), Demo.id))).all()


async def by_caller(ctx: Context) -> Sequence[Demo]:
    """All demos of the person who looks. Looking stores nobody."""
    person = await ctx.session.scalar(
        select(Account.person_id).where(
            Account.space_id == ctx.space.id, Account.external_id == ctx.call.caller.user
        )
    )
    return await by(ctx, person) if person else []


async def has_slot_ahead(scene: Scene, demo: Demo) -> bool:
    """Whether its presenter shows something else at an event that is still to come."""
    found = (
        _of(scene, [BOOKED], Demo.presenter_id == demo.presenter_id, Demo.id != demo.id)
        .join(Event, Event.id == Demo.event_id)
        .where(Event.starts_at > scene.now, Event.status == PLANNED)
        .limit(1)
    )
    return await scene.session.scalar(found) is not None


async def has_shown(scene: Scene, person_id: str) -> bool:
    found = _of(scene, [SHOWN], Demo.presenter_id == person_id).limit(1)
    return await scene.session.scalar(found) is not None


async def unconfirmed(scene: Scene) -> Sequence[Demo]:
    """Those with a slot at an event ahead that wait for a host's yes, soonest first."""
    found = (
        _of(scene, [BOOKED], Demo.confirmed_at.is_(None), Demo.presenter_id.is_not(None))
        .join(Event, Event.id == Demo.event_id)
        .where(Event.starts_at > scene.now, Event.status == PLANNED)
        .order_by(Event.starts_at, Demo.turn)
    )
    return (await scene.session.scalars(found)).all()


async def names(scene: Scene, demos: Iterable[Demo]) -> Mapping[str, str]:
    """Of presenters, by person id."""
    ids = {demo.presenter_id for demo in demos}
    found = await scene.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in found}


async def name_of(scene: Scene, demo: Demo) -> str:
    return (await names(scene, [demo])).get(demo.presenter_id or "", "Somebody")


async def events_of(scene: Scene, demos: Iterable[Demo]) -> Mapping[str, Event]:
    """By id."""
    ids = {demo.event_id for demo in demos}
    found = await scene.session.scalars(select(Event).where(Event.id.in_(ids)))
    return {event.id: event for event in found}


async def present(scene: Scene, event: Event) -> Sequence[str]:
    """Who was there and agreed to be written to, as person ids."""
    found = await scene.session.scalars(
        select(Person.id)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(
            Attendance.event_id == event.id,
            Attendance.present.is_(True),
            Person.agreed_at.is_not(None),
        )
        .order_by(Person.id)
    )
    return found.all()


async def was_present(scene: Scene, event_id: str, person_id: str) -> bool:
    found = select(Attendance.id).where(
        Attendance.event_id == event_id,
        Attendance.person_id == person_id,
        Attendance.present.is_(True),
    )
    return await scene.session.scalar(found) is not None


async def feedback_for(scene: Scene, demo: Demo) -> Sequence[tuple[DemoFeedback, str]]:
    """The lines with their writers' names, oldest first."""
    found = await scene.session.execute(
        select(DemoFeedback, Person.name)
        .join(Person, Person.id == DemoFeedback.person_id)
        .where(DemoFeedback.demo_id == demo.id)
        .order_by(DemoFeedback.written_at, DemoFeedback.id)
    )
    return [(row[0], row[1]) for row in found]


async def feedback_by(scene: Scene, demo: Demo, person_id: str) -> DemoFeedback | None:
    return await scene.session.scalar(
        select(DemoFeedback).where(
            DemoFeedback.demo_id == demo.id, DemoFeedback.person_id == person_id
        )
    )


async def with_feedback(scene: Scene, event: Event) -> Sequence[Demo]:
    """Demos of an event about which somebody wrote."""
    demos = await at(scene, event, BOOKED, SHOWN)
    ids = select(DemoFeedback.demo_id).where(DemoFeedback.demo_id.in_([d.id for d in demos]))
    heard = set(await scene.session.scalars(ids))
    return [demo for demo in demos if demo.id in heard]


async def forget_old_drafts(scene: Scene) -> None:
    old = scene.now - KEEP_DRAFTS
    await scene.session.execute(
        delete(Demo).where(
            Demo.community_id == scene.community.id, Demo.status == DRAFT, Demo.created_at < old
        )
    )


async def coming_by(scene: Scene, event: Event, person_id: str) -> Demo | None:
    """What they have signed up for at this event."""
    return await scene.session.scalar(
        _of(scene, COMING, Demo.event_id == event.id, Demo.presenter_id == person_id).limit(1)
    )


def _of(scene: Scene, statuses: Collection[str], *more: object) -> Select[Demo]:
    return select(Demo).where(
        Demo.community_id == scene.community.id,
        Demo.status.in_(statuses),
        *more,  # type: ignore[arg-type]
    )
