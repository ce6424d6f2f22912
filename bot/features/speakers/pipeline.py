"""What changes on the board, whoever changes it: hosts, or a demo that moves its presenter.

`entered` is the door for other features.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from bot.context import Scene
from bot.db import insert_new
from bot.errors import UserError
from bot.features.speakers import store
from bot.features.speakers.model import (
    LONGEST_NAME,
    LONGEST_TOPIC,
    STUCK,
    Candidate,
    SpeakerMove,
    SpeakerNote,
    Stage,
    beyond,
)
from bot.markup import one_line
from bot.schedule import at_hour

HOUR = 9
"""On the community's clock: when a next step is reminded of."""
AT_ONCE = timedelta(hours=3)
"""How long a step for today is left alone, where that hour has passed."""
REFRESH = "speakers.refresh"


async def entered(
    scene: Scene,
    *,
    source: str,
    source_id: str,
    person_id: str | None,
    name: str,
    topic: str,
    stage: Stage,
    about: str,
) -> None:
    """A demo and its presenter come onto the board, or move on it, by themselves.

    Call it at each turn with the stage that it means: booked, delivered, parked. The same turn of
    the same source changes nothing, however often and by however many processes it is told; nor
    does one that comes after a later turn of it.
    """
    before = await store.of_source(scene, source, source_id)
    if any(each.stage in (stage, *beyond(stage)) for each in before):
        return
    found = await _known(scene, before, person_id)
    if found is None:
        found = candidate(scene, name=name, topic=topic, person_id=person_id, stage=stage)
        found.moves = 0
        scene.session.add(found)
        await scene.session.flush()
        was = None
    else:
        was = found.stage
    values = await _move(scene, found, was=was, stage=stage, about=about)
    values |= {"source": source, "source_id": source_id}
    if await insert_new(scene.session, SpeakerMove, values):
        await _now_at(scene, found, stage)
    elif was is None:
        await scene.session.delete(found)


async def unsaid(scene: Scene, *, source: str, source_id: str, stage: Stage) -> None:
    """A source takes back that it came to a stage: it was a slip, and may be said again.

    Whoever was moved on since by anybody else stays where they are.
    """
    said = await store.of_source(scene, source, source_id)
    made = next((each for each in said if each.stage == stage), None)
    if made is None or made.was is None:
        return
    found = await store.candidate_of(scene, made.candidate_id, lock=True)
    stood = [each for each in await store.moves_of(scene, found.id) if each.stage]
    if not stood or stood[-1].id != made.id:
        return
    await scene.session.delete(made)
    came = [each.at for each in stood[:-1] if each.was != each.stage]
    if came and found.stage != made.was:
        found.stage, found.since = made.was, came[-1]
    found.moves += 1
    await scene.session.flush()
    await _look_again(scene, found)


async def add(scene: Scene, found: Candidate, by_id: str) -> SpeakerMove:
    """A host puts somebody on the board."""
    scene.session.add(found)
    await scene.session.flush()
    move = SpeakerMove(**await _move(scene, found, was=None, stage=found.stage, by_id=by_id))
    scene.session.add(move)
    await _look_again(scene, found)
    return move


def candidate(
    scene: Scene,
    *,
    name: str,
    topic: str,
    person_id: str | None,
    stage: Stage,
    owner_id: str | None = None,
) -> Candidate:
    return Candidate(
        id=scene.new_id(),
        community_id=scene.community.id,
        person_id=person_id,
        name=one_line(name, LONGEST_NAME),
        topic=one_line(topic, LONGEST_TOPIC),
        owner_id=owner_id,
        stage=stage,
        since=scene.now,
        moves=1,
        created_at=scene.now,
    )


async def move(scene: Scene, found: Candidate, to: Stage, by_id: str) -> SpeakerMove:
    """The candidate is held until the end of the transaction."""
    made = SpeakerMove(**await _move(scene, found, was=found.stage, stage=to, by_id=by_id))
    scene.session.add(made)
    await _now_at(scene, found, to)
    return made


async def hand_over(scene: Scene, found: Candidate, to_id: str, by_id: str) -> SpeakerMove:
    made = SpeakerMove(**await _move(scene, found, was=None, stage=None, by_id=by_id))
    made.owner_was_id, made.owner_id = found.owner_id, to_id
    scene.session.add(made)
    await _belong_to(scene, found, to_id)
    return made


async def take_back(scene: Scene, found: Candidate, undone: SpeakerMove) -> None:
    """Undo a move, unless something after it stands. Raises UserError.

    Whoever came onto the board by it, and by nothing else, leaves it.
    """
    same = [
        each
        for each in await store.moves_of(scene, found.id)
        if (each.stage is None) == (undone.stage is None)
    ]
    if undone.undone_at is not None:
        raise UserError("That was taken back already.")
    if not same or same[-1].id != undone.id:
        raise UserError("It was changed again after that, so I left it as it is now.")
    if undone.stage is None:
        undone.undone_at = scene.now
        await _belong_to(scene, found, undone.owner_was_id)
    elif undone.was is None:
        await _leave(scene, found)
    else:
        undone.undone_at = scene.now
        came = [each.at for each in same[:-1] if each.was != each.stage]
        found.stage, found.since = undone.was, came[-1]
        found.moves += 1
        await _look_again(scene, found)


