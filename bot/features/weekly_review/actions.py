"""`/review`: write this week's page, say what became of the last one, put it off or end it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from bot.actions import Feature, Long, Worded
from bot.content import Outcome, Principle
from bot.context import Context, Scene, Via
from bot.errors import UserError
from bot.features.principles import chapter, principle
from bot.features.privacy import ask_first
from bot.features.search import care_for
from bot.features.weekly_review import cards, chain, store
from bot.features.weekly_review.cards import Sheet
from bot.features.weekly_review.model import (
    ANSWERED,
    LINE,
    OFF,
    ON,
    OPEN,
    RESTING,
    SKIPPED,
    Commitment,
    ReviewPlan,
)
from bot.features.weekly_review.pages import Fitting, fitting, number_of
from bot.features.weekly_review.store import Line
from bot.markup import isolated, plain, shorten
from bot.people import Person
from bot.replies import BUTTON_LABEL, Button, Card, Choice, OpenForm, Option, Press, Reply, Style
from bot.schedule import zone_of
from bot.zones import read_zone

feature = Feature("weekly review")

EARLIER = "That card is from an earlier week. This is where you are now."
WRITTEN = "This week's page is written already. You can still edit it."
LEDGER, CHANGE = Press("review ledger"), Press("review change")
"""Both build on this module, so that it names them only."""

PAUSES = {"1": "1 week", "2": "2 weeks", "4": "4 weeks"}


def _asks(number: int) -> Worded:
    return Worded.nth(lambda content: content.review.questions, number)


First = Annotated[str, "First question", _asks(0), Long(LINE)]
Second = Annotated[str, "Second question", _asks(1), Long(LINE)]
Third = Annotated[str, "Third question", _asks(2), Long(LINE)]
Fourth = Annotated[str, "Fourth question", _asks(3), Long(LINE)]
Fifth = Annotated[str, "Fifth question", _asks(4), Long(LINE)]
FIELDS = ("first", "second", "third", "fourth", "fifth")
Week = Annotated[str, "Which week"]
WhichLine = Annotated[str, "Which line"]


@feature.command("review", bare="now")
async def review(ctx: Context) -> Reply:
    """Write your review of the week: three short questions, for you alone."""
    if first := await ask_first(ctx, review):
        return first
    person = await ctx.person()
    await heard(ctx, person)
    return Reply(await sheet_of(ctx, person), update=True)


@feature.action("review answer", form="Your week")
async def answer(
    ctx: Context,
    week: Week,
    first: First = "",
    second: Second = "",
    third: Third = "",
    fourth: Fourth = "",
    fifth: Fifth = "",
) -> Reply | OpenForm:
    """Kept in your ledger, for you alone. You can edit it until the next review."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    meant = week if await _can_be_written(ctx, person, week) else None
    if ctx.call.via is not Via.FORM:
        return await _form(ctx, person, meant)
    said = _said(ctx, (first, second, third, fourth, fifth))
    found = await store.review_for(ctx, person.id, meant or await week_now(ctx, person))
    if meant is None and found.state == ANSWERED:
        raise UserError(
            "This form is from an earlier week, and this week's page is written already. "
            "Copy your words, and edit that page with `/review`.",
            "first",
        )
    await store.write(ctx, found, said)
    plan = await heard(ctx, person)
    if plan:
        await chain.go_on(ctx, plan, person, after=found.week)
    return Reply(await _kept(ctx, person, plan, found.week))


@feature.action("review settle")
async def settle(
    ctx: Context,
    line: WhichLine,
    became: Annotated[Literal["done", "changed", "let-go"], "What became of it"],
) -> Reply:
    """Say what became of something you wrote. Each of the three is a proper ending."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    found = await store.commitment_of(ctx, person.id, line)
    if found.state == OPEN:
        found.state, found.settled_at = became, ctx.now
    await heard(ctx, person)
    said = f"{_reply_to(ctx, found)}\n\n> {isolated(plain(found.words, cards.GLIMPSE))}"
    undo = reopen.button("Undo", line=found.id)
    return Reply(await sheet_of(ctx, person, said, (undo,)), update=True)


@feature.action("review reopen")
async def reopen(ctx: Context, line: WhichLine) -> Reply:
    """Undo what was said about a line."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    found = await store.commitment_of(ctx, person.id, line)
    found.state, found.settled_at = OPEN, None
    await heard(ctx, person)
    return Reply(await sheet_of(ctx, person, "Open again, as it was."), update=True)


