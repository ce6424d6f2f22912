"""The story never says more than the figures do."""

import re
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.figures import Share, Size
from bot.numbers.flywheel import Stage, turned
from bot.numbers.rows import DEMO, Build, First, FollowUp, History, Night, Retro
from bot.numbers.story import NOTHING, Facts, Noted, Sentence, Step, ToDo, facts, story

T = date(2026, 6, 1)
STAGES = ("trust", "safety", "sharing", "feedback", "collaboration", "outcomes", "proof")
STEPS = {key: Step(key.capitalize(), f"Do {key}.", f"Note {key}.") for key in STAGES}
CAUSAL = re.compile(
    r"\b(because|caused?|causes|due to|thanks to|led to|leads to|result|effect|worked|made)\b"
)
PEOPLE = tuple(f"Person{n}" for n in range(30))
COMING = T + timedelta(days=10)
BARE = {"quiet", "unplanned", "unnoted", "came", "start-again", "start-noting", "start-record"}
"""They tell of events alone, and have no share."""
CHANGE = Noted(T - timedelta(days=80), "we ask twice")


def ago(days: int) -> date:
    return T - timedelta(days=days)


def told(history: History, *noted: Noted, to_do: tuple[ToDo, ...] = ()) -> tuple[Sentence, ...]:
    return story(facts(history, T, noted, to_do, STEPS, COMING))


def evenings(*shown: tuple[int, int, int]) -> History:
    """Of nights so many days ago: how many had said yes, and how many of them came."""
    nights = [
        Night(f"n{days}", "Demo night", ago(days), came, 0, approved, came)
        for days, approved, came in shown
    ]
    first = Night("first", "Demo night", ago(800), 9, 9)
    return History(nights=(first, *sorted(nights, key=lambda night: night.day)))


def held(*nights: tuple[int, int | None]) -> History:
    """Nights so many days ago, and how many came: None where nobody noted it."""
    found = [Night(f"n{days}", "Demo night", ago(days), came) for days, came in nights]
    return History(nights=tuple(sorted(found, key=lambda night: night.day)))


def _each(came: int, begin: int = 10) -> list[tuple[int, int, int]]:
    """Three evenings for which forty had said yes."""
    return [(begin + 30 * n, 40, came) for n in range(3)]


@st.composite
def histories(draw: st.DrawFn) -> History:
    days = sorted(draw(st.sets(st.integers(1, 700), max_size=25)), reverse=True)
    nights, builds, firsts = [], [], []
    for day in days:
        approved = draw(st.integers(0, 40))
        came = draw(st.integers(0, approved))
        new = draw(st.integers(0, came))
        nights.append(Night(f"n{day}", "Night", ago(day), came, new, approved, came))
        for person in draw(st.sets(st.sampled_from(PEOPLE), max_size=4)):
            heard = draw(st.booleans())
            builds.append(Build(person, ago(day), DEMO, f"n{day}", draw(st.booleans()), heard))
        for person in draw(st.sets(st.sampled_from(PEOPLE), max_size=2)):
            if all(first.person != person for first in firsts):
                firsts.append(First(person, ago(day), f"n{day}"))
    due = draw(st.lists(st.tuples(st.integers(1, 89), st.booleans()), max_size=12))
    kept = [FollowUp(f"f{n}", ago(day), done) for n, (day, done) in enumerate(due)]
    retros = [Retro(night.id, night.day, 9, 3) for night in nights]
    return History(
        nights=tuple(nights),
        firsts=tuple(firsts),
        builds=tuple(builds),
        follow_ups=tuple(kept),
        retros=tuple(retros),
    )


@settings(max_examples=60, deadline=None)
@given(histories(), st.booleans(), st.booleans())
def test_every_sentence_stands_on_rows_and_says_when_not_why(
    history: History, changed: bool, planned: bool
) -> None:
    coming = COMING if planned else None
    found = facts(history, T, [CHANGE] if changed else [], (), STEPS, coming)
    sentences = story(found)
    assert 1 <= len(sentences) <= 8
    assert len({each.key for each in sentences}) == len(sentences)
    for each in sentences:
        if each.key == NOTHING:
            assert len(sentences) == 1
            continue
        assert each.rows
        assert each.window
        assert each.of
        if each.key in BARE:
            continue
        assert each.n >= 5, "of fewer only the count may be told, and no story"
        assert each.range
        assert not CAUSAL.search(each.says)
        assert not any(person in each.says for person in PEOPLE)
        if re.search(r"\b(rose|fell)\b", each.says):
            figure = found.figures[each.metric]
            assert figure.change
            assert not figure.change.is_around_zero
            assert figure.size is Size.ENOUGH


