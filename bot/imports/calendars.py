"""Calendars (RFC 5545): single dates, and what repeats written out as far as it is bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from bot.imports.dates import FIRST_YEAR, long_day
from bot.imports.rows import Doubts, Meeting, Reading, Unreadable, quoted

AHEAD = timedelta(days=365)
"""How far dates that repeat, or lie ahead, are taken."""
MOST = 1000
"""Dates of one rule."""
LONGEST = timedelta(days=7)
USUAL = timedelta(hours=2)
OURS = "@community-os"
ONE_YEAR = "Export one year."
UNTITLED = "Without a title"
BROKEN = "I can't read this calendar: it is broken or cut off. Export it again."
NO_START = "no start that I can read. Left out."
LONG = "longer than seven days. Left out."
FAR = "more than a year ahead. Left out."
EARLY = f"before {FIRST_YEAR}. Left out."
BAD_RULE = "repeated by a rule that I can't read: only the first date is taken."
BARREN = "repeated by a rule that gives no date: only the first date is taken."
MANY = f"more than {MOST:,} dates. The first {MOST:,} are taken."
FREQUENT = ("SECONDLY", "MINUTELY", "HOURLY")
SELDOM = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER", "BYMONTH", "BYSETPOS"}
"""With a rule by days or weeks these can make a date that never comes, and a long search."""
MOST_ENTRIES = 20_000
MOST_RULES = 500
MOST_BARREN = 5
EARLIEST = 1970
"""Rules that begin before it are long searches, and no community's."""
UNREADABLE = "a date or a length that I can't read. Left out."
ODD = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What the libraries raise at dates and lengths that are none. What they say quotes the file."""


@dataclass(frozen=True, slots=True)
class Reach:
    """On which clock dates without a zone stand, and until when they are taken. A whole day is
    that of the community, wherever the calendar was kept."""

    zone: ZoneInfo
    until: datetime
    home: ZoneInfo


@dataclass
class Found:
    """What is told of a calendar beside its dates."""

    doubts: Doubts = field(default_factory=Doubts)
    cancelled: list[Meeting] = field(default_factory=list)
    excepted: list[Meeting] = field(default_factory=list)


def read(text: str, zone: ZoneInfo, now: datetime, home: ZoneInfo) -> Reading:
    """Tentative is as good as confirmed: Luma marks all of its events so. Raises Unreadable."""
    if not text.rstrip("\r\n\0 ").upper().endswith("END:VCALENDAR"):
        raise Unreadable(BROKEN)
    try:
        parsed: Any = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError):
        raise Unreadable(BROKEN) from None
    found = Found()
    meetings: list[Meeting] = []
    every = [entry for calendar in parsed for entry in calendar.walk("VEVENT")]
    if len(every) > MOST_ENTRIES:
        raise Unreadable(f"This calendar has more than {MOST_ENTRIES:,} entries. {ONE_YEAR}")
    if sum("RRULE" in entry for entry in every) > MOST_RULES:
        raise Unreadable(f"More than {MOST_RULES} entries of this calendar repeat. {ONE_YEAR}")
    for calendar in parsed:
        reach = Reach(_zone(calendar, zone), now + AHEAD, home)
        for entries in _by_uid(calendar).values():
            try:
                meetings.extend(list(_dates(entries, reach, found)))
            except ODD:
                found.doubts.add(UNREADABLE, quoted([_title(entries[0])]))
            if len(meetings) > MOST_ENTRIES:
                raise Unreadable(f"This calendar has more than {MOST_ENTRIES:,} dates. {ONE_YEAR}")
    return Reading(
        "calendar",
        tuple(meetings),
        doubts=tuple(found.doubts.sentences()),
        cancelled=tuple(found.cancelled),
        excepted=tuple(found.excepted),
    )


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


def _dates(entries: Sequence[Any], reach: Reach, found: Found) -> Iterator[Meeting]:
    """One event with all its dates: the rule's, without those left out, with those changed."""
    changed = {
        _stamp(entry, "RECURRENCE-ID", reach): entry for entry in entries if _is_change(entry)
    }
    changed.pop(None, None)
    for entry in entries:
        if not _is_change(entry):
            yield from _of_rule(entry, changed, reach, found)
    for stamp, entry in changed.items():
        if stamp is not None:
            yield from _one(entry, _start(entry, reach), stamp, reach, found)


