"""The files of an export: four lists that an import takes back, and every table as it is."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, func, select

from bot.context import Scene
from bot.features.events.model import PLANNED, Attendance, Event, Rsvp
from bot.features.exports.given import DEMOS, TALKS, demos, talks
from bot.features.exports.tables import LEFT_OUT, exported
from bot.features.privacy.holdings import within
from bot.features.sparks.model import Spark
from bot.imports.ours import OVER, escaped
from bot.people import Person

Format = Literal["csv", "json"]
EVENTS = (
    "id", "title", "starts_at", "minutes", "place", "details", "capacity", "status",
)  # fmt: skip
ATTENDANCE = (
    "event_id", "event", "event_date", "person_id", "person", "rsvp", "checked_in", "walk_in",
)  # fmt: skip
CAME = {True: "yes", False: "no", None: ""}
ABOUT = """\
{name}, {day}

events.csv, attendance.csv, talks.csv and demos.csv can be imported again, all in one go:
community-os import events.csv attendance.csv talks.csv demos.csv
In an empty community the figures about events, visits, demos and talks are then the same, once you
have marked your staff there. What else is in tables/, such as help, sponsors and retros, is to read
and keep: no import takes it. Help counts among what returning builders do, so that figure is lower.

tables/ has every other table. Times are UTC. An empty checked_in means that nobody knows. A status
of "over" means that the date has passed and nobody has said who came. talks.csv has talks of lists
and of the speakers' board, demos.csv the demos that were shown. Sparks are here once all whom they
name have confirmed them.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
These files hold names of people. Keep them as you keep the database.

Left out, and why:
{left_out}
"""
Row = Mapping[Any, Any]
CONFIRMED = select(Spark.id).where(Spark.confirmed_at.is_not(None), Spark.ended_at.is_(None))
AGREED: Mapping[str, Callable[[Table], ColumnElement[bool]]] = {
    "spark": lambda table: table.c.id.in_(CONFIRMED),
    "spark_member": lambda table: table.c.spark_id.in_(CONFIRMED),
}
"""What goes along only once all whom it names have said yes."""
Write = Callable[[Sequence[Row]], bytes]


async def files(scene: Scene, form: Format) -> AsyncIterator[tuple[str, bytes]]:
    """Each file with its name, one at a time. They are written beside the event loop: nobody else
    waits for a long history."""
    left_out = "\n".join(f"- {name}: {why}." for name, why in sorted(LEFT_OUT.items()))
    about = ABOUT.format(name=scene.community.name, day=scene.today, left_out=left_out)
    yield "README.txt", about.encode()
    yield "events.csv", await asyncio.to_thread(as_csv, EVENTS, await _events(scene))
    yield "attendance.csv", await asyncio.to_thread(as_csv, ATTENDANCE, await _attendance(scene))
    yield "talks.csv", await asyncio.to_thread(as_csv, TALKS, await talks(scene))
    yield "demos.csv", await asyncio.to_thread(as_csv, DEMOS, await demos(scene))
    for table, columns in exported(Event.metadata):
        wanted = select(*columns).where(_here(scene, table)).order_by(*table.primary_key)
        rows = (await scene.session.execute(wanted)).mappings().all()
        names = [column.name for column in columns]
        write: Write = partial(as_csv, names) if form == "csv" else as_json
        yield f"tables/{table.name}.{form}", await asyncio.to_thread(write, rows)


async def visits(scene: Scene) -> int:
    """How many answers and check-ins there are: of nothing else are there so many."""
    here = Event.community_id == scene.community.id
    found = 0
    for of, event in ((Rsvp, Rsvp.event_id), (Attendance, Attendance.event_id)):
        rows = select(func.count()).select_from(of).join(Event, Event.id == event).where(here)
        found += await scene.session.scalar(rows) or 0
    return found


def _here(scene: Scene, table: Any) -> Any:
    if table.name in AGREED:
        return within(table, scene.community.id) & AGREED[table.name](table)
    if table.name == "community":
        return table.c.id == scene.community.id
    return within(table, scene.community.id)


def as_csv(names: Sequence[str], rows: Iterable[Row]) -> bytes:
    """With the mark by which Excel knows UTF-8, and no cell that is a formula."""
    text = io.StringIO(newline="")
    write = csv.writer(text)
    write.writerow(names)
    write.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_json(rows: Sequence[Row]) -> bytes:
    told = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return escaped(value.replace("\0", ""))
    return "" if value is None else _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


async def _events(scene: Scene) -> list[Row]:
    found = await scene.session.scalars(
        select(Event)
        .where(Event.community_id == scene.community.id)
        .order_by(Event.starts_at, Event.id)
    )
    return [
        {name: getattr(event, name) for name in EVENTS} | {"status": _status(scene, event)}
        for event in found
    ]


def _status(scene: Scene, event: Event) -> str:
    """A date that has passed is not planned any more, also where nobody closed it."""
    return OVER if event.status == PLANNED and event.ends_at <= scene.now else event.status


async def _attendance(scene: Scene) -> list[Row]:
    """What somebody said and whether they came, in one row. Whoever walked in without an account,
    or has deleted theirs, goes by the id of that note."""
    zone = ZoneInfo(scene.community.zone)
    here = Event.community_id == scene.community.id
    answers = await scene.session.execute(
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Person.id,
            Person.name,
            Rsvp.answer,
            Rsvp.waiting,
        )
        .join(Rsvp, Rsvp.event_id == Event.id)
        .join(Person, Person.id == Rsvp.person_id)
        .where(here)
    )
    notes = await scene.session.execute(
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Person.name,
            Attendance.id,
            Attendance.person_id,
            Attendance.name,
            Attendance.present,
        )
        .join(Attendance, Attendance.event_id == Event.id)
        .outerjoin(Person, Person.id == Attendance.person_id)
        .where(here)
    )
    return await asyncio.to_thread(_together, answers.all(), notes.all(), zone)


def _together(answers: Iterable[Any], notes: Iterable[Any], zone: ZoneInfo) -> list[Row]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for event, title, at, person, name, answer, waiting in answers:
        said = "waitlist" if waiting else answer
        rows[event, person] = _line(event, title, at.astimezone(zone), person, name, said)
    for event, title, at, name, note, person, walk_in, present in notes:
        whom = person or note
        line = _line(event, title, at.astimezone(zone), whom, name or walk_in, "")
        row = rows.setdefault((event, whom), line)
        row["checked_in"], row["walk_in"] = CAME[present], "" if person else CAME[True]
    return sorted(rows.values(), key=lambda row: (row["event_date"], row["event"], row["person"]))


def _line(
    event: str, title: str, at: datetime, person: str, name: str, said: str
) -> dict[str, Any]:
    values = (event, title, at.date().isoformat(), person, name, said, "", "")
    return dict(zip(ATTENDANCE, values, strict=True))
