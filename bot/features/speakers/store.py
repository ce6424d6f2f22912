"""What is read of the speaker pipeline. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz, process, utils
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from bot.context import Scene
from bot.errors import UserError
from bot.features.speakers.model import (
    PATH,
    Candidate,
    SpeakerBoard,
    SpeakerMove,
    SpeakerNote,
)
from bot.people import Person

GONE = "They are no longer on the board. `/speakers` shows who is."
ALIKE = 75
"""Of 100: how like a name or topic words must be to mean it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate as the board shows them."""

    candidate: Candidate
    owner: str | None
    step: SpeakerNote | None


@dataclass(frozen=True, slots=True)
class Board:
    """How many are at each stage, and the first of each stage on the path."""

    counts: dict[str, int]
    first: dict[str, Sequence[Line]]


async def candidate_of(scene: Scene, candidate_id: str, *, lock: bool = False) -> Candidate:
    """Raises UserError when there is none, or it is another community's."""
    return await scene.get_own(Candidate, candidate_id, GONE, lock=lock)


async def line_of(scene: Scene, candidate: Candidate) -> Line:
    found = (await scene.session.execute(_lines(scene).where(Candidate.id == candidate.id))).one()
    return Line(found[0], found[1], found[2])


async def at_stage(scene: Scene, stage: str, limit: int, offset: int) -> Sequence[Line]:
    """Whose next step is due first, then who waits longest."""
    found = _lines(scene).where(Candidate.stage == stage).order_by(*_order())
    return await _read(scene, found.limit(limit).offset(offset))


async def board(scene: Scene, each: int) -> Board:
    """Two queries, however many there are."""
    place = func.row_number().over(partition_by=Candidate.stage, order_by=_order())
    ranked = (
        select(Candidate.id, place.label("place"))
        .outerjoin(SpeakerNote, _open_step())
        .where(Candidate.community_id == scene.community.id, Candidate.stage.in_(PATH))
        .subquery()
    )
    shown = (
        _lines(scene)
        .join(ranked, ranked.c.id == Candidate.id)
        .where(ranked.c.place <= each)
        .order_by(ranked.c.place)
    )
    first: dict[str, list[Line]] = {stage: [] for stage in PATH}
    for line in await _read(scene, shown):
        first[line.candidate.stage].append(line)
    return Board(await counts(scene), dict(first))


async def counts(scene: Scene) -> dict[str, int]:
    found = await scene.session.execute(
        select(Candidate.stage, func.count())
        .where(Candidate.community_id == scene.community.id)
        .group_by(Candidate.stage)
    )
    return {row[0]: row[1] for row in found}


async def like(scene: Scene, words: str) -> Sequence[Line]:
    """Whom words may mean, best first: an id, a name, or some of a name or topic."""
    lines = await _read(scene, _lines(scene).order_by(*_order()))
    exact = [each for each in lines if words in (each.candidate.id, each.candidate.name)]
    if exact:
        return exact
    wanted = words.strip().removeprefix("@").casefold()
    within = [each for each in lines if wanted in _searched(each)]
    if within or not wanted:
        return within
    near = process.extract(
        wanted,
        [_searched(each) for each in lines],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=None,
    )
    return [lines[at] for _, _, at in near]


async def of_person(scene: Scene, person_id: str) -> Candidate | None:
    """Their newest place on the board."""
    return next(iter(await places_of(scene, person_id)), None)


async def places_of(scene: Scene, person_id: str) -> Sequence[Candidate]:
    """Newest first: several, where two people turned out to be one."""
    found = await scene.session.scalars(
        select(Candidate)
        .where(Candidate.community_id == scene.community.id, Candidate.person_id == person_id)
        .order_by(Candidate.created_at.desc(), Candidate.id)
    )
    return found.all()


async def looked_after_by(scene: Scene, person_id: str) -> Sequence[Candidate]:
    found = await scene.session.scalars(
        select(Candidate)
        .where(Candidate.community_id == scene.community.id, Candidate.owner_id == person_id)
        .order_by(Candidate.id)
    )
    return found.all()


