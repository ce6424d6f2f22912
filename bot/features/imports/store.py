"""What imports read and write. Every question is about one community; nothing here commits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy import Table as SqlTable

from bot import changes
from bot.codes import code
from bot.context import Scene
from bot.db import Table
from bot.errors import UserError
from bot.features.demos import contract
from bot.features.demos.model import SHOWN, Demo
from bot.features.demos.model import TITLE as DEMO
from bot.features.events import places, promises
from bot.features.events import store as events
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
from bot.features.imports.people import NAMESAKES, Known, People, plain_name
from bot.features.imports.plan import Before, Counts, Plan, TakenBack
from bot.features.speakers.model import Candidate, SpeakerMove, delivered
from bot.imports import Meeting
from bot.markup import one_line, shorten
from bot.people import Account, Community, Person
from bot.replies import Press

UNDO = "event unimport"
WALK_IN = 100
"""Characters of a name."""
T = TypeVar("T")

PORTION = 2_000
IDS = 500
"""Ids in one question."""
LONG_OVER = timedelta(days=1)
"""After this nobody is at the door of an event any more."""
GONE = "I know no such import here."
EVENINGS = 3
SHORT = 6
"""Digits of a number that people type; ids are longer."""


async def hold(scene: Scene) -> None:
    """One import at a time, until the transaction ends: two would add the same twice, and one that
    is taken back would take away what another is about."""
    here = select(Community.id).where(Community.id == scene.community.id)
    await scene.session.execute(here.with_for_update())


async def kept_so_far(scene: Scene) -> tuple[int, int]:
    """Imports, and those taken back: whether it is the same tells whether there was one since."""
    here = ImportBatch.community_id == scene.community.id
    counts = select(func.count(ImportBatch.id), func.count(ImportBatch.undone_at)).where(here)
    row = (await scene.session.execute(counts)).one()
    return row[0], row[1]


async def still_here(scene: Scene, plan: Plan) -> bool:
    """Whether whoever and whatever a plan is about is there. Then it stays there until the
    transaction ends."""
    return await _held(scene, Event, plan.events_here) and await _held(
        scene, Person, plan.people_here
    )


async def _held(scene: Scene, table: type[Event] | type[Person], ids: Collection[str]) -> bool:
    """Locked as rows that point to them lock them."""
    for some in _portions(sorted(ids), IDS):
        found = await scene.session.scalars(
            select(table.id)
            .where(table.id.in_(some), table.community_id == scene.community.id)
            .order_by(table.id)
            .with_for_update(read=True, key_share=True)
        )
        if len(found.all()) < len(some):
            return False
    return True


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
    walk_ins = set(
        await session.scalars(
            select(Attendance.id)
            .join(Event, Event.id == Attendance.event_id)
            .where(Event.community_id == here, Attendance.person_id.is_(None))
        )
    )
    found_key = await scene.session.get(ImportKey, here)
    walk_ins |= set(
        await session.scalars(
            select(Candidate.id).where(
                Candidate.community_id == here, Candidate.person_id.is_(None)
            )
        )
    )
    key = found_key.key if found_key else "".join(scene.new_id() for _ in range(4))[:64]
    return People(key.encode(), scene.new_id, known, handles, kinds, walk_ins=walk_ins)


async def gatherings(scene: Scene, zone: Any) -> Gatherings:
    here, home = scene.community.id, ZoneInfo(scene.community.zone)
    rows = await scene.session.execute(
        select(Event.id, Event.title, Event.starts_at, Event.place, Event.status).where(
            Event.community_id == here
        )
    )
    held = {row[0]: Held(*row[:4], cancelled=row[4] == CANCELLED) for row in rows}
    found = await scene.session.execute(
        select(EventKey.digest, EventKey.event_id).where(EventKey.community_id == here)
    )
    return Gatherings(zone, home, scene.now, scene.new_id, held, {row[0]: row[1] for row in found})


async def before(scene: Scene, plan: Plan) -> Before:
    """What is known about the events of a plan that were there before it."""
    old = sorted(plan.events_here)
    found = Before({}, {}, set(), set(), await _spoken(scene) if plan.talks else set())
    for ids in _portions(old, IDS):
        said = select(Rsvp.event_id, Rsvp.person_id, Rsvp.answer).where(Rsvp.event_id.in_(ids))
        for event, person, answer in await scene.session.execute(said):
            found.answers[event, person] = answer
        came = select(Attendance.event_id, Attendance.person_id, Attendance.present).where(
            Attendance.event_id.in_(ids)
        )
        for event, whom, present in await scene.session.execute(came):
            if whom:
                found.seen[event, whom] = present
        for table, by, rows in (
            (Talk, Talk.speaker_id, found.talks),
            (Demo, Demo.presenter_id, found.demos),
        ):
            given: Any = select(table.event_id, by, table.title).where(table.event_id.in_(ids))
            rows.update((row[0], row[1], row[2]) for row in await scene.session.execute(given))
    return found


async def _spoken(scene: Scene) -> set[tuple[str, str]]:
    """Who gave which talk by the speakers' board: an export of ours lists it among the talks."""
    found = await scene.session.execute(
        select(Candidate.person_id, Candidate.topic)
        .join(SpeakerMove, SpeakerMove.candidate_id == Candidate.id)
        .where(Candidate.community_id == scene.community.id, *delivered())
    )
    return {(person, topic or "") for person, topic in found if person}


