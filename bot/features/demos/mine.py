"""`/demo mine` and `/demo list`: my sign-ups, withdrawn, moved or swapped; who shows what."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.actions import Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.demos import cards, night, store
from bot.features.demos.choosing import (
    NONE,
    elsewhere,
    event_options,
    nights_like,
    prove_open,
)
from bot.features.demos.feature import feature
from bot.features.demos.model import BOOKED, COMING, DRAFT, MOVED, SHOWN, WITHDRAWN, Demo
from bot.features.demos.one import mine_button, show
from bot.features.demos.sign_up import DemoId, demo
from bot.features.events import store as events
from bot.features.events.after import dated
from bot.features.events.choosing import choose
from bot.features.events.model import CANCELLED, Event
from bot.markup import bulleted, plain
from bot.replies import OPTION_LABEL, OPTIONS, Card, Field, Part, Reply, Style

OVER = "That demo is settled already. `/demo mine` shows yours."


@feature.command("demo mine")
async def mine(ctx: Context) -> Reply:
    """See your demos: change, withdraw, swap or move them."""
    found = [each for each in await store.by_caller(ctx) if each.status != MOVED]
    evenings = await store.events_of(ctx, found)
    ahead = [
        each
        for each in found
        if each.status in (*COMING, DRAFT) and evenings[each.event_id].ends_at > ctx.now
    ]
    if not found:
        begin = demo.button("Sign up for one", Style.MAIN)
        text = "You have not signed up for a demo. Unfinished work is welcome."
        return Reply(Card("Your demos", text, buttons=(begin,)))
    if len(ahead) == 1 and len(found) == 1:
        return await show(ctx, found[0])
    shown = [*ahead, *(each for each in found if each not in ahead)][:OPTIONS]
    zone = ctx.community.zone
    options = [
        replace(option, hint=dated(evenings[each.event_id], zone, OPTION_LABEL))
        for option, each in zip(cards.options(shown, {}), shown, strict=True)
    ]
    choice = open_.choice("Open one", "demo", options)
    counted = "1 demo is ahead." if len(ahead) == 1 else f"{len(ahead)} demos are ahead."
    if not ahead:
        counted = "Nothing of yours is ahead. `/demo` begins a new one."
    return Reply(Card("Your demos", counted, choice=choice), update=ctx.call.via is Via.PRESS)


@feature.home()
async def at_home(ctx: Context) -> Part | None:
    mine = [each for each in await store.by_caller(ctx) if each.status in COMING]
    evenings = await store.events_of(ctx, mine)
    found = [each for each in mine if evenings[each.event_id].ends_at > ctx.now]
    if not found:
        return None
    zone = ctx.community.zone
    lines = [cards.at_home(each, evenings[each.event_id], zone) for each in found[:3]]
    return Part(Field("Your demos", bulleted(lines)), (mine_button(ctx),))


@feature.action("demo open")
async def open_(ctx: Context, demo: DemoId) -> Reply:
    return await show(ctx, await store.own_demo(ctx, demo))


@feature.action("demo withdraw")
async def withdraw(ctx: Context, demo: DemoId) -> Reply:
    found, event = await _ahead(ctx, demo)
    was_confirmed = found.confirmed_at is not None and found.status == BOOKED
    await night.leave(ctx, event, found, WITHDRAWN)
    found.confirmed_at = None
    if was_confirmed and event.status != CANCELLED:
        await night.ask_host(ctx, found, "withdrawn")
    undo = come_back.button("Undo", demo=found.id)
    text = (
        "Thank you for saying so. Whoever waits longest gets the slot, and you are welcome to "
        "come and watch. If you take it back, you get a slot when there is one."
    )
    buttons = (undo,) if event.status != CANCELLED else ()
    return Reply(Card(cards.title("Withdrawn: ", found), text, buttons=buttons), update=True)


@feature.action("demo come-back")
async def come_back(ctx: Context, demo: DemoId) -> Reply:
    """Undo a withdrawal: a slot if one is free."""
    found = await store.own_demo(ctx, demo, lock=True)
    event = await store.event_of(ctx, found)
    if found.status != WITHDRAWN:
        raise UserError("It is not withdrawn. `/demo mine` shows how it stands.")
    await prove_open(ctx, event)
    if await store.coming_by(ctx, event, found.presenter_id or ""):
        raise UserError("You have signed up for that event with another demo by now.")
    await night.seat(ctx, event, found)
    return await show(ctx, found, "You are back.")


@feature.action("demo move")
async def move(ctx: Context, demo: DemoId, to: Annotated[str, "To which event"] = "") -> Reply:
    """The same demo at another event."""
    found = await store.own_demo(ctx, demo)
    others = await elsewhere(ctx, found.event_id)
    if not others:
        raise UserError("No other event with demo slots is planned yet. I keep your demo here.")
    if not to and len(others) > 1:
        choice = move.choice("Pick an event", "to", event_options(ctx, others), demo=found.id)
        return Reply(Card(cards.title("To which event? ", found), choice=choice), update=True)
    target = to or others[0].id
    await night.hold(ctx, (found.event_id, target))
    found = await store.demo_of(ctx, found.id)
    if found.status not in COMING:
        raise UserError(OVER)
    event = await events.event_of(ctx, target)
    await prove_open(ctx, event)
    if await store.coming_by(ctx, event, found.presenter_id or ""):
        raise UserError("You show something at that event already. One demo an evening.")
    now = await night.move(ctx, found, event)
    stands = cards.status(now, event, ctx.now, await store.line_of(ctx, now))
    text = f"It is at {plain(event.title, 100)} now. {stands}"
    undo = (unmove.button("Undo", demo=found.id),)
    was = await store.event_of(ctx, found)
    back = undo if was.status != CANCELLED else ()
    return Reply(
        Card(cards.title("Moved: ", now), text, buttons=(*back, mine_button(ctx))), update=True
    )


@feature.action("demo unmove")
async def unmove(ctx: Context, demo: DemoId) -> Reply:
    before = await store.own_demo(ctx, demo)
    now = await moved_from(ctx, before)
    await prove_open(ctx, await store.event_of(ctx, before))
    await night.move_back(ctx, before, now)
    return await show(ctx, before, "It is back.")


async def moved_from(ctx: Context, before: Demo) -> Demo:
    """What a moved demo became, with both events held. Raises UserError when that has changed."""
    now = await store.demo_of(ctx, before.moved_to or "")
    await night.hold(ctx, (before.event_id, now.event_id))
    now = await store.demo_of(ctx, now.id)
    if now.status not in COMING:
        raise UserError("It has changed at the other event, so it stays there.")
    return now


@feature.action("demo swap")
async def swap(ctx: Context, demo: DemoId, other: Annotated[str, "Swap with which"] = "") -> Reply:
    """Offer my slot to another presenter. Nothing changes before they say yes."""
    found, _ = await _ahead(ctx, demo)
    if not other:
        others = await _to_swap_with(ctx, found)
        if not others:
            raise UserError("Nobody else has signed up yet, so there is nobody to swap with.")
        names = await store.names(ctx, others)
        choice = swap.choice("Pick a demo", "other", cards.options(others, names), demo=found.id)
        text = "I ask its presenter. Nothing changes before they say yes."
        return Reply(Card("Swap with whom?", text, choice=choice), update=True)
    theirs = await store.demo_of(ctx, other)
    if theirs not in await _to_swap_with(ctx, found):
        raise UserError("That demo has changed meanwhile. Choose another one.")
    found.offered_to = theirs.id
    await night.tell(ctx, "demos.offered", theirs, mine=found.id)
    name = plain(await store.name_of(ctx, theirs), 60)
    buttons = (end_offer.button("Undo", demo=found.id), mine_button(ctx))
    return Reply(Card("Asked", f"I asked {name}. You hear from me.", buttons=buttons), update=True)


@feature.action("demo end-offer")
async def end_offer(ctx: Context, demo: DemoId) -> Reply:
    found = await store.own_demo(ctx, demo)
    found.offered_to = None
    return Reply(
        Card("Taken back", "You keep your slot.", buttons=(mine_button(ctx),)), update=True
    )


@feature.action("demo accept")
async def accept(ctx: Context, demo: DemoId, mine: Annotated[str, "For my demo"]) -> Reply:
    """The other presenter's yes: the two change places."""
    found, theirs = await _offer(ctx, demo, mine)
    await night.hold(ctx, (found.event_id, theirs.event_id))
    found, theirs = await _offer(ctx, demo, mine)
    if found.status not in COMING or theirs.status not in COMING:
        raise UserError(OVER)
    for each in {found.event_id, theirs.event_id}:
        await prove_open(ctx, await events.event_of(ctx, each))
    await _change_places(ctx, found, theirs)
    await night.tell(ctx, "demos.swapped", theirs)
    return await show(ctx, found, "You have swapped.")


