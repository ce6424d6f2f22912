"""A Discord server and a Slack workspace in one process: one community, and one person on both."""

import re

import pytest

from bot.actions import Role
from bot.content import Content
from bot.db import Database
from tests.adapters.hands import Hands, Seen
from tests.adapters.process import Life, on_both
from tests.standins.discord import Discord
from tests.standins.slack import Slack

pytestmark = pytest.mark.usefixtures("everyone_agrees")


def code_in(seen: Seen) -> str:
    found = re.search(r"/link (\S+)", seen.text)
    assert found, seen
    return found[1]


async def test_who_says_on_discord_that_they_come_is_known_on_slack(
    content: Content, database: Database
) -> None:
    life = Life(content, database)
    async with Discord() as discord, Slack() as slack, on_both(life, discord, slack) as hands:
        there, here = hands
        for side in hands:
            await side.join("olga", Role.ORGANISER)
            await side.join("ada")
        await plan_and_come(life, there)
        await join_sides(there, here)
        await here.say("ada", "events")
        assert "Demo night" in here.sees("ada")[-1].words
        await there.say("ada", "link")
        await here.say("ada", "link", code=code_in(there.sees("ada")[-1]))
        await here.press("ada", "Yes, both are me")
        assert "I know you on Discord and Slack as one person" in here.sees("ada")[-1].words
        await here.say("ada", "events")
        await here.choose("ada", "Fri 8 May 18:30 · Demo night")
        assert "You are coming" in here.sees("ada")[-1].words
        await life.advance(seconds=5)
        assert "Your accounts are joined" in [each.title for each in there.sees("ada")]
        await here.say("ada", "link")
        await here.press("ada", "Write to me on Slack")
        await life.advance(days=4)
        titles = [each.title for each in here.sees("ada")]
        assert [title for title in titles if "tomorrow" in title] == ["Demo night is tomorrow"]
        assert not any("tomorrow" in each.title for each in there.sees("ada"))
        assert slack.problems == []


async def plan_and_come(life: Life, hands: Hands) -> None:
    await hands.say("olga", "event create", title="Demo night", when="Friday 18:30", minutes="2h")
    await hands.press("olga", "Yes, announce it")
    await life.advance(seconds=20)
    await hands.press("ada", "Coming")
    await life.advance(seconds=60)


async def join_sides(kept: Hands, other: Hands) -> None:
    await kept.say("olga", "link")
    await kept.press("olga", "Join the two sides")
    await other.say("olga", "link", code=code_in(kept.sees("olga")[-1]))
    assert other.sees("olga")[-1].title == "Make these two one community?"
    await other.press("olga", "Yes, join them")
    assert "lives on Discord and Slack now" in other.sees("olga")[-1].words