async def add(scene: Scene, plan: Plan, spot: str, by: str | None) -> ImportBatch:
    """Write a plan as one batch."""
    batch = ImportBatch(
        id=scene.new_id(),
        community_id=scene.community.id,
        what=one_line(plan.what, 200),
        events=len(plan.gatherings.added),
        people=len(plan.people.added),
        answers=len(plan.answers),
        attendances=len(plan.seen) + len(plan.walk_ins),
        absences=sum(not each.present for each in plan.seen.values()),
        talks=len(plan.talks),
        demos=len(plan.demos),
        made_by=by,
        made_at=scene.now,
    )
    scene.session.add(batch)
    await scene.session.merge(
        ImportKey(community_id=scene.community.id, key=plan.people.key.decode())
    )
    await scene.session.flush()
    await _add_people(scene, plan, batch.id)
    closed = plan.noted
    await _close(scene, closed - plan.gatherings.added.keys(), batch)
    ahead = [
        await _add_event(scene, id_, meeting, spot, batch, id_ in closed)
        for id_, meeting in plan.gatherings.added.items()
    ]
    await scene.session.flush()
    for event in filter(None, ahead):
        await promises.promise(scene, event, announce=False)
    keys = ({"community_id": batch.community_id, "digest": d, "event_id": e, "batch_id": batch.id}
            for d, e in plan.gatherings.new_keys)  # fmt: skip
    await _insert(scene, EventKey, keys)
    await _insert(scene, Rsvp, _answers(plan, batch))
    await _insert(scene, Attendance, _attendances(scene, plan, batch))
    await _insert(scene, Talk, _talks(scene, plan, batch))
    if plan.demos:
        wording = await contract.settle(scene)
        await _insert(scene, Demo, _demos(scene, plan, batch, wording.id))
    for event in await events.answered_in(scene, batch.id):
        await promises.refresh(scene, event)
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
        {"id": scene.new_id(), "community_id": here, "person_id": p, "kind": k, "hash": h,
         "batch_id": batch}
        for p, k, h in found.new_handles
    )  # fmt: skip
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
    closed = over and (closed or meeting.closed)
    event.status = CANCELLED if meeting.cancelled else CLOSED if closed else PLANNED
    event.closed_batch_id = batch.id if event.status == CLOSED else None
    scene.session.add(event)
    return None if over or meeting.cancelled else event


