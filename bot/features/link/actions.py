"""`/link`: one person, or one community, on two platforms.

A code says itself what it joins, so there is one command to type: an organiser joins the spaces
first, then members join their accounts.
"""

from datetime import timedelta
from typing import Annotated

from bot.actions import Feature, Role
from bot.codes import count_wrong, guesses
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.link import cards, store
from bot.features.link.model import COMMUNITY, PERSON, Code
from bot.features.link.store import Known, Side
from bot.people import Account, Address, Person, Where
from bot.platform import Letter
from bot.replies import Card, Reply, Style

feature = Feature("link")

OWN_CODE = "That is the code from this side. Type it on the other platform."
JOINED = "These two are joined already."
NOT_JOINED = "These accounts are not joined any more. `/link` shows what is."
NOTICE = timedelta(days=2)

WhichCode = Annotated[str, "Which code"]
WhichAccount = Annotated[str, "Which account"]


@feature.command("link", example="K7MQ-9XPD", form="Join your accounts")
async def link(
    ctx: Context, code: Annotated[str | None, "The code from the other platform"] = None
) -> Reply:
    """Join your accounts on two platforms, so that both are you."""
    role = await ctx.role()  # it may ask the platform: before the transaction
    if code:
        return await _typed(ctx, code, role)
    spaces = await store.spaces(ctx.session, ctx.community.id)
    others = [store.platform_of(each) for each in spaces if each.id != ctx.space.id]
    if not others:
        begin = (invite.button("Join the two sides", Style.MAIN),)
        buttons = begin if role is Role.ORGANISER else ()
        return Reply(cards.one_platform(store.platform_of(ctx.space), *buttons))
    known = await store.accounts(ctx.session, (await ctx.person()).id)
    if len(known) == len(spaces):
        return Reply(_joined(known))
    return Reply(cards.code_for_accounts(await store.give(ctx, PERSON), others))


@feature.action("link invite", role=Role.ORGANISER)
async def invite(ctx: Context) -> Reply:
    return Reply(cards.code_for_communities(await store.give(ctx, COMMUNITY)), update=True)


@feature.action("link both")
async def both(ctx: Context, code: WhichCode) -> Reply:
    """Both accounts are theirs: from now on they are one person."""
    found = await store.code_of(ctx, code)
    me, other, account = await _two_people(ctx, found)
    mine = await store.account_here(ctx)
    await store.use(ctx, code)
    kept = await store.join_people(ctx, other, me)
    await ctx.outbox.later(
        "link.joined",
        key=f"link:{code}",
        due=ctx.now,
        person=kept.id,
        account=account.id,
        other=mine.id,
    )
    return Reply(_joined(await store.accounts(ctx.session, kept.id)), update=True)


@feature.delivery("link.joined", grace=NOTICE, asked_for=True)
async def tell(scene: Scene, account: str, other: str) -> Letter | None:
    """A word to the account that gave the code: somebody may have overheard it."""
    told, joined = await store.known(scene, account), await store.known(scene, other)
    if not (told and joined and told.account.person_id == joined.account.person_id):
        return None
    to = Address(Where(told.space.platform, told.space.external_id), user=told.account.external_id)
    no = separate.button("Separate them", account=other)
    return Letter(to, Reply(cards.somebody_joined(joined.platform, no)))


@feature.action("link write")
async def write(ctx: Context, account: WhichAccount) -> Reply:
    """Choose where they are written to."""
    person, found = await _own(ctx, account)
    found.account.preferred_at = ctx.now
    await ctx.session.flush()
    return Reply(_joined(await store.accounts(ctx.session, person.id)), update=True)


@feature.action("link separate")
async def separate(ctx: Context, account: WhichAccount) -> Reply:
    _, found = await _own(ctx, account)
    yes = separated.button("Yes, separate it", Style.RISKY, account=account)
    return Reply(cards.separate(found.platform, yes), update=True)


@feature.action("link separated")
async def separated(ctx: Context, account: WhichAccount) -> Reply:
    me = await ctx.person()
    await ctx.get_own(Person, me.id, NOT_JOINED, lock=True)  # whoever waited sees what is joined
    person, found = await _own(ctx, account)
    await store.separate(ctx, person, found.account)
    return Reply(cards.separated(found.platform), update=True)


@feature.action("link one", role=Role.ORGANISER)
async def one(ctx: Context, code: WhichCode) -> Reply:
    """Make one community of two."""
    await _ask_other_organiser(ctx, await store.code_of(ctx, code))
    kept, gone = await _two_communities(ctx, await store.code_of(ctx, code))
    events, people = await store.sizes(ctx.session, gone.community)
    await store.use(ctx, code)
    community = await store.join_communities(ctx, kept.community.id, gone.community.id)
    spaces = await store.spaces(ctx.session, community.id)
    platforms = [store.platform_of(each) for each in spaces]
    return Reply(cards.are_one(community.name, platforms, events, people), update=True)


