"""`/role`: who is host or organiser beside the platform's own roles."""

from collections.abc import Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot import roles
from bot.actions import Feature, Role, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.markup import bulleted, one_line, plain
from bot.people import MENTION, Account, Caller, Person, people_called, people_like, person_of
from bot.platform import Profile
from bot.replies import OPTION_LABEL, OPTIONS, Button, Card, Option, Reply
from bot.roles import Grant, grants, in_time, role_of

feature = Feature("roles")

ROLES = {role.called: role for role in Role}
CALLED = {Role.MEMBER: "a member", Role.HOST: "a host", Role.ORGANISER: "an organiser"}
FIRST = (
    "You are the only organiser that I know of. Without you nobody could change a setting here. "
    "Make somebody else an organiser first: `/role @name organiser`."
)
SHOWN = 20
"""Names on the card."""


async def names_like(ctx: Context, text: str) -> tuple[Option, ...]:
    found = await people_like(ctx.session, ctx.space, text.removeprefix("@"), OPTIONS)
    return tuple(Option(name, name) for name in found if 1 <= len(name) <= OPTION_LABEL)


@feature.command("role", role=Role.ORGANISER, example="@ada host")
async def role_(
    ctx: Context,
    person: Annotated[str | None, "Who: a name or a mention", Suggest(names_like)] = None,
    role: Annotated[Literal["member", "host", "organiser"] | None, "What they become"] = None,
) -> Reply:
    """See who is host or organiser here, and change it."""
    if person is None:
        return Reply(await _list(ctx))
    found, profile = await _meant(ctx, person)
    return _ask(found) if role is None else await _become(ctx, found, profile, ROLES[role])


@feature.action("role pick", role=Role.ORGANISER)
async def pick(ctx: Context, person: Annotated[str, "Who"]) -> Reply:
    return _ask(await _known(ctx, person))


@feature.action("role set", role=Role.ORGANISER)
async def set_(
    ctx: Context,
    person: Annotated[str, "Who"],
    to: Annotated[Literal["member", "host", "organiser"], "What they become"],
    was: Annotated[str, "What they were given before"] = "",
) -> Reply:
    """`was`: only if nobody else has changed it since."""
    found = await _known(ctx, person)
    return await _become(ctx, found, await _profile(ctx, found), ROLES[to], was)


async def _list(ctx: Context) -> Card:
    platform = ctx.space.platform.capitalize()
    given = await grants(ctx.session, ctx.community.id)
    text = (
        f"Whoever runs things on {platform} is a host or organiser here too, by its own "
        "permissions: I keep no list of them. These are the roles that were given here. "
        "To give one, type `/role @name host` or `/role @name organiser`; `member` takes it back."
    )
    lines = [_line(ctx, each) for each in given[:SHOWN]]
    if len(given) > SHOWN:
        lines.append(f"and {len(given) - SHOWN} more")
    listed = bulleted(lines) if lines else "No role was given here yet."
    options = tuple(
        Option(_label(each.name, OPTION_LABEL), each.person_id, each.role.called.capitalize())
        for each in given[:OPTIONS]
    )
    choice = pick.choice("Change somebody's role", "person", options) if options else None
    return Card("Who does what here", f"{text}\n\n{listed}", choice=choice)


def _line(ctx: Context, each: Grant) -> str:
    local = each.since.astimezone(ZoneInfo(ctx.community.zone))
    by = f", by {plain(each.by, 15)}" if each.by else ""
    return f"**{plain(each.name, 20)}**: {each.role.called} since {local.day} {local:%B %Y}{by}"


def _label(name: str, limit: int) -> str:
    """A name where no markup is read."""
    return one_line(name, limit) or "somebody"


def _ask(person: Person) -> Reply:
    buttons = tuple(set_.button(name.capitalize(), person=person.id, to=name) for name in ROLES)
    title = f"What should {_label(person.name, 60)} be here?"
    return Reply(Card(title, buttons=buttons), update=True)


