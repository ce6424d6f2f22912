"""The fan of a forecast, and the words that say what it says. Pure."""

from bot.charts import Fan, fan
from bot.features.forecasts import words
from bot.features.forecasts.model import Kept
from bot.markup import shorten
from bot.numbers.plans import OUTCOMES
from bot.replies import ALT_TEXT, File, Picture


def of(kept: Kept) -> Picture:
    """People at the events so far, over the plan's days."""
    plan, bands = kept.plan, kept.forecast.fan
    days = max(1, (plan.end - plan.start).days)
    at = tuple((day - plan.start).days / days for day in plan.events)
    goal = plan.targets.get("attendance")
    begin, end = (f"{day.day} {day:%b %Y}" for day in (plan.start, plan.end))
    drawn = fan(Fan(OUTCOMES["attendance"], at, bands, begin, end, goal))
    return Picture(File("forecast.png", drawn, "image/png"), shorten(_said(kept), ALT_TEXT))


def _said(kept: Kept) -> str:
    low, lower, middle, upper, high = (f"{round(each):,}" for each in kept.forecast.fan[-1])
    goal = kept.plan.targets.get("attendance")
    hoped = f" Hoped for: {goal:,}." if goal else ""
    return (
        f"A band that widens from {words.day(kept.plan.start)} to {words.day(kept.plan.end)}: "
        f"people at the events, counted at each, so far. At its end there are {low} to {high} "
        f"8 times in 10, {lower} to {upper} 5 times in 10, and {middle} in the middle.{hoped}"
    )
