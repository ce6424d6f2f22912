"""Being asked first, and `/privacy`: what is kept about me, all of it as a file, all of it gone."""

from datetime import timedelta
from typing import Annotated

from bot import consent
from bot.actions import Action, Feature, Role
from bot.context import Context
from bot.errors import UserError
from bot.features.privacy import cards
from bot.features.privacy.erasing import erase
from bot.features.privacy.export import export
from bot.features.privacy.holdings import Tally, tallies, whose
from bot.people import Person
from bot.replies import Card, File, OpenForm, Part, Reply, Style

feature = Feature("privacy")

VALID = timedelta(minutes=10)
"""How long the button that deletes everything works."""


async def ask_first(
    ctx: Context, then: Action, about: str = "", *, looks: bool = False
) -> Reply | None:
    """The card that asks, if they have not agreed yet; a yes goes on with `then`, whose first
    argument is the id `about`, if any.

    For what is personal by nature: `if first := await ask_first(ctx, map): return first`. Whoever
    is not known yet stays so until they say yes. What only `looks` at one's own needs no yes.
    """
    person = await ctx.known_person()
    if person and (person.agreed_at or looks):
        return None
    if person:
        person.asked_at = person.asked_at or ctx.now
    asks = ctx.content.privacy.asks
    buttons = consent.answers("Yes, that is fine", then.name, about)
    text = f"{asks.says}\n\n{asks.later}\n\n**Is that fine with you?**"
    if looks:
        text = f"Nothing of yours is kept yet, so there is nothing to read here.\n\n{text}"
    return Reply(Card("Before we begin", text, buttons=buttons))


@feature.action(consent.AGREE)
async def agree(
    ctx: Context,
    then: Annotated[str, "What to go on with"] = "",
    about: Annotated[str, "Of which one"] = "",
) -> Reply | OpenForm:
    """Say that it may keep what you tell it, and write to you."""
    person = await ctx.person()
    person.asked_at = person.asked_at or ctx.now
    person.agreed_at = person.agreed_at or ctx.now
    if not then:
        text = f"I may write to you from now on. {ctx.content.privacy.asks.later}"
        return Reply(Card("Thank you", text, buttons=(withdraw.button("Take it back"),)))
    action = ctx.registry.get(then)
    given = {action.params[0].name: about} if about and action.params else {}
    if action.role is not Role.MEMBER or action.missing(given):
        return Reply(Card("Thank you", f"To go on, please type `/{action.name}`."))
    return await action.handler(ctx, **action.bind(given))


@feature.action(consent.NOT_NOW)
async def not_now(ctx: Context) -> Reply:
    """Leave it for now. It is not asked again by itself."""
    if person := await ctx.known_person():
        person.asked_at = person.asked_at or ctx.now
    text = "I will not write to you, and I will not ask again by myself. `/privacy` has the switch."
    return Reply(Card("That is fine", text))


@feature.action("privacy withdraw")
async def withdraw(ctx: Context) -> Reply:
    """Take the yes back."""
    person = await _known(ctx)
    person.agreed_at = None
    text = (
        "I will not write to you any more. What I would have said, I tell you when you come by. "
        "What you told me is kept; `/privacy delete` deletes it."
    )
    buttons = (agree.button("You may write to me after all"),)
    return Reply(Card("I will not write to you", text, buttons=buttons))


@feature.command("privacy")
async def privacy(ctx: Context) -> Reply:
    """See what I keep about you, take it with you, or delete it."""
    person = await ctx.known_person()
    if person is None:
        card = cards.unknown(ctx.content.privacy)
        begin = agree.button("You may write to me"), sights.button("Who can see what")
        return Reply(Card(card.title, card.text, card.fields, begin))
    buttons = (
        take.button("Export"),
        delete.button("Delete everything", Style.RISKY),
        withdraw.button("Do not write to me any more")
        if person.agreed_at
        else agree.button("You may write to me"),
        sights.button("Who can see what"),
    )
    card = cards.kept(ctx, person, await _tallies(ctx, person))
    return Reply(Card(card.title, card.text, card.fields, buttons), update=True)


@feature.home()
async def my_privacy(ctx: Context) -> Part:
    person = await ctx.known_person()
    return Part(cards.at_a_glance(person), (privacy.button("My privacy"),))


@feature.action("privacy sees")
async def sights(ctx: Context) -> Reply:
    """Who can see what of me."""
    card = cards.sights(ctx.content.privacy)
    return Reply(Card(card.title, card.text, card.fields, (privacy.button("Back"),)), update=True)


@feature.command("privacy export")
async def take(ctx: Context) -> Reply:
    """Get all that I keep about you as one file."""
    person = await _known(ctx)
    file = File("what-is-kept-about-me.json", await export(ctx, person), "application/json")
    text = (
        "This file has all that I keep about you, from every account that you linked. "
        "It is JSON: any text editor opens it, and programs can read it."
    )
    return Reply(Card("All that I keep about you", text), files=(file,))


@feature.command("privacy delete")
async def delete(ctx: Context) -> Reply:
    """Delete all that I keep about you. I ask again first."""
    person = await _known(ctx)
    card = cards.going(await _tallies(ctx, person))
    buttons = (
        gone.button("Yes, delete it all", Style.RISKY, whom=person.id, at=int(ctx.now.timestamp())),
        take.button("Export it first"),
        privacy.button("Keep everything"),
    )
    return Reply(Card(card.title, card.text, card.fields, buttons), update=True)


@feature.action("privacy gone")
async def gone(
    ctx: Context,
    whom: Annotated[str, "Whose button this is"],
    at: Annotated[str, "When it was shown"],
) -> Reply:
    """The second press: nothing of them is left."""
    person = await _known(ctx)
    if person.id != whom:
        raise UserError("This button is not for you. `/privacy delete` is about what is yours.")
    if not at.isdecimal() or ctx.now.timestamp() - int(at) > VALID.total_seconds():
        raise UserError("This button has expired, so nothing was deleted. Type `/privacy delete`.")
    there_was = await erase(ctx, person)
    if there_was is None:
        raise UserError(NOTHING)
    return Reply(cards.gone(there_was), update=True)


NOTHING = f"{cards.NOTHING}, so there is nothing to do."


async def _known(ctx: Context) -> Person:
    person = await ctx.known_person()
    if person is None:
        raise UserError(NOTHING)
    return person


async def _tallies(ctx: Context, person: Person) -> list[Tally]:
    return await tallies(ctx.session, Person.metadata, await whose(ctx.session, person))
