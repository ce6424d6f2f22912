"""The metrics against answers worked out by hand, and what a small number may say."""

from datetime import date, timedelta
from itertools import pairwise
from math import exp
from operator import attrgetter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.behind import behind
from bot.numbers.figures import Days, Figure, PerEvent, Range, Share, Size
from bot.numbers.metrics import METRICS, value_renewed
from bot.numbers.rows import (
    DEMO,
    GONE,
    HELP,
    TALK,
    Build,
    First,
    FollowUp,
    History,
    Night,
    Project,
    Retro,
    Spark,
    Term,
    Window,
)
from bot.numbers.survival import time_to

T = date(2026, 6, 1)


def ago(days: int) -> date:
    return T - timedelta(days=days)


def test_small_numbers_are_said_with_their_width() -> None:
    low, high = Share(2, 5).range.low, Share(2, 5).range.high
    assert (round(low, 2), round(high, 2)) == (0.12, 0.77)
    low, high = Share(7, 20).range.low, Share(7, 20).range.high
    assert (round(low, 2), round(high, 2)) == (0.18, 0.57)


def test_a_count_has_garwoods_interval() -> None:
    found = PerEvent(10, 5).range
    assert (round(found.low, 3), round(found.high, 3)) == (0.959, 3.678)
    assert PerEvent(0, 4).range.low == 0


def test_a_difference_has_newcombes_interval() -> None:
    """Newcombe 1998, example (a): 56/70 and 48/80, method 10."""
    found = Share(56, 70).since(Share(48, 80))
    assert found
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_intervals_hold_their_figure(a: int, n: int, b: int, m: int) -> None:
    now, then = Share(min(a, n), n), Share(min(b, m), m)
    assert now.range.low <= now.value <= now.range.high
    change = now.since(then)
    assert change
    assert change.low - 1e-9 <= now.value - then.value <= change.high + 1e-9
    back = then.since(now)
    assert back
    assert back.low == pytest.approx(-change.high)


NIGHTS = (
    Night("n1", "One", ago(200), present=4, newcomers=4),
    Night("n2", "Two", ago(80), present=5, newcomers=2, approved=6, shown=4),
    Night("n3", "Three", ago(40), present=None, approved=9),
    Night("n4", "Four", ago(10), present=10, newcomers=1, approved=8, shown=7),
)


def measure(key: str, **rows: object) -> object:
    return METRICS[key].at(History(nights=NIGHTS, **rows), T).measure  # type: ignore[arg-type]


def test_who_was_there_before() -> None:
    """3 of 5 and 9 of 10; the first event on record and the one without a list are left out."""
    assert measure("returning-attendee-rate") == Share(12, 15)


def test_unknown_is_not_absent() -> None:
    assert measure("show-rate") == Share(11, 14)


def test_an_event_that_notes_only_who_came_says_nothing_of_who_did_not() -> None:
    """20 of 60 are checked in, and nobody said anything of the others; of the next two all but one
    in ten, or a few more than that, are known."""
    door = Night("door", "Door", ago(30), 20, approved=20, shown=20, unknown=40)
    nearly = Night("nearly", "Nearly", ago(20), 7, approved=9, shown=7, unknown=1)
    hardly = Night("hardly", "Hardly", ago(15), 6, approved=8, shown=6, unknown=1)
    found = METRICS["show-rate"].at(History(nights=(door,)), T)
    assert found.measure is None
    assert "“The rest did not come” says so" in found.why_not
    found = METRICS["show-rate"].at(History(nights=(door, nearly, hardly)), T)
    assert found.measure == Share(7, 9)
    assert found.rows == ("nearly",)
    assert found.notes[0].startswith("2 events left out: who did not come is not known.")
    assert found.notes[1] == "Of 1 more nobody noted whether they came: left out."


