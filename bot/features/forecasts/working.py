"""From what was typed to a forecast: read in a transaction, worked out beside the event loop."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zlib import crc32

from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.events.when import whole_day
from bot.features.forecasts import store
from bot.features.forecasts.asked import (
    Assumed,
    read_assumed,
    read_budget,
    read_hours,
    read_targets,
)
from bot.features.forecasts.model import Kept, Sketch, written
from bot.features.forecasts.period import EVENTS, MOST, RHYTHM, read_period, read_rhythm
from bot.features.forecasts.priors import ASSUMPTIONS, priors_of
from bot.features.metrics.history import history
from bot.features.program import store as texts
from bot.numbers import records
from bot.numbers.plans import Plan, Priors
from bot.numbers.rows import History, Window

AS_PLANNED = "as planned"
MOST_SLOTS = 50
Asked = Mapping[str, str]
"""The fields of the forms, as they were typed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan that could be read. What is under way here is added when it is worked out."""

    plan: Plan
    assumed: Assumed
    as_planned: bool


async def read(scene: Scene, asked: Asked) -> Wanted:
    """Raises UserError, at the field."""
    start, end = read_period(asked.get("period", ""), scene.today)
    days, as_planned = await _days(scene, asked.get("events", ""), start, end)
    money = read_budget(asked.get("money", ""))
    hours = read_hours(int(asked.get("hours") or 0))
    assumed = read_assumed(asked.get("assumed", ""), hours, money)
    plan = Plan(
        start,
        end,
        days,
        _slots(asked.get("slots", ""), scene.community.prefs.demo_slots),
        hours,
        money.minor if money else 0,
        money.currency if money else "",
        read_targets(asked.get("targets", "")),
        assumed.extra,
    )
    return Wanted(plan, assumed, as_planned)


def pinned(asked: Asked, wanted: Wanted) -> str:
    """To keep: with its days instead of “next quarter”, which means another one some day."""
    period = f"{whole_day(wanted.plan.start)} to {whole_day(wanted.plan.end)}"
    return json.dumps({**asked, "period": period})


async def look(ctx: Context, sketch_id: str) -> Kept:
    """Work it out. No transaction is open meanwhile, so that nobody waits for it."""
    sketch = await store.sketch_of(ctx, sketch_id)
    wanted = await read(ctx, json.loads(sketch.asked))
    known, priors, today = await history(ctx), await priors_here(ctx), ctx.today
    await ctx.close()
    seed = crc32(sketch_id.encode())
    kept = await asyncio.to_thread(_worked_out, wanted, known, priors, today, seed)
    sketch = await store.sketch_of(ctx, sketch_id, lock=True)
    sketch.said, sketch.said_on = written(kept), today
    return kept


async def priors_here(scene: Scene) -> Priors:
    return priors_of(await texts.words_of(scene, ASSUMPTIONS))


def said_today(scene: Scene, sketch: Sketch) -> str:
    """What the last look said. Raises UserError when it is not of today."""
    if sketch.said is None or sketch.said_on != scene.today:
        raise UserError("These ranges are not of today. Please look at them again.")
    return sketch.said


def _worked_out(wanted: Wanted, known: History, priors: Priors, today: date, seed: int) -> Kept:
    from bot.numbers.forecast import forecast  # half a second, and most starts need it not

    plan = wanted.plan
    window = Window(plan.start, plan.end + timedelta(days=1))
    plan = replace(
        plan,
        terms=records.ending(known, window),
        begun=records.under_way(known, today),
    )
    found = forecast(plan, records.records(known, today), priors, today, seed)
    simple = records.usual(known, today, window.days)
    return Kept(plan, priors, found, wanted.assumed.words, simple)


async def _days(scene: Scene, text: str, start: date, end: date) -> tuple[tuple[date, ...], bool]:
    if text.strip().lower() not in ("", AS_PLANNED):
        return read_rhythm(text, start, end), False
    days = await store.planned(scene, start, end)
    if not days:
        raise UserError(f"No event is planned for those days. {RHYTHM}", EVENTS)
    if len(days) > MOST:
        raise UserError(
            f"{len(days)} events are planned for those days. I can look at {MOST}.", EVENTS
        )
    return days, True


def _slots(text: str, usual: int) -> int:
    slots = int(text) if text else usual
    if not 0 <= slots <= MOST_SLOTS:
        raise UserError(f"Write a number of slots from 0 to {MOST_SLOTS}.", "slots")
    return slots
