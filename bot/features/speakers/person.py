"""One person on the board: what is known of them, and what hosts change, each with its way back."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.actions import Long, Role
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.events.when import read_day_ahead
from bot.features.followups.actions import host_meant
from bot.features.speakers import cards, pipeline, store
from bot.features.speakers.cards import WORDS, heading
from bot.features.speakers.choosing import One, Whom, meant, view
from bot.features.speakers.feature import feature
from bot.features.speakers.model import (
    DECLINED,
    DELIVERED,
    FOLLOWED_UP,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_STEP,
    LONGEST_TOPIC,
    PARKED,
    PATH,
    SPOTTED,
    STAGES,
    Candidate,
    Stage,
    back,
    forward,
)
from bot.features.speakers.store import Line
from bot.markup import bulleted, one_line, plain
from bot.paging import Page, filled
from bot.replies import OPTIONS, TEXT, Button, Card, Choice, OpenForm, Option, Reply, Style

To = Annotated[Stage, "To which stage"]
Note = Annotated[str, "A note. They may read it, so be kind", Long(LONGEST_NOTE)]
STEP = "The next step, such as: ask her for a date"
BY = "When that is due, such as Friday or 3 June"


@feature.action("speaker show", role=Role.HOST)
async def show(ctx: Context, who: One) -> Reply:
    found = await store.candidate_of(ctx, who)
    return Reply(await about(ctx, await store.line_of(ctx, found)), update=True)


@feature.action("speaker history", role=Role.HOST)
async def history(ctx: Context, who: One, page: Annotated[int, "Which page"] = 1) -> Reply:
    """Every move and note, newest first."""
    found = await store.candidate_of(ctx, who)
    moves = await store.moves_of(ctx, who)
    notes = await store.notes_of(ctx, who)
    ids = {each.by_id for each in moves} | {each.by_id for each in notes}
    ids |= {each.owner_id for each in moves}
    lines = cards.history(found, moves, notes, await store.names(ctx, ids), view(ctx))
    pages = filled(lines, lambda line: len(bulleted([line])) + 1, TEXT + 1)
    at = Page.of(page, len(pages))
    buttons = (*at.beside(history, "← Newer", "Older →", who=who), show.button("Back", who=who))
    text = bulleted(pages[at.start])
    return Reply(Card(heading("History: ", found), text, buttons=buttons), update=True)


@feature.command("speaker move", role=Role.HOST, example="booked Ada", form="Another stage")
async def move(ctx: Context, stage: To, whom: Whom) -> Reply:
    """Move somebody to another stage."""
    found = await meant(ctx, whom, "whom")
    if len(found) > 1:
        options = cards.people(found[:OPTIONS])
        return _which(go.choice("Pick somebody", "who", options, to=stage))
    return replace(await _go(ctx, found[0].candidate.id, stage), update=False)


@feature.action("speaker go", role=Role.HOST)
async def go(
    ctx: Context, who: One, to: To, at: Annotated[int | None, "How many moves were seen"] = None
) -> Reply:
    """One host moves them; another, who saw them where they were before, is told."""
    return await _go(ctx, who, to, at)


@feature.action("speaker undo", role=Role.HOST)
async def undo(ctx: Context, move: Annotated[str, "Which move"]) -> Reply:
    made = await store.move_of(ctx, move)
    found = await store.candidate_of(ctx, made.candidate_id, lock=True)
    made = await store.move_of(ctx, move)
    name, entry = heading("", found), made.stage is not None and made.was is None
    await pipeline.take_back(ctx, found, made)
    if entry:
        text = "They are off the board, and nothing is kept of it."
        return Reply(Card(f"Taken back: {one_line(name, 100)}", text), update=True)
    await ctx.session.flush()
    line = await store.line_of(ctx, found)
    return Reply(await about(ctx, line, "Taken back. This is how it was before."), update=True)


@feature.command("speaker note", role=Role.HOST, example="Ada", form="A note")
async def note(ctx: Context, whom: Whom) -> Reply | OpenForm:
    """Write down something about somebody, for all hosts."""
    found = await meant(ctx, whom, "whom")
    if len(found) > 1:
        options = cards.people(found[:OPTIONS])
        return _which(write.choice("Pick somebody", "who", options))
    return write.form(ctx, who=found[0].candidate.id)


@feature.action("speaker remark", role=Role.HOST, form="A note")
async def write(ctx: Context, who: One, text: Note) -> Reply:
    found = await store.candidate_of(ctx, who, lock=True)
    me = await ctx.person()
    made = await pipeline.note(ctx, found, one_line(text, LONGEST_NOTE), me.id)
    words = f"{plain(made.text)}\n\n{_who_may_read(found)}"
    back = erase.button("Undo", note=made.id)
    return Reply(done_card(heading("Noted: ", found), words, found, back), update=True)


@feature.action("speaker step", role=Role.HOST, form="The next step")
async def plan(
    ctx: Context,
    who: One,
    step: Annotated[str, STEP],
    by: Annotated[str, BY],
) -> Reply:
    """The next step, in place of the one before. Whoever looks after them is reminded that day."""
    found = await store.candidate_of(ctx, who, lock=True)
    due = day_of(ctx, step, by)
    assert due, "both are required"
    me = await ctx.person()
    made = await pipeline.note(ctx, found, one_line(step, LONGEST_STEP), me.id, due)
    whom = "You hear" if found.owner_id == me.id else "Whoever looks after them hears"
    text = f"{plain(made.text)}, by {cards.day(due)}.\n\n{whom} of it that day."
    back = erase.button("Undo", note=made.id)
    return Reply(done_card(heading("Next step: ", found), text, found, back), update=True)


@feature.action("speaker done", role=Role.HOST)
async def done(ctx: Context, step: Annotated[str, "Which step"]) -> Reply:
    """The next step is done. What comes after it is asked for at once."""
    made = await store.note_of(ctx, step)
    found = await store.candidate_of(ctx, made.candidate_id, lock=True)
    made = await store.note_of(ctx, step)
    if made.settled_at:
        raise UserError("That step is done already, or another took its place.")
    await pipeline.settle(ctx, found, made)
    back = undone.button("Undo", step=made.id)
    text = f"{plain(made.text)}\n\nWhat comes next?"
    plan_next = plan.button("Next step", Style.MAIN, who=found.id)
    return Reply(done_card(heading("Done: ", found), text, found, back, plan_next), update=True)


@feature.action("speaker undone", role=Role.HOST)
async def undone(ctx: Context, step: Annotated[str, "Which step"]) -> Reply:
    made = await store.note_of(ctx, step)
    found = await store.candidate_of(ctx, made.candidate_id, lock=True)
    if await store.open_step(ctx, found.id):
        raise UserError("Another step is open since, so I left it as it is now.")
    await pipeline.reopen(ctx, found, made)
    return await _again(ctx, found, "That step is open again.")


@feature.action("speaker erase", role=Role.HOST)
async def erase(ctx: Context, note: Annotated[str, "Which note"]) -> Reply:
    """Undo a note or a next step."""
    gone = await store.note_of(ctx, note)
    found = await store.candidate_of(ctx, gone.candidate_id, lock=True)
    gone = await store.note_of(ctx, note)
    if gone.due and gone.settled_at:
        raise UserError("It was done or replaced after that, so I left it as it is now.")
    await pipeline.take_note_back(ctx, found, gone)
    return await _again(ctx, found, "Taken back, and deleted.")


@feature.action("speaker hand-over", role=Role.HOST, form="Hand over to")
async def hand_over(
    ctx: Context, who: One, to: Annotated[str, "To which host: a name or a mention"]
) -> Reply:
    """Another host looks after them from now on."""
    found = await store.candidate_of(ctx, who, lock=True)
    host = await host_meant(ctx, to)
    if host.id == found.owner_id:
        return await _again(ctx, found, f"They are with {plain(host.name)} already.")
    made = await pipeline.hand_over(ctx, found, host.id, (await ctx.person()).id)
    text = f"{plain(host.name)} looks after them now."
    back = undo.button("Undo", move=made.id)
    return Reply(done_card(heading("Handed over: ", found), text, found, back), update=True)


@feature.action("speaker edit", role=Role.HOST, form="Name and topic")
async def edit(
    ctx: Context,
    who: One,
    name: Annotated[str, "Who it is"] = "",
    topic: Annotated[str, "What they could speak about"] = "",
) -> Reply | OpenForm:
    """Put the name or topic right; the form has what stands there now."""
    found = await store.candidate_of(ctx, who, lock=True)
    if ctx.call.via is not Via.FORM:
        words = {"name": found.name or "", "topic": found.topic or ""}
        return replace(edit.form(ctx, who=who), draft=words)
    prove(name, LONGEST_NAME, "name")
    prove(topic, LONGEST_TOPIC, "topic")
    if not name.strip():
        raise UserError("A name is still missing.", "name")
    before = " · ".join(filter(None, [found.name, found.topic]))
    found.name, found.topic = one_line(name, LONGEST_NAME), one_line(topic, LONGEST_TOPIC)
    await ctx.session.flush()
    await pipeline.refresh(ctx)
    return await _again(ctx, found, f"Changed. Before it was: {plain(before)}.")


@feature.action("speaker remove", role=Role.HOST)
async def remove(ctx: Context, who: One) -> Reply:
    """Ask first: it can't be taken back."""
    found = await store.candidate_of(ctx, who)
    text = (
        "Their name, notes and history here go for good. "
        "To keep the history, park them or mark them as declined."
    )
    buttons = (
        really_remove.button("Delete for good", Style.RISKY, who=found.id),
        show.button("Keep", who=found.id),
    )
    return Reply(Card(heading("Delete? ", found), text, buttons=buttons), update=True)


