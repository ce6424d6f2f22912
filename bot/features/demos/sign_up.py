"""`/demo`: a form, the contract, and a yes. Only the yes takes a slot."""

from typing import Annotated, Literal

from bot.actions import Long, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.demos import cards, contract, night, store
from bot.features.demos.choosing import NONE, nights_like, prove_open
from bot.features.demos.feature import feature
from bot.features.demos.model import BOOKED, COMING, DRAFT, LINK, TITLE, WAITING, WISH, Demo
from bot.features.demos.one import show
from bot.features.events import store as events
from bot.features.events.choosing import choose
from bot.features.events.model import Event
from bot.features.privacy import ask_first
from bot.features.program.actions import rewards
from bot.links import web_address
from bot.markup import one_line, plain
from bot.replies import Card, Field, OpenForm, Reply, Style

Which = Annotated[str | None, "Which event: number, title or day", Suggest(nights_like)]
DemoId = Annotated[str, "Which demo"]
Title = Annotated[str, "What will you show?"]
State = Annotated[
    Literal["idea", "in progress", "shipped"], "How far? Idea, in progress or shipped"
]
Wish = Annotated[str, "Which feedback would help you?", Long(WISH)]
Minutes = Annotated[int | None, "How many minutes?"]
WebLink = Annotated[str, "A link, if there is one", Long(LINK)]


@feature.command("demo", bare="sign-up", example="Demo night")
async def demo(ctx: Context, event: Which = None) -> Reply | OpenForm:
    """Show something at an event: finished, half done or only an idea."""
    nights = await store.nights(ctx)
    among = nights if event else events.heads(nights)
    found = await choose(ctx, demo, event, among, NONE, numbered=events.heads)
    if isinstance(found, Reply):
        return found
    await prove_open(ctx, found)
    if first := await ask_first(ctx, demo, found.id):
        return first
    await store.forget_old_drafts(ctx)
    await _prove_first(ctx, found)
    draft = {"minutes": str(ctx.community.prefs.demo_minutes)}
    return OpenForm(write.name, ctx.new_id(), {"event": found.id}, draft)


@feature.action("demo write", form="What you will show")
async def write(
    ctx: Context,
    event: Annotated[str, "Which event"],
    title: Title,
    state: State,
    wish: Wish,
    minutes: Minutes = None,
    link: WebLink = "",
) -> Reply:
    """Keep it as a draft, and show the contract."""
    if first := await ask_first(ctx, demo, event):
        return first
    found = await events.event_of(ctx, event)
    await prove_open(ctx, found)
    terms = await contract.settle(ctx)
    draft = Demo(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        event_id=found.id,
        presenter_id=(await ctx.person()).id,
        contract_id=terms.id,
        status=DRAFT,
        created_at=ctx.now,
    )
    fill_in(ctx, draft, title, state, wish, minutes, link)
    ctx.session.add(draft)
    await ctx.session.flush()
    return await _offer(ctx, draft, found)


@feature.action("demo agree")
async def agree(ctx: Context, demo: DemoId) -> Reply:
    """The presenter's yes: a slot, or a place on the waiting list."""
    mine = await store.own_demo(ctx, demo, lock=True)
    event = await store.event_of(ctx, mine)
    if mine.status == DRAFT:
        await prove_open(ctx, event)
        await _prove_first(ctx, event)
        newest = await contract.settle(ctx)
        if newest.id != mine.contract_id:
            mine.contract_id = newest.id
            note = "The contract was changed a moment ago. Please read it once more."
            return await _offer(ctx, mine, event, note)
        await _take_part(ctx, mine, event)
    note = await _seated(ctx, mine, event)
    return await show(ctx, mine, note)


@feature.action("demo drop")
async def drop(ctx: Context, demo: DemoId) -> Reply:
    """Leave it: a draft that nobody agreed to."""
    mine = await store.own_demo(ctx, demo, lock=True)
    if mine.status != DRAFT:
        raise UserError("You have agreed already. `/demo mine` lets you withdraw it.")
    await ctx.session.delete(mine)
    text = "Nothing was signed up, and nobody heard of it. `/demo` begins again."
    return Reply(Card("Dropped", text), update=True)


