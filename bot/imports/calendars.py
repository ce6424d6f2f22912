"""Calendars (RFC 5545): single dates, and what repeats written out as far as it is bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from bot.imports.rows import Doubts, Meeting, Reading, Unreadable

AHEAD = timedelta(days=365)
"""How far dates that repeat, or lie ahead, are taken."""
MOST = 1000
"""Dates of one rule."""
LONGEST = timedelta(days=7)
USUAL = timedelta(hours=2)
OURS = "@community-os"
ONE_YEAR = "Export one year."
BROKEN = "I can't read this calendar: it is broken or cut off. Export it again."
NO_START = "has no start that I can read. Left out."
LONG = "takes longer than seven days. Left out."
FAR = "lies more than a year ahead. Left out."
CALLED_OFF = "is cancelled. Left out."
BAD_RULE = "repeats by a rule that I can't read: only its first date is taken."
BARREN = "repeats by a rule that gives no date: only its first date is taken."
MANY = f"has more than {MOST} dates. The first {MOST} are taken."
FREQUENT = ("SECONDLY", "MINUTELY", "HOURLY")
SELDOM = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER", "BYMONTH", "BYSETPOS"}
"""With a rule by days or weeks these can make a date that never comes, and a long search."""
MOST_ENTRIES = 20_000
MOST_RULES = 500
MOST_BARREN = 5
EARLIEST = 1970
"""Rules that begin before it are long searches, and no community's."""
UNREADABLE = "has a date or a length that I can't read. Left out."
ODD = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What the libraries raise at dates and lengths that are none. What they say quotes the file."""


@dataclass(frozen=True, slots=True)
class Reach:
    """On which clock dates without a zone stand, and until when they are taken."""

    zone: ZoneInfo
    until: datetime


def read(text: str, zone: ZoneInfo, now: datetime) -> Reading:
    """Tentative is as good as confirmed: Luma marks all of its events so. Raises Unreadable."""
    if not text.rstrip("\r\n\0 ").upper().endswith("END:VCALENDAR"):
        raise Unreadable(BROKEN)
    try:
        parsed: Any = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError):
        raise Unreadable(BROKEN) from None
    doubts = Doubts()
    meetings: list[Meeting] = []
    number = 0
    every = [entry for calendar in parsed for entry in calendar.walk("VEVENT")]
    if len(every) > MOST_ENTRIES:
        raise Unreadable(f"This calendar has more than {MOST_ENTRIES:,} entries. {ONE_YEAR}")
    if sum("RRULE" in entry for entry in every) > MOST_RULES:
        raise Unreadable(f"More than {MOST_RULES} entries of this calendar repeat. {ONE_YEAR}")
    for calendar in parsed:
        reach = Reach(_zone(calendar, zone), now + AHEAD)
        for entries in _by_uid(calendar).values():
            try:
                meetings.extend(list(_dates(entries, reach, doubts, number + 1)))
            except ODD:
                doubts.add(UNREADABLE, number + 1)
            number += len(entries)
            if len(meetings) > MOST_ENTRIES:
                raise Unreadable(f"This calendar has more than {MOST_ENTRIES:,} dates. {ONE_YEAR}")
    sentences = [each.replace("Row", "Entry", 1) for each in doubts.sentences()]
    plural = [each.replace("Entrys", "Entries", 1) for each in sentences]
    return Reading("calendar", tuple(meetings), doubts=tuple(plural))


def _zone(calendar: Any, otherwise: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(str(calendar.get("X-WR-TIMEZONE") or otherwise.key))
    except (ValueError, OSError, KeyError):
        return otherwise


def _by_uid(calendar: Any) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for number, entry in enumerate(calendar.walk("VEVENT")):
        found.setdefault(str(entry.get("UID") or f"none-{number}"), []).append(entry)
    return found


def _dates(entries: Sequence[Any], reach: Reach, doubts: Doubts, number: int) -> Iterator[Meeting]:
    """One event with all its dates: the rule's, without those left out, with those changed."""
    changed = {
        _stamp(entry, "RECURRENCE-ID", reach): entry for entry in entries if _is_change(entry)
    }
    changed.pop(None, None)
    for entry in entries:
        if not _is_change(entry):
            yield from _of_rule(entry, changed, reach, doubts, number)
    for stamp, entry in changed.items():
        if stamp is not None:
            yield from _one(entry, _start(entry, reach), stamp, reach, doubts, number)


def _is_change(entry: Any) -> bool:
    return "RECURRENCE-ID" in entry


def _of_rule(
    entry: Any, changed: Mapping[datetime | None, Any], reach: Reach, doubts: Doubts, number: int
) -> Iterator[Meeting]:
    start = _start(entry, reach)
    if start is None:
        doubts.add(NO_START, number)
        return
    if not any(name in entry for name in ("RRULE", "RDATE")):
        yield from _one(entry, start, None, reach, doubts, number)
        return
    for at in _repeats(entry, start, reach, doubts, number):
        if at.astimezone(UTC) not in changed:
            yield from _one(entry, at, at.astimezone(UTC), reach, doubts, number)


