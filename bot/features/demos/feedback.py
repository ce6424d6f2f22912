"""One line for each presenter from those who were there, gathered and handed over in private."""

from collections.abc import Sequence
from typing import Annotated, Literal

from bot.actions import Long
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.demos import cards, night, store
from bot.features.demos.feature import feature
from bot.features.demos.model import BOOKED, LINE, SHOWN, Demo, DemoFeedback
from bot.features.demos.sign_up import DemoId
from bot.features.events.after import dated
from bot.features.events.model import Event
from bot.features.events.when import shown
from bot.markup import bulleted, one_line, plain
from bot.paging import Page
from bot.replies import OPTION_LABEL, OPTIONS, Card, Option, Reply

LATE = "The lines have gone out already. Tell the presenter yourself: they will be glad of it."


@feature.action("demo say", form="One line for them")
async def say(
    ctx: Context,
    demo: DemoId,
    words: Annotated[str, "Your line, on what they asked for", Long(LINE)],
    name: Annotated[Literal["yes", "no"], "Show your name to them? Yes or no"] = "no",
) -> Reply:
    """One line for a presenter, who alone reads it."""
    found = await store.demo_of(ctx, demo)
    person = await ctx.person()
    await _prove_may_say(ctx, found, person.id)
    line = await store.feedback_by(ctx, found, person.id)
    if line is None:
        line = DemoFeedback(id=ctx.new_id(), demo_id=found.id, person_id=person.id)
        ctx.session.add(line)
    line.words, line.signed, line.written_at = one_line(words, LINE), name == "yes", ctx.now
    who = "with your name" if line.signed else "without your name"
    presenter = plain(await store.name_of(ctx, found), 60)
    text = (
        f"{presenter} gets it {who}, together with the others. Nobody else reads it. "
        "To change it, pick the demo again. If you two begin to build something together, "
        "`/spark` tells me."
    )
    undo = unsay.button("Take it back", demo=found.id)
    return Reply(Card(cards.title("Kept: a line on ", found), text, buttons=(undo,)))


@feature.action("demo unsay")
async def unsay(ctx: Context, demo: DemoId) -> Reply:
    found = await store.demo_of(ctx, demo)
    line = await store.feedback_by(ctx, found, (await ctx.person()).id)
    if line is None:
        raise UserError("There is no line of yours on this demo.")
    if found.told_at:
        raise UserError("The presenter has read it already, so it can't be taken back.")
    await ctx.session.delete(line)
    return Reply(Card("Taken back", "Your line is deleted. Nobody read it."), update=True)


@feature.action("demo heard")
async def heard(ctx: Context, demo: DemoId, page: Annotated[int, "Which page"] = 1) -> Reply:
    """What the room said, for the presenter alone."""
    found = await store.own_demo(ctx, demo)
    if found.told_at is None:
        raise UserError("The lines are still being gathered. You get them in one message.")
    card = await words_card(ctx, found, page)
    if card is None:
        raise UserError("Nothing is left to read: whoever wrote has taken it along.")
    return Reply(card, update=ctx.call.via is Via.PRESS)


async def words_card(scene: Scene, demo: Demo, page: int = 1) -> Card | None:
    """None where nobody wrote a line."""
    lines = await store.feedback_for(scene, demo)
    if not lines:
        return None
    pages = cards.pages(lines)
    at = Page.of(page, len(pages))
    buttons = at.around(heard, "More", "From the beginning", demo=demo.id)
    return cards.heard(demo, pages[at.start], buttons)


def invitation(scene: Scene, event: Event, demos: Sequence[Demo], names: dict[str, str]) -> Card:
    """One message for all demos of an evening."""
    zone = scene.community.zone
    asked = [
        f"**{plain(names.get(each.presenter_id or '', 'Somebody'), 40)}**, "
        f"{plain(cards.called(each), 60)}: {plain(each.wish, 100)}"
        for each in demos[:8]
    ]
    until = shown(night.moments(event)["demos.collect"], zone)
    text = (
        "The presenters asked for one kind of feedback each. Pick a demo and write one line. "
        f"Your name is shown only if you say so. I hand the lines over on {until}.\n\n"
        f"{bulleted(asked)}"
    )
    options = [
        Option(each.label, each.value, one_line(demo.wish, OPTION_LABEL))
        for each, demo in zip(cards.options(demos[:OPTIONS], names), demos, strict=False)
    ]
    choice = say.choice("Pick a demo", "demo", options)
    return Card(f"One line for a presenter? {dated(event, zone, 110)}", text, choice=choice)


async def _prove_may_say(ctx: Context, demo: Demo, person_id: str) -> None:
    """Raises UserError."""
    event = await store.event_of(ctx, demo)
    if demo.status not in (BOOKED, SHOWN) or demo.presenter_id is None:
        raise UserError("That demo was not shown, so there is nothing to say about it.")
    if ctx.now < event.starts_at:
        raise UserError("It has not been shown yet.")
    if demo.presenter_id == person_id:
        raise UserError("This one is yours. The others write to you about it.")
    if demo.told_at or ctx.now >= night.moments(event)["demos.collect"]:
        raise UserError(LATE)
    if not await store.was_present(ctx, event.id, person_id):
        raise UserError("This is for those who were there. A host can add you to the list.")
