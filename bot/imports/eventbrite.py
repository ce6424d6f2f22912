"""Eventbrite's attendee lists, of three generations. One buyer's address may stand for all whom
they bought tickets for."""

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo, available_timezones

from bot.imports.dates import Dates, Order, clock
from bot.imports.reader import EVENING, Reader
from bot.imports.rows import Doubts, Guest, Meeting, Reading, Which
from bot.imports.table import Sheet

COLUMNS = {
    "order": ("order #", "order no.", "order id"),
    "first": ("first name", "attendee first name"),
    "last": ("last name", "surname", "attendee last name"),
    "email": ("email", "attendee email"),
    "status": ("attendee status",),
    "count": ("quantity", "ticket quantity"),
    "event": ("event name",),
    "event id": ("event id",),
    "day": ("event start date",),
    "hour": ("event start time",),
    "zone": ("event timezone",),
}
NEEDED = {"order", "first", "last", "email"}
COMING = {"attending", "checked in"}
NOT = {"not attending", "cancelled", "canceled", "refunded", "deleted"}
MORE = "more than one ticket. Guests without a name are not counted."
UNKNOWN = "a status that I don't know: no answer is taken."
NO_DAY = "no day that I can read for the event. Left out."
ISO = Dates("ymd")


def known(sheet: Sheet) -> Reader | None:
    return read if sheet.header.places(COLUMNS).keys() >= NEEDED else None


def read(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    places, doubts = sheet.header.places(COLUMNS), Doubts()
    names_event = {"event", "day"} <= places.keys()
    meetings: dict[tuple[str, ...], Meeting | None] = {}
    guests = []
    for number, cells in sheet.rows(doubts):
        row = {name: cells[place].strip() for name, place in places.items()}
        event = None
        if names_event:
            told = tuple(row.get(each, "") for each in ("event", "event id", "day", "hour", "zone"))
            if told not in meetings:
                meetings[told] = _meeting(row, zone)
            if (meeting := meetings[told]) is None:
                doubts.add(NO_DAY, number)
                continue
            event = Which(key=meeting.key)
        if row.get("count", "1") not in ("", "1"):
            doubts.add(MORE, number)
        guests.append(_guest(row, event, number, doubts))
    found = tuple(each for each in meetings.values() if each)
    return Reading(
        "Eventbrite attendee list",
        found,
        tuple(guests),
        doubts=tuple(doubts.sentences()),
        shares_email=True,
        about_one=not names_event,
    )


def _guest(row: Mapping[str, str], event: Which | None, number: int, doubts: Doubts) -> Guest:
    """The newest generation has no status: whoever is listed has a ticket, and came or not."""
    status = row.get("status", "attending").casefold()
    answer = "coming" if status in COMING else "no" if status in NOT else ""
    if not answer:
        doubts.add(UNKNOWN, number)
    present = True if status == "checked in" else None
    name = f"{row['first']} {row['last']}".strip()
    return Guest(name, row["email"], event=event, answer=answer, present=present)


def _meeting(row: Mapping[str, str], zone: ZoneInfo) -> Meeting | None:
    day = ISO.read(row["day"])
    if day is None or not row["event"]:
        return None
    hour: time | None = clock(row.get("hour", ""))
    named = row.get("zone", "")
    there = ZoneInfo(named) if named in available_timezones() else zone
    starts = day.at(there, hour or EVENING)
    key = f"eventbrite:{row.get('event id') or row['event']}:{starts:%Y-%m-%dT%H:%M}"
    return Meeting(row["event"], starts, hour_known=hour is not None, key=key)