async def let_go_of(scene: Scene, person_id: str) -> None:
    """Somebody leaves: no name of theirs stays on the live board, and all hosts are reminded of
    what they looked after."""
    for theirs in await store.looked_after_by(scene, person_id):
        await _belong_to(scene, theirs, None)
    await refresh(scene)


async def remove(scene: Scene, found: Candidate) -> None:
    """All that is kept of a candidate goes."""
    if step := await store.open_step(scene, found.id):
        await scene.outbox.cancel(*_keys(step, found.owner_id))
    for table in (SpeakerNote, SpeakerMove):
        await scene.session.execute(delete(table).where(table.candidate_id == found.id))
    await scene.session.delete(found)
    await refresh(scene)


async def note(
    scene: Scene, found: Candidate, text: str, by_id: str, due: date | None = None
) -> SpeakerNote:
    """A line about somebody. With a day it takes the place of the step before."""
    made = SpeakerNote(
        id=scene.new_id(),
        community_id=scene.community.id,
        candidate_id=found.id,
        person_id=found.person_id,
        by_id=by_id,
        text=text,
        at=scene.now,
        due=due,
    )
    if due and (before := await store.open_step(scene, found.id)):
        await settle(scene, found, before)
    scene.session.add(made)
    await scene.session.flush()
    if due:
        await promise(scene, found, made)
    await refresh(scene)
    return made


async def settle(scene: Scene, found: Candidate, step: SpeakerNote) -> None:
    step.settled_at = scene.now
    await scene.outbox.cancel(*_keys(step, found.owner_id))
    await refresh(scene)


async def reopen(scene: Scene, found: Candidate, step: SpeakerNote) -> None:
    step.settled_at = None
    await promise(scene, found, step)
    await refresh(scene)


async def take_note_back(scene: Scene, found: Candidate, gone: SpeakerNote) -> None:
    """The step before, if this one took its place, is open again."""
    before = [
        each
        for each in await store.notes_of(scene, found.id)
        if each.due and each.id != gone.id and each.settled_at == gone.at
    ]
    await scene.outbox.cancel(*_keys(gone, found.owner_id))
    await scene.session.delete(gone)
    await scene.session.flush()
    if gone.due and gone.settled_at is None and before:
        await reopen(scene, found, before[0])
    await refresh(scene)


async def promise(scene: Scene, found: Candidate, step: SpeakerNote) -> None:
    """One reminder on its day, to whoever looks after them; and the board says when it is late."""
    assert step.due, "a step has its day"
    due = at_hour(step.due, HOUR, scene.community.zone)
    if due <= scene.now:
        due = scene.now + AT_ONCE
    reminder, late = _keys(step, found.owner_id)
    await scene.outbox.later(
        "speakers.step", key=reminder, due=due, person=found.owner_id, step=step.id
    )
    next_day = at_hour(step.due + timedelta(days=1), 0, scene.community.zone)
    await scene.outbox.later(REFRESH, key=late, due=next_day)


async def refresh(scene: Scene) -> None:
    """Bring the live board up to date soon, if there is one."""
    if board := await store.live_board(scene):
        await scene.outbox.soon(REFRESH, key=f"refresh:{board.key}")


async def _known(
    scene: Scene, before: Sequence[SpeakerMove], person_id: str | None
) -> Candidate | None:
    """Whom the same source moved before, or the same person; held until the end."""
    if before:
        return await store.candidate_of(scene, before[0].candidate_id, lock=True)
    known = await store.of_person(scene, person_id) if person_id else None
    return await store.candidate_of(scene, known.id, lock=True) if known else None


async def _move(
    scene: Scene,
    found: Candidate,
    *,
    was: str | None,
    stage: str | None,
    by_id: str | None = None,
    about: str = "",
) -> dict[str, Any]:
    return {
        "id": scene.new_id(),
        "community_id": scene.community.id,
        "candidate_id": found.id,
        "number": await store.last_number(scene, found.id) + 1,
        "at": scene.now,
        "by_id": by_id,
        "was": was,
        "stage": stage,
        "about": one_line(about, LONGEST_TOPIC) or None,
    }


async def _now_at(scene: Scene, found: Candidate, stage: Stage) -> None:
    if found.stage != stage:
        found.stage, found.since = stage, scene.now
    found.moves += 1
    await _look_again(scene, found)


async def _look_again(scene: Scene, found: Candidate) -> None:
    """Now, and when they will have been there for long."""
    await refresh(scene)
    key = f"speaker-age:{found.id}:{found.moves}"
    await scene.outbox.later(REFRESH, key=key, due=max(scene.now, found.since + STUCK))


async def _belong_to(scene: Scene, found: Candidate, owner_id: str | None) -> None:
    """The reminder goes to whoever looks after them now."""
    step = await store.open_step(scene, found.id)
    if step:
        await scene.outbox.cancel(*_keys(step, found.owner_id))
    found.owner_id = owner_id
    if step:
        await promise(scene, found, step)
    await refresh(scene)


async def _leave(scene: Scene, found: Candidate) -> None:
    others = len(await store.moves_of(scene, found.id)) > 1
    notes = await store.notes_of(scene, found.id)
    if others or any(each.at > found.created_at for each in notes):
        raise UserError("Others have added to it since, so I left it as it is now.")
    await remove(scene, found)


def _keys(step: SpeakerNote, owner_id: str | None) -> tuple[str, str]:
    return f"speaker-step:{step.id}:{owner_id or ''}", f"speaker-late:{step.id}"
