"""What forecasts rest on, and what became of them: worked out by hand on a small history."""

from datetime import date, timedelta

import pytest

from bot.numbers.backtest import look_back
from bot.numbers.plans import Cases, Count, CountPrior
from bot.numbers.records import (
    ending,
    happened,
    most_shown,
    records,
    under_way,
    unseen,
    usual,
    usual_at,
)
from bot.numbers.rows import DEMO, GONE, Build, History, Night, Project, Spark, Term, Window

T = date(2026, 6, 1)


def ago(days: int) -> date:
    return T - timedelta(days=days)


FIRST, SECOND, THIRD = ago(100), ago(50), ago(10)
HISTORY = History(
    nights=(
        Night("a", "A", FIRST, present=10, newcomers=10, slots=4),
        Night("b", "B", SECOND, present=None, slots=2),
        Night("c", "C", THIRD, present=20, newcomers=5),
    ),
    builds=(
        Build("ada", FIRST, DEMO, "a", heard=True),
        Build("bo", FIRST, DEMO, "a"),
        Build("ada", SECOND, DEMO, "b"),
        Build("cy", SECOND, DEMO, "b", heard=True),
    ),
    sparks=(Spark("s1", ago(95)), Spark("s2", ago(9)), Spark("late", ago(60))),
    terms=(
        Term("t1", "Mill", ago(200), 1, "EUR", renewed_on=ago(190)),
        Term("t2", "Bank", ago(150), 1, "EUR", renewed_on=ago(20)),
        Term("t3", "Shop", ago(30), 1, "EUR"),
        Term("t4", "Fair", ago(300), 1, "EUR", one_off=True),
        Term("t5", "Hall", T + timedelta(days=40), 1, "EUR"),
    ),
    projects=(
        Project("p1", FIRST, shipped=ago(20)),
        Project("p2", FIRST, let_go=ago(95)),
        Project("p3", SECOND),
    ),
)


def test_records_count_what_is_known_and_nothing_else() -> None:
    found = records(HISTORY, T)
    assert found.attendance == [Count(FIRST, 10), Count(THIRD, 20)]
    assert found.newcomers == [Cases(THIRD, 5, 20)]
    assert found.slots == [Cases(FIRST, 2, 4), Cases(SECOND, 2, 2)]
    assert found.first_demos == [Cases(FIRST, 2, 2), Cases(SECOND, 1, 2)]
    assert found.feedback == [Cases(FIRST, 1, 2), Cases(SECOND, 1, 2)]
    assert found.sparks == [Count(FIRST, 1), Count(SECOND, 0)]
    assert [(each.part, each.whole) for each in found.ships] == [(1, 2), (0, 2)]
    assert [(each.part, each.whole) for each in found.renewals] == [(1, 1), (0, 1)]


def test_looking_back_sees_only_what_could_be_seen_then() -> None:
    then = records(HISTORY, SECOND)
    assert then.attendance == [Count(FIRST, 10)]
    assert [each.day for each in then.slots] == [FIRST]
    assert records(HISTORY, FIRST).attendance == []


def test_what_became_of_it() -> None:
    whole = happened(HISTORY, Window(ago(101), T))
    assert whole["attendance"] is whole["newcomers"] is None
    assert unseen(HISTORY, Window(ago(101), T)) == 1
    assert (whole["demos"], whole["first_demos"], whole["feedback"]) == (4, 3, 2)
    assert (whole["sparks"], whole["ships"], whole["renewals"]) == (2, 1, 0)
    last = happened(HISTORY, Window(ago(20), T))
    assert (last["attendance"], last["newcomers"], last["demos"]) == (20, 5, None)
    none = happened(HISTORY, Window(ago(45), ago(25)))
    assert none["attendance"] is none["demos"] is none["sparks"] is None
    assert none["ships"] == 0


def test_simple_rules_need_records_that_reach_back() -> None:
    assert usual(HISTORY, T, 25)["demos"] == (None, None)
    assert usual(HISTORY, T, 25)["newcomers"] == (5, None)
    assert usual(HISTORY, T, 200)["attendance"] == (None, None)
    assert (under_way(HISTORY, T), ending(HISTORY, Window(T, T + timedelta(days=91)))) == (1, 1)


