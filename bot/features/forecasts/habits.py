"""What a community usually does, and plans that go beyond it. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.numbers.plans import Plan

LATELY = 182
"""Days: two quarters."""
YOUNG = 28
"""Days on record at least, before one event is taken for a rhythm."""
EVENTS = 4
MOSTLY = 0.75
"""From so many events on a weekday is usual, where this share of them fell on it."""
FAR = 2
"""A plan is far from the record when it has more than so many times the most there was."""
MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Habit:
    """So many events in the last so many days, and the weekday they are usually on."""

    held: int
    days: int
    weekday: int | None

    @property
    def lately(self) -> str:
        return "6 months" if self.days == LATELY else f"{round(self.days / 7)} weeks"

    def number(self, days: int) -> int:
        """As often, over so many days; one at least."""
        return max(1, round(self.held * days / self.days))


def habit_of(held: Sequence[date], today: date) -> Habit | None:
    """From the days of events, in order; None where none was held lately."""
    since = today - timedelta(days=LATELY)
    lately = held[bisect_left(held, since) :]
    if not lately:
        return None
    weekday, often = Counter(day.weekday() for day in lately).most_common(1)[0]
    usual = len(lately) >= EVENTS and often >= MOSTLY * len(lately)
    return Habit(len(lately), _recorded(held, today, LATELY), weekday if usual else None)


def beyond(plan: Plan, held: Sequence[date], today: date) -> Iterator[str]:
    """What of a plan nothing on record can speak of, in words."""
    days = (plan.end - plan.start).days + 1
    if held and len(plan.events) > FAR * _busiest(held, days) * max(
        1, days / _recorded(held, today, days)
    ):
        yield (
            f"You have held {_often(held, today)}. Nothing here says how {len(plan.events)} in "
            f"{long(days)} would go."
        )


def slots_beyond(plan: Plan, most: int) -> Iterator[str]:
    """That more slots are planned than demos were ever shown at one event, in words."""
    if 0 < most < plan.slots:
        demos = "1 demo was" if most == 1 else f"{most} demos were"
        yield (
            f"At most {demos} shown at one event here; how more than that would fill is a guess. "
            "Slots alone bring no presenters."
        )


def long(days: int) -> str:
    """About how long, in words."""
    if days == 1:
        return "a day"
    if days == 7:
        return "a week"
    if days < 14:
        return f"{days} days"
    return f"{round(days / 7)} weeks" if days < 2 * MONTH else f"{round(days / MONTH)} months"


def _recorded(held: Sequence[date], today: date, most: int) -> int:
    """Days since the first event, up to so many."""
    return min(most, max(YOUNG, (today - held[0]).days))


def _busiest(held: Sequence[date], days: int) -> int:
    """The most events that fell into so many days."""
    span = timedelta(days=days)
    return max(bisect_left(held, day + span) - at for at, day in enumerate(held))


def _often(held: Sequence[date], today: date) -> str:
    habit = habit_of(held, today)
    if habit is None:
        return "none lately"
    gap = habit.days / habit.held
    if habit.held < FAR:
        return f"one event in the last {habit.lately}"
    return "about one a day" if gap < 1.5 else f"about one every {_gap(gap)}"


def _gap(days: float) -> str:
    if days < 6:
        return f"{round(days)} days"
    weeks = round(days / 7)
    if weeks == 1:
        return "week"
    if weeks == 2:
        return "two weeks"
    return f"{weeks} weeks" if weeks < 9 else f"{round(days / MONTH)} months"
