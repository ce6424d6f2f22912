"""Luma's guest lists. Their columns have changed order and names; each is found by its name."""

from sys import intern
from zoneinfo import ZoneInfo

from bot.imports.dates import Dates, Order
from bot.imports.reader import Reader, moment
from bot.imports.rows import Doubts, Guest, Reading
from bot.imports.table import Sheet

COLUMNS = {
    "guest": ("guest id", "api id"),
    "name": ("name",),
    "first": ("first name",),
    "last": ("last name",),
    "email": ("email",),
    "status": ("approval status",),
    "came": ("checked in at",),
    "answered": ("created at",),
}
NEEDED = {"guest", "email", "status", "came"}
SAYS = {
    "pending_approval": "without approval so far: no answer is taken.",
    "waitlist": "on Luma's waiting list: no answer is taken.",
    "declined": "declined: no answer is taken.",
    "invited": "invited, and nothing said: no answer is taken.",
}
OTHER = "a status that I don't know: no answer is taken."
ISO = Dates("ymd")


def known(sheet: Sheet) -> Reader | None:
    return read if sheet.header.places(COLUMNS).keys() >= NEEDED else None


def read(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    """Who is approved said yes; who was checked in was there. Nothing says who was not."""
    places, doubts, guests = sheet.header.places(COLUMNS), Doubts(), []
    for number, cells in sheet.rows(doubts):
        row = {name: intern(cells[place].strip()) for name, place in places.items()}
        status = row["status"]
        came = moment(row["came"], ISO, zone)
        if status != "approved":
            doubts.add(SAYS.get(status, OTHER), number)
            if came is None:
                continue
        name = row.get("name") or f"{row.get('first', '')} {row.get('last', '')}".strip()
        guests.append(
            Guest(
                name,
                row["email"],
                answer="coming" if status == "approved" else "",
                present=True if came else None,
                answered_at=moment(row.get("answered", ""), ISO, zone),
                seen_at=came,
            )
        )
    told = tuple(doubts.sentences())
    return Reading("Luma guest list", guests=tuple(guests), doubts=told, about_one=True)
