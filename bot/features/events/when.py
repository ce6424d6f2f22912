"""Times in plain words: read on a zone's clock, and said so that they can be read again.

The day is dateparser's to read; the hour and the clock changes are ours, because a guess about
those is worse than a question.
"""

import calendar
import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import humanize
from dateutil.relativedelta import relativedelta

from bot.errors import UserError
from bot.features.events.model import LONGEST
from bot.markup import moment, plain
from bot.zones import read_zone

FIELD = "when"
REACH = timedelta(days=731)
EXAMPLE = "Write for example “Friday 18:30” or “8 May 18:30”."
LENGTH = 100

DAYS = "|".join(calendar.day_name).lower()
WEEKDAY = re.compile(
    rf"\b(?P<next>next )?(?P<day>{DAYS}|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b"
)
MONTHS = "|".join(calendar.month_abbr[1:]).lower()
MONTH = re.compile(rf"\b(?:{MONTHS})")
DAY_OF_MONTH = re.compile(
    rf"(?P<day>\d\d?)(?:st|nd|rd|th)? (?:of )?(?P<month>{MONTHS})[a-z]*(?: (?P<year>\d{{4}}))?"
)
CLOCK = re.compile(
    r"(?:\bat )?(?<![\d:.])(?:(?P<noon>noon)|(?P<midnight>midnight)"
    r"|(?P<hour>\d{1,2})(?:[:h](?P<minute>\d\d))? ?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>\d{1,2})(?:[:h](?P<minute24>\d\d)|h))(?![\d:a-z])"
)
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
SOON = re.compile(rf"in (?P<count>{'|'.join(COUNTS)}|\d{{1,3}}) (?P<unit>minute|min|hour|h)s?")
BARE = re.compile(
    r"(?:\bat )?(?<![\d.:/+-])(?P<hour>[01]?\d|2[0-3])(?:\.(?P<dotted>00|1[3-9]|[2-5]\d)"
    r"|(?<=\d\d)(?P<minute>[0-5]\d))(?![\d.:/+-])"
)
"""18.30 and 1830, where no other hour stands. What could be a day and a month is none."""
YEAR = re.compile(r"20[2-5]\d")
SIMPLE_DAY = re.compile(rf"(?:{DAYS}|today|tomorrow)")
AT_HOUR = re.compile(r"\bat (?P<hour>\d\d?)$")
WHICH = re.compile(r" (first|second)$")
LETTERS = re.compile(
    r"[PMCE][SD]?T|[ABHIJKNS]ST|[AN]DT|AK[SD]T|NZ[SD]T|[CEW]ES?T|A[CEW][SD]T|MSK|SAST|SGT|HKT|PKT",
    re.IGNORECASE,
)
EITHER_WAY = re.compile(r"\b(\d\d?)/(\d\d?)\b")
MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])")
COUNTED_FROM = re.compile(r"\b(?:from|after|before|since)\b")
SPANS = re.compile(r"\b(?:weeks?|months?)\b")
FILLER = re.compile(r"\b(?:on|this|coming|the)\b|,")
LASTING = re.compile(
    r"(?:(?P<hours>\d{1,3}(?:[.,]5)?) ?(?:h|hrs?|hours?))?(?: ?(?:and )?)?"
    r"(?:(?P<minutes>\d{1,5}) ?(?:m|min|mins|minutes?)?)?"
)
SHORTEST = 5


class Unreadable(UserError):
    """Not a time or a day at all."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment, and the zone on whose clock it was meant."""

    at: datetime
    zone: str

    @property
    def local(self) -> datetime:
        """What the clock on the wall shows, without its zone."""
        return self.at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


def read(text: str, zone: str, now: datetime) -> When:
    """A moment ahead, in words. Raises UserError with what is wrong and what to write instead."""
    words = " ".join(text.split())
    if len(words) > LENGTH:
        raise UserError(f"That is long for a time. {EXAMPLE}", FIELD)
    words, zone = _zone_in(words, zone)
    words = re.sub(r"(?<=\d)t(?=\d)", " ", words.lower())
    if soon := SOON.fullmatch(words):
        return When(_soon(soon, now), zone)
    which = WHICH.search(words)
    words = words[: which.start()] if which else words
    today = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    hour, rest = _clock_in(words, today)
    day = _day(rest, hour, today)
    if abs(day.year - today.year) > 3:  # so far off that the clock there can't be worked out
        raise UserError(_too_far(f"{day.day} {day:%B} {day.year}"), FIELD)
    at = _on_the_clock(datetime.combine(day, hour), zone, which[1] if which else "")
    return When(_ahead(at, zone, now), zone)