@feature.action("demo edit", form="Change your demo")
async def edit(
    ctx: Context,
    demo: DemoId,
    title: Title = "",
    state: State = "in progress",
    wish: Wish = "",
    minutes: Minutes = None,
    link: WebLink = "",
) -> Reply | OpenForm:
    """Change what was written; the slot stays."""
    mine = await store.own_demo(ctx, demo)
    event = await store.event_of(ctx, mine)
    if mine.status not in (DRAFT, *COMING):
        raise UserError("This one is settled, so it stays as it is. `/demo` begins a new one.")
    if ctx.call.via is not Via.FORM:
        written = {
            "title": mine.title,
            "state": mine.state,
            "wish": mine.wish,
            "minutes": str(mine.minutes),
            "link": mine.link,
        }
        return OpenForm(edit.name, ctx.new_id(), {"demo": mine.id}, written)
    fill_in(ctx, mine, title, state, wish, minutes, link)
    await ctx.session.flush()
    if mine.status == DRAFT:
        return await _offer(ctx, mine, event)
    return await show(ctx, mine, "Changed.")


def fill_in(
    ctx: Context,
    demo: Demo,
    title: str,
    state: str,
    wish: str,
    minutes: int | None,
    link: str,
) -> None:
    """Raises UserError, at the field, for what can't be shown or kept."""
    name = one_line(title, 10 * TITLE)
    if not 1 <= len(name) <= TITLE:
        raise UserError(f"A title has 1 to {TITLE} characters.", "title")
    most = ctx.community.prefs.demo_minutes
    wanted = most if minutes is None else minutes
    if not 1 <= wanted <= most:
        raise UserError(f"A demo here takes 1 to {most} minutes.", "minutes")
    if not one_line(wish, WISH):
        raise UserError("Say which feedback would help you. One question is enough.", "wish")
    address = web_address(link, "link") if link else ""
    demo.title, demo.state, demo.minutes = name, state, wanted
    demo.wish, demo.link = one_line(wish, WISH), address


async def _offer(ctx: Context, demo: Demo, event: Event, note: str = "") -> Reply:
    """The contract, before anything is promised."""
    terms = await contract.terms(ctx)
    zone = ctx.community.zone
    kept = cards.kept_line(await store.seats(ctx, event), event, zone)
    where = f"**{plain(cards.called(demo))}**, at {plain(event.title, 100)}"
    text = [note, where, f"What we reward here: {await rewards(ctx)}", kept]
    buttons = (
        agree.button("I agree", Style.MAIN, demo=demo.id),
        edit.button("Change it", demo=demo.id),
        drop.button("Not now", demo=demo.id),
    )
    fields: tuple[Field, ...] = (*cards.about(demo), *cards.contract(terms, ctx.content))
    card = Card("Is this a deal?", "\n\n".join(filter(None, text)), fields, buttons)
    return Reply(card, update=True)


async def _take_part(ctx: Context, demo: Demo, event: Event) -> None:
    person = await ctx.person()
    demo.agreed_at = ctx.now
    demo.first_time = not await store.has_shown(ctx, person.id)
    await night.seat(ctx, event, demo)


async def _seated(ctx: Context, demo: Demo, event: Event) -> str:
    """Why they have a slot or none, said openly."""
    if demo.status == BOOKED:
        return "Thank you. You are in, and I count you as coming."
    if demo.status != WAITING:
        return ""
    seats = await store.seats(ctx, event)
    if seats.left and not demo.first_time:
        return cards.kept_line(seats, event, ctx.community.zone)
    return "All slots are taken, so you are on the waiting list."


async def _prove_first(ctx: Context, event: Event) -> None:
    """One demo a person and evening."""
    other = await store.coming_by(ctx, event, (await ctx.person()).id)
    if other:
        raise UserError(
            f"You are signed up for {plain(event.title, 60)} with “{plain(cards.called(other))}” "
            "already. `/demo mine` changes that one."
        )
