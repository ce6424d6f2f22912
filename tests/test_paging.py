"""Pages of a list: which one, what stands on it, and the ways on."""

from typing import Annotated

import pytest

from bot.actions import Feature
from bot.context import Context
from bot.paging import Page, filled
from bot.replies import Card, Reply

feature = Feature("leaves")


@feature.action("leaf")
async def leaf(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    return Reply(Card(str(page)))


@pytest.mark.parametrize(
    ("wanted", "count", "number", "words", "shown", "labels"),
    [
        (1, 0, 1, "", [], []),
        (9, 3, 1, "", [0, 1, 2], []),
        (1, 4, 1, "page 1 of 2", [0, 1, 2], ["More →"]),
        (2, 7, 2, "page 2 of 3", [3, 4, 5], ["← Before", "More →"]),
        (99, 7, 3, "page 3 of 3", [6], ["← Before"]),
        (-5, 7, 1, "page 1 of 3", [0, 1, 2], ["More →"]),
    ],
)
def test_a_page_and_its_neighbours(
    wanted: int, count: int, number: int, words: str, shown: list[int], labels: list[str]
) -> None:
    """A list may have become shorter since its buttons were shown."""
    at = Page.of(wanted, count, 3)
    assert (at.number, at.words, list(at.shown(range(count)))) == (number, words, shown)
    assert [each.label for each in at.beside(leaf)] == labels
    turns = {each.label: each.press.values["page"] for each in at.around(leaf, "On", "First")}
    on = {"On": str(number + 1)} if number < at.last else {}
    assert turns == on or (turns == {"First": "1"} and number == at.last > 1)


def test_pages_that_hold_what_fits() -> None:
    assert filled([], len, 5) == [[]]
    assert filled(["aa", "bb", "cc", "dddddddd", "e"], len, 5) == [
        ["aa", "bb"],
        ["cc"],
        ["dddddddd"],
        ["e"],
    ]
    assert filled("abc", len, 9, most=2) == [["a", "b"], ["c"]]
