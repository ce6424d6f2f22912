"""Weekly wall-clock times, in every zone, across every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.schedule import WEEKDAYS, next_weekly, slot

ZONES = sorted(available_timezones())
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)


@settings(max_examples=300, deadline=None)
@example("Europe/Berlin", "sun", 2, 30)
@example("America/New_York", "sun", 1, 30)
@example("Australia/Lord_Howe", "sun", 1, 45)
@example("Africa/Casablanca", "sun", 2, 59)
@example("America/Santa_Isabel", "mon", 0, 0)
@example("America/Scoresbysund", "sat", 23, 0)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_each_week_of_ten_years_has_its_slot_once(
    zone: str, weekday: str, hour: int, minute: int
) -> None:
    """Where the skipped hour is a day's last, its time is in the first one of the next day."""
    slots: list[str] = []
    days: list[date] = []
    moment = START
    while (moment := next_weekly(zone, weekday, hour, minute, moment)) < END:
        shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        day = shown.date()
        if WEEKDAYS[day.weekday()] != weekday:
            day -= timedelta(days=1)
        assert WEEKDAYS[day.weekday()] == weekday
        late = shown - datetime.combine(day, time(hour, minute))
        assert timedelta(0) <= late <= timedelta(hours=1)
        slots.append(slot(zone, moment))
        days.append(day)
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(weeks=1)}
    assert len(set(slots)) == len(slots)
    assert 521 <= len(slots) <= 523


@pytest.mark.parametrize(
    ("after", "found"),
    [
        # The clock in Berlin goes from 02:00 to 03:00 on 29 March 2026 …
        ("2026-03-28T00:00+00:00", "2026-03-29T03:30+02:00"),
        # … and from 03:00 back to 02:00 on 25 October: the first 02:30 counts, the second is past.
        ("2026-10-24T00:00+00:00", "2026-10-25T02:30+02:00"),
        ("2026-10-25T00:30+00:00", "2026-11-01T02:30+01:00"),
        ("2026-10-25T01:15+00:00", "2026-11-01T02:30+01:00"),
    ],
)
def test_the_missing_and_the_doubled_hour(after: str, found: str) -> None:
    assert next_weekly(
        "Europe/Berlin", "sun", 2, 30, datetime.fromisoformat(after)
    ) == datetime.fromisoformat(found)
