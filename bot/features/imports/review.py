"""`/event people`: two names that may be one person. Only a host says so, one pair at a time."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from bot.actions import Role
from bot.context import Context
from bot.errors import UserError
from bot.features.events.model import Event
from bot.features.imports import store
from bot.features.imports.feature import feature
from bot.features.imports.model import Likeness
from bot.features.link.store import join_people
from bot.imports.dates import long_day
from bot.markup import bulleted, one_line, plain
from bot.people import Person
from bot.replies import BUTTON_LABEL, Button, Card, Field, Reply, Style

GONE = "These two are settled already. `/event people` has the next."
AT_ONCE = 50
"""Members who came since and are asked about, in one go."""

Pair = Annotated[str, "Which two"]


@feature.command("event people", role=Role.HOST)
async def people(ctx: Context) -> Reply:
    """Say which names on imported lists are one and the same person."""
    count, pair = await waiting(ctx)
    if pair is None:
        text = "No two names wait for you. After an import, or when a member comes, some may."
        return Reply(Card("Who is who", text), update=True)
    return Reply(await _ask(ctx, pair, count), update=True)


@feature.action("event same", role=Role.HOST)
async def same(
    ctx: Context,
    pair: Pair,
    name: Annotated[Literal["one", "other"], "Whose name stays"] = "other",
) -> Reply:
    """They are one: whatever was of the one is of the other. A member's name is their own."""
    found = await _pair(ctx, pair)
    one, other = await _two(ctx, found)
    members = [each for each in (one, other) if await store.is_member(ctx, each.id)]
    if len(members) > 1:
        raise UserError("Both have an account here. They can join them themselves with `/link`.")
    named = (members or [one if name == "one" else other])[0].name
    await ctx.session.delete(found)
    await ctx.session.flush()
    kept = await join_people(ctx, one, other)
    kept.name = named
    return await _next(ctx, f"{plain(named, 60)} is one person now, with both histories.")


@feature.action("event apart", role=Role.HOST)
async def apart(ctx: Context, pair: Pair) -> Reply:
    """They are two, and are not asked about again."""
    (await _pair(ctx, pair)).settled_at = ctx.now
    await ctx.session.flush()
    return await _next(ctx, "They stay two.")


async def waiting(ctx: Context) -> tuple[int, Likeness | None]:
    """How many pairs wait, and the first; also members who came since the import."""
    await store.liken_members(ctx, AT_ONCE)
    return await store.alike(ctx)


async def _next(ctx: Context, note: str) -> Reply:
    count, pair = await store.alike(ctx)
    if pair is None:
        return Reply(Card("Who is who", f"{note}\n\nThat was the last."), update=True)
    return Reply(await _ask(ctx, pair, count, note), update=True)


async def _ask(ctx: Context, pair: Likeness, count: int, note: str = "") -> Card:
    one, other = await _two(ctx, pair)
    members = [await store.is_member(ctx, each.id) for each in (one, other)]
    fields = (
        await _about(ctx, one, "The one", member=members[0]),
        await _about(ctx, other, "The other", member=members[1]),
    )
    text = "Only what you know for sure counts. One person can't be made two again."
    left = f"{count:,} to look at." if count > 1 else ""
    whole = "\n\n".join(filter(None, [note, await _met(ctx, one, other), text, left]))
    names = ("",) if any(members) or one.name == other.name else ("one", "other")
    buttons = (
        *(_same(pair, one if name == "one" else other, name) for name in names),
        apart.button("Two people", pair=pair.id),
    )
    return Card("Is this one person?", whole, fields, buttons)


def _same(pair: Likeness, person: Person, name: str) -> Button:
    """Two ways to write one name: the host says which stays."""
    if not name:
        return same.button("The same person", Style.RISKY, pair=pair.id)
    label = one_line(f"The same person: {person.name}", BUTTON_LABEL)
    return same.button(label, Style.RISKY, pair=pair.id, name=name)


async def _met(ctx: Context, one: Person, other: Person) -> str:
    event = await store.met_at(ctx, one.id, other.id)
    if event is None:
        return ""
    return f"Both were at {_dated(ctx, event)}, which speaks for two people."


async def _about(ctx: Context, person: Person, label: str, *, member: bool) -> Field:
    """Never an address: it was not kept."""
    who = "a member" if member else "from a list"
    number, latest = await store.evenings_of(ctx, person.id)
    known = "on no list of an event"
    if number:
        known = "on the list of 1 event" if number == 1 else f"on the lists of {number:,} events"
    where = f":\n\n{bulleted(_dated(ctx, each) for each in latest)}" if number else "."
    return Field(label, f"**{plain(person.name, 80)}**, {who}, {known}{where}")


def _dated(ctx: Context, event: Event) -> str:
    day = long_day(event.starts_at.astimezone(ZoneInfo(ctx.community.zone)))
    return f"{plain(event.title, 80)} on {day}"


async def _pair(ctx: Context, id_: str) -> Likeness:
    found = await ctx.get_own(Likeness, id_, GONE, lock=True)
    if found.settled_at:
        raise UserError(GONE)
    return found


async def _two(ctx: Context, pair: Likeness) -> tuple[Person, Person]:
    return (
        await ctx.get_own(Person, pair.person_id, GONE),
        await ctx.get_own(Person, pair.other_id, GONE),
    )
