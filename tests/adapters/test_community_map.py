"""A community map on each platform: private in a channel, its picture with words, and kept."""

from bot.content import Content
from tests.adapters.hands import Hands
from tests.adapters.process import Life
from tests.adapters.slack_hands import SlackHands
from tests.adapters.test_month import Start, discord, life, local, slack, start

__all__ = ["discord", "life", "local", "slack", "start"]


async def test_a_map(life: Life, start: Start, content: Content) -> None:
    async with start() as hands:
        wait_for_pictures(hands)
        await hands.join("ada")
        await hands.join("bob")
        await hands.say("ada", "map")
        await hands.press("ada", "Yes, that is fine")
        await hands.press("ada", "15 minutes")
        for area in content.map.areas[:4]:
            await hands.press("ada", area.levels[3])
    async with start() as hands:  # the questions outlive the process
        await hands.say("ada", "map")
        assert "Question 5 of 8" in hands.sees("ada")[-1].words
        for area in content.map.areas[4:]:
            await hands.press("ada", area.levels[1 if area.key == "digital" else 2])
        check_card(hands, content)
        await hands.press("ada", "Why this?")
        assert hands.sees("ada")[-1].alt is None
        await hands.press("ada", "Back to the card")
        check_card(hands, content)
        await hands.press("ada", "Change an answer")
        await hands.choose("ada", "Digital life: 1 of 4")
        await hands.press("ada", content.areas["digital"].levels[2])
        assert "Digital life: 2 of 4, thin spot." in (hands.sees("ada")[-1].alt or "")
        await hands.say("ada", "map history")
        assert "Digital life at 2." in (hands.sees("ada")[-1].alt or "")
        assert all(seen.private for seen in hands.sees("ada"))
        assert hands.sees("bob") == []


def wait_for_pictures(hands: Hands) -> None:
    """The first one in a process takes a second, more on a busy machine."""
    if isinstance(hands, SlackHands):
        hands.slack.rules.patience = 10


def check_card(hands: Hands, content: Content) -> None:
    card = hands.sees("ada")[-1]
    assert card.title.startswith("My Community Card, ")
    assert content.areas["digital"].thin in card.text
    assert card.alt
    assert "Digital life: 1 of 4, thin spot." in card.alt
    assert "Close ties: 3 of 4." in card.alt
