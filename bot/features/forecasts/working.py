"""From what was typed to a forecast: read in a transaction, worked out beside the event loop."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import TypeVar
from zlib import crc32

from bot import charts
from bot.context import Context, Scene
from bot.errors import InvalidArguments, UserError
from bot.features.events.when import whole_day
from bot.features.forecasts import store
from bot.features.forecasts.asked import (
    ASSUMED,
    HOURS,
    MONEY,
    TARGETS,
    Assumed,
    read_assumed,
    read_budget,
    read_hours,
    read_number,
    read_targets,
)
from bot.features.forecasts.habits import Habit, beyond, habit_of, slots_beyond
from bot.features.forecasts.model import Kept, Sketch, written
from bot.features.forecasts.period import (
    EVENTS,
    MOST,
    PERIOD,
    RHYTHM,
    Period,
    match_rhythm,
    read_period,
    read_rhythm,
    spread,
)
from bot.features.forecasts.priors import ASSUMPTIONS, priors_of
from bot.features.forecasts.words import room
from bot.features.metrics.history import history
from bot.features.program import store as texts
from bot.numbers import records, words
from bot.numbers.plans import Plan, Priors
from bot.numbers.rows import History, Window

AS_PLANNED = "as planned"
MOST_SLOTS = 50
LOOSE = "The very days matter little."
CHANGED = (
    "This plan was changed, or looked at again, since then. Nothing is lost: look at its ranges "
    "again, and go on from those."
)
Asked = Mapping[str, str]
"""The fields of the forms, as they were typed."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed:
    """The days of the events, how they were chosen, and what is said before all else."""

    days: tuple[date, ...] = ()
    how: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan that could be read. What is under way here is added when it is worked out."""

    plan: Plan
    assumed: Assumed
    how: str
    notes: tuple[str, ...]


class _Fields:
    """What was typed, read field by field. What can't be read is kept to be told all at once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.wrong: dict[str, str] = {}

    def read(self, name: str, reader: Callable[..., T], *more: object, nothing: T) -> T:
        try:
            return reader(self.asked.get(name, ""), *more)
        except UserError as error:
            self.wrong.setdefault(error.field or name, error.says)
            return nothing


async def read(scene: Scene, asked: Asked) -> Wanted:
    """Raises InvalidArguments: all that can't be read, each at its field."""
    fields, today = _Fields(asked), scene.today
    period = fields.read(PERIOD, read_period, today, nothing=Period(today, today, today))
    planned = await store.planned(scene, period.start, period.end)
    habit = habit_of(await store.held(scene), today)
    placed, targets, assumed = Placed(), dict[str, int](), Assumed()
    if fields.wrong:
        fields.read(EVENTS, _proved, nothing=None)
    else:
        placed = fields.read(EVENTS, _placed, period, planned, habit, nothing=placed)
    slots = fields.read("slots", _slots, scene.community.prefs.demo_slots, nothing=0)
    money = fields.read(MONEY, read_budget, nothing=None)
    targets = fields.read(TARGETS, read_targets, nothing=targets)
    hours = fields.read(HOURS, read_hours, nothing=0)
    if MONEY not in fields.wrong:
        assumed = fields.read(ASSUMED, read_assumed, hours, money, nothing=assumed)
    if fields.wrong:
        raise InvalidArguments(fields.wrong)
    plan = Plan(
        period.start,
        period.end,
        placed.days,
        slots,
        hours,
        money.minor if money else 0,
        money.currency if money else "",
        targets,
        assumed.extra,
    )
    return Wanted(plan, assumed, placed.how, tuple(filter(None, [_gone(period), placed.note])))


def pinned(asked: Asked, wanted: Wanted) -> str:
    """To keep: with its days instead of “next quarter”, which means another one some day."""
    period = f"{whole_day(wanted.plan.start)} to {whole_day(wanted.plan.end)}"
    return json.dumps({**asked, "period": period})


