"""The fan of a forecast, and the words that say what it says. Pure."""

from bot.charts import Fan, fan
from bot.features.forecasts.model import Kept
from bot.markup import shorten
from bot.numbers.plans import OUTCOMES
from bot.numbers.words import day
from bot.replies import ALT_TEXT, File, Picture


def of(kept: Kept) -> Picture:
    """People at the events so far, over the plan's days."""
    plan, bands = kept.plan, kept.forecast.fan
    days = (plan.end - plan.start).days + 1
    at = tuple((each - plan.start).days / days for each in plan.events)
    goal = plan.targets.get("attendance")
    begin, end = (f"{each.day} {each:%b %Y}" for each in (plan.start, plan.end))
    drawn = fan(Fan(OUTCOMES["attendance"], at, bands, begin, end, goal))
    return Picture(File("forecast.png", drawn, "image/png"), shorten(_said(kept), ALT_TEXT))


def _said(kept: Kept) -> str:
    low, lower, middle, upper, high = (f"{round(each):,}" for each in kept.forecast.fan[-1])
    goal = kept.plan.targets.get("attendance")
    hoped = f" Hoped for: {goal:,}." if goal else ""
    return (
        f"A band that rises and widens at each event, from {day(kept.plan.start)} to "
        f"{day(kept.plan.end)}: people at the events, counted at each, so far. In the end 8 such "
        f"plans in 10 have {low} to {high}; 5 in 10 have {lower} to {upper}. The middle is "
        f"{middle}.{hoped}"
    )
