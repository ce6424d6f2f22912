"""The weekly review: when somebody wants it, each week's page, and what they wrote on it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

ON, OFF, RESTING = "on", "off", "resting"
"""RESTING: nobody answered for a while, so it stopped by itself."""

OPEN, ANSWERED, SKIPPED = "open", "answered", "skipped"
DONE, CHANGED, LET_GO = "done", "changed", "let-go"

LINE = 300
"""Characters: a few sentences, so that a week can be shown whole on one card."""


class ReviewPlan(Table):
    """When a person wants the weekly message, and which week's comes next."""

    __tablename__ = "review_plan"

    person_id: Mapped[str] = person_column(
        Leaves.ROW, "choices for your weekly review", primary_key=True
    )
    state: Mapped[str] = mapped_column(String(8), default=OFF)
    day: Mapped[str] = mapped_column(String(3), default="sun")
    hour: Mapped[int] = mapped_column(default=18)
    next_week: Mapped[str | None] = mapped_column(String(10))
    """The week that the next review is about: its Monday on the person's calendar, an ISO date."""
    next_at: Mapped[datetime | None]
    paused_from: Mapped[str | None] = mapped_column(String(10))
    """The first week that a pause leaves out."""
    heard_at: Mapped[datetime]
    """When they last did anything with it."""


class WeeklyReview(Table):
    """One week's page of one person, from the moment they are asked or write by themselves."""

    __tablename__ = "weekly_review"
    __table_args__ = (UniqueConstraint("person_id", "week"),)

    id: Mapped[Id]
    person_id: Mapped[str] = person_column(Leaves.ROW, "weekly reviews")
    week: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    later_at: Mapped[datetime | None]
    """When it comes once more, because they asked for that."""


class Commitment(Table):
    """What somebody wrote to one question, and what became of it."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("review_id", "question"),)

    id: Mapped[Id]
    review_id: Mapped[str] = mapped_column(ForeignKey("weekly_review.id"))
    person_id: Mapped[str] = person_column(Leaves.ROW, "lines in your review ledger")
    question: Mapped[str] = mapped_column(String(64))
    """Its key in the content."""
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    settled_at: Mapped[datetime | None]
