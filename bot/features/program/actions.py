"""`/program`: read it, write it, take a version back, and note what was changed."""

from typing import Annotated
from zoneinfo import ZoneInfo

from bot.actions import Feature, Long, Role, Worded
from bot.content import Content
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.events.when import read_day_past
from bot.features.program import cards, store
from bot.features.program.model import CHANGE, PROGRAM, ProgramChange, Wording
from bot.markup import plain
from bot.replies import OPTIONS, Button, Card, OpenForm, Reply, Style

feature = Feature("program")

NOBODY_YET = (
    "Your organisers have not written their own words yet, so these are general ones. "
    "An organiser can write them with `/program edit`."
)
ROOM = 400
"""Characters of one answer, so that all four fit on a card."""


def _asks(number: int) -> Worded:
    def words(content: Content) -> str:
        return content.program.questions[number].question

    return Worded(words)


First = Annotated[str, "First question", _asks(0), Long(ROOM)]
Second = Annotated[str, "Second question", _asks(1), Long(ROOM)]
Third = Annotated[str, "Third question", _asks(2), Long(ROOM)]
Fourth = Annotated[str, "Fourth question", _asks(3), Long(ROOM)]
FIELDS = ("first", "second", "third", "fourth")
Change = Annotated[str, "Which change"]


@feature.command("program")
async def program(ctx: Context) -> Reply:
    """See what happens here and why, what we reward, and what we say no to."""
    role = await ctx.role()
    found = await store.newest(ctx, PROGRAM)
    note = await _who_and_when(ctx, found) if found and found.said else NOBODY_YET
    return Reply(await _shown(ctx, note, _buttons(role)))


@feature.action("program hosts", role=Role.HOST)
async def for_hosts(ctx: Context) -> Reply:
    return Reply(cards.for_hosts(ctx.content.program.hosts))


@feature.command("program edit", role=Role.ORGANISER)
async def edit(ctx: Context) -> Reply:
    """Write what your format is and why, with examples beside each question."""
    begin = write.button("Write it", Style.MAIN)
    return Reply(cards.questions(ctx.content.program, (begin,)))


@feature.action("program write", role=Role.ORGANISER, form="What we do here")
async def write(
    ctx: Context, first: First = "", second: Second = "", third: Third = "", fourth: Fourth = ""
) -> Reply | OpenForm:
    """Keep it as a new version. An empty answer leaves the general words."""
    questions = ctx.content.program.questions
    if ctx.call.via is not Via.FORM:
        before = await store.words_of(ctx, PROGRAM)
        draft = {name: before.get(q.key, "") for name, q in zip(FIELDS, questions, strict=True)}
        return OpenForm(write.name, ctx.new_id(), draft=draft)
    texts = zip(questions, (first, second, third, fourth), strict=True)
    words: dict[str, str] = {question.key: text for question, text in texts if text}
    if not words:
        raise UserError("Answer one question at least. The others may stay empty.", "first")
    made = await store.write(ctx, PROGRAM, words, (await ctx.person()).id)
    undo = take_back.button("Undo", number=made.number)
    change_it = write.button("Change it")
    log = change.button("Note what you changed")
    note = "Kept. This is what everybody sees with `/program`, and who signs up for a demo."
    return Reply(await _shown(ctx, note, (undo, change_it, log)))


@feature.action("program undo", role=Role.ORGANISER)
async def take_back(ctx: Context, number: Annotated[int, "Which version"]) -> Reply:
    """Go back to the version before."""
    made = await store.take_back(ctx, PROGRAM, number, (await ctx.person()).id)
    again = take_back.button("Undo", number=made.number)
    note = "It reads as it did before." if made.said else "The general words hold again."
    return Reply(await _shown(ctx, note, (again,)), update=True)


@feature.command(
    "program change",
    role=Role.ORGANISER,
    example="we made unfinished demos explicit",
    form="What you changed",
)
async def change(ctx: Context, what: Annotated[str, "What did you change?", Long(CHANGE)]) -> Reply:
    """Note what you do differently, so that figures can be told with a reason."""
    return Reply(_noted(await store.note_change(ctx, what), "From today on."))


@feature.action("program day", role=Role.ORGANISER, form="Since when")
async def another_day(
    ctx: Context, change: Change, when: Annotated[str, "Since when, such as Friday or 3 May"]
) -> Reply:
    """It began on another day."""
    found = await store.change_of(ctx, change)
    found.day = read_day_past(when, ctx.today)
    return Reply(_noted(found, f"Since {cards.day(found.day)}."), update=True)


@feature.command("program changes", role=Role.ORGANISER)
async def changes(ctx: Context) -> Reply:
    """See what you noted as changed, and correct it."""
    found = await store.changes(ctx)
    options = [cards.option(each) for each in found[:OPTIONS]]
    choice = show.choice("Correct one", "change", options) if options else None
    return Reply(cards.changes(found, choice), update=ctx.call.via is Via.PRESS)


@feature.action("program show", role=Role.ORGANISER)
async def show(ctx: Context, change: Change) -> Reply:
    found = await store.change_of(ctx, change)
    by = await store.name_of(ctx, found.by_id)
    who = f" Noted by {plain(by, 60)}." if by else ""
    return Reply(_noted(found, f"Since {cards.day(found.day)}.{who}"), update=True)


@feature.action("program remove", role=Role.ORGANISER)
async def remove(ctx: Context, change: Change) -> Reply:
    found = await store.change_of(ctx, change)
    found.removed_at = ctx.now
    back = put_back.button("Undo", change=found.id)
    return Reply(Card("Removed", plain(found.words), buttons=(back, _all_of_them())), update=True)


@feature.action("program put-back", role=Role.ORGANISER)
async def put_back(ctx: Context, change: Change) -> Reply:
    found = await store.change_of(ctx, change)
    found.removed_at = None
    return Reply(_noted(found, f"Since {cards.day(found.day)}."), update=True)


async def rewards(scene: Scene) -> str:
    """What is rewarded here, short, for whoever is about to show something."""
    words = await store.words_of(scene, PROGRAM)
    (asked,) = (each for each in scene.content.program.questions if each.key == "rewards")
    return plain(words.get(asked.key) or asked.default, 240)


async def _shown(ctx: Context, note: str, buttons: tuple[Button, ...]) -> Card:
    words = await store.words_of(ctx, PROGRAM)
    return cards.programme(ctx.content.program, words, note, buttons)


def _buttons(role: Role) -> tuple[Button, ...]:
    hosts = (for_hosts.button("Hosting for the first time"),) if role >= Role.HOST else ()
    if role < Role.ORGANISER:
        return hosts
    return (*hosts, edit.button("Write it"), _all_of_them())


def _all_of_them() -> Button:
    return changes.button("What we changed")


async def _who_and_when(ctx: Context, wording: Wording) -> str:
    by = await store.name_of(ctx, wording.by_id)
    who = f" by {plain(by, 60)}" if by else ""
    return f"Written{who} on {cards.day(wording.made_at.astimezone(_zone(ctx)).date())}."


def _noted(change: ProgramChange, when: str) -> Card:
    buttons = (
        another_day.button("It was another day", change=change.id),
        remove.button("Remove it", change=change.id),
        _all_of_them(),
    )
    return Card("Noted as a change", f"**{plain(change.words)}**\n\n{when}", buttons=buttons)


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.community.zone)
