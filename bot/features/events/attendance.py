"""Who was there: a code or a button at the door, and a host who puts the list right."""

from collections.abc import Sequence
from typing import Annotated, Literal

from bot.actions import Long, Role, Suggest
from bot.codes import count_wrong, guesses
from bot.context import Context
from bot.errors import UserError
from bot.features.events import cards, lifecycle, store
from bot.features.events.choosing import begun_like, choose
from bot.features.events.feature import feature
from bot.features.events.model import (
    BY_BUTTON,
    BY_CODE,
    BY_HOST,
    BY_REST,
    CANCELLED,
    CLOSED,
    Attendance,
    Event,
)
from bot.features.events.store import Line
from bot.markup import one_line, plain, shorten
from bot.paging import Page
from bot.replies import OPTION_LABEL, OPTIONS, TITLE, Button, Card, Option, Reply, Style

MOST_WALK_INS = 50
NO_DOOR = (
    "Check-in works from an hour before the start until three hours after the end. "
    "Later, `/event close` puts the list right."
)
NOTHING_BEGUN = "Nothing has taken place lately. `/events` lists what is coming."
REST = "The rest did not come"
ASK_REST = (
    f"If the list at the door was complete, press “{REST}”. Without that the figures leave this "
    "event out where they ask who came of those who said yes."
)
MARKS = {True: "✓", False: "✗", None: "?"}

Which = Annotated[str | None, "Which event: number, title or day", Suggest(begun_like)]
EventId = Annotated[str, "Which event"]


@feature.command("checkin", example="7KM4QX", form="Your code")
async def checkin(ctx: Context, code: Annotated[str, "The code that the host shows"]) -> Reply:
    """Say that you are here, with the code that the host shows."""
    guess = await guesses(ctx, "Ask the host, or try again in ten minutes.")
    wanted = code.strip().upper().removeprefix("#")
    for event in await store.at_the_door(ctx):
        if event.code == wanted:
            return await _arrive(ctx, event.id, BY_CODE)
    await count_wrong(ctx, guess)
    text = (
        f"{plain(wanted, 20)} opens no event right now. Look again at what the host shows; "
        "it works from an hour before the start until three hours after the end."
    )
    return Reply(Card("That is not the code", text))


@feature.action("event here")
async def here(ctx: Context, event: EventId) -> Reply:
    found = await store.event_of(ctx, event)
    if not (found.checkin_open and store.door_is_open(ctx, found)):
        raise UserError("Check-in is closed here. A host can still add you to the list.")
    return await _arrive(ctx, event, BY_BUTTON)


@feature.command("event checkin", role=Role.HOST)
async def door(ctx: Context, event: Which = None) -> Reply:
    """Show the check-in code, and open a button for everybody in the channel."""
    found = await choose(ctx, door, event, await store.at_the_door(ctx), NO_DOOR)
    if isinstance(found, Reply):
        return found
    _prove_at_the_door(ctx, found)
    text = (
        f"The code is\n\n```\n{found.code}\n```\n\nShow it in the room: people type "
        f"`/checkin {found.code}`. For an event online, open a button in its channel instead."
    )
    button = open_door.button("Open the button in the channel", Style.MAIN, event=found.id)
    title = f"Check-in: {cards.dated(found, ctx.community.zone)}"
    interested = cards.interest(await store.interest(ctx.session, found))
    return Reply(Card(title, text, interested, (button,)))


@feature.action("event door", role=Role.HOST)
async def open_door(ctx: Context, event: EventId) -> Reply:
    found = await store.event_of(ctx, event, lock=True)
    _prove_at_the_door(ctx, found)
    found.checkin_open = True
    await ctx.outbox.later("events.door", key=f"door:{event}", due=ctx.now, event=event)
    text = (
        "In its channel there is a button “I am here” now. It works until three hours after "
        "the end."
    )
    title = one_line(f"The door is open: {found.title}", TITLE)
    return Reply(Card(title, text), update=True)


@feature.command("event close", role=Role.HOST)
async def close(ctx: Context, event: Which = None) -> Reply:
    """Say who came. What nobody knows stays unknown."""
    found = await choose(ctx, close, event, await store.begun(ctx), NOTHING_BEGUN)
    if isinstance(found, Reply):
        return found
    _prove_begun(ctx, found)
    return await _list(ctx, found)


