"""`/spark`: we began to build something together. It counts once everybody named says so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

from humanize import natural_list

from bot.actions import Feature, Long
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features import ships
from bot.features.ships.model import SPARK
from bot.features.sparks import store
from bot.features.sparks.model import WHAT, Spark, SparkMember
from bot.markup import bulleted, one_line, plain
from bot.people import MENTION, Person, everyone_called
from bot.replies import Button, Card, Field, OpenForm, Part, Reply, Style, titled

feature = Feature("sparks")

MOST = 8
"""People in one spark: more are a group, and a group has an event."""
SHOWN = 5
NAMES = 400
NAMED_FIRST = re.compile(rf"(?:{MENTION.pattern}|@\S+)(?:\s+|$)")

One = Annotated[str, "Which spark"]


@feature.command("spark", example="@Ada a tiny parser")
async def spark(
    ctx: Context,
    people: Annotated[str | None, "With whom: names or mentions"] = None,
    what: Annotated[str | None, "What you began together", Long(WHAT)] = None,
) -> Reply | OpenForm:
    """Tell that you began to build something with others, and see your sparks."""
    if not people and not what:
        return await _overview(ctx)
    people, what = _apart(people or "", what or "")
    if not people or not what:
        return replace(new.form(ctx), draft={"people": people, "what": what})
    return await begin(ctx, people, what)


@feature.action("spark new", form="Joint work")
async def new(
    ctx: Context,
    people: Annotated[str, "With whom: names, with commas"],
    what: Annotated[str, "What you began together", Long(WHAT)],
) -> Reply:
    return await begin(ctx, people, what)


async def begin(ctx: Context, people: str, what: str) -> Reply:
    others = await _others(ctx, people)
    found = await store.tell_of(ctx, one_line(what, WHAT), others)
    names = natural_list([plain(each.name, 40) for each in others])
    text = f"I ask {names} whether it is so. It counts when everybody has said yes."
    return Reply(_card("A spark: ", found, text, take_back.button("Undo", spark=found.id)))


@feature.action("spark yes")
async def confirm(ctx: Context, spark: One) -> Reply:
    found, member = await store.spark_of(ctx, spark)
    _prove_open(found)
    member.confirmed_at = member.confirmed_at or ctx.now
    everybody = await store.members(ctx, found.id)
    waiting = sum(each.confirmed_at is None for each in everybody)
    if waiting:
        text = "Thank you. One more has to say so." if waiting == 1 else "Thank you. Others follow."
        return Reply(_card("Yes: ", found, text), update=True)
    await _count(ctx, found, everybody)
    text = "Everybody has said yes, so it counts now. In 60 days I ask what became of it."
    return Reply(_card("Yes: ", found, text), update=True)


@feature.action("spark no")
async def decline(ctx: Context, spark: One) -> Reply:
    """Not theirs, and no reason asked. Then it is nobody's, since all have to agree."""
    found, _ = await store.spark_of(ctx, spark)
    _prove_open(found)
    found.ended_at = ctx.now
    return Reply(
        _card("Put away: ", found, "It is counted nowhere. Thank you for saying so."), update=True
    )


@feature.action("spark undo")
async def take_back(ctx: Context, spark: One) -> Reply:
    found, member = await store.spark_of(ctx, spark)
    if found.named_by != member.person_id:
        raise UserError("Whoever told of it can take it back.")
    if found.ended_at:
        raise UserError(store.GONE)
    found.ended_at, found.confirmed_at = ctx.now, None
    await ships.forget(ctx, SPARK, found.id)
    everybody = await store.members(ctx, found.id)
    await ctx.outbox.cancel(*(f"sparks-confirm:{found.id}:{each.person_id}" for each in everybody))
    return Reply(_card("Taken back: ", found, "As if you had not said it."), update=True)


async def question(scene: Scene, spark: Spark, teller: Person) -> Card:
    """What everybody named is asked."""
    others = [name for name, _ in (await store.names(scene, [spark]))[spark.id]]
    text = (
        f"{plain(teller.name, 40)} says that you began this together: "
        f"**{plain(spark.what)}** ({natural_list(plain(each, 40) for each in others)}). Is it so? "
        "It is counted only if everybody says yes."
    )
    return Card("Did you begin something together?", text, buttons=_answers(spark))


