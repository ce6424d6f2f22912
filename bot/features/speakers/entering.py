"""`/speaker add`: somebody comes onto the board, typed or from the menu of a person."""

from dataclasses import replace
from typing import Annotated

from bot.actions import Role
from bot.context import Context
from bot.errors import UserError
from bot.features.speakers import pipeline, store
from bot.features.speakers.cards import WORDS, heading, name_of
from bot.features.speakers.feature import feature
from bot.features.speakers.model import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_STEP,
    LONGEST_TOPIC,
    SPOTTED,
)
from bot.features.speakers.person import BY, STEP, Note, about, day_of, done_card, prove, undo
from bot.markup import one_line, plain
from bot.people import MENTION, Caller, Person, people_called, person_of
from bot.replies import OpenForm, Reply


@feature.command(
    "speaker add",
    role=Role.HOST,
    example="Ada",
    on_person="Invite to speak",
    form="A possible speaker",
)
async def add(ctx: Context, whom: Annotated[str, "A name or a mention"] = "") -> Reply | OpenForm:
    """Put somebody on the board of possible speakers."""
    if not (mentioned := MENTION.fullmatch(whom.strip())):
        return replace(
            new.form(ctx), draft={"name": whom.strip().removeprefix("@")} if whom.strip() else {}
        )
    known = await people_called(ctx.session, ctx.space, whom)
    if known and (before := await store.of_person(ctx, known[0][0].id)):
        note = "They are on the board already."
        return Reply(await about(ctx, await store.line_of(ctx, before), note))
    name = known[0][0].name if known else mentioned[2] or ""
    return replace(new.form(ctx, member=mentioned[1]), draft={"name": name} if name else {})


@feature.action("speaker new", role=Role.HOST, form="A possible speaker")
async def new(
    ctx: Context,
    name: Annotated[str, "Who it is"],
    topic: Annotated[str, "What they could speak about"] = "",
    step: Annotated[str, STEP] = "",
    by: Annotated[str, BY] = "",
    note: Note = "",
    member: Annotated[str, "Their user id here"] = "",
) -> Reply:
    """Kept as spotted, and looked after by whoever adds them."""
    prove(name, LONGEST_NAME, "name")
    prove(topic, LONGEST_TOPIC, "topic")
    due = day_of(ctx, step, by)
    person = await _member(ctx, name, member)
    await _prove_new(ctx, name, person)
    me = await ctx.person()
    found = pipeline.candidate(
        ctx,
        name=name,
        topic=topic,
        person_id=person.id if person else None,
        stage=SPOTTED,
        owner_id=me.id,
    )
    move = await pipeline.add(ctx, found, me.id)
    if due:
        await pipeline.note(ctx, found, one_line(step, LONGEST_STEP), me.id, due)
    if note:
        await pipeline.note(ctx, found, one_line(note, LONGEST_NOTE), me.id)
    whose = " They can see it with `/privacy`." if person else ""
    text = f"They are on the board as spotted, and with you.{whose}"
    return Reply(
        done_card(heading("Added: ", found), text, found, undo.button("Undo", move=move.id))
    )


async def _member(ctx: Context, name: str, user: str) -> Person | None:
    """The member who is meant: by their id, or by a name that is one member's alone."""
    if user:
        caller = Caller(ctx.call.caller.where, user, one_line(name, LONGEST_NAME))
        return await person_of(ctx.session, caller, ctx.space, ctx.now, ctx.new_id)
    found = await people_called(ctx.session, ctx.space, name)
    return found[0][0] if len(found) == 1 else None


async def _prove_new(ctx: Context, name: str, person: Person | None) -> None:
    """Raises UserError where they are on the board, or would look as if they were."""
    wanted = one_line(name, LONGEST_NAME)
    if MENTION.fullmatch(wanted):
        raise UserError("I don't know their name. Please write it here.", "name")
    known = await store.of_person(ctx, person.id) if person else None
    same = [
        each.candidate
        for each in await store.like(ctx, wanted)
        if name_of(each.candidate).casefold() == wanted.casefold()
    ]
    if found := known or next(iter(same), None):
        raise UserError(
            f"{plain(wanted)} is on the board already, at {WORDS[found.stage].lower()}. "
            "For somebody else of that name, add a word that tells them apart.",
            "name",
        )
