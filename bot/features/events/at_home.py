"""Events on somebody's home page: the next one, and for hosts those that nobody has closed."""

from bot.actions import Role
from bot.context import Context
from bot.features.events import cards, store
from bot.features.events.answers import ANSWERS, events
from bot.features.events.attendance import close
from bot.features.events.feature import feature
from bot.features.events.model import CLOSED, Rsvp
from bot.markup import bulleted, plain, shorten
from bot.replies import BUTTON_LABEL, Field, Part

SHOWN = 3


@feature.home()
async def next_event(ctx: Context) -> Part | None:
    ahead = await store.coming(ctx)
    if not ahead:
        return None
    event = ahead[0]
    text = f"**{plain(event.title, 100)}**\n\n{cards.when_line(event, ctx.community.zone)}"
    answer = await store.my_answer(ctx, event)
    return Part(Field("The next event", f"{text}{_said(answer)}"), (events.button("Events"),))


@feature.home(role=Role.HOST)
async def to_close(ctx: Context) -> Part | None:
    over = [
        event
        for event in await store.begun(ctx)
        if event.status != CLOSED
        and event.ends_at <= ctx.now
        and (store.came_by_import(event) or await store.door_list(ctx.session, event))
    ][:SHOWN]
    if not over:
        return None
    names = [cards.dated(event, ctx.community.zone) for event in over]
    buttons = tuple(
        close.button(shorten(f"Who came? {name}", BUTTON_LABEL), event=event.id)
        for event, name in zip(over, names, strict=True)
    )
    return Part(Field("Say who came", bulleted([plain(name) for name in names])), buttons)


def _said(answer: Rsvp | None) -> str:
    if answer is None:
        return ""
    return f"\n\nYou said: {'on the waiting list' if answer.waiting else ANSWERS[answer.answer]}."
