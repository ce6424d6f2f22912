"""`/demo contract`: what presenters agree to, and how organisers word it."""

from typing import Annotated

from bot.actions import Long, Role, Worded
from bot.content import Content
from bot.context import Context, Via
from bot.features.demos import cards, contract
from bot.features.demos.feature import feature
from bot.features.program import store as wordings
from bot.replies import Button, Card, OpenForm, Reply

ROOM = 240
FIELDS = ("first", "second", "third", "fourth")


def _asks(number: int) -> Worded:
    def words(content: Content) -> str:
        return content.demo.contract[number].label

    return Worded(words)


First = Annotated[str, "First point", _asks(0), Long(ROOM)]
Second = Annotated[str, "Second point", _asks(1), Long(ROOM)]
Third = Annotated[str, "Third point", _asks(2), Long(ROOM)]
Fourth = Annotated[str, "Fourth point", _asks(3), Long(ROOM)]


@feature.command("demo contract")
async def page(ctx: Context) -> Reply:
    """Read what presenters and hosts promise each other."""
    may_edit = await ctx.role() >= Role.ORGANISER
    buttons = (reword.button("Change the words"),) if may_edit else ()
    return Reply(await _card(ctx, "Both sides say yes to this before a demo is fixed.", buttons))


@feature.action("demo reword", role=Role.ORGANISER, form="The contract's words")
async def reword(
    ctx: Context, first: First = "", second: Second = "", third: Third = "", fourth: Fourth = ""
) -> Reply | OpenForm:
    """A new version, for whoever signs up from now on. An empty point has the usual words."""
    points = ctx.content.demo.contract
    if ctx.call.via is not Via.FORM:
        now = (await contract.terms(ctx)).points
        draft = {name: now[each.key] for name, each in zip(FIELDS, points, strict=True)}
        return OpenForm(reword.name, ctx.new_id(), draft=draft)
    texts = zip(points, (first, second, third, fourth), strict=True)
    words: dict[str, str] = {each.key: text for each, text in texts if text and text != each.says}
    made = await wordings.write(ctx, contract.WORDS, words, (await ctx.person()).id)
    undo = restore.button("Undo", number=made.number)
    note = (
        "Kept. It holds for whoever signs up from now on; the others agreed to the words before. "
        "The minutes are a setting: `/settings demo-minutes`."
    )
    return Reply(await _card(ctx, note, (undo,)))


@feature.action("demo restore", role=Role.ORGANISER)
async def restore(ctx: Context, number: Annotated[int, "Which version"]) -> Reply:
    """Go back to the words before."""
    made = await wordings.take_back(ctx, contract.WORDS, number, (await ctx.person()).id)
    again = restore.button("Undo", number=made.number)
    return Reply(await _card(ctx, "It reads as it did before.", (again,)), update=True)


async def _card(ctx: Context, note: str, buttons: tuple[Button, ...]) -> Card:
    terms = await contract.terms(ctx)
    fields = cards.contract(terms, ctx.content)
    return Card("The demo contract", note, fields, buttons)
