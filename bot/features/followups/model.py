"""Follow-ups, and how many of them were kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

OPEN, DONE, SKIPPED = "open", "done", "skipped"
EVENT, DEMO = "event", "demo"
REASON = 100
"""Characters: short enough to be shown whole beside the numbers."""


class FollowUp(Table):
    """One promise to write to somebody after an event or a demo."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("what", "about_id", "number"),
        Index("ix_follow_up_community_id_due_at", "community_id", "due_at"),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    what: Mapped[str] = mapped_column(String(12))
    about_id: Mapped[str] = mapped_column(String(32))
    """The id of the event or demo."""
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(150))
    """Of the event or demo, as it was called when it ended."""
    owner_id: Mapped[str | None] = person_column(Leaves.NAME, "follow-ups that are yours")
    since: Mapped[datetime]
    """When the event or demo ended."""
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), default=OPEN)
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(REASON))
    """Why it was skipped."""
    worded: Mapped[int] = mapped_column(default=0)
    """How often somebody asked for words to send, so that the next ones are others."""

    @property
    def remind_at(self) -> datetime:
        """With a third of the time left."""
        return self.due_at - (self.due_at - self.since) / 3


@dataclass(frozen=True, slots=True)
class Kept:
    """How many follow-ups went out in time, of those that were due by now."""

    kept: int
    due: int
    excuses: tuple[FollowUp, ...]
    """Skipped with a reason. They count as due, and the reason stays beside the number."""


def kept(followups: Iterable[FollowUp], now: datetime) -> Kept | None:
    """Only those whose time has passed count. None when there are none: that is not zero."""
    due = [each for each in followups if each.due_at <= now]
    done = [each for each in due if in_time(each.status, each.settled_at, each.due_at)]
    excuses = tuple(each for each in due if each.status == SKIPPED)
    return Kept(len(done), len(due), excuses) if due else None


def in_time(status: str, settled_at: datetime | None, due_at: datetime) -> bool:
    return status == DONE and settled_at is not None and settled_at <= due_at
