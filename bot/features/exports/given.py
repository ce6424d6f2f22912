"""What was given at events, as lists that an import takes back: talks and demos."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.context import Scene
from bot.features.demos.model import SHOWN, Demo
from bot.features.events.model import CANCELLED, Event
from bot.features.imports.model import Talk
from bot.features.metrics.history import NEAR
from bot.features.speakers.model import Candidate, SpeakerMove, delivered
from bot.people import Person

TALKS = (
    "event_series", "event_date", "event_title", "speaker", "talk_title", "event_id", "person_id",
)  # fmt: skip
DEMOS = (
    "event_date", "event_title", "presenter", "demo_title", "state", "minutes", "first_time",
    "heard_at", "event_id", "person_id", "demo_id",
)  # fmt: skip
Row = Mapping[str, Any]


class Night(NamedTuple):
    day: date
    title: str
    id: str


async def talks(scene: Scene) -> list[Row]:
    """Of lists, and of the speakers' board."""
    found = [*await _of_lists(scene), *await _of_the_board(scene)]
    rows = [dict(zip(TALKS, values, strict=True)) for values in found]
    return sorted(rows, key=lambda row: (row["event_date"], row["event_title"], row["speaker"]))


async def demos(scene: Scene) -> list[Row]:
    """Those that were shown."""
    zone = ZoneInfo(scene.community.zone)
    found = await scene.session.execute(
        select(Demo, Event.title, Event.starts_at, Person.name)
        .join(Event, Event.id == Demo.event_id)
        .outerjoin(Person, Person.id == Demo.presenter_id)
        .where(Demo.community_id == scene.community.id, Demo.status == SHOWN)
        .order_by(Event.starts_at, Demo.place, Demo.id)
    )
    rows: list[Row] = []
    for demo, title, at, name in found:
        day = at.astimezone(zone).date().isoformat()
        about = (day, title, name or "", demo.title, demo.state, demo.minutes, demo.first_time)
        ids = (demo.event_id, demo.presenter_id, demo.id)
        rows.append(dict(zip(DEMOS, (*about, demo.told_at, *ids), strict=True)))
    return rows


async def _of_lists(scene: Scene) -> list[Sequence[Any]]:
    zone = ZoneInfo(scene.community.zone)
    found = await scene.session.execute(
        select(Talk, Event.title, Event.starts_at, Person.name)
        .join(Event, Event.id == Talk.event_id)
        .outerjoin(Person, Person.id == Talk.speaker_id)
        .where(Talk.community_id == scene.community.id)
        .order_by(Event.starts_at, Talk.id)
    )
    return [
        ("", at.astimezone(zone).date().isoformat(), title, name or "", talk.title,
         talk.event_id, talk.speaker_id)
        for talk, title, at, name in found
    ]  # fmt: skip


async def _of_the_board(scene: Scene) -> list[Sequence[Any]]:
    """It names no event: a talk was at the newest one before hosts noted it. Who has no account
    goes by their id on the board."""
    zone, nights = ZoneInfo(scene.community.zone), await _nights(scene)
    found = await scene.session.execute(
        select(Candidate, SpeakerMove.at, Person.name)
        .join(SpeakerMove, SpeakerMove.candidate_id == Candidate.id)
        .outerjoin(Person, Person.id == Candidate.person_id)
        .where(SpeakerMove.community_id == scene.community.id, *delivered())
        .order_by(SpeakerMove.at, SpeakerMove.id)
    )
    rows: list[Sequence[Any]] = []
    for candidate, at, name in found:
        day = at.astimezone(zone).date()
        near = (night for night in nights if day - NEAR <= night.day <= day)
        night = next(near, Night(day, "", ""))
        who = name or candidate.name or ""
        ids = (night.id, candidate.person_id or candidate.id)
        rows.append(("", night.day.isoformat(), night.title, who, candidate.topic or "", *ids))
    return rows


async def _nights(scene: Scene) -> list[Night]:
    """Newest first."""
    zone = ZoneInfo(scene.community.zone)
    found = await scene.session.execute(
        select(Event.starts_at, Event.title, Event.id)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at < scene.now,
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    return [Night(at.astimezone(zone).date(), title, id_) for at, title, id_ in found]
