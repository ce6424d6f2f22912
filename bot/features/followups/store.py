"""What is read and written for follow-ups. Nothing here commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.context import Context, Scene
from bot.features.followups.model import DEMO, EVENT, OPEN, FollowUp
from bot.people import Person


async def open_for(
    scene: Scene, what: str, about_id: str, title: str, *, since: datetime, owner_id: str | None
) -> None:
    """As many follow-ups as the community wants for one event or demo. A repeat adds nothing.

    Those about demos are told with their event's, so that an evening is one reminder.
    """
    if await about(scene, what, about_id):
        return
    prefs = scene.community.prefs
    followups = [
        FollowUp(
            id=scene.new_id(),
            community_id=scene.community.id,
            what=what,
            about_id=about_id,
            number=number,
            title=title,
            owner_id=owner_id,
            since=since,
            due_at=since + timedelta(hours=prefs.follow_up_hours),
        )
        for number in range(1, prefs.follow_up_count + 1)
    ]
    scene.session.add_all(followups)
    for each in followups[:1] if what == EVENT else ():
        await promise_reminder(scene, each)


async def take_back(scene: Scene, what: str, about_id: str) -> None:
    """What it was about did not take place after all. Those that are settled stay."""
    for each in await about(scene, what, about_id):
        if each.status == OPEN:
            await scene.session.delete(each)


async def promise_reminder(scene: Scene, followup: FollowUp) -> None:
    """One for each owner of follow-ups about the same thing; none for what is late already."""
    if scene.now >= followup.due_at:
        return
    owner = followup.owner_id or ""
    await scene.outbox.later(
        "followups.remind",
        key=f"followups-remind:{followup.what}:{followup.about_id}:{owner}",
        due=max(scene.now, followup.remind_at),
        person=followup.owner_id,
        what=followup.what,
        about=followup.about_id,
        owner=owner,
    )


async def about(scene: Scene, what: str, about_id: str) -> Sequence[FollowUp]:
    found = await scene.session.scalars(
        select(FollowUp)
        .where(
            FollowUp.community_id == scene.community.id,
            FollowUp.what == what,
            FollowUp.about_id == about_id,
        )
        .order_by(FollowUp.number)
    )
    return found.all()


async def of_demos(scene: Scene, owner: str, due_at: datetime) -> Sequence[FollowUp]:
    """Open ones about demos of the same evening; `owner` is empty for those that are nobody's."""
    found = await scene.session.scalars(
        select(FollowUp)
        .where(
            FollowUp.community_id == scene.community.id,
            FollowUp.what == DEMO,
            FollowUp.status == OPEN,
            FollowUp.due_at == due_at,
            func.coalesce(FollowUp.owner_id, "") == owner,
        )
        .order_by(FollowUp.title, FollowUp.number)
    )
    return found.all()


async def still_open(scene: Scene) -> Sequence[FollowUp]:
    """Soonest first, and so the late ones before the others."""
    found = await scene.session.scalars(
        select(FollowUp)
        .where(FollowUp.community_id == scene.community.id, FollowUp.status == OPEN)
        .order_by(FollowUp.due_at, FollowUp.title, FollowUp.number)
    )
    return found.all()


async def owned_by(scene: Scene, person: str) -> Sequence[FollowUp]:
    """Open ones."""
    found = await scene.session.scalars(
        select(FollowUp)
        .where(
            FollowUp.community_id == scene.community.id,
            FollowUp.owner_id == person,
            FollowUp.status == OPEN,
        )
        .order_by(FollowUp.due_at, FollowUp.number)
    )
    return found.all()


async def due_since(scene: Scene, start: datetime) -> Sequence[FollowUp]:
    """Settled or not, newest first."""
    found = await scene.session.scalars(
        select(FollowUp)
        .where(FollowUp.community_id == scene.community.id, FollowUp.due_at >= start)
        .order_by(FollowUp.due_at.desc(), FollowUp.number)
    )
    return found.all()


async def followup_of(ctx: Context, followup_id: str) -> FollowUp:
    """Raises UserError when there is none, or it is another community's."""
    gone = "That follow-up is gone. `/followups` shows what is due."
    return await ctx.get_own(FollowUp, followup_id, gone)


async def names(scene: Scene, followups: Iterable[FollowUp]) -> dict[str, str]:
    """Of the owners, by person id."""
    ids = {each.owner_id for each in followups}
    found = await scene.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in found}


async def times_worded(scene: Scene) -> int:
    """How often anybody here asked for words to send."""
    found = select(func.sum(FollowUp.worded)).where(FollowUp.community_id == scene.community.id)
    return await scene.session.scalar(found) or 0
