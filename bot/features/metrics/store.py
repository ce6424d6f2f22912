"""How the rows behind figures are called, and who is staff. Nothing here commits."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select

from bot.context import Context, Scene
from bot.db import insert_new
from bot.features.events.after import dated
from bot.features.events.model import Event
from bot.features.followups.model import FollowUp
from bot.features.metrics.history import GUEST
from bot.features.metrics.model import Staff
from bot.features.ships.model import Project
from bot.features.sparks.model import Spark
from bot.features.speakers.model import Candidate
from bot.features.sponsors.model import Sponsor, SponsorTerm
from bot.numbers.metrics import Rows
from bot.people import Person

UNNAMED = "Somebody who has left"
LONGEST = 60


async def called(scene: Scene, kind: Rows, ids: Iterable[str]) -> dict[str, str]:
    """What each row is called, by its id: names of people, titles, or what somebody wrote."""
    wanted = set(ids)
    if kind == "events":
        return await _events(scene, wanted)
    if kind in PEOPLE:
        return await _named(scene, _people(scene), wanted) | await _guests(scene, wanted)
    return await _named(scene, TITLED[kind](scene), wanted)


async def _named(scene: Scene, titles: Any, ids: set[str]) -> dict[str, str]:
    key = titles.selected_columns[0]
    found = await scene.session.execute(titles.where(key.in_(ids)))
    return {row[0]: row[1] for row in found if row[1]}


async def _events(scene: Scene, ids: set[str]) -> dict[str, str]:
    found = await scene.session.scalars(
        select(Event).where(Event.community_id == scene.community.id, Event.id.in_(ids))
    )
    zone = scene.community.zone
    return {
        each.id: f"{dated(each, zone, LONGEST)} {each.starts_at.astimezone(ZoneInfo(zone)).year}"
        for each in found
    }


async def _guests(scene: Scene, ids: set[str]) -> dict[str, str]:
    guests = {each.removeprefix(GUEST) for each in ids if each.startswith(GUEST)}
    found = select(Candidate.id, Candidate.name).where(Candidate.community_id == scene.community.id)
    named = await _named(scene, found, guests) if guests else {}
    return {f"{GUEST}{id_}": name for id_, name in named.items()}


def _people(scene: Scene) -> Select[str, str]:
    return select(Person.id, Person.name).where(Person.community_id == scene.community.id)


def _sparks(scene: Scene) -> Select[str, str]:
    return select(Spark.id, Spark.what).where(Spark.community_id == scene.community.id)


def _projects(scene: Scene) -> Select[str, str]:
    return select(Project.id, Project.title).where(Project.community_id == scene.community.id)


def _follow_ups(scene: Scene) -> Select[str, str]:
    return select(FollowUp.id, FollowUp.title).where(FollowUp.community_id == scene.community.id)


def _terms(scene: Scene) -> Select[str, str]:
    return (
        select(SponsorTerm.id, Sponsor.name)
        .join(Sponsor, Sponsor.id == SponsorTerm.sponsor_id)
        .where(SponsorTerm.community_id == scene.community.id)
    )


PEOPLE: tuple[Rows, ...] = ("builders", "newcomers", "speakers")
TITLED: dict[Rows, Callable[[Scene], Select[str, str]]] = {
    "sparks": _sparks,
    "terms": _terms,
    "projects": _projects,
    "follow-ups": _follow_ups,
}


async def staff(scene: Scene) -> Sequence[Person]:
    """By name."""
    found = await scene.session.scalars(
        select(Person)
        .join(Staff, Staff.person_id == Person.id)
        .where(Staff.community_id == scene.community.id)
        .order_by(Person.name, Person.id)
    )
    return found.all()


async def mark(ctx: Context, person: Person, *, staff: bool) -> bool:
    """Whether that changed anything."""
    if staff:
        values = {
            "person_id": person.id,
            "community_id": ctx.community.id,
            "marked_at": ctx.now,
        }
        return await insert_new(ctx.session, Staff, values)
    gone: Any = await ctx.session.execute(delete(Staff).where(Staff.person_id == person.id))
    return bool(gone.rowcount)