@feature.home()
async def to_confirm(ctx: Context) -> Part | None:
    found = await store.mine(ctx)
    asked = await store.open_for(ctx, found)
    some = [each for each in found if each.id in asked]
    if not some:
        return None
    lines = _lines(some, await store.names(ctx, some))
    return Part(Field("Did you begin this together?", lines), (spark.button("Sparks"),))


async def _overview(ctx: Context) -> Reply:
    found = await store.mine(ctx)
    asked = await store.open_for(ctx, found)
    names = await store.names(ctx, found)
    parts = {
        "Is it so?": [each for each in found if each.id in asked],
        "Waiting for others": [each for each in found if each.waits and each.id not in asked],
        "Confirmed by everybody": [each for each in found if each.confirmed_at],
    }
    fields = [Field(title, _lines(some, names)) for title, some in parts.items() if some]
    buttons: list[Button] = []
    for each in parts["Is it so?"][:SHOWN]:
        label = one_line(each.what, 40)
        buttons.append(confirm.button(f"Yes: {label}", spark=each.id))
        buttons.append(decline.button(f"No: {label}", spark=each.id))
    tell = new.button("Tell of one", Style.MAIN)
    text = (
        "A spark is something that you and others began to build together. "
        "Everybody named is asked, and it counts when all have said yes."
    )
    return Reply(Card("Sparks", text, tuple(fields), (*buttons, tell)))


async def _others(ctx: Context, people: str) -> list[Person]:
    """Raises UserError, at the field."""
    named = await everyone_called(ctx.session, ctx.space, people, "people")
    me = await ctx.person()
    others = [person for person in named if person.id != me.id]
    if not others:
        raise UserError("A spark needs somebody besides you. Name them.", "people")
    if len(others) > MOST:
        raise UserError(f"A spark has up to {MOST} others. Name those who build.", "people")
    return others


async def _count(ctx: Context, found: Spark, everybody: Sequence[SparkMember]) -> None:
    """All who were named agree, the one who told of it and at least one other."""
    if len(everybody) < 2:
        raise UserError("Nobody else is in it any more. Tell of it again with others.")
    found.confirmed_at = ctx.now
    await ships.begin(
        ctx,
        SPARK,
        found.id,
        found.what,
        person_id=found.named_by,
        since=ctx.now,
        with_others=[each.person_id for each in everybody],
    )


def _prove_open(spark: Spark) -> None:
    if spark.confirmed_at:
        raise UserError("Everybody has said yes to this one already.")
    if spark.ended_at:
        raise UserError("This one was put away. `/spark` tells of another.")


def _apart(people: str, what: str) -> tuple[str, str]:
    """Mentions that stand before the words are people too: nobody types quotes around them."""
    while named := NAMED_FIRST.match(what):
        people, what = f"{people}, {named[0]}", what[named.end() :]
    return people, what


def _answers(spark: Spark) -> tuple[Button, Button]:
    return (
        confirm.button("Yes, we did", Style.MAIN, spark=spark.id),
        decline.button("No", spark=spark.id),
    )


def _lines(sparks: Sequence[Spark], names: dict[str, list[tuple[str, bool]]]) -> str:
    lines = [_line(spark, names.get(spark.id, [])) for spark in sparks[:SHOWN]]
    if rest := len(sparks) - SHOWN:
        lines += [f"*and {rest} more*"] if rest > 0 else []
    return bulleted(lines)


def _line(spark: Spark, names: Iterable[tuple[str, bool]]) -> str:
    listed = [
        plain(name, 30) + ("" if yes or not spark.waits else " (asked)") for name, yes in names
    ]
    return f"**{plain(spark.what, 60)}** · {natural_list(listed[:4])}"


def _card(before: str, spark: Spark, text: str, *buttons: Button) -> Card:
    return Card(titled(before, spark.what), text, buttons=buttons)
