"""A role of a server, or a user group: what it means here, on each platform."""

from collections.abc import Callable

import pytest

from adapters.slack.client import NO_GROUPS
from bot.actions import Registry, Role
from bot.app import App
from bot.features import FEATURES
from bot.markup import text_of
from bot.people import Where
from bot.platform import Platform
from tests.adapters.discord_hands import DiscordHands
from tests.adapters.hands import Hands
from tests.adapters.slack_hands import SlackHands, connected, platform_on
from tests.standins.slack import SCOPES, Slack

FOR_HOSTS = "for hosts"


def put_in(hands: Hands, name: str, *who: str) -> None:
    """These are in the group from now on, nobody else; a minute passes."""
    match hands:
        case DiscordHands():
            role = hands.guild.role(name)
            people = {hands.person(each).id for each in who}
            for id_, member in hands.guild.members.items():
                others = [each for each in member.roles if each is not role]
                member.roles = [*others, role] if id_ in people else others
        case SlackHands():
            ids = [hands.person(each).id for each in who]
            known = next((each for each in hands.slack.home.groups if each.handle == name), None)
            group = known or hands.slack.usergroup(name, ())
            group.users = ids
        case _:
            hands.workspace.members[name] = set(who)  # type: ignore[attr-defined]
    a_minute_passes(hands)


def a_minute_passes(hands: Hands) -> None:
    if isinstance(hands, SlackHands):
        hands.platform._groups.clear()
        hands.platform._in_group.clear()


def mention(hands: Hands, name: str) -> str:
    """As the platform writes it where somebody has picked it from a list."""
    match hands:
        case DiscordHands():
            return f"<@&{hands.guild.role(name).id}>"
        case SlackHands():
            group = next(each for each in hands.slack.home.groups if each.handle == name)
            return f"<!subteam^{group.id}|@{name}>"
        case _:
            return f"<@&{name}>"


async def told(hands: Hands, who: str, command: str, **options: str) -> str:
    await hands.say(who, command, **options)
    return hands.sees(who)[-1].words


@pytest.mark.parametrize("said", [mention, lambda hands, name: f"@{name}"])
async def test_who_is_in_it_may_and_who_was_may_not(
    hands: Hands, said: Callable[[Hands, str], str]
) -> None:
    await hands.join("olga", Role.ORGANISER)
    await hands.join("ada")
    put_in(hands, "crew", "ada")
    assert FOR_HOSTS in await told(hands, "ada", "followups")
    assert "crew" in await told(hands, "olga", "role", person=said(hands, "crew"), role="host")
    if isinstance(hands, SlackHands):  # once a minute
        assert FOR_HOSTS in await told(hands, "bob", "followups")
    a_minute_passes(hands)
    assert FOR_HOSTS not in await told(hands, "ada", "followups")
    assert FOR_HOSTS in await told(hands, "bob", "followups")
    put_in(hands, "crew", "bob")
    assert FOR_HOSTS in await told(hands, "ada", "followups")
    assert FOR_HOSTS not in await told(hands, "bob", "followups")
    assert "host since 4 May 2026" in await told(hands, "olga", "role")
    await hands.choose("olga", next(each for each in hands.sees("olga")[-1].options))
    await hands.press("olga", "Member")
    assert FOR_HOSTS in await told(hands, "bob", "followups")
    await hands.press("olga", "Undo")
    assert FOR_HOSTS not in await told(hands, "bob", "followups")
    assert not any(each.pings for each in hands.sees("olga"))


async def test_an_old_button_asks_again(hands: Hands) -> None:
    await hands.join("olga", Role.ORGANISER)
    await hands.join("ada")
    put_in(hands, "keepers", "ada")
    await hands.say("olga", "role", person=mention(hands, "keepers"))
    await hands.press("olga", "Organiser")
    await hands.say("ada", "role", person=mention(hands, "keepers"))
    put_in(hands, "keepers")
    await hands.press("ada", "Host")
    assert "for organisers" in hands.sees("ada")[-1].words


