"""Periods and rhythms in plain words. Pure. What can't be read is asked about, at the field."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.errors import UserError
from bot.features.events.when import read_day, whole_day
from bot.markup import plain

PERIOD, EVENTS = "period", "events"
EXAMPLE = "Write for example “next quarter”, “March 2027” or “1 July 2026 to 30 September 2026”."
RHYTHM = "Write for example “6”, “6 every 2 weeks” or “monthly”."
LONGEST = relativedelta(years=2)
MOST = 200
"""Events in one plan."""
_COUNTS = "one two three four five six seven eight nine ten eleven twelve"
COUNTS = {word: number for number, word in enumerate(_COUNTS.split(), 1)} | {"a": 1, "twenty": 20}
NUMBER = rf"(?:{'|'.join(COUNTS)}|\d{{1,3}})"
NEXT = re.compile(
    rf"(?:the )?(?P<which>this|next|last|past)(?: (?P<count>{NUMBER}))? (?P<unit>\w+?)s?"
)
QUARTER = re.compile(r"q(?P<quarter>[1-4])(?: (?P<year>20\d\d))?")
MONTHS = {name[:3].lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name if name).lower()
MONTH_OR_YEAR = re.compile(rf"(?:(?P<month>{_MONTH}) ?)?(?P<year>20\d\d)?")
SPAN = re.compile(r"(?:from )?(?P<start>.+?) (?:to|until|till|–|-) (?P<end>.+)")
UNITS = {
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
EVERY = re.compile(
    rf"(?:(?P<number>{'|'.join(COUNTS)}|\d{{1,9}})(?: events?)?)?,? ?"
    rf"(?:(?P<word>weekly|fortnightly|monthly)|every(?: (?P<count>{NUMBER}|other))? "
    r"(?P<unit>day|week|month)s?)?"
)
WORDS = {"weekly": (1, "week"), "fortnightly": (2, "week"), "monthly": (1, "month")}


@dataclass(frozen=True, slots=True)
class Period:
    """From its first to its last day, none before today. `named` is the day it was said to begin,
    which may have passed."""

    start: date
    end: date
    named: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def read_period(text: str, today: date) -> Period:
    """Raises UserError."""
    words = " ".join(text.lower().split())[:100]
    start, end = _known(words, today) or _span(text, words, today)
    if end < start:
        raise UserError(
            f"It would end on {whole_day(end)}, before it begins on {whole_day(start)}.", PERIOD
        )
    if end < today:
        raise UserError(f"{whole_day(end)} has passed. A forecast is of days ahead.", PERIOD)
    if end > today + LONGEST:
        raise UserError(
            "That is more than two years ahead. I can't see so far. Name a nearer end.", PERIOD
        )
    return Period(max(start, today), end, start)


def read_rhythm(text: str, start: date, end: date, weekday: int | None = None) -> tuple[date, ...]:
    """The days of the events, in order, on a weekday where that can be. Raises UserError."""
    found = match_rhythm(text)
    number = _count(found["number"]) if found["number"] else None
    if not (found["word"] or found["unit"]):
        return spread(number or 1, start, end, weekday)
    days = list(_stepped(found, start, end, weekday))
    if len(days) < (number or 1):
        fit = f"Only {len(days)} fit" if days else "None of these days fits"
        raise UserError(
            f"{fit} between {whole_day(start)} and {whole_day(end)}. "
            "Write fewer, or a closer rhythm.",
            EVENTS,
        )
    days = days[:number]
    if len(days) > MOST:
        raise UserError(_too_many(len(days)), EVENTS)
    return tuple(days)


def match_rhythm(text: str) -> re.Match[str]:
    """Raises UserError where no days could make a rhythm of it."""
    found = EVERY.fullmatch(" ".join(text.lower().split()))
    if not found or not (found["number"] or found["word"] or found["unit"]):
        raise UserError(f"I can't read “{plain(text, 40)}” as a number of events. {RHYTHM}", EVENTS)
    if found["number"] and not 1 <= _count(found["number"]) <= MOST:
        raise UserError(_too_many(_count(found["number"])), EVENTS)
    return found


def _too_many(number: int) -> str:
    if number == 0:
        return "A plan has one event at least."
    return f"{number:,} events are more than I can plan. {MOST} is the most."


def _known(words: str, today: date) -> tuple[date, date] | None:
    return _named(words, today) or _quarter(words, today) or _month_or_year(words, today)


def _count(word: str) -> int:
    return COUNTS.get(word) or int(word)


def _named(words: str, today: date) -> tuple[date, date] | None:
    """“This” is what is left of it; “next” begins with the next one. “Next 3 months” begin now.
    “Last” ones are read too, so that one hears they have passed."""
    found = NEXT.fullmatch(words)
    if not found or found["unit"] not in UNITS:
        return None
    unit = UNITS[found["unit"]]
    if found["which"] in ("last", "past"):
        end = _first(found["unit"], today) - timedelta(days=1)
        return end, end
    if count := found["count"]:
        try:
            return today, today + unit * _count(count) - timedelta(days=1)
        except (ValueError, OverflowError):
            return today, date.max
    first = _first(found["unit"], today)
    start = first if found["which"] == "this" else first + unit
    return start, start + unit - timedelta(days=1)


def _first(unit: str, day: date) -> date:
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case _:
            return date(day.year, 1, 1)


def _quarter(words: str, today: date) -> tuple[date, date] | None:
    found = QUARTER.fullmatch(words)
    if not found:
        return None
    start = date(int(found["year"] or today.year), int(found["quarter"]) * 3 - 2, 1)
    if not found["year"] and start + UNITS["quarter"] <= today:
        start += relativedelta(years=1)
    return start, start + UNITS["quarter"] - timedelta(days=1)


def _month_or_year(words: str, today: date) -> tuple[date, date] | None:
    """A month without a year is the next one, or this one."""
    found = MONTH_OR_YEAR.fullmatch(words)
    if not found or not words:
        return None
    unit = UNITS["month" if found["month"] else "year"]
    month = MONTHS[found["month"][:3]] if found["month"] else 1
    start = date(int(found["year"] or today.year), month, 1)
    if not found["year"] and start + unit <= today:
        start += relativedelta(years=1)
    return start, start + unit - timedelta(days=1)


def _span(text: str, words: str, today: date) -> tuple[date, date]:
    found = SPAN.fullmatch(words)
    if not found:
        raise UserError(f"I can't read “{plain(text, 40)}” as a period. {EXAMPLE}", PERIOD)
    first, last = _known(found["start"], today), _known(found["end"], today)
    return (
        first[0] if first else read_day(found["start"], today, PERIOD),
        last[1] if last else read_day(found["end"], today, PERIOD),
    )


def spread(number: int, start: date, end: date, weekday: int | None) -> tuple[date, ...]:
    """Evenly, each in the middle of its share: of the days of that weekday, where there are enough,
    else of all."""
    days = [start + timedelta(days=each) for each in range((end - start).days + 1)]
    usual = [day for day in days if day.weekday() == weekday]
    there = usual if len(usual) >= number else days
    return tuple(there[int((each + 0.5) * len(there) / number)] for each in range(number))


def _stepped(found: re.Match[str], start: date, end: date, weekday: int | None) -> Iterator[date]:
    """From half a step after the start, or the nearest day of that weekday."""
    count, unit = WORDS.get(found["word"] or "", (0, ""))
    if not unit:
        said = found["count"] or "1"
        count, unit = 2 if said == "other" else _count(said), found["unit"]
    step = relativedelta(days=1) if unit == "day" else UNITS[unit]
    first = start + ((start + step * count) - start) // 2
    to = None if unit == "day" else weekday
    at = 0
    while count and (day := _nearest(first + step * (at * count), to)) <= end:
        if day >= start:
            yield day
        at += 1


def _nearest(day: date, weekday: int | None) -> date:
    away = 0 if weekday is None else (weekday - day.weekday() + 3) % 7 - 3
    return day + timedelta(days=away)
