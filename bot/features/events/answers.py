"""`/events` and the buttons under every event: what is coming, do you come, add it."""

from collections import Counter
from dataclasses import replace
from typing import Annotated, Literal

from bot.actions import Role
from bot.context import Context, Scene, Via
from bot.features.events import calendar_file, cards, places, store
from bot.features.events.feature import feature
from bot.features.events.model import COMING, MAYBE, NOT_COMING, PLANNED, Event, Rsvp
from bot.features.events.store import heads
from bot.markup import one_line, plain
from bot.paging import Page
from bot.people import Person
from bot.replies import Button, Card, File, Link, Reply, Style

LISTED = 8
ANSWERS = {COMING: "Coming", MAYBE: "Maybe", NOT_COMING: "Not coming"}


@feature.command("events")
async def events(ctx: Context) -> Reply:
    """See what is coming, say whether you come, and add it to your calendar."""
    return await _listing(ctx)


@feature.action("event page")
async def page(
    ctx: Context,
    page: Annotated[int, "Which page"] = 1,
    series: Annotated[str, "All dates of which series"] = "",
) -> Reply:
    return await _listing(ctx, page, series)


async def _listing(ctx: Context, page: int = 1, series: str = "") -> Reply:
    """What is coming, a page at a time: a series with its next date, or all dates of one."""
    ahead = await store.coming(ctx)
    dates = Counter(event.series_id for event in ahead)
    listed = [event for event in ahead if event.series_id == series] if series else heads(ahead)
    if not listed:
        return Reply(Card("Nothing is planned yet", "Hosts plan with `/event create`."))
    at = Page.of(page, len(listed), LISTED)
    shown = at.shown(listed)
    zone = ctx.community.zone
    counts = await store.counts(ctx.session, shown)
    fields = tuple(
        cards.one_of_a_series(event, zone, counts[event.id])
        if series
        else cards.one_of_a_list(number, event, zone, counts[event.id], dates[event.series_id])
        for number, event in enumerate(shown, start=at.start + 1)
    )
    title = f"All dates: {one_line(shown[0].title, 100)}" if series else "What is coming"
    where = f" {at.words.capitalize()}." if at.words else ""
    text = f"Times are on the clock of {plain(zone)}.{where}"
    choice = show.choice("Open one to answer", "event", [cards.option(e, zone) for e in shown])
    buttons = (*_turn(at, series), *(() if series else _calendar(ctx)))
    return Reply(Card(title, text, fields, buttons, choice), update=ctx.call.via is Via.PRESS)


def _turn(at: Page, series: str) -> tuple[Button, ...]:
    others = (page.button("What else is coming", page=1),) if series else ()
    on = at.on(page, "Next page", series=series)
    return (*on, *at.back(page, "Page before", series=series), *others)


def _calendar(ctx: Context) -> tuple[Button | Link, ...]:
    return (add_all.button("Add all to my calendar"), *_follow(ctx))


def _follow(ctx: Context) -> tuple[Link, ...]:
    url = calendar_file.feed_url(ctx)
    return (Link("Calendar feed", url),) if url else ()


@feature.action("event show")
async def show(ctx: Context, event: Annotated[str, "Which event"]) -> Reply:
    found = await store.event_of(ctx, event)
    return await _mine(ctx, found, await store.my_answer(ctx, found))


@feature.action("event rsvp")
async def rsvp(
    ctx: Context,
    event: Annotated[str, "Which event"],
    answer: Annotated[Literal["coming", "maybe", "no"], "Do you come"],
) -> Reply:
    person = await ctx.person()
    found = await store.event_of(ctx, event, lock=True)
    return await _mine(ctx, found, await places.answer(ctx, found, person.id, answer))


@feature.action("event calendar")
async def add(ctx: Context, event: Annotated[str, "Which event"]) -> Reply:
    found = await store.event_of(ctx, event)
    text = "Open the file, and your calendar asks whether to add it."
    return Reply(Card("For your calendar", text), files=(calendar_file.file(found, ctx.now),))


@feature.action("event calendar-all")
async def add_all(ctx: Context) -> Reply:
    whole = calendar_file.feed(await store.coming(ctx), ctx.community.name, ctx.now)
    text = "Open the file, and your calendar asks whether to add what is in it."
    files = (File("events.ics", whole, calendar_file.MEDIA_TYPE),)
    return Reply(Card("For your calendar", text), files=files)


async def announcement(scene: Scene, event: Event) -> Card:
    """What everybody sees. It counts; it names nobody."""
    counts = await store.count(scene.session, event)
    card = cards.about(event, scene.community.zone, counts)
    return replace(card, buttons=buttons(scene, event))


def buttons(scene: Scene, event: Event, chosen: str = COMING) -> tuple[Button, ...]:
    """Nothing to press once it is over or cancelled."""
    if event.status != PLANNED or event.ends_at <= scene.now:
        return ()
    says = (
        rsvp.button(
            label, Style.MAIN if said == chosen else Style.PLAIN, event=event.id, answer=said
        )
        for said, label in ANSWERS.items()
    )
    return (*says, add.button("Add to calendar", event=event.id))


async def _mine(ctx: Context, event: Event, answer: Rsvp | None) -> Reply:
    """The event for one person, with what they said."""
    note = await _note(ctx, event, answer) if answer else ""
    counts = await store.count(ctx.session, event)
    card = cards.about(event, ctx.community.zone, counts, note)
    chosen = answer.answer if answer else ""
    fields = card.fields
    if (ctx.call.caller.role or Role.MEMBER) >= Role.HOST:  # as told: nobody is asked for it
        fields += cards.interest(await store.interest(ctx.session, event))
    pressed = (*buttons(ctx, event, chosen), *await _other_dates(ctx, event))
    return Reply(Card(card.title, card.text, fields, pressed), update=True)


async def _other_dates(ctx: Context, event: Event) -> tuple[Button, ...]:
    if event.series_id is None:
        return ()
    others = [e for e in await store.coming(ctx) if e.series_id == event.series_id and e != event]
    return (page.button("Other dates", series=event.series_id),) if others else ()


async def _note(ctx: Context, event: Event, answer: Rsvp) -> str:
    """What they said, and what of it I will write to them, which takes their yes."""
    person = await ctx.session.get_one(Person, answer.person_id)
    may_write = person.agreed_at is not None
    if answer.waiting:
        place = await places.place_in_line(ctx, answer)
        taken = (
            "The one place is taken."
            if event.capacity == 1
            else f"All {event.capacity} places are taken."
        )
        free = "I will write to you when a place falls free."
        if not may_write:
            free = "once I may write to you (`/privacy`), you will hear when a place falls free."
        return f"{taken} You are number {place} on the waiting list; {free}"
    if answer.answer == COMING:
        return f"You are coming. {_reminders(ctx, event, may_write=may_write)}".strip()
    if answer.answer == MAYBE:
        return "You said maybe. I will not remind you; press Coming when you know."
    return "You are not coming. Thank you for saying so."


def _reminders(ctx: Context, event: Event, *, may_write: bool) -> str:
    hours = (event.starts_at - ctx.now).total_seconds() / 3600
    ahead = [words for limit, words in ((24, "a day"), (1, "an hour")) if hours > limit]
    if not ahead:
        return ""
    when = f"{' and '.join(ahead)} before"
    if may_write:
        return f"I will remind you {when}."
    return f"Once I may write to you, I can remind you {when}: `/privacy` has the switch."