async def test_a_role_of_everyone_means_nothing(discord_hands: DiscordHands) -> None:
    hands = discord_hands
    await hands.join("olga", Role.ORGANISER)
    for text in (f"<@&{hands.guild.id}>", "@everyone", str(hands.guild.id)):
        said = await told(hands, "olga", "role", person=text, role="host")
        assert "Everyone here has that role." in said
    other = hands.discord.guild("Elsewhere").role("crew")
    said = await told(hands, "olga", "role", person=f"<@&{other.id}>", role="host")
    assert "There is no such role here any more." in said
    assert FOR_HOSTS in await told(hands, "ada", "followups")


async def test_a_role_of_another_server_means_nothing_here(discord_hands: DiscordHands) -> None:
    hands = discord_hands
    await hands.join("olga", Role.ORGANISER)
    put_in(hands, "crew", "ada")
    await hands.say("olga", "role", person="@crew", role="host")
    ada, here = hands.person("ada"), hands.guild
    hands.guild = hands.discord.guild("Elsewhere")
    hands.guild.join(ada, [hands.guild.role("crew")])
    hands.general = hands.guild.channel("general")
    assert FOR_HOSTS in await told(hands, "ada", "followups")
    hands.guild.members[ada.id].roles = [here.role("crew")]  # as no server would tell it
    assert FOR_HOSTS in await told(hands, "ada", "followups")


async def test_who_writes_directly_is_looked_up_once(discord_hands: DiscordHands) -> None:
    hands = discord_hands
    await hands.join("olga", Role.ORGANISER)
    put_in(hands, "crew", "ada")
    await hands.say("olga", "role", person="@crew", role="host")
    lookups = "GET /guilds/{guild}/members/{user}"
    hands.in_dms.add("ada")
    before = count(hands, lookups)
    assert FOR_HOSTS not in await told(hands, "ada", "followups")
    assert count(hands, lookups) == before + 1
    hands.in_dms.clear()
    assert FOR_HOSTS not in await told(hands, "ada", "followups")
    assert count(hands, lookups) == before + 1
    hands.guild.delete_role(hands.guild.role("crew"))
    hands.in_dms.add("ada")
    assert FOR_HOSTS in await told(hands, "ada", "followups")


def count(hands: DiscordHands, route: str) -> int:
    return sum(each.route == route for each in hands.discord.traffic.requests)


async def test_a_user_group_that_is_switched_off_means_nothing(slack_hands: SlackHands) -> None:
    hands = slack_hands
    await hands.join("olga", Role.ORGANISER)
    put_in(hands, "crew", "ada")
    await hands.say("olga", "role", person="@crew", role="host")
    assert FOR_HOSTS not in await told(hands, "ada", "followups")
    for each in ("ada", "bob", "cyn"):
        await hands.say(each, "followups")
    assert len(hands.slack.requests("usergroups.users.list")) == 1
    (group,) = hands.slack.home.groups
    group.disabled = True
    a_minute_passes(hands)
    assert FOR_HOSTS in await told(hands, "ada", "followups")
    assert "It is gone there" in await told(hands, "olga", "role")
    away = await hands.platform.groups_of(Where("slack", "T1"), "U1", {"S0NONE"})
    assert set(away) == set()


async def test_without_the_permission_slack_users_read_what_to_do(
    app_on: Callable[[Platform], App],
) -> None:
    scopes = set(SCOPES) - {"usergroups:read"}
    async with Slack(scopes=scopes) as slack, connected(slack, app_on) as platform:
        hands = SlackHands(slack, platform)
        await hands.join("olga", Role.ORGANISER)
        await hands.join("ada")
        slack.usergroup("crew", [hands.person("ada")])
        for text in ("@crew", mention(hands, "crew")):
            said = await told(hands, "olga", "role", person=text, role="host")
            assert text_of(NO_GROUPS) in said
        slack.home.scopes.add("usergroups:read")
        await hands.say("olga", "role", person="@crew", role="host")
        slack.home.scopes = scopes
        a_minute_passes(hands)
        assert FOR_HOSTS in await told(hands, "ada", "followups")
        assert NO_GROUPS in await told(hands, "olga", "role")
        checks = [each async for each in platform_on(slack).checks(Registry(FEATURES))]
        assert any("usergroups:read" in each.says and not each.ok for each in checks)