@feature.action("review skip")
async def skip(ctx: Context, week: Week) -> Reply:
    """Leave this week's review out."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    plan = await heard(ctx, person)
    if why := await _cant_be_put_off(ctx, person, week):
        return Reply(await sheet_of(ctx, person, why), update=True)
    found = await store.review_for(ctx, person.id, week)
    found.state, found.later_at = SKIPPED, None
    if plan:
        await chain.go_on(ctx, plan, person, after=week)
    text = f"{ctx.content.review.lines.skip}{_next(ctx, plan, person)}"
    return Reply(
        Card("Left out this week", text, buttons=(review.button("Open it after all"),)), update=True
    )


@feature.action("review later")
async def later(ctx: Context, week: Week) -> Reply:
    """Let it come once more, some hours from now."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    await heard(ctx, person)
    if why := await _cant_be_put_off(ctx, person, week):
        return Reply(await sheet_of(ctx, person, why), update=True)
    found = await store.review_for(ctx, person.id, week)
    if found.later_at is None or found.later_at <= ctx.now:
        found.later_at = chain.later_today(ctx, person)
        at = int(found.later_at.timestamp())
        await ctx.outbox.later(
            chain.LATER,
            key=f"{chain.LATER}:{person.id}:{at}",
            due=found.later_at,
            person=person.id,
            whose=person.id,
            week=week,
            at=at,
        )
    found.state = OPEN
    zone = chain.zone_for(ctx, person)
    lines = ctx.content.review.lines
    today = found.later_at.astimezone(zone_of(zone)).date()
    same_day = today == ctx.now.astimezone(zone_of(zone)).date()
    text = f"{lines.later if same_day else lines.tomorrow}\n\n"
    text += f"It comes on {cards.at_words(found.later_at, zone)}."
    now, leave = review.button("Open it now"), skip.button("Skip this week", week=week)
    return Reply(Card("Later", text, buttons=(now, leave)), update=True)


@feature.action("review pause")
async def pause(
    ctx: Context, weeks: Annotated[Literal["1", "2", "4"], "For how many weeks"]
) -> Reply:
    """Leave the weekly message out for some weeks."""
    if asks := await ask_first(ctx, review):
        return asks
    person = await ctx.person()
    plan = await heard(ctx, person)
    if plan is None or plan.state != ON:
        said = "No weekly message is on its way, so there is nothing to pause."
        return Reply(await sheet_of(ctx, person, said), update=True)
    await _leave_out_what_is_open(ctx, person)
    await chain.pause(ctx, plan, person, int(weeks))
    text = f"{ctx.content.review.lines.pause}{_next(ctx, plan, person)}"
    buttons = (start.button("Resume now"), review.button("Open this week's review"))
    return Reply(Card(f"Paused for {PAUSES[weeks]}", text, buttons=buttons), update=True)


@feature.command("review stop")
async def stop(ctx: Context) -> Reply:
    """End the weekly message. Your ledger stays."""
    person = await ctx.known_person()
    if person and (plan := await heard(ctx, person)):
        plan.state, plan.next_week, plan.next_at, plan.paused_from = OFF, None, None, None
    buttons = (start.button("Start again"),)
    return Reply(
        Card("No more weekly messages", ctx.content.review.lines.stop, buttons=buttons), update=True
    )


@feature.action("review start")
async def start(ctx: Context) -> Reply:
    """Let it come once a week, by direct message."""
    profile = await ctx.platform.zone_of(ctx.call.caller)  # asked before the transaction opens
    if asks := await ask_first(ctx, start):
        return asks
    person = await ctx.person()
    if person.zone is None and profile:
        _take_zone(ctx, person, profile)
    plan = await store.plan_for(ctx, person.id)
    await chain.begin(ctx, plan, person)
    return Reply(_begun(ctx, plan, person), update=True)