@feature.action("speaker delete", role=Role.HOST)
async def really_remove(ctx: Context, who: One) -> Reply:
    found = await store.candidate_of(ctx, who, lock=True)
    title = heading("Deleted: ", found)
    await pipeline.remove(ctx, found)
    return Reply(Card(title, "Nothing of it is kept."), update=True)


async def about(scene: Scene, line: Line, note: str = "") -> Card:
    """One person, with all that a host can do about them."""
    notes = await store.notes_of(scene, line.candidate.id)
    names = await store.names(scene, {each.by_id for each in notes})
    buttons = await _buttons(scene, line)
    return cards.person(line, notes, names, view(scene), buttons, _stages(line.candidate), note)


async def _buttons(scene: Scene, line: Line) -> list[Button]:
    """Moves first; each knows what the host saw."""
    found, seen = line.candidate, line.candidate.moves
    buttons = []
    if on := await _onward(scene, found):
        buttons.append(go.button(_forth(found, on), Style.MAIN, who=found.id, to=on, at=seen))
    if line.step:
        buttons.append(done.button("Step done", step=line.step.id))
    buttons += [
        plan.button("Next step", who=found.id),
        write.button("Note", who=found.id),
    ]
    if behind := back(found.stage):
        label = f"Back to {WORDS[behind].lower()}"
        buttons.append(go.button(label, who=found.id, to=behind, at=seen))
    buttons += [
        go.button(label, who=found.id, to=stage, at=seen)
        for label, stage in (("Park", PARKED), ("Declined", DECLINED))
        if found.stage != stage
    ]
    return [
        *buttons,
        hand_over.button("Hand over", who=found.id),
        edit.button("Change name or topic", who=found.id),
        history.button("History", who=found.id),
        remove.button("Delete", who=found.id),
    ]


