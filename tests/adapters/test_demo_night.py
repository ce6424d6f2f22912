"""One demo night through the hands of each platform, with a restart in the middle."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.actions import Role
from bot.outbox import Outgoing
from tests.adapters import test_month
from tests.adapters.hands import Hands
from tests.adapters.process import Life
from tests.adapters.test_month import ENDS, SECOND, STARTS, Start, about, count, until

pytestmark = pytest.mark.usefixtures("everyone_agrees")

life = test_month.life
local = test_month.local
discord = test_month.discord
slack = test_month.slack
start = test_month.start

LINE = "One line for a presenter?"
HEARD = "What the room says: A loom"


async def test_a_demo_night(life: Life, start: Start) -> None:
    async with start() as hands:
        await sign_up(life, hands)
        await change_hands(life, hands)
    async with start() as hands:
        await show(life, hands)
        await hear(life, hands)
    async with life.database.session() as session:
        parked = [row.parked for row in await session.scalars(select(Outgoing)) if row.parked]
    assert parked == []


async def sign_up(life: Life, hands: Hands) -> None:
    """One slot: Ada gets it, Bob waits."""
    await hands.join("olga", Role.ORGANISER)
    for member in ("ada", "bob"):
        await hands.join(member)
    asked = {"title": "Demo night", "when": "Friday 18:30", "minutes": "2h", "place": "Mill"}
    await hands.say("olga", "event create", **asked)
    await hands.press("olga", "Yes, announce it")
    await hands.say("olga", "demo slots", number=1)
    await life.advance(seconds=20)
    for who, title in (("ada", "A tiny parser"), ("bob", "A loom")):
        await hands.say(who, "demo")
        await hands.press(who, "Yes, that is fine")
        await hands.fill(who, title=title, state="in progress", wish="Where were you lost?")
        assert "5 minutes, on a clock" in about(hands, who, "Is this a deal?")[-1].words
        await hands.press(who, "I agree")
        await arrives(partial(about, hands, who, title))
        assert about(hands, who, title)[-1].private
    assert "You have a slot" in about(hands, "ada", "A tiny parser")[-1].words
    assert "number 1 on the waiting list" in about(hands, "bob", "A loom")[-1].words
    await confirm(life, hands, "ada: A tiny parser")
    assert count(hands, "ada", "Confirmed: A tiny parser") == 1


async def arrives(there: Callable[[], object]) -> None:
    """Slack shows an answer, and takes a file, a moment after the press."""
    for _ in range(200):
        if there():
            return
        await asyncio.sleep(0.01)
    assert there()


async def confirm(life: Life, hands: Hands, demo: str) -> None:
    await hands.say("olga", "demo confirm")
    await hands.choose("olga", demo)
    await hands.press("olga", "Confirm")
    await life.advance(seconds=5)


async def change_hands(life: Life, hands: Hands) -> None:
    await hands.say("ada", "demo mine")
    await hands.press("ada", "Withdraw")
    await life.advance(seconds=5)
    assert count(hands, "bob", "A slot fell free: A loom") == 1
    await confirm(life, hands, "bob: A loom")
    await hands.say("olga", "demo order")
    await hands.press("olga", "As text")
    await arrives(lambda: any("running-order.txt" in each.files for each in hands.sees("olga")))


async def show(life: Life, hands: Hands) -> None:
    await until(life, STARTS - timedelta(days=1) - SECOND)
    assert count(hands, "bob", "Your demo is tomorrow") == 0
    await life.advance(seconds=1)
    assert [count(hands, who, "Your demo is tomorrow") for who in ("ada", "bob")] == [0, 1]
    await until(life, STARTS)
    await hands.say("olga", "event checkin")
    await hands.press("olga", "Open the button in the channel")
    await life.advance(seconds=1)
    for who in ("ada", "bob"):
        await hands.press(who, "I am here")
    await until(life, ENDS + timedelta(minutes=30))
    await hands.say("olga", "demo deliver")
    await hands.press("olga", "It was shown")
    marked = about(hands, "olga", "Shown: A loom")[-1].words
    assert "bob: A loom" in marked
    assert "Not marked" not in marked


async def hear(life: Life, hands: Hands) -> None:
    """Those present are asked in the morning, and the presenter reads it within 48 hours."""
    await until(life, ENDS + timedelta(hours=12))
    assert [count(hands, who, LINE) for who in ("ada", "bob", "olga")] == [1, 0, 0]
    await hands.choose("ada", "bob: A loom")
    await hands.fill("ada", words="Where the thread breaks", name="yes")
    assert count(hands, "ada", "Kept: a line on A loom") == 1
    await until(life, ENDS + timedelta(hours=36) - SECOND)
    assert count(hands, "bob", HEARD) == 0
    await until(life, ENDS + timedelta(hours=48))
    (heard,) = about(hands, "bob", HEARD)
    assert heard.private
    assert "Where the thread breaks · ada" in heard.words
    assert "thread breaks" not in str(hands.sees("olga"))
