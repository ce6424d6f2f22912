"""Periods and rhythms in plain words. Pure. What can't be read is asked about, at the field."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.errors import UserError
from bot.features.events.when import read_day, whole_day
from bot.markup import plain

PERIOD, EVENTS = "period", "events"
EXAMPLE = "Write for example “next quarter”, “next 3 months” or “1 July 2026 to 30 September 2026”."
RHYTHM = "Write for example “as planned”, “6”, “6 every 2 weeks” or “monthly”."
LONGEST = relativedelta(years=2)
MOST = 200
"""Events in one plan."""
COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "twelve": 12}
NUMBER = rf"(?:{'|'.join(COUNTS)}|\d{{1,3}})"
NEXT = re.compile(rf"(?:the )?(?P<which>this|next)(?: (?P<count>{NUMBER}))? (?P<unit>\w+?)s?")
QUARTER = re.compile(r"q(?P<quarter>[1-4])(?: (?P<year>20\d\d))?")
SPAN = re.compile(r"(?:from )?(?P<start>.+?) (?:to|until|till|–|-) (?P<end>.+)")
UNITS = {
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
EVERY = re.compile(
    rf"(?:(?P<number>\d{{1,9}})(?: events?)?)?,? ?"
    rf"(?:(?P<word>weekly|fortnightly|monthly)|every(?: (?P<count>{NUMBER}|other))? "
    r"(?P<unit>day|week|month)s?)?"
)
WORDS = {"weekly": (1, "week"), "fortnightly": (2, "week"), "monthly": (1, "month")}


def read_period(text: str, today: date) -> tuple[date, date]:
    """Its first and its last day, none before today. Raises UserError."""
    words = " ".join(text.lower().split())[:100]
    start, end = _named(words, today) or _quarter(words, today) or _span(text, words, today)
    if end < start:
        raise UserError(
            f"It would end on {whole_day(end)}, before it begins on {whole_day(start)}.", PERIOD
        )
    if end < today:
        raise UserError(f"{whole_day(end)} has passed. A forecast is of days ahead.", PERIOD)
    start = max(start, today)
    if end > today + LONGEST:
        raise UserError(
            "That is more than two years ahead. I can't see so far. Name a nearer end.", PERIOD
        )
    return start, end


def read_rhythm(text: str, start: date, end: date) -> tuple[date, ...]:
    """The days of the events, in order. Raises UserError."""
    found = EVERY.fullmatch(" ".join(text.lower().split()))
    if not found or not (found["number"] or found["word"] or found["unit"]):
        raise UserError(f"I can't read “{plain(text, 40)}” as a number of events. {RHYTHM}", EVENTS)
    number = int(found["number"]) if found["number"] else None
    if number is not None and not 1 <= number <= MOST:
        raise UserError(_too_many(number), EVENTS)
    if not (found["word"] or found["unit"]):
        return tuple(_spread(number or 1, start, end))
    days = list(_stepped(found, start, end))
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


def _too_many(number: int) -> str:
    if number == 0:
        return "A plan has one event at least."
    return f"{number:,} events are more than I can plan. {MOST} is the most."


def _named(words: str, today: date) -> tuple[date, date] | None:
    """“This” is what is left of it; “next” begins with the next one. “Next 3 months” begin now."""
    found = NEXT.fullmatch(words)
    if not found or found["unit"] not in UNITS:
        return None
    unit = UNITS[found["unit"]]
    if count := found["count"]:
        number = COUNTS.get(count) or int(count)
        try:
            return today, today + unit * number - timedelta(days=1)
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


def _span(text: str, words: str, today: date) -> tuple[date, date]:
    found = SPAN.fullmatch(words)
    if not found:
        raise UserError(f"I can't read “{plain(text, 40)}” as a period. {EXAMPLE}", PERIOD)
    return read_day(found["start"], today, PERIOD), read_day(found["end"], today, PERIOD)


def _spread(number: int, start: date, end: date) -> Iterator[date]:
    """Evenly, each in the middle of its share."""
    days = (end - start).days + 1
    for each in range(number):
        yield start + timedelta(days=int((each + 0.5) * days / number))


def _stepped(found: re.Match[str], start: date, end: date) -> Iterator[date]:
    """From half a step after the start, as nobody knows the weekday yet."""
    count, unit = WORDS.get(found["word"] or "", (0, ""))
    if not unit:
        said = found["count"] or "1"
        count, unit = 2 if said == "other" else COUNTS.get(said) or int(said), found["unit"]
    step = relativedelta(days=1) if unit == "day" else UNITS[unit]
    first = start + ((start + step * count) - start) // 2
    at = 0
    while count and (day := first + step * (at * count)) <= end:
        yield day
        at += 1
