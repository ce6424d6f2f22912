"""What a figure may say, by how many it rests on; its intervals against scipy's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from bot.numbers.figures import Days, Figure, Measure, PerEvent, Range, Share
from bot.numbers.rows import Window
from bot.numbers.words import brief, changed, explained, months, told, when

WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))
NEVER = Range(20, float("inf"))


def figure(measure: Measure | None, before: Measure | None = None) -> Figure:
    return Figure("x", 1, WINDOW, date(2026, 4, 1), measure, before, "Nobody came.")


@pytest.mark.parametrize(
    ("measure", "says", "in_a_list"),
    [
        (None, "Nobody came.", "not known yet"),
        (Share(2, 4), "2 of 4: too few to speak of a share.", "2 of 4"),
        (
            Share(2, 5),
            "2 of 5; the true share is likely between 12 and 77%.",
            "2 of 5, likely 12 to 77%",
        ),
        (
            Share(7, 20),
            "35% (7 of 20); the true share is likely between 18 and 57%.",
            "35% (7 of 20), likely 18 to 57%",
        ),
        (PerEvent(1, 1), "1 at 1 event: too few to speak of a rate.", "1 at 1 event"),
        (
            PerEvent(3, 9),
            "3 at 9 events; likely between 0.1 and 1.0 an event.",
            "3 at 9 events, likely 0.1 to 1.0 an event",
        ),
        (
            Days(34, NEVER, ((30, 0.4),), 5, 12, 1),
            "5 of 12 shipped, 1 let go; half ship within 34 days, likely 20 days or more.",
            "half within 34 days (5 of 12 finished so far), likely 20 days or more",
        ),
        (
            Days(None, NEVER, (), 1, 5, 0),
            "1 of 5 shipped; fewer than half have shipped so far, so there is no typical time yet.",
            "1 of 5 finished so far",
        ),
    ],
)
def test_as_much_as_so_many_can_tell(measure: Measure | None, says: str, in_a_list: str) -> None:
    assert told(figure(measure)) == says
    assert brief(figure(measure)) == in_a_list


def test_a_change_is_told_only_when_it_is_one() -> None:
    up = "Up from the window before, likely by 30 to 60 points. It was 50% (20 of 40)."
    assert changed(figure(Share(190, 200), Share(20, 40))) == up
    same = "No clear change from the window before."
    assert changed(figure(Share(20, 40), Share(22, 40))) == same
    assert changed(figure(Share(5, 19), Share(30, 40))).startswith("Too few now or before")
    once = changed(figure(Share(38, 40, ((38, 40),)), Share(20, 40, ((20, 40),))))
    assert once == "Too few events now and before to tell a change from how much events differ."
    assert changed(figure(Share(30, 40))).startswith("There is no whole window")


@pytest.mark.parametrize(
    "said",
    [
        "83% (5 of 6), likely 79 to 87%",
        "the true share is likely between 12 and 77%",
        "up, likely by less than 1 to 17 points",
        "3 at 9 events, likely 0.1 to 1.0 an event",
        "half ship within 34 days, likely 20 days or more",
    ],
)
def test_likely_is_explained_where_it_first_stands(said: str) -> None:
    once = f"{said}, right 95 times in 100. It was {said}."
    assert explained(f"{said}. It was {said}.") == once
    assert explained("Nothing is on record.") == "Nothing is on record."


def test_a_window_is_told_with_its_last_day() -> None:
    assert when(WINDOW) == "1 January 2026 to 31 March 2026"
    assert months(WINDOW) == "Jan to Mar 2026"
    assert months(Window(date(2025, 11, 21), date(2026, 2, 1))) == "Nov 2025 to Jan 2026"
    assert months(Window(date(2026, 5, 1), date(2026, 6, 1))) == "May 2026"


@given(st.integers(0, 300), st.integers(1, 300))
def test_intervals_are_those_of_scipy(part: int, whole: int) -> None:
    ours, theirs = Share(min(part, whole), whole).range, binomtest(min(part, whole), whole)
    wilson = theirs.proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)
    garwood = PerEvent(part, 1).range
    assert garwood.high == pytest.approx(chi2.ppf(0.975, 2 * part + 2) / 2)
    assert garwood.low == pytest.approx(chi2.ppf(0.025, 2 * part) / 2 if part else 0)
