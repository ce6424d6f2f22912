"""What is read and written for maps. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update

from bot.context import Context, Scene
from bot.db import insert_new
from bot.errors import UserError
from bot.features.community_map.model import CommunityMap, MapPicture
from bot.people import Person

GONE = "That map is gone. `/map` begins a new one."


async def hold(ctx: Context) -> Person:
    """Who acts, held until the end of the transaction: one press of a person at a time, on
    however many devices."""
    person = await ctx.person()
    row = select(Person.id).where(Person.id == person.id)
    await ctx.session.execute(row.with_for_update(key_share=True))
    return person


async def draft(scene: Scene, person: Person) -> CommunityMap | None:
    """What they have begun: one, or the newest where two accounts were joined."""
    return await scene.session.scalar(
        select(CommunityMap)
        .where(*_of(scene, person), CommunityMap.finished_at.is_(None))
        .order_by(CommunityMap.begun_at.desc(), CommunityMap.id)
        .limit(1)
    )


async def begin(ctx: Context, person: Person, minutes: int) -> CommunityMap:
    """In place of what was left unfinished."""
    await discard(ctx, person)
    new = CommunityMap(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        person_id=person.id,
        minutes=minutes,
        answers="{}",
        begun_at=ctx.now,
    )
    ctx.session.add(new)
    await ctx.session.flush()
    return new


async def discard(ctx: Context, person: Person) -> None:
    """Delete what is unfinished."""
    await ctx.session.execute(
        delete(CommunityMap).where(*_of(ctx, person), CommunityMap.finished_at.is_(None))
    )


async def map_of(ctx: Context, person: Person, map_id: str) -> CommunityMap:
    """Raises UserError when there is none, or it is somebody else's."""
    found = await ctx.session.get(CommunityMap, map_id)
    theirs = (ctx.community.id, person.id)
    if found is None or (found.community_id, found.person_id) != theirs:
        raise UserError(GONE)
    return found


async def finished(scene: Scene, person: Person) -> Sequence[CommunityMap]:
    """All of them, newest first."""
    found = await scene.session.scalars(
        select(CommunityMap)
        .where(*_of(scene, person), CommunityMap.finished_at.is_not(None))
        .order_by(CommunityMap.finished_at.desc(), CommunityMap.id.desc())
    )
    return found.all()


async def count(scene: Scene, person: Person) -> int:
    """How many they have, finished or not."""
    found = select(func.count()).select_from(CommunityMap).where(*_of(scene, person))
    return await scene.session.scalar(found) or 0


async def share_none(ctx: Context, person: Person) -> None:
    await ctx.session.execute(update(CommunityMap).where(*_of(ctx, person)).values(shared=False))


async def forget(ctx: Context, person: Person) -> None:
    """Delete all maps, finished or not."""
    await ctx.session.execute(delete(CommunityMap).where(*_of(ctx, person)))


async def shared(scene: Scene, since: datetime, until: datetime) -> Sequence[CommunityMap]:
    """The latest of each person who said yes, of those finished in that time."""
    place = func.row_number().over(
        partition_by=CommunityMap.person_id,
        order_by=(CommunityMap.finished_at.desc(), CommunityMap.id.desc()),
    )
    ranked = (
        select(CommunityMap.id, place.label("place"))
        .where(
            CommunityMap.community_id == scene.community.id,
            CommunityMap.shared,
            CommunityMap.finished_at >= since,
            CommunityMap.finished_at < until,
        )
        .subquery()
    )
    found = await scene.session.scalars(
        select(CommunityMap).join(ranked, ranked.c.id == CommunityMap.id).where(ranked.c.place == 1)
    )
    return found.all()


async def latest_picture(scene: Scene, since: str) -> MapPicture | None:
    """The newest one, unless it was taken before the week `since`."""
    return await scene.session.scalar(
        select(MapPicture)
        .where(MapPicture.community_id == scene.community.id, MapPicture.slot >= since)
        .order_by(MapPicture.slot.desc())
        .limit(1)
    )


async def keep_picture(
    scene: Scene, slot: str, at_least: int, bands: str, thin: str | None
) -> bool:
    """False when another process has just kept one of that week."""
    values = {
        "community_id": scene.community.id,
        "slot": slot,
        "at_least": at_least,
        "bands": bands,
        "thin": thin,
    }
    return await insert_new(scene.session, MapPicture, values)


def _of(scene: Scene, person: Person) -> tuple[ColumnElement[bool], ...]:
    return CommunityMap.community_id == scene.community.id, CommunityMap.person_id == person.id
