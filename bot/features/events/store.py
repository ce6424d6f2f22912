"""What is read for events. Every question is about one community; nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.events.model import (
    BY_REST,
    CANCELLED,
    COMING,
    LONGEST,
    MAYBE,
    PLANNED,
    Attendance,
    Draft,
    Event,
    Interest,
    Rsvp,
    Series,
)
from bot.people import Account, Person

T = TypeVar("T")

DOOR_OPENS = timedelta(hours=1)
DOOR_CLOSES = timedelta(hours=3)
RECENT = timedelta(days=60)
"""How long an event stays in the list of those to close or correct."""
KEEP_DRAFTS = timedelta(days=7)
LEFT = "Somebody who has left"
"""At the door, in the place of a name that was deleted."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many said what. Those who wait said that they come."""

    coming: int = 0
    waiting: int = 0
    maybe: int = 0

    def left(self, capacity: int | None) -> int | None:
        """Places that are free; None where there is no limit."""
        return None if capacity is None else max(0, capacity - self.coming)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list at the door. `present` is None while nobody knows."""

    whom: str
    """A person's id, or that of a walk-in's attendance."""
    name: str
    present: bool | None
    via: str = ""
    """How that is known."""


async def event_of(scene: Scene, event_id: str, *, lock: bool = False) -> Event:
    """One of this community's. Raises UserError.

    `lock`: until the transaction ends nobody else changes it or its answers.
    """
    found = await find(scene, event_id, lock=lock)
    if found is None:
        raise UserError("I know no such event here. `/events` lists what is coming.")
    return found


async def find(scene: Scene, event_id: str, *, lock: bool = False) -> Event | None:
    wanted = select(Event).where(Event.id == event_id, Event.community_id == scene.community.id)
    return await scene.session.scalar(_locked(wanted) if lock else wanted)


def _locked(wanted: Select[T]) -> Select[T]:
    """Read anew, since it may have changed between an earlier look and the lock."""
    return wanted.with_for_update().execution_options(populate_existing=True)


async def coming(scene: Scene) -> Sequence[Event]:
    """What is planned and not over, in order."""
    found = await scene.session.scalars(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            Event.status == PLANNED,
            Event.starts_at > scene.now - LONGEST,
        )
        .order_by(Event.starts_at, Event.id)
    )
    return [event for event in found if event.ends_at > scene.now]


async def answered_by(scene: Scene, person: str) -> Sequence[Event]:
    """What is planned, not over, and answered by somebody: locked, always in the same order."""
    return await _answered(scene, Rsvp.person_id == person, lock=True)


async def answered_in(scene: Scene, batch: str, *, lock: bool = False) -> Sequence[Event]:
    """The same with answers that an import brought."""
    return await _answered(scene, Rsvp.batch_id == batch, lock=lock)


async def _answered(scene: Scene, which: ColumnElement[bool], *, lock: bool) -> Sequence[Event]:
    wanted = (
        select(Event)
        .where(
            Event.id.in_(select(Rsvp.event_id).where(which)),
            Event.community_id == scene.community.id,
            Event.status == PLANNED,
            Event.starts_at > scene.now - LONGEST,
        )
        .order_by(Event.id)
    )
    found = await scene.session.scalars(_locked(wanted) if lock else wanted)
    return [event for event in found if event.ends_at > scene.now]


async def count_agreed(session: AsyncSession, people: Collection[str]) -> int:
    """How many of these people said that I may write to them."""
    agreed = select(func.count()).where(Person.id.in_(people), Person.agreed_at.is_not(None))
    return await session.scalar(agreed) or 0


async def forget_answer(scene: Scene, event: Event, person: str) -> None:
    theirs = delete(Rsvp).where(Rsvp.event_id == event.id, Rsvp.person_id == person)
    await scene.session.execute(theirs)


def heads(events: Sequence[Event]) -> Sequence[Event]:
    """The next date of each series, and whatever is in none: what `/events` lists."""
    first = {event.series_id or event.id: event for event in reversed(events)}
    return [event for event in events if first[event.series_id or event.id] is event]


async def begun(scene: Scene) -> Sequence[Event]:
    """What took place lately or is at its door, newest first."""
    found = await scene.session.scalars(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at > scene.now - RECENT,
            Event.starts_at <= scene.now + DOOR_OPENS,
        )
        .order_by(Event.starts_at.desc(), Event.id)
    )
    return list(found)


async def at_the_door(scene: Scene) -> Sequence[Event]:
    """Where one can check in now."""
    return [event for event in await begun(scene) if door_is_open(scene, event)]


def door_is_open(scene: Scene, event: Event) -> bool:
    opens, closes = event.starts_at - DOOR_OPENS, event.ends_at + DOOR_CLOSES
    return event.status != CANCELLED and opens <= scene.now <= closes


async def for_calendar(scene: Scene) -> Sequence[Event]:
    """What belongs in a calendar, also what was cancelled, so that it goes away there."""
    found = await scene.session.scalars(
        select(Event)
        .where(Event.community_id == scene.community.id, Event.starts_at > scene.now - RECENT)
        .order_by(Event.starts_at, Event.id)
    )
    return list(found)


async def counts(session: AsyncSession, events: Iterable[Event]) -> Mapping[str, Counts]:
    """By event id."""
    ids = [event.id for event in events]
    found = await session.execute(
        select(Rsvp.event_id, Rsvp.answer, Rsvp.waiting, func.count())
        .where(Rsvp.event_id.in_(ids))
        .group_by(Rsvp.event_id, Rsvp.answer, Rsvp.waiting)
    )
    said = {(row[0], row[1], row[2]): row[3] for row in found}
    return {
        each: Counts(
            said.get((each, COMING, False), 0),
            said.get((each, COMING, True), 0),
            said.get((each, MAYBE, False), 0),
        )
        for each in ids
    }


async def count(session: AsyncSession, event: Event) -> Counts:
    return (await counts(session, [event]))[event.id]


async def said(session: AsyncSession, event_id: str, *answers: str) -> Sequence[Rsvp]:
    """Who gave one of these answers, in the order they did."""
    found = await session.scalars(
        select(Rsvp)
        .where(Rsvp.event_id == event_id, Rsvp.answer.in_(answers))
        .order_by(Rsvp.turn, Rsvp.answered_at, Rsvp.person_id)
    )
    return list(found)


async def next_turn(session: AsyncSession, event_id: str) -> int:
    """For the answer that comes now. The event is locked."""
    last = await session.scalar(select(func.max(Rsvp.turn)).where(Rsvp.event_id == event_id))
    return (last or 0) + 1


async def interest(session: AsyncSession, event: Event) -> int:
    """How many marked themselves interested on the platform's own copy."""
    found = select(func.count()).select_from(Interest).where(Interest.event_id == event.id)
    return await session.scalar(found) or 0


