"""People who may speak here one day: where each stands, and every move on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

Stage = Literal[
    "spotted",
    "invited",
    "interested",
    "booked",
    "delivered",
    "followed-up",
    "parked",
    "declined",
]
SPOTTED: Stage = "spotted"
INVITED: Stage = "invited"
INTERESTED: Stage = "interested"
BOOKED: Stage = "booked"
DELIVERED: Stage = "delivered"
FOLLOWED_UP: Stage = "followed-up"
PARKED: Stage = "parked"
DECLINED: Stage = "declined"
PATH: tuple[Stage, ...] = (SPOTTED, INVITED, INTERESTED, BOOKED, DELIVERED, FOLLOWED_UP)
ASIDE: tuple[Stage, ...] = (PARKED, DECLINED)
STAGES: tuple[Stage, ...] = PATH + ASIDE

STUCK = timedelta(days=14)
LONGEST_NAME = 80
LONGEST_TOPIC = 150
LONGEST_STEP = 200
LONGEST_NOTE = 600


class Candidate(Table):
    """Somebody on the board. The name may be a member's, or of somebody who is not here at all."""

    __tablename__ = "candidate"
    __table_args__ = (Index("ix_candidate_community_id_stage", "community_id", "stage"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str | None] = person_column(
        Leaves.NAME, "places among possible speakers", wipes=("name", "topic")
    )
    name: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    topic: Mapped[str | None] = mapped_column(String(LONGEST_TOPIC))
    owner_id: Mapped[str | None] = person_column(Leaves.NAME, "possible speakers you look after")
    stage: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    """When they came to this stage."""
    moves: Mapped[int] = mapped_column(default=1)
    """Counts each move and each one taken back, so that an old card is known as one."""
    created_at: Mapped[datetime]

    def stuck(self, now: datetime) -> bool:
        """Only where somebody waits for an answer or an act."""
        return self.stage in PATH[:-1] and now - self.since >= STUCK


class SpeakerMove(Table):
    """One move between stages, or from host to host."""

    __tablename__ = "speaker_move"
    __table_args__ = (
        UniqueConstraint("community_id", "source", "source_id", "stage"),
        Index("ix_speaker_move_community_id_at", "community_id", "at"),
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidate.id"), index=True)
    number: Mapped[int]
    """In order, for each candidate."""
    at: Mapped[datetime]
    by_id: Mapped[str | None] = person_column(Leaves.NAME, "moves you made among speakers")
    was: Mapped[str | None] = mapped_column(String(12))
    """The stage before; None where they came onto the board."""
    stage: Mapped[str | None] = mapped_column(String(12))
    """None where it changed hands instead."""
    owner_was_id: Mapped[str | None] = person_column(
        Leaves.NAME, "possible speakers that you handed over"
    )
    owner_id: Mapped[str | None] = person_column(
        Leaves.NAME, "possible speakers that were handed to you"
    )
    about: Mapped[str | None] = mapped_column(String(LONGEST_TOPIC))
    """At which event, or of which demo."""
    source: Mapped[str | None] = mapped_column(String(12))
    """What moved them, where no host did: "demo"."""
    source_id: Mapped[str | None] = mapped_column(String(32))
    undone_at: Mapped[datetime | None]


class SpeakerNote(Table):
    """A dated line about somebody; with a day it is the next step."""

    __tablename__ = "speaker_note"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidate.id"), index=True)
    person_id: Mapped[str | None] = person_column(
        Leaves.ROW, "notes that hosts wrote about you as a speaker"
    )
    by_id: Mapped[str | None] = person_column(Leaves.NAME, "notes you wrote about speakers")
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    at: Mapped[datetime]
    due: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    """When the step was done, or another took its place."""


class SpeakerBoard(Table):
    """Where the live board stands: one in each community."""

    __tablename__ = "speaker_board"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)
    spot: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(200))
    """Of the promise that posted it."""


def delivered() -> tuple[ColumnElement[bool], ...]:
    """Which moves say that a talk was given. What a demo moved is a demo already, and a step back
    from the follow-up is no talk."""
    return (
        SpeakerMove.stage == DELIVERED,
        or_(SpeakerMove.was.is_(None), SpeakerMove.was.not_in((DELIVERED, FOLLOWED_UP))),
        SpeakerMove.undone_at.is_(None),
        SpeakerMove.source.is_(None),
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """How many came to one stage, and what became of them."""

    entered: int = 0
    moved_on: int = 0
    aside: int = 0
    """Parked or declined right after."""


def flow(moves: Iterable[SpeakerMove]) -> dict[Stage, Flow]:
    """By stage, from standing moves in the order of each candidate's numbers.

    Each time somebody comes to a stage counts once; the next move says what became of it.
    """
    by_candidate: dict[str, list[SpeakerMove]] = {}
    for move in moves:
        if move.undone_at is None and move.stage and move.was != move.stage:
            by_candidate.setdefault(move.candidate_id, []).append(move)
    found = dict.fromkeys(PATH, Flow())
    for path in by_candidate.values():
        for move, after in zip(path, [*path[1:], None], strict=True):
            stage = next((each for each in PATH if each == move.stage), None)
            if stage:
                found[stage] = _and(found[stage], stage, after)
    return found


def _and(flow: Flow, stage: Stage, after: SpeakerMove | None) -> Flow:
    on = bool(after and after.stage in onward(stage))
    aside = bool(after and after.stage in ASIDE)
    return Flow(flow.entered + 1, flow.moved_on + on, flow.aside + aside)


def onward(stage: Stage) -> tuple[Stage, ...]:
    """The stages that lie ahead. Whoever has spoken may be asked again."""
    return PATH[:4] if stage == FOLLOWED_UP else beyond(stage)


def beyond(stage: Stage) -> tuple[Stage, ...]:
    """The stages after this one on the path; none beside it."""
    return PATH[PATH.index(stage) + 1 :] if stage in PATH else ()


def forward(stage: str) -> Stage | None:
    """The next stage; after the last one people are asked again."""
    if stage == FOLLOWED_UP:
        return INVITED
    return PATH[_at(stage) + 1] if stage in PATH else None


def back(stage: str) -> Stage | None:
    return PATH[_at(stage) - 1] if stage in PATH[1:] else None


def _at(stage: str) -> int:
    return next(at for at, each in enumerate(PATH) if each == stage)
