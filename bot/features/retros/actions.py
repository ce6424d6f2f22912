"""`/retro` for members: answer with a name or without, change it, take it back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.actions import Action, Feature, Long, Suggest, Worded
from bot.content import Content
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.events.after import dated
from bot.features.events.model import Event
from bot.features.events.when import label
from bot.features.retros import cards, store
from bot.features.retros.model import FEWEST
from bot.markup import plain
from bot.replies import OPTION_LABEL, OPTIONS, Card, OpenForm, Option, Reply, Style

feature = Feature("retros")


def _asks(number: int) -> Worded:
    return Worded.nth(lambda content: content.retro.questions, number)


First = Annotated[str, "First question", _asks(0), Long(1000)]
Second = Annotated[str, "Second question", _asks(1), Long(1000)]
Third = Annotated[str, "Third question", _asks(2), Long(1000)]
Fourth = Annotated[str, "Fourth question", _asks(3), Long(1000)]
Fifth = Annotated[str, "Fifth question", _asks(4), Long(1000)]
FIELDS = ("first", "second", "third", "fourth", "fifth")


async def retros_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return _options(ctx, store.named(await store.retros(ctx), text, ctx.community.zone))


Which = Annotated[str, "Which event"]
Retro = Annotated[str | None, "Which event: its title or date, or neither", Suggest(retros_like)]


@feature.command("retro", bare="write", example="Demo night")
async def retro(ctx: Context, event: Retro = None) -> Reply:
    """Tell the hosts what you think of an event, with or without your name."""
    found = await store.meant(ctx, event)
    return Reply(invitation(ctx, found[0])) if len(found) == 1 else which(ctx, retro, found)


def which(ctx: Context, action: Action, events: Sequence[Event]) -> Reply:
    """The question which one, newest first. Its numbers can be typed too."""
    choice = action.choice("Pick an event", "event", _options(ctx, events))
    return Reply(Card("Which one?", choice=choice))


@feature.action("retro answer", form="How was it?")
async def answer(
    ctx: Context,
    event: Which,
    first: First = "",
    second: Second = "",
    third: Third = "",
    fourth: Fourth = "",
    fifth: Fifth = "",
) -> Reply | OpenForm:
    """Kept with your name. You can change it or take it back."""
    found = await store.find(ctx, event)
    if ctx.call.via is not Via.FORM:
        return await _with_own_words(ctx, found)
    said = _said(ctx.content, (first, second, third, fourth, fifth))
    person = await ctx.person()
    if before := await store.answer_by(ctx.session, found.id, person.id):
        before.say(said)
    else:
        store.add_answer(ctx, found, said, person.id)
    return Reply(_thanks(found))


@feature.action("retro anonymous", anonymous=True, form="Without your name")
async def whisper(
    ctx: Context,
    event: Which,
    first: First = "",
    second: Second = "",
    third: Third = "",
    fourth: Fourth = "",
    fifth: Fifth = "",
) -> Reply | OpenForm:
    """Kept without your name, and with nothing that leads to you."""
    found = await store.find(ctx, event)
    if ctx.call.via is not Via.FORM:
        return whisper.form(ctx, event=found.id)
    store.add_answer(ctx, found, _said(ctx.content, (first, second, third, fourth, fifth)))
    return Reply(
        Card(
            "Thank you",
            "Your answer is kept without your name. Nothing leads from it to you, so I can't find "
            f"it again to change it. Hosts see answers once there are {FEWEST}.",
        )
    )


@feature.action("retro withdraw")
async def withdraw(ctx: Context, event: Which) -> Reply:
    """Take back what you said with your name."""
    found = await store.find(ctx, event)
    person = await ctx.person()
    mine = await store.answer_by(ctx.session, found.id, person.id)
    if mine is None:
        raise UserError("There is no answer with your name here.")
    await ctx.session.delete(mine)
    again = answer.button("Answer again", event=found.id)
    text = f"Your answer about **{plain(found.title)}** is deleted."
    return Reply(Card("Taken back", text, buttons=(again,)), update=True)


def invitation(scene: Scene, event: Event) -> Card:
    """The card after an event: the questions, and two ways to answer."""
    buttons = (
        answer.button("Answer", Style.MAIN, event=event.id),
        whisper.button("Answer without my name", event=event.id),
    )
    return cards.invitation(scene.content.retro, event, scene.community.zone, buttons)


async def _with_own_words(ctx: Context, event: Event) -> OpenForm:
    """The form with what they said before."""
    before = await store.own_words(ctx, event.id)
    asked = zip(FIELDS, ctx.content.retro.questions, strict=False)
    draft = {name: before[each.key] for name, each in asked if each.key in before}
    return replace(answer.form(ctx, event=event.id), draft=draft)


def _said(content: Content, texts: Sequence[str]) -> dict[str, str]:
    """By the key of each question. Raises UserError when all are empty."""
    asked = zip(content.retro.questions, texts, strict=False)
    said = {question.key: text for question, text in asked if text}
    if not said:
        raise UserError(
            "Write a line to one question at least. The others may stay empty.", "first"
        )
    return said


def _thanks(event: Event) -> Card:
    return Card(
        "Thank you",
        f"Your answer about **{plain(event.title)}** is kept with your name. Hosts see answers "
        f"once there are {FEWEST}.",
        buttons=(
            answer.button("Change it", event=event.id),
            withdraw.button("Take it back", event=event.id),
        ),
    )


def _options(ctx: Context, events: Sequence[Event]) -> tuple[Option, ...]:
    zone = ctx.community.zone
    return tuple(
        Option(dated(event, zone, OPTION_LABEL), event.id, label(event.starts_at, zone))
        for event in events[:OPTIONS]
    )