async def _close(scene: Scene, ids: Collection[str], batch: ImportBatch) -> None:
    """What is over, now that there is a list of who came. It can still be corrected."""
    for some in _portions(sorted(ids), IDS):
        over = (
            Event.id.in_(some),
            Event.community_id == scene.community.id,
            Event.status == PLANNED,
            Event.starts_at <= scene.now - LONG_OVER,
        )
        closed = update(Event).where(*over).values(status=CLOSED, closed_batch_id=batch.id)
        await scene.session.execute(closed)


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
    for note, each in plan.walk_ins.items():
        name = one_line(each.name, WALK_IN)
        yield {"id": note, "event_id": each.event, "person_id": None, "name": name,
               "present": True, "via": BY_IMPORT, "noted_at": batch.made_at,
               "batch_id": batch.id}  # fmt: skip


def _talks(scene: Scene, plan: Plan, batch: ImportBatch) -> Iterator[dict[str, Any]]:
    for each in plan.talks:
        yield {"id": scene.new_id(), "community_id": batch.community_id, "event_id": each.event,
               "speaker_id": each.person, "title": each.title, "batch_id": batch.id}  # fmt: skip


def _demos(scene: Scene, plan: Plan, batch: ImportBatch, wording: str) -> Iterator[dict[str, Any]]:
    """On record as shown. Nobody is asked about them, and nobody agreed to a contract by a list."""
    events = plan.gatherings
    for place, each in enumerate(plan.demos):
        at, demo = events.held[each.event].starts_at, each.demo
        yield {"id": scene.new_id(), "community_id": batch.community_id, "event_id": each.event,
               "presenter_id": each.person, "title": one_line(demo.title, DEMO),
               "state": demo.state, "minutes": demo.minutes or scene.community.prefs.demo_minutes,
               "wish": "", "link": "", "status": SHOWN, "contract_id": wording,
               "first_time": demo.first_time, "turn": place, "place": place, "reply": "",
               "settled_at": at, "told_at": demo.heard_at and max(demo.heard_at, at),
               "created_at": min(at, batch.made_at), "batch_id": batch.id}  # fmt: skip


async def batch_of(scene: Scene, told: str) -> ImportBatch:
    """For taking it back: locked. By its id, or by its number in order. Raises UserError."""
    number = told.strip().removeprefix("#")
    if number.isdecimal() and len(number) <= SHORT:
        found = await batches(scene)
        told = next((each.id for at, each in found if at == int(number)), told)
    return await scene.get_own(ImportBatch, told, GONE, lock=True)


async def batches(scene: Scene, most: int | None = None) -> Sequence[tuple[int, ImportBatch]]:
    """Newest first, each with its number: none is ever deleted, so a number stays."""
    here = ImportBatch.community_id == scene.community.id
    last = await scene.session.scalar(select(func.count(ImportBatch.id)).where(here)) or 0
    found = await scene.session.scalars(
        select(ImportBatch)
        .where(here)
        .order_by(ImportBatch.made_at.desc(), ImportBatch.id.desc())
        .limit(most)
    )
    return [(last - place, batch) for place, batch in enumerate(found)]


async def number_of(scene: Scene, batch: ImportBatch) -> int:
    return next(number for number, each in await batches(scene) if each.id == batch.id)


async def take_back(scene: Scene, batch: ImportBatch) -> TakenBack:
    """Remove what a batch added, but what something else hangs on by now. What somebody here said
    or put right since is theirs, and stays. What an earlier one had to leave goes along, once
    nothing hangs on it."""
    if batch.undone_at:
        raise UserError("That import was taken back already.")
    await hold(scene)
    batch.undone_at = scene.now
    await changes.taken_back(scene, Press(UNDO, (("batch", batch.id),)))
    await scene.session.flush()
    ahead = await events.answered_in(scene, batch.id, lock=True)
    talks = await _delete(scene, Talk, Talk.batch_id == batch.id)
    demos = await _delete(scene, Demo, Demo.batch_id == batch.id, *_free(Demo.__table__, {"demo"}))
    noted = Attendance.batch_id == batch.id
    came = await _delete(scene, Attendance, noted, Attendance.present)
    absent = await _delete(scene, Attendance, noted)
    answers = await _delete(scene, Rsvp, Rsvp.batch_id == batch.id)
    await _forget_identities(scene, batch)
    gatherings, gatherings_stay = await _take_back_events(scene, batch)
    found, people_stay = await _take_back_people(scene, batch)
    return TakenBack(
        Counts(gatherings, found, answers, came, absent, talks, demos),
        gatherings_stay,
        people_stay,
        reopened=await _reopen(scene, batch),
        moved_up=await _give_on(scene, ahead),
    )