def test_what_nobody_noted_yet_is_not_none() -> None:
    """Thirty imported evenings say how many came, and nothing else."""
    nights = tuple(Night(f"n{n}", "N", ago(7 * n), 20, 2) for n in range(30, 0, -1))
    found = records(History(nights=nights), T)
    assert (len(found.attendance), len(found.newcomers)) == (30, 29)
    assert found.slots == found.sparks == found.first_demos == found.ships == []
    came = happened(History(nights=nights), Window(ago(90), T))
    unknown = [name for name, number in came.items() if number is None]
    assert unknown == ["demos", "first_demos", "feedback", "sparks", "ships"]
    late = History(nights=nights, sparks=(Spark("s", ago(64)),))
    assert [each.number for each in records(late, T).sparks] == [1, 0, 0, 0, 0, 0]
    assert usual(late, T, 60)["sparks"] == (0, None)
    assert usual(late, T, 90)["sparks"] == (None, None)
    assert usual(late, T, 90)["attendance"] == (240, None)


def test_slots_that_nobody_counted_are_as_many_as_any_such_event_showed() -> None:
    """What an event showed beyond the slots it had says nothing of those that kept to theirs."""
    nights = tuple(
        Night(name, "N", ago(day), slots=slots)
        for name, day, slots in (("a", 40, None), ("b", 30, None), ("c", 20, 2), ("d", 10, 0))
    )
    shown = {"a": 5, "b": 1, "c": 6, "d": 1}
    builds = tuple(
        Build("ada", night.day, DEMO, night.id) for night in nights for _ in range(shown[night.id])
    )
    history = History(nights=nights, builds=builds)
    found = [(each.part, each.whole) for each in records(history, T).slots]
    assert found == [(5, 5), (1, 5), (2, 2)]
    assert most_shown(history, T) == 6
    assert [(each.part, each.whole) for each in records(history, ago(35)).slots] == [(5, 5)]
    bare = History(nights=nights[:1])
    assert records(bare, T).slots == []
    assert happened(bare, Window(ago(50), T))["demos"] == 0


def test_who_has_left_is_no_first_presenter() -> None:
    builds = tuple(Build(who, FIRST, DEMO, "a") for who in ("ada", GONE, GONE, "bo"))
    history = History(nights=HISTORY.nights, builds=builds)
    assert records(history, T).first_demos == [Cases(FIRST, 2, 2)]
    came = happened(history, Window(ago(101), T))
    assert (came["demos"], came["first_demos"]) == (4, 2)


def test_simple_rules_know_how_many_events_are_planned() -> None:
    """As whoever keeps a forecast does: else they would lose by that alone."""
    nights = [Night(str(n), "A", ago(10 * n), present=20, slots=2) for n in range(60, 0, -1)]
    said = usual_at(History(nights=tuple(nights)), T, 91, 3)
    assert said["attendance"] == (pytest.approx(60), pytest.approx(60))
    assert said["ships"] == usual(History(nights=tuple(nights)), T, 91)["ships"]
    counts = [Count(night.day, 20) for night in nights] + [Count(T - timedelta(days=1), 20)]
    (look,) = look_back(counts, T, 1, CountPrior())
    assert look.events == 10
    assert (look.scored.last_quarter, look.scored.mean_of_four) == (200, 200)


def test_looks_back_are_scored_beside_simple_rules() -> None:
    counts = [Count(ago(7 * week), 10) for week in range(1, 80)]
    looks = look_back(counts, T, 3, CountPrior())
    assert [each.window.end for each in looks] == [ago(182), ago(91), T]
    assert {(each.events, each.scored.outcome) for each in looks} == {(13, 130)}
    assert looks[0].scored.last_quarter == pytest.approx(130)
    assert look_back([], T, 3, CountPrior()) == ()
    assert look_back([Count(ago(5), 3)], T, 3, CountPrior()) == ()
