"""What everything that comes after an event asks: how it is called, and whether anybody came."""

from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.features.events.model import COMING, Attendance, Event, Rsvp
from bot.markup import one_line
from bot.replies import TITLE


def date_of(event: Event, zone: str) -> str:
    """Such as "Fri 15 May", on a zone's calendar."""
    local = event.starts_at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


def dated(event: Event, zone: str, limit: int = TITLE) -> str:
    """Its title with its date, since a series has one title: plain text, the date never cut."""
    date = f", {date_of(event, zone)}"
    return f"{one_line(event.title, limit - len(date))}{date}"


async def anybody(session: AsyncSession, event_id: str) -> bool:
    """Whether somebody meant to come, or was there."""
    meant = select(Rsvp.event_id).where(Rsvp.event_id == event_id, Rsvp.answer == COMING)
    came = select(Attendance.event_id).where(
        Attendance.event_id == event_id, Attendance.present.is_(True)
    )
    return bool(await session.scalar(select(or_(meant.exists(), came.exists()))))
