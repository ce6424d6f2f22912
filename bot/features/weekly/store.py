"""What was the principle of which week. It knows no other feature, so that all may ask it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, and_, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.context import Scene
from bot.db import Table
from bot.outbox import Outgoing
from bot.schedule import monday

PASS = 0
"""In the place of a principle's number: this week has none."""

POST = "weekly:"
"""Begins the key of a post; the week's slot follows. One key, so one post a week."""

MEMORY = timedelta(weeks=104)
CURRENT = timedelta(weeks=2)
"""How long a post stays the principle of the week when none follows, as after a week without."""


class WeeklyPrinciple(Table):
    """The principle of one week: chosen ahead by an organiser, or when it was posted."""

    __tablename__ = "weekly_principle"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)
    slot: Mapped[str] = mapped_column(String(10), primary_key=True)
    """The Monday of the community's own week, as an ISO date."""
    number: Mapped[int]
    why: Mapped[str] = mapped_column(Text, default="")
    posted_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Week:
    """A week as it went: `parked` is why its post never arrived."""

    slot: str
    number: int
    posted: bool
    parked: str | None

    @property
    def seen(self) -> bool:
        return self.posted and self.parked is None


async def week(scene: Scene, slot: str) -> WeeklyPrinciple | None:
    return await scene.session.get(WeeklyPrinciple, (scene.community.id, slot))


async def weeks(scene: Scene, since: timedelta = MEMORY) -> Sequence[Week]:
    """The last weeks, and what is chosen for coming ones, newest first."""
    post = and_(
        Outgoing.community_id == WeeklyPrinciple.community_id,
        Outgoing.key == literal(POST) + WeeklyPrinciple.slot,
    )
    found = await scene.session.execute(
        select(WeeklyPrinciple, Outgoing.parked)
        .outerjoin(Outgoing, post)
        .where(
            WeeklyPrinciple.community_id == scene.community.id,
            WeeklyPrinciple.slot >= monday(scene.now.date() - since),
        )
        .order_by(WeeklyPrinciple.slot.desc())
    )
    return [Week(row.slot, row.number, row.posted_at is not None, why) for row, why in found]


async def choose_ahead(scene: Scene, slot: str, number: int | None) -> None:
    """What organisers want for a week; None takes it back."""
    row = await week(scene, slot)
    if number is None:
        if row:
            await scene.session.delete(row)
    elif row:
        row.number = number
    else:
        choice = WeeklyPrinciple(community_id=scene.community.id, slot=slot, number=number)
        scene.session.add(choice)
    await scene.session.flush()


async def current(scene: Scene) -> int | None:
    """The number that was posted last. Without weekly posts this asks nobody."""
    if scene.community.prefs.principle_channel is None:
        return None
    return next((each.number for each in await weeks(scene, CURRENT) if each.seen), None)