def test_builders_come_back() -> None:
    builds = (
        Build("ada", ago(170), DEMO, "n1"),
        Build("bob", ago(120), HELP),
        Build("cleo", ago(100), TALK, "n1"),
        Build("dan", ago(185), DEMO, "n1"),
        Build("ada", ago(90), HELP),
        Build("bob", ago(91), HELP),
        Build("eve", ago(20), DEMO, "n2"),
    )
    found = METRICS["returning-builder-rate"].at(History(nights=NIGHTS, builds=builds), T)
    assert found.measure == Share(1, 3)
    assert found.rows == ("ada", "bob", "cleo")
    assert found.size is Size.FEW


def test_without_an_event_nobody_could_come_back() -> None:
    history = History(nights=NIGHTS[:1], builds=(Build("ada", ago(100), HELP),))
    found = METRICS["returning-builder-rate"].at(history, T)
    assert found.measure is None
    assert "No event was held" in found.why_not


def test_only_the_mature_convert() -> None:
    firsts = (
        First("ada", ago(400), "n0"),
        First("bob", ago(300), "n0"),
        First("cleo", ago(300), "n0"),
        First("dan", ago(200), "n1"),
        First("eve", ago(180), "n1"),
        First("fay", ago(600), "n0"),
    )
    builds = (
        Build("gil", ago(700), DEMO),
        Build("ada", ago(220), DEMO, "n1"),
        Build("bob", ago(119), DEMO, "n2"),
        Build("cleo", ago(300), DEMO, "n0"),
        Build("eve", ago(100), DEMO, "n2"),
    )
    history = History(nights=NIGHTS, firsts=firsts, builds=builds)
    found = METRICS["first-time-to-demo"].at(history, T)
    assert found.measure == Share(1, 3), "ada within 180 days; bob on day 181; dan not yet"
    assert "1 showed something on or before the day of their first check-in." in found.notes
    assert "Records of who came begin on 13 November 2025." in found.notes


def test_speakers_repeat_at_another_event() -> None:
    builds = (
        Build("ada", ago(600), TALK, "x1"),
        Build("ada", ago(600), DEMO, "x1"),
        Build("bob", ago(500), DEMO, "x2"),
        Build("cleo", ago(400), TALK, "x3"),
        Build("ada", ago(300), TALK, "x4"),
        Build("cleo", ago(20), TALK, "n4"),
        Build("dan", ago(15), TALK, "n4"),
    )
    assert measure("repeat-speaker-rate", builds=builds) == Share(1, 3)
    history = History(nights=NIGHTS, builds=builds)
    found = METRICS["new-speaker-share"].at(history, T)
    assert found.measure == Share(1, 2)
    ticked = [(each.id, each.counted) for each in behind(history, found)]
    assert ticked == [("dan", True), ("cleo", False)]


def test_sparks_go_back_to_an_event() -> None:
    sparks = (Spark("s1", ago(60)), Spark("s2", ago(45)), Spark("s3", ago(5)))
    found = METRICS["collaboration-sparks"].at(History(nights=NIGHTS, sparks=sparks), T)
    assert found.measure == PerEvent(1, 2), "s1 is within 30 days of Two; s2 and s3 are not"
    assert found.rows == ("s1",)


def test_renewals_in_one_currency_at_a_time() -> None:
    terms = (
        Term("a", "A", ago(100), 1000, "EUR", renewed_on=ago(60), renewed_value=5000),
        Term("b", "B", ago(100), 1000, "EUR", renewed_on=ago(39), renewed_value=1000),
        Term("c", "C", ago(100), 700, "USD", renewed_on=ago(100), renewed_value=350),
        Term("d", "D", ago(100), 9900, "USD", one_off=True),
        Term("e", "E", ago(20), 9900, "USD"),
    )
    assert measure("sponsor-renewal", terms=terms) == Share(2, 3)
    assert value_renewed(terms[:3]) == {"EUR": (1000, 2000), "USD": (350, 700)}


