"""Demos: who shows what at which event, under which contract, and what they heard of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

DRAFT, BOOKED, WAITING = "draft", "booked", "waiting"
WITHDRAWN, DECLINED, MOVED = "withdrawn", "declined", "moved"
SHOWN, NO_SHOW = "shown", "no-show"
COMING = (BOOKED, WAITING)
ON_THE_NIGHT = (BOOKED, SHOWN, NO_SHOW)
TITLE, WISH, LINK, LINE, REPLY = 100, 200, 300, 200, 300
"""Characters of a title, the feedback wanted, a link, a line of feedback, and a host's no."""
KEPT_UNTIL = timedelta(days=3)
"""How long before the event the kept slots are free for all."""
HEARD_WITHIN = timedelta(hours=48)


class Demo(Table):
    """One demo at one event. A move to another event is a new row, so that each keeps its story."""

    __tablename__ = "demo"
    __table_args__ = (
        Index("ix_demo_event_id_status", "event_id", "status"),
        Index("ix_demo_community_id_status", "community_id", "status"),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    presenter_id: Mapped[str | None] = person_column(
        Leaves.NAME, "demos you signed up for", wipes=("title", "wish", "link", "reply")
    )
    title: Mapped[str] = mapped_column(String(TITLE))
    state: Mapped[str] = mapped_column(String(16))
    """idea, in progress or shipped."""
    minutes: Mapped[int]
    wish: Mapped[str] = mapped_column(String(WISH))
    """What feedback they want."""
    link: Mapped[str] = mapped_column(String(LINK), default="")
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    contract_id: Mapped[str] = mapped_column(ForeignKey("wording.id"))
    """The version that was shown, and agreed to once `agreed_at` is set."""
    agreed_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = person_column(Leaves.NAME, "demos you confirmed as a host")
    first_time: Mapped[bool] = mapped_column(default=False)
    """Whether they had shown nothing here when they signed up."""
    turn: Mapped[int] = mapped_column(default=0)
    """The order of signing up for one event, and so of the waiting list."""
    place: Mapped[int] = mapped_column(default=0)
    """In the running order."""
    offered_to: Mapped[str | None] = mapped_column(String(32))
    """The demo whose presenter was asked to swap."""
    moved_to: Mapped[str | None] = mapped_column(String(32))
    """The demo that it became at another event."""
    reply: Mapped[str] = mapped_column(String(REPLY), default="")
    """What a host wrote with a no."""
    settled_at: Mapped[datetime | None]
    """When it was shown, missed, moved, withdrawn or declined, as far as we were told."""
    told_at: Mapped[datetime | None]
    """When the presenter got the room's words."""
    created_at: Mapped[datetime]
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it, until a host marks it. No foreign key: SQLite would have to build
    the table anew."""


class DemoNight(Table):
    """How many slots one event has, where it differs from the community's setting."""

    __tablename__ = "demo_night"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    slots: Mapped[int]


class DemoFeedback(Table):
    """One line from somebody who was there, for the presenter alone."""

    __tablename__ = "demo_feedback"
    __table_args__ = (UniqueConstraint("demo_id", "person_id"),)

    id: Mapped[Id]
    demo_id: Mapped[str] = mapped_column(ForeignKey("demo.id"))
    person_id: Mapped[str] = person_column(Leaves.ROW, "lines you wrote to presenters")
    words: Mapped[str] = mapped_column(String(LINE))
    signed: Mapped[bool]
    """Whether the presenter sees who wrote it."""
    written_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Seats:
    """The slots of one event. `kept` of them are for those who show for the first time, for now."""

    slots: int
    kept: int
    taken: int = 0
    regulars: int = 0

    @property
    def left(self) -> int:
        return max(0, self.slots - self.taken)

    def free_for(self, *, first_time: bool) -> bool:
        if self.taken >= self.slots:
            return False
        return first_time or self.regulars < self.slots - self.kept


def heard_in_time(told_at: datetime | None, ended_at: datetime) -> bool:
    """Whether the presenter got the room's words within 48 hours of the event's end."""
    return told_at is not None and told_at <= ended_at + HEARD_WITHIN
