"""A new community on each platform: set up from start to end, and its first host named."""

from collections.abc import Callable

import pytest

from bot.actions import Role
from bot.people import Where
from bot.platform import Channel, Profile
from tests.adapters.discord_hands import DiscordHands
from tests.adapters.hands import Hands
from tests.adapters.slack_hands import SlackHands


def general(hands: Hands) -> str:
    """The channel's id, as it arrives when somebody picks it."""
    return str(hands.general.id) if isinstance(hands, DiscordHands | SlackHands) else "#general"


def ada(hands: Hands) -> str:
    """How one names somebody who never spoke to the bot."""
    match hands:
        case DiscordHands():
            return f"<@{hands.person('ada').id}>"
        case SlackHands():
            return hands.person("ada").id
        case _:
            return "@ada"


async def after(hands: Hands, *labels: str) -> str:
    """The set-up's only card, when these were pressed."""
    for label in labels:
        await hands.press("olga", label)
    titles = ("Set-up", "You are all set")
    (card,) = [each for each in hands.sees("olga") if each.title.startswith(titles)]
    return card.words


async def pick(hands: Hands, start: str) -> None:
    options = hands.sees("olga")[-1].options
    await hands.choose("olga", next(each for each in options if each.startswith(start)))


async def test_set_up_from_start_to_end(hands: Hands) -> None:
    await hands.join("olga", Role.ORGANISER)
    await hands.join("ada")
    await hands.say("olga", "setup")
    knows = isinstance(hands, SlackHands)
    says = await after(hands, *(["Use Europe/London"] if knows else []))
    assert ("10:00 now by Europe/London" if knows else "09:00 now by UTC") in says
    await pick(hands, "Asia/Tokyo")
    assert "18:00 now by Asia/Tokyo" in await after(hands)
    says = await after(hands, "Yes, that is right", "Use this channel")
    assert "Saved. Where: in this channel." in says
    await pick(hands, "Friday")
    assert "Now: Friday, 12:00." in await after(hands, "At 12:00")
    await after(hands, "Looks good", "Name another")
    await hands.fill("olga", value=general(hands))
    await hands.press("olga", "Use this channel")
    assert "The next pulse comes on" in hands.sees("olga")[-1].words
    await hands.press("olga", "Looks good")
    await hands.press("olga", "Name somebody")
    await hands.fill("olga", person=ada(hands), role="host")
    assert "ada is a host now." in hands.sees("olga")[-1].words
    await hands.say("ada", "followups")
    assert "for hosts" not in hands.sees("ada")[-1].words
    await hands.press("olga", "Finish")
    (end,) = [each.words for each in hands.sees("olga") if each.title == "You are all set"]
    assert "Day: Friday" in end
    await hands.say("olga", "role")
    assert "ada: host since 4 May 2026, by olga" in hands.sees("olga")[-1].words
    await pick(hands, "ada")
    await hands.press("olga", "Member")
    await hands.say("ada", "followups")
    assert "for hosts" in hands.sees("ada")[-1].words


async def test_a_channel_has_the_name_that_its_platform_gives_it(hands: Hands) -> None:
    await hands.say("ada", "sample channels")
    seen = hands.sees("ada")[-1]
    if isinstance(hands, DiscordHands | SlackHands):
        assert seen.text == f"#channel({general(hands)}) and #*lab* <@U1> on Elsewhere."
    else:
        assert seen.text == "#old name and #*lab* <@U1>."
    assert not seen.pings


async def test_who_somebody_is_on_discord(discord_hands: DiscordHands) -> None:
    hands, platform = discord_hands, discord_hands.platform
    where = Where("discord", str(hands.guild.id))
    await hands.join("olga", Role.HOST)
    olga, bot = hands.person("olga"), hands.discord.world.bot
    assert await platform.profile_of(where, str(olga.id)) == Profile("olga", Role.HOST)
    assert (await platform.profile_of(where, str(bot.id)) or Profile("", Role.MEMBER)).bot
    hands.guild.leave(olga)
    for nobody in (str(olga.id), "1", "olga", "../olga"):
        assert await platform.profile_of(where, nobody) is None
    assert await platform.channels(where) == (Channel(general(hands), "general"),)
    assert await platform.channels(Where("discord", "1")) == ()


async def test_who_somebody_is_on_slack(slack_hands: SlackHands) -> None:
    hands, platform, slack = slack_hands, slack_hands.platform, slack_hands.slack
    where = Where("slack", slack.home.id)
    await hands.join("olga", Role.ORGANISER)
    slack.channel("secret", private=True)
    slack.channel("old", archived=True)
    robot, gone = slack.user("robot", bot=True), slack.user("gone", deleted=True)
    olga = hands.person("olga")
    assert await platform.profile_of(where, olga.id) == Profile("olga", Role.ORGANISER)
    assert await platform.profile_of(where, robot.id) == Profile("robot", Role.MEMBER, bot=True)
    for nobody in (gone.id, "U0NOBODY", "olga", "../olga"):
        assert await platform.profile_of(where, nobody) is None
    assert await platform.channels(where) == (Channel(general(hands), "general"),)


def mention(hands: Hands) -> str:
    """As it arrives when a channel is chosen from the list that `#` opens."""
    if isinstance(hands, DiscordHands | SlackHands):
        return f"<#{general(hands)}>"
    return "#general"


@pytest.mark.parametrize("said", [mention, general, lambda hands: "General"])
async def test_a_channel_is_named_as_people_name_it(
    hands: Hands, said: Callable[[Hands], str]
) -> None:
    await hands.join("olga", Role.ORGANISER)
    await hands.say("olga", "settings", name="hosts-channel", value=said(hands))
    said = hands.sees("olga")[-1].words
    assert "Now in the channel #" in said
    assert general(hands) in said
    assert "; before, off." in said
