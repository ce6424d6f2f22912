"""Meetup's lists of attendees and members, in whichever language they were exported.

Their columns keep their places, and two of them look the same in every language: the user's id and
the address of the profile.
"""

import re
from zoneinfo import ZoneInfo

from bot.imports.dates import Order
from bot.imports.reader import Reader
from bot.imports.rows import Doubts, Guest, Reading
from bot.imports.table import Sheet

NAME, USER, ANSWER, GUESTS = 0, 1, 4, 5
EVENT_WIDTH, MEMBERS_WIDTH = 9, 19
ENGLISH = {9: ("name", "user id", "title", "event host", "rsvp"), 19: ("name", "user id", "title")}
USER_ID = re.compile(r"user (\d+)")
PROFILE = re.compile(r"https?://(?:www\.)?meetup\.com/\S*members/\d+/?")
YES = {"yes", "sí", "si", "ja", "oui", "sim", "sì", "tak", "evet", "はい", "예", "是", "да"}
NO = {"no", "nein", "non", "não", "nao", "nee", "nie", "hayır", "いいえ", "아니요", "否", "нет"}
MORE = "guests without a name, who are not counted."
UNKNOWN = "an answer that I don't know: none is taken."
NOBODY = "no user id. Left out."


def known(sheet: Sheet) -> Reader | None:
    width = len(sheet.header.names)
    readers: dict[int, Reader] = {EVENT_WIDTH: read_event, MEMBERS_WIDTH: read_members}
    if width not in readers:
        return None
    english = ENGLISH[width]
    if sheet.header.plain[: len(english)] == english or _looks_so(sheet, width):
        return readers[width]
    return None


def _looks_so(sheet: Sheet, width: int) -> bool:
    rows = sheet.first(2)[1:]
    return bool(rows) and all(
        len(row) == width and USER_ID.fullmatch(row[USER]) and PROFILE.fullmatch(row[-1].strip())
        for row in rows
    )


def read_event(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    """Meetup exports no addresses, and not who came."""
    doubts = Doubts()
    guests = []
    for number, cells in sheet.rows(doubts):
        if (guest := _person(number, cells, doubts)) is None:
            continue
        said = cells[ANSWER].strip().casefold()
        answer = "coming" if said in YES else "no" if said in NO else ""
        if not answer:
            doubts.add(UNKNOWN, number)
        if cells[GUESTS].strip() not in ("", "0"):
            doubts.add(MORE, number)
        guests.append(Guest(guest.name, handle=guest.handle, answer=answer))
    told = tuple(doubts.sentences())
    return Reading("Meetup attendee list", guests=tuple(guests), doubts=told, about_one=True)


def read_members(sheet: Sheet, zone: ZoneInfo, order: Order | None) -> Reading:
    """Names only: how often somebody came is no event that we could count."""
    doubts = Doubts()
    found = [_person(number, cells, doubts) for number, cells in sheet.rows(doubts)]
    guests = tuple(each for each in found if each)
    return Reading("Meetup member list", guests=guests, doubts=tuple(doubts.sentences()))


def _person(number: int, cells: list[str], doubts: Doubts) -> Guest | None:
    user = USER_ID.fullmatch(cells[USER].strip())
    if user is None:
        doubts.add(NOBODY, number)
        return None
    return Guest(cells[NAME].strip(), handle=f"meetup:{user[1]}")