def test_a_renewal_in_another_currency_has_no_value_here() -> None:
    terms = (
        Term("a", "A", ago(100), 150_000, "EUR", renewed_on=ago(99), renewed_value=None),
        Term("b", "B", ago(90), 50_000, "EUR", renewed_on=ago(89), renewed_value=50_000),
    )
    found = METRICS["sponsor-renewal"].at(History(terms=terms), T)
    assert found.measure == Share(2, 2)
    assert found.notes == (
        "By value, 500 EUR of 500 EUR renewed.",
        "1 renewed in another currency: left out by value.",
    )
    alone = METRICS["sponsor-renewal"].at(History(terms=terms[:1]), T)
    assert alone.notes == ("1 renewed in another currency: left out by value.",)


def test_time_to_ship_without_anything_let_go_is_kaplan_meier() -> None:
    """Ships on day 6, 6, 6, 7, 10, 13, 16, 22, 23 of Gehan's 21 remission times (6-MP): the
    median is 23 days and the share by day 10 is 1 - 0.753."""
    shipped = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still_open = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    projects = [Project(f"s{n}", ago(100), ago(100 - d)) for n, d in enumerate(shipped)]
    projects += [Project(f"o{n}", ago(d)) for n, d in enumerate(still_open)]
    found = time_to(projects, T + timedelta(days=1), (10,))
    assert found.median == 23
    assert round(found.by[0][1], 3) == round(1 - 0.753, 3)
    assert (found.part, found.whole, found.let_go) == (9, 21, 0)


def test_what_was_let_go_never_ships() -> None:
    projects = [Project(f"s{n}", ago(50), ago(40)) for n in range(4)]
    projects += [Project(f"g{n}", ago(50), let_go=ago(45)) for n in range(6)]
    found = time_to(projects, T, (30,))
    assert found.by == ((30, pytest.approx(0.4)),)
    assert found.median is None


def test_no_share_is_told_beyond_what_was_followed() -> None:
    young = [Project(f"s{n}", ago(9), ago(2)) for n in range(5)]
    young += [Project(f"o{n}", ago(9)) for n in range(15)]
    assert time_to(young, T, (7, 30, 60)).by == ((7, 0.25), (30, None), (60, None))
    old = [*young, Project("old", ago(45))]
    assert [share is None for _, share in time_to(old, T, (30, 60)).by] == [False, True]
    done = [Project(f"d{n}", ago(9), ago(2)) for n in range(5)]
    assert time_to(done, T, (30,)).by == ((30, 1.0),), "nothing is open that could change it"


def test_of_a_day_that_begins_nothing_is_known() -> None:
    """Seen for days 0 to 29, six that are open say nothing of day 30."""
    still_open = [Project(f"o{n}", ago(30)) for n in range(6)]
    assert time_to(still_open, T, (29, 30)).by == ((29, 0.0), (30, None))
    shipped = Project("s", ago(60), ago(30))
    assert time_to([still_open[0], shipped], T, (30,)).by == ((30, 1.0),)


def test_what_shipped_without_a_beginning_is_said() -> None:
    history = History(projects=(Project("a", ago(100), ago(60)),), unbegun=(ago(900), ago(50)))
    found = METRICS["time-to-ship"].at(history, T)
    assert found.n == 1
    assert found.notes == ("1 more shipped whose beginning is not on record: left out.",)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from(["open", "shipped", "let go"])), min_size=1
    )
)
def test_shares_by_day_only_grow(cases: list[tuple[int, str]]) -> None:
    projects = [
        Project(
            str(n),
            ago(400),
            ago(400 - days) if kind == "shipped" else None,
            ago(400 - days) if kind == "let go" else None,
        )
        for n, (days, kind) in enumerate(cases)
    ]
    found = time_to(projects, T, range(0, 301, 50))
    shares = [share for _, share in found.by if share is not None]
    assert all(a <= b for a, b in pairwise(shares))
    assert shares[-1] <= 1 + 1e-9


