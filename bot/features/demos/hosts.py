"""What hosts do with demos: confirm or decline, set the slots, and say what was shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from bot.actions import Long, Role, Suggest
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.demos import cards, night, onward, store
from bot.features.demos.cards import called
from bot.features.demos.choosing import NONE, elsewhere, event_options, prove_open
from bot.features.demos.feature import feature
from bot.features.demos.mine import moved_from
from bot.features.demos.model import (
    BOOKED,
    DECLINED,
    NO_SHOW,
    ON_THE_NIGHT,
    REPLY,
    SHOWN,
    WITHDRAWN,
    Demo,
    DemoNight,
)
from bot.features.demos.sign_up import DemoId
from bot.features.events import store as events
from bot.features.events.cards import when_line
from bot.features.events.choosing import begun_like, choose, coming_like
from bot.features.events.model import Event
from bot.markup import bulleted, one_line, plain
from bot.replies import OPTIONS, Button, Card, Choice, Field, Part, Reply, Style
from bot.replies import TITLE as CARD_TITLE

MOST = 30
MARKED = {SHOWN: "Shown: ", NO_SHOW: "Not shown: ", BOOKED: "Not marked: "}
CHANGED = "Somebody has marked it anew since, so I left it as it is. `/demo deliver` shows it."
NO_NIGHT = "No event with demos has taken place lately. `/demo list` shows what is coming."
Begun = Annotated[str | None, "Which event: number, title or day", Suggest(begun_like)]
Coming = Annotated[str | None, "Which event: number, title or day", Suggest(coming_like)]


@feature.command("demo confirm", role=Role.HOST)
async def confirm_list(ctx: Context) -> Reply:
    """Say yes to demos that have a slot. Both sides agree before one is fixed."""
    found = (await store.unconfirmed(ctx))[:OPTIONS]
    if not found:
        text = "No demo waits for a host's yes. `/demo order` shows what is fixed."
        return Reply(Card("All confirmed", text), update=ctx.call.via is Via.PRESS)
    many = "1 demo waits" if len(found) == 1 else f"{len(found)} demos wait"
    choice = await _look_at_one(ctx, found)
    return Reply(Card("To confirm", f"{many} for a host's yes.", choice=choice), update=True)


@feature.home(role=Role.HOST)
async def at_home(ctx: Context) -> Part | None:
    found = await store.unconfirmed(ctx)
    if not found:
        return None
    names = await store.names(ctx, found)
    text = bulleted(cards.who(each, names) for each in found[:3])
    rest = f"\n\n*and {len(found) - 3} more*" if len(found) > 3 else ""
    return Part(Field("Demos to confirm", text + rest), (confirm_list.button("Confirm demos"),))


@feature.action("demo look", role=Role.HOST)
async def look(ctx: Context, demo: DemoId) -> Reply:
    return Reply(await asked(ctx, await store.demo_of(ctx, demo)), update=True)


@feature.action("demo yes", role=Role.HOST)
async def confirm(
    ctx: Context, demo: DemoId, shared: Annotated[bool, "Where all hosts read"] = False
) -> Reply:
    """The host's yes. In the hosts' channel it takes the question's place, for all to see."""
    found = await store.demo_of(ctx, demo, lock=True)
    await _prove_waits(ctx, found)
    found.confirmed_at, found.confirmed_by = ctx.now, (await ctx.person()).id
    await night.tell(ctx, "demos.confirmed", found)
    name = plain(await store.name_of(ctx, found), 60)
    buttons = (unconfirm.button("Undo", demo=found.id, shared=shared), _more())
    text = f"I tell {name}, and remind them when the evening is near."
    if shared:
        text = f"{plain((await ctx.person()).name, 60)} said yes. {text}"
    card = Card(cards.title("Confirmed: ", found), text, buttons=buttons)
    return Reply(card, private=not shared, update=True)


@feature.action("demo not-yet", role=Role.HOST)
async def unconfirm(
    ctx: Context, demo: DemoId, shared: Annotated[bool, "Where all hosts read"] = False
) -> Reply:
    """Undo the host's yes. The slot stays theirs."""
    found = await store.demo_of(ctx, demo, lock=True)
    if found.status != BOOKED:
        raise UserError("It has changed since then. `/demo order` shows how it stands.")
    found.confirmed_at = found.confirmed_by = None
    text = "It waits for a yes again. They may have read yours by now, so send them a line."
    card = Card(cards.title("Not confirmed: ", found), text, buttons=(_more(),))
    return Reply(card, private=not shared, update=True)


