"""How an event repeats: in plain words or as an RRULE, always on the wall clock of a zone."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from bot.errors import UserError
from bot.features.events import when
from bot.markup import plain

FIELD = "repeat"
HELP = (
    "Write for example “weekly”, “every two weeks”, “monthly”, “weekly until 31 December” or "
    "“weekly 10 times”."
)
MOST = 500
LENGTH = 200
HORIZON = timedelta(weeks=8)
AT_LEAST = 2

NEVER = {"", "no", "none", "never", "once"}
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
NUMBERS = {"other": 2, "second": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
WORDS = {
    "daily": "every day",
    "weekly": "every week",
    "fortnightly": "every two weeks",
    "monthly": "every month",
    "monthly on the same weekday": "every month",
    "yearly": "every year",
}
EVERY = re.compile(
    rf"every (?:(?P<count>{'|'.join(NUMBERS)}|\d\d?) )?(?P<unit>day|week|month|year)s?"
)
WEEKDAY = re.compile(rf"every (?P<day>{'|'.join(calendar.day_name).lower()})")
END = re.compile(r"(?P<start>.+?),? (?:until (?P<day>.+)|(?:for )?(?P<count>\d{1,9}) times)")

BY_DAY = r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)"
DAY = r"-?(?:[1-9]|[12]\d|3[01])"
VALUES = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,8}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "WKST": "|".join(CODES),
    "BYDAY": rf"{BY_DAY}(?:,{BY_DAY})*",
    "BYMONTHDAY": rf"{DAY}(?:,{DAY})*",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*",
    "BYSETPOS": r"[+-]?[1-5]",
}
ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
PARTS = {
    "DAILY": ALWAYS,
    "WEEKLY": ALWAYS | {"BYDAY"},
    "MONTHLY": ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": ALWAYS | {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
"""What may stand in a rule: enough for a programme, and never slow to work out."""


class Slot(NamedTuple):
    """One date that a series gives, and the moment it starts. The date names it for ever."""

    day: date
    at: datetime


def read(text: str, first: datetime) -> str | None:
    """An RRULE, or None for no repeat. `first` is the first start on the wall clock.

    Raises UserError with what is wrong and what to write instead.
    """
    words = " ".join(text.split())
    if len(words) > LENGTH:
        raise UserError(f"That is long for a repeat. {HELP}", FIELD)
    if words.lower() in NEVER:
        return None
    if "=" in words:
        rule = _checked(words.upper().removeprefix("RRULE:"))
    else:
        rule = _from_words(words.lower(), first)
    _prove_first(rule, first)
    return rule


def slots(rule: str, first: datetime, zone: str, after: datetime) -> Iterator[Slot]:
    """The dates after a moment, without end if the rule has none.

    In the hour that a clock change skips it is the later time, in the doubled hour the first of
    the two, as `bot.schedule.next_weekly` has it.
    """
    start = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(days=1)
    for local in _parsed(rule, first).xafter(start, inc=True):
        at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if at > after:
            yield Slot(local.date(), at)


def horizon(rule: str, first: datetime, zone: str, now: datetime) -> list[Slot]:
    """The dates to plan by now: those of the next weeks, and never fewer than two."""

    def near(numbered: tuple[int, Slot]) -> bool:
        number, slot = numbered
        return number < AT_LEAST or slot.at <= now + HORIZON

    return [slot for _, slot in takewhile(near, enumerate(slots(rule, first, zone, now)))]


def words(rule: str) -> str:
    """The rule for people; what has no plain words is shown as it is."""
    parts = _parts(rule)
    on = _days_in_words(parts.get("BYDAY", ""))
    if on is None or set(parts) - {"FREQ", "INTERVAL", "UNTIL", "COUNT", "BYDAY"}:
        return rule
    return f"{_every(parts)}{on}{_end_in_words(parts)}"


def spell(rule: str, first: datetime) -> str:
    """Words that `read` understands as this rule, also after the date moved where that is clear."""
    parts = _parts(rule)
    simple = f"{_every(parts)}{_end_in_words(parts)}"
    try:
        return simple if read(simple, first) == rule else rule
    except UserError:
        return rule


def _every(parts: dict[str, str]) -> str:
    unit = next(word for word, freq in UNITS.items() if freq == parts["FREQ"])
    count = int(parts.get("INTERVAL", "1"))
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


def _days_in_words(by_day: str) -> str | None:
    days = re.findall(r"([+-]?\d)?([A-Z]{2})", by_day)
    numbered = [nth for nth, _ in days if nth]
    if not days:
        return ""
    if not numbered:
        return " on " + ", ".join(calendar.day_name[CODES.index(code)] for _, code in days)
    ((nth, code), *more) = days
    if more or int(nth) not in NTH:
        return None
    return f" on the {NTH[int(nth)]} {calendar.day_name[CODES.index(code)]}"


def _end_in_words(parts: dict[str, str]) -> str:
    if count := parts.get("COUNT"):
        return f" {count} times"
    if until := parts.get("UNTIL"):
        day = datetime.strptime(until[:8], "%Y%m%d").replace(tzinfo=UTC)
        return f" until {day.day} {day:%B} {day.year}"
    return ""


def _from_words(words: str, first: datetime) -> str:
    ends = END.fullmatch(words)
    start = ends["start"] if ends else words
    end = _end(ends, first) if ends else ""
    if named := WEEKDAY.fullmatch(start):
        day = list(calendar.day_name).index(named["day"].title())
        return _checked(f"FREQ=WEEKLY;BYDAY={CODES[day]}{end}")
    every = EVERY.fullmatch(WORDS.get(start, start))
    if every is None:
        raise UserError(f"I can't read that as a repeat. {HELP}", FIELD)
    count = NUMBERS.get(every["count"]) or int(every["count"] or 1)
    by_day = f";BYDAY={_nth_weekday(first)}" if every["unit"] == "month" else ""
    interval = f";INTERVAL={count}" if count != 1 else ""
    return _checked(f"FREQ={UNITS[every['unit']]}{interval}{by_day}{end}")


def _nth_weekday(first: datetime) -> str:
    """Such as 2FR; the fifth of a month counts as its last, since not every month has five."""
    nth = (first.day - 1) // 7 + 1
    return f"{nth if nth < 5 else -1}{CODES[first.weekday()]}"


def _end(ends: re.Match[str], first: datetime) -> str:
    if ends["count"]:
        return f";COUNT={int(ends['count'])}"
    try:
        return f";UNTIL={when.read_day(ends['day'], first.date()):%Y%m%d}"
    except UserError as error:
        raise UserError(error.says, FIELD) from None


def _checked(rule: str) -> str:
    """The rule with its end at the end of a local day. Raises UserError."""
    pairs = [part.partition("=") for part in rule.split(";") if part]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if parts.get("FREQ") in {"HOURLY", "MINUTELY", "SECONDLY"}:
        raise UserError("An event repeats once a day at most.", FIELD)
    allowed = PARTS.get(parts.get("FREQ", ""), ALWAYS)
    for name, value in parts.items():
        if name not in allowed or not re.fullmatch(VALUES[name], value):
            raise UserError(f"I can't use {_shown(name, value)} in a repeat. {HELP}", FIELD)
    if len(parts) < len(pairs) or "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
        raise UserError(f"That is not a repeat rule I can read. {HELP}", FIELD)
    if int(parts.get("COUNT", "1")) > MOST:
        raise UserError(f"{MOST} times is the most. Leave the number out for no end.", FIELD)
    if until := parts.get("UNTIL"):
        parts["UNTIL"] = f"{until[:8]}T235959"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _shown(name: str, value: str) -> str:
    return f"“{plain(f'{name}={value}', 40)}”"


def _prove_first(rule: str, first: datetime) -> None:
    """The first date must be one of the rule's own, or the series would begin with a surprise."""
    try:
        found = _parsed(rule, first).after(first, inc=True)
    except (ValueError, OverflowError):
        raise UserError(f"That is not a repeat rule I can read. {HELP}", FIELD) from None
    if found is None:
        raise UserError(f"With that repeat it would never take place. {HELP}", FIELD)
    if found != first:
        raise UserError(
            f"The first date, {first:%A} {first.day} {first:%B}, is not a date of that repeat. "
            f"The next one that is: {found:%A} {found.day} {found:%B} {found.year}.",
            FIELD,
        )


def _parsed(rule: str, first: datetime) -> rrule:
    parsed = rrulestr(rule, dtstart=first)
    assert isinstance(parsed, rrule), "one line is one rule"
    return parsed


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))
