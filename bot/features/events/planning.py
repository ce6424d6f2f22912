"""`/event create`, `edit` and `cancel`: hosts plan, look at what I understood, and say yes."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.actions import Long, Role, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.events import cards, lifecycle, promises, store
from bot.features.events import repeat as repeats
from bot.features.events import when as times
from bot.features.events.choosing import choose, coming_like
from bot.features.events.feature import feature
from bot.features.events.model import PLANNED, Draft, Event, Shape
from bot.features.events.when import When
from bot.markup import bulleted, linked, one_line, paragraphs, plain
from bot.people import Address, Person, spot_words
from bot.replies import Card, Field, OpenForm, Reply, Style

TITLE = 100
"""Characters; Discord's own events take no more."""
MOST_PLACES = 100_000
A_MOMENT = timedelta(seconds=1)
KEPT = "kept"
"""Stands for a repeat that an edit leaves alone."""

Title = Annotated[str, "What it is called"]
Start = Annotated[str, "When it starts, such as Friday 18:30"]
Minutes = Annotated[str, "How long: 90, 2h or 1h30"]
Place = Annotated[str, "Where: a place or a link"]
Repeat = Annotated[str, "Repeat: weekly, every two weeks, monthly"]
Capacity = Annotated[int | None, "How many places there are"]
Details = Annotated[str, "What people should know", Long()]
Which = Annotated[str | None, "Which event: number, title or day", Suggest(coming_like)]
DraftId = Annotated[str, "Which draft"]


@feature.command(
    "event create", role=Role.HOST, example='"Demo night" "Friday 18:30" 2h', form="Plan an event"
)
async def create(
    ctx: Context,
    title: Title,
    when: Start,
    minutes: Minutes = "90",
    place: Place = "",
    repeat: Repeat = "",
    capacity: Capacity = None,
    details: Details = "",
) -> Reply:
    """Plan an event. You see what I understood before anybody else does."""
    spot = _here(ctx)
    await _refuse_closed(ctx)
    await store.forget_old_drafts(ctx)
    start = _start(ctx, title, when, minutes)
    shape = _shape(title, start, minutes, place, capacity, details)
    return await _preview(ctx, _draft(ctx, shape, start.zone, spot, rule=_rule(repeat, start)))


@feature.action("event change", role=Role.HOST, form="Change the event")
async def change(
    ctx: Context,
    draft: DraftId,
    title: Title = "",
    when: Start = "",
    minutes: Minutes = "90",
    place: Place = "",
    repeat: Repeat = "",
    capacity: Capacity = None,
) -> Reply | OpenForm:
    """Pressed, it opens the form; sent, it shows what I understood now."""
    plan = await store.draft_of(ctx, draft)
    if ctx.call.via is not Via.FORM:
        return _form(ctx, plan)
    start = _restart(ctx, plan, when)
    places = capacity if plan.event_id else plan.capacity
    plan.shape = _shape(title, start, minutes, place, places, plan.details)
    plan.zone = start.zone
    plan.rule = plan.rule if repeat == KEPT else _rule(repeat, start)
    return await _preview(ctx, plan)


@feature.action("event more", role=Role.HOST, form="Places and details")
async def more(
    ctx: Context, draft: DraftId, capacity: Capacity = None, details: Details = ""
) -> Reply | OpenForm:
    """The rest of what can be said: a form holds five fields only."""
    plan = await store.draft_of(ctx, draft)
    if ctx.call.via is not Via.FORM:
        written = {"capacity": str(plan.capacity or ""), "details": plan.details}
        return OpenForm(more.name, ctx.new_id(), {"draft": plan.id}, written)
    plan.shape = replace(plan.shape, capacity=_capacity(capacity), details=details)
    return await _preview(ctx, plan)


@feature.action("event channel", role=Role.HOST)
async def use_channel(ctx: Context, draft: DraftId) -> Reply:
    plan = await store.draft_of(ctx, draft)
    plan.spot = _here(ctx)
    return await _preview(ctx, plan)


@feature.action("event discard", role=Role.HOST)
async def discard(ctx: Context, draft: DraftId) -> Reply:
    await ctx.session.delete(await store.draft_of(ctx, draft))
    return Reply(
        Card("Dropped", "Nothing was planned or changed, and nobody heard of it."), update=True
    )