@feature.action("demo keep")
async def keep(ctx: Context, demo: DemoId, mine: Annotated[str, "My demo"]) -> Reply:
    """No to a swap, which is told without a word of why."""
    _, theirs = await _offer(ctx, demo, mine)
    theirs.offered_to = None
    await night.tell(ctx, "demos.kept", theirs)
    return Reply(Card("You keep your slot", "I tell them, without a reason."), update=True)


@feature.command("demo list", example="Demo night")
async def list_(
    ctx: Context,
    event: Annotated[str | None, "Which event: number, title or day", Suggest(nights_like)] = None,
) -> Reply:
    """See who shows what, in which order, and how many slots are free."""
    nights = await store.nights_now(ctx)
    among = nights if event else events.heads(nights)
    found = await choose(ctx, list_, event, among, NONE, numbered=events.heads)
    if isinstance(found, Reply):
        return found
    demos = await store.at(ctx, found, BOOKED, SHOWN)
    card = cards.programme(
        found,
        ctx.community.zone,
        demos,
        await store.names(ctx, demos),
        await store.seats(ctx, found),
        len(await store.waiting(ctx, found)),
    )
    return Reply(card, update=ctx.call.via is Via.PRESS)


async def _ahead(ctx: Context, demo_id: str) -> tuple[Demo, Event]:
    """Mine, with its event held, while it can still be changed. Raises UserError."""
    found = await store.own_demo(ctx, demo_id, lock=True)
    if found.status not in COMING:
        raise UserError(OVER)
    event = await store.event_of(ctx, found)
    if event.starts_at <= ctx.now and event.status != CANCELLED:
        raise UserError("The event has begun. Please tell a host directly.")
    return found, event