def _take_zone(ctx: Context, person: Person, profile: str) -> None:
    """What the platform's profile says, if it is a zone at all and not the community's own."""
    try:
        zone = read_zone(profile)
    except UserError:
        return
    if zone != ctx.community.zone:
        person.zone = zone


def _begun(ctx: Context, plan: ReviewPlan, person: Person) -> Card:
    zone = chain.zone_for(ctx, person)
    text = (
        f"The next one comes on {cards.when(plan, zone)}, by direct message. "
        f"Your clock: {plain(zone)}. "
        "You can skip, pause or stop it with one press at any time."
    )
    buttons = (
        Button("Another day or hour", CHANGE),
        stop.button("Stop"),
        review.button("Open this week's review"),
    )
    return Card("Once a week", text, buttons=buttons)


async def heard(ctx: Scene, person: Person) -> ReviewPlan | None:
    """They are there: what went unanswered before counts no more."""
    plan = await store.plan_of(ctx, person.id)
    if plan:
        plan.heard_at = ctx.now
    return plan


async def week_now(scene: Scene, person: Person) -> str:
    """The week to write about: this one, or the last while its review is open and fresh."""
    this = chain.week_of(scene.now, chain.zone_for(scene, person))
    found = await store.newest(scene, person.id)
    if found is None or found.week >= this:
        return found.week if found else this
    if found.state != OPEN or found.week < chain.weeks_after(this, -1):
        return this
    plan = await store.plan_of(scene, person.id)
    near = plan and plan.next_at and plan.next_at - scene.now < chain.APART
    return this if near else found.week


async def sheet_of(
    scene: Scene,
    person: Person,
    said: str = "",
    before: Sequence[Button] = (),
    *,
    week: str | None = None,
) -> Card:
    """The review of now, or of a known week, with what can be done about it."""
    week = week or await week_now(scene, person)
    found = await store.review_of(scene, person.id, week)
    answered = found is not None and found.state == ANSWERED
    lines = await store.lines(scene, person.id)
    page = Sheet(week, answered, lines, to_ask_about(scene, lines), said)
    plan = await store.plan_of(scene, person.id)
    buttons = (*before, *_outcomes(scene, page), *_around(page, plan))
    return cards.sheet(scene.content.review, page, buttons, None if answered else _pauses(plan))


def to_ask_about(scene: Scene, lines: Sequence[Line]) -> list[Line]:
    """What is open. Words of danger or grief are nothing to tick off: they stay in the ledger."""
    return [
        line for line in lines if line.state == OPEN and not care_for(scene.content, line.words)
    ]


def _outcomes(scene: Scene, page: Sheet) -> list[Button]:
    """Done, Changed, Let go for each line; numbered as the lines are, where there are several."""
    lines = page.still_open[: cards.MOST_OPEN]
    return [
        settle.button(
            outcome.label if len(lines) == 1 else f"{number} · {shorten(outcome.label, 60)}",
            line=line.id,
            became=outcome.key,
        )
        for number, line in enumerate(lines, start=1)
        for outcome in scene.content.review.outcomes
    ]


def _around(page: Sheet, plan: ReviewPlan | None) -> list[Button]:
    """What one can do with the review itself."""
    label = "Edit" if page.answered else "Answer"
    style = Style.PLAIN if page.answered else Style.MAIN
    buttons = [answer.button(label, style, week=page.week)]
    if plan is None or plan.state != ON:
        buttons.append(start.button(_start_label(plan)))
    elif not page.answered:
        buttons += [
            skip.button("Skip", week=page.week),
            later.button("Later today", week=page.week),
            stop.button("Stop"),
        ]
    if page.lines:
        buttons.append(Button("Ledger", LEDGER))
    return buttons


def _start_label(plan: ReviewPlan | None) -> str:
    return "Send it again" if plan and plan.state == RESTING else "Send me this once a week"


