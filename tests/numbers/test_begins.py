"""Each kind of record begins on its own day: before it there is none, which is not 0."""

from datetime import date, timedelta

from bot.numbers.figures import PerEvent, Share
from bot.numbers.flywheel import wheel
from bot.numbers.metrics import METRICS
from bot.numbers.rows import DEMO, HELP, TALK, Build, First, History, Night, Retro, Spark
from bot.numbers.story import facts, story
from bot.numbers.words import changed

T = date(2026, 6, 1)


def ago(days: int) -> date:
    return T - timedelta(days=days)


WEEKS = range(120, 0, -1)
NIGHTS = tuple(Night(f"n{week}", "Night", ago(7 * week), 20, 2, 20, 15) for week in WEEKS)
"""Two years of lists of who came, as an import brings them."""
FIRSTS = tuple(First(f"p{week}", ago(7 * week), f"n{week}") for week in WEEKS)


def sparks(*weeks: int) -> tuple[Spark, ...]:
    return tuple(Spark(f"s{week}", ago(7 * week - 2)) for week in sorted(weeks, reverse=True))


def test_sparks_of_a_young_record_are_no_rise() -> None:
    """For half a year sparks are noted: a window is known, and none before it."""
    history = History(nights=NIGHTS, firsts=FIRSTS, sparks=sparks(*range(5, 27)))
    found = METRICS["collaboration-sparks"].at(history, T)
    assert found.measure == PerEvent(22, 22)
    assert found.window.start == ago(7 * 26)
    assert found.before is None
    assert not found.is_changed
    assert changed(found).endswith(f"until {ago(7 * 26 - 390).day} December 2026.")
    assert not any("park" in each.says for each in story(facts(history, T)) if "rose" in each.says)
    collaboration = wheel(history, T).stages[4].main
    assert (collaboration.share, collaboration.before) == (Share(22, 22), None)


def test_what_nobody_noted_is_not_none() -> None:
    history = History(nights=NIGHTS, firsts=FIRSTS)
    found = METRICS["collaboration-sparks"].at(history, T)
    assert (found.measure, found.why_not) == (None, "Sparks: none is on record yet.")
    found = METRICS["first-time-to-demo"].at(history, T)
    assert (found.measure, found.why_not) == (None, "Demos: none is on record yet.")
    by_key = {stage.key: stage for stage in wheel(history, T).stages}
    for key in ("sharing", "collaboration"):
        assert by_key[key].main.share is None
        assert by_key[key].besides == ()


def test_a_window_before_the_records_says_when_it_can_be_told() -> None:
    history = History(nights=NIGHTS, firsts=FIRSTS, sparks=sparks(2))
    found = METRICS["collaboration-sparks"].at(history, T)
    says = (
        "Sparks are on record only from 18 May 2026 on, so this can't be told before 18 June 2026."
    )
    assert (found.measure, found.why_not) == (None, says)
    later = date(2026, 6, 17)
    assert METRICS["collaboration-sparks"].at(history, later).measure is None
    found = METRICS["collaboration-sparks"].at(history, later + timedelta(days=1))
    assert found.measure == PerEvent(1, 1)
    assert found.notes == (
        "Sparks are on record only from 18 May 2026 on: what was before is left out.",
    )


def test_an_old_record_has_its_zero_and_its_change() -> None:
    old = sparks(110, *range(31, 57))
    found = METRICS["collaboration-sparks"].at(History(nights=NIGHTS, sparks=old), T)
    assert found.measure == PerEvent(0, 26)
    assert found.before == PerEvent(25, 25)
    assert found.is_changed


def test_who_came_before_demos_were_noted_did_not_fail_to_show_one() -> None:
    builds = (Build("p40", ago(7 * 38), DEMO), Build("p39", ago(7 * 30), DEMO))
    found = METRICS["first-time-to-demo"].at(
        History(nights=NIGHTS, firsts=FIRSTS, builds=builds), T
    )
    assert found.measure == Share(0, 13), "those of week 38 to 26"
    assert found.window.start == ago(7 * 38)


def test_demos_that_join_imported_talks_are_no_change() -> None:
    talks = [Build(f"t{n % 30}", ago(7 * n), TALK) for n in range(120, 0, -1)]
    demos = [Build(f"d{n % 9}", ago(n), DEMO) for n in range(130, 0, -2)]
    metric = METRICS["new-speaker-share"]

    def at(*builds: Build) -> object:
        rows = tuple(sorted(builds, key=lambda each: each.day))
        return metric.at(History(nights=NIGHTS, builds=rows), T).before

    assert at(*talks) == Share(0, 26)
    assert at(*talks, *demos) is None
    assert at(*talks, Build("h", ago(3), HELP)) == Share(0, 26), "help is no talk"


def test_retros_begin_with_the_first_that_opened() -> None:
    def at(first: int) -> object:
        retros = tuple(Retro(f"n{w}", ago(7 * w - 2), 10, 4) for w in range(first, 0, -1))
        return METRICS["retro-response"].at(History(nights=NIGHTS, retros=retros), T).before

    assert at(20) is None
    assert at(40) == Share(52, 130)
