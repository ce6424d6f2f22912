"""Who or what is meant by the words after `/role`, and whether it is there."""

from sqlalchemy import select

from bot.actions import Role
from bot.context import Context
from bot.errors import Undeliverable, UserError
from bot.markup import plain
from bot.people import (
    GROUP_MENTION,
    MENTION,
    Account,
    Caller,
    Person,
    Space,
    Where,
    people_called,
    person_of,
)
from bot.platform import Group, Profile
from bot.roles import GrantedGroup, in_time


async def groups_at(ctx: Context, space: Space) -> tuple[Group, ...]:
    """The groups there are. Raises UserError with what to do where I may not look."""
    platform = ctx.platforms.get(space.platform)
    if platform is None:
        raise UserError(f"{space.platform.capitalize()} is not connected now.")
    where = Where(space.platform, space.external_id)
    try:
        return await in_time(platform.groups(where))
    except Undeliverable as error:
        raise UserError(str(error)) from None


async def groups_here(ctx: Context) -> tuple[tuple[Group, ...], str]:
    """The groups there are or, where I may not look, what to do."""
    try:
        return await groups_at(ctx, ctx.space), ""
    except UserError as error:
        return (), error.says


async def group_meant(ctx: Context, text: str) -> Group | None:
    """The group of this platform that is mentioned or called so. Raises UserError."""
    text = text.strip()
    if MENTION.fullmatch(text):
        return None
    known, why = await groups_here(ctx)
    mention, name = GROUP_MENTION.fullmatch(text), text.removeprefix("@")
    if mention:
        found = [each for each in known if each.id == mention[1]]
    else:
        found = [each for each in known if each.id == name or _same(each.name, name)]
    called = ctx.platform.calls_groups
    if mention and not found:
        raise UserError(why or f"There is no such {called} here any more.", "person")
    if any(each.everyone for each in found):
        raise UserError(f"Everyone here has that {called}. Choose one that few have.", "person")
    if len(found) > 1 or (found and not mention and await _people_too(ctx, text)):
        raise UserError(
            f"I know more than one “{plain(name, 40)}” here. Mention the one you mean.", "person"
        )
    return found[0] if found else None


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


async def _people_too(ctx: Context, text: str) -> bool:
    return bool(await people_called(ctx.session, ctx.space, text))


async def person_meant(ctx: Context, text: str) -> tuple[Person, Profile | None]:
    """Who is meant by a mention, a name or the platform's own id. Raises UserError."""
    found = await people_called(ctx.session, ctx.space, text)
    if len(found) > 1:
        raise UserError(
            f"I know more than one person called “{plain(text, 40)}”. Mention the one you mean.",
            "person",
        )
    mention = MENTION.fullmatch(text.strip())
    user = found[0][1] if found else mention[1] if mention else text.strip().removeprefix("@")
    profile = await in_time(ctx.platform.profile_of(ctx.call.caller.where, user))
    if profile is None and not found:
        _, why = await groups_here(ctx)
        raise UserError(
            f"I know nobody called “{plain(text, 40)}” here. Mention them with @ or, "
            f"where that does not help, type their member ID from their profile. {why}".strip(),
            "person",
        )
    if profile and profile.bot:
        raise UserError(f"{plain(profile.name, 60)} is a bot. Roles are for people.", "person")
    if found:
        return found[0][0], profile
    assert profile, "nobody was found, so they are new here"
    caller = Caller(ctx.call.caller.where, user, profile.name)
    return await person_of(ctx.session, caller, ctx.space, ctx.now, ctx.new_id), profile


async def known(ctx: Context, id_: str) -> tuple[GrantedGroup, Space] | Person:
    """Whoever a button is about: a group that was given a role, or somebody. Raises UserError."""
    group = await ctx.session.get(GrantedGroup, id_)
    if group and group.community_id == ctx.community.id:
        return group, await ctx.session.get_one(Space, group.space_id)
    return await ctx.get_own(
        Person, id_, "I don't know them any more. `/role` shows who has a role."
    )


async def profile_of(ctx: Context, person: Person) -> Profile | None:
    """As this platform knows them; somebody of another platform has no role from this one."""
    user = await user_of(ctx, person)
    if user is None:
        return Profile(person.name, Role.MEMBER)
    return await in_time(ctx.platform.profile_of(ctx.call.caller.where, user))


async def user_of(ctx: Context, person: Person) -> str | None:
    """Their account on this platform."""
    found: str | None = await ctx.session.scalar(
        select(Account.external_id).where(
            Account.person_id == person.id, Account.space_id == ctx.space.id
        )
    )
    return found
