"""Forecasts that were kept: shown again the same, and scored when their time has come."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated

from bot import charts
from bot.actions import Role
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.forecasts import cards, picture, store
from bot.features.forecasts.feature import feature
from bot.features.forecasts.model import HELD, ForecastOutcome, Kept, KeptForecast
from bot.features.metrics.history import history
from bot.numbers.records import DEMOS, MATURE, RECORDED, happened, unseen
from bot.numbers.rows import History
from bot.outbox import Promise
from bot.people import directly
from bot.platform import Letter
from bot.replies import Button, Card, Press, Reply, Style
from bot.schedule import at_hour

HOUR = 9
PATIENCE = timedelta(days=90)
NOTED = ("sparks", "ships")
"""What is on record only where somebody tells of it."""
WhichOne = Annotated[str, "Which forecast"]


@feature.action("forecast show", role=Role.ORGANISER)
async def show(ctx: Context, forecast: WhichOne) -> Reply:
    """A forecast as it was issued."""
    kept = (await store.forecast_of(ctx, forecast)).kept
    await charts.ready()
    drawn = await charts.drawn(lambda: picture.of(kept))
    buttons = (
        went.button("What became of it", forecast=forecast),
        why.button("What it rests on", forecast=forecast),
        _all(),
    )
    return Reply(cards.ranges(kept, cards.issued(kept), drawn, buttons), update=True)


@feature.action("forecast went", role=Role.ORGANISER)
async def went(ctx: Context, forecast: WhichOne) -> Reply:
    """What became of a forecast, as far as it is known."""
    row = await store.forecast_of(ctx, forecast)
    told = {each.outcome: each for each in await store.outcomes(ctx, forecast)}
    buttons = [
        show.button("The forecast as issued", forecast=forecast),
        *_again(ctx.today, row.kept, told.values(), forecast),
        _all(),
    ]
    return Reply(cards.went(cards.Past(row, row.kept, told), buttons), update=True)


@feature.action("forecast why", role=Role.ORGANISER)
async def why(ctx: Context, forecast: WhichOne) -> Reply:
    """What a kept forecast rests on."""
    row = await store.forecast_of(ctx, forecast)
    back = show.button("Back to the forecast", forecast=forecast)
    return Reply(cards.basis(row.kept, (back,)), update=True)


@feature.action("forecast score", role=Role.ORGANISER)
async def again(ctx: Context, forecast: WhichOne) -> Reply:
    """Look again at what could not be scored: somebody may have noted it since."""
    row = await store.forecast_of(ctx, forecast)
    if not await score(ctx, row):
        raise UserError(
            "There is nothing more to score yet. Note who came with `/event close`, and try again."
        )
    back = show.button("Open it", Style.MAIN, forecast=forecast)
    return Reply(
        Card("Scored", "What was noted since is scored now.", buttons=(back,)), update=True
    )


async def promise(scene: Scene, row: KeptForecast) -> datetime:
    """To score it: first after a week, and again when more can be told. Returns the first time."""
    dues = [(days, _due(scene, row.ends, days)) for days in sorted(set(MATURE.values()))]
    await scene.outbox.later_many(
        Promise(
            "forecasts.score", f"forecast-score:{row.id}:{days}", due, None, {"forecast": row.id}
        )
        for days, due in dues
    )
    return dues[0][1]


@feature.delivery("forecasts.score", grace=PATIENCE)
async def scoring(scene: Scene, forecast: str) -> None:
    """Whoever issued it hears of it when the first outcomes are told, or that there are none."""
    row = await scene.session.get(KeptForecast, forecast, with_for_update=True)
    if row is None or row.community_id != scene.community.id:
        return
    told = await score(scene, row)
    if row.issued_by and (told or await _none_held(scene, row)):
        key = f"forecast-told:{forecast}"
        await scene.outbox.later(
            "forecasts.told", key=key, due=scene.now, person=row.issued_by, forecast=forecast
        )


@feature.delivery("forecasts.told", grace=timedelta(days=14))
async def telling(scene: Scene, forecast: str) -> Letter | None:
    """Without a number: it is for whoever is an organiser then."""
    row = await scene.session.get(KeptForecast, forecast)
    to = await directly(scene.session, row.issued_by) if row and row.issued_by else None
    if row is None or to is None:
        return None
    none = await _none_held(scene, row)
    after = ". No event was held, so there is nothing to score." if none else ", and it is scored."
    text = f"The time of a forecast that you issued is over{after}"
    title = f"How it went: {row.starts.day} {row.starts:%b %Y} to {row.ends.day} {row.ends:%b %Y}"
    buttons = (went.button("See how it did", Style.MAIN, forecast=forecast),)
    return Letter(to, Reply(Card(title, text, buttons=buttons), private=False))


async def _none_held(scene: Scene, row: KeptForecast) -> bool:
    told = await store.outcomes(scene, row.id)
    return any(each.outcome == HELD and each.came == 0 for each in told)


async def score(scene: Scene, row: KeptForecast) -> bool:
    """Write down what is known by now, and how many events were held. What was scored stays; what
    could not be is looked at again. Without an event there was no opportunity, and nothing is
    scored. Returns whether something was."""
    kept, known = row.kept, await history(scene)
    told = {each.outcome: each for each in await store.outcomes(scene, row.id)}
    held = len(known.held(kept.window))
    came = {**(happened(known, kept.window) if held else {}), HELD: held}
    news = False
    for name in (*_ripe(kept, scene.today), HELD):
        before = told.get(name)
        if before is None:
            before = ForecastOutcome(forecast_id=row.id, outcome=name, scored_at=scene.now)
            scene.session.add(before)
        elif before.came is not None and name != HELD:
            continue
        before.came, before.scored_at = came.get(name), scene.now
        before.why = _why_not(known, kept, name) if before.came is None else None
        news = news or (name != HELD and before.came is not None)
    await scene.session.flush()
    return news


def _ripe(kept: Kept, today: date) -> list[str]:
    """Outcomes that can be told by now."""
    return [
        each.outcome
        for each in kept.forecast.outlooks
        if kept.window.end + timedelta(days=MATURE[each.outcome]) <= today
    ]


def _why_not(known: History, kept: Kept, name: str) -> str:
    began = known.began(RECORDED[name])
    if name in NOTED and (began is None or began >= kept.window.end):
        return "nobody had noted any by then"
    if not known.held(kept.window):
        return "no event was held"
    if name in DEMOS:
        return "no event had slots for demos"
    number = unseen(known, kept.window)
    events = "1 event" if number == 1 else f"{number} events"
    return f"nobody noted who came to {events}"


def _due(scene: Scene, ends: date, days: int) -> datetime:
    return at_hour(ends + timedelta(days=days + 1), HOUR, scene.community.zone)


def _all() -> Button:
    return Button("All forecasts", Press("forecast scores"))


def _again(today: date, kept: Kept, told: Iterable[ForecastOutcome], forecast: str) -> list[Button]:
    """Where something could not be scored, or was not although its time has come."""
    known = {each.outcome for each in told if each.came is not None}
    missing = set(_ripe(kept, today)) - known
    return [again.button("Try to score it again", forecast=forecast)] if missing else []
