"""What organisers decided to stop or to try, and what became of it."""

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

STOP, TRY = "stop", "try"
DONE, DROPPED = "done", "dropped"
WORDS = 150
RECALL = timedelta(weeks=4)


class Decision(Table):
    """The answer to one of the pulse's two questions."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_community_id_day", "community_id", "day"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    day: Mapped[date]
    question: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(WORDS))
    by_id: Mapped[str | None] = person_column(Leaves.NAME, "decisions that you wrote down")
    recall_on: Mapped[date]
    """From this day on, for a week, the pulse asks what became of it."""
    became: Mapped[str | None] = mapped_column(String(8))
    """done or dropped."""
    became_on: Mapped[date | None]
    change_id: Mapped[str | None] = mapped_column(ForeignKey("program_change.id"))
    """As what it stands among the changes of the programme."""
    made_at: Mapped[datetime]
