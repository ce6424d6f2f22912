"""The flywheel names a stage only when the data can tell."""

from datetime import date, timedelta

from bot.numbers.figures import Share
from bot.numbers.flywheel import Indicator, Stage, turned, wheel
from bot.numbers.rows import DEMO, Build, History, Night, Spark

T = date(2026, 6, 1)
KEYS = ("trust", "safety", "sharing", "feedback", "collaboration", "outcomes", "proof")


def stages(*shares: Share | None) -> tuple[Stage, ...]:
    return tuple(Stage(k, Indicator("so", s)) for k, s in zip(KEYS, shares, strict=True))


def ago(days: int) -> date:
    return T - timedelta(days=days)


def test_a_stage_that_stands_apart_is_named() -> None:
    high = [Share(30, 40)] * 6
    found = turned(T, stages(*high[:3], Share(2, 40), *high[3:]))
    assert found.weakest == "feedback"
    assert [each.key for each in found.lowest] == ["feedback", "trust"]


def test_stages_that_lie_close_cannot_be_told_apart() -> None:
    """Both are shown with their figures, as much of each as its number can tell."""
    found = turned(T, stages(*[Share(30, 40)] * 5, Share(4, 19), Share(12, 40)))
    assert found.weakest is None
    assert found.why_not == (
        "Outcomes (so: 4 of 19, likely 9 to 43%) and proof (so: 30%, 12 of 40, likely 18 to 45%) "
        "are too close to tell apart."
    )


def test_a_stage_has_to_lie_below_all_others_and_not_only_the_next() -> None:
    """Feedback lies apart from safety, the next by value; but of proof, higher by value, so little
    is known that it may be lower still."""
    shares = [Share(30, 40)] * 4
    found = turned(T, stages(shares[0], Share(66, 100), shares[1], Share(40, 100), *shares[2:],
                             Share(4, 6)))  # fmt: skip
    assert found.weakest is None
    assert [each.key for each in found.lowest] == ["feedback", "proof"]


def test_too_little_is_said_of_which() -> None:
    found = turned(T, stages(*[Share(30, 40)] * 5, None, Share(1, 4)))
    assert found.weakest is None
    assert not found.lowest
    assert "outcomes and proof" in found.why_not


def test_indicators_are_worked_out_by_hand() -> None:
    nights = tuple(Night(f"n{n}", "Demo night", ago(n), present=9) for n in (170, 100, 60, 40, 10))
    builds = (
        Build("ada", ago(100), DEMO, "n100", unfinished=True, heard=True),
        Build("bob", ago(100), DEMO, "n100"),
        Build("cleo", ago(40), DEMO, "n40", unfinished=True),
        Build("ada", ago(1), DEMO, "n10", heard=True),
    )
    history = History(nights=nights, builds=builds, sparks=(Spark("s", ago(45)),))
    found = {stage.key: stage for stage in wheel(history, T).stages}
    assert found["safety"].main.share == Share(2, 4)
    assert found["sharing"].main.share == Share(3, 4), "nobody noted demos before the first"
    assert found["feedback"].main.share == Share(1, 3), "the last one may still be heard"
    assert found["collaboration"].main.share == Share(1, 2), "nor sparks"
    assert found["outcomes"].main.share is None
    assert "4 demos at 4 events" in found["sharing"].besides


def test_an_empty_community_has_a_wheel_that_cannot_tell() -> None:
    found = wheel(History(), T)
    assert [stage.key for stage in found.stages] == list(KEYS)
    assert found.weakest is None
    assert found.why_not
