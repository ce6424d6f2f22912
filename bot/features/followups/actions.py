"""`/followups`: what is due after events; done, skipped, handed over, and words to send."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.actions import Feature, Long, Role
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.followups import cards, store
from bot.features.followups.cards import View, heading
from bot.features.followups.model import DONE, OPEN, REASON, SKIPPED, FollowUp, kept
from bot.markup import bulleted, one_line, plain
from bot.people import Caller, Person, one_called
from bot.replies import OPTIONS, Button, Card, Choice, Field, Part, Reply, Style

feature = Feature("followups")

UNDO = timedelta(days=1)
LATELY = timedelta(days=90)
AT_A_TIME = 2
"""Messages to copy on one card."""

One = Annotated[str, "Which follow-up"]


@feature.command("followups", role=Role.HOST)
async def followups(ctx: Context) -> Reply:
    """See which messages are due after events, soonest first."""
    return Reply(await _overview(ctx))


@feature.action("followup show", role=Role.HOST)
async def show(ctx: Context, followup: One) -> Reply:
    return Reply(await _overview(ctx, followup), update=True)


@feature.action("followup done", role=Role.HOST)
async def done(ctx: Context, followup: One) -> Reply:
    found = await _open_one(ctx, followup)
    await _settle(ctx, found, DONE)
    return _settled(found, heading("Done: ", found), "Somebody will be glad of it.")


@feature.action("followup skip", role=Role.HOST, form="Leave it out")
async def skip(
    ctx: Context, followup: One, reason: Annotated[str, "Why it is skipped", Long(REASON)]
) -> Reply:
    """Leave it out this time. The reason stays beside the numbers."""
    found = await _open_one(ctx, followup)
    found.reason = one_line(reason, REASON)
    await _settle(ctx, found, SKIPPED)
    return _settled(found, heading("Skipped: ", found), f"The reason: {plain(found.reason)}")


@feature.action("followup reopen", role=Role.HOST)
async def reopen(ctx: Context, followup: One) -> Reply:
    """Undo that it was done or skipped."""
    found = await store.followup_of(ctx, followup)
    if found.settled_at and ctx.now - found.settled_at > UNDO:
        raise UserError("That was more than a day ago, so it stays as it is.")
    found.status, found.settled_at, found.reason = OPEN, None, None
    await _let_others_know(ctx, found)
    return Reply(Card(heading("Open again: ", found), buttons=(_the_rest(),)), update=True)


@feature.action("followup hand-over", role=Role.HOST, form="Hand over to")
async def hand_over(
    ctx: Context, followup: One, to: Annotated[str, "To which host: a name or a mention"]
) -> Reply:
    """Hand it over to another host, who hears of it from me."""
    found = await _open_one(ctx, followup)
    before = found.owner_id
    person = await host_meant(ctx, to)
    if person.id == before:
        card = Card(heading("No change: ", found), f"It is with {plain(person.name)} already.")
        return Reply(replace(card, buttons=(_the_rest(),)), update=True)
    await _belong_to(ctx, found, person.id)
    text = f"It is with {plain(person.name)} now."
    if not person.agreed_at:
        text += " They have not said that I may write to them, so please tell them yourself."
    back = take_back.button("Undo", followup=found.id, owner=before or "", to=_short(person.id))
    card = Card(heading("Handed over: ", found), text, buttons=(back, _the_rest()))
    return Reply(card, update=True)


@feature.action("followup back", role=Role.HOST)
async def take_back(
    ctx: Context,
    followup: One,
    owner: Annotated[str, "Whose it was"] = "",
    to: Annotated[str, "Who got it"] = "",
) -> Reply:
    """Undo that it was handed over, while it is still with whoever got it."""
    found = await _open_one(ctx, followup)
    if _short(found.owner_id) != to:
        raise UserError(
            "It has changed hands again since then, so I left it where it is. "
            "`/followups` shows whose it is."
        )
    person = await ctx.session.get(Person, owner)
    if person and person.community_id != ctx.community.id:
        raise UserError("I don't know whose it was. Hand it over once more.")
    await _belong_to(ctx, found, person.id if person else None)
    whose = plain(person.name) if person else "nobody"
    text = f"It is with {whose} again."
    return Reply(Card(heading("Taken back: ", found), text, buttons=(_the_rest(),)), update=True)


@feature.action("followup words", role=Role.HOST, noted=False)
async def wording(
    ctx: Context, followup: One, again: Annotated[bool, "In place of the others"] = False
) -> Reply:
    """Two messages to copy, others each time."""
    found = await store.followup_of(ctx, followup)
    messages = ctx.content.followups.messages
    start = await store.times_worded(ctx) * AT_A_TIME
    found.worded += 1
    shown = [messages[(start + number) % len(messages)] for number in range(AT_A_TIME)]
    buttons = (
        wording.button("Other words", followup=found.id, again=True),
        done.button("Done", followup=found.id),
    )
    return Reply(cards.words(shown, buttons), update=again)


@feature.home(role=Role.HOST)
async def at_home(ctx: Context) -> Part | None:
    due = await store.still_open(ctx)
    if not due:
        return None
    text = bulleted([plain(each.title, 80) for each in due[:3]])
    rest = f"\n\n*and {len(due) - 3} more*" if len(due) > 3 else ""
    return Part(Field("Messages to write", text + rest), (followups.button("Follow-ups"),))


async def about_due(scene: Scene, title: str, due: Sequence[FollowUp]) -> Card:
    """The same card for a reminder: the first in focus, with the same buttons."""
    view = await _view(scene, due)
    return cards.due(title, view, due, due[0], _buttons(due[0]), _others(due, due[0]))


async def _overview(ctx: Context, focus_id: str | None = None) -> Card:
    due = await store.still_open(ctx)
    lately = await store.due_since(ctx, ctx.now - LATELY)
    view = await _view(ctx, due)
    fields = cards.record(kept(lately, ctx.now))
    if not due:
        return cards.nothing_due(fields)
    focus = next((each for each in due if each.id == focus_id), due[0])
    return cards.due("Follow-ups", view, due, focus, _buttons(focus), _others(due, focus), fields)


async def _view(scene: Scene, due: Sequence[FollowUp]) -> View:
    return View(scene.now, scene.community.zone, await store.names(scene, due))


def _buttons(focus: FollowUp) -> list[Button]:
    return [
        done.button("Done", Style.MAIN, followup=focus.id),
        skip.button("Skip", followup=focus.id),
        hand_over.button("Hand over", followup=focus.id),
        wording.button("Wording", followup=focus.id),
    ]


def _others(due: Sequence[FollowUp], focus: FollowUp) -> Choice | None:
    options = cards.options([each for each in due if each is not focus][:OPTIONS])
    return show.choice("Look at another one", "followup", options) if options else None


async def _open_one(ctx: Context, followup: str) -> FollowUp:
    found = await store.followup_of(ctx, followup)
    if found.status != OPEN:
        raise UserError(f"This one is {found.status} already. `/followups` shows what is due.")
    return found


async def _settle(ctx: Context, found: FollowUp, status: str) -> None:
    found.status = status
    found.settled_at = ctx.now
    await _let_others_know(ctx, found)


async def _let_others_know(ctx: Context, found: FollowUp) -> None:
    """Whatever it is about looks at it again, where that has a kind `….followed-up`."""
    kind = f"{found.what}s.followed-up"
    if kind in ctx.registry.kinds:
        key = f"{kind}:{found.id}:{found.status}:{int(ctx.now.timestamp())}"
        await ctx.outbox.later(kind, key=key, due=ctx.now, about=found.about_id)


def _settled(found: FollowUp, title: str, text: str) -> Reply:
    undo = reopen.button("Undo", followup=found.id)
    return Reply(Card(title, text, buttons=(undo, _the_rest())), update=True)


def _the_rest() -> Button:
    return followups.button("What else is due")


async def host_meant(ctx: Context, to: str) -> Person:
    """Raises UserError, at the field, for anybody who is not one host."""
    person, user = await one_called(ctx.session, ctx.space, to, "to")
    caller = Caller(ctx.call.caller.where, user, person.name)
    if await ctx.role_of(caller) < Role.HOST:
        raise UserError(f"{plain(person.name)} is not a host here.", "to")
    return person


def _short(person_id: str | None) -> str:
    """Enough of an id to tell people apart: a button has no room for three whole ones."""
    return (person_id or "")[:6]


async def _belong_to(ctx: Context, found: FollowUp, person_id: str | None) -> None:
    """Change hands: whoever has it now hears of it, unless it is the one who acts."""
    found.owner_id = person_id
    if ctx.now < found.remind_at:
        await store.promise_reminder(ctx, found)
    if person_id and person_id != (await ctx.person()).id:
        await ctx.outbox.later(
            "followups.handed",
            key=f"followups-handed:{found.id}:{person_id}:{int(ctx.now.timestamp())}",
            due=ctx.now,
            person=person_id,
            followup=found.id,
            owner=person_id,
        )