@feature.action("event list", role=Role.HOST)
async def list_(
    ctx: Context, event: EventId, page: Annotated[int, "Which page of names"] = 1
) -> Reply:
    return await _list(ctx, await _begun(ctx, event), page)


@feature.action("event mark", role=Role.HOST)
async def mark(ctx: Context, event: EventId, whom: Annotated[str, "Whom"]) -> Reply:
    found = await _begun(ctx, event)
    line = await _line(ctx, found, whom)
    buttons = (
        noted.button("Was here", event=event, whom=whom, was="here"),
        noted.button("Was not here", event=event, whom=whom, was="absent"),
        noted.button("Nobody knows", event=event, whom=whom, was="unknown"),
        list_.button("Back to the list", event=event),
    )
    text = plain(cards.dated(found, ctx.community.zone))
    return Reply(Card(one_line(line.name, 100), text, buttons=buttons), update=True)


@feature.action("event noted", role=Role.HOST)
async def noted(
    ctx: Context,
    event: EventId,
    whom: Annotated[str, "Whom"],
    was: Annotated[Literal["here", "absent", "unknown"], "Were they here"],
) -> Reply:
    found = await _begun(ctx, event)
    await _line(ctx, found, whom)
    note = await store.attendance_of(ctx.session, found, whom)
    if was == "unknown":
        if note:
            await ctx.session.delete(note)
    else:
        await _note(ctx, event, whom, BY_HOST, note, present=was == "here")
    await ctx.session.flush()
    return await _list(ctx, found)


@feature.action("event all-here", role=Role.HOST)
async def all_here(ctx: Context, event: EventId) -> Reply:
    """Everybody who is still unknown was here: one press for the evening when all came."""
    found = await _begun(ctx, event)
    for line in await store.door_list(ctx.session, found):
        if line.present is None:
            await _note(ctx, event, line.whom, BY_HOST, None, present=True)
    await ctx.session.flush()
    return await _list(ctx, found)


@feature.action("event rest", role=Role.HOST)
async def rest(ctx: Context, event: EventId) -> Reply:
    """Everybody who is still unknown did not come: a door that was looked after names the rest."""
    found = await _begun(ctx, event)
    left = [line for line in await store.door_list(ctx.session, found) if line.present is None]
    for line in left:
        await _note(ctx, event, line.whom, BY_REST, None, present=False)
    await ctx.session.flush()
    return await _list(ctx, found, note=f"Marked as not here: {len(left)}.")


@feature.action("event rest-undo", role=Role.HOST)
async def undo_rest(ctx: Context, event: EventId) -> Reply:
    """They are unknown again; whomever a host or a code named since stays as they are."""
    found = await _begun(ctx, event)
    count = await store.forget_rest(ctx.session, found)
    return await _list(ctx, found, note=f"Not known again: {count}.")


@feature.action("event walk-ins", role=Role.HOST, form="Walk-ins")
async def walk_ins(
    ctx: Context, event: EventId, names: Annotated[str, "Names, one on each line", Long()]
) -> Reply:
    found = await _begun(ctx, event)
    written = [one_line(name, 100) for line in names.splitlines() for name in line.split(",")]
    people = {name.casefold(): name for name in reversed(written) if name}
    if not 1 <= len(people) <= MOST_WALK_INS:
        raise UserError(f"Write 1 to {MOST_WALK_INS} names, one on each line.", "names")
    known = await store.door_list(ctx.session, found)
    notes = []
    for folded, name in reversed(people.items()):
        alike = [line for line in known if line.name.casefold() == folded]
        if alike:
            notes.append(await _on_the_list(ctx, found, alike))
            continue
        ctx.session.add(
            Attendance(
                id=ctx.new_id(),
                event_id=event,
                name=name,
                present=True,
                via=BY_HOST,
                noted_at=ctx.now,
            )
        )
    await ctx.session.flush()
    return await _list(ctx, found, note=" ".join(notes))


async def _on_the_list(ctx: Context, event: Event, alike: Sequence[Line]) -> str:
    """A walk-in of a name that the list has is no second person: mark them instead."""
    line, *more = alike
    if more:
        return f"{len(alike)} on the list are called {plain(line.name, 60)}: pick who was here."
    note = await store.attendance_of(ctx.session, event, line.whom)
    await _note(ctx, event.id, line.whom, BY_HOST, note, present=True)
    return f"{plain(line.name, 60)} is on the list already: I marked them as here."