@feature.action("demo no", role=Role.HOST, form="A kind no")
async def decline(
    ctx: Context,
    demo: DemoId,
    words: Annotated[str, "Why not this time? They read it.", Long(REPLY)],
) -> Reply:
    """Free the slot, with words for the presenter."""
    found = await store.demo_of(ctx, demo, lock=True)
    await _prove_waits(ctx, found)
    await night.leave(ctx, await store.event_of(ctx, found), found, DECLINED)
    found.reply = one_line(words, REPLY)
    await night.tell(ctx, "demos.declined", found)
    buttons = (undecline.button("Undo", demo=found.id), _more())
    text = f"They read: {plain(found.reply, REPLY)}"
    return Reply(Card(cards.title("Not this time: ", found), text, buttons=buttons), update=True)


@feature.action("demo undecline", role=Role.HOST)
async def undecline(ctx: Context, demo: DemoId) -> Reply:
    found = await store.demo_of(ctx, demo, lock=True)
    if found.status != DECLINED or found.presenter_id is None:
        raise UserError("It has changed since then. `/demo list` shows how it stands.")
    event = await store.event_of(ctx, found)
    await prove_open(ctx, event)
    await night.seat(ctx, event, found)
    where = "It has a slot again." if found.status == BOOKED else "It is on the waiting list."
    text = f"{where} They may have read your words by now, so send them a line."
    return Reply(Card(cards.title("Back: ", found), text, buttons=(_more(),)), update=True)


@feature.command("demo slots", role=Role.HOST, example="6 Demo night", form="How many demo slots")
async def slots(
    ctx: Context, number: Annotated[int, "How many slots, 0 to 30"], event: Coming = None
) -> Reply:
    """Say how many demo slots one event has. Whoever waits moves up."""
    if not 0 <= number <= MOST:
        raise UserError(f"An event has 0 to {MOST} slots.", "number")
    ahead = [each for each in await events.coming(ctx) if each.starts_at > ctx.now]
    among = ahead if event else events.heads(ahead)
    found = await choose(ctx, slots, event, among, numbered=events.heads)
    if isinstance(found, Reply):
        return _with_number(found, number)
    return await _resized(ctx, found, number)


async def _resized(ctx: Context, found: Event, number: int) -> Reply:
    before = (await store.slots(ctx, [found]))[found.id]
    await ctx.session.merge(DemoNight(event_id=found.id, slots=number))
    await ctx.session.flush()
    given = await night.fill(ctx, found)
    seats = await store.seats(ctx, found)
    kept = cards.kept_line(seats, found, ctx.community.zone)
    told = f"{given} who waited can show now: I tell them." if given else ""
    over = seats.taken - number
    keep = f"{seats.taken} have a slot already, and keep it." if over > 0 else ""
    text = " ".join(filter(None, [f"Now {number}; before, {before}.", told, keep, kept]))
    undo = slots_back.button("Undo", number=before, event=found.id, now=number)
    title = one_line(f"Demo slots: {found.title}", CARD_TITLE)
    buttons = (undo,) if before != number else ()
    return Reply(Card(title, text, buttons=buttons), update=True)


@feature.action("demo slots-back", role=Role.HOST)
async def slots_back(
    ctx: Context,
    number: Annotated[int, "How many it had"],
    event: Annotated[str, "Which event"],
    now: Annotated[int, "How many it was given"],
) -> Reply:
    """Undo a number of slots, unless another host has chosen one since."""
    found = await events.event_of(ctx, event, lock=True)
    if (await store.slots(ctx, [found]))[found.id] != now:
        raise UserError("The number was changed again since then, so I left it as it is.")
    return await _resized(ctx, found, number)


@feature.command("demo deliver", role=Role.HOST, example="Demo night")
async def deliver(ctx: Context, event: Begun = None) -> Reply:
    """Say which demos were shown, which were not, and which move to another event."""
    nights = await store.nights_begun(ctx)
    found = await choose(ctx, deliver, event, nights, NO_NIGHT)
    return found if isinstance(found, Reply) else await _delivered(ctx, found)


