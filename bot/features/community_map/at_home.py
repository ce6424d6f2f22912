"""The map on somebody's home page: where they stopped, or what their card says of this week."""

from bot.context import Context
from bot.features.community_map import store, views
from bot.features.community_map.actions import build, feature, is_fresh, latest, made_by, next_of
from bot.features.community_map.model import CommunityMap
from bot.features.community_map.picture import day
from bot.people import Person
from bot.replies import Field, Part

NAME = "Your community map"


@feature.home()
async def my_map(ctx: Context) -> Part:
    person = await ctx.known_person()
    if person is None or person.agreed_at is None:
        return _inviting()
    begun = await store.draft(ctx, person)
    if begun and is_fresh(ctx, begun) and (area := next_of(ctx, begun)):
        areas = ctx.content.map.areas
        text = f"You stopped at question {areas.index(area) + 1} of {len(areas)}."
        return Part(Field(NAME, text), (build.button("Go on with my map"),))
    made = await made_by(ctx, person)
    return _card(ctx, person, made) if made else _inviting()


def _inviting() -> Part:
    text = "Eight short questions, and a card for your week. Only you see it."
    return Part(Field(NAME, text), (build.button("Make my map"),))


def _card(ctx: Context, person: Person, made: list[CommunityMap]) -> Part:
    """What the card says of a week is shown for that week."""
    seen = views.view(ctx, person, made[0], made)
    text = f"Your latest card is of {day(seen.made)}."
    if is_fresh(ctx, made[0]):
        text = f"{seen.chosen.thin.thin}\n\n{text}"
    return Part(Field(NAME, text), (latest.button("My latest card"),))