async def _forget_identities(scene: Scene, batch: ImportBatch) -> None:
    """By what it named whoever and whatever was there before it: what comes later must not land on
    them. Its own are known by theirs as long as they stay."""
    brought = select(Brought.person_id).where(Brought.batch_id == batch.id)
    added = select(Event.id).where(Event.batch_id == batch.id)
    named = Handle.community_id == batch.community_id, Handle.batch_id == batch.id
    keyed = EventKey.community_id == batch.community_id, EventKey.batch_id == batch.id
    await _delete(scene, Handle, *named, Handle.person_id.not_in(brought))
    await _delete(scene, EventKey, *keyed, EventKey.event_id.not_in(added))


async def _reopen(scene: Scene, batch: ImportBatch) -> int:
    """What it closed, and nobody here since. A list of another import keeps it closed."""
    ours = Event.community_id == batch.community_id, Event.closed_batch_id == batch.id
    listed = (
        select(func.min(Attendance.batch_id))
        .where(Attendance.event_id == Event.id)
        .scalar_subquery()
    )
    kept = update(Event).where(*ours, listed.is_not(None)).values(closed_batch_id=listed)
    again = update(Event).where(*ours, Event.status == CLOSED)
    apart = {"synchronize_session": False}
    await scene.session.execute(kept, execution_options=apart)
    opened: Any = await scene.session.execute(
        again.values(status=PLANNED, closed_batch_id=None), execution_options=apart
    )
    return int(opened.rowcount)


async def _give_on(scene: Scene, ahead: Iterable[Event]) -> int:
    """Places that fell free go to those who wait. Returns how many have one now."""
    moved_up = 0
    for each in ahead:
        if event := await events.find(scene, each.id):
            moved_up += len(await places.fill(scene, event))
            await promises.refresh(scene, event)
    return moved_up


async def _delete(scene: Scene, table: type[Table], *which: Any) -> int:
    gone: Any = await scene.session.execute(
        delete(table).where(*which).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)


def _undone(scene: Scene) -> Any:
    """This import among them: it is marked first."""
    return select(ImportBatch.id).where(
        ImportBatch.community_id == scene.community.id, ImportBatch.undone_at.is_not(None)
    )


async def _take_back_events(scene: Scene, batch: ImportBatch) -> tuple[int, int]:
    """How many go, and how many of this one's stay."""
    session = scene.session
    here = Event.community_id == scene.community.id
    ours = and_(Event.batch_id == batch.id, here)
    left = and_(Event.batch_id.in_(_undone(scene)), here)
    free = and_(left, *_free(Event.__table__, {"event_key"}))
    ahead = await session.scalars(select(Event).where(free, Event.starts_at > scene.now))
    for event in ahead.all():
        await promises.drop(scene, event)
    gone = select(Event.id).where(free)
    await session.execute(delete(EventKey).where(EventKey.event_id.in_(gone)))
    went = await _delete(scene, Event, free)
    return went, await session.scalar(select(func.count()).select_from(Event).where(ours)) or 0


