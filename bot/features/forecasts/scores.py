"""`/forecast scores`: how past ranges did, also when they were wrong."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from bot.actions import Role
from bot.context import Context, Via
from bot.features.forecasts import cards, store
from bot.features.forecasts.cards import Past
from bot.features.forecasts.feature import feature
from bot.features.forecasts.keeping import went
from bot.features.forecasts.model import ForecastOutcome
from bot.features.forecasts.working import priors_here
from bot.features.metrics.history import history
from bot.numbers.plans import Count, CountPrior, Look, Scored
from bot.numbers.records import records
from bot.numbers.scores import score
from bot.replies import OPTIONS, Card, Reply

LAST = 10
QUARTERS = 8
NONE_YET = (
    "No forecast is kept yet. `/forecast` makes one. When its time has come, it is scored here, "
    "also when it was wrong."
)


@feature.command("forecast scores", role=Role.ORGANISER)
async def scores(ctx: Context) -> Reply:
    """See how past forecasts did, also those that were wrong."""
    past = await _past(ctx)
    told = _apart(past)
    buttons = (back_test.button("How it would have done here"),)
    choice = None
    if past:
        options = tuple(cards.option(each) for each in past[:OPTIONS])
        choice = went.choice("See how one went", "forecast", options)
    update = ctx.call.via is Via.PRESS
    return Reply(
        cards.scores(
            score(told) if told else None,
            _headline(past, told),
            past,
            buttons,
            choice,
        ),
        update=update,
    )


@feature.action("forecast look-back", role=Role.ORGANISER)
async def back_test(ctx: Context) -> Reply:
    """How the method would have done on the quarters that are on record."""
    known, priors, today = await history(ctx), await priors_here(ctx), ctx.today
    await ctx.close()
    counts = records(known, today).attendance
    looks = await asyncio.to_thread(_looks, counts, today, priors.attendance)
    back = scores.button("Back to the scores")
    if not looks:
        text = (
            "Two quarters with events at which somebody noted who came are the least. Until then "
            "I can't look back."
        )
        return Reply(Card("Not enough is on record yet", text, buttons=(back,)), update=True)
    found = score([each.scored for each in looks])
    return Reply(cards.looked_back(looks, found, (back,)), update=True)


async def _past(ctx: Context) -> list[Past]:
    told: defaultdict[str, dict[str, ForecastOutcome]] = defaultdict(dict)
    for each in await store.outcomes(ctx):
        told[each.forecast_id][each.outcome] = each
    return [Past(row, row.kept, told[row.id]) for row in await store.forecasts(ctx)]


def _apart(past: Sequence[Past]) -> list[Scored]:
    """Of people at the events, newest first; for the same days only the first that was issued, so
    that a quarter counts once however often it was kept, and nobody chooses which."""
    counted: list[Past] = []
    for each in reversed(past):
        came = each.outcomes.get("attendance")
        alone = not any(_overlap(each, other) for other in counted)
        if came is not None and came.came is not None and alone:
            counted.append(each)
    return [_scored(each) for each in reversed(counted)]


def _overlap(one: Past, other: Past) -> bool:
    return one.row.starts <= other.row.ends and other.row.starts <= one.row.ends


def _scored(past: Past) -> Scored:
    (people,) = (each for each in past.kept.forecast.outlooks if each.outcome == "attendance")
    last, mean = (past.kept.usual or {}).get("attendance", (None, None))
    return Scored(people.quantiles, past.outcomes["attendance"].came or 0, last, mean)


def _looks(counts: Sequence[Count], today: date, prior: CountPrior) -> tuple[Look, ...]:
    from bot.numbers.backtest import look_back  # half a second, and most starts need it not

    return look_back(counts, today, QUARTERS, prior)


def _headline(past: Sequence[Past], told: Sequence[Scored]) -> str:
    """Both newest first, so that the first are the last ones."""
    if not past:
        return NONE_YET
    if not told:
        return (
            "None of your forecasts is scored yet: their time has not come, no event was held, or "
            "nobody noted who came."
        )
    last = told[:LAST]
    held = score(last).held_80.part
    if len(last) == 1:
        return f"Our one range so far {'held' if held else 'did not hold'}."
    which = f"last {len(last)}" if len(told) > LAST else f"{len(last)}"
    return f"**{held} of our {which} ranges held.** A good method holds about 8 of 10."
