"""Giving a role to somebody or to all in a group, and taking it back."""

from typing import Annotated, Literal

from bot import roles
from bot.actions import Feature, Role, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.roles import cards
from bot.features.roles.meaning import (
    group_meant,
    groups_at,
    groups_here,
    known,
    person_meant,
    profile_of,
    user_of,
)
from bot.markup import plain
from bot.people import Caller, Person, Space, group_mention, people_like
from bot.platform import Group, Profile
from bot.replies import OPTION_LABEL, OPTIONS, Button, Card, Option, Reply
from bot.roles import GrantedGroup, grants, group_grants, in_time, role_of

feature = Feature("roles")

ROLES = {role.called: role for role in Role}
FIRST = (
    "You are the only organiser that I know of. Without you nobody could change a setting here. "
    "Make somebody else an organiser first: `/role @name organiser`."
)


async def names_like(ctx: Context, text: str) -> tuple[Option, ...]:
    wanted = text.removeprefix("@")
    there, _ = await groups_here(ctx)
    groups = [
        Option(cards.group_offer(each.name, ctx.platform.calls_groups), group_mention(each.id))
        for each in there
        if wanted.casefold() in each.name.casefold() and not each.everyone
    ]
    people = await people_like(ctx.session, ctx.space, wanted, OPTIONS)
    found = [*(Option(name, name) for name in people if 1 <= len(name) <= OPTION_LABEL), *groups]
    return tuple(found[:OPTIONS])


@feature.command("role", role=Role.ORGANISER, example="@ada host", form="Who is what")
async def role_(
    ctx: Context,
    person: Annotated[
        str | None, "Who, or which group: a name or a mention", Suggest(names_like)
    ] = None,
    role: Annotated[Literal["member", "host", "organiser"] | None, "What they become"] = None,
) -> Reply:
    """See who is host or organiser here, and change it."""
    if person is None:
        return Reply(await _list(ctx))
    if group := await group_meant(ctx, person):
        return await _become_here(ctx, group, ROLES[role]) if role else _ask_about(group)
    found, profile = await person_meant(ctx, person)
    return await _become(ctx, found, profile, ROLES[role]) if role else _ask(found)


@feature.action("role pick", role=Role.ORGANISER)
async def pick(ctx: Context, person: Annotated[str, "Who"]) -> Reply:
    match await known(ctx, person):
        case Person() as found:
            return _ask(found)
        case group, _:
            return Reply(cards.ask_about_group(group.name, _offers(group.id)), update=True)


@feature.action("role set", role=Role.ORGANISER)
async def set_(
    ctx: Context,
    person: Annotated[str, "Who"],
    to: Annotated[Literal["member", "host", "organiser"], "What they become"],
    was: Annotated[str, "What they were given before"] = "",
) -> Reply:
    """Of somebody, or of a group that had a role before. `was`: only if it still is."""
    match await known(ctx, person):
        case Person() as found:
            return await _become(ctx, found, await profile_of(ctx, found), ROLES[to], was)
        case group, space:
            if ROLES[to] > Role.MEMBER:
                await _prove_there(ctx, group, space)
            await _hold(ctx)
            await ctx.session.refresh(group)
            _prove_unchanged(Role(group.role), was)
            return await _become_all(ctx, group, space, ROLES[to])


async def _list(ctx: Context) -> Card:
    groups = await group_grants(ctx.session, ctx.community.id)
    people = await grants(ctx.session, ctx.community.id)
    names, aside = None, ""
    if any(each.space.id == ctx.space.id for each in groups):
        there, aside = await groups_here(ctx)
        names = None if aside else {each.id: each.name for each in there}
    called = {each.space.id: _called(ctx, each.space) for each in groups}
    lines, options = [], []
    for group in groups:
        today = names if group.space.id == ctx.space.id else None
        word = called[group.space.id]
        lines.append(cards.group_line(group, ctx.community, word, today))
        options.append(cards.group_option(group, word))
    lines += [cards.person_line(each, ctx.community) for each in people]
    options += [cards.person_option(each) for each in people]
    chosen = tuple(options[:OPTIONS])
    choice = pick.choice("Change a role", "person", chosen) if chosen else None
    return cards.listed(ctx.space.platform.capitalize(), lines, aside, choice)


def _called(ctx: Context, space: Space) -> str:
    """What groups are called there."""
    platform = ctx.platforms.get(space.platform)
    return platform.calls_groups if platform else "group"


def _ask(person: Person) -> Reply:
    return Reply(cards.ask_about_person(person.name, _offers(person.id)), update=True)


def _offers(id_: str) -> list[Button]:
    return [set_.button(each.capitalize(), person=id_, to=each) for each in ROLES]


def _ask_about(group: Group) -> Reply:
    """It may have had no role before, and so no row: the command itself is pressed."""
    mention = group_mention(group.id)
    buttons = [role_.button(each.capitalize(), person=mention, role=each) for each in ROLES]
    return Reply(cards.ask_about_group(group.name, buttons), update=True)


