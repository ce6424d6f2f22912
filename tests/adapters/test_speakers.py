"""Somebody's menu, and a board that stays current for all who see it: on each platform."""

import pytest

from adapters.discord.parse import USER_MENU
from bot.actions import Feature, Registry, Role
from bot.context import Context
from bot.replies import Card, Reply
from tests.adapters.hands import Hands
from tests.adapters.process import Life
from tests.adapters.test_month import Start, discord, life, local, slack, start

pytestmark = pytest.mark.usefixtures("everyone_agrees")

__all__ = ["discord", "life", "local", "slack", "start"]

MENU = "Invite to speak"


async def test_from_a_persons_menu_to_a_board_that_stays_current(life: Life, start: Start) -> None:
    async with start() as hands:
        await hands.join("olga", Role.ORGANISER)
        for member in ("hugo", "mia"):
            await hands.join(member, Role.ORGANISER if member == "hugo" else Role.MEMBER)
        await hands.use_on("olga", MENU, "mia")
        form = hands.form("olga")
        assert form
        assert form.filled["Who it is"] == "mia"
        await hands.fill("olga", topic="A tiny parser")
        assert hands.sees("olga")[-1].title == "Added: mia"
        await post_the_board(hands)
        await life.advance(seconds=20)
        (board,) = boards(hands, "mia")
        assert "Spotted (1)" in board.fields
    async with start() as hands:
        await hands.say("hugo", "speaker move", stage="booked", whom="mia")
        assert hands.sees("hugo")[-1].private
        await life.advance(seconds=20)
        (board,) = boards(hands, "mia")
        assert "Booked (1)" in board.fields
        assert board.buttons == ("Look closer", "Add somebody")
        await hands.press("hugo", "Look closer")
        await hands.choose("hugo", "Booked (1)")
        await hands.choose("hugo", "mia")
        await hands.press("hugo", "Move to delivered")
        await life.advance(seconds=20)
        assert "Delivered (1)" in boards(hands, "mia")[0].fields


async def post_the_board(hands: Hands) -> None:
    await hands.say("olga", "speakers")
    await hands.press("olga", "Put a live board here")
    await hands.press("olga", "Yes, post it here")


def boards(hands: Hands, who: str) -> list:
    return [each for each in hands.sees(who) if each.title == "Speakers" and not each.private]


async def test_a_member_who_uses_it_is_told_kindly(life: Life, start: Start) -> None:
    async with start() as hands:
        await hands.join("olga", Role.ORGANISER)
        await hands.join("mia")
        await hands.use_on("mia", MENU, "olga")
        assert "is for hosts" in hands.sees("mia")[-1].text
        assert hands.form("mia") is None


async def test_discord_takes_the_menu_as_it_is(life: Life, discord: Start) -> None:
    async with discord() as hands:
        entry = hands.discord.commands[MENU]  # type: ignore[attr-defined]
        assert (entry["type"], entry["description"], entry["contexts"]) == (USER_MENU, "", [0])
        assert entry["default_member_permissions"] == str(1 << 33)


def test_what_no_menu_can_hold_fails_when_it_is_defined() -> None:
    crowd = Feature("crowd")

    async def nobody(ctx: Context) -> Reply:
        """Show a card."""
        return Reply(Card("Card"))

    with pytest.raises(ValueError, match="24 characters"):
        crowd.command("long", on_person="Something that is too long")(nobody)
    with pytest.raises(ValueError, match="first parameter"):
        crowd.command("short", on_person="Short")(nobody)
    assert Registry([crowd]).on_person == {}