@feature.action("demo one", role=Role.HOST)
async def one(ctx: Context, demo: DemoId) -> Reply:
    """One demo of an evening, to be marked."""
    found = await store.demo_of(ctx, demo)
    buttons = (
        mark.button("Shown", demo=demo, was="shown"),
        mark.button("Not shown", demo=demo, was="no-show"),
        elsewhere_.button("Moves to another event", demo=demo),
        mark.button("Not marked", demo=demo, was="booked"),
        deliver.button("Back", event=found.event_id),
    )
    name = plain(await store.name_of(ctx, found), 60)
    return Reply(Card(cards.title("", found), name, cards.about(found), buttons), update=True)


@feature.action("demo mark", role=Role.HOST)
async def mark(
    ctx: Context,
    demo: DemoId,
    was: Annotated[Literal["shown", "no-show", "booked"], "What happened"],
) -> Reply:
    found = await store.demo_of(ctx, demo, lock=True)
    event = await store.event_of(ctx, found)
    _prove_begun(ctx, event)
    if found.status not in ON_THE_NIGHT:
        raise UserError(f"That demo is {found.status} by now, so there is nothing to mark.")
    before = found.status
    await _mark(ctx, found, event, was)
    undo = unmark.button("Undo", demo=found.id, to=before, was=was)
    title = cards.title(MARKED[was], found)
    return await _delivered(ctx, event, title, (undo,) if before != was else ())


@feature.action("demo unmark", role=Role.HOST)
async def unmark(
    ctx: Context,
    demo: DemoId,
    to: Annotated[Literal["shown", "no-show", "booked"], "What it was before"],
    was: Annotated[str, "What it was marked as"],
) -> Reply:
    """Undo a mark, unless another host has marked it anew since."""
    found = await store.demo_of(ctx, demo, lock=True)
    if found.status != was:
        raise UserError(CHANGED)
    event = await store.event_of(ctx, found)
    await _mark(ctx, found, event, to)
    return await _delivered(ctx, event, cards.title(MARKED[to], found))


@feature.action("demo all-shown", role=Role.HOST)
async def all_shown(ctx: Context, event: Annotated[str, "Which event"]) -> Reply:
    """Everyone who is not marked yet did show: one press for the evening when all went well."""
    found = await events.event_of(ctx, event, lock=True)
    _prove_begun(ctx, found)
    rest = await store.at(ctx, found, BOOKED)
    for each in rest:
        await _mark(ctx, each, found, SHOWN)
    if not rest:
        return await _delivered(ctx, found)
    what = called(rest[0]) if len(rest) == 1 else f"{len(rest)} demos, {found.title}"
    undo = none_shown.button("Undo", event=event, at=_second(ctx.now))
    return await _delivered(ctx, found, one_line(f"Shown: {what}", CARD_TITLE), (undo,))


@feature.action("demo none-shown", role=Role.HOST)
async def none_shown(
    ctx: Context, event: Annotated[str, "Which event"], at: Annotated[str, "When"]
) -> Reply:
    """Undo the one press for all. What was marked anew since stays as it is."""
    found = await events.event_of(ctx, event, lock=True)
    shown = await store.at(ctx, found, SHOWN)
    then = [each for each in shown if each.settled_at and _second(each.settled_at) == at]
    if not then:
        raise UserError(CHANGED)
    for each in then:
        await _mark(ctx, each, found, BOOKED)
    return await _delivered(ctx, found, one_line(f"Not marked: {found.title}", CARD_TITLE))


@feature.action("demo elsewhere", role=Role.HOST)
async def elsewhere_(
    ctx: Context, demo: DemoId, to: Annotated[str, "To which event"] = ""
) -> Reply:
    """It was not shown, and moves to another event with its presenter."""
    found = await store.demo_of(ctx, demo)
    others = await elsewhere(ctx, found.event_id)
    if not others:
        raise UserError("No other event with demo slots is planned yet. " + NONE)
    if not to:
        options = event_options(ctx, others)
        choice = elsewhere_.choice("Pick an event", "to", options, demo=found.id)
        return Reply(Card(cards.title("To which event? ", found), choice=choice), update=True)
    await night.hold(ctx, (found.event_id, to))
    found = await store.demo_of(ctx, found.id)
    event = await events.event_of(ctx, to)
    await prove_open(ctx, event)
    if found.status not in ON_THE_NIGHT or found.presenter_id is None:
        raise UserError(f"That demo is {found.status} by now, so there is nothing to move.")
    if await store.coming_by(ctx, event, found.presenter_id):
        raise UserError("They show something at that event already.")
    await onward.unmarked(ctx, found)
    now = await night.move(ctx, found, event)
    await night.tell(ctx, "demos.moved", now)
    buttons = (
        back_again.button("Undo", demo=found.id),
        deliver.button("Back", event=found.event_id),
    )
    text = f"It is at {plain(event.title, 100)} now, and I tell its presenter."
    return Reply(Card(cards.title("Moved: ", now), text, buttons=buttons), update=True)


