"""One demo as its presenter sees it: what almost every action here answers with."""

from bot.context import Context
from bot.features.demos import cards, store
from bot.features.demos.model import COMING, DRAFT, WAITING, Demo
from bot.features.events.model import CANCELLED, Event
from bot.replies import Button, Reply, Style


async def show(ctx: Context, demo: Demo, note: str = "") -> Reply:
    """With a first sentence about what was done."""
    event = await store.event_of(ctx, demo)
    line = 0
    if demo.status == WAITING:
        line = await store.line_of(ctx, demo)
    card = cards.mine(
        demo, event, ctx.community.zone, ctx.now, line, note, _buttons(ctx, demo, event)
    )
    return Reply(card, update=True)


def _buttons(ctx: Context, demo: Demo, event: Event) -> tuple[Button, ...]:
    """What its presenter can do with it now. By name, since those actions answer with this card."""

    def button(label: str, action: str, style: Style = Style.PLAIN) -> Button:
        return ctx.registry.get(f"demo {action}").button(label, style, demo=demo.id)

    move, withdraw = button("Move to another event", "move"), button("Withdraw", "withdraw")
    if demo.status == DRAFT:
        agree = button("Agree to the contract", "agree", Style.MAIN)
        return agree, button("Drop it", "drop")
    if demo.told_at:
        return (button("What the room said", "heard"),)
    if demo.status not in COMING:
        return ()
    if event.status == CANCELLED:
        return move, withdraw
    if event.starts_at <= ctx.now:
        return ()
    return button("Edit", "edit"), button("Swap", "swap"), move, withdraw


def mine_button(ctx: Context) -> Button:
    return ctx.registry.get("demo mine").button("My demos")
