"""Who came, event by event, as a picture and in words. Pure."""

from collections.abc import Sequence

from bot.charts import Column, columns
from bot.markup import shorten
from bot.numbers.came import YEAR, how_many
from bot.numbers.rows import Night, last
from bot.numbers.story import Facts
from bot.replies import ALT_TEXT, File, Picture

ROOM = 0.2
"""Of the columns: so wide is a label with its year."""
LEAST = 2
"""Events with a list of who came; one column says nothing."""


def attendance(facts: Facts) -> Picture | None:
    """The last twelve months. These are counts, so that they have no interval."""
    nights = facts.history.held(last(YEAR, facts.as_of))
    known = [night for night in nights if night.present is not None]
    if len(known) < LEAST:
        return None
    labels = quarters(nights)
    bars = tuple(
        Column(labels.get(at, ""), night.present, night.newcomers)
        for at, night in enumerate(nights)
    )
    drawn = columns(bars, "came", "of them for the first time on record")
    return Picture(File("attendance.png", drawn, "image/png"), shorten(_said(known), ALT_TEXT))


def quarters(nights: Sequence[Night]) -> dict[int, str]:
    """A month below the first event of each quarter, with the year first and at its turn. A
    quarter that is cut off at the beginning has no room for one."""
    quarters = [(night.day.year, (night.day.month - 1) // 3) for night in nights]
    begins = [at for at, each in enumerate(quarters) if each not in quarters[:at]]
    if len(begins) > 1 and begins[1] < ROOM * len(nights):
        del begins[0]
    labels, year = {}, 0
    for at in begins:
        day = nights[at].day
        labels[at] = f"{day:%b}" if day.year == year else f"{day:%b %Y}"
        year = day.year
    return labels


def _said(nights: Sequence[Night]) -> str:
    newest = nights[-1]
    nameless = f"; of {newest.nameless} without an account nobody knows" if newest.nameless else ""
    return (
        f"Who came to {len(nights)} events in the last twelve months, as columns. "
        f"{how_many(nights)}. "
        f"At the newest, on {newest.day.day} {newest.day:%B}, it was {newest.present}, "
        f"{newest.newcomers} of them for the first time on record{nameless}."
    )