async def of_source(scene: Scene, source: str, source_id: str) -> Sequence[SpeakerMove]:
    """What a demo, say, has moved already."""
    found = await scene.session.scalars(
        select(SpeakerMove)
        .where(
            SpeakerMove.community_id == scene.community.id,
            SpeakerMove.source == source,
            SpeakerMove.source_id == source_id,
        )
        .order_by(SpeakerMove.number)
    )
    return found.all()


async def move_of(scene: Scene, move_id: str) -> SpeakerMove:
    found = await scene.session.get(SpeakerMove, move_id, populate_existing=True)
    if found is None or found.community_id != scene.community.id:
        raise UserError(GONE)
    return found


async def note_of(scene: Scene, note_id: str) -> SpeakerNote:
    found = await scene.session.get(SpeakerNote, note_id, populate_existing=True)
    if found is None or found.community_id != scene.community.id:
        raise UserError("That note is gone already.")
    return found


async def open_step(scene: Scene, candidate_id: str) -> SpeakerNote | None:
    return await scene.session.scalar(
        select(SpeakerNote).where(
            SpeakerNote.community_id == scene.community.id,
            SpeakerNote.candidate_id == candidate_id,
            SpeakerNote.due.is_not(None),
            SpeakerNote.settled_at.is_(None),
        )
    )


async def moves_of(scene: Scene, candidate_id: str) -> Sequence[SpeakerMove]:
    """All that stand, in order."""
    found = await scene.session.scalars(
        select(SpeakerMove)
        .where(
            SpeakerMove.community_id == scene.community.id,
            SpeakerMove.candidate_id == candidate_id,
            SpeakerMove.undone_at.is_(None),
        )
        .order_by(SpeakerMove.number)
    )
    return found.all()


async def last_number(scene: Scene, candidate_id: str) -> int:
    found = select(func.max(SpeakerMove.number)).where(SpeakerMove.candidate_id == candidate_id)
    return await scene.session.scalar(found) or 0


async def notes_of(scene: Scene, candidate_id: str) -> Sequence[SpeakerNote]:
    """Newest first."""
    found = await scene.session.scalars(
        select(SpeakerNote)
        .where(
            SpeakerNote.community_id == scene.community.id,
            SpeakerNote.candidate_id == candidate_id,
        )
        .order_by(SpeakerNote.at.desc(), SpeakerNote.id)
    )
    return found.all()


async def moves_since(scene: Scene, start: datetime) -> Sequence[SpeakerMove]:
    found = await scene.session.scalars(
        select(SpeakerMove)
        .where(SpeakerMove.community_id == scene.community.id, SpeakerMove.at >= start)
        .order_by(SpeakerMove.candidate_id, SpeakerMove.number)
    )
    return found.all()


async def live_board(scene: Scene) -> SpeakerBoard | None:
    return await scene.session.get(SpeakerBoard, scene.community.id)


async def names(scene: Scene, ids: set[str | None]) -> dict[str, str]:
    """Of people, by id."""
    found = await scene.session.execute(
        select(Person.id, Person.name).where(
            Person.community_id == scene.community.id, Person.id.in_(ids - {None})
        )
    )
    return {row[0]: row[1] for row in found}


def _lines(scene: Scene) -> Any:
    owner = aliased(Person)
    return (
        select(Candidate, owner.name, SpeakerNote)
        .outerjoin(owner, owner.id == Candidate.owner_id)
        .outerjoin(SpeakerNote, _open_step())
        .where(Candidate.community_id == scene.community.id)
    )


def _open_step() -> Any:
    return and_(
        SpeakerNote.candidate_id == Candidate.id,
        SpeakerNote.due.is_not(None),
        SpeakerNote.settled_at.is_(None),
    )


def _order() -> tuple[Any, ...]:
    """Databases differ in where nothing stands in an order."""
    undated = case((SpeakerNote.due.is_(None), 1), else_=0)
    return undated, SpeakerNote.due, Candidate.since, Candidate.id


async def _read(scene: Scene, found: Any) -> list[Line]:
    return [Line(row[0], row[1], row[2]) for row in await scene.session.execute(found)]


def _searched(line: Line) -> str:
    return f"{line.candidate.name or ''} {line.candidate.topic or ''}".casefold()