def test_nothing_on_record_is_one_sentence() -> None:
    (planned,) = told(History())
    assert planned.says == (
        "Nothing is on record yet. Your next event is on Thu 11 June: note who comes, with /event "
        "close, and the first figures follow."
    )
    (nothing,) = story(facts(History(), T))
    assert nothing.key == NOTHING
    assert "with /event create" in nothing.says
    (for_leadership,) = story(facts(History(), T, typed=False))
    assert "/" not in for_leadership.says


def test_a_rise_is_told_with_what_it_followed_and_kept() -> None:
    history = evenings(*_each(38), *_each(20, 100))
    came, rise, *_, keep, start = told(history, CHANGE)
    assert came.says == "At the last 6 events 20 to 38 came, 29 in the middle."
    assert rise.says == (
        "Of people who said yes, 95% (114 of 120) came in the 90 days to 31 May; that rose from "
        "50% (60 of 120) in the 90 before, likely by 30 to 58 points."
    )
    assert keep.says == (
        "Keep “we ask twice” of 13 March: “people who said yes and then came” rose after it, which "
        "is no proof. No figure says what to stop."
    )
    assert set(keep.rows) == {"n10", "n40", "n70"}
    assert start.says.startswith("Start this week, for proof: do ")


def test_a_fall_is_told_as_plainly_and_stopped() -> None:
    history = evenings(*_each(20), *_each(38, 100))
    _, fall, *_, stop, _ = told(history, CHANGE)
    assert "50% (60 of 120) came in the 90 days to 31 May; that fell from 95%" in fall.says
    assert stop.says.startswith("Try four weeks without “we ask twice” of 13 March: “people who")
    assert "No figure" not in stop.says
    stopped = Noted(CHANGE.day, "we stopped this: name tags", stopped=True)
    assert told(history, stopped)[-2].says.startswith(
        "Take back for four weeks “we stopped this: name tags” of 13 March: “"
    )


def test_of_several_changes_the_newest_is_named_and_the_others_are_counted() -> None:
    history = evenings(*_each(38), *_each(20, 100))
    older = Noted(CHANGE.day - timedelta(days=5), "name tags")
    keep = told(history, CHANGE, older)[-2].says
    assert "Keep “we ask twice” of 13 March, the newest of 2 changes of yours: “" in keep
    assert "rose after them, which is no proof" in keep


def test_what_changed_while_the_time_before_ran_was_around_it() -> None:
    history = evenings(*_each(38), *_each(20, 100))
    for day, placed in ((ago(90), "after"), (ago(91), "around"), (ago(170), "around")):
        keep = told(history, Noted(day, "we ask twice"))[-2].says
        assert f"rose {placed} it, which is no proof" in keep
    mixed = told(history, CHANGE, Noted(ago(120), "name tags"))[-2].says
    assert "rose around them, which is no proof" in mixed


def test_what_came_too_late_to_be_seen_is_no_neighbour() -> None:
    history = evenings(*_each(38), *_each(20, 100))
    late = Noted(ago(5), "we sing")
    says = [each.says for each in told(history, late)]
    assert not any("we sing" in each or each.startswith("Keep") for each in says)
    assert says[-2].startswith("No figure says what to keep or to stop: no change of yours is on")


def test_no_clear_change_is_said() -> None:
    history = evenings(*_each(30), *_each(31, 100))
    assert told(history)[1].says == (
        "Nothing has clearly changed, so no figure says what to keep or to stop. Of people who "
        "said yes, 75% (90 of 120) came in the 90 days to 31 May, likely 67 to 82%."
    )


def test_what_happens_no_more_stands_first_and_is_where_to_start() -> None:
    history = held(*((days, 30) for days in range(150, 400, 14)))
    quiet = [each.says for each in story(facts(history, T, steps=STEPS))]
    assert quiet == [
        "No event was held in the 150 days since 2 January, and none is planned.",
        "At the last 6 events 30 came to each; at the 6 before 30 to each: no clear change.",
        "Start this week: plan the next event, however small, with /event create.",
    ]
    first, *_, start = told(history)
    assert first.says.endswith("and the next one is on Thu 11 June.")
    assert start.says == "Start this week: tell those who came last of the event on Thu 11 June."


def test_a_usual_gap_is_not_silence_and_a_missing_plan_is_said() -> None:
    quarterly = held(*((days, 30) for days in (80, 170, 260, 350)))
    first = story(facts(quarterly, T, steps=STEPS))[0]
    assert first.says == "No next event is planned."
    assert told(quarterly)[0].key == "came"