def _pauses(plan: ReviewPlan | None) -> Choice | None:
    if plan is None or plan.state != ON:
        return None
    return pause.choice("Pause for …", "weeks", (Option(t, n) for n, t in PAUSES.items()))


def _next(ctx: Context, plan: ReviewPlan | None, person: Person) -> str:
    if plan is None or plan.state != ON:
        return ""
    return f"\n\nThe next one comes on {cards.when(plan, chain.zone_for(ctx, person))}."


async def _can_be_written(ctx: Context, person: Person, week: str) -> bool:
    """This week's page, or the newest one: until the next review it can be edited."""
    if week == await week_now(ctx, person):
        return True
    found = await store.newest(ctx, person.id)
    if found is None or found.week != week:
        return False
    last = chain.weeks_after(chain.week_of(ctx.now, chain.zone_for(ctx, person)), -1)
    return found.state == ANSWERED or week >= last


async def _cant_be_put_off(ctx: Context, person: Person, week: str) -> str | None:
    """Why this page is not one to skip or to bring again."""
    if not await _can_be_written(ctx, person, week):
        return EARLIER
    found = await store.review_of(ctx, person.id, week)
    return WRITTEN if found and found.state == ANSWERED else None


async def _leave_out_what_is_open(ctx: Context, person: Person) -> None:
    found = await store.newest(ctx, person.id)
    if found and found.state == OPEN:
        found.state, found.later_at = SKIPPED, None


async def _form(ctx: Context, person: Person, week: str | None) -> Reply | OpenForm:
    """The form with what they wrote before, or the present page for an old card's button."""
    if week is None:
        return Reply(await sheet_of(ctx, person, EARLIER), update=True)
    written = {
        line.question: line.words for line in await store.lines(ctx, person.id) if line.week == week
    }
    asked = zip(FIELDS, ctx.content.review.questions, strict=False)
    draft = {name: written[each.key] for name, each in asked if each.key in written}
    return replace(answer.form(ctx, week=week), draft=draft)


def _said(ctx: Context, texts: Sequence[str]) -> dict[str, str]:
    """By the key of each question. Raises UserError when all are empty."""
    asked = zip(ctx.content.review.questions, texts, strict=False)
    said = {question.key: text for question, text in asked}
    if not any(said.values()):
        raise UserError(
            "Write a line to one question at least. The others may stay empty.", "first"
        )
    return said


async def _kept(ctx: Context, person: Person, plan: ReviewPlan | None, week: str) -> Card:
    lines = await store.lines(ctx, person.id)
    page = Sheet(
        week,
        True,
        lines,
        to_ask_about(ctx, lines),
        "It is in your ledger, where only you read it. You can edit it until the next review."
        f"{_next(ctx, plan, person)}",
    )
    fits = fitting(ctx.content, page.still_open, week)
    care = care_for(ctx.content, "\n".join(line.words for line in page.written))
    buttons = [answer.button("Edit", week=week), Button("Ledger", LEDGER)]
    if fits and not care:
        buttons.append(_read(fits))
    if plan is None or plan.state != ON:
        buttons.append(start.button(_start_label(plan)))
    return cards.kept(ctx.content.review, page, fits, care, buttons)


def _read(fits: Fitting) -> Button:
    opens = principle if isinstance(fits.page, Principle) else chapter
    return opens.button(shorten(f"Read: {fits.page.title}", BUTTON_LABEL), number=fits.page.number)


def _reply_to(ctx: Context, found: Commitment) -> str:
    """One of the content's lines for that outcome: they take turns by week and question."""
    outcome = _outcome(ctx, found.state)
    asked = [each.key for each in ctx.content.review.questions]
    place = asked.index(found.question) if found.question in asked else 0
    settled = found.settled_at or ctx.now
    turn = number_of(settled.date().isoformat()) + place
    return outcome.replies[turn % len(outcome.replies)]


def _outcome(ctx: Context, state: str) -> Outcome:
    return next(each for each in ctx.content.review.outcomes if each.key == state)