def _forth(found: Candidate, on: Stage) -> str:
    if found.stage == FOLLOWED_UP:
        return "Ask again"
    return f"{'Move' if found.stage in PATH else 'Back'} to {WORDS[on].lower()}"


def _stages(found: Candidate) -> Choice:
    options = [Option(WORDS[stage], stage) for stage in STAGES if stage != found.stage]
    return go.choice("Move to another stage", "to", options, who=found.id, at=found.moves)


async def _onward(scene: Scene, found: Candidate) -> Stage | None:
    """The next stage; for whoever was set aside, where they stood before."""
    if found.stage in PATH:
        return forward(found.stage)
    made = [each for each in await store.moves_of(scene, found.id) if each.stage in PATH]
    return next((stage for stage in PATH if made and stage == made[-1].stage), SPOTTED)


async def _go(ctx: Context, who: str, to: Stage, at: int | None = None) -> Reply:
    found = await store.candidate_of(ctx, who, lock=True)
    if at is not None and at != found.moves:
        return await _again(ctx, found, await _what_others_did(ctx, found))
    if found.stage == to:
        return await _again(ctx, found, f"They are at {WORDS[to].lower()} already.")
    was = found.stage
    made = await pipeline.move(ctx, found, to, (await ctx.person()).id)
    title = heading(f"{WORDS[to]}: ", found)
    text = f"Moved from {WORDS[was].lower()} to {WORDS[to].lower()}.{_advice(to)}"
    buttons = [undo.button("Undo", move=made.id)]
    if to != DECLINED:
        buttons.append(plan.button("Next step", Style.MAIN, who=found.id))
    return Reply(done_card(title, text, found, *buttons), update=True)


def _advice(to: Stage) -> str:
    advice = {
        PARKED: " Name the month in which to ask again as their next step.",
        DECLINED: " Thank them for the answer. I won't remind anybody of them.",
        DELIVERED: " Thank them, and say what it gave you.",
    }
    return advice.get(to, "")


async def _what_others_did(ctx: Context, found: Candidate) -> str:
    """Kindly: somebody else was quicker, and this is how it is now."""
    made = await store.moves_of(ctx, found.id)
    last = next((each for each in reversed(made) if each.stage), None)
    by = (await store.names(ctx, {last.by_id})).get(last.by_id or "") if last else None
    who = plain(by, 40) if by else "Somebody"
    return f"{who} was quicker and moved them meanwhile. I changed nothing. This is how it is now."


async def _again(ctx: Context, found: Candidate, note: str) -> Reply:
    await ctx.session.flush()
    return Reply(await about(ctx, await store.line_of(ctx, found), note), update=True)


def done_card(title: str, text: str, found: Candidate, *buttons: Button) -> Card:
    return cards.changed(title, text, [*buttons, show.button("Open", who=found.id)])


def day_of(ctx: Context, step: str, by: str) -> date | None:
    """Both or neither. Raises UserError at the field."""
    prove(step, LONGEST_STEP, "step")
    if step.strip() and not by.strip():
        raise UserError("By when? Without a day, write it as a note.", "by")
    if by.strip() and not step.strip():
        raise UserError("What is the step for that day?", "step")
    return read_day_ahead(by, ctx.today, "by") if step.strip() else None


def prove(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise UserError(f"That has {len(text)} characters. There is room for {limit}.", field)


def _who_may_read(found: Candidate) -> str:
    return "Hosts see it here, and they can see it with `/privacy`." if found.person_id else ""


def _which(choice: Choice) -> Reply:
    return Reply(Card("Who is it?", choice=choice))