def _repeats(
    entry: Any, start: datetime, reach: Reach, doubts: Doubts, number: int
) -> Sequence[datetime]:
    """On the wall clock of the first date, as the rule means it, until a year from now."""
    ends = _on_clock(reach.until, start)
    found = {start.replace(tzinfo=None)}
    for rule in _listed(entry.get("RRULE")):
        try:
            dates = list(islice(_rule(rule, start, ends), MOST + 1))
        except ODD:
            doubts.add(BAD_RULE, number)
            continue
        if not dates:
            _bear(doubts, number)
        found.update(dates)
    found |= _days(entry.get("RDATE"), start, reach)
    left = sorted(at for at in found - _days(entry.get("EXDATE"), start, reach) if at <= ends)
    if len(left) > MOST:
        doubts.add(MANY, number)
    return [at.replace(tzinfo=start.tzinfo) for at in left[:MOST]]


def _bear(doubts: Doubts, number: int) -> None:
    """A rule that never comes is searched to the end of time: some are mistakes, many a trap."""
    doubts.add(BARREN, number)
    if len(doubts.rows[BARREN]) > MOST_BARREN:
        raise Unreadable(BROKEN)


def _days(listed: Any, start: datetime, reach: Reach) -> set[datetime]:
    return {
        _on_clock(_moment(each.dt, reach, start), start)
        for days in _listed(listed)
        for each in days.dts
    }


def _on_clock(moment: datetime, start: datetime) -> datetime:
    """On the wall clock of a first date."""
    return moment.astimezone(start.tzinfo).replace(tzinfo=None)


def _rule(rule: Any, start: datetime, ends: datetime) -> Iterator[datetime]:
    """A rule on the wall clock of its dates. It always ends, so that a search for its next date
    does too."""
    if str(rule.get("FREQ", [""])[0]).upper() in FREQUENT:
        raise ValueError("An event does not repeat within a day.")
    parts = dict(rule)
    frequency, step = parts.get("FREQ", [""])[0], int(parts.get("INTERVAL", [1])[0])
    if step < 1 or start.year < EARLIEST:
        raise ValueError("This never ends.")
    if frequency in ("DAILY", "WEEKLY") and SELDOM & parts.keys():
        raise ValueError("This may never come.")
    if frequency == "DAILY" and step > 1 and "BYDAY" in parts:
        raise ValueError("This may never come either.")
    until, count = parts.pop("UNTIL", [None])[0], parts.pop("COUNT", [None])[0]
    if isinstance(until, datetime):
        ends = min(ends, _on_clock(until, start) if until.tzinfo else until)
    elif until:
        ends = min(ends, datetime.combine(until, time.max))
    text = f"{type(rule)(parts).to_ical().decode()};UNTIL={ends:%Y%m%dT%H%M%S}"
    return islice(rrulestr(text, dtstart=start.replace(tzinfo=None)), count)


def _one(
    entry: Any,
    start: datetime | None,
    stamp: datetime | None,
    reach: Reach,
    doubts: Doubts,
    number: int,
) -> Iterator[Meeting]:
    """One date, unless something speaks against it. `stamp` tells it from others of its rule."""
    length = _length(entry, start, reach) if start else USUAL
    wrong = (
        NO_START
        if start is None
        else CALLED_OFF
        if str(entry.get("STATUS", "")).upper() == "CANCELLED"
        else LONG
        if length > LONGEST
        else FAR
        if start > reach.until
        else ""
    )
    if wrong or start is None:
        doubts.add(wrong, number)
        return
    uid = str(entry.get("UID", ""))
    key = f"ics:{uid}:{stamp:%Y%m%dT%H%M%S}" if stamp else f"ics:{uid}"
    meeting = Meeting(
        str(entry.get("SUMMARY", "")).strip() or "Without a title",
        start.astimezone(UTC),
        max(1, int(length.total_seconds() // 60)),
        str(entry.get("LOCATION", "")).strip(),
        str(entry.get("DESCRIPTION", "")).strip(),
        key=key if uid else "",
    )
    yield replace(meeting, id=uid.removesuffix(OURS)) if uid.endswith(OURS) else meeting


def _length(entry: Any, start: datetime, reach: Reach) -> timedelta:
    first = _start(entry, reach) or start
    if "DURATION" in entry and isinstance(
        lasts := getattr(entry["DURATION"], "dt", None), timedelta
    ):
        return lasts if lasts > timedelta() else USUAL
    ends = getattr(entry.get("DTEND"), "dt", None)
    if ends is None:
        whole_day = not isinstance(getattr(entry.get("DTSTART"), "dt", None), datetime)
        return timedelta(days=1) if whole_day else USUAL
    length = _moment(ends, reach, first) - first
    return length if length > timedelta() else USUAL


def _start(entry: Any, reach: Reach) -> datetime | None:
    value = getattr(entry.get("DTSTART"), "dt", None)
    return _moment(value, reach) if isinstance(value, date) else None


def _stamp(entry: Any, name: str, reach: Reach) -> datetime | None:
    value = getattr(entry.get(name), "dt", None)
    return _moment(value, reach).astimezone(UTC) if isinstance(value, date) else None


def _moment(value: date, reach: Reach, like: datetime | None = None) -> datetime:
    """With its zone; a day alone begins at midnight, or where `like` does."""
    if not isinstance(value, datetime):
        hour = like.time() if like and like.time() != time() else time()
        return datetime.combine(value, hour, like.tzinfo if like else reach.zone)
    return value if value.tzinfo else value.replace(tzinfo=reach.zone)


def _listed(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, list) else [value]