def test_follow_ups_and_retros() -> None:
    due = (FollowUp("a", ago(90), True), FollowUp("b", ago(1), False), FollowUp("c", T, False))
    assert measure("follow-up-minimum", follow_ups=due) == Share(1, 2)
    retros = (Retro("n2", ago(78), 5, 3), Retro("n4", ago(6), 9, 0))
    assert measure("retro-response", retros=retros) == Share(3, 5)


def test_a_change_is_told_of_twenty_and_more() -> None:
    early = (Night("z", "Z", ago(400), 9, 9),)
    before = tuple(Night(f"a{n}", "A", ago(120 + n), 20, 10) for n in range(2))

    def found(*now: Night) -> Figure:
        return METRICS["returning-attendee-rate"].at(History(nights=(*early, *before, *now)), T)

    few = found(Night("b", "B", ago(50), 12, 6))
    assert few.before == Share(20, 40)
    assert few.change is None
    many = found(Night("b", "B", ago(50), 100, 6), Night("c", "C", ago(20), 100, 4))
    assert many.is_changed
    wide, narrow = many.change, Share(190, 200).since(Share(20, 40))
    assert wide
    assert narrow
    assert wide.low < narrow.low
    assert narrow.high < wide.high


def test_single_evenings_tell_no_change() -> None:
    """One of them against another may be the weather."""
    assert Share(38, 40, ((38, 40),)).since(Share(20, 40, ((20, 40),))) is None
    now, then = Share(38, 40, ((38, 40),)), Share(60, 120, ((30, 40), (20, 40), (10, 40)))
    change = now.since(then)
    assert change
    assert change.is_around_zero, "one evening, beside three as far apart as these, tells nothing"


def _evenings(chance: Random, share: float, apart: float, events: int = 8) -> Share:
    """Each has thirty people and a share of its own."""
    much = share * (1 - share) / apart**2 - 1 if apart else 0
    shares = (
        chance.betavariate(share * much, (1 - share) * much) if apart else share
        for _ in range(events)
    )
    by = tuple((sum(chance.random() < each for _ in range(30)), 30) for each in shares)
    return Share(sum(part for part, _ in by), 30 * events, by)


def _newcomers(chance: Random, mean: float, spread: float) -> PerEvent:
    """At 26 events, with the spread that forecasts begin with, or none."""
    means = [mean * chance.gammavariate(1 / spread, spread) if spread else mean for _ in range(26)]
    by = tuple(_poisson(chance, each) for each in means)
    return PerEvent(sum(by), len(by), by)


def _poisson(chance: Random, mean: float) -> int:
    left, count = exp(-mean) if mean < 700 else 0.0, 0
    product = chance.random()
    while product > left:
        product *= chance.random()
        count += 1
    return count


@pytest.mark.parametrize("apart", [0, 0.07, 0.12])
def test_of_unchanged_shares_few_seem_to_change_and_large_changes_do(apart: float) -> None:
    """Without the scatter between evenings, 5, 13 and 27 in 100 would."""
    chance = Random(5)

    def told(share: float) -> float:
        pairs = (
            (_evenings(chance, share, apart), _evenings(chance, 0.6, apart)) for _ in range(300)
        )
        changes = [now.since(then) for now, then in pairs]
        return sum(not each.is_around_zero for each in changes if each) / len(changes)

    assert told(0.6) <= 0.075
    assert told(0.9) >= 0.85


@pytest.mark.parametrize("spread", [0, 0.08])
def test_of_unchanged_counts_few_seem_to_change_and_large_changes_do(spread: float) -> None:
    """Without the scatter between events, 5 and 22 in 100 would."""
    chance = Random(6)

    def told(mean: float) -> float:
        pairs = (
            (_newcomers(chance, mean, spread), _newcomers(chance, 20, spread)) for _ in range(300)
        )
        changes = [now.since(then) for now, then in pairs]
        return sum(not each.is_around_zero for each in changes if each) / len(changes)

    assert told(20) <= 0.075
    assert told(32) >= 0.95


