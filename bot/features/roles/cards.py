"""What `/role` shows. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions import Role
from bot.markup import bulleted, one_line, plain
from bot.people import Community
from bot.replies import OPTION_LABEL, Button, Card, Choice, Option
from bot.roles import Grant, GroupGrant

CALLED = {Role.MEMBER: "a member", Role.HOST: "a host", Role.ORGANISER: "an organiser"}
SHOWN = 20
"""Names on the card."""


def listed(platform: str, lines: list[str], aside: str, choice: Choice | None) -> Card:
    """`aside` is what keeps me from telling more."""
    text = (
        f"Whoever runs things on {platform} is a host or organiser here too, by its own "
        "permissions: I keep no list of them. These are the roles that were given here. "
        "To give one, type `/role @name host` or `/role @name organiser`; `member` takes it back. "
        f"The name can be that of {a_group(platform)} too."
    )
    shown = lines[:SHOWN]
    if len(lines) > SHOWN:
        shown.append(f"and {len(lines) - SHOWN} more")
    given = bulleted(shown) if shown else "No role was given here yet."
    parts = filter(None, [text, given, plain(aside)])
    return Card("Who does what here", "\n\n".join(parts), choice=choice)


def person_line(each: Grant, community: Community) -> str:
    return f"**{plain(each.name, 20)}**: {_since(each.role, each.since, each.by, community)}"


def group_line(
    each: GroupGrant, community: Community, called: str, names: Mapping[str, str] | None
) -> str:
    """`names` are those of today by id; None where they can't be known."""
    group = each.group
    name = group.name if names is None else names.get(group.external_id, group.name)
    gone = names is not None and group.external_id not in names
    since = _since(each.role, group.granted_at, each.by, community)
    platform = each.space.platform.capitalize()
    left = ". It is gone there" if gone else ""
    return f"**{plain(name, 20)}** ({platform} {called}): {since}{left}"


def _since(role: Role, since: datetime, by: str | None, community: Community) -> str:
    local = since.astimezone(ZoneInfo(community.zone))
    giver = f", by {plain(by, 15)}" if by else ""
    return f"{role.called} since {local.day} {local:%B %Y}{giver}"


def person_option(each: Grant) -> Option:
    return Option(label(each.name), each.person_id, each.role.called.capitalize())


def group_option(each: GroupGrant, called: str) -> Option:
    about = f"{each.role.called.capitalize()}, {each.space.platform.capitalize()} {called}"
    return Option(label(each.group.name), each.group.id, about)


def group_offer(name: str, called: str) -> str:
    """What is offered while somebody types."""
    return one_line(f"@{name} ({called})", OPTION_LABEL)


def label(name: str, limit: int = OPTION_LABEL) -> str:
    """A name where no markup is read."""
    return one_line(name, limit) or "somebody"


def ask_about_person(name: str, buttons: Iterable[Button]) -> Card:
    return Card(f"What should {label(name, 60)} be here?", buttons=tuple(buttons))


def ask_about_group(name: str, buttons: Iterable[Button]) -> Card:
    title = f"What should everyone in {label(name, 60)} be here?"
    return Card(title, buttons=tuple(buttons))


def person_changed(name: str, role: Role, beside: str, undo: Button) -> Card:
    said = f"{plain(name, 60)} is {CALLED[role]} now. {beside}".strip()
    return Card("The role is changed", said, buttons=(undo,))


def person_unchanged(name: str, role: Role, beside: str) -> Card:
    said = f"{plain(name, 60)} is {CALLED[role]} already. {beside}".strip()
    return Card("Nothing to change", said)


def group_changed(which: str, role: Role, before: Role, platform: str, undo: Button) -> Card:
    if role is Role.MEMBER:
        said = f"{which} makes nobody {CALLED[before]} any more."
    else:
        said = (
            f"{which} makes everyone in it {CALLED[role]} here.\n\n"
            f"Whoever may add people to it on {platform} decides from now on who that is."
        )
    return Card("The role is changed", said, buttons=(undo,))


def group_unchanged(which: str, role: Role) -> Card:
    does = f"makes everyone in it {CALLED[role]} here already"
    said = f"{which} {does if role > Role.MEMBER else 'makes nobody a host or organiser here'}."
    return Card("Nothing to change", said)


def which(called: str, name: str, platform: str) -> str:
    """A group as the subject of a sentence."""
    return f"The {called} **{plain(name, 60)}** on {platform}"


def a_group(platform: str) -> str:
    """What groups are called where somebody types."""
    return {"Discord": "a role", "Slack": "a user group"}.get(platform, "a group")