async def look(ctx: Context, sketch_id: str) -> Kept:
    """Work it out. No transaction is open meanwhile, so that nobody waits for it."""
    asked = (await store.sketch_of(ctx, sketch_id)).asked
    wanted = await read(ctx, json.loads(asked))
    known, priors, today = await history(ctx), await priors_here(ctx), ctx.today
    await ctx.close()
    kept = await asyncio.to_thread(_worked_out, wanted, known, priors, today)
    sketch = await store.sketch_of(ctx, sketch_id, lock=True)
    if sketch.asked != asked:
        raise UserError(CHANGED)
    sketch.said, sketch.said_on = written(kept), today
    return kept


def warm() -> None:
    """Begin to load what works it out, beside the event loop: a look is wanted in a minute."""
    asyncio.get_running_loop().run_in_executor(None, import_module, "bot.numbers.forecast")
    charts.warm()


async def priors_here(scene: Scene) -> Priors:
    return priors_of(await texts.words_of(scene, ASSUMPTIONS))


def said_today(scene: Scene, sketch: Sketch, seen: str | None = None) -> str:
    """What the last look said. Raises UserError when it is not of today, or is not the one that
    was seen."""
    if sketch.said is None or sketch.said_on != scene.today:
        raise UserError("These ranges are not of today. Please look at them again.")
    if seen is not None and seen != digest(sketch.said):
        raise UserError(CHANGED)
    return sketch.said


def digest(said: str) -> str:
    """Tells one look from another."""
    return f"{crc32(said.encode()):08x}"


def _worked_out(wanted: Wanted, known: History, priors: Priors, today: date) -> Kept:
    """The chances go by the day and the records alone: the same plan gets the same ranges however
    often it is looked at, and two plans beside each other meet the same luck."""
    from bot.numbers.forecast import forecast  # half a second, and most starts need it not

    plan = wanted.plan
    window = Window(plan.start, plan.end + timedelta(days=1))
    plan = replace(
        plan,
        terms=records.ending(known, window),
        begun=records.under_way(known, today),
    )
    there = records.records(known, today)
    found = forecast(plan, there, priors, today, crc32(repr((today, there)).encode()))
    simple = records.usual_at(known, today, window.days, len(plan.events))
    held = [night.day for night in known.nights]
    far = tuple(beyond(plan, held, today))
    slots = (*room(plan, found.outlooks), *slots_beyond(plan, records.most_shown(known, today)))
    return Kept(plan, priors, found, wanted.assumed.words, simple, far, slots)


def _gone(period: Period) -> str:
    if period.named == period.start:
        return ""
    return (
        f"{words.day(period.named)} has passed, so this plan begins on {words.day(period.start)}. "
        "Count only the events still to come."
    )


def _proved(text: str) -> None:
    """As far as it can be without a period. Raises UserError."""
    if not _is_as_planned(text):
        match_rhythm(text)


def _is_as_planned(text: str) -> bool:
    return text.strip().lower() in ("", AS_PLANNED)


def _placed(text: str, period: Period, planned: tuple[date, ...], habit: Habit | None) -> Placed:
    """Raises UserError."""
    weekday = habit.weekday if habit else None
    if not _is_as_planned(text):
        days = read_rhythm(text, period.start, period.end, weekday)
        return Placed(days, _how(days, weekday))
    if len(planned) > MOST:
        raise UserError(
            f"{len(planned)} events are planned for those days. I can look at {MOST}.", EVENTS
        )
    if planned:
        return Placed(planned, "As they are planned.")
    if habit is None:
        raise UserError(
            f"No event is planned for those days, and none was held lately. How many? {RHYTHM}",
            EVENTS,
        )
    number = min(MOST, habit.number(period.days))
    days = spread(number, period.start, period.end, weekday)
    return Placed(days, _how(days, weekday), _as_usual(habit, number))


def _as_usual(habit: Habit, number: int) -> str:
    events = "1 event" if habit.held == 1 else f"{habit.held} events"
    return (
        f"No event is planned for those days. You held {events} in the last {habit.lately}, "
        f"so I take {number}."
    )


def _how(days: tuple[date, ...], weekday: int | None) -> str:
    if {day.weekday() for day in days} == {weekday}:
        return f"On {days[0]:%A}s, as you usually meet. {LOOSE}"
    return f"Spread over those days. {LOOSE}"


def _slots(text: str, usual: int) -> int:
    return read_number(text, "demo slots", MOST_SLOTS, "slots") if text.strip() else usual
