"""`/event people`: two names that may be one person. Only a host says so, one pair at a time."""

from typing import Annotated

from bot.actions import Role
from bot.context import Context
from bot.errors import UserError
from bot.features.imports import store
from bot.features.imports.feature import feature
from bot.features.imports.model import Likeness
from bot.features.link.store import join_people
from bot.markup import bulleted, plain
from bot.people import Person
from bot.replies import Button, Card, Field, Reply, Style

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
async def same(ctx: Context, pair: Pair) -> Reply:
    """They are one: whatever was of the one is of the other."""
    found = await _pair(ctx, pair)
    one, other = await _two(ctx, found)
    members = [each for each in (one, other) if await store.is_member(ctx, each.id)]
    if len(members) > 1:
        raise UserError("Both have an account here. They can join them themselves with `/link`.")
    name = (members or [other])[0].name
    await ctx.session.delete(found)
    await ctx.session.flush()
    kept = await join_people(ctx, one, other)
    kept.name = name
    return await _next(ctx, f"{plain(name, 60)} is one person now, with both histories.")


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
    fields = (await _about(ctx, one, "The one"), await _about(ctx, other, "The other"))
    text = "Only what you know for sure counts. One person can't be made two again."
    left = f"{count:,} to look at." if count > 1 else ""
    buttons: tuple[Button, ...] = (
        same.button("The same person", Style.RISKY, pair=pair.id),
        apart.button("Two people", pair=pair.id),
    )
    whole = "\n\n".join(filter(None, [note, text, left]))
    return Card("Is this one person?", whole, fields, buttons)


async def _about(ctx: Context, person: Person, label: str) -> Field:
    """Never an address: it was not kept."""
    who = "a member" if await store.is_member(ctx, person.id) else "from a list"
    evenings = [plain(title, 80) for title in await store.evenings_of(ctx, person.id)]
    where = f"\n\n{bulleted(evenings)}" if evenings else ""
    return Field(label, f"**{plain(person.name, 80)}**, {who}{where}")


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
