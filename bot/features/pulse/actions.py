"""`/pulse`: the figures of now, what they tell, the rows behind it, and what to do about it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from bot import charts
from bot.actions import Feature, Long, Role
from bot.context import Context, Scene, Via
from bot.errors import Undeliverable, UserError
from bot.features.metrics.actions import rows as by_name
from bot.features.program.actions import changes, remove
from bot.features.pulse import cards, picture, store
from bot.features.pulse.model import RECALL, STOP, TRY, WORDS, Decision
from bot.features.pulse.reading import Pulse, read
from bot.features.pulse.weekly_pulse import OFF, READ_BY_ALL, WEEKLY, outlook
from bot.features.settings import put, setting_called
from bot.markup import plain
from bot.numbers import words
from bot.numbers.metrics import METRICS
from bot.people import channel_at, spot_words
from bot.platform import Letter
from bot.replies import OPTIONS, Button, Card, Field, OpenForm, Reply, Style

feature = Feature("pulse")

GRACE = timedelta(days=3)
"""A pulse that is later than this is older than the next one."""

_METRIC_OF = {"trust": "returning-builder-rate"}
"""Of a stage that is judged by a metric, whose rows organisers may see with names."""

Which = Annotated[str, "Which decision"]


@feature.command("pulse", role=Role.ORGANISER)
async def show(ctx: Context) -> Reply:
    """See the figures of now, what they tell, and what to do next."""
    await charts.ready()
    found = await read(ctx)
    weekly = await outlook(ctx, ctx.spot)
    on = WEEKLY.is_on(ctx)
    every = () if on or ctx.place.direct else (here.button("Post it here every week"),)
    posts = (preview.button("Post it to the organisers"),) if _spot(ctx) else ()
    buttons = (*_recalled(found), _answer(), *posts, *every, _all())
    return Reply(await _card(found, buttons, weekly if on else ""))


@feature.action("pulse here", role=Role.ORGANISER)
async def here(ctx: Context) -> Reply:
    """Post the pulse in this channel, each week, once it is clear who reads it there."""
    return await put(ctx, setting_called("pulse-channel"), "here")


@feature.action("pulse preview", role=Role.ORGANISER, noted=False)
async def preview(ctx: Context) -> Reply:
    """What would be posted, and where."""
    await charts.ready()
    spot = _organisers(ctx)
    where = spot_words(ctx.community, spot, ctx.spot, ctx.space)
    found = await read(ctx)
    note = f"This goes {where}. {READ_BY_ALL}"
    return Reply(
        await _card(found, (post.button("Yes, post it", Style.MAIN),), note, "Where it goes")
    )


@feature.action("pulse post", role=Role.ORGANISER)
async def post(ctx: Context) -> Reply:
    """Post the pulse of now to the organisers' channel."""
    spot = _organisers(ctx)
    key = f"pulse-now:{ctx.today}:{spot}"
    if await ctx.outbox.find(key):
        raise UserError("Today's pulse is posted there already.")
    await ctx.outbox.later("pulse.now", key=key, due=ctx.now, spot=spot)
    where = spot_words(ctx.community, spot, ctx.spot, ctx.space)
    return Reply(Card("Posted", f"The pulse is {where}."), update=True)


@feature.action("pulse rows", role=Role.ORGANISER, noted=False)
async def rows(
    ctx: Context,
    day: Annotated[str, "As of which day"],
    sentence: Annotated[str, "Which sentence"],
) -> Reply:
    """What one sentence of a pulse rests on."""
    found = await read(ctx, _read_day(day))
    told = next((each for each in found.sentences if each.key == sentence), None)
    if told is None:
        raise UserError("The records have changed since. `/pulse` shows what they tell now.")
    buttons = [
        by_name.button(f"See them: {METRICS[key].name}", name=key)
        for key in dict.fromkeys(_METRIC_OF.get(each, each) for each in told.of)
        if key in METRICS
    ]
    return Reply(cards.rows(found.facts, told, await store.sponsors(ctx), buttons))


@feature.action("pulse decide", role=Role.ORGANISER, form="Two questions")
async def decide(
    ctx: Context,
    stopping: Annotated[str, "What do we stop?", Long(WORDS)] = "",
    trying: Annotated[str, "What do we try?", Long(WORDS)] = "",
) -> Reply | OpenForm:
    """Write down what you stop and what you try. In four weeks I ask what became of it."""
    if ctx.call.via is not Via.FORM:
        return decide.form(ctx)
    answers = ((STOP, stopping.strip()), (TRY, trying.strip()))
    made = [await store.add(ctx, question, said) for question, said in answers if said]
    if not made:
        raise UserError("Answer one of the two. The other may stay empty.", "stopping")
    return Reply(cards.decided(made, [button for each in made for button in _after(each)]))


@feature.command("pulse decisions", role=Role.ORGANISER)
async def decisions(ctx: Context) -> Reply:
    """See what you decided to stop and to try, and what became of it."""
    found = await store.decisions(ctx)
    options = [cards.option(each) for each in found[:OPTIONS]]
    choice = one.choice("Look at one", "decision", options) if options else None
    card = cards.decisions(found, choice, (_answer(),))
    return Reply(card, update=ctx.call.via is Via.PRESS)


@feature.action("pulse decision", role=Role.ORGANISER, noted=False)
async def one(ctx: Context, decision: Which) -> Reply:
    found = await store.decision_of(ctx, decision)
    buttons = (*_became(found), *_after(found), _all())
    return Reply(cards.decision(found, "One decision", buttons), update=True)


