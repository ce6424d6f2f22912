"""Showing something to everybody in a channel: first to oneself, then with a press, once."""

from bot.actions import Action
from bot.context import Context, Scene
from bot.errors import UserError
from bot.outbox import Promise
from bot.people import Address, Person, channel_at
from bot.replies import Card, Reply, Style


def preview(
    ctx: Context, title: str, shown: str, command: str, post: Action, **ids: object
) -> Reply:
    """What everyone would see, before anyone does. Raises UserError where nobody else reads."""
    if ctx.place.direct:
        raise UserError(f"Only you read here. Type {command} in the channel where it belongs.")
    text = f"Everyone in this channel will see it.\n\n{shown}"
    button = post.button("Post it here", Style.MAIN, **ids, once=ctx.new_id())
    return Reply(Card(title, text, buttons=(button,)))


async def promise(ctx: Context, kind: str, key: str, title: str, **ids: str | int) -> Reply:
    """Through the outbox, by the preview's own key: pressed twice it is posted once."""
    args = {**ids, "whom": (await ctx.person()).id, "spot": ctx.spot}
    await ctx.outbox.later_many([Promise(kind, key, ctx.now, args=args)])
    return Reply(Card(title, "Everyone in this channel sees it now."), update=True)


async def who_and_where(scene: Scene, whom: str, spot: str) -> tuple[Person, Address] | None:
    """Who shares it, and where; None when either is gone."""
    by, to = await scene.session.get(Person, whom), await channel_at(scene.session, spot)
    return (by, to) if by and to else None
