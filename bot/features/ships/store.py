"""What is read and written for projects. Nothing here commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from bot.context import Context, Scene
from bot.db import insert_new
from bot.errors import UserError
from bot.features.ships.model import DEMO, OWN, SPARK, TITLE, Builder, Project
from bot.markup import one_line

ASKED_AFTER = {DEMO: (30, 90), SPARK: (60,)}
"""Days after the beginning on which its person is asked, once each."""


async def begin(
    scene: Scene,
    began_as: str,
    about_id: str,
    title: str,
    *,
    person_id: str | None,
    since: datetime,
    with_others: Iterable[str] = (),
) -> None:
    """Somebody builds something since a demo or a spark, and is asked later. Twice adds nothing."""
    values = {
        "id": scene.new_id(),
        "community_id": scene.community.id,
        "person_id": person_id,
        "title": one_line(title, TITLE),
        "link": "",
        "began_as": began_as,
        "about_id": about_id,
        "began_at": since,
        "created_at": scene.now,
    }
    if not await insert_new(scene.session, Project, values):
        return
    project_id = str(values["id"])
    scene.session.add_all(
        Builder(project_id=project_id, person_id=each) for each in {*with_others} - {person_id}
    )
    for days in ASKED_AFTER[began_as] if person_id else ():
        await scene.outbox.later(
            "ships.ask",
            key=f"ships-ask:{project_id}:{days}",
            due=since + timedelta(days=days),
            person=person_id,
            project=project_id,
            days=days,
        )


async def forget(scene: Scene, began_as: str, about_id: str) -> None:
    """It never began after all: the demo was not shown, or the spark was taken back."""
    found = await scene.session.scalar(
        select(Project).where(
            Project.community_id == scene.community.id,
            Project.began_as == began_as,
            Project.about_id == about_id,
        )
    )
    if found is None or not found.is_open:
        return
    await drop(scene, found)


async def drop(scene: Scene, project: Project) -> None:
    days = ASKED_AFTER.get(project.began_as, ())
    await scene.outbox.cancel(*(f"ships-ask:{project.id}:{each}" for each in days))
    for builder in await scene.session.scalars(
        select(Builder).where(Builder.project_id == project.id)
    ):
        await scene.session.delete(builder)
    await scene.session.flush()
    await scene.session.delete(project)


async def project_of(ctx: Context, project_id: str) -> Project:
    """One that this person builds, held until the end. Raises UserError."""
    person = await ctx.person()
    gone = "That one is gone. `/ship` tells me of another."
    found = await ctx.get_own(Project, project_id, gone, lock=True)
    helps = await ctx.session.get(Builder, (found.id, person.id))
    if found.person_id != person.id and helps is None:
        raise UserError("Only those who build it can say what became of it.")
    return found


async def open_ones(ctx: Context) -> Sequence[Project]:
    """What this person builds, newest beginning first."""
    person = await ctx.person()
    mine = select(Builder.project_id).where(Builder.person_id == person.id)
    found = await ctx.session.scalars(
        select(Project)
        .where(
            Project.community_id == ctx.community.id,
            or_(Project.person_id == person.id, Project.id.in_(mine)),
            Project.began_as != OWN,
            Project.shipped_at.is_(None),
            Project.let_go_at.is_(None),
        )
        .order_by(Project.began_at.desc(), Project.id)
    )
    return found.all()