async def _become(
    ctx: Context, person: Person, profile: Profile | None, role: Role, was: str = ""
) -> Reply:
    """Give or take back, and offer the way back. One at a time: the community is held."""
    name, pressed = plain(person.name, 60), ctx.call.via is Via.PRESS
    if profile is None and role is not Role.MEMBER:
        raise UserError(f"{name} is not here any more.", "person")
    await ctx.own_community()
    if await in_time(role_of(ctx, ctx.call.caller)) < Role.ORGANISER:
        raise UserError("You are not an organiser any more. Somebody has just changed that.")
    given = await grants(ctx.session, ctx.community.id)
    before = next((each.role for each in given if each.person_id == person.id), Role.MEMBER)
    own = profile.role if profile else Role.MEMBER
    if was and before.called != was:
        raise UserError("The role was changed again since then, so I left it. `/role` shows it.")
    if before is role:
        return Reply(_unchanged(ctx, name, max(own, before), own), update=pressed)
    me = await ctx.person()
    if person.id == me.id and max(own, role) < Role.ORGANISER:
        await _prove_another(ctx, me, given)
    await roles.grant(ctx.session, person, role, by=me, now=ctx.now)
    said = f"{name} is {CALLED[max(own, role)]} now. {_beside(ctx, own, role)}".strip()
    buttons = (_undo(person, before, role),)
    return Reply(Card("The role is changed", said, buttons=buttons), update=pressed)


def _undo(person: Person, before: Role, now: Role) -> Button:
    return set_.button("Undo", person=person.id, to=before.called, was=now.called)


def _unchanged(ctx: Context, name: str, is_: Role, own: Role) -> Card:
    said = f"{name} is {CALLED[is_]} already. {_beside(ctx, own, Role.MEMBER)}".strip()
    return Card("Nothing to change", said)


def _beside(ctx: Context, own: Role, role: Role) -> str:
    """What the platform's own permissions add, where they say more."""
    platform = ctx.space.platform.capitalize()
    if own <= role:
        return ""
    return f"{platform}'s own permissions make them {CALLED[own]}: that can only be changed there."


async def _prove_another(ctx: Context, me: Person, given: Sequence[Grant]) -> None:
    """Somebody else has to stay who can run things. Raises UserError."""
    for each in given:
        if each.role is Role.ORGANISER and each.person_id != me.id:
            other = await ctx.session.get_one(Person, each.person_id)
            if await _user(ctx, other) is None or await _profile(ctx, other):
                return
    raise UserError(FIRST)


async def _meant(ctx: Context, text: str) -> tuple[Person, Profile | None]:
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
        raise UserError(
            f"I know nobody called “{plain(text, 40)}” here. Mention them with @ or, "
            "where that does not help, type their member ID from their profile.",
            "person",
        )
    if profile and profile.bot:
        raise UserError(f"{plain(profile.name, 60)} is a bot. Roles are for people.", "person")
    if found:
        return found[0][0], profile
    assert profile, "nobody was found, so they are new here"
    caller = Caller(ctx.call.caller.where, user, profile.name)
    return await person_of(ctx.session, caller, ctx.space, ctx.now, ctx.new_id), profile


async def _known(ctx: Context, person_id: str) -> Person:
    person = await ctx.session.get(Person, person_id)
    if person is None or person.community_id != ctx.community.id:
        raise UserError("I don't know them any more. `/role` shows who has a role.")
    return person


async def _profile(ctx: Context, person: Person) -> Profile | None:
    """As this platform knows them; somebody of another platform has no role from this one."""
    user = await _user(ctx, person)
    if user is None:
        return Profile(person.name, Role.MEMBER)
    return await in_time(ctx.platform.profile_of(ctx.call.caller.where, user))


async def _user(ctx: Context, person: Person) -> str | None:
    found: str | None = await ctx.session.scalar(
        select(Account.external_id).where(
            Account.person_id == person.id, Account.space_id == ctx.space.id
        )
    )
    return found
