"""What is read and written for the pulse. Nothing here commits."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from bot.context import Context, Scene
from bot.features.program.model import ProgramChange
from bot.features.program.store import note_change
from bot.features.pulse.model import RECALL, STOP, WORDS, Decision
from bot.features.retros.model import RetroAction
from bot.features.sponsors.model import Sponsor
from bot.markup import one_line
from bot.numbers.story import Noted, ToDo

GONE = "That decision is gone. `/pulse decisions` lists them."
WEEK = timedelta(weeks=1)
STOPPED = "we stopped this: "
TWO_YEARS = timedelta(days=730)


async def add(ctx: Context, question: str, words: str) -> Decision:
    found = Decision(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        day=ctx.today,
        question=question,
        words=one_line(words, WORDS),
        by_id=(await ctx.person()).id,
        recall_on=ctx.today + RECALL,
        made_at=ctx.now,
    )
    ctx.session.add(found)
    await ctx.session.flush()
    return found


async def decision_of(ctx: Context, decision_id: str) -> Decision:
    """Held until the end. Raises UserError when it is gone, or another community's."""
    return await ctx.get_own(Decision, decision_id, GONE, lock=True)


async def decisions(scene: Scene) -> Sequence[Decision]:
    """Newest first."""
    found = await scene.session.scalars(
        select(Decision)
        .where(Decision.community_id == scene.community.id)
        .order_by(Decision.day.desc(), Decision.made_at.desc(), Decision.question)
    )
    return found.all()


async def written_with(scene: Scene, one: Decision) -> Sequence[Decision]:
    """The answer to the other question, where both were given at once."""
    found = await scene.session.scalars(
        select(Decision).where(
            Decision.community_id == scene.community.id,
            Decision.made_at == one.made_at,
            Decision.by_id == one.by_id,
            Decision.id != one.id,
        )
    )
    return found.all()


async def recalled(scene: Scene) -> Sequence[Decision]:
    """What was decided about four weeks ago, and nobody has said yet what became of it."""
    found = await scene.session.scalars(
        select(Decision)
        .where(
            Decision.community_id == scene.community.id,
            Decision.became.is_(None),
            Decision.recall_on <= scene.today,
            Decision.recall_on > scene.today - WEEK,
        )
        .order_by(Decision.recall_on, Decision.question, Decision.id)
    )
    return found.all()


async def log(ctx: Context, decision: Decision) -> ProgramChange:
    """Note it as a change of the programme. Asked twice, it is noted once."""
    if decision.change_id:
        known = await ctx.session.get_one(ProgramChange, decision.change_id)
        known.removed_at = None
        return known
    made = await note_change(ctx, f"{_stopped(decision)}{decision.words}")
    decision.change_id = made.id
    return made


def _stopped(decision: Decision) -> str:
    return STOPPED if decision.question == STOP else ""


async def noted(scene: Scene, until: date) -> list[Noted]:
    """What was changed on which day, as organisers wrote it down."""
    found = await scene.session.scalars(
        select(ProgramChange)
        .where(
            ProgramChange.community_id == scene.community.id,
            ProgramChange.removed_at.is_(None),
            ProgramChange.day > until - TWO_YEARS,
            ProgramChange.day <= until,
        )
        .order_by(ProgramChange.day.desc(), ProgramChange.made_at.desc(), ProgramChange.id)
    )
    changes = [Noted(each.day, each.words, each.words.startswith(STOPPED)) for each in found]
    return changes + [
        Noted(each.day, f"{_stopped(each)}{each.words}", each.question == STOP)
        for each in await decisions(scene)
        if each.change_id is None and until - TWO_YEARS < each.day <= until
    ]


async def sponsors(scene: Scene) -> dict[str, str]:
    """Names by id."""
    found = await scene.session.execute(
        select(Sponsor.id, Sponsor.name).where(Sponsor.community_id == scene.community.id)
    )
    return {row.id: row.name for row in found}


async def to_do(scene: Scene, until: date) -> list[ToDo]:
    """What retros asked for, by the day it was due; without whose it is."""
    found = await scene.session.scalars(
        select(RetroAction)
        .where(
            RetroAction.community_id == scene.community.id,
            RetroAction.due > until - TWO_YEARS,
            RetroAction.due <= until,
        )
        .order_by(RetroAction.due, RetroAction.created_at, RetroAction.id)
    )
    return [
        ToDo(each.id, each.event_id, each.title, each.due, each.done_at is not None)
        for each in found
    ]
