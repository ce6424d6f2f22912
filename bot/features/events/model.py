"""Events, who means to come, and who came."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import BESIDE, Id, Table
from bot.joining import OUTRANKS, Row
from bot.personal import WITHHELD, Leaves, account_column, person_column

PLANNED, CANCELLED, CLOSED = "planned", "cancelled", "closed"
COMING, MAYBE, NOT_COMING = "coming", "maybe", "no"
BY_CODE, BY_BUTTON, BY_HOST = "code", "button", "host"
BY_REST = "rest"
"""A host said of all who were left that they did not come."""
LONGEST = timedelta(days=7)
"""No event takes longer; so a query by start finds every one that is still going on."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event says of itself: all that a host or a platform may change."""

    title: str
    starts_at: datetime
    minutes: int
    place: str = ""
    details: str = ""
    capacity: int | None = None


class Shaped:
    """What has a shape: an event, and the draft of one."""

    title: Mapped[str] = mapped_column(String(150))
    details: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    capacity: Mapped[int | None]

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def shape(self) -> Shape:
        return Shape(**{name: getattr(self, name) for name in Shape.__slots__})

    @shape.setter
    def shape(self, shape: Shape) -> None:
        for name in Shape.__slots__:
            setattr(self, name, getattr(shape, name))


class Series(Table):
    """What repeats. Its occurrences become events a few weeks ahead."""

    __tablename__ = "series"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    rule: Mapped[str] = mapped_column(String(300))
    """An RRULE; its times are wall-clock times in `zone`."""
    zone: Mapped[str] = mapped_column(String(64))
    starts_local: Mapped[str] = mapped_column(String(19))
    """The first occurrence on the wall clock, ISO, without a zone."""
    title: Mapped[str] = mapped_column(String(150))
    details: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    minutes: Mapped[int]
    capacity: Mapped[int | None]
    spot: Mapped[str] = mapped_column(String(130))
    created_by: Mapped[str | None] = person_column(Leaves.NAME, "series of events you made")
    ended: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def first(self) -> datetime:
        """The first start on the wall clock, without a zone."""
        return datetime.fromisoformat(self.starts_local)

    def shape_at(self, starts_at: datetime) -> Shape:
        return Shape(self.title, starts_at, self.minutes, self.place, self.details, self.capacity)


class Event(Shaped, Table):
    """One evening. `spot` is its channel, as `space id/channel id`."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("series_id", "slot"),
        Index("ix_event_community_id_starts_at", "community_id", "starts_at"),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    series_id: Mapped[str | None] = mapped_column(ForeignKey("series.id"))
    slot: Mapped[str | None] = mapped_column(String(10))
    """The local date that the series gave it, also after it was moved."""
    spot: Mapped[str] = mapped_column(String(130))
    status: Mapped[str] = mapped_column(String(12), default=PLANNED)
    code: Mapped[str] = mapped_column(String(12), info=WITHHELD)
    """What the host shows at the door for /checkin."""
    checkin_open: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    """Counts changes: the .ics SEQUENCE, and the key of each refresh of the announcement."""
    created_by: Mapped[str | None] = person_column(Leaves.NAME, "events you made")
    changed_by: Mapped[str | None] = person_column(Leaves.NAME, "events you changed last")
    """The last host who changed it; none where it was changed on the platform."""
    created_at: Mapped[datetime]
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it. No foreign key: SQLite would have to build the table anew."""
    closed_batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import whose list of who came closed it, until a host does."""


class Draft(Shaped, Table):
    """An event, or a change to one, that waits for its host to say yes."""

    __tablename__ = "event_draft"
    __table_args__ = ({"info": BESIDE},)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    event_id: Mapped[str | None] = mapped_column(ForeignKey("event.id"), index=True)
    """What it changes; none for something new."""
    version: Mapped[int] = mapped_column(default=0)
    """Of the event when the draft was made."""
    zone: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str | None] = mapped_column(String(300))
    spot: Mapped[str] = mapped_column(String(130))
    created_at: Mapped[datetime] = mapped_column(index=True)


def _answer_that_stays(one: Row, other: Row) -> bool:
    """Of two by one person: of the same answer the one with a place; else what they said before
    what a list says; else the newer."""
    if one["answer"] == other["answer"] and one["waiting"] != other["waiting"]:
        return bool(other["waiting"])
    if _listed(one) != _listed(other):
        return _listed(other)
    return bool(one["answered_at"] > other["answered_at"])


def _note_that_stays(one: Row, other: Row) -> bool:
    """Of two about one person: whoever was seen was there; of the same note that of somebody here
    before a list's; else the newer."""
    notes = [(each["present"], not _listed(each), each["noted_at"]) for each in (one, other)]
    return notes[0] > notes[1]


def _listed(row: Row) -> bool:
    """An import brought it, and takes it along when it is taken back."""
    return row["batch_id"] is not None


class Rsvp(Table):
    """What somebody said about coming. `waiting`: they would come if a place fell free."""

    __tablename__ = "rsvp"
    __table_args__ = ({"info": {OUTRANKS: _answer_that_stays}},)

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[str] = person_column(Leaves.ROW, "answers to events", primary_key=True)
    answer: Mapped[str] = mapped_column(String(8))
    waiting: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime]
    turn: Mapped[int] = mapped_column(default=0)
    """Counts the answers to one event: the order of those who wait, also within one second."""
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it, until they answer themselves. No foreign key: SQLite would have to
    build the table anew."""


class Interest(Table):
    """Marked "interested" on Discord's own event: not an answer, and not attendance."""

    __tablename__ = "interest"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    account: Mapped[str] = account_column(
        Leaves.ROW, "marks of interest on Discord's events", primary_key=True
    )


class Attendance(Table):
    """Somebody was there, or was not, and how we know. No row is unknown, not absent."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index("ix_attendance_event_id_present", "event_id", "present", "person_id"),
        {"info": {OUTRANKS: _note_that_stays}},
    )

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[str | None] = person_column(
        Leaves.NAME, "events where it is known whether you came", wipes=("name",)
    )
    name: Mapped[str] = mapped_column(String(200), default="")
    """For a walk-in who has no account here."""
    present: Mapped[bool]
    via: Mapped[str] = mapped_column(String(12))
    """code, button, host, rest or import."""
    noted_at: Mapped[datetime]
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it, until somebody here notes it. No foreign key: SQLite would have to
    build the table anew."""


class Mirror(Table):
    """The platform's own copy of an event, such as a Discord scheduled event."""

    __tablename__ = "mirror"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=0)
    """Which version of the event the copy shows: what came from there is not sent back."""
