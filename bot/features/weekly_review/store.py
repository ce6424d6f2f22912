"""What is read and written for weekly reviews. Nothing here commits.

Everything is asked for by the person who acts, and a person belongs to one community: nobody's
words can be reached from anybody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.context import Scene
from bot.db import insert_new
from bot.errors import UserError
from bot.features.weekly_review.model import (
    ANSWERED,
    OPEN,
    Commitment,
    ReviewPlan,
    WeeklyReview,
)
from bot.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class Line:
    """A commitment and the week it was written in."""

    week: str
    commitment: Commitment

    @property
    def id(self) -> str:
        return self.commitment.id

    @property
    def question(self) -> str:
        return self.commitment.question

    @property
    def words(self) -> str:
        return self.commitment.words

    @property
    def state(self) -> str:
        return self.commitment.state


async def plan_of(scene: Scene, person_id: str) -> ReviewPlan | None:
    """Held until the end of the transaction: a turn and a press may come at once."""
    return await scene.session.get(ReviewPlan, person_id, with_for_update=True)


async def plan_for(scene: Scene, person_id: str) -> ReviewPlan:
    """The plan, made at the first wish. Two devices may make it at once."""
    await insert_new(scene.session, ReviewPlan, {"person_id": person_id, "heard_at": scene.now})
    return await scene.session.get_one(ReviewPlan, person_id, with_for_update=True)


async def newest(scene: Scene, person_id: str) -> WeeklyReview | None:
    return await scene.session.scalar(
        select(WeeklyReview)
        .where(WeeklyReview.person_id == person_id)
        .order_by(WeeklyReview.week.desc())
        .limit(1)
    )


async def review_of(scene: Scene, person_id: str, week: str) -> WeeklyReview | None:
    return await scene.session.scalar(
        select(WeeklyReview).where(WeeklyReview.person_id == person_id, WeeklyReview.week == week)
    )


async def review_for(scene: Scene, person_id: str, week: str) -> WeeklyReview:
    """The week's page, made when it is first needed, and held: two devices may write at once."""
    values = {"id": scene.new_id(), "person_id": person_id, "week": week}
    await insert_new(scene.session, WeeklyReview, values)
    return (
        await scene.session.scalars(
            select(WeeklyReview)
            .where(WeeklyReview.person_id == person_id, WeeklyReview.week == week)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def lines(scene: Scene, person_id: str) -> list[Line]:
    """All that they ever wrote, newest week first, in the order of the questions."""
    found = await scene.session.execute(
        select(WeeklyReview.week, Commitment)
        .join(WeeklyReview, WeeklyReview.id == Commitment.review_id)
        .where(Commitment.person_id == person_id)
        .order_by(WeeklyReview.week.desc())
    )
    order = {each.key: at for at, each in enumerate(scene.content.review.questions)}
    written = [Line(row[0], row[1]) for row in found]
    written.sort(key=lambda line: (order.get(line.question, len(order)), line.question))
    return sorted(written, key=lambda line: line.week, reverse=True)


async def commitment_of(scene: Scene, person_id: str, line: str) -> Commitment:
    """Raises UserError when it is gone, or somebody else's."""
    found = await scene.session.get(Commitment, line, with_for_update=True)
    if found is None or found.person_id != person_id:
        raise UserError("That line is gone. `/review` shows what is open.")
    return found


async def write(scene: Scene, review: WeeklyReview, said: Mapping[str, str]) -> None:
    """What was said, by the key of each question; an empty answer takes its line away.

    A line that is only reworded keeps what became of it.
    """
    written = await scene.session.scalars(
        select(Commitment).where(Commitment.review_id == review.id)
    )
    before = {each.question: each for each in written}
    for key, words in said.items():
        known = before.get(key)
        if known and words:
            known.words = words
        elif known:
            await scene.session.delete(known)
        elif words:
            _add(scene, review, key, words)
    review.state, review.later_at = ANSWERED, None
    await scene.session.flush()


def _add(scene: Scene, review: WeeklyReview, key: str, words: str) -> None:
    line = Commitment(
        id=scene.new_id(),
        review_id=review.id,
        person_id=review.person_id,
        question=key,
        words=words,
        state=OPEN,
    )
    scene.session.add(line)


async def asked_in_vain(scene: Scene, person_id: str, kinds: Sequence[str], since: datetime) -> int:
    """How many reviews reached them since they last did anything. One that was refused is none."""
    found = select(func.count()).where(
        Outgoing.person_id == person_id,
        Outgoing.kind.in_(kinds),
        Outgoing.sent_message.is_not(None),
        Outgoing.settled_at > since,
    )
    return await scene.session.scalar(found) or 0
