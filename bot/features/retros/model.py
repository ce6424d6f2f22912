"""Retros: one for each event, its answers, and what hosts decided to do about them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.joining import OUTRANKS, Row
from bot.personal import Leaves, person_column

FEWEST = 3
"""Answers that must be there before any is shown: below that one could guess who wrote what."""

IN_TIME = timedelta(days=7)
"""How long an answer counts for the response."""


class Retro(Table):
    """The retro of one event, from the moment its card was due."""

    __tablename__ = "retro"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    opened_at: Mapped[datetime]


def _newer(one: Row, other: Row) -> bool:
    return bool(one["day"] > other["day"])


class RetroAnswer(Table):
    """What one person said. Without `person_id` it is anonymous: nothing here leads to them.

    It knows only its day, and its random id is its place: SQLite would otherwise number the rows
    as they come. (PostgreSQL keeps traces of that order until it vacuums; no query of ours reads
    them.)
    """

    __tablename__ = "retro_answer"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        {"sqlite_with_rowid": False, "info": {OUTRANKS: _newer}},
    )

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(ForeignKey("retro.event_id"))
    person_id: Mapped[str | None] = person_column(Leaves.ROW, "retro answers with your name")
    words: Mapped[str] = mapped_column(Text)
    """JSON: what was said, by the key of the question."""
    day: Mapped[date]
    """The first day that it was given, on the community's calendar."""

    @property
    def said(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.words)
        return found

    def say(self, said: Mapping[str, str]) -> None:
        self.words = json.dumps(said)


class RetroAction(Table):
    """What will be done about it, by whom, and by when."""

    __tablename__ = "retro_action"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    owner: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[str | None] = person_column(
        Leaves.NAME, "retro actions that you took on", wipes=("owner",)
    )
    """The owner, where the name is a member's."""
    due: Mapped[date]
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Response:
    """How many of those who were asked answered within a week."""

    answered: int
    asked: int


def response(
    asked: Collection[str], answers: Sequence[RetroAnswer], opened: date
) -> Response | None:
    """None when nobody was asked. `asked` holds person ids.

    An anonymous answer counts as one of theirs; the share never exceeds the whole.
    """
    counted = [
        answer
        for answer in answers
        if answer.day <= opened + IN_TIME
        and (answer.person_id is None or answer.person_id in asked)
    ]
    return Response(min(len(counted), len(asked)), len(asked)) if asked else None
