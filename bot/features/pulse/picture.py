"""Who came, event by event, as a picture and in words. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bot.charts import Column, columns
from bot.markup import shorten
from bot.numbers.came import YEAR, middle, spread
from bot.numbers.rows import Night, last
from bot.numbers.story import Facts
from bot.replies import ALT_TEXT, File, Picture

LEAST = 2
"""Events with a list of who came; one column says nothing."""


def attendance(facts: Facts) -> Picture | None:
    """The last twelve months. These are counts, so that they have no interval."""
    nights = facts.history.held(last(YEAR, facts.as_of))
    known = [night for night in nights if night.present is not None]
    if len(known) < LEAST:
        return None
    bars = tuple(
        Column(_month(nights, at), night.present, night.newcomers)
        for at, night in enumerate(nights)
    )
    drawn = columns(bars, "came", "of them for the first time on record")
    return Picture(File("attendance.png", drawn, "image/png"), shorten(_said(known), ALT_TEXT))


def _month(nights: Sequence[Night], at: int) -> str:
    """The month below its first event."""
    day = nights[at].day
    before = nights[at - 1].day if at else day - timedelta(days=31)
    return f"{day:%b}" if (day.year, day.month) != (before.year, before.month) else ""


def _said(nights: Sequence[Night]) -> str:
    newest = nights[-1]
    return (
        f"Who came to {len(nights)} events in the last twelve months, as columns. "
        f"{spread(nights)} came, {middle(nights)} in the middle. "
        f"At the newest, on {newest.day.day} {newest.day:%B}, it was {newest.present}, "
        f"{newest.newcomers} of them for the first time on record."
    )