@feature.action("event confirm", role=Role.HOST)
async def confirm(
    ctx: Context,
    draft: DraftId,
    seen: Annotated[int | None, "The newest version you have seen"] = None,
) -> Reply:
    plan = await store.draft_of(ctx, draft)
    if plan.event_id:
        return await _save(ctx, plan, plan.event_id, seen or plan.version)
    await ctx.session.delete(plan)
    _prove_ahead(ctx, plan)
    host = (await ctx.person()).id
    if plan.rule is None:
        event = await lifecycle.plan(ctx, plan.shape, plan.spot, host)
        return _planned(ctx, event, f"I announce it {_where(ctx, plan)} now.")
    first = When(plan.starts_at, plan.zone).local
    event, *_ = await lifecycle.begin(ctx, plan.shape, plan.rule, plan.zone, first, plan.spot, host)
    text = f"I announce each date {_where(ctx, plan)} a week ahead. `/events` lists them."
    return _planned(ctx, event, text)


@feature.command("event edit", role=Role.HOST, example="2")
async def edit(ctx: Context, event: Which = None) -> Reply:
    """Change an event: its time, place, length, places or words."""
    found = await choose(ctx, edit, event, await store.coming(ctx), numbered=store.heads)
    if isinstance(found, Reply):
        return found
    _prove_changeable(ctx, found)
    plan = _draft(ctx, found.shape, ctx.community.zone, found.spot, event=found)
    return await _preview(ctx, plan, is_new=True)


@feature.command("event cancel", role=Role.HOST, example="2")
async def cancel(ctx: Context, event: Which = None) -> Reply:
    """Call an event off, or one date of a series, or all of them."""
    found = await choose(ctx, cancel, event, await store.coming(ctx), numbered=store.heads)
    if isinstance(found, Reply):
        return found
    _prove_changeable(ctx, found)
    buttons = [call_off.button("Cancel this one", Style.RISKY, event=found.id)]
    if found.series_id:
        buttons.append(
            call_off.button("Cancel all dates", Style.RISKY, event=found.id, every="yes")
        )
    buttons.append(keep.button("Keep it", event=found.id))
    line = cards.when_line(found, ctx.community.zone)
    text = f"{line}\n\nWhoever meant to come hears of it from me."
    return Reply(Card(f"Cancel {cards.title(found)}?", text, buttons=tuple(buttons)))


@feature.action("event keep", role=Role.HOST)
async def keep(ctx: Context, event: Annotated[str, "Which event"]) -> Reply:
    found = await store.event_of(ctx, event)
    title = f"Kept: {cards.dated(found, ctx.community.zone)}"
    return Reply(Card(title, "Nothing changed, and nobody heard of it."), update=True)


@feature.action("event call-off", role=Role.HOST)
async def call_off(
    ctx: Context,
    event: Annotated[str, "Which event"],
    every: Annotated[bool, "All dates of the series"] = False,
) -> Reply:
    found = await store.event_of(ctx, event)
    if every and found.series_id:
        dates, told = await lifecycle.end(ctx, await store.series_of(ctx, found.series_id))
        text = f"Dates called off: {dates}. No more will come. {_told(told)}"
        return Reply(Card(f"The series ends: {one_line(found.title, TITLE)}", text), update=True)
    found = await store.event_of(ctx, event, lock=True)
    _prove_changeable(ctx, found)
    line = cards.when_line(found, ctx.community.zone)
    text = f"{line}\n\n{_told(await lifecycle.call_off(ctx, found))}"
    return Reply(Card(cards.title(found), text), update=True)


async def _save(ctx: Context, plan: Draft, event_id: str, seen: int) -> Reply:
    event = await store.event_of(ctx, event_id, lock=True)
    _prove_changeable(ctx, event)
    if event.version != seen and event.shape != plan.shape:
        return await _overtaken(ctx, plan, event)
    if plan.starts_at != event.starts_at:
        _prove_ahead(ctx, plan)
    await ctx.session.delete(plan)
    before = event.shape
    moves = plan.spot != event.spot and await _may_move(ctx, plan)
    if moves:
        event.spot = plan.spot
    told = await lifecycle.revise(ctx, event, plan.shape, (await ctx.person()).id)
    if event.shape == before:
        where = f"Saved. I announce it {_where(ctx, plan)}."
        return _planned(ctx, event, where if moves else "Nothing changed.")
    text = [_told_of_change(before, event, told)]
    counts = await store.count(ctx.session, event)
    if event.capacity and counts.coming > event.capacity:
        text.append(
            f"{counts.coming} have said that they come. They keep their places; nobody moves up "
            "until one falls free."
        )
    return _planned(ctx, event, " ".join(text))