def read_day(text: str, today: date, field: str = FIELD) -> date:
    """A day, in words. Raises UserError, at the field."""
    words = " ".join(text.lower().split())[:LENGTH]
    try:
        return _day(words, time.max, datetime.combine(today, time.min))
    except UserError as error:
        raise UserError(error.says, field) from None


def read_day_ahead(text: str, today: date, field: str = FIELD) -> date:
    """Today or later. Raises UserError, at the field."""
    found = read_day(text, today, field)
    if found < today:
        raise UserError(f"{whole_day(found)} has passed. Name a day from today on.", field)
    return found


def read_day_past(text: str, today: date, field: str = FIELD) -> date:
    """Today or earlier: a weekday, or a date without its year, is the last one of its kind. Raises
    UserError, at the field."""
    found, words = read_day(text, today, field), text.lower()
    weekday, month = WEEKDAY.search(words), MONTH.search(words)
    if found > today and weekday and not any(map(str.isdigit, words)):
        found -= timedelta(weeks=1)
    elif found > today and month and not weekday and not YEAR.search(words):
        found -= relativedelta(years=1)
    if found > today:
        raise UserError(f"{whole_day(found)} is still ahead. Name a day up to today.", field)
    return found


def whole_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def spell(at: datetime, zone: str) -> str:
    """Words that `read` understands as this very minute."""
    local = at.astimezone(ZoneInfo(zone))
    which = f" {_which(at, zone)}" if _which(at, zone) else ""
    return f"{whole_day(local)} {local:%H:%M}{which} {zone}"


def label(at: datetime, zone: str) -> str:
    """For people, on the clock of a zone."""
    local = at.astimezone(ZoneInfo(zone))
    which = f", the {_which(at, zone)} time it is {local:%H:%M}" if _which(at, zone) else ""
    return f"{whole_day(local)}, {local:%H:%M}{which}"


def short(at: datetime, zone: str) -> str:
    """For people who look for one in a list."""
    return f"{short_day(at, zone)} {at.astimezone(ZoneInfo(zone)):%H:%M}"


