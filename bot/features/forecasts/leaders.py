"""What forecasts tell on the page for leadership: those whose days are not over."""

from collections.abc import Iterator

from bot.context import Scene
from bot.features.forecasts import store, words
from bot.features.forecasts.cards import far, plan_of
from bot.features.forecasts.model import Kept
from bot.features.pulse.report import Expected, Outlook
from bot.markup import text_of
from bot.numbers import plans
from bot.numbers.plans import OUTCOMES
from bot.numbers.words import day, within

SHOWN = 3


async def current(scene: Scene) -> list[Expected]:
    """Newest first."""
    return [expected(row.kept) for row in await store.current(scene, SHOWN)]


def expected(kept: Kept) -> Expected:
    found = kept.plan
    return Expected(
        words.span(found.start, found.end),
        f"{plan_of(found)} Issued on {day(kept.forecast.issued)}.",
        tuple(_notes(kept)),
        tuple(_outlook(each, found) for each in kept.forecast.outlooks),
    )


def _outlook(each: plans.Outlook, plan: plans.Plan) -> Outlook:
    low, middle, high = (f"{round(each.at(share)):,}" for share in (0.1, 0.5, 0.9))
    return Outlook(
        OUTCOMES[each.outcome],
        low if low == high else f"{low} to {high}, middle {middle}",
        words.hoped(each),
        words.price(each, plan.currency),
        f"{each.rests_on:,} on record" if each.rests_on else "no records: our assumption",
    )


def _notes(kept: Kept) -> Iterator[str]:
    yield from map(text_of, far(kept))
    for mine in kept.assumed:
        yield f"What the organisers assume themselves, and nobody measured: “{mine}”."
    yield from kept.slots
    for each in kept.forecast.outlooks:
        if each.stop:
            name = OUTCOMES[each.outcome]
            yield f"{name}: {within(words.stop(each, len(kept.plan.events)))}"