async def _overtaken(ctx: Context, plan: Draft, event: Event) -> Reply:
    """Somebody else changed it since the draft was made: show theirs before mine undoes it."""
    who = await ctx.session.get(Person, event.changed_by) if event.changed_by else None
    name = plain(who.name, 60) if who else "Somebody"
    zone = ctx.community.zone
    facts = {
        "Title": (event.title, plan.title),
        "When": (cards.when_line(event, zone), cards.when_line(plan, zone)),
        "Where": (event.place, plan.place),
        "Places": (str(event.capacity or "no limit"), str(plan.capacity or "no limit")),
        "Details": (event.details, plan.details),
    }
    fields = tuple(
        Field(label, f"Now: {_as_said(label, theirs)}\n\nYours: {_as_said(label, mine)}")
        for label, (theirs, mine) in facts.items()
        if theirs != mine
    )
    buttons = (
        confirm.button("Save mine anyway", Style.RISKY, draft=plan.id, seen=event.version),
        edit.button("Start from theirs", Style.MAIN, event=event.id),
        discard.button("Drop mine", draft=plan.id),
    )
    text = f"{name} changed it after you began. Nothing of yours is saved yet."
    title = f"Changed meanwhile: {one_line(event.title, TITLE)}"
    return Reply(Card(title, text, fields, buttons), update=True)


def _as_said(label: str, text: str) -> str:
    """Markup; a time is that already."""
    return text if label == "When" else plain(one_line(text, 200)) or "nothing"


def _told_of_change(before: Shape, event: Event, told: lifecycle.Told) -> str:
    """Who hears of it, and why nobody does."""
    moved_up = f"{told.moved_up} who waited can come now: I tell them." if told.moved_up else ""
    if (before.starts_at, before.place) != (event.starts_at, event.place):
        others = _told(told.moved) if any(told.moved) or not moved_up else ""
        return " ".join(filter(None, ["Saved.", moved_up, others]))
    if moved_up:
        return f"Saved. {moved_up}"
    what = "time" if before.minutes == event.minutes else "start"
    return f"Saved. The {what} and place are the same, so I write to nobody."


def _planned(ctx: Context, event: Event, text: str) -> Reply:
    line = cards.when_line(event, ctx.community.zone)
    buttons = (
        edit.button("Change it", event=event.id),
        cancel.button("Cancel it", event=event.id),
    )
    title = f"Planned: {one_line(event.title, TITLE)}"
    return Reply(Card(title, f"{line}\n\n{text}", buttons=buttons), update=True)


async def _preview(ctx: Context, plan: Draft, *, is_new: bool = False) -> Reply:
    """What I understood, before it is true. `is_new`: an edit in which nothing is changed yet."""
    ahead = f"That is {times.from_now(plan.starts_at, ctx.now, plan.zone)}."
    if plan.starts_at <= ctx.now:
        ahead = "It has begun."
    text = [cards.when_line(plan, plan.zone), ahead, paragraphs(plan.details)]
    elsewhere = plan.spot != ctx.spot and await _may_move(ctx, plan)
    yes = "Save" if plan.event_id else "Yes, announce it"
    buttons = (
        *(() if is_new else (confirm.button(yes, Style.MAIN, draft=plan.id),)),
        change.button("Change", Style.MAIN if is_new else Style.PLAIN, draft=plan.id),
        more.button("Places and details", draft=plan.id),
        *((use_channel.button("Announce it here", draft=plan.id),) if elsewhere else ()),
        discard.button("Leave it as it is" if is_new else "Drop this", draft=plan.id),
    )
    question = "What should change?" if is_new else "Is this right?"
    title = f"{question} {one_line(plan.title, TITLE)}"
    card = Card(title, "\n\n".join(filter(None, text)), tuple(_what_else(ctx, plan)), buttons)
    return Reply(card, update=True)


async def _refuse_closed(ctx: Context) -> None:
    """An event that can't be announced would be planned in silence."""
    here = Address(ctx.call.caller.where, channel=ctx.place.id)
    if obstacle := await ctx.platform.obstacle(here):
        raise UserError(
            f"I could not announce it in this channel. {plain(obstacle, 300)} "
            "Please mend that, or type it in another channel."
        )


def _what_else(ctx: Context, plan: Draft) -> list[Field]:
    fields = []
    if plan.place:
        fields.append(Field("Where", linked(plan.place)))
    if plan.rule:
        first = When(plan.starts_at, plan.zone).local
        dates = repeats.horizon(plan.rule, first, plan.zone, ctx.now)[:3]
        listed = bulleted(times.shown(slot.at, plan.zone) for slot in dates)
        how = plain(repeats.words(plan.rule), 300).capitalize()
        fields.append(Field("Repeats", f"{how}\n\n{listed or 'No date is left.'}"))
    if plan.capacity:
        fields.append(Field("Places", f"{plan.capacity}; then a waiting list"))
    return [*fields, Field("Channel", f"Announced {_where(ctx, plan)}.")]


