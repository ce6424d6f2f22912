"""One file, whatever it is: found by what is in it, never by its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.imports import eventbrite, luma, meetup, ours
from bot.imports.dates import Order
from bot.imports.reader import Reader
from bot.imports.rows import Reading
from bot.imports.table import Sheet, opened
from bot.imports.text import decoded

KNOWN: tuple[Callable[[Sheet], Reader | None], ...] = (
    luma.known,
    eventbrite.known,
    meetup.known,
    ours.known,
)
CALENDAR = "BEGIN:VCALENDAR"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a file does not say of itself."""

    zone: str
    now: datetime
    dates: Order | None = None
    home: str = ""
    """The community's own zone, in which a day without hours stands; that of the file if empty."""


def read(data: bytes, settled: Settled) -> Reading:
    """Raises Unreadable, with one sentence that says what to do."""
    text, doubts = decoded(data)
    zone = ZoneInfo(settled.zone)
    if text.lstrip("\ufeff\r\n ")[: len(CALENDAR)].upper() == CALENDAR:
        from bot.imports import calendars  # its library takes 0.2 s to import

        reading = calendars.read(text, zone, settled.now, ZoneInfo(settled.home or settled.zone))
    else:
        sheet, reader = opened(text, _known)
        reading = reader(sheet, zone, settled.dates)
    return replace(reading, doubts=(*doubts, *reading.doubts))


def _known(sheet: Sheet) -> Reader | None:
    return next((reader for know in KNOWN if (reader := know(sheet))), None)