def test_where_nobody_notes_who_came_that_is_the_one_thing_to_do() -> None:
    history = held(*((days, None) for days in range(10, 340, 30)), (355, 9))
    first, came, *_, start = told(history)
    assert first.says == "At 11 of 12 events in the last twelve months nobody noted who came."
    assert len(first.rows) == 11
    assert came.says == "At the one event with a list of who came 9 came."
    assert start.says == (
        "Start this week: say who came, event by event, with /event close. It takes a minute each."
    )
    assert told(held((10, None)))[0].says.startswith("At the one event in the last twelve months ")


def test_how_many_came_is_compared_only_where_six_events_can_tell() -> None:
    came = (38, 40, 33, 39, 41, 36, 20, 30, 24, 22, 25, 27)
    grown = held(*zip(range(7, 91, 7), came, strict=True))
    assert told(grown)[0].says == (
        "At the last 6 events 33 to 41 came, 38.5 in the middle; at the 6 before 20 to 30, 24.5 in "
        "the middle: likely 9 to 18 more now."
    )
    one = held((10, 30))
    assert [each.says for each in told(one)][:1] == ["At the one event 30 came."]
    assert told(one)[-1].says == (
        "There is too little on record to tell anything yet. Note who comes to your next events, "
        "with /event close, and the first figures follow."
    )
    gaps = told(held((10, 30), (20, None), (30, 34)))[0].says
    assert gaps == "At the last 2 events with a list of who came 30 to 34 came, 32 in the middle."


def test_a_day_of_another_year_has_its_year() -> None:
    builds = tuple(Build(f"p{n}", ago(500), DEMO, "n500") for n in range(30))
    found = facts(History(nights=held((500, 30), (8, 30)).nights, builds=builds), T, steps=STEPS)
    says = " ".join(each.says for each in story(replace(found, coming=COMING)))
    assert "days to 31 May 2025" in says


def test_promises_that_slip_and_open_actions_are_named_without_their_owners() -> None:
    history = evenings(*_each(30), *_each(31, 100))
    due = tuple(ToDo(f"a{n}", "n10", f"Title {n}", ago(9 - n), n == 4) for n in range(5))
    says = [each.says for each in told(history, to_do=due)]
    promised = next(each for each in says if each.startswith("Tasks set after events slip: 1 of 5"))
    assert promised.endswith("the oldest open one is “Title 0”.")
    assert says[-1].endswith("Still to do from a look back: “Title 0”.")


def test_with_little_on_record_the_step_is_to_write_more_down() -> None:
    says = [each.says for each in told(evenings((10, 9, 8)))]
    assert says[1].startswith("It is too early to speak of changes, so no figure says what to")
    assert says[1].endswith(
        "Of people who said yes, 8 of 9 came in the 90 days to 31 May, likely 57 to 98%."
    )
    assert says[-1] == "Start this week: write more down. Note trust."


def test_the_stage_that_holds_the_wheel_back_is_where_to_start() -> None:
    says = _turned(Share(2, 40))
    (weakest,) = [each for each in says if "your weakest" in each]
    assert "feedback (demos with feedback within 48 hours: 5%, 2 of 40, likely 1 to 17%)" in weakest
    assert "next comes trust (" in weakest
    assert says[-1] == "Start this week, for feedback: do feedback."


def test_what_cannot_be_told_apart_is_never_called_lowest() -> None:
    says = " ".join(_turned(Share(25, 40)))
    assert "your weakest can't be told yet: feedback (" in says
    assert "62%, 25 of 40" in says
    assert "75%, 30 of 40" in says
    assert "lowest" not in says


def test_what_has_its_place_at_an_event_waits_for_the_next_one() -> None:
    steps = STEPS | {"feedback": Step("Feedback", "Ask.", "Note.", at_event=True)}
    assert _turned(Share(2, 40), steps, None)[-1] == (
        "Start this week: plan the next event, with /event create. There, for feedback: ask."
    )
    on = date(2026, 6, 18)
    assert _turned(Share(2, 40), steps, on)[-1] == (
        "Start at the next event, on Thu 18 June, for feedback: ask."
    )


def _turned(
    feedback: Share, steps: dict[str, Step] = STEPS, coming: date | None = COMING
) -> list[str]:
    known = facts(evenings((10, 40, 30)), T)
    stages = zip(known.wheel.stages, STAGES, strict=True)
    wheel = turned(T, tuple(_stage(each, key, feedback) for each, key in stages))
    found = Facts(known.history, T, known.figures, wheel, steps=steps, coming=coming)
    return [each.says for each in story(found)]


def _stage(stage: Stage, key: str, feedback: Share) -> Stage:
    share = feedback if key == "feedback" else Share(30, 40)
    main = type(stage.main)(stage.main.says, share, None, stage.main.window)
    return Stage(key, main)