def _is_change(entry: Any) -> bool:
    return "RECURRENCE-ID" in entry


def _of_rule(
    entry: Any, changed: Mapping[datetime | None, Any], reach: Reach, found: Found
) -> Iterator[Meeting]:
    start = _start(entry, reach)
    if start is None:
        found.doubts.add(NO_START, quoted([_title(entry)]))
        return
    if not any(name in entry for name in ("RRULE", "RDATE")):
        yield from _one(entry, start, None, reach, found)
        return
    taken, excepted = _repeats(entry, start, reach, found)
    for at in taken:
        if at.astimezone(UTC) not in changed:
            yield from _one(entry, at, at.astimezone(UTC), reach, found)
    found.excepted += [_meeting(entry, at, at.astimezone(UTC), USUAL) for at in excepted]


def _repeats(
    entry: Any, start: datetime, reach: Reach, found: Found
) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """On the wall clock of the first date, as the rule means it, until a year from now; and what
    is excepted of them."""
    ends = _on_clock(reach.until, start)
    days = {start.replace(tzinfo=None)}
    for rule in _listed(entry.get("RRULE")):
        try:
            dates = list(islice(_rule(rule, start, ends), MOST + 1))
        except ODD:
            found.doubts.add(BAD_RULE, _called(entry, start))
            continue
        if not dates:
            _bear(found.doubts, _called(entry, start))
        days.update(dates)
    days |= _days(entry.get("RDATE"), start, reach)
    without = _days(entry.get("EXDATE"), start, reach)
    left = sorted(at for at in days - without if at <= ends)
    if len(left) > MOST:
        found.doubts.add(MANY, _called(entry, start))
    shown = [at.replace(tzinfo=start.tzinfo) for at in left[:MOST]]
    return shown, [at.replace(tzinfo=start.tzinfo) for at in sorted(days & without)[:MOST]]


def _bear(doubts: Doubts, called: str) -> None:
    """A rule that never comes is searched to the end of time: some are mistakes, many a trap."""
    doubts.add(BARREN, called)
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
    entry: Any, start: datetime | None, stamp: datetime | None, reach: Reach, found: Found
) -> Iterator[Meeting]:
    """One date, unless something speaks against it. `stamp` tells it from others of its rule."""
    if start is None:
        found.doubts.add(NO_START, quoted([_title(entry)]))
        return
    length = _length(entry, start, reach)
    meeting = _meeting(entry, start, stamp, length)
    wrong = (
        LONG
        if length > LONGEST
        else FAR
        if start > reach.until
        else EARLY
        if start.year < FIRST_YEAR
        else ""
    )
    if str(entry.get("STATUS", "")).upper() == "CANCELLED":
        found.cancelled.append(meeting)
    elif wrong:
        found.doubts.add(wrong, _called(entry, start))
    else:
        yield meeting


def _meeting(entry: Any, start: datetime, stamp: datetime | None, length: timedelta) -> Meeting:
    uid = str(entry.get("UID", ""))
    key = f"ics:{uid}:{stamp:%Y%m%dT%H%M%S}" if stamp else f"ics:{uid}"
    return Meeting(
        _title(entry),
        start.astimezone(UTC),
        max(1, int(length.total_seconds() // 60)),
        str(entry.get("LOCATION", "")).strip(),
        str(entry.get("DESCRIPTION", "")).strip(),
        id=uid.removesuffix(OURS) if uid.endswith(OURS) else "",
        key=key if uid else "",
    )


def _title(entry: Any) -> str:
    return str(entry.get("SUMMARY", "")).strip() or UNTITLED


def _called(entry: Any, start: datetime) -> str:
    return f"{quoted([_title(entry)])} on {long_day(start)}"


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
        return datetime.combine(value, hour, like.tzinfo if like else reach.home)
    return value if value.tzinfo else value.replace(tzinfo=reach.zone)


def _listed(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, list) else [value]
