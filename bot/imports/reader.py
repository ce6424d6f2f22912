"""What the readers of tables share."""

from collections.abc import Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.imports.dates import Dates, Order
from bot.imports.rows import Reading
from bot.imports.table import Sheet

Reader = Callable[[Sheet, ZoneInfo, Order | None], Reading]
EVENING = time(18)
"""The hour of an event of which a file tells only the day. It is told to whoever imports."""


def moment(cell: str, dates: Dates, zone: ZoneInfo) -> datetime | None:
    found = dates.read(cell) if cell else None
    return found.at(zone, EVENING) if found else None