def short_day(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


def shown(at: datetime, zone: str) -> str:
    """Markup: platforms that can show each reader the moment on their own clock."""
    return moment(label(at, zone), int(at.timestamp()))


def from_now(at: datetime, now: datetime, zone: str) -> str:
    """Whole days as a calendar counts them; within a day, hours and minutes."""
    if at - now < timedelta(days=1):
        return f"in {length(max(1, math.ceil((at - now) / timedelta(minutes=1))))}"
    there = ZoneInfo(zone)
    days = max(1, (at.astimezone(there).date() - now.astimezone(there).date()).days)
    return "in 1 day" if days == 1 else f"in {days} days"


def is_length(text: str) -> bool:
    try:
        read_minutes(text)
    except UserError:
        return False
    return True


def read_minutes(text: str) -> int:
    """A length such as 90, 2h or 1h30. Raises UserError."""
    found = LASTING.fullmatch(" ".join(text.lower().split()))
    if not found or not (found["hours"] or found["minutes"]):
        raise UserError("How long? Write minutes or hours, such as 90, 2h or 1h30.", "minutes")
    hours = float((found["hours"] or "0").replace(",", "."))
    minutes = round(hours * 60) + int(found["minutes"] or 0)
    if not SHORTEST <= minutes <= LONGEST / timedelta(minutes=1):
        raise UserError("An event lasts from 5 minutes to 7 days.", "minutes")
    return minutes


def length(minutes: int) -> str:
    return humanize.precisedelta(timedelta(minutes=minutes), minimum_unit="minutes", format="%d")


def _zone_in(words: str, zone: str) -> tuple[str, str]:
    """The words without the zone that they end in, and that zone or else the one given."""
    before, _, last = words.rpartition(" ")
    if LETTERS.fullmatch(last) and last.lower() != zone.lower():
        raise UserError(
            f"{last} is not the same clock everywhere. Name a place, such as Europe/Paris, "
            f"or leave it out for {plain(zone)}.",
            FIELD,
        )
    try:
        return before, read_zone(last)
    except UserError as error:
        if re.match(r"[a-zA-Z]+/", last):
            raise UserError(error.says, FIELD) from None
    return words, read_zone(zone)


def _soon(soon: re.Match[str], now: datetime) -> datetime:
    count = COUNTS.get(soon["count"]) or int(soon["count"])
    at = now + (timedelta(hours=count) if soon["unit"][0] == "h" else timedelta(minutes=count))
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def _clock_in(words: str, today: datetime) -> tuple[time, str]:
    """The hour of the day, and the words that are left for the day."""
    found = list(CLOCK.finditer(words))
    if not found:
        return _bare_clock_in(words, today)
    if len(found) > 1:
        raise UserError(
            "I see more than one time. Write when it starts; how long it takes is asked for "
            "on its own.",
            FIELD,
        )
    (clock,) = found
    if clock["midnight"]:
        raise UserError("Midnight belongs to two days. Write 00:00 or 23:59.", FIELD)
    return _hour(clock), _without(clock, words)


def _without(clock: re.Match[str], words: str) -> str:
    rest = f"{words[: clock.start()]} {words[clock.end() :]}"
    return " ".join(FILLER.sub(" ", rest).split())


def _bare_clock_in(words: str, today: datetime) -> tuple[time, str]:
    """An hour written as 18.30 or 1830. Raises UserError with a question if there is none."""
    for clock in BARE.finditer(words):
        rest = _without(clock, words)
        if clock["dotted"] or not YEAR.fullmatch(clock[0]) or SIMPLE_DAY.fullmatch(rest):
            return time(int(clock["hour"]), int(clock["dotted"] or clock["minute"])), rest
    if (bare := AT_HOUR.search(words)) and int(bare["hour"]) < 24:
        hour = int(bare["hour"])
        if hour == 0 or hour > 12:
            return time(hour), _without(bare, words)
        raise UserError(f"Is that {hour:02}:00 or {(hour + 12) % 24:02}:00?", FIELD)
    if words:
        try:
            _day(" ".join(FILLER.sub(" ", words).split()), time.max, today)
        except Unreadable:
            raise Unreadable(
                f"I can't read “{plain(words, 40)}” as a time. {EXAMPLE}", FIELD
            ) from None
    raise UserError(f"At what time? {EXAMPLE}", FIELD)


def _hour(clock: re.Match[str]) -> time:
    if clock["noon"]:
        return time(12)
    hour, minute = int(clock["hour"] or clock["hour24"]), clock["minute"] or clock["minute24"]
    if clock["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    elif clock["half"]:
        hour = 24
    try:
        return time(hour, int(minute or 0))
    except ValueError:
        raise UserError(
            f"{clock[0].strip()} is not a time on the clock. {EXAMPLE}", FIELD
        ) from None


def _day(words: str, hour: time, today: datetime) -> date:
    """The day that is meant, when the clock there shows `today`."""
    named = WEEKDAY.search(words)
    if named is None:
        return _date(words, today) if words else _next(today.date(), hour, today, 1)
    weekday = next(n for n, name in enumerate(calendar.day_name) if _same(name, named["day"]))
    coming = today.date() + timedelta(days=(weekday - today.weekday()) % 7)
    rest = " ".join(f"{words[: named.start()]} {words[named.end() :]}".split())
    if COUNTED_FROM.search(rest) or SPANS.search(rest):
        raise _unreadable_day(words)
    if rest:
        return _checked(_date(rest, today), weekday)
    if named["next"]:
        first = _next(coming, hour, today, 7)
        raise UserError(
            f"“Next {calendar.day_name[weekday]}” means one day to some and another to others. "
            f"Write {_day_and_month(first)} or {_day_and_month(first + timedelta(weeks=1))}.",
            FIELD,
        )
    return _next(coming, hour, today, 7)


def _next(day: date, hour: time, today: datetime, step: int) -> date:
    ahead = datetime.combine(day, hour) > today
    return day if ahead else day + timedelta(days=step)


def _same(name: str, said: str) -> bool:
    return name.lower().startswith(said)


def _checked(day: date, weekday: int) -> date:
    if day.weekday() == weekday:
        return day
    raise UserError(
        f"{_day_and_month(day)} {day.year} is a {day:%A}, not a {calendar.day_name[weekday]}. "
        "Which one is it?",
        FIELD,
    )


def _date(words: str, today: datetime) -> date:
    if american := MONTH_FIRST.fullmatch(words):
        month, day = int(american[1]), int(american[2])
        if day > calendar.monthrange(2028, month)[1]:
            raise _unreadable_day(words)
        raise UserError(f"Did you mean {day} {calendar.month_name[month]}?", FIELD)
    if COUNTED_FROM.search(words):
        raise _unreadable_day(words)
    slashed = EITHER_WAY.search(words)
    if slashed and slashed[1] != slashed[2] and int(slashed[1]) <= 12 and int(slashed[2]) <= 12:
        raise UserError(
            f"{slashed[0]} is one day in Paris and another in Boston. Write the month as a word.",
            FIELD,
        )
    found = _parsed("relative-time", words, today) or _parsed(
        "absolute-time", words, today - timedelta(days=1)
    )
    if found:
        return found
    if dated := DAY_OF_MONTH.fullmatch(words):
        raise UserError(f"There is no {plain(dated[0].title())}. {_leap(dated)}".strip(), FIELD)
    raise _unreadable_day(words)


def _unreadable_day(words: str) -> Unreadable:
    return Unreadable(f"I can't read “{plain(words, 40)}” as a day. {EXAMPLE}", FIELD)


def _leap(dated: re.Match[str]) -> str:
    if dated["month"] != "feb" or dated["day"] != "29":
        return ""
    year = int(dated["year"] or 0)
    nearest = year + -year % 4
    return f"The next one is in {nearest}." if calendar.isleap(nearest) else ""


def _parsed(how: str, words: str, base: datetime) -> date | None:
    try:
        found = _reader(how, base).get_date_data(words).date_obj
    except (ValueError, OverflowError, TypeError):  # what dateparser itself trips over
        return None
    return found.date() if found else None


def _reader(how: str, base: datetime) -> Any:
    from dateparser.date import DateDataParser  # takes 0.1 s to import; most runs never need it

    return DateDataParser(
        languages=["en"],
        settings={
            "PARSERS": [how],
            "RELATIVE_BASE": base,
            "PREFER_DATES_FROM": "future",
            "REQUIRE_PARTS": ["day"],
            "DATE_ORDER": "DMY",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )


def _on_the_clock(local: datetime, zone: str, which: str) -> datetime:
    """The moment when the clock shows it. Raises UserError for an hour that a change skips, and
    for one that comes twice unless `which` is told."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    first, second = first.astimezone(UTC), second.astimezone(UTC)
    if first == second:
        return first
    day = f"On {_day_and_month(local)} {local.year}"
    if first > second:
        before, after = (at.astimezone(ZoneInfo(zone)) for at in (second, first))
        raise UserError(
            f"{day} the clock is put forward and {local:%H:%M} is left out. "
            f"Did you mean {before:%H:%M} or {after:%H:%M}?",
            FIELD,
        )
    if which:
        return first if which == "first" else second
    summer = " (summer time)" if local.replace(tzinfo=ZoneInfo(zone)).dst() else ""
    gap = length(round((second - first) / timedelta(minutes=1)))
    later = f"{'an hour' if gap == '1 hour' else gap} later"
    raise UserError(
        f"{day} the clock is put back and {local:%H:%M} comes twice. Add “first”{summer} or "
        f"“second”, {later}, at the end.",
        FIELD,
    )


def _ahead(at: datetime, zone: str, now: datetime) -> datetime:
    if at <= now:
        raise UserError(f"{label(at, zone)} has passed. {EXAMPLE}", FIELD)
    if at > now + REACH:
        raise UserError(_too_far(label(at, zone)), FIELD)
    return at


def _too_far(what: str) -> str:
    return f"{what} is more than two years away. I plan two years ahead at most."


def _which(at: datetime, zone: str) -> str:
    """First or second, where the clock shows the same time twice that day."""
    local = at.astimezone(ZoneInfo(zone))
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() == local.utcoffset():
        return ""
    return "second" if local.fold else "first"


def _day_and_month(day: date) -> str:
    return f"{day.day} {day:%B}"
