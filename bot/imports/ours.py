"""Plain lists that anybody can write in a spreadsheet, and that our own export writes:
`events.csv`, `attendance.csv`, `talks.csv` and `demos.csv`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from zoneinfo import ZoneInfo

from bot.imports import dates
from bot.imports.dates import Dates, Moment, Order
from bot.imports.reader import EVENING, Reader, moment
from bot.imports.rows import Demo, Doubts, Guest, Meeting, Reading, Talk, Which
from bot.imports.table import Sheet

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula in one spreadsheet or another."""

EVENTS = {
    "title": ("title", "event", "event title", "name"),
    "day": ("date", "starts at", "starts", "start", "event date", "day"),
    "hour": ("time", "start time"),
    "ends": ("ends at", "ends", "end"),
    "minutes": ("minutes",),
    "place": ("place", "location", "venue"),
    "details": ("details", "description"),
    "capacity": ("capacity",),
    "status": ("status",),
    "id": ("id", "event id"),
}
ATTENDANCE = {
    "event": ("event", "event title", "title"),
    "event id": ("event id",),
    "day": ("event date", "date", "day"),
    "person": ("person", "name", "attendee", "guest"),
    "person id": ("person id",),
    "email": ("email", "e-mail"),
    "answer": ("rsvp",),
    "came": ("checked in", "present", "attended"),
}
TALKS = {
    "series": ("event series", "series"),
    "day": ("event date", "date"),
    "event": ("event title", "event"),
    "event id": ("event id",),
    "speaker": ("speaker",),
    "person id": ("person id",),
    "title": ("talk title",),
}
DEMOS = {
    "day": ("event date", "date"),
    "event": ("event title", "event"),
    "event id": ("event id",),
    "presenter": ("presenter",),
    "person id": ("person id",),
    "title": ("demo title",),
    "state": ("state",),
    "minutes": ("minutes",),
    "first": ("first time",),
    "heard": ("heard at",),
    "id": ("demo id",),
}
ANSWERS = {
    "coming": "coming", "yes": "coming", "going": "coming", "attending": "coming", "y": "coming",
    "1": "coming", "true": "coming", "maybe": "maybe", "tentative": "maybe", "no": "no",
    "n": "no", "0": "no", "false": "no", "not going": "no", "declined": "no",
    "waitlist": "", "": "",
}  # fmt: skip
CAME = {
    "yes": True, "y": True, "1": True, "true": True, "x": True, "✓": True,
    "no": False, "n": False, "0": False, "false": False, "": None, "unknown": None, "?": None,
}  # fmt: skip
STATUSES = {
    "": "", "planned": "", "confirmed": "", "tentative": "", "over": "", "held": "",
    "closed": "closed", "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
OVER = "over"
"""In an export: the date has passed, and nobody has said who came."""
STATES = ("idea", "in progress", "shipped")
NO_DAY = "no date that I can read. Left out."
FAR_DAY = f"a date before {dates.FIRST_YEAR} or after {dates.LAST_YEAR}. Left out."
NO_TITLE = "no title. Left out."
NO_EVENT = "no event. Left out."
NO_NAME = "no person. Left out."
ODD_ANSWER = "an rsvp that I don't know: write coming, maybe or no. None is taken."
ODD_CAME = "a checked_in that I don't know: write yes, no, or nothing where nobody knows."
ODD_LENGTH = "a length that I can't read. I take two hours."
ODD_HOUR = "a time that I can't read: write it like 19:00. I take 18:00."
ODD_STATUS = "a status that I don't know: write planned, closed or cancelled. I take planned."
ODD_CAPACITY = "a capacity that I can't read: write a number from 1. I take no limit."
ODD_STATE = "a state that I don't know: write idea, in progress or shipped. I take shipped."
MOST_PLACES = 10**6 - 1
USUAL, LONGEST = 120, 7 * 24 * 60
"""Minutes."""


def escaped(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. `unescaped` gives it back as it was."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULAS) else text


def unescaped(cell: str) -> str:
    begins_so = cell.startswith("'") and cell.lstrip("'").startswith(FORMULAS)
    return cell[1:] if begins_so else cell


def known(sheet: Sheet) -> Reader | None:
    if sheet.header.places(DEMOS).keys() >= {"presenter", "title"}:
        return read_demos
    if sheet.header.places(TALKS).keys() >= {"speaker", "title"}:
        return read_talks
    attendance = sheet.header.places(ATTENDANCE).keys()
    if "person" in attendance and attendance & {"event", "event id", "day"}:
        return read_attendance
    if sheet.header.places(EVENTS).keys() >= {"title", "day"}:
        return read_events
    return None


@dataclass(frozen=True, slots=True)
class Columns:
    """A sheet under our own names for its columns."""

    sheet: Sheet
    places: Mapping[str, int]

    def rows(self, doubts: Doubts) -> Iterator[tuple[int, dict[str, str]]]:
        """Cells of long lists repeat: each text is kept once."""
        for number, cells in self.sheet.rows(doubts):
            named = ((name, cells[place].strip(" ")) for name, place in self.places.items())
            yield number, {name: intern(unescaped(cell)) for name, cell in named}

    def dates(self, name: str, order: Order | None) -> Dates:
        """How a column of dates is read. Raises Unreadable with the question."""
        if name not in self.places:
            return Dates(order)
        place, quiet = self.places[name], Doubts()
        cells = ((number, row[place]) for number, row in self.sheet.rows(quiet))
        return dates.column(self.sheet.header.names[place], cells, order)


def read_events(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(EVENTS)), Doubts()
    days, ends = columns.dates("day", order), columns.dates("ends", order)
    meetings = []
    for number, row in columns.rows(doubts):
        day = days.read(row["day"])
        if day is None or not row["title"].strip():
            doubts.add(NO_TITLE if day else _no_day(row["day"], days), number)
            continue
        if day.hour is None and row.get("hour"):
            day = Moment(day.day, dates.clock(row["hour"]), day.offset)
            if day.hour is None:
                doubts.add(ODD_HOUR, number)
        status = STATUSES.get(row.get("status", "").casefold())
        if status is None:
            doubts.add(ODD_STATUS, number)
        capacity = _number(row.get("capacity", ""), MOST_PLACES)
        if row.get("capacity") and capacity is None:
            doubts.add(ODD_CAPACITY, number)
        starts = day.at(zone, EVENING)
        minutes = _minutes(row, starts, moment(row.get("ends", ""), ends, zone))
        if minutes is None:
            doubts.add(ODD_LENGTH, number)
        meetings.append(
            Meeting(
                row["title"].strip(),
                starts,
                minutes or USUAL,
                row.get("place", ""),
                row.get("details", ""),
                capacity,
                status == "cancelled",
                status == "closed",
                day.hour is not None,
                row.get("id", ""),
            )
        )
    how = tuple(dict.fromkeys((*days.how, *ends.how)))
    told = tuple(doubts.sentences())
    return Reading("list of events", tuple(meetings), doubts=told, how=how)


def _no_day(cell: str, days: Dates) -> str:
    return FAR_DAY if days.is_far(cell) else NO_DAY


def _number(cell: str, most: int) -> int | None:
    """From 1 to `most`. A cell may have more digits than Python turns into a number."""
    is_short = cell.isdecimal() and len(cell) <= len(str(most))
    return int(cell) if is_short and 0 < int(cell) <= most else None


def _minutes(row: Mapping[str, str], starts: datetime, ends: datetime | None) -> int | None:
    """None for what is told and can't be."""
    said = row.get("minutes", "")
    if said:
        return _number(said, LONGEST)
    if ends is None:
        return None if row.get("ends") else USUAL
    minutes = int((ends - starts).total_seconds() // 60)
    return minutes if 0 < minutes <= LONGEST else None


def read_attendance(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(ATTENDANCE)), Doubts()
    days = columns.dates("day", order)
    events: dict[tuple[str, str, str], Which | None] = {}
    guests = []
    for number, row in columns.rows(doubts):
        told = (row.get("event", ""), row.get("event id", ""), row.get("day", ""))
        if told not in events:
            events[told] = _which(*told, days)
        event = events[told]
        person = row.get("person id", "")
        if event is None or not (row["person"].strip() or person or row.get("email")):
            doubts.add(NO_NAME if event else _no_event(row, days), number)
            continue
        answer = ANSWERS.get(row.get("answer", "").casefold())
        if answer is None:
            doubts.add(ODD_ANSWER, number)
        came = row.get("came", "").casefold()
        seen_at = None
        if came not in CAME:
            seen_at = moment(row["came"], Dates("ymd"), zone)
            if seen_at is None:
                doubts.add(ODD_CAME, number)
        present = True if seen_at else CAME.get(came)
        guests.append(
            Guest(
                row["person"].strip(),
                row.get("email", ""),
                person=person,
                event=event,
                answer=answer or "",
                present=present,
                seen_at=seen_at,
            )
        )
    return Reading(
        "attendance list", guests=tuple(guests), doubts=tuple(doubts.sentences()), how=days.how
    )


def _no_event(row: Mapping[str, str], days: Dates) -> str:
    cell = row.get("day", "")
    return _no_day(cell, days) if cell and days.read(cell) is None else NO_EVENT


def _which(title: str, id_: str, cell: str, days: Dates) -> Which | None:
    found = days.read(cell) if cell else None
    if cell and found is None:
        return None
    day = found.day if found else None
    return Which(title.strip(), day, id_) if title.strip() or id_ or day else None


def read_talks(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(TALKS)), Doubts()
    days = columns.dates("day", order)
    talks = []
    for number, row in columns.rows(doubts):
        speaker = row["speaker"].strip()
        title, series = row.get("event", "").strip(), row.get("series", "").strip()
        event = _which(title or series, row.get("event id", ""), row.get("day", ""), days)
        if event is None or not speaker:
            doubts.add(_no_event(row, days) if speaker else NO_NAME, number)
            continue
        event = Which(event.title, event.day, event.id, series=series)
        talks.append(Talk(event, speaker, row["title"].strip(), row.get("person id", "")))
    told = tuple(doubts.sentences())
    return Reading("list of talks", talks=tuple(talks), doubts=told, how=days.how)


def read_demos(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(DEMOS)), Doubts()
    days = columns.dates("day", order)
    demos = []
    for number, row in columns.rows(doubts):
        presenter = row["presenter"].strip()
        cells = (row.get("event", ""), row.get("event id", ""), row.get("day", ""))
        event = _which(*cells, days)
        if event is None or not presenter:
            doubts.add(_no_event(row, days) if presenter else NO_NAME, number)
            continue
        state = row.get("state", "").casefold()
        if state and state not in STATES:
            doubts.add(ODD_STATE, number)
        demos.append(
            Demo(
                event,
                presenter,
                row["title"].strip(),
                row.get("person id", ""),
                row.get("id", ""),
                state if state in STATES else STATES[-1],
                _number(row.get("minutes", ""), LONGEST),
                CAME.get(row.get("first", "").casefold()) is True,
                moment(row.get("heard", ""), Dates("ymd"), zone),
            )
        )
    told = tuple(doubts.sentences())
    return Reading("list of demos", demos=tuple(demos), doubts=told, how=days.how)
