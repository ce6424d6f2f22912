"""`/forecast assumptions`: what is assumed while little is on record, and how to change it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from bot.actions import Role
from bot.context import Context, Via
from bot.errors import InvalidArguments, UserError
from bot.features.forecasts import cards
from bot.features.forecasts.feature import feature
from bot.features.forecasts.priors import ASSUMPTIONS, BY_KEY, priors_of, read_value, typed
from bot.features.program import store as texts
from bot.numbers.plans import Priors
from bot.replies import Button, OpenForm, Reply

OURS = "These are first guesses of ours."
CHANGED = "You have changed some of these."


@feature.command("forecast assumptions", role=Role.ORGANISER)
async def assumptions(ctx: Context) -> Reply:
    """See and change what forecasts assume while there is little on record."""
    words = await texts.words_of(ctx, ASSUMPTIONS)
    note = CHANGED if words else OURS
    return Reply(cards.assumptions(priors_of(words), note, _buttons()))


@feature.action("forecast assume", role=Role.ORGANISER, form="People and demos")
async def assume(
    ctx: Context,
    attendance: Annotated[str, "People at one event"] = "",
    newcomers: Annotated[str, "Of them there for the first time, in %"] = "",
    slots: Annotated[str, "Of four demo slots at an event, filled, in %"] = "",
    first_demos: Annotated[str, "Demos by first-time presenters, in %"] = "",
    feedback: Annotated[str, "Demos with feedback within 48 hours, in %"] = "",
) -> Reply | OpenForm:
    """People and demos. An empty field goes back to ours."""
    fields = {
        "attendance": attendance,
        "newcomers": newcomers,
        "slots": slots,
        "first_demos": first_demos,
        "feedback": feedback,
    }
    if ctx.call.via is not Via.FORM:
        return replace(assume.form(ctx), draft=await _draft(ctx, fields))
    return await _keep(ctx, fields)


@feature.action("forecast assume-more", role=Role.ORGANISER, form="What comes of it")
async def assume_more(
    ctx: Context,
    sparks: Annotated[str, "Sparks after one event"] = "",
    ships: Annotated[str, "Things that ship in a quarter, in %"] = "",
    renewals: Annotated[str, "Sponsors that renew, in %"] = "",
) -> Reply | OpenForm:
    """What comes of it. An empty field goes back to ours."""
    fields = {"sparks": sparks, "ships": ships, "renewals": renewals}
    if ctx.call.via is not Via.FORM:
        return replace(assume_more.form(ctx), draft=await _draft(ctx, fields))
    return await _keep(ctx, fields)


@feature.action("forecast assume-undo", role=Role.ORGANISER)
async def undo(ctx: Context, number: Annotated[int, "Which version"]) -> Reply:
    """Go back to what was assumed before."""
    made = await texts.take_back(ctx, ASSUMPTIONS, number, (await ctx.person()).id)
    again = undo.button("Undo", number=made.number)
    note = "They are as they were before."
    return Reply(cards.assumptions(priors_of(made.said), note, (again, *_buttons())), update=True)


async def _keep(ctx: Context, fields: Mapping[str, str]) -> Reply:
    """The other form's stay as they are."""
    read, wrong = {}, {}
    for key, text in fields.items():
        try:
            if text.strip():
                read[key] = read_value(BY_KEY[key], text)
        except UserError as error:
            wrong[key] = error.says
    if wrong:
        raise InvalidArguments(wrong)
    ours = Priors()
    changed = {
        key: value
        for key, value in read.items()
        if value != typed(ours, BY_KEY[key]).removesuffix("%")
    }
    before = await texts.words_of(ctx, ASSUMPTIONS)
    words = {key: value for key, value in before.items() if key not in fields} | changed
    made = await texts.write(ctx, ASSUMPTIONS, words, (await ctx.person()).id)
    note = "Kept, for forecasts from now on. Those that were issued stay as they are."
    buttons = (undo.button("Undo", number=made.number), *_buttons())
    return Reply(cards.assumptions(priors_of(words), note, buttons))


async def _draft(ctx: Context, fields: Mapping[str, str]) -> dict[str, str]:
    priors = priors_of(await texts.words_of(ctx, ASSUMPTIONS))
    return {key: typed(priors, BY_KEY[key]) for key in fields}


def _buttons() -> tuple[Button, ...]:
    return (
        assume.button("Change people and demos"),
        assume_more.button("Change what comes of it"),
    )
