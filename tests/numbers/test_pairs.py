"""Who met whom is counted as one would by hand, whatever way it is worked out."""

from collections.abc import Sequence, Set
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.metrics import met_again
from bot.numbers.pairs import pairs
from bot.numbers.rows import History, Night, Window

EVENINGS = (
    {"ada", "bob", "cleo"},
    {"ada", "bob"},
    {"ada", "bob", "dan"},
    {"cleo", "dan"},
    set[str](),
)


def test_pairs_are_worked_out_by_hand() -> None:
    """Ada and Bob met three times; both met Cleo and Dan once, who met each other once."""
    assert [pairs(EVENINGS, together) for together in (1, 2, 3, 4)] == [6, 1, 1, 0]
    assert pairs((), 1) == 0


@given(st.lists(st.sets(st.sampled_from("abcdefghij")), max_size=8), st.integers(1, 4))
def test_patterns_count_as_people_do(evenings: list[set[str]], together: int) -> None:
    assert pairs(evenings, together) == _by_hand(evenings, together)


def _by_hand(evenings: Sequence[Set[str]], together: int) -> int:
    people = sorted(set().union(*evenings))
    return sum(
        sum({one, other} <= here for here in evenings) >= together
        for one, other in combinations(people, 2)
    )


def test_few_pairs_are_not_told_and_what_lies_outside_the_window_is_not_counted() -> None:
    start = date(2026, 1, 1)

    def told(people: str, nights: int) -> str:
        days = [start + timedelta(days=n) for n in range(nights)]
        held = tuple(
            Night(str(day), "Demo night", day, len(people), here=set(people)) for day in days
        )
        return met_again(History(nights=held), Window(start, start + timedelta(days=3)))

    assert told("abcd", 3) == "6 pairs of people met at 3 or more of these 3 events."
    assert told("abc", 3) == ""
    assert told("abcd", 2) == ""
    unlisted = Night("x", "Demo night", start, here=set("abcd"))
    held = tuple(Night(str(n), "Demo night", start, 4, here=set("abcd")) for n in range(3))
    window = Window(start, start + timedelta(days=3))
    assert met_again(History(nights=(unlisted, *held)), window).endswith(" of these 3 events.")
    assert told("abcd", 9) == told("abcd", 3)