@feature.action("demo back", role=Role.HOST)
async def back_again(ctx: Context, demo: DemoId) -> Reply:
    """Undo that it moved."""
    before = await store.demo_of(ctx, demo)
    await night.move_back(ctx, before, await moved_from(ctx, before))
    return await _delivered(ctx, await store.event_of(ctx, before))


async def asked(scene: Scene, found: Demo, *, shared: bool = False) -> Card:
    """A demo for hosts, with their yes and no. `shared`: all of them read it."""
    event = await store.event_of(scene, found)
    name = plain(await store.name_of(scene, found), 60)
    first = " It is their first demo here." if found.first_time else ""
    where = f"{plain(event.title, 100)}, {when_line(event, scene.community.zone)}"
    text = f"{name} has agreed to the contract.{first}\n\n{where}"
    buttons = (
        confirm.button("Confirm", Style.MAIN, demo=found.id, shared=shared),
        decline.button("Not this time", demo=found.id),
        _more(),
    )
    return Card(cards.title("Demo: ", found), text, cards.about(found), buttons)


async def asked_together(scene: Scene, evening: str, found: Sequence[Demo]) -> Card:
    """Several of one evening. Each is looked at on its own."""
    text = "Each has agreed to the contract. Look at one to say yes, or not this time."
    title = f"{len(found)} demos wait for your yes: {evening}"
    return Card(title, text, choice=await _look_at_one(scene, found))


async def _look_at_one(scene: Scene, found: Sequence[Demo]) -> Choice:
    options = cards.options(found[:OPTIONS], await store.names(scene, found))
    return look.choice("Look at one", "demo", options)


def _with_number(question: Reply, number: int) -> Reply:
    """The question which event, that remembers the number."""
    choice = question.card.choice
    assert choice, "it asks which one"
    asks = slots.choice(choice.label, choice.name, choice.options, number=number)
    return Reply(Card(question.card.title, question.card.text, choice=asks))


async def _delivered(
    ctx: Context, event: Event, done: str = "", more: tuple[Button, ...] = ()
) -> Reply:
    """How the evening stands. `done`: what was marked a moment ago."""
    demos = await store.at(ctx, event, *ON_THE_NIGHT)
    names = await store.names(ctx, demos)
    options = cards.options(demos[:OPTIONS], names, marked=True)
    choice = one.choice("Mark one", "demo", options) if options else None
    buttons = list(more)
    if any(demo.status == BOOKED for demo in demos):
        label = "All others were shown" if len(demos) > 1 else "It was shown"
        buttons.insert(0, all_shown.button(label, Style.MAIN, event=event.id))
    text = cards.delivered(event, ctx.community.zone, demos, names)
    title = done or one_line(f"What was shown: {event.title}", CARD_TITLE)
    return Reply(Card(title, text, buttons=tuple(buttons), choice=choice), update=True)


async def _mark(ctx: Context, demo: Demo, event: Event, was: str) -> None:
    demo.batch_id = None
    if demo.status == was:
        return
    demo.status = was
    demo.settled_at = None if was == BOOKED else ctx.now
    await ctx.session.flush()
    await onward.marked(ctx, demo, event)


async def _prove_waits(ctx: Context, demo: Demo) -> None:
    """Raises UserError, kindly, where there is nothing to say yes or no to."""
    name = plain(await store.name_of(ctx, demo), 60)
    if demo.status == WITHDRAWN:
        raise UserError(f"{name} has withdrawn it, so there is nothing to confirm any more.")
    if demo.status != BOOKED or demo.presenter_id is None:
        raise UserError("It has no slot at this event any more. `/demo list` shows who has one.")
    if demo.confirmed_at:
        raise UserError("It is confirmed already. `/demo order` shows the evening.")
    await prove_open(ctx, await store.event_of(ctx, demo))


def _second(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _prove_begun(ctx: Context, event: Event) -> None:
    if ctx.now < event.starts_at:
        raise UserError("The event has not begun. Mark its demos when they were shown.")


def _more() -> Button:
    return confirm_list.button("What else waits")
