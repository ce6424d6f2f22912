"""A person's map, and the picture of all together."""

import json
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

FRESH = timedelta(days=7)
"""How long a map that was left goes on where it stopped, and a finished one can be corrected."""


class CommunityMap(Table):
    """The answers of one person in one week, and what the card drew from them."""

    __tablename__ = "community_map"
    __table_args__ = (
        Index("ix_community_map_community_id_finished_at", "community_id", "finished_at"),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str] = person_column(Leaves.ROW, "community maps")
    minutes: Mapped[int]
    answers: Mapped[str] = mapped_column(Text, default="{}")
    """Level by area, as JSON."""
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    thin: Mapped[str | None] = mapped_column(String(40))
    invitation: Mapped[str | None] = mapped_column(Text)
    contribution: Mapped[str | None] = mapped_column(Text)
    """What was shown, in the words that it had then: the words are its only name."""
    chapter: Mapped[int | None]
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether it may count in the picture of all together. A new map takes it from the last."""
    counted: Mapped[bool] = mapped_column(default=False)
    """Whether a picture has counted these answers already."""

    @property
    def levels(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.answers)
        return found

    def answer(self, area: str, level: int) -> None:
        """The last answer to an area holds."""
        if self.levels.get(area) != level:
            self.answers = json.dumps({**self.levels, area: level})
            self.counted = False


class MapPicture(Table):
    """What the maps of many said together before one Monday. It holds nothing of one person."""

    __tablename__ = "map_picture"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)
    slot: Mapped[str] = mapped_column(String(10), primary_key=True)
    """The Monday of the community's own week, as an ISO date."""
    at_least: Mapped[int]
    """How many maps, rounded down to fives."""
    bands: Mapped[str] = mapped_column(Text)
    """Band by area, as JSON."""
    thin: Mapped[str | None] = mapped_column(String(40))
