"""What organisers write down about how things are done, each version kept."""

import json
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

PROGRAM = "program"
CHANGE = 200
"""Characters of a change."""


class Wording(Table):
    """One version of a text of the community, such as its programme. It never changes."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("community_id", "what", "number"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    what: Mapped[str] = mapped_column(String(24))
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    """JSON: the parts by their keys. Without any, the words of the content hold."""
    by_id: Mapped[str | None] = person_column(Leaves.NAME, "versions of texts that you wrote")
    made_at: Mapped[datetime]

    @property
    def said(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.words)
        return found


class ProgramChange(Table):
    """What was changed on which day, so that a figure can later be told with its reason."""

    __tablename__ = "program_change"
    __table_args__ = (Index("ix_program_change_community_id_day", "community_id", "day"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    day: Mapped[date]
    words: Mapped[str] = mapped_column(String(CHANGE))
    by_id: Mapped[str | None] = person_column(
        Leaves.NAME, "changes of the programme that you noted"
    )
    removed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