async def my_answer(ctx: Context, event: Event) -> Rsvp | None:
    """What the person who looks said. Looking stores nobody."""
    return await ctx.session.scalar(
        select(Rsvp)
        .join(Account, Account.person_id == Rsvp.person_id)
        .where(
            Rsvp.event_id == event.id,
            Account.space_id == ctx.space.id,
            Account.external_id == ctx.call.caller.user,
        )
    )


async def before_it(scene: Scene, event: Event) -> Event | None:
    """The planned date before this one in its series."""
    return await scene.session.scalar(
        select(Event)
        .where(
            Event.series_id == event.series_id,
            Event.status == PLANNED,
            Event.starts_at < event.starts_at,
        )
        .order_by(Event.starts_at.desc())
        .limit(1)
    )


async def ahead_in(scene: Scene, series: Series) -> Sequence[Event]:
    """The dates of a series that have not begun, locked."""
    wanted = (
        select(Event)
        .where(
            Event.series_id == series.id,
            Event.status == PLANNED,
            Event.starts_at > scene.now,
        )
        .order_by(Event.starts_at)
    )
    return list(await scene.session.scalars(_locked(wanted)))


async def series_of(scene: Scene, series_id: str) -> Series:
    """For changing it: locked."""
    wanted = select(Series).where(Series.id == series_id, Series.community_id == scene.community.id)
    return (await scene.session.scalars(_locked(wanted))).one()


async def draft_of(scene: Scene, draft_id: str) -> Draft:
    """Raises UserError."""
    gone = "This draft was used already, or is more than a week old."
    return await scene.get_own(Draft, draft_id, gone, lock=True)


async def forget_old_drafts(scene: Scene) -> None:
    old = scene.now - KEEP_DRAFTS
    await scene.session.execute(
        delete(Draft).where(Draft.community_id == scene.community.id, Draft.created_at < old)
    )


async def door_list(session: AsyncSession, event: Event) -> Sequence[Line]:
    """Who said they come and whoever was noted, by name."""
    expected = await session.execute(
        select(Person.id, Person.name)
        .join(Rsvp, Rsvp.person_id == Person.id)
        .where(Rsvp.event_id == event.id, Rsvp.answer == COMING, Rsvp.waiting.is_(False))
    )
    lines = {row[0]: Line(row[0], row[1], None) for row in expected}
    noted = await session.execute(
        select(Attendance, Person.name)
        .outerjoin(Person, Person.id == Attendance.person_id)
        .where(Attendance.event_id == event.id)
    )
    for note, name in noted:
        whom = note.person_id or note.id
        lines[whom] = Line(whom, name or note.name or LEFT, note.present, note.via)
    return sorted(lines.values(), key=lambda line: (line.name.casefold(), line.whom))


def came_by_import(event: Event) -> bool:
    """It was still ahead when an import brought it: its answers stand elsewhere, so that an empty
    list here does not mean that nobody came."""
    return event.batch_id is not None and event.created_at < event.ends_at


async def attendance_of(session: AsyncSession, event: Event, whom: str) -> Attendance | None:
    """Of a person, or a walk-in's own."""
    return await session.scalar(
        select(Attendance).where(
            Attendance.event_id == event.id,
            (Attendance.person_id == whom)
            | (Attendance.person_id.is_(None) & (Attendance.id == whom)),
        )
    )


async def forget_rest(session: AsyncSession, event: Event) -> int:
    """Take back that all who were left did not come. Returns how many that were."""
    rest = (Attendance.event_id == event.id, Attendance.via == BY_REST)
    count = await session.scalar(select(func.count()).select_from(Attendance).where(*rest))
    await session.execute(delete(Attendance).where(*rest))
    return count or 0
