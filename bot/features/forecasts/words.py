"""Ranges in plain words. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date
from math import floor, log10

from bot.numbers.money import Money
from bot.numbers.plans import CAUSES, CHANCE, SHARE, Outlook, Plan, Stop
from bot.numbers.words import day

ONE = {
    "attendance": "visit",
    "newcomers": "newcomer",
    "demos": "demo",
    "first_demos": "first-time demo",
    "feedback": "demo with feedback",
    "sparks": "spark",
    "ships": "ship",
    "renewals": "renewal",
}
COMES = {
    "attendance": "how many people come",
    "demos": "how many demos there are",
    "sparks": "how many sparks there are",
}
SHARES = {
    "newcomers": "how many of them are new",
    "demos": "how many slots are filled",
    "first_demos": "how many presenters are new",
    "feedback": "how much feedback comes in time",
    "ships": "how much of what is begun ships",
    "renewals": "how many sponsors go on",
}
MOSTLY = 0.4
"""From this share on something is named as what makes a range wide."""
DIGITS = 2
"""Of a price: more would claim what nobody knows."""
LOST = 0.5
"""From so many demos without a slot on it is told."""


def range_of(outlook: Outlook) -> str:
    low, middle, high = (round(outlook.at(share)) for share in (0.1, 0.5, 0.9))
    if low == high:
        sure = (
            "more than 9 times in 10"
            if len(set(outlook.quantiles)) == 1
            else "8 times in 10 or more"
        )
        return f"**{low:,}**, {sure}."
    return f"**Between {low:,} and {high:,}**; the middle is {middle:,}."


def chance(share: float) -> str:
    """In words that do not claim more than they can."""
    if share < 0.05:
        return "fewer than 5 times in 100"
    if share > 0.95:
        return "more than 95 times in 100"
    return f"about {5 * round(20 * share)} times in 100"


def reaching(outlook: Outlook) -> str:
    if outlook.target is None or outlook.reaches is None or outlook.is_hopeless:
        return ""
    return f"It reaches the {outlook.target:,} you hope for {chance(outlook.reaches)}."


def hoped(outlook: Outlook) -> str:
    """In a table: the hope and its chance."""
    if outlook.target is None or outlook.reaches is None:
        return ""
    share = "fewer than 1 time in 10" if outlook.is_hopeless else chance(outlook.reaches)
    return f"{outlook.target:,}: {share}"


def cost(outlook: Outlook, currency: str) -> str:
    if outlook.cost is None:
        return ""
    what = ONE[outlook.outcome]
    if outlook.cost[0] is None:
        return f"There may be none, so there is no price for one {what}."
    return f"One {what} costs {price(outlook, currency)}."


def price(outlook: Outlook, currency: str) -> str:
    if outlook.cost is None:
        return ""
    low, middle, high = (_money(each, currency) for each in outlook.cost)
    if low is None:
        return "no price: there may be none"
    if high is None:
        return f"{low} or more; there may be none"
    if low == high:
        return f"about {middle}"
    return f"{low} to {high}; the middle is {middle}"


def stop(outlook: Outlook, events: int) -> str:
    """After which event, as its day may be moved, and its own evening counts."""
    if outlook.is_hopeless:
        return (
            f"Hardly any such plan reaches the {outlook.target:,} you hope for: fewer than "
            "1 in 10. Hope for less, or plan for more."
        )
    if outlook.stop is None or outlook.target is None:
        return ""
    return (
        f"Stop if there are fewer than {outlook.stop.below:,} {_when(outlook.stop, events)}: "
        f"from there, fewer than 1 in 10 such plans still reach {outlook.target:,}."
    )


def room(plan: Plan, outlooks: Iterable[Outlook]) -> Iterator[str]:
    """How many of the demos that organisers assume find a slot, where not all do."""
    extra = plan.extra.get("demos", 0.0)
    for each in outlooks:
        if each.fits is not None and extra - each.fits >= LOST:
            fit = f"about {_about(each.fits)}" if each.fits > LOST / 2 else "none"
            yield (
                f"The assumption adds {_about(extra)} demos, and the slots leave room for {fit} of "
                "them."
            )


def driver(outlook: Outlook) -> str:
    """What its width comes from, where one thing stands out."""
    if not outlook.drivers or outlook.at(0.1) == outlook.at(0.9):
        return ""
    cause, share = outlook.drivers[0]
    if share < MOSTLY:
        return "The range comes from several things at once."
    if cause == CHANCE:
        return "The range comes mostly from plain chance, which no record takes away."
    return f"The range comes mostly from not knowing {_cause(outlook.outcome, cause)}."


def span(start: date, end: date) -> str:
    return f"{day(start)} to {day(end)}"


def _when(said: Stop, events: int) -> str:
    if not said.after:
        return f"by {day(said.by)}"
    return f"after {said.after} of the {events} events, planned around {day(said.by)}"


def _about(number: float) -> str:
    return f"{number:.0f}" if number >= 2 else f"{number:.1g}"


def _cause(outcome: str, cause: str) -> str:
    if cause == SHARE:
        return SHARES[outcome]
    return COMES.get(cause) or CAUSES[cause]


def _money(each: float | None, currency: str) -> str | None:
    if each is None:
        return None
    small = DIGITS - 1 - floor(log10(each)) if each >= 1 else 0
    return Money(max(1, round(round(each, min(0, small)))), currency).words