@feature.action("pulse became", role=Role.ORGANISER)
async def became(
    ctx: Context,
    decision: Which,
    what: Annotated[Literal["done", "dropped", "open"], "What became of it"],
) -> Reply:
    """Say what became of a decision."""
    found = await store.decision_of(ctx, decision)
    if what == "open":
        found.became = found.became_on = None
        while found.recall_on <= ctx.today:
            found.recall_on += RECALL
        note = f"Still open. I ask again from {words.day(found.recall_on)} on."
        return await _and_next(ctx, cards.decision(found, "Still open", (_all(),), note))
    found.became, found.became_on = what, ctx.today
    note = "Well done. It is kept with the others." if what == "done" else "Dropped. That is fine."
    undo = reopen.button("Undo", decision=found.id)
    buttons = (undo, *_log(found), _all())
    return await _and_next(ctx, cards.decision(found, what.capitalize(), buttons, note))


@feature.action("pulse reopen", role=Role.ORGANISER)
async def reopen(ctx: Context, decision: Which) -> Reply:
    """Undo what was said of a decision. It is asked about when it would have been."""
    found = await store.decision_of(ctx, decision)
    found.became = found.became_on = None
    buttons = (*_became(found), _all())
    return Reply(cards.decision(found, "Open again", buttons), update=True)


async def _and_next(ctx: Context, card: Card) -> Reply:
    """Where two were decided at once, one is asked about after the other."""
    left = await store.recalled(ctx)
    if not left:
        return Reply(card)
    return Reply(card).along(cards.recalled(left[0]), buttons=_became(left[0]))


@feature.action("pulse log", role=Role.ORGANISER)
async def log(ctx: Context, decision: Which) -> Reply:
    """Note a decision as a change of the programme."""
    found = await store.decision_of(ctx, decision)
    made = await store.log(ctx, found)
    buttons = (remove.button("Undo", change=made.id), changes.button("What we changed"))
    text = (
        f"**{plain(made.words)}**\n\nFrom {words.day(made.day)} on. Figures can be told beside it."
    )
    return Reply(Card("Noted as a change", text, buttons=buttons))


@feature.action("pulse forget", role=Role.ORGANISER)
async def forget(ctx: Context, decision: Which) -> Reply:
    """Take a decision back, as if it had not been written down."""
    found = await store.decision_of(ctx, decision)
    await ctx.session.delete(found)
    text = f"“{plain(found.words)}” is no decision any more."
    stays = [button for each in await store.written_with(ctx, found) for button in _after(each)]
    again = _answer("Write another")
    return Reply(Card("Taken back", text, buttons=(*stays, again, _all())), update=True)


@feature.delivery(WEEKLY.turn, grace=timedelta.max)
async def turn(scene: Scene, at: int) -> None:
    await WEEKLY.take_turn(scene, at)


@feature.delivery(WEEKLY.post, grace=GRACE)
async def weekly(scene: Scene, slot: str) -> Letter | None:
    spot = WEEKLY.spot(scene)
    return await _letter(scene, spot) if spot else None


@feature.delivery("pulse.now", grace=timedelta(hours=6))
async def now(scene: Scene, spot: str) -> Letter:
    return await _letter(scene, spot)


async def _letter(scene: Scene, spot: str) -> Letter:
    await charts.ready()
    to = await channel_at(scene.session, spot)
    if to is None:
        raise Undeliverable("Its channel is gone. `/settings pulse-channel` names another one.")
    found = await read(scene)
    return Letter(to, Reply(await _card(found, (*_recalled(found), _answer())), private=False))


async def _card(
    found: Pulse, buttons: Sequence[Button], note: str = "", heading: str = "Each week"
) -> Card:
    drawn = await charts.drawn(lambda: picture.attendance(found.facts))
    options = cards.options(found.sentences)
    day = found.facts.as_of.isoformat()
    choice = rows.choice("Show the rows", "sentence", options, day=day) if options else None
    return cards.pulse(found, drawn, buttons, choice, Field(heading, note) if note else None)


def _organisers(ctx: Context) -> str:
    """Where organisers read. Raises UserError when that is not known."""
    if spot := _spot(ctx):
        return spot
    raise UserError(f"I know no organisers' channel yet. {OFF}")


def _spot(ctx: Context) -> str | None:
    prefs = ctx.community.prefs
    return prefs.pulse_channel or prefs.hosts_channel


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError("That is no day. `/pulse` shows today's.") from None


def _recalled(found: Pulse) -> tuple[Button, ...]:
    """For the one that is asked about; the others have their turn when it is answered."""
    return tuple(button for each in found.recalled[:1] for button in _became(each))


def _became(decision: Decision) -> tuple[Button, ...]:
    still = "Still trying" if decision.question == TRY else "Not yet"
    named = {"done": "Done", "dropped": "Dropped", "open": still}
    return tuple(
        became.button(label, decision=decision.id, what=what) for what, label in named.items()
    )


def _after(decision: Decision) -> tuple[Button, ...]:
    taken_back = "Undo “stop”" if decision.question == STOP else "Undo “try”"
    return (*_log(decision), forget.button(taken_back, decision=decision.id))


def _log(decision: Decision) -> tuple[Button, ...]:
    if decision.change_id:
        return ()
    what = "the stop" if decision.question == STOP else "the try"
    return (log.button(f"Log {what} as a change", decision=decision.id),)


def _answer(label: str = "Answer the two questions") -> Button:
    return decide.button(label, Style.MAIN)


def _all() -> Button:
    return decisions.button("Decisions")
