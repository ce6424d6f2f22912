"""Times and repeats as people type them: read well, or refused in one sentence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.codes import LETTERS, code
from bot.errors import UserError
from bot.features.events import repeat, when

pytestmark = pytest.mark.usefixtures("everyone_agrees")

PARIS = "Europe/Paris"
NOW = datetime(2026, 5, 8, 13, 0, tzinfo=UTC)
"""A Friday, 15:00 in Paris."""
FRIDAY = datetime.fromisoformat("2026-05-08T18:30")
"""On the wall clock, so without a zone."""
T = TypeVar("T")
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


def local(text: str, zone: str = PARIS) -> str:
    found = when.read(text, zone, NOW)
    return found.at.astimezone(ZoneInfo(found.zone)).strftime("%Y-%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Friday 18:30", "2026-05-08 18:30 CEST"),
        ("friday 14:00", "2026-05-15 14:00 CEST"),
        ("  fri   6pm ", "2026-05-08 18:00 CEST"),
        ("Saturday at noon", "2026-05-09 12:00 CEST"),
        ("tomorrow 18h30", "2026-05-09 18:30 CEST"),
        ("18:30", "2026-05-08 18:30 CEST"),
        ("10:00", "2026-05-09 10:00 CEST"),
        ("8 May 18:30", "2026-05-08 18:30 CEST"),
        ("May 12th, 12:05 am", "2026-05-12 00:05 CEST"),
        ("on the 9th at 6:30 p.m.", "2026-05-09 18:30 CEST"),
        ("in 3 days 18:30", "2026-05-11 18:30 CEST"),
        ("in 2 hours", "2026-05-08 17:00 CEST"),
        ("13.05.2026 18:30", "2026-05-13 18:30 CEST"),
        ("2026-06-01T18:30", "2026-06-01 18:30 CEST"),
        ("29 February 18:30", "2028-02-29 18:30 CET"),
        ("Friday 18:30 America/New_York", "2026-05-08 18:30 EDT"),
        ("25 October 02:30 first", "2026-10-25 02:30 CEST"),
        ("25 October 02:30 second", "2026-10-25 02:30 CET"),
        ("friday 18.30", "2026-05-08 18:30 CEST"),
        ("18.30", "2026-05-08 18:30 CEST"),
        ("friday 1830", "2026-05-08 18:30 CEST"),
        ("tomorrow 2030", "2026-05-09 20:30 CEST"),
        ("friday at 18", "2026-05-08 18:00 CEST"),
        ("in one hour", "2026-05-08 16:00 CEST"),
        ("15/5 18:00", "2026-05-15 18:00 CEST"),
    ],
)
def test_plain_words_are_read_on_the_zones_clock(text: str, means: str) -> None:
    assert local(text) == means


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "At what time?"),
        ("tomorrowish", "I can't read “tomorrowish” as a time."),
        ("tomorrowish 18:30", "I can't read “tomorrowish” as a day"),
        ("Friday", "At what time?"),
        ("yesterday 18:30", "Thursday 7 May 2026, 18:30 has passed"),
        ("8 May 10:00", "has passed"),
        ("10 May 2029 18:30", "more than two years away"),
        ("31.12.9999 18:30", "more than two years away"),
        ("28 March 2027 02:30", "left out. Did you mean 01:30 or 03:30?"),
        (
            "25 October 2026 02:30",
            "comes twice. Add “first” (summer time) or “second”, an hour later",
        ),
        ("29 February 2027 18:30", "There is no 29 February 2027. The next one is in 2028."),
        ("31 June 18:30", "There is no 31 June."),
        ("Saturday 8 May 18:30", "8 May 2026 is a Friday, not a Saturday"),
        ("next Friday 18:30", "Write 8 May or 15 May"),
        ("4/5 18:30", "Write the month as a word"),
        ("Friday 25:00", "25:00 is not a time on the clock"),
        ("Friday 13pm", "13pm is not a time on the clock"),
        ("Friday midnight", "Write 00:00 or 23:59"),
        ("18:30 to 20:00", "more than one time"),
        ("Friday 18:30 PST", "PST is not the same clock everywhere"),
        ("Friday 18:30 Mars/Base", "isn't a time zone"),
        ("x" * 500, "long for a time"),
        ("<@U1> 18:30", "I can't read"),
        ("5/15 18:00", "Did you mean 15 May?"),
        ("2/31 18:00", "I can't read “2/31” as a day"),
        ("a week from friday 18:00", "I can't read “a week from friday” as a day"),
        ("a week after friday 18:00", "I can't read"),
        ("two weeks from today 18:00", "I can't read “two weeks from today” as a day"),
        ("friday at 6", "Is that 06:00 or 18:00?"),
        ("friday at 12", "Is that 12:00 or 00:00?"),
        ("banana", "I can't read “banana” as a time."),
        ("8 May 2026", "At what time?"),
        ("2026-06-01", "At what time?"),
        *(
            (f"Friday 18:30 {zone}", f"{zone} is not the same clock")
            for zone in ("EST", "EDT", "PST", "pdt", "BST", "CET", "IST", "ET", "AEST", "NZDT")
        ),
    ],
)
def test_what_can_not_be_read_gets_a_clear_sentence(text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        when.read(text, PARIS, NOW)
    assert says in refused.value.says
    assert refused.value.field == "when"


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (timedelta(days=16, hours=1), "in 16 days"),
        (timedelta(days=45), "in 45 days"),
        (timedelta(hours=30), "in 1 day"),
        (timedelta(minutes=89, seconds=40), "in 1 hour and 30 minutes"),
        (timedelta(seconds=5), "in 1 minute"),
    ],
)
def test_how_far_away_it_is(ahead: timedelta, says: str) -> None:
    assert when.from_now(NOW + ahead, NOW, PARIS) == says


def or_refusal(reading: Callable[[], T]) -> T | UserError:
    """What was read, or the sentence. Any other error is a defect."""
    try:
        return reading()
    except UserError as refused:
        return refused


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="time zone"):
        when.read("Friday 18:30", "Nowhere/Land", NOW)


TIMES = """
friday fri next on 8 31 29 may feb february 2026 2027 18:30 25:99 6pm 13am noon 24h in 2 hours
tomorrow first second UTC Europe/Paris X/Y CET PST 4/5 1.2.2026 -1 ² ١٨:٣٠ 🎉 <@U1> 0 00:00
"""
PIECES = st.sampled_from(TIMES.split())
ANYTHING = st.text(max_size=60) | st.lists(PIECES, max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(ANYTHING, st.sampled_from(ZONES))
@example("1 1 1", PARIS)
def test_any_text_is_read_or_refused(text: str, zone: str) -> None:
    found = or_refusal(lambda: when.read(text, zone, NOW))
    if isinstance(found, UserError):
        assert 0 < len(found.says) < 400
        return
    assert NOW < found.at <= NOW + when.REACH
    assert when.read(when.spell(found.at, found.zone), PARIS, NOW) == found


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 730 * 24 * 60), st.sampled_from(ZONES))
@example(244_410, PARIS)
@example(244_470, PARIS)
def test_what_is_shown_reads_back_as_the_same_minute(minutes: int, zone: str) -> None:
    at = NOW + timedelta(minutes=minutes)
    if at.astimezone(ZoneInfo(zone)).second:
        return  # a zone whose offset has seconds shows no whole minute
    assert when.read(when.spell(at, zone), "UTC", NOW).at == at


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("2h", 120),
        ("1h30", 90),
        ("1h30m", 90),
        ("1.5h", 90),
        ("2 hours", 120),
        ("1 hour and 30 minutes", 90),
        ("45 min", 45),
        ("7 h", 420),
    ],
)
def test_lengths(text: str, minutes: int) -> None:
    assert when.read_minutes(text) == minutes
    assert when.length(minutes)


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "0", "4", "h", "999h", "99999", "1e3", "²", "½h"]
)
def test_bad_lengths(text: str) -> None:
    with pytest.raises(UserError):
        when.read_minutes(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_any_length_is_read_or_refused(text: str) -> None:
    found = or_refusal(lambda: when.read_minutes(text))
    if isinstance(found, UserError):
        assert found.field == "minutes"
    else:
        assert 5 <= found <= 7 * 24 * 60


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("", None, ""),
        ("no", None, ""),
        ("weekly", "FREQ=WEEKLY", "every week"),
        ("Every Friday", "FREQ=WEEKLY;BYDAY=FR", "every week on Friday"),
        ("every two weeks", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
        ("monthly", "FREQ=MONTHLY;BYDAY=2FR", "every month on the second Friday"),
        (
            "weekly until 31 December",
            "FREQ=WEEKLY;UNTIL=20261231T235959",
            "every week until 31 December 2026",
        ),
        ("weekly 10 times", "FREQ=WEEKLY;COUNT=10", "every week 10 times"),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=2FR,4FR",
            "FREQ=MONTHLY;BYDAY=2FR,4FR",
            "FREQ=MONTHLY;BYDAY=2FR,4FR",
        ),
    ],
)
def test_repeats_in_words_and_as_rules(text: str, rule: str | None, words: str) -> None:
    assert repeat.read(text, FRIDAY) == rule
    if rule:
        assert repeat.words(rule) == words
        assert repeat.read(repeat.spell(rule, FRIDAY), FRIDAY) == rule


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sometimes", "I can't read that as a repeat"),
        ("weekly 10000 times", "500 times is the most"),
        ("FREQ=WEEKLY;COUNT=10000", "500 times is the most"),
        ("FREQ=HOURLY", "once a day at most"),
        ("FREQ=MINUTELY;COUNT=3", "once a day at most"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "I can't use “BYHOUR"),
        ("FREQ=WEEKLY;BYDAY=TH", "The next one that is: Thursday 14 May 2026"),
        ("every thursday", "The next one that is: Thursday 14 May 2026"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "it would never take place"),
        ("FREQ=WEEKLY;UNTIL=20250101", "it would never take place"),
        ("FREQ=WEEKLY;UNTIL=20269931", "not a repeat rule"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "not a repeat rule"),
        ("FREQ=WEEKLY;INTERVAL=0", "I can't use “INTERVAL"),
        ("=", "I can't use"),
        ("weekly until tomorrowish", "I can't read “tomorrowish” as a day"),
        ("y" * 1000, "long for a repeat"),
    ],
)
def test_bad_repeats(text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        repeat.read(text, FRIDAY)
    assert says in refused.value.says
    assert refused.value.field == "repeat"


REPEATS = """
FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY BYDAY=MO BYDAY=-1FR BYDAY=5FR BYDAY=9FR
BYMONTHDAY=31 BYMONTHDAY=-31 BYMONTH=2 BYSETPOS=-1 BYSETPOS=5 COUNT=0 COUNT=3 COUNT=501
UNTIL=20270101 UNTIL=x INTERVAL=99 INTERVAL=0 WKST=SU BYHOUR=3 X=1 weekly monthly
"""
PARTS = st.sampled_from(REPEATS.split())
RULES = st.text(max_size=40) | st.lists(PARTS, max_size=5).map(";".join)


@settings(max_examples=200, deadline=None)
@given(RULES, st.integers(0, 700), st.sampled_from(ZONES))
def test_any_repeat_is_read_or_refused(text: str, days: int, zone: str) -> None:
    first = FRIDAY + timedelta(days=days)
    rule = or_refusal(lambda: repeat.read(text, first))
    if isinstance(rule, UserError):
        assert 0 < len(rule.says) < 400
        return
    if rule is None:
        return
    planned = repeat.horizon(rule, first, zone, NOW)
    gone = first.replace(tzinfo=ZoneInfo(zone)) <= NOW
    assert gone or planned[0].day == first.date()
    assert [slot.at for slot in planned] == sorted({slot.at for slot in planned})
    assert len(planned) <= 57
    assert repeat.read(repeat.spell(rule, first), first) == rule


def test_a_series_keeps_its_wall_clock_across_changes() -> None:
    first = datetime.fromisoformat("2026-10-18T02:30")
    slots = repeat.horizon("FREQ=WEEKLY", first, PARIS, datetime(2026, 10, 1, tzinfo=UTC))
    assert [slot.at.isoformat() for slot in slots[:3]] == [
        "2026-10-18T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",  # the first of two
        "2026-11-01T01:30:00+00:00",
    ]
    spring = repeat.horizon("FREQ=WEEKLY", first, PARIS, datetime(2027, 3, 20, tzinfo=UTC))
    assert spring[1].at.isoformat() == "2027-03-28T01:30:00+00:00"  # 03:30, since 02:30 is not


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 7 * 24 * 60 - 1))
@example("America/Nuuk", 28 * 60 + 45)
def test_in_every_zone_each_week_of_ten_years_has_its_date(zone: str, minute: int) -> None:
    first = FRIDAY + timedelta(minutes=minute)
    slots = list(islice(repeat.slots("FREQ=WEEKLY", first, zone, NOW), 520))
    gaps = {(after.day - before.day).days for before, after in pairwise(slots)}
    assert gaps == {7}
    shown = [slot.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for slot in slots]
    late = [
        at - datetime.combine(slot.day, first.time()) for at, slot in zip(shown, slots, strict=True)
    ]
    assert timedelta(0) <= min(late) <= max(late) <= timedelta(hours=1)
    assert sum(map(bool, late)) <= 10  # the hours that a change skips


def test_codes_are_easy_to_read_aloud() -> None:
    assert {len(code(f"{number:016x}", 6)) for number in range(100)} == {6}
    assert len({code(f"{number:016x}", 6) for number in range(1000)}) == 1000
    assert not set("0O1IL2Z5S8B") & set(LETTERS)
