"""Plain lists that anybody can write in a spreadsheet, and that our own export writes:
`events.csv`, `attendance.csv`, `talks.csv` and `demos.csv`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    "hour": ("time", "start time", "event time"),
    "person": ("person", "name", "attendee", "guest"),
    "person id": ("person id",),
    "email": ("email", "e-mail"),
    "answer": ("rsvp",),
    "came": ("checked in", "present", "attended"),
    "walk in": ("walk in",),
}
TALKS = {
    "series": ("event series", "series"),
    "day": ("event date", "date"),
    "event": ("event title", "event"),
    "event id": ("event id",),
    "hour": ("time", "start time", "event time"),
    "speaker": ("speaker",),
    "person id": ("person id",),
    "title": ("talk title",),
}
DEMOS = {
    "day": ("event date", "date"),
    "event": ("event title", "event"),
    "event id": ("event id",),
    "hour": ("time", "start time", "event time"),
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
    "": "",
}  # fmt: skip
WAITING = ("waitlist", "waiting", "waiting list")
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
NO_STATE = "how finished they were stays unknown. The figures on that leave them out."
NO_HEARD = "whether presenters heard anything stays unknown. The figures on that leave them out."
NO_MINUTES = "There is no column minutes, so each demo is noted with the usual length."
MOST_PLACES = 10**6 - 1
LONGEST_DEMO = 240
"""Minutes."""
MOST_A_DAY = 3
"""Dates of one event on one day. With more of them a time is rather when people came."""
NO_DAY = "no date that I can read. Left out."
FAR_DAY = f"a date before {dates.FIRST_YEAR} or after {dates.LAST_YEAR}. Left out."
NO_TITLE = "no title. Left out."
NO_EVENT = "no event. Left out."
NO_NAME = "no person. Left out."
WAITED = "on the waiting list: no answer is taken. They can answer again here."
ODD_ANSWER = "an rsvp that I don't know: write coming, maybe or no. None is taken."
ODD_CAME = "a checked_in that I don't know: write yes, no, or nothing where nobody knows."
ODD_LENGTH = "a length that I can't read. I take two hours."
ODD_HOUR = "a time that I can't read: write it like 19:00. I take 18:00."
ODD_STATUS = "a status that I don't know: write planned, closed or cancelled. I take planned."
ODD_CAPACITY = "a capacity that I can't read: write a number from 1. I take no limit."
ODD_STATE = "a state that I don't know: write idea, in progress or shipped. It stays unknown."
ODD_DEMO = f"minutes that no demo lasts: write a number from 1 to {LONGEST_DEMO}. I take the usual."
ODD_HEARD = (
    "a heard_at that I can't read: write it like 2026-03-03 18:00, or nothing where they heard "
    "nothing. Left out."
)
ODD_START = "a time that I can't read: write it like 19:00. I go by the day."
MANY_HOURS = (
    f"more than {MOST_A_DAY} times for one event on one day, which can't all be when it began. "
    "I go by the day."
)
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
    events: dict[tuple[str, str, str, str], Which | None] = {}
    guests: list[Guest] = []
    rows: dict[Which, int] = {}
    for number, row in columns.rows(doubts):
        told = (*_named(row), _hour(row, number, doubts))
        if told not in events:
            events[told] = _which(*told[:3], days, told[3], zone)
        event = events[told]
        person = row.get("person id", "")
        if event is None or not (row["person"].strip() or person or row.get("email")):
            doubts.add(NO_NAME if event else _no_event(row, days), number)
            continue
        said = row.get("answer", "").casefold()
        answer = ANSWERS.get(said)
        if answer is None:
            doubts.add(WAITED if said in WAITING else ODD_ANSWER, number)
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
                walk_in=bool(CAME.get(row.get("walk in", "").casefold())),
            )
        )
        rows.setdefault(event, number)
    by_day = _by_the_day(rows, doubts)
    if by_day:
        guests = [replace(each, event=by_day.get(each.event, each.event)) for each in guests]
    return Reading(
        "attendance list", guests=tuple(guests), doubts=tuple(doubts.sentences()), how=days.how
    )


def _by_the_day(rows: Mapping[Which, int], doubts: Doubts) -> dict[Which | None, Which]:
    """Events under more hours than a day has evenings, as their day alone names them."""
    hours: dict[Which, list[Which]] = {}
    for event in rows:
        if event.starts_at:
            hours.setdefault(replace(event, starts_at=None), []).append(event)
    found: dict[Which | None, Which] = {}
    for day, events in hours.items():
        if len(events) > MOST_A_DAY:
            doubts.rows.setdefault(MANY_HOURS, []).extend(rows[each] for each in events)
            found |= dict.fromkeys(events, day)
    return found


def _named(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row.get("event", ""), row.get("event id", ""), row.get("day", "")


def _no_event(row: Mapping[str, str], days: Dates) -> str:
    cell = row.get("day", "")
    return _no_day(cell, days) if cell and days.read(cell) is None else NO_EVENT


def _hour(row: Mapping[str, str], number: int, doubts: Doubts) -> str:
    hour = row.get("hour", "")
    if hour and dates.clock(hour) is None:
        doubts.add(ODD_START, number)
    return hour


def _which(
    title: str, id_: str, cell: str, days: Dates, hour: str = "", zone: ZoneInfo | None = None
) -> Which | None:
    """Only an event that has a title can be told apart by its hour, on the clock of a zone."""
    found, title = days.read(cell) if cell else None, title.strip()
    if cell and found is None:
        return None
    if found and found.hour is None and hour:
        found = Moment(found.day, dates.clock(hour), found.offset)
    if found and found.hour and title and zone:
        starts = found.at(zone, EVENING)
        return Which(title, starts.astimezone(zone).date(), id_, starts_at=starts)
    day = found.day if found else None
    return Which(title, day, id_) if title or id_ or day else None


def read_talks(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(TALKS)), Doubts()
    days = columns.dates("day", order)
    talks = []
    for number, row in columns.rows(doubts):
        speaker = row["speaker"].strip()
        title, series = row.get("event", "").strip(), row.get("series", "").strip()
        cells = (title or series, row.get("event id", ""), row.get("day", ""))
        event = _which(*cells, days, _hour(row, number, doubts), zone)
        if event is None or not speaker:
            doubts.add(_no_event(row, days) if speaker else NO_NAME, number)
            continue
        event = replace(event, series=series)
        talks.append(Talk(event, speaker, row["title"].strip(), row.get("person id", "")))
    told = tuple(doubts.sentences())
    return Reading("list of talks", talks=tuple(talks), doubts=told, how=days.how)


def read_demos(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    columns, doubts = Columns(sheet, sheet.header.places(DEMOS)), Doubts()
    days, heard = columns.dates("day", order), columns.dates("heard", order)
    demos = []
    for number, row in columns.rows(doubts):
        presenter = row["presenter"].strip()
        event = _which(*_named(row), days, _hour(row, number, doubts), zone)
        if event is None or not presenter:
            doubts.add(_no_event(row, days) if presenter else NO_NAME, number)
            continue
        told = heard.read(row.get("heard", ""))
        if row.get("heard") and told is None:
            doubts.add(ODD_HEARD, number)
            continue
        state = row.get("state", "").casefold()
        if state and state not in STATES:
            doubts.add(ODD_STATE, number)
        minutes = _number(row.get("minutes", ""), LONGEST_DEMO)
        if row.get("minutes") and minutes is None:
            doubts.add(ODD_DEMO, number)
        demos.append(
            Demo(
                event,
                presenter,
                row["title"].strip(),
                row.get("person id", ""),
                row.get("id", ""),
                state if state in STATES else "",
                minutes,
                CAME.get(row.get("first", "").casefold()) is True,
                told.at(zone, EVENING) if told else None,
                bool(told and told.hour),
            )
        )
    return Reading(
        "list of demos",
        demos=tuple(demos),
        doubts=tuple(doubts.sentences()),
        how=tuple(dict.fromkeys((*days.how, *heard.how))),
        unknown=tuple(_unknown(demos, columns.places, len(doubts.rows.get(ODD_STATE, ())))),
        tells_heard=any(each.heard_at for each in demos),
    )


def _unknown(demos: Sequence[Demo], places: Collection[str], odd: int) -> Iterator[str]:
    """Not noted is not none. Of states that are `odd` there is a word already."""
    without = sum(not each.state for each in demos) - odd
    if without and "state" not in places:
        yield f"There is no column state, so {NO_STATE}"
    elif without:
        some = "1 demo has" if without == 1 else f"{without:,} demos have"
        yield f"{some} no state, so {NO_STATE}"
    if demos and not any(each.heard_at for each in demos):
        why = "Nothing stands in heard_at" if "heard" in places else "There is no column heard_at"
        yield f"{why}, so {NO_HEARD}"
    if demos and "minutes" not in places:
        yield NO_MINUTES