async def _take_back_people(scene: Scene, batch: ImportBatch) -> tuple[int, int]:
    """How many go, and how many of this one's stay."""
    session = scene.session
    left = select(Brought.person_id).where(Brought.batch_id.in_(_undone(scene)))
    marks = {"brought", "handle", "likeness"}
    free = select(Person.id).where(
        Person.id.in_(left),
        Person.community_id == scene.community.id,
        *_free(Person.__table__, marks),
    )
    ids = (await session.scalars(free)).all()
    for some in _portions(ids, IDS):
        for column in (Likeness.person_id, Likeness.other_id, Handle.person_id, Brought.person_id):
            table: Any = column.class_
            await session.execute(delete(table).where(column.in_(some)))
        await session.execute(
            delete(Person).where(Person.id.in_(some)).execution_options(synchronize_session=False)
        )
    theirs = select(func.count()).select_from(Brought).where(Brought.batch_id == batch.id)
    return len(ids), await session.scalar(theirs) or 0


def _free(table: Any, but: Collection[str]) -> list[Any]:
    return [not_(used) for used in _used(table, but)]


def _used(table: Any, but: Collection[str]) -> Iterator[Any]:
    """Whether anything points to a row, for each way there is."""
    for other in table.metadata.sorted_tables:
        if other.name in but:
            continue
        for key in other.foreign_keys:
            if key.column.table is table:
                there: SqlTable = other.alias()
                yield exists().where(there.c[key.parent.name] == key.column)


async def liken_members(scene: Scene, most: int) -> None:
    """Members who came since, and are called as somebody on a list is."""
    here = Person.community_id == scene.community.id
    is_member = select(Account.id).where(Account.person_id == Person.id).exists()
    names = select(Person.id, Person.name).order_by(Person.id)
    called: dict[str, list[str]] = defaultdict(list)
    for id_, name in await scene.session.execute(names.where(here, is_member)):
        called[plain_name(name)].append(id_)
    listed = names.join(Brought, Brought.person_id == Person.id).where(here, ~is_member)
    pairs = [
        (id_, other)
        for id_, name in await scene.session.execute(listed)
        for other in called.get(plain_name(name), [])[:NAMESAKES]
    ]
    if pairs:
        asked = await _asked(scene)
        new = (pair for pair in pairs if frozenset(pair) not in asked)
        await _ask_about(scene, islice(new, most))


async def _asked(scene: Scene) -> set[frozenset[str]]:
    """Pairs that a host was asked about."""
    found = await scene.session.execute(
        select(Likeness.person_id, Likeness.other_id).where(
            Likeness.community_id == scene.community.id
        )
    )
    return {frozenset(row) for row in found}


async def alike(scene: Scene) -> tuple[int, Likeness | None]:
    """How many pairs wait for a host, and the first."""
    wait = and_(Likeness.community_id == scene.community.id, Likeness.settled_at.is_(None))
    count = await scene.session.scalar(select(func.count()).select_from(Likeness).where(wait))
    first = await scene.session.scalar(select(Likeness).where(wait).order_by(Likeness.id).limit(1))
    return count or 0, first


async def evenings_of(scene: Scene, person: str) -> tuple[int, Sequence[Event]]:
    """How many events they are on the list of, and the latest of them."""
    listed = _listed(scene, person)
    count = await scene.session.scalar(select(func.count()).select_from(listed.subquery()))
    latest = listed.order_by(Event.starts_at.desc(), Event.id).limit(EVENINGS)
    return count or 0, (await scene.session.scalars(latest)).all()


async def met_at(scene: Scene, one: str, other: str) -> Event | None:
    """The latest event where both were seen: they are two, unless the list is wrong."""
    return await scene.session.scalar(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            *(
                Event.id.in_(
                    select(Attendance.event_id).where(
                        Attendance.person_id == person, Attendance.present
                    )
                )
                for person in (one, other)
            ),
        )
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(1)
    )


def _listed(scene: Scene, person: str) -> Select[Event]:
    """Events that they said something to, or were noted at."""
    said = select(Rsvp.event_id).where(Rsvp.person_id == person)
    came = select(Attendance.event_id).where(Attendance.person_id == person)
    return select(Event).where(
        Event.community_id == scene.community.id, or_(Event.id.in_(said), Event.id.in_(came))
    )


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
