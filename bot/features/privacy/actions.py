"""Being asked first: nothing personal is kept or sent before a yes."""

from typing import Annotated

from bot.actions import Action, Feature, Role
from bot.context import Context
from bot.errors import UserError
from bot.replies import Card, OpenForm, Reply, Style

feature = Feature("privacy")

FIRST_CONTACT = (
    "I help people here to meet, to keep small promises and to look back once a week. "
    "I keep what you tell me with a command or a button, and I read no messages. "
    "If you agree I may also write to you directly, never at night and only a few times a week."
)
LATER = "You can see it all, take it with you or delete it at any time with `/privacy`."


async def ask_first(ctx: Context, then: Action) -> Reply | None:
    """The card that asks, if they have not agreed yet; a yes goes on with `then`.

    For what is personal by nature: `if first := await ask_first(ctx, map): return first`.
    """
    person = await ctx.person()
    if person.agreed_at:
        return None
    person.asked_at = person.asked_at or ctx.now
    yes = agree.button("Yes, that is fine", Style.MAIN, then=then.name)
    return Reply(Card("Before we begin", f"{FIRST_CONTACT}\n\n{LATER}", buttons=(yes,)))


@feature.action("privacy agree")
async def agree(ctx: Context, then: Annotated[str, "What to go on with"] = "") -> Reply | OpenForm:
    """Say that it may keep what you tell it, and write to you."""
    person = await ctx.person()
    person.asked_at = person.asked_at or ctx.now
    person.agreed_at = person.agreed_at or ctx.now
    if not then:
        return Reply(Card("Thank you", LATER), update=True)
    action = ctx.registry.get(then)
    if action.role is not Role.MEMBER or action.missing({}):
        raise UserError(f"Please type `/{action.name}`.")
    return await action.handler(ctx, **action.bind({}))
