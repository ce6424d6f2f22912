"""What imports read and write. Every question is about one community; nothing here commits."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table as SqlTable
from sqlalchemy import and_, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy.orm import aliased

from bot.codes import code
from bot.context import Scene
from bot.db import Table
from bot.errors import UserError
from bot.features.events import promises
from bot.features.events.lifecycle import CODE
from bot.features.events.model import CANCELLED, CLOSED, PLANNED, Attendance, Event, Rsvp
from bot.features.imports.gathering import Gatherings, Held
from bot.features.imports.model import (
    BY_IMPORT,
    DETAILS,
    PLACE,
    TITLE,
    Brought,
    EventKey,
    Handle,
    ImportBatch,
    ImportKey,
    Likeness,
    Talk,
)
from bot.features.imports.people import Known, People
from bot.features.imports.plan import Before, Plan
from bot.imports import Meeting
from bot.markup import one_line, shorten
from bot.people import Account, Community, Person

T = TypeVar("T")

PORTION = 2_000
IDS = 500
"""Ids in one question."""
LONG_OVER = timedelta(days=1)
"""After this nobody is at the door of an event any more."""
GONE = "I know no such import here."


async def hold(scene: Scene) -> None:
    """One import at a time, until the transaction ends: two would add the same twice."""
    here = select(Community.id).where(Community.id == scene.community.id)
    await scene.session.execute(here.with_for_update())


async def kept_so_far(scene: Scene) -> tuple[int, int]:
    """Imports, and those taken back: whether it is the same tells whether there was one since."""
    here = ImportBatch.community_id == scene.community.id
    counts = select(func.count(ImportBatch.id), func.count(ImportBatch.undone_at)).where(here)
    row = (await scene.session.execute(counts)).one()
    return row[0], row[1]


async def people(scene: Scene) -> People:
    """Everybody of the community, with the means to know them again."""
    session, here = scene.session, scene.community.id
    member = select(Account.id).where(Account.person_id == Person.id).exists()
    rows = await session.execute(
        select(Person.id, Person.name, member).where(Person.community_id == here)
    )
    known = {row[0]: Known(row[0], row[1], bool(row[2])) for row in rows}
    handles: dict[str, str] = {}
    kinds: dict[str, set[str]] = {}
    found = await session.execute(
        select(Handle.hash, Handle.person_id, Handle.kind).where(Handle.community_id == here)
    )
    for hash_, person, kind in found:
        handles[hash_] = person
        kinds.setdefault(person, set()).add(kind)
    walk_ins = await session.scalars(
        select(Attendance.id)
        .join(Event, Event.id == Attendance.event_id)
        .where(Event.community_id == here, Attendance.person_id.is_(None))
    )
    found_key = await scene.session.get(ImportKey, here)
    key = found_key.key if found_key else "".join(scene.new_id() for _ in range(4))[:64]
    return People(key.encode(), scene.new_id, known, handles, kinds, walk_ins=set(walk_ins))


async def gatherings(scene: Scene, zone: Any) -> Gatherings:
    here = scene.community.id
    rows = await scene.session.execute(
        select(Event.id, Event.title, Event.starts_at).where(Event.community_id == here)
    )
    held = {row[0]: Held(row[0], row[1], row[2]) for row in rows}
    found = await scene.session.execute(
        select(EventKey.digest, EventKey.event_id).where(EventKey.community_id == here)
    )
    return Gatherings(zone, scene.new_id, held, {row[0]: row[1] for row in found})


async def before(scene: Scene, plan: Plan) -> Before:
    """What is known about the events of a plan that were there before it."""
    named = {event for event, _ in (*plan.answers, *plan.seen)} | {t.event for t in plan.talks}
    old = sorted(named - plan.gatherings.added.keys())
    answers: set[Any] = set()
    seen: set[Any] = set()
    talks: set[Any] = set()
    for ids in _portions(old, IDS):
        said = select(Rsvp.event_id, Rsvp.person_id).where(Rsvp.event_id.in_(ids))
        answers |= {(row[0], row[1]) for row in await scene.session.execute(said)}
        came = select(Attendance.event_id, Attendance.person_id).where(
            Attendance.event_id.in_(ids), Attendance.person_id.is_not(None)
        )
        seen |= {(row[0], row[1]) for row in await scene.session.execute(came)}
        given = select(Talk.event_id, Talk.speaker_id, Talk.title).where(Talk.event_id.in_(ids))
        talks |= {(row[0], row[1], row[2]) for row in await scene.session.execute(given)}
    return Before(answers, seen, talks)


async def add(scene: Scene, plan: Plan, spot: str, by: str | None) -> ImportBatch:
    """Write a plan as one batch."""
    batch = ImportBatch(
        id=scene.new_id(),
        community_id=scene.community.id,
        what=one_line(plan.what, 200),
        events=len(plan.gatherings.added),
        people=len(plan.people.added),
        answers=len(plan.answers),
        attendances=len(plan.seen),
        talks=len(plan.talks),
        made_by=by,
        made_at=scene.now,
    )
    scene.session.add(batch)
    await scene.session.merge(
        ImportKey(community_id=scene.community.id, key=plan.people.key.decode())
    )
    await scene.session.flush()
    await _add_people(scene, plan, batch.id)
    closed = {event for event, _ in plan.seen}
    await _close(scene, closed - plan.gatherings.added.keys())
    ahead = [
        await _add_event(scene, id_, meeting, spot, batch, id_ in closed)
        for id_, meeting in plan.gatherings.added.items()
    ]
    await scene.session.flush()
    for event in filter(None, ahead):
        await promises.promise(scene, event, announce=False)
    keys = ({"community_id": batch.community_id, "digest": d, "event_id": e}
            for d, e in plan.gatherings.new_keys)  # fmt: skip
    await _insert(scene, EventKey, keys)
    await _insert(scene, Rsvp, _answers(plan, batch))
    await _insert(scene, Attendance, _attendances(scene, plan, batch))
    await _insert(scene, Talk, _talks(scene, plan, batch))
    return batch


async def _add_people(scene: Scene, plan: Plan, batch: str) -> None:
    here, found = scene.community.id, plan.people
    rows = (
        {"id": each.id, "community_id": here, "name": each.name, "created_at": scene.now}
        for each in found.added
    )
    await _insert(scene, Person, rows)
    await _insert(
        scene, Brought, ({"person_id": each.id, "batch_id": batch} for each in found.added)
    )
    handles = (
        {"id": scene.new_id(), "community_id": here, "person_id": p, "kind": k, "hash": h}
        for p, k, h in found.new_handles
    )
    await _insert(scene, Handle, handles)
    await _ask_about(scene, found.pairs)


async def _ask_about(scene: Scene, pairs: Iterable[tuple[str, str]]) -> None:
    """Many pairs, without those that somebody was asked about before."""
    for some in _portions(list(pairs), IDS):
        ids = {each for pair in some for each in pair}
        asked = await scene.session.execute(
            select(Likeness.person_id, Likeness.other_id).where(
                Likeness.person_id.in_(ids), Likeness.other_id.in_(ids)
            )
        )
        before = {frozenset(row) for row in asked}
        rows = [
            {"id": scene.new_id(), "community_id": scene.community.id,
             "person_id": one, "other_id": other}
            for one, other in some if frozenset((one, other)) not in before
        ]  # fmt: skip
        await _insert(scene, Likeness, rows)


async def _add_event(
    scene: Scene, id_: str, meeting: Meeting, spot: str, batch: ImportBatch, closed: bool
) -> Event | None:
    """Returned if it is still ahead: then it has promises."""
    event = Event(
        id=id_,
        community_id=scene.community.id,
        title=one_line(meeting.title, TITLE),
        details=shorten(meeting.details, DETAILS),
        place=one_line(meeting.place, PLACE),
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        capacity=meeting.capacity,
        spot=spot,
        code=code(scene.new_id(), CODE),
        created_by=batch.made_by,
        created_at=scene.now,
        batch_id=batch.id,
    )
    over = event.ends_at <= scene.now
    event.status = CANCELLED if meeting.cancelled else CLOSED if over and closed else PLANNED
    scene.session.add(event)
    return None if over or meeting.cancelled else event


async def _close(scene: Scene, ids: Collection[str]) -> None:
    """What is over, now that there is a list of who came. It can still be corrected."""
    for some in _portions(sorted(ids), IDS):
        over = (
            Event.id.in_(some),
            Event.community_id == scene.community.id,
            Event.status == PLANNED,
            Event.starts_at <= scene.now - LONG_OVER,
        )
        await scene.session.execute(update(Event).where(*over).values(status=CLOSED))


def _answers(plan: Plan, batch: ImportBatch) -> Iterator[dict[str, Any]]:
    held = plan.gatherings.held
    for (event, person), said in plan.answers.items():
        at = said.at or min(held[event].starts_at, batch.made_at)
        yield {"event_id": event, "person_id": person, "answer": said.answer, "waiting": False,
               "answered_at": at, "turn": 0, "batch_id": batch.id}  # fmt: skip


def _attendances(scene: Scene, plan: Plan, batch: ImportBatch) -> Iterator[dict[str, Any]]:
    for (event, person), seen in plan.seen.items():
        yield {"id": scene.new_id(), "event_id": event, "person_id": person, "name": "",
               "present": seen.present, "via": BY_IMPORT, "noted_at": seen.at or batch.made_at,
               "batch_id": batch.id}  # fmt: skip


def _talks(scene: Scene, plan: Plan, batch: ImportBatch) -> Iterator[dict[str, Any]]:
    for each in plan.talks:
        yield {"id": scene.new_id(), "community_id": batch.community_id, "event_id": each.event,
               "speaker_id": each.person, "title": each.title, "batch_id": batch.id}  # fmt: skip


async def batch_of(scene: Scene, batch_id: str) -> ImportBatch:
    """For taking it back: locked. Raises UserError."""
    return await scene.get_own(ImportBatch, batch_id, GONE, lock=True)


async def batches(scene: Scene, most: int) -> Sequence[ImportBatch]:
    found = await scene.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.community_id == scene.community.id)
        .order_by(ImportBatch.made_at.desc(), ImportBatch.id)
        .limit(most)
    )
    return found.all()


async def take_back(scene: Scene, batch: ImportBatch) -> tuple[int, int]:
    """Remove what a batch added. Returns how many events and people stay, since something else
    hangs on them by now. What a host put right since stays too."""
    if batch.undone_at:
        raise UserError("That import was taken back already.")
    batch.undone_at = scene.now
    session = scene.session
    await session.flush()
    await session.execute(delete(Talk).where(Talk.batch_id == batch.id))
    imported = Attendance.via == BY_IMPORT
    await session.execute(delete(Attendance).where(Attendance.batch_id == batch.id, imported))
    kept = update(Attendance).where(Attendance.batch_id == batch.id).values(batch_id=None)
    await session.execute(kept)
    await session.execute(delete(Rsvp).where(Rsvp.batch_id == batch.id))
    stay = await _take_back_events(scene, batch)
    return stay, await _take_back_people(scene, batch)


async def _take_back_events(scene: Scene, batch: ImportBatch) -> int:
    session = scene.session
    ours = and_(Event.batch_id == batch.id, Event.community_id == scene.community.id)
    free = and_(ours, *(not_(used) for used in _used(Event.__table__, {"event_key"})))
    ahead = await session.scalars(select(Event).where(free, Event.starts_at > scene.now))
    for event in ahead.all():
        await promises.drop(scene, event)
    gone = select(Event.id).where(free)
    await session.execute(delete(EventKey).where(EventKey.event_id.in_(gone)))
    await session.execute(delete(Event).where(free).execution_options(synchronize_session=False))
    return await session.scalar(select(func.count()).select_from(Event).where(ours)) or 0


async def _take_back_people(scene: Scene, batch: ImportBatch) -> int:
    session = scene.session
    theirs = select(Brought.person_id).where(Brought.batch_id == batch.id)
    marks = {"brought", "handle", "likeness"}
    free = select(Person.id).where(
        Person.id.in_(theirs), *(not_(used) for used in _used(Person.__table__, marks))
    )
    ids = (await session.scalars(free)).all()
    stay = (await session.scalar(select(func.count()).select_from(theirs.subquery())) or 0) - len(
        ids
    )
    for some in _portions(ids, IDS):
        for column in (Likeness.person_id, Likeness.other_id, Handle.person_id, Brought.person_id):
            table: Any = column.class_
            await session.execute(delete(table).where(column.in_(some)))
        await session.execute(
            delete(Person).where(Person.id.in_(some)).execution_options(synchronize_session=False)
        )
    return stay


def _used(table: Any, but: Collection[str]) -> Iterator[Any]:
    """Whether anything points to a row, for each way there is."""
    for other in table.metadata.sorted_tables:
        if other.name in but:
            continue
        for key in other.foreign_keys:
            if key.column.table is table:
                there: SqlTable = other.alias()
                yield exists().where(there.c[key.parent.name] == key.column)


async def liken(scene: Scene, one: str, other: str) -> None:
    """Ask a host about these two, once."""
    both = or_(
        and_(Likeness.person_id == one, Likeness.other_id == other),
        and_(Likeness.person_id == other, Likeness.other_id == one),
    )
    if await scene.session.scalar(select(Likeness.id).where(both)) is None:
        scene.session.add(
            Likeness(
                id=scene.new_id(),
                community_id=scene.community.id,
                person_id=one,
                other_id=other,
            )
        )
        await scene.session.flush()


async def liken_members(scene: Scene, most: int) -> None:
    """Members who came since, and are called as somebody on a list is."""
    member, listed = aliased(Person), aliased(Person)
    has_account = select(Account.id).where(Account.person_id == member.id).exists()
    without = not_(select(Account.id).where(Account.person_id == listed.id).exists())
    asked = (
        select(Likeness.id)
        .where(
            or_(
                and_(Likeness.person_id == listed.id, Likeness.other_id == member.id),
                and_(Likeness.person_id == member.id, Likeness.other_id == listed.id),
            )
        )
        .exists()
    )
    found = await scene.session.execute(
        select(listed.id, member.id)
        .join(Brought, Brought.person_id == listed.id)
        .join(member, func.lower(member.name) == func.lower(listed.name))
        .where(
            listed.community_id == scene.community.id,
            member.community_id == scene.community.id,
            has_account,
            without,
            not_(asked),
        )
        .order_by(listed.id)
        .limit(most)
    )
    for one, other in found.all():
        await liken(scene, one, other)


async def alike(scene: Scene) -> tuple[int, Likeness | None]:
    """How many pairs wait for a host, and the first."""
    wait = and_(Likeness.community_id == scene.community.id, Likeness.settled_at.is_(None))
    count = await scene.session.scalar(select(func.count()).select_from(Likeness).where(wait))
    first = await scene.session.scalar(select(Likeness).where(wait).order_by(Likeness.id).limit(1))
    return count or 0, first


async def evenings_of(scene: Scene, person: str) -> Sequence[str]:
    """Titles of the latest events that they are on the list of."""
    said = select(Rsvp.event_id).where(Rsvp.person_id == person)
    came = select(Attendance.event_id).where(Attendance.person_id == person)
    found = await scene.session.scalars(
        select(Event.title)
        .where(
            Event.community_id == scene.community.id, or_(Event.id.in_(said), Event.id.in_(came))
        )
        .order_by(Event.starts_at.desc())
        .limit(3)
    )
    return found.all()


async def is_member(scene: Scene, person: str) -> bool:
    wanted = select(Account.id).where(Account.person_id == person).limit(1)
    return await scene.session.scalar(wanted) is not None


async def _insert(scene: Scene, table: type[Table], rows: Iterable[Mapping[str, Any]]) -> None:
    """Many at once; rows are made as they are written."""
    each = iter(rows)
    while some := list(islice(each, PORTION)):
        await scene.session.execute(insert(table), some)


def _portions(ids: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