async def _to_swap_with(ctx: Context, found: Demo) -> Sequence[Demo]:
    """Others at any event ahead, where neither would show twice in one evening."""
    mine = {
        each.event_id
        for each in await store.by(ctx, found.presenter_id or "")
        if each.status in COMING and each.id != found.id
    }
    others = []
    for event in await store.nights(ctx):
        if event.id not in mine:
            others += [each for each in await store.at(ctx, event, *COMING) if each is not found]
    return others[:OPTIONS]


async def _offer(ctx: Context, mine_id: str, theirs_id: str) -> tuple[Demo, Demo]:
    """My demo and the one that was offered for it. Raises UserError when the offer has ended."""
    found = await store.own_demo(ctx, mine_id)
    theirs = await store.demo_of(ctx, theirs_id)
    if theirs.offered_to != found.id:
        raise UserError("They have taken the offer back, so nothing changes.")
    return found, theirs


async def _change_places(ctx: Context, one: Demo, other: Demo) -> None:
    """Slots, waiting and running order change hands. Where a demo is new to an evening or to a
    slot, a host confirms it anew. Raises UserError where a kept slot would be lost."""
    anew = one.event_id != other.event_id or one.status != other.status
    for name in ("event_id", "status", "turn", "place"):
        mine, theirs = getattr(one, name), getattr(other, name)
        setattr(one, name, theirs)
        setattr(other, name, mine)
    one.offered_to = other.offered_to = None
    await ctx.session.flush()
    for each in (one, other):
        event = await store.event_of(ctx, each)
        seats = await store.seats(ctx, event)
        if seats.kept and seats.regulars > max(0, seats.slots - seats.kept):
            raise UserError("That slot is kept for somebody who shows for the first time.")
        if await _twice(ctx, each):
            raise UserError("One of you would show twice in one evening, so I leave it.")
        await night.attend(ctx, event, each)
        if anew:
            each.confirmed_at = None
            if each.status == BOOKED:
                await night.ask_host(ctx, each)


async def _twice(ctx: Context, found: Demo) -> bool:
    event = await store.event_of(ctx, found)
    there = await store.at(ctx, event, *COMING)
    return sum(each.presenter_id == found.presenter_id for each in there) > 1
