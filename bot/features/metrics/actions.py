"""`/metric`: one figure, how sure it is, and the rows behind it; `/staff`: who is in none."""

import asyncio
from typing import Annotated

from bot.actions import Feature, Role, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.metrics import cards, store
from bot.features.metrics.history import history
from bot.markup import bulleted, plain, shorten
from bot.numbers.behind import behind
from bot.numbers.metrics import METRICS, Metric, figures, met_again, metric_called, metric_near
from bot.numbers.words import within
from bot.paging import Page
from bot.people import Person, one_called, people_like
from bot.replies import OPTION_LABEL, OPTIONS, Button, Card, Option, Reply

feature = Feature("metrics")

RETURNING = "returning-attendee-rate"
"""Beside it stands how many have met several times."""


async def metrics_like(ctx: Context, text: str) -> tuple[Option, ...]:
    wanted = text.strip().casefold()
    return tuple(
        _option(each)
        for each in METRICS.values()
        if wanted in f"{each.name} {each.label} {each.key}".casefold()
    )


def _option(metric: Metric) -> Option:
    return Option(shorten(f"{metric.name}: {within(metric.label)}", OPTION_LABEL), metric.key)


async def names_like(ctx: Context, text: str) -> tuple[Option, ...]:
    found = await people_like(ctx.session, ctx.space, text.removeprefix("@"), OPTIONS)
    return tuple(Option(name, name) for name in found if 1 <= len(name) <= OPTION_LABEL)


@feature.command("metric", role=Role.ORGANISER, example="returning-builder-rate")
async def metric(
    ctx: Context, name: Annotated[str | None, "Which figure", Suggest(metrics_like)] = None
) -> Reply:
    """See one figure, how sure it is, and the rows behind it."""
    if name is None:
        return await _all(ctx)
    found = metric_called(name)
    if found is None:
        near = metric_near(name)
        guess = f" Did you mean `/metric {near.key}`?" if near else ""
        raise UserError(
            f"There is no figure called “{plain(name, 40)}”.{guess} `/metric` alone lists all of "
            "them.",
            "name",
        )
    return await _one(ctx, found)


@feature.action("metric rows", role=Role.ORGANISER, noted=False)
async def rows(
    ctx: Context,
    name: Annotated[str, "Which figure"],
    page: Annotated[int, "Which page"] = 1,
) -> Reply:
    found = _known(name)
    past = await history(ctx)
    figure = (await asyncio.to_thread(figures, past, ctx.today, found))[0]
    all_ = behind(past, figure)
    at = Page.of(page, len(all_), cards.PAGE)
    shown = at.shown(all_)
    names = await store.called(ctx, found.rows, (each.id for each in shown))
    turn = at.beside(rows, "Previous", "Next", name=name)
    back = metric.button("Back to the figure", name=name)
    card = cards.rows(
        found, shown, names, page=at.number, pages=at.last, total=len(all_), buttons=(*turn, back)
    )
    return Reply(card, update=True)


@feature.command("staff", role=Role.ORGANISER, example="@ada", form="Who is staff")
async def staff(
    ctx: Context,
    person: Annotated[str | None, "Who: a name or a mention", Suggest(names_like)] = None,
) -> Reply:
    """See and say who is staff: they are left out of every figure."""
    if person is None:
        return Reply(await _staff(ctx))
    whom, _ = await one_called(ctx.session, ctx.space, person)
    known = {each.id for each in await store.staff(ctx)}
    return await _mark(ctx, whom, to=whom.id not in known)


@feature.action("staff set", role=Role.ORGANISER)
async def set_staff(
    ctx: Context, person: Annotated[str, "Who"], to: Annotated[bool, "Staff or not"]
) -> Reply:
    gone = "I don't know them any more. `/staff` shows who is staff."
    return await _mark(ctx, await ctx.get_own(Person, person, gone), to=to)


async def _all(ctx: Context) -> Reply:
    past = await history(ctx)
    found = await asyncio.to_thread(figures, past, ctx.today)
    options = tuple(map(_option, METRICS.values()))
    choice = metric.choice("Open one", "name", options)
    empty = all(each.measure is None for each in found)
    return Reply(cards.all_(found, choice, empty=empty), update=ctx.call.via is Via.PRESS)


async def _one(ctx: Context, found: Metric) -> Reply:
    other = METRICS[found.counter]
    past = await history(ctx)
    figure, beside = await asyncio.to_thread(figures, past, ctx.today, found, other)
    buttons: list[Button] = []
    if figure.rows:
        buttons.append(rows.button("Show the rows", name=found.key))
    buttons.append(metric.button(f"See: {other.name}", name=other.key))
    buttons.append(metric.button("All numbers"))
    met = ""
    if found.key == RETURNING:
        met = await asyncio.to_thread(met_again, past, figure.window)
    card = cards.figure(figure, beside, tuple(buttons), met)
    return Reply(card, update=ctx.call.via is Via.PRESS)


def _known(name: str) -> Metric:
    found = METRICS.get(name)
    if found is None:
        raise UserError("That figure is gone. `/metric` lists all of them.")
    return found


async def _staff(ctx: Context) -> Card:
    people = await store.staff(ctx)
    text = (
        "Staff would be there anyway, so they are left out of every figure, and each figure says "
        "so. `/staff @name` marks somebody, and a second time takes it back."
    )
    listed = bulleted(plain(each.name, 60) for each in people[:OPTIONS])
    more = f"and {len(people) - OPTIONS} more" if len(people) > OPTIONS else ""
    nobody = "" if people else "Nobody is marked yet."
    return Card("Staff", "\n\n".join(filter(None, [text, listed, more, nobody])))


async def _mark(ctx: Context, person: Person, *, to: bool) -> Reply:
    name, pressed = plain(person.name, 60), ctx.call.via is Via.PRESS
    undo = set_staff.button("Undo", person=person.id, to="no" if to else "yes")
    if not await store.mark(ctx, person, staff=to):
        now = "staff already" if to else "not staff"
        return Reply(Card("Nothing to change", f"{name} is {now}."), update=pressed)
    if to:
        text = f"{name} is staff now, and in no figure any more. Each figure says so."
    else:
        text = f"{name} is not staff any more, and counts in every figure again."
    return Reply(Card("Staff is changed", text, buttons=(undo,)), update=pressed)