@pytest.mark.parametrize("key", METRICS)
def test_an_empty_community_has_a_sentence_for_each(key: str) -> None:
    found = METRICS[key].at(History(), T)
    assert found.measure is None
    assert found.why_not.endswith(".")
    assert METRICS[key].counter in METRICS


DAYS = st.integers(0, 800).map(ago)
WHO = st.sampled_from(["ada", "bob", "cleo", "dan", GONE])
SORTED: dict[str, st.SearchStrategy[Any]] = {
    "builds": st.lists(st.builds(Build, WHO, DAYS, st.sampled_from([DEMO, TALK, HELP]))),
    "sparks": st.lists(DAYS).map(lambda days: [Spark(f"s{n}", d) for n, d in enumerate(days)]),
    "follow_ups": st.lists(st.tuples(DAYS, st.booleans())).map(
        lambda found: [FollowUp(f"f{n}", *each) for n, each in enumerate(found)]
    ),
    "projects": st.lists(st.tuples(DAYS, st.none() | DAYS, st.none() | DAYS)).map(
        lambda found: [Project(f"p{n}", *each) for n, each in enumerate(found)]
    ),
    "terms": st.lists(st.tuples(DAYS, st.none() | DAYS)).map(
        lambda found: [
            Term(f"t{n}", "S", end, 1, "EUR", renewed_on=on) for n, (end, on) in enumerate(found)
        ]
    ),
}
WHEN = {"builds": "day", "sparks": "day", "follow_ups": "due", "projects": "began", "terms": "end"}


@st.composite
def records_of_all_kinds(draw: st.DrawFn) -> History:
    rows = {
        kind: tuple(sorted(draw(found), key=attrgetter(WHEN[kind])))
        for kind, found in SORTED.items()
    }
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=20)))
    nights = tuple(Night(f"n{n}", "Night", day, 9, 3, 9, 8) for n, day in enumerate(days))
    firsts = [First(who, draw(DAYS), "n0") for who in ("ada", "bob", "cleo", "dan")]
    firsts.sort(key=attrgetter("day"))
    return History(nights=nights, firsts=tuple(firsts), **rows)


@settings(deadline=None, max_examples=60)
@given(records_of_all_kinds())
@pytest.mark.parametrize("key", [key for key in METRICS if METRICS[key].rows != "events"])
def test_rows_are_as_many_as_the_whole_and_ticked_where_they_count(
    key: str, history: History
) -> None:
    metric = METRICS[key]
    found = metric.at(history, T)
    ticks = [each.counted for each in behind(history, found)]
    match found.measure:
        case Share(part, whole) | Days(part=part, whole=whole):
            assert ticks == [True] * part + [False] * (whole - part)
        case PerEvent(count=count):
            assert ticks == [True] * count
        case None:
            assert not ticks
    told = {each.id for each in behind(history, found) if each.counted}
    assert all(_counts(history, key, each, found.window) for each in told)


def _counts(history: History, key: str, id_: str, window: Window) -> bool:
    """Whether one row belongs to the part, told from its own records."""
    builds = [each for each in history.builds if each.person == id_]
    match key:
        case "new-speaker-share":
            return next(each for each in builds if each.on_stage).day in window
        case "returning-builder-rate":
            return any(window.end <= each.day for each in builds)
        case "follow-up-minimum":
            return next(each for each in history.follow_ups if each.id == id_).kept
        case "sponsor-renewal":
            return next(each for each in history.terms if each.id == id_).is_renewed
        case "time-to-ship":
            return next(each for each in history.projects if each.id == id_).shipped is not None
        case _:
            return True


def test_a_range_knows_zero() -> None:
    assert Range(-1, 1).is_around_zero
    assert not Range(0.1, 1).is_around_zero
    assert isinstance(time_to([Project("a", ago(3))], T, ()), Days)