async def _become(
    ctx: Context, person: Person, profile: Profile | None, role: Role, was: str = ""
) -> Reply:
    """Give or take back, and offer the way back."""
    if profile is None and role is not Role.MEMBER:
        raise UserError(f"{plain(person.name, 60)} is not here any more.", "person")
    await _hold(ctx)
    own, pressed = profile.role if profile else Role.MEMBER, ctx.call.via is Via.PRESS
    given = await grants(ctx.session, ctx.community.id)
    before = next((each.role for each in given if each.person_id == person.id), Role.MEMBER)
    _prove_unchanged(before, was)
    if before is not role:
        await roles.grant(ctx.session, person, role, by=await ctx.person(), now=ctx.now)
        await _prove_somebody_stays(ctx)
    now = await _whole(ctx, person, own, role)
    beside = _beside(ctx, own, now, role)
    if before is role:
        return Reply(cards.person_unchanged(person.name, now, beside), update=pressed)
    undo = _undo(person.id, before, role)
    return Reply(cards.person_changed(person.name, now, beside, undo), update=pressed)


async def _become_here(ctx: Context, group: Group, role: Role) -> Reply:
    """A group of this platform, whether or not it had a role before."""
    await _hold(ctx)
    found = await roles.granted_group(ctx.session, ctx.space.id, group.id)
    if found is None:
        found = GrantedGroup(
            id=ctx.new_id(),
            community_id=ctx.community.id,
            space_id=ctx.space.id,
            external_id=group.id,
            role=int(Role.MEMBER),
        )
    found.name = group.name[: roles.GROUP_NAME]
    return await _become_all(ctx, found, ctx.space, role)


async def _become_all(ctx: Context, group: GrantedGroup, space: Space, role: Role) -> Reply:
    """Give or take back for all in a group, and offer the way back."""
    pressed, before = ctx.call.via is Via.PRESS, Role(group.role)
    platform = space.platform.capitalize()
    which = cards.which(_called(ctx, space), group.name, platform)
    if before is role:
        return Reply(cards.group_unchanged(which, role), update=pressed)
    group.role, group.granted_at = int(role), ctx.now
    group.granted_by = (await ctx.person()).id
    ctx.session.add(group)
    await ctx.session.flush()
    await _prove_somebody_stays(ctx)
    undo = _undo(group.id, before, role)
    return Reply(cards.group_changed(which, role, before, platform, undo), update=pressed)


def _undo(id_: str, before: Role, now: Role) -> Button:
    return set_.button("Undo", person=id_, to=before.called, was=now.called)


def _prove_unchanged(now: Role, was: str) -> None:
    if was and now.called != was:
        raise UserError("The role was changed again since then, so I left it. `/role` shows it.")


async def _whole(ctx: Context, person: Person, own: Role, role: Role) -> Role:
    """What somebody may do with all that they have, where this platform knows them."""
    user = await user_of(ctx, person)
    if user is None:
        return max(own, role)
    caller = Caller(ctx.call.caller.where, user, person.name, own)
    return await in_time(role_of(ctx, caller))


def _beside(ctx: Context, own: Role, now: Role, role: Role) -> str:
    """Why somebody may do more than what was given to them."""
    if now <= role:
        return ""
    called, platform = cards.CALLED[now], ctx.space.platform.capitalize()
    if own is now:
        return f"{platform}'s own permissions make them {called}: that can only be changed there."
    return f"A {ctx.platform.calls_groups} of theirs makes them {called}: `/role` shows which."


async def _hold(ctx: Context) -> None:
    """One at a time: the community is held, and who waited may be no organiser any more."""
    await ctx.own_community()
    if await in_time(role_of(ctx, ctx.call.caller)) < Role.ORGANISER:
        raise UserError("You are not an organiser any more. Somebody has just changed that.")


async def _prove_somebody_stays(ctx: Context) -> None:
    """Who acts, or else somebody by name, has to stay who can run things: of a group nobody knows
    whether there is anyone in it tomorrow. Raises UserError."""
    if await in_time(role_of(ctx, ctx.call.caller)) is Role.ORGANISER:
        return
    me = await ctx.person()
    for each in await grants(ctx.session, ctx.community.id):
        if each.role is Role.ORGANISER and each.person_id != me.id:
            other = await ctx.session.get_one(Person, each.person_id)
            if await profile_of(ctx, other):
                return
    raise UserError(FIRST)


async def _prove_there(ctx: Context, group: GrantedGroup, space: Space) -> None:
    """Raises UserError where the platform has no such group any more."""
    there = await groups_at(ctx, space)
    if group.external_id not in {each.id for each in there}:
        which = cards.which(_called(ctx, space), group.name, space.platform.capitalize())
        raise UserError(f"{which} is gone.", "person")