def _draft(
    ctx: Context,
    shape: Shape,
    zone: str,
    spot: str,
    rule: str | None = None,
    event: Event | None = None,
) -> Draft:
    draft = Draft(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        event_id=event.id if event else None,
        version=event.version if event else 0,
        shape=shape,
        zone=zone,
        rule=rule,
        spot=spot,
        created_at=ctx.now,
    )
    ctx.session.add(draft)
    return draft


def _form(ctx: Context, plan: Draft) -> OpenForm:
    """What is written there reads back as the same draft. An edit leaves the repeat alone."""
    written = {
        "title": plan.title,
        "when": times.spell(plan.starts_at, plan.zone),
        "minutes": str(plan.minutes),
        "place": plan.place,
    }
    if plan.event_id:
        known = {"draft": plan.id, "repeat": KEPT}
        return OpenForm(
            change.name, ctx.new_id(), known, written | {"capacity": str(plan.capacity or "")}
        )
    first = When(plan.starts_at, plan.zone).local
    repeat = repeats.spell(plan.rule, first) if plan.rule else ""
    return OpenForm(change.name, ctx.new_id(), {"draft": plan.id}, written | {"repeat": repeat})


def _restart(ctx: Context, plan: Draft, when: str) -> When:
    """An untouched time is the same one, even while the event goes on."""
    if when.strip() == times.spell(plan.starts_at, plan.zone):
        return When(plan.starts_at, plan.zone)
    return times.read(when, ctx.community.zone, ctx.now)


def _start(ctx: Context, title: str, when: str, minutes: str) -> When:
    """When it starts. A title typed without quotes spills over into the time and the length."""
    try:
        return times.read(when, ctx.community.zone, ctx.now)
    except times.Unreadable:
        if ctx.call.via is not Via.COMMAND or times.is_length(minutes):
            raise
    written = plain(f'"{title} {when}" "Friday 18:30"', 150)
    raise UserError(
        f"I read “{plain(when, 40)}” as the time. Put the title in quotes: /event create {written}"
    )


def _shape(
    title: str, start: When, minutes: str, place: str, capacity: int | None, details: str
) -> Shape:
    name = one_line(title, 2 * TITLE)
    if not 1 <= len(name) <= TITLE:
        raise UserError(f"A title has 1 to {TITLE} characters.", "title")
    return Shape(
        title=name,
        starts_at=start.at,
        minutes=times.read_minutes(minutes),
        place=one_line(place, 200),
        details=details,
        capacity=_capacity(capacity),
    )


def _capacity(places: int | None) -> int | None:
    if places is not None and not 1 <= places <= MOST_PLACES:
        raise UserError("At least one place; leave it empty for no limit.", "capacity")
    return places


def _rule(repeat: str, start: When) -> str | None:
    rule = repeats.read(repeat, start.local)
    if (
        rule
        and repeats.horizon(rule, start.local, start.zone, start.at - A_MOMENT)[0].at != start.at
    ):
        raise UserError("In a series the first of two such hours counts. Write “first”.", "when")
    return rule


def _here(ctx: Context) -> str:
    if ctx.place.direct:
        raise UserError("Type this in the channel where the event belongs: I announce it there.")
    return ctx.spot


def _where(ctx: Context, plan: Draft) -> str:
    return spot_words(ctx.community, plan.spot, ctx.spot, ctx.space)


async def _may_move(ctx: Context, plan: Draft) -> bool:
    """To another channel: an announcement that stands somewhere stays there."""
    if ctx.place.direct or plan.event_id is None:
        return not ctx.place.direct
    row = await ctx.outbox.find(promises.announce_key(plan.event_id))
    return row is None or row.settled_at is None


def _prove_ahead(ctx: Context, plan: Draft) -> None:
    if plan.starts_at <= ctx.now:
        raise UserError("That time has passed by now. Press Change and choose another.")


def _prove_changeable(ctx: Context, event: Event) -> None:
    if event.status != PLANNED or event.ends_at <= ctx.now:
        raise UserError("It is cancelled or over. `/event close` corrects who came.")


def _told(reach: lifecycle.Reach) -> str:
    if not any(reach):
        return "Nobody had said that they come, so I write to nobody."
    told = []
    if reach.written:
        told.append(f"I write to {reach.written} who meant to come.")
    if reach.silent:
        have = "has" if reach.silent == 1 else "have"
        told.append(
            f"{reach.silent} who meant to come {have} not said that I may write to them. "
            "They hear of it from me when they come by, or from you."
        )
    return " ".join(told)
