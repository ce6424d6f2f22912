"""What is read of plans and forecasts. Nothing here commits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Scene
from bot.features.events import store as events
from bot.features.events.model import CANCELLED, Event, Series
from bot.features.events.repeat import slots
from bot.features.forecasts.model import ForecastOutcome, KeptForecast, Sketch
from bot.schedule import zone_of

KEEP = timedelta(days=7)
GONE = "That plan is gone. `/forecast` begins a new one."
UNKNOWN = "I know no such forecast here. `/forecast scores` lists them."


async def sketch_of(scene: Scene, sketch_id: str, *, lock: bool = False) -> Sketch:
    """Raises UserError."""
    return await scene.get_own(Sketch, sketch_id, GONE, lock=lock)


async def forecast_of(scene: Scene, forecast_id: str) -> KeptForecast:
    """Raises UserError."""
    return await scene.get_own(KeptForecast, forecast_id, UNKNOWN)


async def forecasts(scene: Scene) -> Sequence[KeptForecast]:
    """Newest first."""
    found = await scene.session.scalars(
        select(KeptForecast)
        .where(KeptForecast.community_id == scene.community.id)
        .order_by(KeptForecast.issued_at.desc(), KeptForecast.id)
    )
    return found.all()


async def is_kept_for(scene: Scene, starts: date, ends: date) -> bool:
    """Whether some of these days have a forecast: the first one of a day counts in the scores."""
    there = exists().where(
        KeptForecast.community_id == scene.community.id,
        KeptForecast.starts <= ends,
        KeptForecast.ends >= starts,
    )
    return bool(await scene.session.scalar(select(there)))


async def current(scene: Scene, number: int) -> Sequence[KeptForecast]:
    """Those whose days are not over, newest first, so many at most."""
    found = await scene.session.scalars(
        select(KeptForecast)
        .where(KeptForecast.community_id == scene.community.id, KeptForecast.ends >= scene.today)
        .order_by(KeptForecast.issued_at.desc(), KeptForecast.id)
        .limit(number)
    )
    return found.all()


async def outcomes(scene: Scene, forecast_id: str | None = None) -> Sequence[ForecastOutcome]:
    """Of one forecast, or of all."""
    wanted = (
        select(ForecastOutcome)
        .join(KeptForecast, KeptForecast.id == ForecastOutcome.forecast_id)
        .where(KeptForecast.community_id == scene.community.id)
    )
    if forecast_id:
        wanted = wanted.where(ForecastOutcome.forecast_id == forecast_id)
    return (await scene.session.scalars(wanted)).all()


async def held(scene: Scene) -> tuple[date, ...]:
    """Days of the events so far, in order."""
    found = await scene.session.scalars(
        select(Event.starts_at)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at < scene.now,
        )
        .order_by(Event.starts_at)
    )
    zone = zone_of(scene.community.zone)
    return tuple(at.astimezone(zone).date() for at in found)


async def planned(scene: Scene, start: date, end: date) -> tuple[date, ...]:
    """Days of the events that are planned, also those that a series will bring."""
    zone = zone_of(scene.community.zone)
    ahead = [event.starts_at for event in await events.coming(scene)]
    last = await _last_slots(scene)
    until = datetime.combine(end + timedelta(days=1), time(), zone)
    series = await scene.session.scalars(
        select(Series).where(Series.community_id == scene.community.id, Series.ended.is_(False))
    )
    for each in series:
        after = max(scene.now, last.get(each.id, scene.now))
        dates = slots(each.rule, each.first, each.zone, after)
        ahead += [slot.at for slot in takewhile(lambda slot: slot.at < until, dates)]
    days = sorted(at.astimezone(zone).date() for at in ahead)
    return tuple(day for day in days if start <= day <= end)


async def _last_slots(scene: Scene) -> Mapping[str, datetime]:
    """By series, the end of the last date that became an event."""
    found = await scene.session.execute(
        select(Event.series_id, Series.zone, func.max(Event.slot))
        .join(Series, Series.id == Event.series_id)
        .where(Event.community_id == scene.community.id)
        .group_by(Event.series_id, Series.zone)
    )
    return {
        series: datetime.combine(date.fromisoformat(slot), time.max, zone_of(zone))
        for series, zone, slot in found
        if series and slot
    }


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Sketch).where(Sketch.created_at < now - KEEP))