async def _typed(ctx: Context, text: str, role: Role) -> Reply:
    """What the code would do, to be confirmed. A wrong one counts."""
    guess = await guesses(ctx, "Please try again in ten minutes, with a new one.")
    code = await store.typed(ctx, text)
    if code is None:
        await count_wrong(ctx, guess)
        return Reply(cards.unknown())
    return await _people(ctx, code) if code.joins == PERSON else await _communities(ctx, code, role)


async def _people(ctx: Context, code: Code) -> Reply:
    me, other, _ = await _two_people(ctx, code)
    there = (await store.side_of(ctx, code)).platform
    yes = both.button("Yes, both are me", Style.MAIN, code=code.id)
    here = store.platform_of(ctx.space)
    return Reply(cards.are_both_yours(here, me.name, there, other.name, yes))


async def _communities(ctx: Context, code: Code, role: Role) -> Reply:
    if role < Role.ORGANISER:
        raise UserError("This code joins two communities, so an organiser has to type it.")
    await _ask_other_organiser(ctx, code)
    kept, gone = await _two_communities(ctx, code)
    events, people = await store.sizes(ctx.session, gone.community)
    yes = one.button("Yes, join them", Style.RISKY, code=code.id)
    return Reply(cards.one_community(kept, gone, events, people, yes))


async def _two_people(ctx: Context, code: Code) -> tuple[Person, Person, Account]:
    """Who types, who gave the code, and that account. Raises UserError."""
    side = await store.side_of(ctx, code)
    _prove_other_side(ctx, side)
    if code.joins != PERSON:
        raise UserError(store.GONE)
    if side.community.id != ctx.community.id:
        raise UserError(
            f"For me {side.platform} and {store.platform_of(ctx.space)} are two communities yet. "
            "An organiser can join them: they type `/link`. After that, try again."
        )
    found = await store.person_behind(ctx, side)
    if found is None:
        raise UserError(store.GONE)
    me, (other, account) = await ctx.person(), found
    if me.id == other.id:
        raise UserError(f"{JOINED} `/link` shows them.")
    await _prove_one_on_each(ctx, me, other)
    return me, other, account


async def _prove_one_on_each(ctx: Context, me: Person, other: Person) -> None:
    mine, theirs = [
        {each.platform for each in await store.accounts(ctx.session, person.id)}
        for person in (me, other)
    ]
    if twice := sorted(mine & theirs):
        raise UserError(
            f"That would be two accounts of yours on {twice[0]}. "
            "I can join one on each platform: `/link` shows yours."
        )


async def _two_communities(ctx: Context, code: Code) -> tuple[Side, Side]:
    """Which stays, which moves there. Raises UserError."""
    kept = await store.side_of(ctx, code)
    if code.joins != COMMUNITY:
        raise UserError(store.GONE)
    community = await store.community_here(ctx)
    gone = Side(community, ctx.space, ctx.call.caller.user)
    _prove_other_side(ctx, kept)
    if kept.community.id == gone.community.id:
        raise UserError(JOINED)
    here, there = [
        {store.platform_of(each) for each in await store.spaces(ctx.session, side.community.id)}
        for side in (gone, kept)
    ]
    if twice := sorted(here & there):
        raise UserError(
            f"Both communities are on {twice[0]}. I can join one server and one workspace, "
            "not two of a kind."
        )
    return kept, gone


def _prove_other_side(ctx: Context, side: Side) -> None:
    if side.space.id == ctx.space.id and side.user == ctx.call.caller.user:
        raise UserError(OWN_CODE)


async def _ask_other_organiser(ctx: Context, code: Code) -> None:
    """Whoever gave the code may have lost that role. The platform is asked outside any
    transaction. Raises UserError."""
    side = await store.side_of(ctx, code)
    await ctx.close()
    if await ctx.role_of(side.caller) < Role.ORGANISER:
        raise UserError(
            f"Whoever asked for this code is no organiser on {side.platform} now. "
            "Ask an organiser there for a new one."
        )


async def _own(ctx: Context, account: str) -> tuple[Person, Known]:
    """One of their own accounts, while they have another. Raises UserError."""
    person = await ctx.person()
    known = await store.accounts(ctx.session, person.id)
    found = next((each for each in known if each.account.id == account), None)
    if found is None or len(known) < 2:
        raise UserError(NOT_JOINED)
    return person, found


def _joined(known: list[Known]) -> Card:
    elsewhere = known[1:]
    return cards.joined(
        known,
        *(write.button(f"Write to me on {e.platform}", account=e.account.id) for e in elsewhere),
        *(separate.button(f"Separate {e.platform}", account=e.account.id) for e in known),
    )