@feature.action("event closed", role=Role.HOST)
async def closed(ctx: Context, event: EventId) -> Reply:
    found = await _begun(ctx, event)
    await lifecycle.close(ctx, found)
    lines = await store.door_list(ctx.session, found)
    here, absent, unknown = (sum(each.present is was for each in lines) for was in MARKS)
    text = f"Here: {here}. Not here: {absent}. Not known: {unknown}."
    buttons: tuple[Button, ...] = (list_.button("Correct it", event=event),)
    if unknown:
        text = f"{text}\n\n{ASK_REST}"
        buttons += (rest.button(REST, event=event),)
    title = f"Closed: {cards.dated(found, ctx.community.zone)}"
    return Reply(Card(title, text, buttons=buttons), update=True)


async def _arrive(ctx: Context, event: str, via: str) -> Reply:
    """Note that they are here. A second press changes nothing."""
    person = await ctx.person()
    found = await store.event_of(ctx, event, lock=True)
    note = await store.attendance_of(ctx.session, found, person.id)
    if found.status == CLOSED or (note and note.via in (BY_HOST, BY_REST) and not note.present):
        raise UserError("The hosts have made the list already. Please ask one of them to add you.")
    await _note(ctx, event, person.id, via, note, present=True)
    text = f"Good to have you at {plain(found.title, 100)}, {plain(person.name, 60)}."
    return Reply(Card("You are checked in", text))


async def _note(
    ctx: Context, event: str, whom: str, via: str, note: Attendance | None, *, present: bool
) -> None:
    if note is None:
        note = Attendance(id=ctx.new_id(), event_id=event, person_id=whom, via=via)
        ctx.session.add(note)
    elif note.present is present and note.via != BY_REST and note.batch_id is None:
        return
    note.present, note.via, note.noted_at, note.batch_id = present, via, ctx.now, None


async def _list(ctx: Context, event: Event, page: int = 1, note: str = "") -> Reply:
    """Who came, as far as anybody knows; picking a name corrects it."""
    lines = await store.door_list(ctx.session, event)
    at = Page.of(page, len(lines), OPTIONS)
    buttons = _list_buttons(event, lines, at)
    options = [_option(line) for line in at.shown(lines)]
    choice = mark.choice("Correct somebody", "whom", options, event=event.id) if options else None
    line = cards.when_line(event, ctx.community.zone)
    hint = "Leave out whom you are not sure of. Not knowing is fine."
    text = "\n\n".join(filter(None, [shorten(note, 1000), line, hint]))
    title = f"Who came? {cards.dated(event, ctx.community.zone)}"
    interested = cards.interest(await store.interest(ctx.session, event))
    fields = (*cards.who_came(lines), *interested)
    return Reply(Card(title, text, fields, buttons, choice), update=True)


def _list_buttons(event: Event, lines: Sequence[Line], at: Page) -> tuple[Button, ...]:
    done = "Save again" if event.status == CLOSED else "Close the event"
    buttons = [
        closed.button(done, Style.MAIN, event=event.id),
        walk_ins.button("Add walk-ins", event=event.id),
    ]
    if any(line.present is None for line in lines):
        buttons.append(all_here.button("All others were here", event=event.id))
        buttons.append(rest.button(REST, event=event.id))
    elif any(line.via == BY_REST for line in lines):
        buttons.append(undo_rest.button("Undo “did not come”", event=event.id))
    return (*buttons, *at.around(list_, "More names", "First names", event=event.id))


def _option(line: Line) -> Option:
    label = f"{MARKS[line.present]} {one_line(line.name, OPTION_LABEL)}"
    return Option(shorten(label, OPTION_LABEL), line.whom)


async def _line(ctx: Context, event: Event, whom: str) -> Line:
    for line in await store.door_list(ctx.session, event):
        if line.whom == whom:
            return line
    raise UserError("They are not on the list of this event any more.")


async def _begun(ctx: Context, event: str) -> Event:
    found = await store.event_of(ctx, event, lock=True)
    _prove_begun(ctx, found)
    return found


def _prove_begun(ctx: Context, event: Event) -> None:
    if event.status == CANCELLED:
        raise UserError("It was cancelled, so nobody came.")
    if ctx.now < event.starts_at - store.DOOR_OPENS:
        raise UserError("It has not begun. Close it when it is over.")


def _prove_at_the_door(ctx: Context, event: Event) -> None:
    if not store.door_is_open(ctx, event):
        raise UserError(NO_DOOR)
