"""The review on somebody's home page: when it comes, and how many lines are open."""

from bot.context import Context
from bot.features.weekly_review import cards, chain, store
from bot.features.weekly_review.actions import feature, review, to_ask_about
from bot.features.weekly_review.model import ON, ReviewPlan
from bot.people import Person
from bot.replies import Field, Part

WHAT_IT_IS = "Three short questions about the people in your life, for you alone."


@feature.home()
async def my_review(ctx: Context) -> Part:
    person = await ctx.known_person()
    said = await _said(ctx, person) if person and person.agreed_at else WHAT_IT_IS
    return Part(Field("Your weekly review", said), (review.button("This week's review"),))


async def _said(ctx: Context, person: Person) -> str:
    lines = await store.lines(ctx, person.id)
    plan = await store.plan_of(ctx, person.id)
    still_open = len(to_ask_about(ctx, lines))
    said = [_coming(ctx, plan, person)]
    if still_open:
        said.append("One line is open." if still_open == 1 else f"{still_open} lines are open.")
    return " ".join(filter(None, said)) or WHAT_IT_IS


def _coming(ctx: Context, plan: ReviewPlan | None, person: Person) -> str:
    if plan is None or plan.state != ON or plan.next_at is None:
        return ""
    return f"It comes on {cards.when(plan, chain.zone_for(ctx, person))}."
